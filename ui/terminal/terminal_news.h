#pragma once

#include "agent/acp/types.h"

#include <optional>

namespace ui {

/// What has become of an agent's terminal since it was last told of.
struct TerminalNews {
    acp::SessionId sessionId;
    std::string terminalId;
    std::string title;     // the command line; empty: as before
    std::string output;    // what was written since then, as it was written
    bool startsOver = false; // what was shown before does not stand in front of `output`: it is too long ago
    std::optional<acp::TerminalExitStatus> exit;
};

/// The command as a person would type it, without the shell that agents often put around it.
std::string commandLineOf(const acp::CreateTerminalRequest &request);

/// Text that was not written to a terminal, as output of one: its lines end with "\n" alone, which there leads down and not to the start.
std::string withReturns(const std::string &text);

} // namespace ui
