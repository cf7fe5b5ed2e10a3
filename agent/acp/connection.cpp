#include "agent/acp/connection.h"

#include "driver/base/json_depth.h"

#include <algorithm>
#include <exception>

namespace acp {
namespace {

/// Deeper JSON is refused before it is read: nothing in ACP comes near it, and copying it recurses.
constexpr int maximumDepth = 128;
/// Requests served at once. A peer that asks for more is answered with an error.
constexpr std::size_t maximumServed = 256;

std::string dump(const ph::Json &json)
{
    // Text from elsewhere may hold bytes that are no UTF-8; they are replaced rather than lose the message.
    return json.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
}

bool isId(const ph::Json &id) { return id.is_string() || id.is_number_integer() || id.is_null(); }

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

/// Whatever a handler throws becomes its answer; the peer is told no more than that.
template <typename F>
Reply<ph::Json> guarded(const F &handler)
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

void Connection::serveQuick(const std::string &method, std::function<Reply<ph::Json>(const Params &)> handler)
{
    m_quick[method] = std::move(handler);
}

void Connection::serve(const std::string &method, std::function<Reply<Work<ph::Json>>(const Params &, std::stop_token)> handler)
{
    m_long[method] = std::move(handler);
}

void Connection::hear(const std::string &method, std::function<void(const Params &)> handler)
{
    m_notifications[method] = std::move(handler);
}

void Connection::onOtherRequest(std::function<Reply<ph::Json>(const std::string &, const Params &)> handler)
{
    m_otherRequest = std::move(handler);
}

void Connection::onOtherNotification(std::function<void(const std::string &, const Params &)> handler)
{
    m_otherNotification = std::move(handler);
}

void Connection::onClosed(std::function<void(const std::string &)> handler) { m_onClosed = std::move(handler); }

void Connection::afterReply(std::function<void()> action) { m_afterReply = std::move(action); }

void Connection::start() { m_reader = std::thread(&Connection::readLoop, this); }

void Connection::notify(const std::string &method, const ph::Json &params)
{
    if (const auto line = dump({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}); line.size() <= maximumLine)
        m_transport->send(line);
}

std::int64_t Connection::send(const std::string &method, ph::Json params, Then then)
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
    const auto line = dump({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
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

ph::Result<ph::Json> Connection::callAndWait(const std::string &method, ph::Json params, std::stop_token stop, std::chrono::milliseconds timeout)
{
    struct Slot {
        std::mutex mutex; // Guards the reply.
        std::condition_variable_any changed;
        std::optional<Reply<ph::Json>> reply;
    };
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    const auto slot = std::make_shared<Slot>();
    const auto id = send(method, std::move(params), [slot](Reply<ph::Json> reply) {
        const std::lock_guard lock(slot->mutex);
        slot->reply = std::move(reply);
        slot->changed.notify_all();
    });

    const auto isAnswered = [&slot] { return slot->reply.has_value(); };
    {
        std::unique_lock lock(slot->mutex);
        if (timeout.count() > 0)
            slot->changed.wait_for(lock, stop, timeout, isAnswered);
        else
            slot->changed.wait(lock, stop, isAnswered);
        if (slot->reply && *slot->reply)
            return *std::move(*slot->reply);
        if (slot->reply)
            return ph::fail(toError(slot->reply->error()));
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
    if (ph::isNestedDeeper(line, maximumDepth))
        return reportBadLine(code::parseError, "The message is nested deeper than " + std::to_string(maximumDepth) + " levels.");
    auto message = ph::Json::parse(line, nullptr, false);
    if (message.is_discarded())
        return reportBadLine(code::parseError, "The line is not JSON.");
    if (message.is_array())
        return reportBadLine(code::invalidRequest, "Batches are not part of ACP: send one message a line.");
    if (!message.is_object())
        return reportBadLine(code::invalidRequest, "A message is a JSON object.");
    receiveMessage(message);
}

void Connection::receiveMessage(ph::Json &message)
{
    const auto id = message.find("id");
    const auto method = message.find("method");
    const bool hasId = id != message.end();
    if (hasId && !isId(*id))
        return reportBadLine(code::invalidRequest, "An id is a string or a whole number.");
    if (method == message.end()) {
        if (hasId)
            receiveReply(*id, message);
        else if (!message.contains("error")) // An error for nobody in particular is passed over.
            reportBadLine(code::invalidRequest, "The message has neither a method nor an id.");
        return;
    }
    if (!method->is_string()) {
        if (hasId)
            answer(*id, refuse(code::invalidRequest, "A method is a string."));
        else
            reportBadLine(code::invalidRequest, "A method is a string.");
        return;
    }
    const auto name = method->get<std::string>();
    auto params = message.contains("params") ? std::move(message["params"]) : ph::Json();
    if (params.is_null())
        params = ph::Json::object();
    if (hasId)
        return receiveRequest(*id, name, params);

    if (name == "$/cancel_request") {
        if (!params.is_object() || !params.contains("requestId"))
            return;
        return stopServing([&](const Serving &serving) { return serving.id == params["requestId"]; });
    }
    try {
        if (const auto handler = m_notifications.find(name); handler != m_notifications.end())
            handler->second(params);
        else if (m_otherNotification && !name.starts_with("$/"))
            m_otherNotification(name, params);
    } catch (const std::exception &) { // NOLINT(bugprone-empty-catch): a notification has no answer that could carry it
    }
}

void Connection::receiveRequest(ph::Json id, const std::string &method, const Params &params)
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
        return answer(id, guarded([&] { return m_otherRequest(method, params); }));
    answer(id, refuse(code::methodNotFound, "Unknown method: " + method));
}

void Connection::begin(ph::Json id, const std::function<Reply<Work<ph::Json>>(const Params &, std::stop_token)> &handler, const Params &params)
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

    Work<ph::Json> work;
    const auto outcome = guarded([&]() -> Reply<ph::Json> {
        auto begun = handler(params, serving->stop.get_token());
        if (!begun)
            return tl::unexpected(std::move(begun).error());
        work = *std::move(begun);
        return ph::Json();
    });
    if (!outcome || !work) {
        answer(id, outcome ? refuse(code::internalError, "Internal error.") : outcome);
        const std::lock_guard lock(m_mutex);
        m_serving.erase(serving);
        return;
    }
    auto run = [this, serving, work = std::move(work)]() mutable {
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

void Connection::answer(const ph::Json &id, const Reply<ph::Json> &reply)
{
    ph::Json message{{"jsonrpc", "2.0"}, {"id", id}};
    if (reply) {
        message["result"] = *reply;
    } else {
        message["error"] = {{"code", reply.error().code}, {"message", reply.error().message}};
        if (!reply.error().data.is_null())
            message["error"]["data"] = reply.error().data;
    }
    auto line = dump(message);
    if (line.size() > maximumLine) {
        const ph::Json error{{"code", code::internalError}, {"message", "The answer is longer than a message may be (32 MiB)."}};
        line = dump({{"jsonrpc", "2.0"}, {"id", id}, {"error", error}});
    }
    m_transport->send(line);
}

void Connection::reportBadLine(int code, const std::string &message)
{
    if (m_side == Side::Agent)
        answer(nullptr, refuse(code, message));
}

void Connection::receiveReply(const ph::Json &id, ph::Json &message)
{
    if (!id.is_number_integer())
        return; // Ours are numbers; null stands for a line of ours that the peer could not read.
    std::unique_lock lock(m_mutex);
    auto waiting = m_waiting.extract(id.get<std::int64_t>());
    lock.unlock();
    if (!waiting)
        return;
    try {
        if (const auto error = message.find("error"); error != message.end() && !error->is_null())
            waiting.mapped()(tl::unexpected(errorOf(*error)));
        else
            waiting.mapped()(message.contains("result") ? std::move(message["result"]) : ph::Json());
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
