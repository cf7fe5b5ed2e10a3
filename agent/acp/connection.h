#pragma once

#include "agent/acp/rpc.h"
#include "agent/acp/transport.h"
#include "agent/acp/types.h"
#include "agent/acp/wire.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace acp {

/// Which end of the line this is. The agent's end reports lines that are no message (-32700, -32600 with a null id); the client's end
/// passes over them, since programs print banners on the way.
enum class Side { Agent, Client };

/// JSON-RPC 2.0 over a Transport: typed calls out, typed handlers in.
///
/// Bind every handler, then start(). Messages are taken one after another, in the order they came, by one reader thread: notifications,
/// replies, quick requests, and the first part of a Work. The second part of a Work runs on a thread of its own, so a long
/// session/prompt leaves the line open. Nothing that the reader runs may wait for a call on the same connection.
///
/// Every request that comes gets exactly one reply: the handler's value or error, -32601 for an unknown method, -32602 for params
/// that do not read (the message names the key), -32603 for an exception. A notification never gets one. `$/cancel_request` of the
/// peer requests the stop of that request's token; its reply is still the handler's own.
/// When the peer closes, waiting calls fail, the requests being served are stopped, and onClosed is told.
class Connection
{
public:
    // Params and results are read where they stand in the line, and written as the text that goes into one. A JsonView is valid during
    // the call that it is given to.
    using Quick = std::function<Reply<std::string>(const JsonView &params)>;
    using Long = std::function<Reply<Work<std::string>>(const JsonView &params, std::stop_token)>;
    using Then = std::function<void(const Reply<JsonView> &)>;

    Connection(std::unique_ptr<Transport> transport, Side side);
    ~Connection(); // closes and waits for every thread; not to be run on one of them

    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    /// Answers on the reader thread: for what takes no time.
    template <typename P, typename R, typename Object>
    void onRequest(const std::string &method, Object *object, Reply<R> (Object::*handler)(const P &))
    {
        serveQuick(method, [object, handler](const JsonView &json) -> Reply<std::string> {
            const auto params = paramsOf<P>(json);
            if (!params)
                return tl::unexpected(params.error());
            return textOf((object->*handler)(*params));
        });
    }

    /// Begins on the reader thread and goes on with the Work on a thread of its own.
    template <typename P, typename R, typename Object>
    void onRequest(const std::string &method, Object *object, Work<R> (Object::*handler)(const P &, std::stop_token))
    {
        serve(method, [object, handler](const JsonView &json, std::stop_token stop) -> Reply<Work<std::string>> {
            const auto params = paramsOf<P>(json);
            if (!params)
                return tl::unexpected(params.error());
            return [work = (object->*handler)(*params, std::move(stop))] { return textOf(work()); };
        });
    }

    /// Params that do not read are dropped, as ACP asks.
    template <typename P, typename Object>
    void onNotification(const std::string &method, Object *object, void (Object::*handler)(const P &))
    {
        hear(method, [object, handler](const JsonView &json) {
            if (const auto params = parse<P>(json))
                (object->*handler)(*params);
        });
    }

    // The same without types. An error while beginning is answered at once.
    void serveQuick(const std::string &method, Quick handler);
    void serve(const std::string &method, Long handler);
    void hear(const std::string &method, std::function<void(const JsonView &)> handler);

    template <typename P>
    static Reply<P> paramsOf(const JsonView &json)
    {
        auto params = parse<P>(json);
        if (!params)
            return refuse(code::invalidParams, params.error().message);
        return *std::move(params);
    }
    template <typename R>
    static Reply<std::string> textOf(const Reply<R> &reply)
    {
        if (!reply)
            return tl::unexpected(reply.error());
        return wire::textOf(*reply);
    }

    /// What no other handler takes: extension methods. Without one: -32601, and notifications are passed over.
    void onOtherRequest(std::function<Reply<ph::Json>(const std::string &method, const ph::Json &params)> handler);
    void onOtherNotification(std::function<void(const std::string &method, const ph::Json &params)> handler);

