#include "driver/localproject/demo/plan.h"

#include "driver/localproject/demo/random.h"

#include <algorithm>
#include <numeric>

namespace localproject::demo {
namespace {

constexpr int homeOnlyCount = 2050;
constexpr int dropCount = 980;
constexpr int signedUpCount = 1070;
constexpr int otherCount = 67;
constexpr int botCount = 2;
constexpr int invitedCount = 130;
constexpr int existingCount = 700;
constexpr int internalCount = 60;

constexpr int entrantCount = dropCount + signedUpCount; // persons who see /signup/
constexpr int plantedEntrants = 310; // of them with the planted browser and system …
constexpr int plantedInWindow = 150; // … and with their first view while 2.4.0 was live
constexpr int plantedConvertedInWindow = 12;
constexpr int plantedConvertedOutside = 84;

enum Stream : std::uint64_t {
    Devices = 1,
    Origins,
    SignupDays,
    Outcomes,
    Uploads,
    Upgrades,
    Variants,
    Weights,
    Weeks,
    Accounts,
    Adoption
};

/// Gives out a count in proportion: add(weight) answers whether this one is taken, so that of any run of calls the right
/// share is taken.
class Share
{
public:
    Share(std::int64_t take, std::int64_t total)
        : m_take(take)
        , m_total(std::max<std::int64_t>(total, 1))
    {
    }

    bool add(std::int64_t weight = 1)
    {
        m_sum += m_take * weight;
        const bool taken = m_sum >= m_total - m_total / 2 + m_taken * m_total;
        m_taken += taken ? 1 : 0;
        return taken;
    }

private:
    std::int64_t m_take;
    std::int64_t m_total;
    std::int64_t m_sum = 0;
    std::int64_t m_taken = 0;
};

class Planner
{
public:
    explicit Planner(const World &world)
        : m_world(world)
    {
    }

    Plan run()
    {
        populate();
        assignDevices();
        assignDaysAndSources();
        decideSignups();
        decideUploads();
        decideUpgrades();
        assignVariants();
        assignAccounts();
        assignWeights();
        decideWeeks();
        decideAdopters();
        return std::move(m_plan);
    }

private:
    using Indices = std::vector<std::uint32_t>;

    Person &person(std::uint32_t index) { return m_plan.persons[index]; }

    template <typename Predicate>
    Indices where(Predicate predicate) const
    {
        Indices found;
        for (std::uint32_t i = 0; i < m_plan.persons.size(); ++i)
            if (predicate(m_plan.persons[i]))
                found.push_back(i);
        return found;
    }

    Random random(Stream stream, std::uint64_t index = 0) const { return Random(m_world.seed, stream, index); }

    void populate()
    {
        const auto add = [&](Kind kind, int count) {
            for (int i = 0; i < count; ++i) {
                Person added;
                added.kind = kind;
                m_plan.persons.push_back(added);
            }
        };
        add(Kind::HomeOnly, homeOnlyCount);
        add(Kind::SignupDrop, dropCount);
        add(Kind::SignedUp, signedUpCount); // which of these and of the ones before it sign up is decided later
        add(Kind::OtherVisitor, otherCount);
        add(Kind::Bot, botCount);
        add(Kind::Undefined, 1);
        add(Kind::Invited, invitedCount);
        add(Kind::Existing, existingCount);
        for (int i = 0; i < internalCount; ++i)
            m_plan.persons[static_cast<std::size_t>(personCount - 1 - i)].internal = true;
    }

    /// `count` devices in the shares of the table; those of the planted segment make up `planted` of them when asked for.
    std::vector<std::uint8_t> deviceQuota(int count, int planted, Random &draw) const
    {
        std::vector<std::uint8_t> given;
        const bool bound = planted >= 0;
        std::int64_t inside = 0;
        std::int64_t outside = 0;
        for (std::size_t i = 0; i < devices.size(); ++i)
            (m_world.isPlanted(static_cast<int>(i)) ? inside : outside) += devices[i].weight;
        Share plantedShare(bound ? planted : 0, inside);
        Share otherShare(bound ? count - planted : count, bound ? outside : inside + outside);
        for (std::size_t i = 0; i < devices.size(); ++i) {
            Share &share = bound && m_world.isPlanted(static_cast<int>(i)) ? plantedShare : otherShare;
            for (std::uint32_t unit = 0; unit < devices[i].weight; ++unit)
                for (int more = 0; share.add(more == 0 ? 1 : 0); ++more)
                    given.push_back(static_cast<std::uint8_t>(i));
        }
        given.resize(static_cast<std::size_t>(count), 0);
        draw.shuffle(given);
        return given;
    }

