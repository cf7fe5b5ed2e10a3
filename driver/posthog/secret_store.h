#pragma once

#include "driver/base/result.h"

#include <stop_token>
#include <string>

namespace posthog {

/// Where keys are kept, each by its name: "anthropic", "openai", or posthogSecret(…). A secret is any text but the empty one.
///
/// Calls block, for as long as a desktop asks its user, and may be made from any thread that may wait; `stop` ends the wait with
/// Cancelled. Errors a caller branches on: NotFound, there is no such secret; Unauthorized, it is locked or the user refused it,
/// and a later try may have it; InvalidInput, this place does not take it; Internal, the place cannot be used. No message holds
/// a secret.
class SecretStore
{
public:
    virtual ~SecretStore() = default;

    virtual ph::Result<std::string> get(const std::string &name, std::stop_token stop = {}) = 0;
    virtual ph::Result<> put(const std::string &name, const std::string &secret, std::stop_token stop = {}) = 0;
    virtual ph::Result<> erase(const std::string &name, std::stop_token stop = {}) = 0; // done when it is not there any more
};

/// The name of a project's personal API key.
std::string posthogSecret(const std::string &host, const std::string &projectId);

} // namespace posthog
