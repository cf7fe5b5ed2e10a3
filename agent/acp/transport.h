#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace acp {

/// A longer line ends the connection with an error. Same as the ACP SDK's.
inline constexpr std::size_t maximumLine = 32 * 1024 * 1024;

/// Carries whole ndJSON lines, without the newline, both ways. Lines arrive in the order sent.
/// Every member may be called from any thread.
class Transport
{
public:
    virtual ~Transport() = default;

    virtual void send(const std::string &line) = 0;

    /// Waits for the next line. Returns nothing once the other side has closed.
    virtual std::optional<std::string> receive() = 0;

    /// Ends both directions; a waiting receive() returns.
    virtual void close() = 0;

    /// Why the other side has gone, once receive() returned nothing: a sentence, after which its last words may stand behind an empty
    /// line; empty where nobody knows.
    virtual std::string ending() { return {}; }
};

/// Two ends in one process: what one sends, the other receives. Who sends waits while 4 MiB or more wait to be received, so that an agent
/// that tells faster than its client listens fills no memory; only the thread that receives at the same end never waits, since the other
/// side may be waiting for it.
std::pair<std::unique_ptr<Transport>, std::unique_ptr<Transport>> makePipe();

/// Lines over two file descriptors, such as 0 and 1. Accepts CRLF, blank lines and split UTF-8; drains completely before closing.
/// Does not own the descriptors. A client that disappears (EPIPE) closes the transport, it never kills the process.
std::unique_ptr<Transport> makeStdio(int inFd, int outFd);

enum class Direction { Sent, Received };

/// Passes every line of `inner` through and shows it to `onLine` first, whichever way it goes. Lines are shown one at a time.
std::unique_ptr<Transport> tapped(std::unique_ptr<Transport> inner, std::function<void(Direction, const std::string &)> onLine);

} // namespace acp
