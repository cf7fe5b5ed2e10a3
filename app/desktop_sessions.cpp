#include "app/desktop_sessions.h"

#include "agent/acp/types.h"

#include <fstream>
#include <set>

namespace app {
namespace {

constexpr std::size_t headBytes = 64 * 1024;  // of a log, where its first prompt is
constexpr std::size_t tailBytes = 256 * 1024; // where a question stands that nobody has answered

std::string headOf(const std::filesystem::path &log)
{
    std::ifstream file(log, std::ios::binary);
    std::string head(headBytes, '\0');
    file.read(head.data(), std::streamsize(head.size()));
    head.resize(std::size_t(file.gcount()));
    return head;
}

std::string tailOf(const std::filesystem::path &log)
{
    std::ifstream file(log, std::ios::binary | std::ios::ate);
    const auto size = std::max<std::streamoff>(0, file.tellg());
    const auto from = std::max<std::streamoff>(0, size - std::streamoff(tailBytes));
    file.seekg(from);
    std::string tail(std::size_t(size - from), '\0');
    file.read(tail.data(), std::streamsize(tail.size()));
    tail.resize(std::size_t(file.gcount()));
    return from > 0 ? tail.substr(std::min(tail.find('\n'), tail.size() - 1) + 1) : tail; // from a whole line on
}

std::vector<std::string> linesIn(const std::string &text)
{
    std::vector<std::string> lines;
    for (auto &entry : journal::entriesOf(text))
        lines.push_back(std::move(entry.line));
    return lines;
}

} // namespace

ph::Json messageIn(const std::string &line)
{
    auto message = ph::Json::parse(line, nullptr, false);
    if (message.is_object() && message.contains("notification"))
        return std::move(message["notification"]);
    return message;
}

bool waitsAtEnd(const std::vector<std::string> &lines)
{
    std::set<std::string> asked; // by the request's id
    for (const auto &line : lines) {
        const bool asks = line.find("\"session/request_permission\"") != std::string::npos || line.find("\"elicitation/create\"") != std::string::npos;
        if (!asks && (asked.empty() || line.find("\"method\"") != std::string::npos))
            continue;
        const auto message = messageIn(line);
        if (!message.is_object() || !message.contains("id"))
            continue;
        if (asks && message.contains("method"))
            asked.insert(message["id"].dump());
        else if (!message.contains("method") && message.contains("result") && message["result"].is_object() && message["result"].contains("stopReason"))
            asked.clear(); // The turn is over.
        else if (!message.contains("method"))
            asked.erase(message["id"].dump());
    }
    return !asked.empty();
}

std::string workflowOf(const std::vector<std::string> &lines)
{
    for (const auto &line : lines) {
        if (line.find("\"session/prompt\"") == std::string::npos)
            continue;
        const auto message = messageIn(line);
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

RunAgent agentOf(const std::vector<std::string> &lines)
{
    const auto textAt = [](const ph::Json &json, const char *pointer) {
        const auto value = json.value(ph::Json::json_pointer(pointer), ph::Json());
        return value.is_string() ? value.get<std::string>() : std::string();
    };
    RunAgent agent;
    for (const auto &line : lines) {
        const bool isAnswer = line.find("\"agentInfo\"") != std::string::npos;
        if (!isAnswer && line.find("\"session/new\"") == std::string::npos)
            continue;
        const auto message = messageIn(line);
        if (!message.is_object())
            continue;
        if (isAnswer && agent.name.empty()) {
            agent.name = textAt(message, "/result/agentInfo/title");
            if (agent.name.empty())
                agent.name = textAt(message, "/result/agentInfo/name");
        } else if (message.value("method", ph::Json()) == "session/new") {
            agent.id = textAt(message, "/params/_meta/hoglet/agent");
            break;
        }
    }
    if (agent.id == "hoglet")
        agent.id.clear();
    return agent;
}

DesktopSessions::DesktopSessions(std::filesystem::path dataDirectory)
    : m_directory(std::move(dataDirectory))
{
}

ui::PastSession DesktopSessions::sessionOf(const journal::RunInfo &run) const
{
    const auto log = journal::logPath(m_directory, run.runId);
    const auto head = linesIn(headOf(log));
    const auto agent = agentOf(head);
    return {run.runId, run.title, run.lastAt, workflowOf(head), waitsAtEnd(linesIn(tailOf(log))), agent.id, agent.name, run.cwd};
}

ph::Result<std::vector<ui::PastSession>> DesktopSessions::list(std::stop_token stop)
{
    std::vector<ui::PastSession> sessions;
    for (const auto &run : journal::listRuns(m_directory)) {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (run.title.empty() && run.count < 6)
            continue; // A session that was opened and never used.
        sessions.push_back(sessionOf(run));
    }
    return sessions;
}

ph::Result<ui::PastSession> DesktopSessions::find(const std::string &runId) const
{
    const auto run = journal::isRunId(runId) ? journal::runInfo(m_directory, runId) : std::nullopt;
    if (!run)
        return ph::fail(ph::ErrorCode::NotFound, "There is no session \"" + runId + "\".");
    return sessionOf(*run);
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
    for (const auto &entry : *entries)
        lines.push_back(R"({"type":"notification","timestamp":)" + ph::Json(entry.timestamp).dump() + R"(,"notification":)" + entry.line + '}');
    return lines;
}

ph::Result<> DesktopSessions::remove(const std::string &runId)
{
    if (!journal::isRunId(runId))
        return ph::fail(ph::ErrorCode::NotFound, "There is no session \"" + runId + "\".");
    return journal::removeRun(m_directory, runId);
}

} // namespace app
