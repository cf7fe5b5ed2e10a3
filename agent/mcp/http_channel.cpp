#include "agent/mcp/http_channel.h"

#include "driver/http/client.h"
#include "driver/http/sse_parser.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace mcp {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t maximumAnswer = 32 * 1024 * 1024;

/// What the server has said, in the order in which it came.
class Inbox
{
public:
    void add(ph::Json message)
    {
        const std::lock_guard lock(m_mutex);
        m_messages.push_back(std::move(message));
        m_changed.notify_all();
    }
    /// Takes one message, or each of a list.
    void addText(const std::string &text)
    {
        auto json = ph::Json::parse(text, nullptr, false);
        if (json.is_object())
            add(std::move(json));
        for (auto &one : json.is_array() ? json : ph::Json::array()) {
            if (one.is_object())
                add(std::move(one));
        }
    }
    std::optional<ph::Json> take()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_closed || !m_messages.empty(); });
        if (m_messages.empty())
            return {};
        auto message = std::move(m_messages.front());
        m_messages.pop_front();
        return message;
    }
    void close(std::string reason = {})
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        if (m_reason.empty())
            m_reason = std::move(reason);
        m_changed.notify_all();
    }
    std::string reason() const
    {
        const std::lock_guard lock(m_mutex);
        return m_reason;
    }

private:
    mutable std::mutex m_mutex; // Guards what follows.
    std::condition_variable m_changed;
    std::deque<ph::Json> m_messages;
    bool m_closed = false;
    std::string m_reason;
};

ph::Error errorOf(const std::string &name, const http::Response &response)
{
    if (response.status == 401 || response.status == 403)
        return {ph::ErrorCode::Unauthorized, name + " refuses access (" + std::to_string(response.status) + "). Check the headers that it is given."};
    return {ph::ErrorCode::Network, name + " answered " + std::to_string(response.status) + "."};
}

/// Scheme, host and port of an address.
std::string originOf(const std::string &url)
{
    const auto start = url.find("://");
    return start == std::string::npos ? std::string() : url.substr(0, url.find_first_of("/?#", start + 3));
}

/// Asks for a stop as soon as one of two does.
class EitherStop
{
public:
    EitherStop(std::stop_token one, std::stop_token other)
        : m_onOne(std::move(one), Stop{m_source})
        , m_onOther(std::move(other), Stop{m_source})
    {
    }
    std::stop_token token() const { return m_source.get_token(); }

private:
    struct Stop {
        std::stop_source source;
        void operator()() { source.request_stop(); }
    };

    std::stop_source m_source; // the first: the callbacks copy it
    std::stop_callback<Stop> m_onOne;
    std::stop_callback<Stop> m_onOther;
};

/// Reads an event stream into the inbox, but for the events that `onEvent` keeps to itself.
class StreamReader
{
public:
    StreamReader(Inbox &inbox, std::function<bool(const http::ServerEvent &)> onEvent = {})
        : m_inbox(inbox)
        , m_onEvent(std::move(onEvent))
    {
    }
    /// False: the stream is of no more use.
    bool feed(std::string_view bytes)
    {
        const auto events = m_parser.feed(bytes);
        if (!events)
            return false;
        for (const auto &event : *events) {
            if (!m_onEvent || !m_onEvent(event))
                m_inbox.addText(event.data);
        }
        return true;
    }

private:
    Inbox &m_inbox;
    std::function<bool(const http::ServerEvent &)> m_onEvent;
    http::SseParser m_parser{maximumAnswer};
};

class HttpChannel : public Channel
{
public:
    explicit HttpChannel(ServerConfig config)
        : m_config(std::move(config))
    {
    }
    ~HttpChannel() override
    {
        m_stop.request_stop();
        m_listener = {};
        endSession();
    }

    ph::Result<> send(const ph::Json &message, std::chrono::milliseconds timeout, std::stop_token stop) override
    {
        const EitherStop either(std::move(stop), m_stop.get_token());
        http::Request request;
        request.method = "POST";
        request.url = m_config.url;
        request.headers = headers();
        request.headers.emplace_back("Content-Type", "application/json");
        request.headers.emplace_back("Accept", "application/json, text/event-stream");
        request.body = message.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
        request.timeout = timeout;
        request.maximumBody = maximumAnswer;
        request.followsRedirects = false;

        std::string text;
        StreamReader stream(m_inbox);
        std::string type;
        const auto response = m_client.stream(
            request,
            [&](std::string_view bytes) {
                // A stream's events start with a field's name or a comment, JSON with a bracket.
                if (type.empty())
                    type = bytes.starts_with("{") || bytes.starts_with("[") ? "json" : "stream";
                if (type == "stream" && !stream.feed(bytes))
                    return false;
                if (type == "json")
                    text += bytes;
                return text.size() <= maximumAnswer;
            },
            either.token());
        if (!response)
            return ph::fail(response.error());
        if (response->status < 200 || response->status > 299)
            return ph::fail(errorOf(m_config.name, *response));
        if (const auto session = response->header("mcp-session-id"); !session.empty()) {
            const std::lock_guard lock(m_mutex);
            m_session = session;
        }
        m_inbox.addText(text);
        return {};
    }
    std::optional<ph::Json> receive() override { return m_inbox.take(); }
    void close() override
    {
        m_stop.request_stop();
        m_inbox.close();
    }
    std::string ending() override { return m_inbox.reason(); }

    /// From here on the server may speak by itself.
    void setProtocolVersion(const std::string &version) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_version = version;
        }
        m_listener = std::jthread([this] { listen(); });
    }

