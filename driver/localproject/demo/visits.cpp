#include "driver/localproject/demo/visits.h"

#include <algorithm>

namespace localproject::demo {
namespace {

constexpr std::uint64_t visitStream = 101;

constexpr std::int64_t fileEventTarget = 24'300; // of planned work; what comes with signing up is not in it

constexpr std::array<std::uint32_t, 24> localHours
    = {9, 7, 6, 6, 8, 14, 25, 45, 62, 78, 94, 94, 70, 72, 92, 94, 86, 64, 48, 42, 40, 34, 24, 14};

} // namespace

VisitPlanner::VisitPlanner(const World &world, const Plan &plan)
    : m_world(world)
    , m_plan(plan)
{
    for (const Person &p : m_plan.persons)
        for (int week = 0; week < m_world.weeks; ++week)
            if ((p.activeWeeks >> week & 1) != 0) {
                const auto [first, last] = span(week, p.uploadDay);
                m_totalWeight += static_cast<std::int64_t>(p.weight) * (last - first + 1);
                ++m_activeWeeks;
            }
}

/// The days of a calendar week from `since` on: first and last; empty when the last is before the first.
std::pair<int, int> VisitPlanner::span(int week, int since) const
{
    const int first = std::max({1, since, week * 7 + 1 - m_world.weekday(1)});
    const int last = std::min(demo::days, week * 7 + 7 - m_world.weekday(1));
    return {first, last};
}

Milliseconds VisitPlanner::timeOn(int number, const Person &p, Random &random) const
{
    std::array<std::uint32_t, 24> hours{};
    const int offset = countries[p.country].offsetMinutes;
    for (int h = 0; h < 24; ++h)
        hours[static_cast<std::size_t>(h)] = localHours[static_cast<std::size_t>(((h * 60 + offset) / 60 + 48) % 24)];
    if (number == demo::days) // What starts on the last evening would run into the anchor's day.
        hours[21] = hours[22] = hours[23] = 0;
    return m_world.dayStart(number) + static_cast<Milliseconds>(random.pick(hours)) * hour + random.below(3'600'000);
}

const std::vector<Visit> &VisitPlanner::visitsOf(std::uint32_t person)
{
    const Person &p = m_plan.persons[person];
    Random random(m_world.seed, visitStream, person);
    m_visits.clear();
    switch (p.kind) {
    case Kind::HomeOnly:
        planVisitor(p, random);
        break;
    case Kind::SignupDrop:
    case Kind::SignedUp:
        planEntrant(p, random);
        break;
    case Kind::OtherVisitor:
        plan(p.firstDay, VisitKind::Other, p, random);
        break;
    case Kind::Bot:
        for (int d = 1; d <= demo::days; ++d)
            for (int run = 0; run < 3; ++run)
                m_visits.push_back({m_world.dayStart(d) + (2 + run * 7) * hour + random.below(1'800'000), VisitKind::Bot});
        break;
    case Kind::Undefined:
        for (int i = 0; i < 30; ++i)
            plan(1 + i, VisitKind::Undefined, p, random);
        break;
    case Kind::Invited:
        plan(p.signupDay, VisitKind::Join, p, random);
        break;
    case Kind::Existing:
        break;
    }
    if (p.identified())
        planUser(p, random);
    std::stable_sort(m_visits.begin(), m_visits.end(), [](const Visit &a, const Visit &b) { return a.start < b.start; });
    return m_visits;
}

void VisitPlanner::plan(int number, VisitKind kind, const Person &p, Random &random, int fileEvents)
{
    const bool may = number < demo::days && m_world.weekday(number) != 6;
    m_visits.push_back({timeOn(number, p, random), kind, fileEvents, may});
}

void VisitPlanner::planVisitor(const Person &p, Random &random)
{
    plan(p.firstDay, random.chance(780) ? VisitKind::HomeBounce : VisitKind::HomeBrowse, p, random);
    int at = p.firstDay;
    while (random.chance(270) && at < demo::days) {
        at = std::min(demo::days, at + 1 + static_cast<int>(random.below(6)));
        plan(at, random.chance(700) ? VisitKind::HomeBounce : VisitKind::HomeBrowse, p, random);
    }
}

void VisitPlanner::planEntrant(const Person &p, Random &random)
{
    if (p.firstDay < p.signupDay)
        plan(p.firstDay, random.chance(400) ? VisitKind::HomeBounce : VisitKind::HomeBrowse, p, random);
    plan(p.signupDay, VisitKind::Signup, p, random);
    if (p.kind != Kind::SignupDrop)
        return;
    const int later = p.signupDay + 1 + static_cast<int>(random.below(2));
    const bool sameRelease
        = m_world.release(m_world.dayStart(p.signupDay)) == m_world.release(m_world.dayStart(std::min(later, demo::days)));
    if (random.chance(m_world.isPlanted(p.device) ? 350 : 220) && later <= demo::days && sameRelease)
        plan(later, VisitKind::Retry, p, random);
    if (random.chance(300) && p.signupDay + 4 <= demo::days)
        plan(p.signupDay + 4, VisitKind::HomeBounce, p, random);
}

void VisitPlanner::planUser(const Person &p, Random &random)
{
    const bool fresh = p.kind != Kind::Existing;
    const int since = fresh ? p.signupDay + 1 : 1;
    if (p.uploads && !(fresh && p.uploadDay == p.signupDay))
        plan(p.uploadDay, VisitKind::FirstUpload, p, random, 1 + static_cast<int>(random.below(2)));
    if (p.upgrades)
        plan(p.upgradeDay, VisitKind::Upgrade, p, random);
    for (int week = 0; week < m_world.weeks; ++week) {
        const bool active = (p.activeWeeks >> week & 1) != 0;
        if (active)
            planWork(p, random, span(week, p.uploadDay));
        const auto [first, last] = span(week, since);
        if (first > last)
            continue;
        const auto length = static_cast<std::uint32_t>(last - first + 1);
        for (int i = 0; i < (active ? 3 : 1); ++i)
            if (random.chance((active ? 700 : p.uploads ? 480 : 390) * length / 7))
                plan(m_world.pickDay(random, first, last), VisitKind::Glance, p, random);
        if (random.chance((active ? 350 : 170) * length / 7))
            plan(m_world.pickDay(random, first, last), VisitKind::Look, p, random);
    }
    if (m_visits.empty())
        plan(m_world.pickDay(random, 1, demo::days), VisitKind::Glance, p, random);
}

/// A week's file events, by the person's weight, in sessions of about four.
void VisitPlanner::planWork(const Person &p, Random &random, std::pair<int, int> week)
{
    const std::int64_t budget = fileEventTarget - m_activeWeeks;
    const std::int64_t scaled
        = budget * p.weight * (week.second - week.first + 1) * static_cast<std::int64_t>(700 + random.below(600)) / 1000;
    int left = 1 + static_cast<int>((scaled + random.below(1000) * m_totalWeight / 1000) / m_totalWeight);
    while (left > 0) {
        const int now = std::min(left, 2 + static_cast<int>(random.below(left > 40 ? 12 : 6)));
        plan(m_world.pickDay(random, week.first, week.second), VisitKind::Work, p, random, now);
        left -= now;
    }
}

} // namespace localproject::demo
