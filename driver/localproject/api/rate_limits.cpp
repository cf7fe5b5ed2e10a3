#include "driver/localproject/api/rate_limits.h"

#include <algorithm>

namespace localproject {

using namespace std::chrono_literals;

RateLimits RateLimits::posthog()
{
    RateLimits limits;
    limits.classes[RequestClass::Query] = {{240, 1min}, {2400, 1h}};
    limits.classes[RequestClass::Analytics] = {{240, 1min}, {1200, 1h}};
    limits.classes[RequestClass::Crud] = {{480, 1min}, {4800, 1h}};
    limits.classes[RequestClass::Values] = {{60, 1min}, {300, 1h}};
    limits.classes[RequestClass::LocalEvaluation] = {{600, 1min}};
    return limits;
}

RateLimits RateLimits::perMinute(int requests)
{
    RateLimits limits;
    limits.all = {{requests, 1min}};
    return limits;
}

RateLimits RateLimits::faster(double factor) const
{
    RateLimits limits = *this;
    const auto shorten = [&](std::vector<RateWindow> &windows) {
        for (RateWindow &window : windows)
            window.window = std::chrono::milliseconds(
                std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(window.window.count()) / factor)));
    };
    for (auto &[kind, windows] : limits.classes)
        shorten(windows);
    shorten(limits.all);
    return limits;
}

RateLimiter::RateLimiter(RateLimits limits, RateClock clock)
    : m_limits(std::move(limits))
    , m_clock(clock ? std::move(clock) : RateClock([] { return std::chrono::steady_clock::now(); }))
{
}

std::optional<std::chrono::milliseconds> RateLimiter::take(RequestClass kind, const std::string &key)
{
    if (kind == RequestClass::Unlimited)
        return std::nullopt;
    const auto found = m_limits.classes.find(kind);
    static const std::vector<RateWindow> noWindows;
    const auto &own = found == m_limits.classes.end() ? noWindows : found->second;

    const std::lock_guard lock(m_mutex);
    const Moment now = m_clock();
    std::optional<std::chrono::milliseconds> wait;
    for (const auto *windows : {&own, &std::as_const(m_limits.all)}) {
        for (const RateWindow &window : *windows) {
            auto &taken = m_taken[{key, &window}];
            while (!taken.empty() && taken.front() + window.window <= now)
                taken.pop_front();
            if (taken.size() < static_cast<std::size_t>(window.requests)) {
                taken.push_back(now);
                continue;
            }
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(taken.front() + window.window - now);
            wait = std::max(wait.value_or(left), left);
        }
    }
    return wait;
}

} // namespace localproject
