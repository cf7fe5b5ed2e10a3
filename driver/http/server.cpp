#include "driver/http/server.h"

#include "driver/base/log.h"
#include "driver/http/url.h"
#include "driver/http/worker_pool.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <condition_variable>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds lingerTime{1'000}; // how long we read on so that the client sees our last answer
constexpr std::chrono::seconds graceTime{3}; // how long a stop waits for answers on their way
constexpr std::size_t refusedAtOnce = 64; // connections past the cap that are told 503; more are just closed
constexpr std::size_t readAhead = 64 * 1024; // bytes of further requests taken while one is handled

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view asView(boost::string_view text) { return {text.data(), text.size()}; }

std::string valueOf(const std::vector<std::pair<std::string, std::string>> &pairs, std::string_view name)
{
    for (const auto &[key, value] : pairs) {
        if (key == name)
            return value;
    }
    return "";
}

ServerResponse refusal(int status, std::string_view code, std::string_view detail)
{
    const std::string_view type = status >= 500 ? "server_error" : "invalid_request";
    std::string body = R"({"type":")";
    body.append(type).append(R"(","code":")").append(code).append(R"(","detail":")").append(detail).append(R"(","attr":null})");
    return {status, {}, "application/json", std::move(body)};
}

/// A header line must not end inside a value that a handler made from foreign text.
std::string headerSafe(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; }, ' ');
    return text;
}

bool mayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

class Connection;

/// What all connections share. Everything but `handler` and `pool` is used on the server's thread alone.
struct Context {
    Context(ServerOptions serverOptions, Server::Handler requestHandler)
        : options(std::move(serverOptions))
        , handler(std::move(requestHandler))
        , pool(options.limits.connections)
    {
    }

    ServerOptions options;
    Server::Handler handler;
    std::map<std::string, std::size_t> bodyLimits; // by path prefix
    std::uint16_t port = 0;
    asio::io_context io;
    std::set<std::shared_ptr<Connection>> connections;
    bool stopping = false;
    std::mutex mutex; // Guards the one below, which stop() waits for.
    std::size_t open = 0;
    std::condition_variable closed;
    WorkerPool pool; // Last: its threads are joined before the rest goes.

    std::size_t bodyLimitOf(std::string_view path) const
    {
        std::size_t limit = options.limits.bodyBytes;
        std::size_t longest = 0;
        for (const auto &[prefix, bytes] : bodyLimits) {
            if (path.starts_with(prefix) && prefix.size() >= longest) {
                longest = prefix.size();
                limit = bytes;
            }
        }
        return limit;
    }

    /// A page that a browser was lured to can reach loopback under a name of its own: only names we go by pass.
    bool isOurHost(std::string_view header) const
    {
        const std::string host = lowered(header);
        for (const char *name : {"127.0.0.1", "localhost", "[::1]"}) {
            if (host == std::string(name) + ":" + std::to_string(port) || (port == 80 && host == name))
                return true;
        }
        return std::any_of(options.allowedHosts.begin(), options.allowedHosts.end(),
                           [&](const std::string &allowed) { return lowered(allowed) == host; });
    }

    bool isAllowedOrigin(std::string_view header) const
    {
        const auto &allowed = options.allowedOrigins;
        return std::find(allowed.begin(), allowed.end(), header) != allowed.end();
    }
};

/// One client: reads a request, has it handled, writes the answer, and so on until one side closes.
class Connection : public std::enable_shared_from_this<Connection>
{
public:
    Connection(tcp::socket socket, Context &context)
        : m_context(context)
        , m_socket(std::move(socket))
        , m_timer(context.io)
        , m_buffer(context.options.limits.headerBytes + 2 * readAhead)
    {
    }

    void start() { awaitRequest(limits().headerTime); }

    void refuse()
    {
        m_keepAlive = false;
        respond(refusal(503, "too_many_connections", "The server has as many connections as it takes. Try again later."));
    }

    /// The server stops: an answer under way is still written, everything else ends now.
    void finish()
    {
        m_keepAlive = false;
        m_stop.request_stop();
        if (m_phase == Phase::Waiting || m_phase == Phase::Reading || m_phase == Phase::Lingering)
            close();
    }

