#pragma once

#include "driver/localproject/demo/plan.h"
#include "driver/localproject/demo/random.h"

#include <utility>
#include <vector>

namespace localproject::demo {

enum class VisitKind : std::uint8_t {
    HomeBounce,
    HomeBrowse,
    Signup,
    Retry,
    Join,
    FirstUpload,
    Work,
    Look,
    Glance,
    Upgrade,
    Other,
    Bot,
    Undefined
};

/// A session to come: played no earlier than half an hour after the one before it.
struct Visit {
    Milliseconds start = 0;
    VisitKind kind = VisitKind::Glance;
    int fileEvents = 0;
    bool mayCrossMidnight = false;
};

/// Lays each person's sessions into the month: when, of what kind, with how much work.
class VisitPlanner
{
public:
    VisitPlanner(const World &world, const Plan &plan);

    /// In order of their start. Valid until the next call.
    const std::vector<Visit> &visitsOf(std::uint32_t person);

private:
    std::pair<int, int> span(int week, int since) const;
    Milliseconds timeOn(int number, const Person &p, Random &random) const;
    void plan(int number, VisitKind kind, const Person &p, Random &random, int fileEvents = 0);
    void planVisitor(const Person &p, Random &random);
    void planEntrant(const Person &p, Random &random);
    void planUser(const Person &p, Random &random);
    void planWork(const Person &p, Random &random, std::pair<int, int> week);

    const World &m_world;
    const Plan &m_plan;
    std::int64_t m_totalWeight = 0; // of file activity, a day
    std::int64_t m_activeWeeks = 0;
    std::vector<Visit> m_visits;
};

} // namespace localproject::demo
