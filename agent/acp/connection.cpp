#include "agent/acp/connection.h"

#include "agent/acp/soon.h"

#include <algorithm>
#include <atomic>
#include <exception>

namespace acp {
namespace {

/// Requests served at once. A peer that asks for more is answered with an error.
constexpr std::size_t maximumServed = 256;

bool isId(const ph::Json &id) { return id.is_string() || id.is_number_integer() || id.is_null(); }

/// The line of a notification or, with `idMember` ("\"id\":1,"), of a request.
std::string lineOf(std::string_view idMember, const std::string &method, std::string_view params)
{
    std::string line;
    line.reserve(params.size() + 96);
    line += R"({"jsonrpc":"2.0",)";
    line += idMember;
    line += R"("method":)";
    wire::writeText(line, method);
    line += R"(,"params":)";
    line += params;
    line += '}';
    return line;
}

RpcError errorOf(const ph::Json &json)
{
    RpcError error;
    if (!json.is_object()) {
        error.message = "The other side answered with an error that does not read.";
        return error;
    }
    if (const auto found = json.find("code"); found != json.end() && found->is_number_integer())
        error.code = found->get<int>();
    if (const auto found = json.find("message"); found != json.end() && found->is_string())
        error.message = found->get<std::string>();
    if (const auto found = json.find("data"); found != json.end())
        error.data = *found;
    return error;
}

ph::Json jsonOf(const RpcError &error)
{
    ph::Json json{{"code", error.code}, {"message", error.message}};
    if (!error.data.is_null())
        json["data"] = error.data;
    return json;
}

/// Whatever a handler throws becomes its answer; the peer is told no more than that.
template <typename F>
auto guarded(const F &handler) -> decltype(handler())
{
    try {
        return handler();
    } catch (const std::exception &e) {
        return refuse(code::internalError, std::string("Internal error: ") + e.what());
    } catch (...) {
        return refuse(code::internalError, "Internal error.");
    }
}

} // namespace

struct Connection::Serving {
    ph::Json id;
    std::stop_source stop;
    bool done = false;
    std::thread thread;
};

Connection::Connection(std::unique_ptr<Transport> transport, Side side)
    : m_side(side)
    , m_transport(std::move(transport))
{
}

Connection::~Connection()
{
    close();
    if (m_reader.joinable())
        m_reader.join();
    else
        finish({}); // never started: what was called gets its answer all the same
    for (auto &serving : m_serving) { // The reader has ended: nobody adds to the list any more.
        if (serving.thread.joinable())
            serving.thread.join();
    }
}

void Connection::serveQuick(const std::string &method, Quick handler) { m_quick[method] = std::move(handler); }

void Connection::serve(const std::string &method, Long handler) { m_long[method] = std::move(handler); }

void Connection::hear(const std::string &method, std::function<void(const JsonView &)> handler) { m_notifications[method] = std::move(handler); }

void Connection::onOtherRequest(std::function<Reply<ph::Json>(const std::string &, const ph::Json &)> handler)
{
    m_otherRequest = std::move(handler);
}

void Connection::onOtherNotification(std::function<void(const std::string &, const ph::Json &)> handler)
{
    m_otherNotification = std::move(handler);
}

void Connection::onClosed(std::function<void(const std::string &)> handler) { m_onClosed = std::move(handler); }

void Connection::afterReply(std::function<void()> action) { m_afterReply = std::move(action); }

void Connection::start() { m_reader = std::thread(&Connection::readLoop, this); }

void Connection::notify(const std::string &method, const ph::Json &params) { notifyText(method, wire::textOf(params)); }

void Connection::notifyText(const std::string &method, std::string_view params)
{
    const auto line = lineOf({}, method, params);
    if (line.size() <= maximumLine)
        m_transport->send(line);
}

std::int64_t Connection::send(const std::string &method, std::string_view params, Then then)
{
    std::int64_t id = 0;
    {
        const std::lock_guard lock(m_mutex);
        id = m_nextId++;
        if (!m_closed)
            m_waiting.emplace(id, std::exchange(then, nullptr));
    }
    if (then) {
        then(refuse(code::cancelled, "The connection is closed."));
        return id;
    }
    const auto line = lineOf("\"id\":" + std::to_string(id) + ",", method, params);
    if (line.size() <= maximumLine) {
        m_transport->send(line);
        return id;
    }
    std::unique_lock lock(m_mutex);
    if (auto waiting = m_waiting.extract(id); waiting) {
        lock.unlock();
        waiting.mapped()(refuse(code::invalidParams, method + " is longer than a message may be (32 MiB)."));
    }
    return id;
}

ph::Result<> Connection::callAndWait(const std::string &method, std::string_view params, Then take, std::stop_token stop, std::chrono::milliseconds timeout)
{
    struct Slot {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::atomic<bool> isAnswered = false; // set under the mutex
    };
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    const auto slot = std::make_shared<Slot>();
    const auto id = send(method, params, [slot, take = std::move(take)](const Reply<JsonView> &reply) {
        take(reply);
        const std::lock_guard lock(slot->mutex);
        slot->isAnswered = true;
        slot->changed.notify_all();
    });

    const auto isAnswered = [&slot] { return slot->isAnswered.load(); };
    if (soon(isAnswered))
        return {};
    {
        std::unique_lock lock(slot->mutex);
        if (timeout.count() > 0)
            slot->changed.wait_for(lock, stop, timeout, isAnswered);
        else
            slot->changed.wait(lock, stop, isAnswered);
        if (isAnswered())
            return {};
    }
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.erase(id); // A late reply finds nobody and is passed over.
    }
    notify("$/cancel_request", {{"requestId", id}});
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    return ph::fail(ph::ErrorCode::Network, "No answer to " + method + " within " + std::to_string(timeout.count()) + " ms.");
}