    void close()
    {
        if (m_phase == Phase::Closed)
            return;
        m_phase = Phase::Closed;
        disarm();
        m_stop.request_stop();
        ErrorCode ignored;
        m_socket.close(ignored);
        m_context.connections.erase(shared_from_this());
        const std::lock_guard lock(m_context.mutex);
        m_context.open = m_context.connections.size();
        m_context.closed.notify_all();
    }

private:
    enum class Phase { Waiting, Reading, Handling, Writing, Lingering, Closed };
    using Parser = beast::http::request_parser<beast::http::string_body>;
    using Answer = beast::http::response<beast::http::string_body>;
    struct Outgoing {
        explicit Outgoing(Answer response)
            : answer(std::move(response))
        {
        }
        Answer answer;
        beast::http::response_serializer<beast::http::string_body> serializer{answer};
    };

    const ServerLimits &limits() const { return m_context.options.limits; }

    // Time: one deadline at a time; when it passes, what the socket is doing ends with operation_aborted.
    void arm(std::chrono::milliseconds limit)
    {
        m_expired = false;
        m_timer.expires_after(limit);
        m_timer.async_wait([self = shared_from_this(), generation = ++m_generation](ErrorCode error) {
            if (error || generation != self->m_generation)
                return; // Replaced by a later deadline while this call was queued.
            self->m_expired = true;
            ErrorCode ignored;
            self->m_socket.cancel(ignored);
        });
    }
    void disarm()
    {
        ++m_generation;
        m_timer.cancel();
    }

    // Reading ahead: one read is always out while we wait, handle, write or linger. So we hear at once when the client leaves.
    void watch()
    {
        if (m_watching || m_buffer.size() >= readAhead)
            return;
        m_watching = true;
        m_socket.async_read_some(m_buffer.prepare(4096), [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
            self->m_watching = false;
            self->m_buffer.commit(bytes);
            self->onWatched(error);
        });
    }
    void onWatched(ErrorCode error)
    {
        switch (m_phase) {
        case Phase::Waiting: // Cancelled on purpose when a further request was already read: see awaitRequest().
            error && (m_expired || m_buffer.size() == 0) ? close() : readHeader();
            break;
        case Phase::Handling:
            if (error)
                m_stop.request_stop(); // The answer is still written: a client may have closed its sending side alone.
            m_keepAlive = m_keepAlive && !error;
            if (!error)
                watch();
            break;
        case Phase::Lingering:
            m_buffer.clear();
            error ? close() : watch();
            break;
        case Phase::Writing: // Seen again by the next read.
        case Phase::Reading:
        case Phase::Closed:
            break;
        }
    }

    void awaitRequest(std::chrono::milliseconds limit)
    {
        m_phase = Phase::Waiting;
        arm(limit);
        if (m_buffer.size() == 0)
            return watch();
        if (!m_watching)
            return readHeader();
        ErrorCode ignored;
        m_socket.cancel(ignored); // The next request is here: end the reading ahead, then parse.
    }

    void readHeader()
    {
        m_phase = Phase::Reading;
        m_isHead = false;
        m_parser.emplace();
        m_parser->header_limit(static_cast<std::uint32_t>(limits().headerBytes));
        m_parser->body_limit(std::numeric_limits<std::uint64_t>::max()); // The path decides, in onHeader().
        arm(limits().headerTime);
        beast::http::async_read_header(m_socket, m_buffer, *m_parser,
                                       [self = shared_from_this()](ErrorCode error, std::size_t) { self->onHeader(error); });
    }

    void onHeader(ErrorCode error)
    {
        disarm();
        if (m_phase != Phase::Reading)
            return;
        m_keepAlive = false;
        if (error)
            return onReadError(error, 431, "The request's header is too long.");

        m_request = {};
        if (auto refused = check())
            return respond(std::move(*refused));
        m_keepAlive = m_parser->get().keep_alive() && m_parser->get().version() == 11 && !m_context.stopping;
        if (m_parser->is_done())
            return handle();

        const std::size_t limit = m_context.bodyLimitOf(m_request.path);
        if (const auto length = m_parser->content_length(); length && *length > limit)
            return refuseBody();
        m_parser->body_limit(limit);
        readBody();
    }

