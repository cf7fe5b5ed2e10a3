#include "agent/journal/recorder.h"

#include "agent/journal/entry.h"
#include "driver/base/time.h"

#include <algorithm>

namespace journal {
namespace {

constexpr std::size_t maximumWaiting = 64; // lines before a session; a peer that never opens one fills no memory

std::string keyOf(acp::Direction direction, const acp::JsonView &id)
{
    return (direction == acp::Direction::Sent ? "s" : "r") + id.tree().dump();
}

acp::Direction opposite(acp::Direction direction) { return direction == acp::Direction::Sent ? acp::Direction::Received : acp::Direction::Sent; }

std::string textAt(const acp::JsonView &json, const char *object, const char *key)
{
    const auto inner = json.find(object);
    const auto found = inner ? inner->find(key) : std::nullopt;
    return found ? std::string(found->text()) : std::string();
}

bool isHistoryRequest(const std::string &method) { return method == "session/load" || method == "session/resume"; }
bool beginsSession(const std::string &method) { return method == "session/new" || method == "session/fork"; }

} // namespace

Recorder::Recorder(Writer &writer, std::string taskRun)
    : m_writer(writer)
    , m_taskRun(std::move(taskRun))
{
}

void Recorder::onLine(acp::Direction direction, const std::string &line)
{
    const auto message = m_parser.read(line);
    if (!message || !message->isObject())
        return;
    const auto method = message->find("method");
    if (!method || !method->isText())
        onReply(direction, line, *message);
    else if (const auto id = message->find("id"))
        onRequest(keyOf(direction, *id), {std::string(method->text()), textAt(*message, "params", "sessionId")}, line);
    else
        onNotification(direction, line, *message);
}

void Recorder::onRequest(const std::string &key, const Request &request, const std::string &line)
{
    m_requests[key] = request;
    if (isHistoryRequest(request.method)) {
        m_loading.insert(request.run);
    } else if (request.method == "session/delete") {
        m_deleted.insert(request.run);
        m_writer.close(logOf(request.run));
    } else if (!request.run.empty()) {
        keep(request.run, line);
    } else if (request.method == "initialize" || beginsSession(request.method)) {
        wait(key, line);
    }
}

void Recorder::onNotification(acp::Direction direction, const std::string &line, const acp::JsonView &message)
{
    auto run = textAt(message, "params", "sessionId");
    const auto params = message.find("params");
    if (run.empty() && message.find("method")->text() == "$/cancel_request" && params && params->isObject()) {
        const auto request = m_requests.find(keyOf(direction, params->find("requestId").value_or(acp::JsonView::null())));
        run = request != m_requests.end() ? request->second.run : std::string();
    } else if (run.empty()) {
        run = m_lastRun;
    }
    if (direction == acp::Direction::Sent && m_loading.contains(run))
        return; // History that the log has already.
    keep(run, line);
}

void Recorder::onReply(acp::Direction direction, const std::string &line, const acp::JsonView &message)
{
    const auto id = message.find("id");
    if (!id)
        return;
    const auto key = keyOf(opposite(direction), *id);
    const auto request = m_requests.extract(key);
    if (!request)
        return;
    const auto &[method, run] = request.mapped();
    if (isHistoryRequest(method)) {
        if (const auto found = m_loading.find(run); found != m_loading.end())
            m_loading.erase(found);
        if (message.find("result"))
            m_lastRun = run;
    } else if (beginsSession(method)) {
        if (const auto begun = textAt(message, "result", "sessionId"); !begun.empty()) {
            beginRun(begun, key);
            keep(begun, line);
        } else {
            std::erase_if(m_waiting, [&](const Waiting &waiting) { return waiting.key == key; });
            if (!m_taskRun.empty())
                m_writer.append(m_taskRun, storedEntry(line, timestamp()));
        }
    } else if (method == "initialize") {
        wait(key, line);
    } else if (!run.empty()) {
        keep(run, line);
        if (method == "session/close")
            m_writer.close(logOf(run));
    }
}

void Recorder::keep(const std::string &run, const std::string &line)
{
    if (!isRunId(logOf(run)) || m_deleted.contains(run))
        return;
    m_lastRun = run;
    m_writer.append(logOf(run), storedEntry(line, timestamp()));
}

void Recorder::wait(const std::string &key, const std::string &line)
{
    if (!m_taskRun.empty()) // It is known where it belongs.
        m_writer.append(m_taskRun, storedEntry(line, timestamp()));
    else if (m_waiting.size() < maximumWaiting)
        m_waiting.push_back({key, storedEntry(line, timestamp())});
}

/// Now. Many lines pass in one millisecond, and writing it costs more than writing a line.
const std::string &Recorder::timestamp()
{
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    if (now != m_timestampAt || m_timestamp.empty()) {
        m_timestampAt = now;
        m_timestamp = ph::isoTime(now);
    }
    return m_timestamp;
}

void Recorder::beginRun(const std::string &run, const std::string &key)
{
    // Another session/new that waits for its own answer stays.
    const auto isOthers = [&](const Waiting &waiting) {
        const auto request = m_requests.find(waiting.key);
        return waiting.key != key && request != m_requests.end() && beginsSession(request->second.method);
    };
    const auto mine = std::stable_partition(m_waiting.begin(), m_waiting.end(), isOthers);
    if (isRunId(run)) {
        for (auto it = mine; it != m_waiting.end(); ++it)
            m_writer.append(run, it->entry);
    }
    m_waiting.erase(mine, m_waiting.end());
}

} // namespace journal
