#pragma once

#include "ui/shell/session_store.h"

#include <filesystem>

namespace app {

/// The journal's runs for the window's lists.
class DesktopSessions : public ui::SessionStore
{
public:
    explicit DesktopSessions(std::filesystem::path dataDirectory);

    ph::Result<std::vector<ui::PastSession>> list(std::stop_token stop) override;
    ph::Result<std::vector<std::string>> lines(const std::string &runId, std::stop_token stop) override;

private:
    const std::filesystem::path m_directory;
};

/// The workflow that a run's first prompt starts; empty: none. `lines`: JSON-RPC, from the beginning.
std::string workflowOf(const std::vector<std::string> &lines);

/// Whether the log of a run ends with a question that has no answer.
bool waitsAtEnd(const std::vector<std::string> &lines);

} // namespace app
