#pragma once

#include "driver/base/result.h"
#include "driver/http/server.h"
#include "driver/localproject/api/rate_limits.h"
#include "driver/localproject/store.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace localproject {

/// A personal key that the project takes beside its own.
struct ApiKey {
    std::string key;
    std::vector<std::string> scopes{"*"}; // "query:read" …; "thing:write" covers "thing:read", "*" covers all
    std::string label = "Local project";
    std::vector<std::string> projects = {}; // ids that it may use; empty: all
};

struct ApiOptions {
    std::string key; // what a caller must show, "phx_local_…"
    std::vector<std::string> scopes{"*"}; // of that key
    std::vector<ApiKey> furtherKeys = {};
    std::string projectId = "1"; // the one project there is
    std::string projectToken; // what the SDKs send with events, "phc_local_…"; empty: nobody can send any
    bool isDemo = true; // said in the project's JSON
    int queriesAtOnce = 3; // further ones wait
    std::chrono::milliseconds queryWait{30'000}; // then 429
    RateLimits limits; // over them: 429 with Retry-After. None by default; RateLimits::posthog() are the cloud's.
    RateClock clock; // what the limits count by; the steady clock when it is empty
    bool refuseOffset = true; // as PostHog does to personal keys
};

/// PostHog's private API over a store: the paths, bodies, status codes and error texts that a client of the cloud meets.
/// A path may end in a slash or not; "/api/environments/…" is the same as "/api/projects/…", "@current" the project's id.
///
/// Beyond PostHog: a project's JSON says "hoglet": {"demo", "now"} (ISO text, or null when time runs), a cohort may be made
/// from `person_ids` or a HogQL `query`, and `/_health` answers anybody.
class Api
{
public:
    /// `store` must outlive it. Error: Internal, when the store cannot be read.
    static ph::Result<Api> open(const Store &store, ApiOptions options);

    Api(Api &&) noexcept;
    Api &operator=(Api &&) noexcept;
    ~Api();

    /// Any thread; a query ends when `stop` is requested.
    http::ServerResponse handle(const http::ServerRequest &request, std::stop_token stop) const;

private:
    class Impl;
    explicit Api(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace localproject
