#include "driver/localproject/insights/funnel_walk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <deque>

namespace localproject::insights {

namespace {

/// Gives steps to different events, as many as possible (augmenting paths).
class Matching
{
public:
    /// Adds an event; whether one more step has found its event.
    bool add(std::uint32_t steps)
    {
        m_events.push_back(steps);
        std::uint32_t tried = 0;
        if (!place(static_cast<int>(m_events.size()) - 1, tried))
            return false;
        ++m_size;
        return true;
    }
    int size() const { return m_size; }

private:
    bool place(int event, std::uint32_t &tried)
    {
        for (std::uint32_t open = m_events[static_cast<std::size_t>(event)] & ~tried; open; open &= ~tried) {
            const int step = std::countr_zero(open);
            tried |= 1U << step;
            int &taken = m_takenBy[static_cast<std::size_t>(step)];
            if (taken < 0 || place(taken, tried)) {
                taken = event;
                return true;
            }
            open &= open - 1;
        }
        return false;
    }

    std::vector<std::uint32_t> m_events;
    std::array<int, 32> m_takenBy = [] {
        std::array<int, 32> none{};
        none.fill(-1);
        return none;
    }();
    int m_size = 0;
};

using Events = std::span<const FunnelEvent>;

/// Whether the steps from + 1 … to can each have an event of their own.
bool canTake(Events events, int from, int to)
{
    const int count = to - from;
    if (static_cast<int>(events.size()) < count)
        return false;
    const std::uint32_t wanted = ((1U << count) - 1) << from;
    Matching matching;
    for (const FunnelEvent &event : events)
        if (matching.add(event.steps & wanted) && matching.size() == count)
            return true;
    return count == 0;
}

/// A path on its way: at level k, its first event and the times of its steps.
struct Chain {
    bool reached = false;
    std::int64_t start = 0;
    std::vector<std::int64_t> times;
};

/// What ordered and strict funnels share. Level k is m_chains[k]; of all paths of a level the one that began last is kept, which
/// leaves most of the window.
class Chains
{
public:
    Chains(FunnelOrder order, int steps, std::int64_t window)
        : m_strict(order == FunnelOrder::Strict)
        , m_steps(steps)
        , m_window(window)
        , m_chains(static_cast<std::size_t>(steps) + 1)
    {
    }

    /// Events of one time. Answers false when the walk is over.
    bool take(Events events)
    {
        if (excludes(events)) {
            m_best = {-1, {}};
            return false;
        }
        if (events.size() == 1) {
            takeOne(events.front());
            return m_best.level < m_steps;
        }
        m_before = m_chains;
        if (m_strict)
            takeStrictly(events);
        else
            takeInOrder(events);
        return m_best.level < m_steps;
    }

    FunnelPath best() { return std::move(m_best); }

private:
    Chain &at(std::vector<Chain> &chains, int level) { return chains[static_cast<std::size_t>(level)]; }

    bool excludes(Events events)
    {
        const std::int64_t time = events.front().time;
        std::uint32_t gaps = 0;
        for (const FunnelEvent &event : events)
            gaps |= event.exclusions;
        for (int level = 1; level < m_steps; ++level) {
            const Chain &chain = at(m_chains, level);
            const Chain &next = at(m_chains, level + 1);
            if ((gaps >> (level - 1) & 1U) && chain.reached && time - chain.start <= m_window && !(next.reached && next.start == chain.start))
                return true;
        }
        return false;
    }

    /// The usual case, in place: from the last level down, so that each step sees the one before as it was.
    void takeOne(const FunnelEvent &event)
    {
        for (int to = m_steps; to >= 1; --to) {
            Chain &chain = at(m_chains, to);
            const bool matches = event.steps >> (to - 1) & 1U;
            const Chain &before = at(m_chains, to - 1);
            const bool open = to == 1 || (before.reached && event.time - before.start <= m_window);
            const std::int64_t start = to == 1 ? event.time : before.start;
            if (matches && open && (m_strict || !chain.reached || chain.start != start)) {
                chain.reached = true;
                chain.start = start;
                if (to == 1)
                    chain.times.clear();
                else
                    chain.times = before.times;
                chain.times.push_back(event.time);
                keep(to, chain.times);
            } else if (m_strict) {
                chain.reached = false;
            }
        }
    }

    /// Whether a path at `level` may go on at `time`. From level 0 a new path begins.
    bool isOpen(int level, std::int64_t time)
    {
        const Chain &chain = at(m_before, level);
        return level == 0 || (chain.reached && time - chain.start <= m_window);
    }

    void set(int from, int to, std::int64_t time)
    {
        Chain chain;
        chain.reached = true;
        chain.start = from == 0 ? time : at(m_before, from).start;
        if (from > 0)
            chain.times = at(m_before, from).times;
        chain.times.resize(static_cast<std::size_t>(to), time);
        at(m_chains, to) = std::move(chain);
    }

    void keep(int level, const std::vector<std::int64_t> &times)
    {
        if (level > m_best.level)
            m_best = {level, times};
    }

    /// Whether the path at `level` has gone further already: another event of the same step adds nothing.
    bool hasGoneOn(int level)
    {
        return level > 0 && level < m_steps && at(m_before, level + 1).reached && at(m_before, level + 1).start == at(m_before, level).start;
    }

