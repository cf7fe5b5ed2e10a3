#pragma once

#include <string>

namespace app {

/// What `hoglet-agent --help` says, or `hoglet-agent COMMAND --help`; the former for a command that there is not.
const char *helpOf(const std::string &command);

} // namespace app
