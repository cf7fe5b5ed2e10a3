#pragma once

#include <chrono>
#include <optional>

namespace http {
struct Response;
}

namespace posthog {

/// How often a request that was refused for the moment is sent again, and after which pause.
struct RetryPolicy {
    int retries = 3;
    std::chrono::milliseconds first{200}; // doubled each time
    std::chrono::milliseconds longest{5'000};
    bool repeatsTimeouts = true; // 504 too; not where a smaller request is the better answer
    double jitter = 0.2; // each pause is up to a fifth longer or shorter, so that programs do not come back together
};

/// Whether the status is one of the moment: 429, 500, 502, 503, 504, and 529 (overloaded, as language models say it).
bool isPassing(int status);

/// The pause before the retry of that number (0 is the first); `random` is in [0, 1).
std::chrono::milliseconds pauseBefore(int retry, const RetryPolicy &policy, double random);

/// Retry-After, in seconds or as a date (RFC 9110, 10.2.3) against `now`; also PostHog's "Expected available in N seconds."
std::optional<std::chrono::seconds> retryAfter(const http::Response &response, std::chrono::system_clock::time_point now);

} // namespace posthog