    void readBody()
    {
        if (!m_request.header("expect").empty()) {
            if (lowered(m_request.header("expect")) != "100-continue") {
                m_keepAlive = false;
                return respond(refusal(417, "expectation_failed", "Only Expect: 100-continue is understood."));
            }
            static constexpr std::string_view go = "HTTP/1.1 100 Continue\r\n\r\n";
            ErrorCode ignored; // 25 bytes into an empty send buffer do not block; a lost connection shows in the read.
            m_socket.send(asio::buffer(go.data(), go.size()), 0, ignored);
        }
        arm(limits().bodyTime);
        beast::http::async_read(m_socket, m_buffer, *m_parser, [self = shared_from_this()](ErrorCode error, std::size_t) {
            self->disarm();
            if (self->m_phase != Phase::Reading)
                return;
            if (error == beast::http::error::body_limit)
                return self->refuseBody();
            if (error)
                return self->onReadError(error, 400, "The request's body is not well-formed.");
            self->m_request.body = std::move(self->m_parser->get().body());
            self->handle();
        });
    }

    void refuseBody()
    {
        m_keepAlive = false;
        respond(refusal(413, "request_too_large", "The request's body is too long."));
    }

    void onReadError(ErrorCode error, int overflowStatus, std::string_view overflowDetail)
    {
        m_keepAlive = false;
        using Problem = beast::http::error;
        if (m_expired)
            return respond(refusal(408, "request_timeout", "The request did not arrive in time."));
        if (error == Problem::header_limit || error == Problem::buffer_overflow)
            return respond(refusal(overflowStatus, "request_too_large", overflowDetail));
        if (error == Problem::bad_version)
            return respond(refusal(505, "bad_version", "Only HTTP/1.0 and HTTP/1.1 are understood."));
        if (error.category() == beast::http::make_error_code(Problem::bad_method).category() && error != Problem::end_of_stream
            && error != Problem::partial_message) {
            return respond(refusal(400, "bad_request", "The request is not well-formed HTTP."));
        }
        close(); // The client left, or the network failed.
    }

    /// Fills m_request from the header; an answer when it is refused.
    std::optional<ServerResponse> check()
    {
        const auto &header = m_parser->get();
        m_isHead = header.method() == beast::http::verb::head;
        std::size_t hosts = 0;
        std::size_t encodings = 0;
        for (const auto &field : header) {
            m_request.headers.emplace_back(lowered(asView(field.name_string())), std::string(asView(field.value())));
            hosts += field.name() == beast::http::field::host;
            encodings += field.name() == beast::http::field::transfer_encoding;
        }
        m_request.method = std::string(asView(header.method_string()));
        m_request.target = std::string(asView(header.target()));

        static constexpr std::array methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
        if (std::find(methods.begin(), methods.end(), m_request.method) == methods.end())
            return refusal(405, "method_not_allowed", "This method is not understood.");
        if (encodings > 0) {
            if (encodings > 1 || lowered(m_request.header("transfer-encoding")) != "chunked" || header.version() < 11)
                return refusal(400, "bad_transfer_encoding", "Only Transfer-Encoding: chunked is understood.");
        }
        if (hosts != 1)
            return refusal(400, "bad_host", "A request names its host once.");
        if (!m_context.isOurHost(m_request.header("host")))
            return refusal(403, "host_not_allowed", "This server does not answer to that host name.");
        const bool hasOrigin = std::any_of(m_request.headers.begin(), m_request.headers.end(),
                                           [](const auto &pair) { return pair.first == "origin"; });
        if (hasOrigin && !m_context.isAllowedOrigin(m_request.header("origin")))
            return refusal(403, "origin_not_allowed", "Pages of that origin may not call this server.");
        return readTarget();
    }

