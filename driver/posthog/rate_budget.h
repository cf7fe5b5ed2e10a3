#pragma once

#include "driver/base/clock.h"
#include "driver/base/result.h"

#include <bitset>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace posthog {

/// What PostHog counts together (API docs, "Rate limiting"): events, persons, recordings and computed insights; the other
/// lists and objects; query/; the values of a property.
enum class RateClass { Analytics, Crud, Query, Values };
inline constexpr std::size_t rateClassCount = 4;
using RateClasses = std::bitset<rateClassCount>; // a request may count in more than one

RateClasses only(RateClass rateClass);
std::string_view titleOf(RateClass rateClass); // "Queries"

/// At most `requests` within any stretch of `window`.
struct RateLimit {
    std::chrono::seconds window;
    int requests;
};

struct RateLimits {
    std::vector<RateLimit> windows[rateClassCount]; // none: no limit
    int queriesAtOnce = 3; // PostHog runs three of a project and makes the others wait or fails them

    static RateLimits ofPostHog();
    static RateLimits none(); // but still three queries at once
};

/// For a meter: one class at one moment.
struct BudgetUse {
    struct Window {
        std::chrono::seconds length;
        int limit;
        int used;
        int left() const { return limit > used ? limit - used : 0; }
    };
    RateClass rateClass;
    std::vector<Window> windows; // the short one first; empty when nothing limits the class
    ph::Time nextFree; // when the next request may go; not after `now` when it may go at once
    ph::Time now;
    int running = 0; // of queries, in all processes
    int atOnce = 0; // 0 when it is not limited
};

/// What a request waits for before it is sent ("PostHog's limit", "another query to end"), and until when, where that is known.
struct Wait {
    std::string what;
    std::optional<ph::Time> until;

    friend bool operator==(const Wait &, const Wait &) = default;
};
/// Hears of each wait when it begins, and nothing when it is over. On the thread that waits.
using OnWait = std::function<void(const std::optional<Wait> &)>;

/// Who waits for whom: what runs in the background leaves a tenth of each budget, and one query, to what a person waits for.
enum class Urgency { Interactive, Background };

/// Keeps one project's requests below PostHog's limits, over all programs of this user that share `file` and over their
/// restarts.
///
/// PostHog counts requests in a window that slides. A bucket that is refilled while it empties would let twice the limit
/// through one window; here each request is remembered, and counts from its start until a window after its answer: whenever
/// PostHog saw it in between, it has forgotten it by then. Any thread.
class RateBudget
{
public:
    /// Without `file` the budget is this object's own. When the file cannot be used, too; the log says so.
    RateBudget(RateLimits limits, std::filesystem::path file, ph::Clock &clock);
    ~RateBudget();

    /// One request under way; ends with its scope.
    class Permit
    {
    public:
        Permit() = default;
        Permit(Permit &&) noexcept;
        Permit &operator=(Permit &&) noexcept;
        ~Permit();
        explicit operator bool() const { return m_budget != nullptr; }

    private:
        friend class RateBudget;
        RateBudget *m_budget = nullptr;
        std::string m_id;
    };

    /// Waits until a request may be sent, at most until `latest`. Errors: Cancelled; RateLimited, at once, when it would be
    /// later than that (the message says when).
    ph::Result<Permit> take(RateClasses classes, Urgency urgency, ph::Time latest, std::stop_token stop, const OnWait &onWait = {});

    /// A permit only when the windows have one now; however many queries run: for what ends one.
    Permit tryTake(RateClasses classes);

    /// PostHog answered 429: nothing more of these classes before `until`. Learns the legacy limit of 120 queries an hour
    /// when that is what refused us.
    void refused(RateClasses classes, ph::Time until);

    std::vector<BudgetUse> use();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Where the budget of a project is kept: in stateDir(), named after host and project (and holding neither).
std::filesystem::path budgetPath(std::string_view host, std::string_view projectId);

} // namespace posthog
