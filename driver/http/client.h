#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

using Headers = std::vector<std::pair<std::string, std::string>>; // names in any case

inline constexpr std::string_view tooLong = " is longer than "; // in the error of an answer over Request::maximumBody

struct Request {
    std::string method = "GET";
    std::string url; // absolute http or https
    Headers headers = {};
    std::string body = {};
    std::chrono::milliseconds timeout{60'000}; // from start to last byte; zero waits for ever (streams)
    std::chrono::milliseconds silence{0}; // of stream(): the longest wait for the first byte of the body, and from one to the next; zero: any
    std::size_t maximumBody = 256 * 1024 * 1024; // a longer answer is an error Network
    bool followsRedirects = true; // else the redirect is the answer
    bool onlyPublic = false; // addresses of this machine and of private networks are an error Unauthorized, after a redirect too
    std::vector<std::string> privateHosts = {}; // with onlyPublic: hosts that may have such an address
};

struct Response {
    int status = 0;
    Headers headers; // names in lower case
    std::string body = {};

    /// First header of that name (lower case), or "".
    std::string header(std::string_view name) const;
};

/// Blocking HTTP client on QtNetwork. One client runs one network thread; any number of threads may send through it.
/// Authorization, Cookie and X-Api-Key headers are not sent on to another origin by a redirect; at most 5 redirects;
/// https never to http. A POST or PATCH is sent at most once, other methods again when a kept connection breaks.
/// Packed answers are unpacked; proxies are the system's, but never for loopback; no cookies, no cache.
/// Qt needs a QCoreApplication: a program that has its own makes it before its first Client; without one the first Client
/// makes a private one, which stays (and keeps LC_NUMERIC at "C").
/// An answer in chunks that the server breaks off may pass as whole (Qt 6.4 does not always notice): what is sent that way
/// must show its own end, as JSON and event streams do.
class Client
{
public:
    Client();
    ~Client(); // running requests end with Cancelled

    /// Sends and waits. Any HTTP status is a Response. Error: Network (not reachable, timed out, TLS; the message names
    /// host and reason, never headers or body), Cancelled (within 200 ms of the stop), InvalidInput (no http URL).
    ph::Result<Response> send(const Request &request, std::stop_token stop = {});

    /// As send(), but the body is given to `onData` piece by piece on the calling thread; Response.body stays empty.
    /// `onData` returns false to end the transfer early (not an error).
    ph::Result<Response> stream(const Request &request, const std::function<bool(std::string_view)> &onData,
                                std::stop_token stop = {});

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace http
