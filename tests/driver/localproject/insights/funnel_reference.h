#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

/// Funnels by trying everything, written from the definitions in insights/README.md for small data: shares nothing with the program.
namespace reference {

struct Event {
    std::int64_t time = 0;
    std::vector<bool> steps;      // by step: whether it may be taken for it
    std::vector<bool> exclusions; // by gap: whether it must not come there
    std::string value;
};

enum class Order { Ordered, Strict, Unordered };

/// All orders of `events` that keep the times in order.
inline void eachOrder(std::vector<Event> events, const std::function<void(const std::vector<Event> &)> &use, std::size_t from = 0)
{
    if (from + 1 >= events.size()) {
        use(events);
        return;
    }
    for (std::size_t i = from; i < events.size() && events[i].time == events[from].time; ++i) {
        std::swap(events[from], events[i]);
        auto rest = events;
        std::stable_sort(rest.begin() + static_cast<std::ptrdiff_t>(from) + 1, rest.end(),
                         [](const Event &a, const Event &b) { return a.time < b.time; });
        eachOrder(rest, use, from + 1);
        std::swap(events[from], events[i]);
    }
}

/// For each level the start of the path that begins last; levels that no path has are missing. Orders of equal times do not matter
/// here: an event after another in the list, or at its time, may follow it.
inline void orderedPaths(const std::vector<Event> &events, std::int64_t window, std::vector<bool> used, int level, std::int64_t first,
                         std::int64_t last, int steps, std::map<int, std::int64_t> &starts)
{
    if (level > 0) {
        const auto known = starts.find(level);
        if (known == starts.end() || known->second < first)
            starts[level] = first;
    }
    if (level == steps)
        return;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event &event = events[i];
        if (used[i] || !event.steps[static_cast<std::size_t>(level)] || (level > 0 && (event.time < last || event.time - first > window)))
            continue;
        used[i] = true;
        orderedPaths(events, window, used, level + 1, level == 0 ? event.time : first, event.time, steps, starts);
        used[i] = false;
    }
}

/// The same for events that follow each other directly, ending with the last event when `toTheEnd`.
inline std::map<int, std::int64_t> strictPaths(const std::vector<Event> &events, std::int64_t window, int steps, bool toTheEnd)
{
    std::map<int, std::int64_t> starts;
    eachOrder(events, [&](const std::vector<Event> &order) {
        for (std::size_t i = 0; i < order.size(); ++i)
            for (int level = 1; level <= steps; ++level) {
                const std::size_t last = i + static_cast<std::size_t>(level) - 1;
                if (last >= order.size() || !order[last].steps[static_cast<std::size_t>(level) - 1] || order[last].time - order[i].time > window)
                    break;
                if (toTheEnd && last + 1 != order.size())
                    continue;
                const auto known = starts.find(level);
                if (known == starts.end() || known->second < order[i].time)
                    starts[level] = order[i].time;
            }
    });
    return starts;
}

/// How many steps can each have an event of their own.
inline int matched(const std::vector<Event> &events, int steps, int step = 0, std::set<std::size_t> used = {})
{
    if (step == steps)
        return 0;
    int best = matched(events, steps, step + 1, used);
    for (std::size_t i = 0; i < events.size(); ++i)
        if (!used.contains(i) && events[i].steps[static_cast<std::size_t>(step)]) {
            auto more = used;
            more.insert(i);
            best = std::max(best, 1 + matched(events, steps, step + 1, more));
        }
    return best;
}

inline bool isStep(const Event &event) { return std::find(event.steps.begin(), event.steps.end(), true) != event.steps.end(); }

inline int unorderedLevel(const std::vector<Event> &events, std::int64_t window, int steps)
{
    int best = 0;
    for (const Event &first : events) {
        if (!isStep(first))
            continue;
        std::vector<Event> some;
        for (const Event &event : events)
            if (event.time >= first.time && event.time - first.time <= window)
                some.push_back(event);
        best = std::max(best, matched(some, steps));
    }
    return best;
}

/// 0: none; -1: excluded.
inline int levelOf(const std::vector<Event> &events, Order order, std::int64_t window, int steps)
{
    const auto before = [&](std::int64_t time) {
        std::vector<Event> some;
        for (const Event &event : events)
            if (event.time < time)
                some.push_back(event);
        return some;
    };
    const auto reach = [&](const std::vector<Event> &some) {
        if (order == Order::Unordered)
            return unorderedLevel(some, window, steps);
        std::map<int, std::int64_t> starts;
        if (order == Order::Strict)
            starts = strictPaths(some, window, steps, false);
        else
            orderedPaths(some, window, std::vector<bool>(some.size()), 0, 0, 0, steps, starts);
        return starts.empty() ? 0 : starts.rbegin()->first;
    };
    for (const Event &event : events) {
        if (std::find(event.exclusions.begin(), event.exclusions.end(), true) == event.exclusions.end())
            continue;
        const std::vector<Event> some = before(event.time);
        if (reach(some) == steps)
            return steps; // All was done before.
        if (order == Order::Unordered) {
            std::vector<Event> near;
            for (const Event &one : some)
                if (event.time - one.time <= window)
                    near.push_back(one);
            const int level = matched(near, steps);
            if (level > 0 && event.exclusions[static_cast<std::size_t>(level) - 1])
                return -1;
            continue;
        }
        std::map<int, std::int64_t> starts;
        if (order == Order::Strict)
            starts = strictPaths(some, window, steps, true);
        else
            orderedPaths(some, window, std::vector<bool>(some.size()), 0, 0, 0, steps, starts);
        for (int level = 1; level < steps; ++level)
            if (event.exclusions[static_cast<std::size_t>(level) - 1] && starts.contains(level) && event.time - starts[level] <= window
                && !(starts.contains(level + 1) && starts[level + 1] == starts[level]))
                return -1;
    }
    return reach(events);
}

/// value -> level of one person; `attribution` is first, last, all, or step0, step1 …
inline std::map<std::string, int> levelsOf(std::vector<Event> events, Order order, std::int64_t window, int steps, const std::string &attribution)
{
    std::map<std::string, int> levels;
    const auto add = [&](const std::string &value, const std::vector<Event> &some) {
        if (const int level = levelOf(some, order, window, steps); level > 0)
            levels[value] = level;
    };
    std::set<std::string> values;
    if (attribution == "first" || attribution == "last") {
        std::set<std::pair<std::int64_t, std::string>> touches;
        for (const Event &event : events)
            if (isStep(event) && !event.value.empty())
                touches.emplace(event.time, event.value);
        add(touches.empty() ? "" : attribution == "first" ? touches.begin()->second : touches.rbegin()->second, events);
    } else if (attribution == "all") {
        for (const Event &event : events)
            if (isStep(event))
                values.insert(event.value);
        for (const std::string &value : values) {
            std::vector<Event> some;
            for (const Event &event : events)
                if (event.value == value)
                    some.push_back(event);
            add(value, some);
        }
    } else {
        const auto step = static_cast<std::size_t>(attribution.back() - '0');
        for (const Event &event : events)
            if (event.steps[step])
                values.insert(event.value);
        if (values.empty())
            values.insert("");
        for (const std::string &value : values) {
            auto some = events;
            for (Event &event : some)
                if (event.value != value)
                    event.steps[step] = false;
            add(value, some);
        }
    }
    return levels;
}

} // namespace reference
