#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <functional>

namespace acp {

/// JSON-RPC's error codes and ACP's own.
namespace code {
inline constexpr int parseError = -32700;
inline constexpr int invalidRequest = -32600;
inline constexpr int methodNotFound = -32601;
inline constexpr int invalidParams = -32602;
inline constexpr int internalError = -32603;
inline constexpr int authenticationRequired = -32000;
inline constexpr int notFound = -32002;
inline constexpr int cancelled = -32800;
} // namespace code

/// An error as it travels. `data` null: left out.
struct RpcError {
    int code = code::internalError;
    std::string message;
    ph::Json data;

    RpcError() = default;
    RpcError(int errorCode, std::string text, ph::Json details = nullptr)
        : code(errorCode)
        , message(std::move(text))
        , data(std::move(details))
    {
    }
    /// InvalidInput -32602 · NotFound -32002 · Unauthorized -32000 · Cancelled -32800 · others -32603.
    RpcError(const ph::Error &error); // NOLINT(google-explicit-constructor): a handler returns ph::fail(...)

    friend bool operator==(const RpcError &, const RpcError &) = default;
};

/// What a handler answers: the reply's value, or an error. `ph::fail(...)` fits too.
template <typename T>
using Reply = tl::expected<T, RpcError>;

inline tl::unexpected<RpcError> refuse(int code, std::string message) { return tl::unexpected(RpcError(code, std::move(message))); }

/// A request that takes time, in two parts. Building the Work is the part that runs in the order in which messages came, so that
/// whatever comes next (a cancel) finds the request begun; calling it does the rest, on a thread of its own.
template <typename T>
using Work = std::function<Reply<T>()>;

/// An extension's name as it is written here: older ACP libraries put a second underscore before it.
std::string plainName(const std::string &method);

/// The peer's error for our own code; -32000 Unauthorized, -32002 NotFound, -32600..-32602 InvalidInput, -32800 Cancelled, others
/// Internal. The message takes in what `data` adds (a text, or its `details` or `message`).
ph::Error toError(const RpcError &error);

} // namespace acp
