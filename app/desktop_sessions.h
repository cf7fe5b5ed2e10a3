#pragma once

#include "agent/journal/reader.h"
#include "ui/shell/session_store.h"

#include <filesystem>

namespace app {

/// The journal's runs for the window's lists.
class DesktopSessions : public ui::SessionStore
{
public:
    explicit DesktopSessions(std::filesystem::path dataDirectory);

    ph::Result<std::vector<ui::PastSession>> list(std::stop_token stop) override;
    /// What list() says of one. Error: NotFound.
    ph::Result<ui::PastSession> find(const std::string &runId) const;
    ph::Result<std::vector<std::string>> lines(const std::string &runId, std::stop_token stop) override;
    ph::Result<> remove(const std::string &runId) override;

private:
    ui::PastSession sessionOf(const journal::RunInfo &run) const;

    const std::filesystem::path m_directory;
};

/// The message in a line of SessionStore::lines(), which may be a stored entry; discarded when it does not read.
ph::Json messageIn(const std::string &line);

/// The workflow that a run's first prompt starts; empty: none. `lines`: JSON-RPC, from the beginning.
std::string workflowOf(const std::vector<std::string> &lines);

/// Which agent a run was held with, as session/new and the answer to initialize say; "" where they do not.
struct RunAgent {
    std::string id;
    std::string name;

    friend bool operator==(const RunAgent &, const RunAgent &) = default;
};
RunAgent agentOf(const std::vector<std::string> &lines);

/// Whether the log of a run ends with a question that has no answer.
bool waitsAtEnd(const std::vector<std::string> &lines);

} // namespace app