void Connection::readLoop()
{
    std::string reason;
    while (const auto line = m_transport->receive()) {
        if (line->size() > maximumLine) {
            reason = "A message longer than 32 MiB came; the connection ends.";
            reportBadLine(code::parseError, reason);
            break;
        }
        receive(*line);
        collectFinished();
    }
    finish(reason.empty() ? m_transport->ending() : reason);
}

void Connection::receive(const std::string &line)
{
    if (line.find_first_not_of(" \t\r") == std::string::npos)
        return;
    const auto message = m_parser.read(line);
    if (!message && message.error() == LineParser::Problem::NestedTooDeep)
        return reportBadLine(code::parseError, "The message is nested deeper than " + std::to_string(maximumDepth) + " levels.");
    if (!message)
        return reportBadLine(code::parseError, "The line is not JSON.");
    if (message->isList())
        return reportBadLine(code::invalidRequest, "Batches are not part of ACP: send one message a line.");
    if (!message->isObject())
        return reportBadLine(code::invalidRequest, "A message is a JSON object.");
    receiveMessage(*message);
}

void Connection::receiveMessage(const JsonView &message)
{
    const auto id = message.find("id");
    const auto method = message.find("method");
    const auto ownId = id ? std::optional(id->tree()) : std::nullopt;
    if (ownId && !isId(*ownId))
        return reportBadLine(code::invalidRequest, "An id is a string or a whole number.");
    if (!method) {
        if (ownId)
            receiveReply(*ownId, message);
        else if (!message.find("error")) // An error for nobody in particular is passed over.
            reportBadLine(code::invalidRequest, "The message has neither a method nor an id.");
        return;
    }
    if (!method->isText()) {
        if (ownId)
            answer(*ownId, refuse(code::invalidRequest, "A method is a string."));
        else
            reportBadLine(code::invalidRequest, "A method is a string.");
        return;
    }
    const std::string name(method->text());
    auto params = message.find("params");
    if (!params || params->isNull())
        params = JsonView::emptyObject();
    if (ownId)
        receiveRequest(*ownId, name, *params);
    else
        receiveNotification(name, *params);
}

void Connection::receiveNotification(const std::string &method, const JsonView &params)
{
    if (method == "$/cancel_request") {
        if (const auto id = params.find("requestId"))
            stopServing([request = id->tree()](const Serving &serving) { return serving.id == request; });
        return;
    }
    try {
        if (const auto handler = m_notifications.find(method); handler != m_notifications.end())
            handler->second(params);
        else if (m_otherNotification && !method.starts_with("$/"))
            m_otherNotification(method, params.tree());
    } catch (const std::exception &) { // NOLINT(bugprone-empty-catch): a notification has no answer that could carry it
    }
}

void Connection::receiveRequest(ph::Json id, const std::string &method, const JsonView &params)
{
    if (const auto handler = m_long.find(method); handler != m_long.end())
        return begin(std::move(id), handler->second, params);
    if (const auto handler = m_quick.find(method); handler != m_quick.end()) {
        answer(id, guarded([&] { return handler->second(params); }));
        if (const auto action = std::exchange(m_afterReply, nullptr))
            action();
        return;
    }
    if (m_otherRequest)
        return answer(id, guarded([&] { return textOf(m_otherRequest(method, params.tree())); }));
    answer(id, refuse(code::methodNotFound, "Unknown method: " + method));
}

