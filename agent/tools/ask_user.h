#pragma once

#include "agent/tools/tool.h"

#include <memory>

namespace tools {

/// Asks the user one question with the answers that may be given. Input and output: README.md.
std::shared_ptr<Tool> makeAskUser();

/// The question that an ask_user input holds. Error: InvalidInput that says what is missing.
ph::Result<Question> questionOf(const ph::Json &input);

} // namespace tools
