#pragma once

#include "driver/http/server.h"
#include "driver/localproject/api/project.h"

namespace localproject::capture {

/// The body of /flags (`isWhole`: version 2, with reasons) and of /decide, by posthog::evaluateFlag() and what the store knows of who asks.
http::ServerResponse answerWhoHasWhat(api::Project &project, const ph::Json &body, bool isWhole, const std::stop_token &stop);

} // namespace localproject::capture
