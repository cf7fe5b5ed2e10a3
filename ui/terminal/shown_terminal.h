#pragma once

#include "agent/acp/types.h"
#include "ui/terminal/terminal_screen.h"

#include <memory>
#include <optional>

namespace ui {

/// Of the terminals that run an agent's commands: as wide as programs expect when nobody says otherwise.
inline constexpr ph::TerminalSize commandTerminalSize{80, 24};
inline constexpr int commandScrollback = 2000; // lines; a session may have hundreds of terminals

/// A terminal of an agent as it is shown. It stays after the terminal itself has gone.
struct ShownTerminal {
    std::string id;
    std::string title; // the command, where it is known; untrusted
    std::shared_ptr<TerminalScreen> screen; // null: nothing was heard of it, its output is not here
    std::optional<acp::TerminalExitStatus> exit;
    std::uint64_t revision = 0; // grows whenever something changes

    /// "running", "exit code 1", "ended by SIGKILL"; "" where there is no screen.
    QString state() const;
};

} // namespace ui
