#pragma once

#include "driver/base/json_fields.h"

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace mcp {

/// Carries JSON-RPC messages to and from one server. Any thread; one receives at a time.
class Channel
{
public:
    virtual ~Channel() = default;

    /// Waits until the server has taken it, which over HTTP may be when it has answered. Error: Network, the server has gone or does not take
    /// it within `timeout`; Unauthorized; Cancelled, also by close().
    virtual ph::Result<> send(const ph::Json &message, std::chrono::milliseconds timeout, std::stop_token stop) = 0;
    /// Waits for the next message. Nothing once the server has gone or close() was called.
    virtual std::optional<ph::Json> receive() = 0;
    virtual void close() = 0;

    /// Told once initialize is answered: the version that both speak.
    virtual void setProtocolVersion(const std::string &) {}
    /// Why there will be no more messages, in one sentence; empty when it is not known.
    virtual std::string ending() { return {}; }
};

} // namespace mcp
