#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace localproject {

/// Requests that PostHog counts together.
///   Query            query/ with all below it: also asking how a query gets on, and cancelling it
///   Analytics        events/, persons/, session_recordings/, cohorts/{id}/persons/, insights that are computed (?refresh=)
///   Values           events/values/, persons/values/
///   LocalEvaluation  feature_flags/local_evaluation/
///   Crud             everything else that takes a personal key
///   Unlimited        capture, flags, /_health
enum class RequestClass { Crud, Analytics, Query, Values, LocalEvaluation, Unlimited };

/// At most `requests` in any span of `window`.
struct RateWindow {
    int requests = 0;
    std::chrono::milliseconds window{0};
};

struct RateLimits {
    std::map<RequestClass, std::vector<RateWindow>> classes; // a class that is absent is not limited
    std::vector<RateWindow> all; // over all classes but Unlimited

    static RateLimits none() { return {}; }
    /// PostHog's documented ones: query 240/min and 2,400/h, analytics 240/min and 1,200/h, CRUD 480/min and 4,800/h,
    /// values 60/min and 300/h, local evaluation 600/min.
    static RateLimits posthog();
    static RateLimits perMinute(int requests);

    /// The same numbers in windows that are shorter by `factor`: 60 makes a minute a second.
    RateLimits faster(double factor) const;
};

/// Never goes back. A test gives simulated time.
using RateClock = std::function<std::chrono::steady_clock::time_point()>;

/// Counts as Django REST framework does, which PostHog's limits are written in: each window remembers when its requests came,
/// and takes one more when fewer than `requests` of them are younger than the window. So no burst passes at a window's border,
/// and a client that refills a bucket evenly must not also start with a full one. A refused request does not count in the
/// window that refused it, but does in the others. Each key has windows of its own. Any thread.
class RateLimiter
{
public:
    RateLimiter(RateLimits limits, RateClock clock);

    /// Nothing: the request may go on. Else the time until it may; Retry-After is that in whole seconds, rounded up.
    std::optional<std::chrono::milliseconds> take(RequestClass kind, const std::string &key);

private:
    using Moment = std::chrono::steady_clock::time_point;

    RateLimits m_limits;
    RateClock m_clock;
    std::mutex m_mutex; // Guards the one below.
    std::map<std::pair<std::string, const RateWindow *>, std::deque<Moment>> m_taken;
};

} // namespace localproject