    /// Told once, on the reader thread, after the last message. `reason` is empty when the peer simply left.
    void onClosed(std::function<void(const std::string &reason)> handler);

    /// To be called inside a handler that runs on the reader thread: `action` runs there once that request's reply is on its way.
    void afterReply(std::function<void()> action);

    void start();

    /// Calls and waits. Error: the peer's own (toError), Cancelled when `stop` is requested (the peer is told by $/cancel_request) or
    /// the connection closes first, Network when nothing came within `timeout` (zero: for ever), InvalidInput when the reply does
    /// not read or the call is longer than a line may be.
    template <typename R, typename P>
    ph::Result<R> call(const std::string &method, const P &params, std::stop_token stop = {}, std::chrono::milliseconds timeout = {})
    {
        const auto result = std::make_shared<std::optional<ph::Result<R>>>(); // shared with a reply that comes too late
        const auto take = [result](const Reply<JsonView> &reply) { *result = resultOf<R>(reply); };
        if (const auto answered = callAndWait(method, wire::textOf(params), take, std::move(stop), timeout); !answered)
            return ph::fail(answered.error());
        return *std::move(*result);
    }

    /// Calls; `then` hears the reply on the reader thread, in order with the notifications around it. Exactly once, also when the
    /// connection closes first.
    template <typename R, typename P>
    void callThen(const std::string &method, const P &params, std::function<void(ph::Result<R>)> then)
    {
        send(method, wire::textOf(params), [then = std::move(then)](const Reply<JsonView> &reply) { then(resultOf<R>(reply)); });
    }

    void notify(const std::string &method, const ph::Json &params);
    /// `params` is JSON already, in one line. One that makes the line longer than it may be is not sent.
    void notifyText(const std::string &method, std::string_view params);

    /// Ends the connection: no reply will come any more. Any thread, the handlers' too.
    void close();

    /// Waits until the peer has closed (or close() was called) and every reply is on its way.
    void waitUntilClosed();

private:
    struct Waiting;  // a call of ours
    struct Serving;  // a request of the peer's, on its thread

    template <typename R>
    static ph::Result<R> resultOf(const Reply<JsonView> &reply)
    {
        if (!reply)
            return ph::fail(toError(reply.error()));
        return parse<R>(*reply);
    }

    std::int64_t send(const std::string &method, std::string_view params, Then then);
    /// `take` hears the reply on the reader thread before this returns; when this fails it may still hear one, later.
    ph::Result<> callAndWait(const std::string &method, std::string_view params, Then take, std::stop_token stop, std::chrono::milliseconds timeout);

    void readLoop();
    void receive(const std::string &line);
    void receiveMessage(const JsonView &message);
    void receiveRequest(ph::Json id, const std::string &method, const JsonView &params);
    void receiveNotification(const std::string &method, const JsonView &params);
    void receiveReply(const ph::Json &id, const JsonView &message);
    void begin(ph::Json id, const Long &handler, const JsonView &params);
    void answer(const ph::Json &id, const Reply<std::string> &reply);
    void reportBadLine(int code, const std::string &message);
    void stopServing(const std::function<bool(const Serving &)> &isMeant);
    void collectFinished();
    void finish(const std::string &reason);

    const Side m_side;
    std::unique_ptr<Transport> m_transport;
    std::map<std::string, Quick> m_quick;
    std::map<std::string, Long> m_long;
    std::map<std::string, std::function<void(const JsonView &)>> m_notifications;
    std::function<Reply<ph::Json>(const std::string &, const ph::Json &)> m_otherRequest;
    std::function<void(const std::string &, const ph::Json &)> m_otherNotification;
    std::function<void(const std::string &)> m_onClosed;
    std::function<void()> m_afterReply; // reader thread only
    LineParser m_parser;                // reader thread only

    std::mutex m_mutex; // Guards what follows.
    std::condition_variable m_changed;
    std::map<std::int64_t, Then> m_waiting;
    std::list<Serving> m_serving;
    std::int64_t m_nextId = 0;
    bool m_closed = false;   // no further call is taken
    bool m_finished = false; // the reader has ended
    std::thread m_reader;
};

} // namespace acp
