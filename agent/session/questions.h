#pragma once

#include "agent/session/wire.h"
#include "agent/tools/tool.h"

namespace agent {

/// Asks the user what a tool wants to know: by a form where the client has forms, else by the options of a permission request.
/// Error Cancelled: the question was dismissed, or `stop` requested.
ph::Result<std::string> askOne(const Wire &wire, bool hasForms, const acp::ToolCallId &call, const tools::Question &question, std::stop_token stop);

/// Several questions that the user sees together: one answer a question, in their order.
ph::Result<std::vector<tools::Answer>> askSeveral(const Wire &wire, bool hasForms, const acp::ToolCallId &call,
                                                  const std::vector<tools::Question> &questions, std::stop_token stop);

} // namespace agent
