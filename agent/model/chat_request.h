#pragma once

#include "agent/model/language_model.h"

namespace model {

/// The body that asks chat completions for the next step: see README.md.
ph::Json chatBody(const LanguageModel &model, const Request &request);

} // namespace model