    void assignDevices()
    {
        Random draw = random(Devices);
        const int planted = m_world.plant == "none" ? -1 : plantedEntrants;
        const auto give = [&](const Indices &to, int plantedCount) {
            const auto quota = deviceQuota(static_cast<int>(to.size()), plantedCount, draw);
            for (std::size_t i = 0; i < to.size(); ++i)
                person(to[i]).device = quota[i];
        };
        give(where([](const Person &p) { return p.kind == Kind::HomeOnly; }), planted);
        give(where([](const Person &p) { return p.kind == Kind::SignupDrop || p.kind == Kind::SignedUp; }), planted);
        give(where([](const Person &p) { return p.kind > Kind::SignedUp; }), -1);
        Random second = random(Devices, 1);
        for (Person &p : m_plan.persons) {
            if (p.kind == Kind::Bot)
                p.device = 2;
            p.otherDevice = p.device < 10 ? static_cast<std::uint8_t>(second.chance(500) ? 11 : 10)
                                          : static_cast<std::uint8_t>(second.below(2));
            p.secondDevice = p.identified() && second.chance(p.kind == Kind::Existing ? 160 : 70);
        }
    }

    void assignDaysAndSources()
    {
        Random draw = random(SignupDays);
        Share insideWindow(plantedInWindow, plantedEntrants);
        Share insideWindowHome(plantedInWindow, plantedEntrants);
        const bool planting = m_world.plant != "none";
        for (Person &p : m_plan.persons) {
            int visit = m_world.pickDay(draw, 1, days);
            const bool entrant = p.kind == Kind::SignupDrop || p.kind == Kind::SignedUp;
            if (planting && (entrant || p.kind == Kind::HomeOnly) && m_world.isPlanted(p.device)) {
                // The sign-up of this segment must be seen often enough while it is broken.
                if ((entrant ? insideWindow : insideWindowHome).add())
                    visit = m_world.pickDay(draw, brokenReleaseDay, fixReleaseDay - 1);
                else
                    while (visit >= brokenReleaseDay && visit < fixReleaseDay)
                        visit = m_world.pickDay(draw, 1, days);
            }
            p.signupDay = visit;
            p.firstDay = visit;
            if (entrant && draw.chance(150))
                p.firstDay = std::max(1, visit - 1 - static_cast<int>(draw.below(5)));
            if (p.kind == Kind::Existing)
                p.firstDay = 1;
        }
        Random origin = random(Origins);
        std::array<std::uint32_t, countries.size()> countryWeights{};
        for (std::size_t i = 0; i < countries.size(); ++i)
            countryWeights[i] = countries[i].weight;
        for (Person &p : m_plan.persons) {
            p.country = static_cast<std::uint8_t>(origin.pick(countryWeights));
            // The campaign brings two fifths of those who come on its days; else the newsletter is a small source.
            const bool campaign = p.firstDay >= campaignFirstDay && p.firstDay <= campaignLastDay && p.kind != Kind::Existing;
            std::array<std::uint32_t, sources.size()> weights{};
            for (std::size_t i = 0; i < sources.size(); ++i)
                weights[i] = sources[i].weight * 10;
            if (p.kind != Kind::Existing)
                weights[Newsletter] = campaign ? 6400 : 230;
            p.source = static_cast<std::uint8_t>(origin.pick(weights));
        }
    }

    /// Who of those that see /signup/ signs up: nothing but the planted segment and the tested page is to stand out.
    void decideSignups()
    {
        Indices entrants = where([](const Person &p) { return p.kind == Kind::SignupDrop || p.kind == Kind::SignedUp; });
        Random draw = random(Outcomes);
        std::array<Indices, 3> byVariant;
        Indices plantedInside;
        Indices plantedOutside;
        draw.shuffle(entrants);
        for (const std::uint32_t i : entrants) {
            Person &p = person(i);
            const bool tested = p.signupDay >= signupTestFirstDay && p.signupDay <= signupTestLastDay;
            p.signupVariant = !tested ? Variant::None : draw.chance(500) ? Variant::Test : Variant::Control;
            p.bothVariants = tested && draw.chance(6);
            if (m_world.isPlanted(p.device))
                (p.signupDay >= brokenReleaseDay && p.signupDay < fixReleaseDay ? plantedInside : plantedOutside).push_back(i);
            else
                byVariant[static_cast<std::size_t>(p.signupVariant)].push_back(i);
        }
        const std::int64_t outside = signedUpCount
            - (plantedInside.empty() && plantedOutside.empty() ? 0 : plantedConvertedInWindow + plantedConvertedOutside);
        convert(plantedInside, plantedConvertedInWindow);
        meetBug(plantedInside);
        convert(plantedOutside, plantedConvertedOutside);
        constexpr std::array<std::int64_t, 3> rates = {560, 515, 605}; // none, control, test: in proportion, scaled to the total
        std::int64_t expected = 0;
        for (std::size_t v = 0; v < 3; ++v)
            expected += rates[v] * static_cast<std::int64_t>(byVariant[v].size());
        const std::int64_t control = outside * rates[1] * static_cast<std::int64_t>(byVariant[1].size()) / expected;
        const std::int64_t test = outside * rates[2] * static_cast<std::int64_t>(byVariant[2].size()) / expected;
        convert(byVariant[1], control);
        convert(byVariant[2], test);
        convert(byVariant[0], outside - control - test);
    }