    void takeInOrder(Events events)
    {
        const std::int64_t time = events.front().time;
        std::uint32_t all = 0;
        for (const FunnelEvent &event : events)
            all |= event.steps;
        for (int to = m_steps; to >= 1; --to) {
            if (!(all >> (to - 1) & 1U))
                continue;
            for (int from = std::max(0, to - static_cast<int>(events.size())); from < to; ++from) {
                if (from == 0 ? !canTake(events, 0, to) : (!isOpen(from, time) || hasGoneOn(from) || !canTake(events, from, to)))
                    continue;
                const Chain &old = at(m_before, to);
                const std::int64_t start = from == 0 ? time : at(m_before, from).start;
                if (!old.reached || old.start != start)
                    set(from, to, time);
                break; // Paths that began later come first.
            }
            if (const Chain &chain = at(m_chains, to); chain.reached && chain.times.back() == time)
                keep(to, chain.times);
        }
    }

    void takeStrictly(Events events)
    {
        const std::int64_t time = events.front().time;
        const int count = static_cast<int>(events.size());
        for (int to = m_steps; to > m_best.level; --to) // Reached among these events, whatever of them comes after.
            for (int from = std::max(0, to - count); from < to && m_best.level < to; ++from)
                if (isOpen(from, time) && canTake(events, from, to)) {
                    std::vector<std::int64_t> times = from > 0 ? at(m_before, from).times : std::vector<std::int64_t>();
                    times.resize(static_cast<std::size_t>(to), time);
                    keep(to, times);
                }
        for (int to = 1; to <= m_steps; ++to) {
            const int from = to - count;
            if (to <= count && canTake(events, 0, to)) // The others come before them.
                set(0, to, time);
            else if (from > 0 && isOpen(from, time) && canTake(events, from, to)) // All of them, one after the other.
                set(from, to, time);
            else
                at(m_chains, to) = {};
        }
    }

    bool m_strict;
    int m_steps;
    std::int64_t m_window;
    std::vector<Chain> m_chains;
    std::vector<Chain> m_before; // as they were before the events of this time
    FunnelPath m_best;
};

class Unordered
{
public:
    Unordered(Events events, int steps, std::int64_t window)
        : m_events(events)
        , m_steps(steps)
        , m_window(window)
        , m_latest(static_cast<std::size_t>(steps))
    {
    }

    FunnelPath walk()
    {
        for (std::size_t i = 0; i < m_events.size();) {
            std::size_t end = i;
            std::uint32_t gaps = 0;
            for (; end < m_events.size() && m_events[end].time == m_events[i].time; ++end)
                gaps |= m_events[end].exclusions;
            if (gaps) {
                const int level = reach(m_events[i].time).level;
                if (level > 0 && level < m_steps && (gaps >> (level - 1) & 1U))
                    return {-1, {}};
            }
            for (; i < end; ++i)
                remember(i);
            improve(m_events[end - 1].time, end);
            if (m_best.level == m_steps)
                break;
        }
        return std::move(m_best);
    }

private:
    struct Reach {
        int level = 0;
        std::int64_t start = 0; // of the path of that level that begins last
    };

    void remember(std::size_t index)
    {
        const FunnelEvent &event = m_events[index];
        for (std::uint32_t open = event.steps; open; open &= open - 1) {
            auto &list = m_latest[static_cast<std::size_t>(std::countr_zero(open))];
            list.push_front(index);
            if (list.size() > static_cast<std::size_t>(m_steps)) // More events of one step than there are steps are never needed.
                list.pop_back();
        }
        if (event.mayStart && event.steps && (m_starts.empty() || m_starts.back() != event.time))
            m_starts.push_back(event.time);
    }

    /// With the events remembered, within a window that ends at `time`.
    Reach reach(std::int64_t time) const
    {
        const auto first = std::lower_bound(m_starts.begin(), m_starts.end(), time - m_window);
        if (first == m_starts.end())
            return {};
        std::vector<std::size_t> candidates;
        for (const auto &list : m_latest)
            for (const std::size_t index : list)
                if (m_events[index].time >= *first)
                    candidates.push_back(index);
        std::ranges::sort(candidates, std::greater());
        candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
        Matching matching;
        std::int64_t needed = 0;
        for (const std::size_t index : candidates)
            if (matching.add(m_events[index].steps))
                needed = m_events[index].time;
        return {matching.size(), *std::prev(std::upper_bound(first, m_starts.end(), needed))};
    }

    void improve(std::int64_t time, std::size_t end)
    {
        int bound = 0;
        for (const auto &list : m_latest)
            bound += !list.empty() && m_events[list.front()].time >= time - m_window;
        if (bound <= m_best.level)
            return;
        const Reach reached = reach(time);
        if (reached.level <= m_best.level)
            return;
        m_best = {reached.level, {}};
        Matching matching;
        auto event = std::ranges::lower_bound(m_events, reached.start, {}, &FunnelEvent::time);
        for (; event != m_events.begin() + static_cast<std::ptrdiff_t>(end) && matching.size() < reached.level; ++event)
            if (matching.add(event->steps))
                m_best.times.push_back(event->time);
    }

    Events m_events;
    int m_steps;
    std::int64_t m_window;
    std::vector<std::deque<std::size_t>> m_latest; // by step: the events that may be taken for it, the last first
    std::vector<std::int64_t> m_starts;            // the times at which a path may begin
    FunnelPath m_best;
};

} // namespace

FunnelPath walkFunnel(std::span<const FunnelEvent> events, FunnelOrder order, int steps, std::int64_t window)
{
    if (order == FunnelOrder::Unordered)
        return Unordered(events, steps, window).walk();
    std::vector<FunnelEvent> group;
    Chains chains(order, steps, window);
    for (std::size_t i = 0; i < events.size();) {
        group.clear();
        for (const std::int64_t time = events[i].time; i < events.size() && events[i].time == time; ++i) {
            group.push_back(events[i]);
            if (!events[i].mayStart)
                group.back().steps &= ~1U;
        }
        if (!chains.take(group))
            break;
    }
    return chains.best();
}

} // namespace localproject::insights
