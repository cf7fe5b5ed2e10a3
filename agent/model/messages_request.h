#pragma once

#include "agent/model/language_model.h"

namespace model {

/// The body that asks the Messages API for the next step: see README.md.
ph::Json messagesBody(const LanguageModel &model, const Request &request);

} // namespace model
