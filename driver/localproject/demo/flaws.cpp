#include "driver/localproject/demo/flaws.h"

#include "driver/localproject/demo/random.h"

namespace localproject::demo {
namespace {

constexpr std::uint64_t flawStream = 104;
constexpr int twins = 37;
constexpr int aheadOfTime = 11;
constexpr Milliseconds ahead = 1826 * day; // five years
constexpr std::uint32_t latePerHundredThousand = 462; // of those that could: 0.4 % of all

template <typename Predicate>
Event anyPageview(const Data &data, std::size_t among, Random &random, Predicate fits)
{
    while (true) {
        const Event &event = data.events[random.below(static_cast<std::uint32_t>(among))];
        if (event.type == EventType::Pageview && fits(event))
            return event;
    }
}

void append(Data &data, Event event)
{
    event.serial = static_cast<std::uint32_t>(data.events.size());
    data.events.push_back(event);
}

} // namespace

void spoil(const World &world, const Plan &plan, Data &data)
{
    Random random(world.seed, flawStream);
    const std::size_t clean = data.events.size();
    for (int i = 0; i < twins; ++i) { // told apart by nothing but the uuid
        const Event twin = anyPageview(data, clean, random, [&](const Event &event) {
            const Kind kind = plan.persons[event.person].kind;
            const bool counted = event.page == Home || event.page == Signup || kind == Kind::Bot || kind == Kind::Undefined;
            return !counted; // what other truths count stays as it is
        });
        append(data, twin);
        ++data.sessions[twin.session].pageviews;
        ++data.sessions[twin.session].eventCount;
    }
    for (int i = 0; i < aheadOfTime; ++i) {
        Event event = anyPageview(data, clean, random, [](const Event &view) { return view.page == Files && view.identified; });
        event.time += ahead;
        event.session = noSession;
        append(data, event);
    }
    for (Event &event : data.events)
        event.late = event.time < world.end - 4 * day && random.below(100'000) < latePerHundredThousand;
}

} // namespace localproject::demo