private:
    http::Headers headers() const
    {
        http::Headers headers(m_config.headers.begin(), m_config.headers.end());
        const std::lock_guard lock(m_mutex);
        if (!m_session.empty())
            headers.emplace_back("Mcp-Session-Id", m_session);
        if (!m_version.empty())
            headers.emplace_back("MCP-Protocol-Version", m_version);
        return headers;
    }

    void listen()
    {
        http::Request request;
        request.url = m_config.url;
        request.headers = headers();
        request.headers.emplace_back("Accept", "text/event-stream");
        request.timeout = 0ms;
        request.followsRedirects = false;
        const auto stop = m_stop.get_token();
        for (auto pause = 1'000ms; !stop.stop_requested(); pause = std::min<std::chrono::milliseconds>(pause * 2, 30s)) {
            StreamReader stream(m_inbox);
            const auto response = m_client.stream(request, [&](std::string_view bytes) { return stream.feed(bytes); }, stop);
            if (response && response->status >= 400)
                return; // It has no stream of its own, which is its right.
            std::mutex mutex;
            std::unique_lock lock(mutex);
            std::condition_variable_any().wait_for(lock, stop, pause, [] { return false; });
        }
    }

    void endSession()
    {
        http::Request request;
        {
            const std::lock_guard lock(m_mutex);
            if (m_session.empty())
                return;
        }
        request.method = "DELETE";
        request.url = m_config.url;
        request.headers = headers();
        request.timeout = 1s;
        (void)m_client.send(request); // A server that keeps the session ends it by itself.
    }

    const ServerConfig m_config;
    Inbox m_inbox;
    http::Client m_client;
    std::stop_source m_stop;
    mutable std::mutex m_mutex; // Guards the two below.
    std::string m_session;
    std::string m_version;
    std::jthread m_listener;
};

class SseChannel final : public Channel
{
public:
    explicit SseChannel(ServerConfig config)
        : m_config(std::move(config))
        , m_listener([this] { listen(); })
    {
    }
    ~SseChannel() override { m_stop.request_stop(); }

    /// Waits for the address to post to.
    ph::Result<> open(const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        const bool isThere = m_changed.wait_for(lock, stop, 30s, [this] { return !m_endpoint.empty() || m_hasEnded; });
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (!isThere)
            return ph::fail(ph::ErrorCode::Network, m_config.name + " names no address to post to.");
        if (m_endpoint.empty())
            return ph::fail(ph::ErrorCode::Network, m_inbox.reason());
        return {};
    }

    ph::Result<> send(const ph::Json &message, std::chrono::milliseconds timeout, std::stop_token stop) override
    {
        const EitherStop either(std::move(stop), m_stop.get_token());
        http::Request request;
        request.method = "POST";
        {
            const std::lock_guard lock(m_mutex);
            request.url = m_endpoint;
        }
        request.headers = http::Headers(m_config.headers.begin(), m_config.headers.end());
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = message.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
        request.timeout = timeout;
        request.followsRedirects = false;
        const auto response = m_client.send(request, either.token());
        if (!response)
            return ph::fail(response.error());
        if (response->status < 200 || response->status > 299)
            return ph::fail(errorOf(m_config.name, *response));
        return {};
    }
    std::optional<ph::Json> receive() override { return m_inbox.take(); }
    void close() override
    {
        m_stop.request_stop();
        m_inbox.close();
    }
    std::string ending() override { return m_inbox.reason(); }

private:
    void listen()
    {
        http::Request request;
        request.url = m_config.url;
        request.headers = http::Headers(m_config.headers.begin(), m_config.headers.end());
        request.headers.emplace_back("Accept", "text/event-stream");
        request.timeout = 0ms;
        request.followsRedirects = false;
        StreamReader stream(m_inbox, [this](const http::ServerEvent &event) {
            if (event.type != "endpoint")
                return false;
            const auto origin = originOf(m_config.url);
            const auto address = event.data.starts_with('/') ? origin + event.data : event.data;
            const std::lock_guard lock(m_mutex);
            if (m_endpoint.empty() && originOf(address) == origin) // Elsewhere our headers have no business.
                m_endpoint = address;
            m_changed.notify_all();
            return true;
        });
        const auto response = m_client.stream(request, [&](std::string_view bytes) { return stream.feed(bytes); }, m_stop.get_token());
        m_inbox.close(!response                 ? response.error().message
                      : response->status >= 400 ? errorOf(m_config.name, *response).message
                                                : m_config.name + " has ended the stream.");
        const std::lock_guard lock(m_mutex);
        m_hasEnded = true;
        m_changed.notify_all();
    }

    const ServerConfig m_config;
    Inbox m_inbox;
    http::Client m_client;
    std::stop_source m_stop;
    std::mutex m_mutex; // Guards the endpoint and the end.
    std::condition_variable_any m_changed;
    std::string m_endpoint;
    bool m_hasEnded = false;
    std::jthread m_listener; // the last: it uses what stands above
};

} // namespace

std::unique_ptr<Channel> openHttp(const ServerConfig &config) { return std::make_unique<HttpChannel>(config); }

ph::Result<std::unique_ptr<Channel>> openSse(const ServerConfig &config, std::stop_token stop)
{
    auto channel = std::make_unique<SseChannel>(config);
    if (const auto opened = channel->open(stop); !opened)
        return ph::fail(opened.error());
    return channel;
}

} // namespace mcp