void Connection::begin(ph::Json id, const Long &handler, const JsonView &params)
{
    std::list<Serving>::iterator serving;
    {
        const std::lock_guard lock(m_mutex);
        if (m_serving.size() < maximumServed)
            serving = m_serving.insert(m_serving.end(), {id, {}, false, {}});
        else
            serving = m_serving.end();
    }
    if (serving == m_serving.end())
        return answer(id, refuse(code::internalError, "Too many requests at once."));

    auto begun = guarded([&] { return handler(params, serving->stop.get_token()); });
    if (!begun || !*begun) {
        answer(id, begun ? refuse(code::internalError, "Internal error.") : tl::unexpected(begun.error()));
        const std::lock_guard lock(m_mutex);
        m_serving.erase(serving);
        return;
    }
    auto run = [this, serving, work = *std::move(begun)]() mutable {
        const auto reply = guarded(work);
        work = nullptr; // What it holds is freed before the peer hears that it is over.
        answer(serving->id, reply);
        const std::lock_guard lock(m_mutex);
        serving->done = true;
        m_changed.notify_all();
    };
    try {
        std::thread thread(std::move(run));
        const std::lock_guard lock(m_mutex);
        serving->thread = std::move(thread);
    } catch (const std::system_error &) {
        answer(id, refuse(code::internalError, "The system has no thread left for this request."));
        const std::lock_guard lock(m_mutex);
        m_serving.erase(serving);
    }
}

void Connection::answer(const ph::Json &id, const Reply<std::string> &reply)
{
    std::string line = R"({"jsonrpc":"2.0","id":)";
    wire::writeJson(line, id);
    const auto idEnd = line.size();
    if (reply) {
        line += R"(,"result":)";
        line += *reply;
        line += '}';
    }
    if (!reply || line.size() > maximumLine) {
        line.resize(idEnd);
        line += R"(,"error":)";
        wire::writeJson(line, jsonOf(reply ? RpcError(code::internalError, "The answer is longer than a message may be (32 MiB).") : reply.error()));
        line += '}';
    }
    m_transport->send(line);
}

void Connection::reportBadLine(int code, const std::string &message)
{
    if (m_side == Side::Agent)
        answer(nullptr, refuse(code, message));
}

void Connection::receiveReply(const ph::Json &id, const JsonView &message)
{
    if (!id.is_number_integer())
        return; // Ours are numbers; null stands for a line of ours that the peer could not read.
    std::unique_lock lock(m_mutex);
    auto waiting = m_waiting.extract(id.get<std::int64_t>());
    lock.unlock();
    if (!waiting)
        return;
    try {
        if (const auto error = message.find("error"); error && !error->isNull())
            waiting.mapped()(tl::unexpected(errorOf(error->tree())));
        else
            waiting.mapped()(message.find("result").value_or(JsonView::null()));
    } catch (const std::exception &) { // NOLINT(bugprone-empty-catch): the reader goes on
    }
}

void Connection::stopServing(const std::function<bool(const Serving &)> &isMeant)
{
    std::vector<std::stop_source> stops;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &serving : m_serving) {
            if (!serving.done && isMeant(serving))
                stops.push_back(serving.stop);
        }
    }
    for (auto &stop : stops) // Outside the lock: a stop runs other people's callbacks.
        stop.request_stop();
}

void Connection::collectFinished()
{
    std::list<Serving> finished;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_serving.begin(); it != m_serving.end();) {
            const auto next = std::next(it);
            if (it->done && it->thread.joinable())
                finished.splice(finished.end(), m_serving, it);
            it = next;
        }
    }
    for (auto &serving : finished)
        serving.thread.join();
}

void Connection::finish(const std::string &reason)
{
    std::map<std::int64_t, Then> waiting;
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        waiting.swap(m_waiting);
    }
    stopServing([](const Serving &) { return true; });
    const auto sentence = reason.substr(0, reason.find("\n\n"));
    for (auto &[id, then] : waiting)
        then(refuse(code::cancelled, sentence.empty() ? "The other side closed the connection." : sentence));
    {
        // The requests that were being served still answer: a peer that only closed its sending half hears them.
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return std::all_of(m_serving.begin(), m_serving.end(), [](const Serving &s) { return s.done; }); });
    }
    m_transport->close();
    if (m_onClosed)
        m_onClosed(reason);
    const std::lock_guard lock(m_mutex);
    m_finished = true;
    m_changed.notify_all();
}

void Connection::close() { m_transport->close(); }

void Connection::waitUntilClosed()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_finished; });
}

} // namespace acp