    std::optional<ServerResponse> readTarget()
    {
        std::string_view target = m_request.target;
        if (!target.starts_with('/')) { // RFC 9112: a server accepts the absolute form; its host goes before the header's.
            if (!lowered(target.substr(0, 7)).starts_with("http://"))
                return refusal(400, "bad_target", "The request's target must be a path.");
            target.remove_prefix(7);
            const std::string_view authority = target.substr(0, target.find_first_of("/?"));
            if (!m_context.isOurHost(authority))
                return refusal(403, "host_not_allowed", "This server does not answer to that host name.");
            target.remove_prefix(authority.size());
            m_request.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
            target = m_request.target;
        }
        if (std::any_of(target.begin(), target.end(), [](unsigned char c) { return c <= ' ' || c >= 127 || c == '#'; }))
            return refusal(400, "bad_target", "The request's target holds characters that must be escaped.");
        const std::size_t question = target.find('?');
        auto path = percentDecode(target.substr(0, question));
        auto query = parseQuery(question == std::string_view::npos ? std::string_view() : target.substr(question + 1));
        if (!path || !query)
            return refusal(400, "bad_target", "The request's target holds a broken escape.");
        m_request.path = std::move(*path);
        m_request.query = std::move(*query);
        return std::nullopt;
    }

    void handle()
    {
        m_phase = Phase::Handling;
        m_stop = std::stop_source();
        watch();
        m_context.pool.run([self = shared_from_this(), request = std::make_shared<ServerRequest>(std::move(m_request)),
                            token = m_stop.get_token()]() mutable {
            auto response = std::make_shared<ServerResponse>(self->answer(*request, token));
            asio::io_context &io = self->m_context.io;
            asio::post(io, [self = std::move(self), response] { self->respond(std::move(*response)); });
        });
    }

    /// On a worker thread.
    ServerResponse answer(const ServerRequest &request, const std::stop_token &token) const
    {
        try {
            return m_context.handler(request, token);
        } catch (const std::exception &e) {
            ph::logError("http", "The handler of " + request.method + " " + request.path + " threw: " + e.what());
            return refusal(500, "error", "A server error occurred.");
        }
    }

    void respond(ServerResponse response)
    {
        if (m_phase == Phase::Closed)
            return;
        m_phase = Phase::Writing;
        const std::size_t size = response.body.size();
        Answer answer(static_cast<beast::http::status>(response.status), 11);
        for (const auto &[name, value] : response.headers)
            answer.insert(headerSafe(name), headerSafe(value));
        answer.set("X-Content-Type-Options", "nosniff");
        answer.keep_alive(m_keepAlive);
        if (!m_keepAlive)
            answer.set(beast::http::field::connection, "close");
        if (mayHaveBody(response.status)) {
            answer.set(beast::http::field::content_type, headerSafe(response.contentType));
            answer.content_length(size);
            if (!m_isHead)
                answer.body() = std::move(response.body);
        }

        m_outgoing.emplace(std::move(answer));
        writeOn();
    }

    /// A client gets the time of a body for each step forward, however long the answer is.
    void writeOn()
    {
        arm(limits().bodyTime);
        beast::http::async_write_some(m_socket, m_outgoing->serializer,
                                      [self = shared_from_this()](ErrorCode error, std::size_t) {
                                          self->disarm();
                                          if (self->m_phase == Phase::Closed)
                                              return;
                                          if (error)
                                              return self->close();
                                          if (!self->m_outgoing->serializer.is_done())
                                              return self->writeOn();
                                          self->m_outgoing.reset();
                                          self->m_keepAlive ? self->awaitRequest(self->limits().idleTime) : self->linger();
                                      });
    }

    /// Closing with unread bytes resets the connection, and the client may lose the answer: send the end, read on a while.
    void linger()
    {
        m_phase = Phase::Lingering;
        ErrorCode ignored;
        m_socket.shutdown(tcp::socket::shutdown_send, ignored);
        m_buffer.clear();
        arm(lingerTime);
        watch();
    }

    Context &m_context;
    tcp::socket m_socket;
    asio::steady_timer m_timer;
    beast::flat_buffer m_buffer;
    std::optional<Parser> m_parser;
    std::optional<Outgoing> m_outgoing;
    ServerRequest m_request;
    std::stop_source m_stop;
    Phase m_phase = Phase::Waiting;
    std::uint64_t m_generation = 0;
    bool m_expired = false;
    bool m_watching = false;
    bool m_keepAlive = false;
    bool m_isHead = false;
};

} // namespace