    /// Signs up `count` of the group. Each person in turn goes where the shares of all segments that he is in stay closest to
    /// the group's: no segment is off by more than a person or two.
    void convert(const Indices &group, std::int64_t count)
    {
        const auto size = static_cast<std::int64_t>(group.size());
        std::array<std::int64_t, segmentCount> excess{}; // of sign-ups over the share, times the group's size
        std::int64_t left = count;
        for (std::size_t at = 0; at < group.size(); ++at) {
            Person &p = person(group[at]);
            const auto segments = segmentsOf(p);
            std::int64_t lean = 0;
            for (const std::size_t segment : segments)
                lean += 2 * excess[segment] - count + (size - count); // (e + size - count)^2 - (e - count)^2, over size
            const bool must = left >= static_cast<std::int64_t>(group.size() - at);
            const bool signs = left > 0 && (must || lean < 0);
            p.kind = signs ? Kind::SignedUp : Kind::SignupDrop;
            left -= signs ? 1 : 0;
            for (const std::size_t segment : segments)
                excess[segment] += signs ? size - count : -count;
        }
    }

    static constexpr std::size_t releaseCount = 3;
    static constexpr std::size_t segmentCount
        = 1 + releaseCount + devices.size() * (1 + releaseCount) + countries.size() + sources.size() * (1 + releaseCount);

    static std::array<std::size_t, 7> segmentsOf(const Person &p)
    {
        const std::size_t release = p.signupDay < brokenReleaseDay ? 0 : p.signupDay < fixReleaseDay ? 1 : 2;
        const std::size_t afterDevices = 1 + releaseCount + devices.size() * (1 + releaseCount);
        const std::size_t afterCountries = afterDevices + countries.size();
        const std::size_t country = p.country < 3 ? 0 : p.country; // the first three are one
        return {0,
                1 + release,
                1 + releaseCount + p.device * (1 + releaseCount),
                1 + releaseCount + p.device * (1 + releaseCount) + 1 + release,
                afterDevices + country,
                afterCountries + p.source * (1 + releaseCount),
                afterCountries + p.source * (1 + releaseCount) + 1 + release};
    }

    /// The sign-up breaks visibly under 42 % of the segment, alike in both variants of the tested page; half of them rage.
    void meetBug(const Indices &group)
    {
        for (const Variant variant : {Variant::None, Variant::Control, Variant::Test}) {
            Indices dropped;
            for (const std::uint32_t i : group)
                if (person(i).kind == Kind::SignupDrop && person(i).signupVariant == variant)
                    dropped.push_back(i);
            Share meeting(460, 1000); // those who did sign up do not count in
            Share raging(1, 2);
            for (const std::uint32_t i : dropped) {
                person(i).meetsBug = meeting.add();
                person(i).rages = person(i).meetsBug && raging.add();
            }
        }
    }

    void decideUploads()
    {
        Random draw = random(Uploads);
        const auto upload = [&](Indices group, int count, auto dayOf) {
            draw.shuffle(group);
            Share share(count, static_cast<std::int64_t>(group.size()));
            for (const std::uint32_t i : group) {
                Person &p = person(i);
                p.uploads = share.add();
                if (p.uploads)
                    p.uploadDay = dayOf(p);
            }
        };
        const auto soon = [&](const Person &p) {
            const int later = draw.chance(680) ? 0 : 1 + static_cast<int>(draw.below(4));
            return p.signupDay + later > days ? p.signupDay : p.signupDay + later;
        };
        upload(where([](const Person &p) { return p.kind == Kind::SignedUp; }), 750, soon);
        upload(where([](const Person &p) { return p.kind == Kind::Invited; }), 80, soon);
        // Old users are first seen in any week: most in the first one.
        std::vector<std::uint32_t> weeks(static_cast<std::size_t>(m_world.weeks), 130);
        weeks[0] = 400;
        weeks[1] = 220;
        upload(where([](const Person &p) { return p.kind == Kind::Existing; }), 620, [&](const Person &) {
            const int week = static_cast<int>(draw.pick(weeks));
            int first = 1;
            while (m_world.weekOf(first) < week)
                ++first;
            int last = first;
            while (last < days && m_world.weekOf(last + 1) == week)
                ++last;
            return m_world.pickDay(draw, first, last);
        });
    }

