#include "agent/acp/rpc.h"

namespace acp {

RpcError::RpcError(const ph::Error &error)
    : message(error.message)
{
    switch (error.code) {
    case ph::ErrorCode::InvalidInput: code = code::invalidParams; break;
    case ph::ErrorCode::NotFound: code = code::notFound; break;
    case ph::ErrorCode::Unauthorized: code = code::authenticationRequired; break;
    case ph::ErrorCode::Cancelled: code = code::cancelled; break;
    case ph::ErrorCode::RateLimited:
    case ph::ErrorCode::Network:
    case ph::ErrorCode::Internal: code = code::internalError; break;
    }
}

namespace {

ph::ErrorCode errorCodeOf(int code)
{
    switch (code) {
    case code::authenticationRequired: return ph::ErrorCode::Unauthorized;
    case code::notFound: return ph::ErrorCode::NotFound;
    case code::invalidRequest:
    case code::methodNotFound:
    case code::invalidParams: return ph::ErrorCode::InvalidInput;
    case code::cancelled: return ph::ErrorCode::Cancelled;
    default: return ph::ErrorCode::Internal;
    }
}

std::string detailsOf(const ph::Json &data)
{
    if (data.is_string())
        return data.get<std::string>();
    if (data.is_object()) {
        for (const char *key : {"details", "message"}) {
            if (const auto found = data.find(key); found != data.end() && found->is_string())
                return found->get<std::string>();
        }
    }
    return {};
}

} // namespace

std::string plainName(const std::string &method) { return method.starts_with("__") ? method.substr(1) : method; }

ph::Error toError(const RpcError &error)
{
    auto message = error.message.empty() ? "The other side answered with error " + std::to_string(error.code) + "." : error.message;
    if (const auto details = detailsOf(error.data); !details.empty() && message.find(details) == std::string::npos)
        message += ": " + details;
    return {errorCodeOf(error.code), std::move(message)};
}

} // namespace acp
