#pragma once

#include "agent/workflow/expression.h"

namespace workflow {

/// "{n|number} persons of {browser}": each {expression} becomes its text, {expression|f} is f(expression). `{{` and `}}` are
/// braces. Error: InvalidInput with what is wrong in which expression.
ph::Result<std::string> renderText(std::string_view text, const Scope &scope);

/// Every text of a JSON value: one that starts with "=" becomes the value of the expression after it, others are templates.
ph::Result<ph::Json> renderJson(const ph::Json &value, const Scope &scope);

/// Names that a template takes from its scope. Error: InvalidInput when it does not read.
ph::Result<std::set<std::string>> namesInText(std::string_view text);

} // namespace workflow
