#include "agent/journal/recorder.h"

#include "agent/journal/entry.h"
#include "driver/base/time.h"

#include <algorithm>

namespace journal {
namespace {

constexpr std::size_t maximumWaiting = 64; // lines before a session; a peer that never opens one fills no memory

std::string keyOf(acp::Direction direction, const ph::Json &id) { return (direction == acp::Direction::Sent ? "s" : "r") + id.dump(); }

acp::Direction opposite(acp::Direction direction) { return direction == acp::Direction::Sent ? acp::Direction::Received : acp::Direction::Sent; }

std::string textAt(const ph::Json &json, const char *object, const char *key)
{
    const auto inner = json.find(object);
    if (inner == json.end() || !inner->is_object())
        return {};
    const auto found = inner->find(key);
    return found != inner->end() && found->is_string() ? found->get<std::string>() : std::string();
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
    const auto message = ph::Json::parse(line, nullptr, false);
    if (!message.is_object())
        return;
    const auto method = message.find("method");
    if (method == message.end() || !method->is_string())
        onReply(direction, line, message);
    else if (message.contains("id"))
        onRequest(direction, line, message);
    else
        onNotification(direction, line, message);
}

void Recorder::onRequest(acp::Direction direction, const std::string &line, const ph::Json &message)
{
    const Request request{message["method"], textAt(message, "params", "sessionId")};
    const auto key = keyOf(direction, message["id"]);
    m_requests[key] = request;

    if (isHistoryRequest(request.method)) {
        m_loading.insert(request.run);
    } else if (request.method == "session/delete") {
        m_deleted.insert(request.run);
        m_writer.close(logOf(request.run));
    } else if (!request.run.empty()) {
        keep(request.run, line, message);
    } else if (request.method == "initialize" || beginsSession(request.method)) {
        wait(key, line, message);
    }
}

void Recorder::onNotification(acp::Direction direction, const std::string &line, const ph::Json &message)
{
    auto run = textAt(message, "params", "sessionId");
    if (run.empty() && message["method"] == "$/cancel_request" && message.contains("params") && message["params"].is_object()) {
        const auto request = m_requests.find(keyOf(direction, message["params"].value("requestId", ph::Json())));
        run = request != m_requests.end() ? request->second.run : std::string();
    } else if (run.empty()) {
        run = m_lastRun;
    }
    if (direction == acp::Direction::Sent && m_loading.contains(run))
        return; // History that the log has already.
    keep(run, line, message);
}

void Recorder::onReply(acp::Direction direction, const std::string &line, const ph::Json &message)
{
    const auto id = message.find("id");
    if (id == message.end())
        return;
    const auto key = keyOf(opposite(direction), *id);
    const auto request = m_requests.extract(key);
    if (!request)
        return;
    const auto &[method, run] = request.mapped();
    if (isHistoryRequest(method)) {
        if (const auto found = m_loading.find(run); found != m_loading.end())
            m_loading.erase(found);
        if (message.contains("result"))
            m_lastRun = run;
    } else if (beginsSession(method)) {
        if (const auto begun = textAt(message, "result", "sessionId"); !begun.empty()) {
            beginRun(begun, key);
            keep(begun, line, message);
        } else {
            std::erase_if(m_waiting, [&](const Waiting &waiting) { return waiting.key == key; });
            if (!m_taskRun.empty())
                m_writer.append(m_taskRun, storedEntry(line, message, ph::isoNow()));
        }
    } else if (method == "initialize") {
        wait(key, line, message);
    } else if (!run.empty()) {
        keep(run, line, message);
        if (method == "session/close")
            m_writer.close(logOf(run));
    }
}

void Recorder::keep(const std::string &run, const std::string &line, const ph::Json &message)
{
    if (!isRunId(logOf(run)) || m_deleted.contains(run))
        return;
    m_lastRun = run;
    m_writer.append(logOf(run), storedEntry(line, message, ph::isoNow()));
}

void Recorder::wait(const std::string &key, const std::string &line, const ph::Json &message)
{
    if (!m_taskRun.empty()) // It is known where it belongs.
        m_writer.append(m_taskRun, storedEntry(line, message, ph::isoNow()));
    else if (m_waiting.size() < maximumWaiting)
        m_waiting.push_back({key, storedEntry(line, message, ph::isoNow())});
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