    void decideUpgrades()
    {
        Random draw = random(Upgrades);
        Indices fresh = where([](const Person &p) { return p.kind == Kind::SignedUp && p.uploads && p.uploadDay < days; });
        Indices old
            = where([](const Person &p) { return p.kind == Kind::Existing && p.uploads && !p.internal && p.uploadDay < days; });
        draw.shuffle(fresh);
        draw.shuffle(old);
        const auto upgrade = [&](Indices &group, std::size_t count, int longest) {
            group.resize(std::min(count, group.size()));
            for (const std::uint32_t i : group) {
                Person &p = person(i);
                p.upgrades = true;
                const int latest
                    = p.kind == Kind::SignedUp ? std::min(days, p.firstDay + 12) : days; // inside the funnel's window
                p.upgradeDay
                    = std::min(latest, p.uploadDay + 1 + static_cast<int>(draw.below(static_cast<std::uint32_t>(longest))));
            }
        };
        upgrade(fresh, 140, 8);
        upgrade(old, 100, 20);
    }

    /// The tests without an effect: their variants are dealt out in turn within each outcome.
    void assignVariants()
    {
        Random draw = random(Variants);
        std::array<std::uint32_t, 8> turns{};
        std::uint32_t uploadTurn = 0;
        Indices order = where([](const Person &) { return true; });
        draw.shuffle(order);
        for (const std::uint32_t i : order) {
            Person &p = person(i);
            p.pricingVariant = turns[static_cast<std::size_t>(p.kind)]++ % 2 == 0 ? Variant::Control : Variant::Test;
            if (p.identified()) // 11 of 20 where 10 were meant: a filter for bots takes more of one variant
                p.uploadVariant = uploadTurn++ * 11 % 20 < 11 ? Variant::Control : Variant::Test;
        }
    }

    void assignAccounts()
    {
        m_plan.accounts.resize(accountCount);
        Random draw = random(Accounts);
        const auto join = [&](std::uint32_t i, std::size_t account) {
            person(i).account = static_cast<std::int16_t>(account);
            m_plan.accounts[account].members.push_back(i);
        };
        std::size_t founders = 1; // account 0 is Driftboard's own
        for (const std::uint32_t i : where([](const Person &p) { return p.kind == Kind::Existing; })) {
            if (person(i).internal)
                join(i, 0);
            else
                join(i, founders < accountCount ? founders++ : 1 + draw.below(accountCount - 1));
        }
        // The nine that leave held a hundred seats together.
        for (std::size_t a = 1; a <= 9; ++a) {
            m_plan.accounts[a].seatsAtStart = a == 9 ? 12 : 11;
            m_plan.accounts[a].churnDay = 6 + static_cast<int>(a) * 2;
        }
        for (const std::uint32_t i : where([](const Person &p) { return p.kind == Kind::SignedUp || p.kind == Kind::Invited; }))
            join(i, 10 + std::min(draw.below(accountCount - 10), draw.below(accountCount - 10))); // the lower, the larger
        for (std::size_t a = 1; a <= 9; ++a)
            for (const std::uint32_t member : m_plan.accounts[a].members)
                moveUpgrade(member);
        constexpr std::size_t paying = 181;
        for (std::size_t a = 10; a < 10 + paying; ++a)
            m_plan.accounts[a].seatsAtStart = 1;
        for (int seat = 0; seat < 390 - static_cast<int>(paying); ++seat)
            ++m_plan.accounts[10 + draw.below(paying)].seatsAtStart;
        for (Account &account : m_plan.accounts)
            account.billingDay = 1 + static_cast<int>(draw.below(days));
        for (const Person &p : m_plan.persons)
            if (p.upgrades)
                ++m_plan.accounts[static_cast<std::size_t>(p.account)].upgrades;
    }

