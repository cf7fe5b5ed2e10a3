#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace http {

struct ServerRequest {
    std::string method; // "GET"
    std::string target; // "/api/projects/1/query/?a=b" as sent
    std::string path; // percent-decoded, without the query
    std::vector<std::pair<std::string, std::string>> query; // decoded, in order
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;

    std::string header(std::string_view name) const; // "" when absent
    std::string queryValue(std::string_view name) const; // "" when absent
};

struct ServerResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string contentType = "application/json";
    std::string body = {};
};

/// Every limit is a value here; the defaults are the ones we promise.
struct ServerLimits {
    std::size_t headerBytes = 16 * 1024; // more: 431
    std::size_t bodyBytes = 8 * 1024 * 1024; // more: 413; a route may set its own
    std::size_t connections = 256; // more: accepted, answered 503 and closed
    std::chrono::milliseconds headerTime{5'000}; // slower: closed (408)
    std::chrono::milliseconds bodyTime{30'000}; // slower: 408
    std::chrono::milliseconds idleTime{60'000}; // keep-alive without a request
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // 0: the system chooses
    ServerLimits limits;
    std::vector<std::string> allowedHosts = {}; // Host headers that pass beside loopback names with our port
    std::vector<std::string> allowedOrigins = {}; // Origin headers that pass; any other Origin: 403
};

/// HTTP/1.1 server on Boost.Beast. Loopback by default. Host (DNS rebinding) and Origin (foreign pages) are checked before
/// a handler runs; Content-Length together with Transfer-Encoding is refused with 400 and the connection closed.
class Server
{
public:
    /// A handler runs on a worker thread and may block; `stop` is requested when the client leaves or the server stops.
    using Handler = std::function<ServerResponse(const ServerRequest &, std::stop_token stop)>;

    Server(ServerOptions options, Handler handler);
    ~Server(); // stop(), then joins

    /// Body limit for requests whose path starts with `prefix`; the longest prefix wins. Call before start().
    void setBodyLimit(std::string prefix, std::size_t bytes);

    /// Binds and serves. Error: InvalidInput for the address, Network when the port is taken (the message says so).
    ph::Result<> start();
    std::uint16_t port() const;
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace http
