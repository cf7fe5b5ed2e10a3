#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace localproject::insights {

enum class FunnelOrder { Ordered, Strict, Unordered };

inline constexpr int maximumFunnelSteps = 30;

/// One event of a person, as a funnel sees it.
struct FunnelEvent {
    std::int64_t time = 0;         // microseconds
    std::uint32_t steps = 0;       // bit k: it may be taken for step k + 1
    std::uint32_t exclusions = 0;  // bit k: it must not come between level k + 1 and level k + 2
    bool mayStart = true;          // whether a path may begin with it
};

/// How far a person came.
struct FunnelPath {
    int level = 0;                   // steps done; -1: excluded
    std::vector<std::int64_t> times; // when each of them was done

    friend bool operator==(const FunnelPath &, const FunnelPath &) = default;
};

/// The furthest path through `events` (in the order of their times). A path takes its steps with different events, all of them at most
/// `window` microseconds after its first (that end included); events of one time count as being in the order that leads furthest.
///
/// Ordered: step after step, other events between them do not matter. Strict: with events that follow each other directly.
/// Unordered: the steps in any order; the level is how many different ones were done.
///
/// Of several paths of the highest level it is the one that was complete first, and of those the one that began last.
///
/// An exclusion excludes the person from the whole funnel, unless all steps were done before: when it comes while a path is at a level
/// that it names (unordered: the highest level within a window that ends there). At equal times it comes before the steps.
FunnelPath walkFunnel(std::span<const FunnelEvent> events, FunnelOrder order, int steps, std::int64_t window);

} // namespace localproject::insights