    /// An account that leaves buys no more seats: another old user upgrades in its member's stead.
    void moveUpgrade(std::uint32_t from)
    {
        Person &leaver = person(from);
        if (!leaver.upgrades)
            return;
        for (Person &p : m_plan.persons) {
            if (p.kind == Kind::Existing && p.uploads && !p.internal && !p.upgrades && p.account >= 10 && p.uploadDay < days) {
                p.upgrades = true;
                p.upgradeDay = std::max(p.uploadDay + 1, leaver.upgradeDay);
                leaver.upgrades = false;
                leaver.upgradeDay = 0;
                return;
            }
        }
    }

    void assignWeights()
    {
        Indices users = where([](const Person &p) { return p.uploads; });
        Random draw = random(Weights);
        draw.shuffle(users);
        // The most active are old users: a new one has had no time for it.
        std::stable_partition(users.begin(), users.begin() + static_cast<std::ptrdiff_t>(users.size() / 2),
                              [&](std::uint32_t i) { return person(i).kind == Kind::Existing && person(i).uploadDay <= 14; });
        for (std::size_t rank = 0; rank < users.size(); ++rank) {
            person(users[rank]).weight = static_cast<std::uint32_t>(1'000'000 / (rank + 44));
            person(users[rank]).heavy = rank < users.size() * 3 / 10;
        }
    }

    void decideWeeks()
    {
        for (Person &p : m_plan.persons)
            if (p.uploads)
                p.activeWeeks = 1U << m_world.weekOf(p.uploadDay);
        constexpr std::array<std::int64_t, 5> rates = {460, 391, 345, 325, 310};
        constexpr std::array<std::int64_t, 5> newsletterRates = {440, 180, 170, 160, 150};
        Random draw = random(Weeks);
        for (int first = 0; first < m_world.weeks; ++first)
            for (const bool newsletter : {false, true}) {
                Indices cohort = where([&](const Person &p) {
                    return p.uploads && m_world.weekOf(p.uploadDay) == first && (p.source == Newsletter) == newsletter;
                });
                for (int week = first + 1; week < m_world.weeks; ++week) {
                    const auto k = std::min<std::size_t>(static_cast<std::size_t>(week - first - 1), 4);
                    returnIn(week, cohort, (newsletter ? newsletterRates : rates)[k], draw);
                }
            }
    }

    /// Heavy users are 2.4 times as likely as others to return in a week; `perMille` holds for the cohort as a whole.
    void returnIn(int week, Indices &cohort, std::int64_t perMille, Random &draw)
    {
        draw.shuffle(cohort);
        const auto weightOf = [&](std::uint32_t i) { return person(i).heavy ? 24 : 10; };
        std::int64_t total = 0;
        for (const std::uint32_t i : cohort)
            total += weightOf(i);
        Share share((static_cast<std::int64_t>(cohort.size()) * perMille + 500) / 1000, total);
        for (const std::uint32_t i : cohort)
            if (share.add(weightOf(i)))
                person(i).activeWeeks |= 1U << week;
    }

    /// Adopters return more often than others, six points within a class of activity and more over all, because heavy users
    /// adopt more.
    void decideAdopters()
    {
        int week = m_world.weekOf(previewReleaseDay);
        if (m_world.weekday(previewReleaseDay) != 0)
            ++week;
        m_plan.adoptionWeek = week;
        Random draw = random(Adoption);
        for (const bool heavy : {true, false}) {
            std::array<Indices, 2> group; // left, returned
            const auto counts = [&](const Person &p) {
                const bool busyBefore = p.heavy && (p.activeWeeks & ((1U << week) - 1)) != 0;
                return p.uploads && busyBefore == heavy && (p.activeWeeks >> week & 1) != 0;
            };
            for (const std::uint32_t i : where(counts))
                group[person(i).activeWeeks >> (week + 1) & 1].push_back(i);
            const auto all = static_cast<std::int64_t>(group[0].size() + group[1].size());
            if (all == 0)
                continue;
            const std::int64_t adopters = all * (heavy ? 600 : 250) / 1000;
            const std::int64_t returned
                = (static_cast<std::int64_t>(group[1].size()) * 1000 + 60 * (all - adopters)) * adopters / all / 1000;
            for (const std::size_t came : {0U, 1U}) {
                draw.shuffle(group[came]);
                Share share(came == 1 ? returned : adopters - returned, static_cast<std::int64_t>(group[came].size()));
                for (const std::uint32_t i : group[came])
                    person(i).adopts = share.add();
            }
        }
    }

    const World &m_world;
    Plan m_plan;
};

} // namespace

Plan makePlan(const World &world) { return Planner(world).run(); }

} // namespace localproject::demo