std::string ServerRequest::header(std::string_view name) const { return valueOf(headers, name); }
std::string ServerRequest::queryValue(std::string_view name) const { return valueOf(query, name); }

class Server::Impl
{
public:
    Impl(ServerOptions options, Handler handler)
        : context(std::move(options), std::move(handler))
        , work(context.io.get_executor())
        , acceptor(context.io)
        , retry(context.io)
    {
    }

    ph::Result<> start()
    {
        const ServerOptions &options = context.options;
        ErrorCode error;
        const auto address = asio::ip::make_address(options.address, error);
        if (error)
            return ph::fail(ph::ErrorCode::InvalidInput, options.address + " is no IP address to listen on.");
        const tcp::endpoint endpoint(address, options.port);
        acceptor.open(endpoint.protocol(), error);
        if (!error)
            acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error)
            acceptor.bind(endpoint, error);
        if (!error)
            acceptor.listen(tcp::acceptor::max_listen_connections, error);
        if (error) {
            ErrorCode ignored;
            acceptor.close(ignored);
            const std::string place = "Port " + std::to_string(options.port) + " on " + options.address;
            if (error == asio::error::address_in_use)
                return ph::fail(ph::ErrorCode::Network, place + " is taken by another program.");
            return ph::fail(ph::ErrorCode::Network, place + " cannot be opened: " + error.message() + ".");
        }
        context.port = acceptor.local_endpoint().port();
        accept();
        thread = std::thread([this] { context.io.run(); });
        return {};
    }

    void accept()
    {
        acceptor.async_accept([this](ErrorCode error, tcp::socket socket) {
            if (context.stopping || error == asio::error::operation_aborted)
                return;
            if (error) { // Mostly no file descriptors left: some will be free soon.
                retry.expires_after(std::chrono::milliseconds(100));
                retry.async_wait([this](ErrorCode aborted) {
                    if (!aborted)
                        accept();
                });
                return;
            }
            take(std::move(socket));
            accept();
        });
    }

    void take(tcp::socket socket)
    {
        const std::size_t limit = context.options.limits.connections;
        if (context.connections.size() >= limit + refusedAtOnce)
            return; // The socket closes with its scope.
        ErrorCode ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const bool isFull = context.connections.size() >= limit;
        const auto connection = std::make_shared<Connection>(std::move(socket), context);
        context.connections.insert(connection);
        {
            const std::lock_guard lock(context.mutex);
            context.open = context.connections.size();
        }
        isFull ? connection->refuse() : connection->start();
    }

    void closeAll(void (Connection::*how)())
    {
        const auto connections = context.connections; // A copy: closing takes them out.
        for (const auto &connection : connections)
            (*connection.*how)();
    }

    void stop()
    {
        if (!thread.joinable())
            return;
        asio::post(context.io, [this] {
            context.stopping = true;
            ErrorCode ignored;
            acceptor.close(ignored);
            retry.cancel();
            closeAll(&Connection::finish);
            const std::lock_guard lock(context.mutex);
            stopSeen = true;
            context.closed.notify_all();
        });
        {
            std::unique_lock lock(context.mutex);
            context.closed.wait_for(lock, graceTime, [this] { return stopSeen && context.open == 0; });
        }
        asio::post(context.io, [this] {
            closeAll(&Connection::close);
            work.reset();
        });
        context.pool.finish(); // Handlers have been told to stop; their answers are posted, and dropped.
        thread.join();
    }

    Context context;
    asio::executor_work_guard<asio::io_context::executor_type> work; // The loop runs on while only handlers are busy.
    tcp::acceptor acceptor;
    asio::steady_timer retry;
    std::thread thread;
    bool stopSeen = false; // Guarded by context.mutex.
};

Server::Server(ServerOptions options, Handler handler)
    : m_impl(std::make_unique<Impl>(std::move(options), std::move(handler)))
{
}

Server::~Server() { stop(); }

void Server::setBodyLimit(std::string prefix, std::size_t bytes) { m_impl->context.bodyLimits[std::move(prefix)] = bytes; }
ph::Result<> Server::start() { return m_impl->start(); }
std::uint16_t Server::port() const { return m_impl->context.port; }
void Server::stop() { m_impl->stop(); }

} // namespace http
