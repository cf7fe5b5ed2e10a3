#pragma once

#include "agent/workflow/expression.h"

namespace workflow {

/// A workflow's HogQL is a template; README.md of this folder describes it. What a user or a project provides never becomes
/// HogQL text: it travels in `values`, for the placeholders left in the text.
struct RenderedQuery {
    std::string hogql;
    ph::Json values = ph::Json::object();
};

/// `fragments`: name -> HogQL template, for {{use name}}. Error: InvalidInput.
ph::Result<RenderedQuery> renderHogql(const std::string &text, const ph::Json &fragments, const Scope &scope);

/// Names that the template and the fragments it uses take from the scope. Error: InvalidInput when it does not read.
ph::Result<std::set<std::string>> namesInHogql(const std::string &text, const ph::Json &fragments);

/// A text of a document: one string, or a list of lines.
std::optional<std::string> textOf(const ph::Json &value);

} // namespace workflow
