#include "app/desktop_sessions.h"

#include "agent/acp/types.h"
#include "agent/journal/reader.h"

#include <fstream>

namespace app {
namespace {

constexpr std::size_t headBytes = 64 * 1024; // of a log, where its first prompt is

std::string headOf(const std::filesystem::path &log)
{
    std::ifstream file(log, std::ios::binary);
    std::string head(headBytes, '\0');
    file.read(head.data(), std::streamsize(head.size()));
    head.resize(std::size_t(file.gcount()));
    return head;
}

} // namespace

std::string workflowOf(const std::vector<std::string> &lines)
{
    for (const auto &line : lines) {
        if (line.find("\"session/prompt\"") == std::string::npos)
            continue;
        const auto message = ph::Json::parse(line, nullptr, false);
        if (!message.is_object() || !message.contains("params"))
            continue;
        const auto request = ph::parse<acp::PromptRequest>(message["params"]);
        if (!request || !request->meta)
            return {};
        const auto id = request->meta->value(ph::Json::json_pointer("/hoglet/workflow/id"), ph::Json());
        return id.is_string() ? id.get<std::string>() : std::string();
    }
    return {};
}

DesktopSessions::DesktopSessions(std::filesystem::path dataDirectory)
    : m_directory(std::move(dataDirectory))
{
}

ph::Result<std::vector<ui::PastSession>> DesktopSessions::list(std::stop_token stop)
{
    std::vector<ui::PastSession> sessions;
    for (const auto &run : journal::listRuns(m_directory)) {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (run.title.empty() && run.count < 6)
            continue; // A session that was opened and never used.
        std::vector<std::string> lines;
        for (auto &entry : journal::entriesOf(headOf(journal::logPath(m_directory, run.runId))))
            lines.push_back(std::move(entry.line));
        sessions.push_back({run.runId, run.title, run.lastAt, workflowOf(lines), false});
    }
    return sessions;
}

ph::Result<std::vector<std::string>> DesktopSessions::lines(const std::string &runId, std::stop_token)
{
    if (!journal::isRunId(runId))
        return ph::fail(ph::ErrorCode::NotFound, "There is no session \"" + runId + "\".");
    auto entries = journal::readRun(m_directory, runId);
    if (!entries)
        return ph::fail(entries.error());
    std::vector<std::string> lines;
    lines.reserve(entries->size());
    for (auto &entry : *entries)
        lines.push_back(std::move(entry.line));
    return lines;
}

} // namespace app
