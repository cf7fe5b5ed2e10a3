#include "tests/driver/localproject/insights/funnel_reference.h"
#include "tests/driver/localproject/insights/insights_support.h"

#include <array>
#include <chrono>

/// The list behind a bar has the bar's count: 50 random small data sets (1,000 with HOGLET_LONG), each with a random funnel; every step,
/// done and dropped, of every value of the breakdown; and bars and lists are those of the reference.
class FunnelActorsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void barsAndListsAgree_data();
    void barsAndListsAgree();
    void cleanupTestCase();

private:
    struct Step {
        char name = 'a';
        bool filtered = false; // only with p = 1
    };

    struct Set {
        std::vector<Step> steps;
        reference::Order order = reference::Order::Ordered;
        int window = 1; // minutes
        bool excludes = false;
        int fromStep = 0;
        int toStep = 1;
        std::string attribution; // empty: no breakdown
        int limit = 25;
        std::map<int, std::vector<reference::Event>> persons;
    };

    /// A day for each set, so that a query reads its own only.
    static std::string dayOf(int number)
    {
        const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::year(2020) / 1 / 1) + std::chrono::days(number)};
        char text[16];
        std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()));
        return text;
    }
    static int count() { return qEnvironmentVariableIsSet("HOGLET_LONG") ? 1000 : 50; }
    Set makeSet(int number);
    ph::Json queryOf(const Set &set, int number) const;
    std::map<std::string, std::map<int, int>> expected(const Set &set) const; // value -> person -> level
    void check(const Set &set, int number);
    std::string eventsOf(int number) const;

    InsightProject m_project;
    std::vector<Set> m_sets;
    int m_lists = 0;
};

FunnelActorsTest::Set FunnelActorsTest::makeSet(int number)
{
    RandomNumbers random{static_cast<std::uint64_t>(number) * 7919 + 17};
    Set set;
    const int steps = 2 + random.below(3);
    for (int i = 0; i < steps; ++i)
        set.steps.push_back({static_cast<char>('a' + random.below(3)), random.below(3) == 0});
    set.order = static_cast<reference::Order>(random.below(3));
    set.window = 1 + random.below(6);
    set.excludes = random.below(3) == 0;
    set.fromStep = random.below(steps - 1);
    set.toStep = set.fromStep + 1 + random.below(steps - 1 - set.fromStep);
    static const char *attributions[] = {"", "first", "last", "all", "step"};
    set.attribution = attributions[random.below(5)];
    if (set.attribution == "step")
        set.attribution += std::to_string(random.below(steps));
    set.limit = random.below(4) == 0 ? 1 : 25;

    const int persons = 1 + random.below(4);
    for (int p = 0; p < persons; ++p) {
        const int person = number * 10 + p;
        const int events = random.below(8);
        std::vector<std::array<int, 4>> drawn; // minute, name, p, value
        for (int e = 0; e < events; ++e)
            drawn.push_back({random.below(9), random.below(5), random.below(2), random.below(4)});
        for (const auto &[minute, name, flag, value] : drawn) {
            static const char *values[] = {"", "red", "blue", "a'b{c}"};
            const std::string event = std::string(1, "abcxy"[name]) + std::to_string(number);
            ph::Json properties{{"p", flag}};
            if (value > 0)
                properties["v"] = values[value];
            std::string json = properties.dump();
            for (std::size_t at = 0; (at = json.find('\'', at)) != std::string::npos; at += 2)
                json.insert(at, 1, '\'');
            m_project.add(person, event, dayOf(number) + " 10:0" + std::to_string(minute) + ":00", json);
            reference::Event one;
            one.time = minute;
            one.value = values[value];
            for (const Step &step : set.steps)
                one.steps.push_back(name == step.name - 'a' && (!step.filtered || flag == 1));
            for (int gap = 0; gap + 1 < steps; ++gap)
                one.exclusions.push_back(set.excludes && name == 3 && gap >= set.fromStep && gap < set.toStep);
            set.persons[person].push_back(std::move(one));
        }
        std::ranges::stable_sort(set.persons[person], {}, &reference::Event::time);
    }
    return set;
}

ph::Json FunnelActorsTest::queryOf(const Set &set, int number) const
{
    static const char *orders[] = {"ordered", "strict", "unordered"};
    ph::Json filter{{"funnelOrderType", orders[static_cast<int>(set.order)]}, {"funnelWindowInterval", set.window}, {"funnelWindowIntervalUnit", "minute"}};
    if (set.excludes)
        filter["exclusions"] = {{{"kind", "EventsNode"}, {"event", "x" + std::to_string(number)}, {"funnelFromStep", set.fromStep}, {"funnelToStep", set.toStep}}};
    ph::Json query{{"kind", "FunnelsQuery"}, {"series", ph::Json::array()}, {"dateRange", {{"date_from", dayOf(number)}, {"date_to", dayOf(number)}}}};
    for (const Step &step : set.steps) {
        ph::Json node = eventNode(step.name + std::to_string(number));
        if (step.filtered)
            node["properties"] = {{{"key", "p"}, {"value", {"1"}}, {"operator", "exact"}, {"type", "event"}}};
        query["series"].push_back(std::move(node));
    }
    if (!set.attribution.empty()) {
        static const std::map<std::string, const char *> names{{"first", "first_touch"}, {"last", "last_touch"}, {"all", "all_events"}};
        const auto name = names.find(set.attribution);
        filter["breakdownAttributionType"] = name == names.end() ? "step" : name->second;
        if (name == names.end())
            filter["breakdownAttributionValue"] = set.attribution.back() - '0';
        query["breakdownFilter"] = {{"breakdown", "v"}, {"breakdown_type", "event"}, {"breakdown_limit", set.limit}};
    }
    query["funnelsFilter"] = std::move(filter);
    return query;
}

std::map<std::string, std::map<int, int>> FunnelActorsTest::expected(const Set &set) const
{
    std::map<std::string, std::map<int, int>> levels;
    const int steps = static_cast<int>(set.steps.size());
    for (const auto &[person, events] : set.persons) {
        if (set.attribution.empty()) {
            if (const int level = reference::levelOf(events, set.order, set.window, steps); level > 0)
                levels[""][person] = level;
            continue;
        }
        for (const auto &[value, level] : reference::levelsOf(events, set.order, set.window, steps, set.attribution))
            levels[value][person] = level;
    }
    if (set.attribution.empty() || levels.size() <= static_cast<std::size_t>(set.limit))
        return levels;
    std::vector<std::pair<int, std::string>> order;
    for (const auto &[value, people] : levels)
        order.emplace_back(-static_cast<int>(people.size()), ph::Json({value}).dump());
    std::ranges::sort(order);
    std::map<std::string, std::map<int, int>> merged;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::string value = ph::Json::parse(order[i].second)[0].get<std::string>();
        auto &into = merged[i < static_cast<std::size_t>(set.limit) ? value : "Other"];
        for (const auto &[person, level] : levels[value])
            into[person] = std::max(into[person], level);
    }
    return merged;
}

void FunnelActorsTest::initTestCase()
{
    for (int i = 0; i < count(); ++i) {
        m_sets.push_back(makeSet(i));
        if (i % 50 == 49)
            m_project.flush();
    }
}

std::string FunnelActorsTest::eventsOf(int number) const
{
    const auto rows = m_project.store.query("SELECT right(person_id::VARCHAR, 1) || ' ' || strftime(timestamp, '%M ') || event || properties FROM events "
                                            "WHERE regexp_full_match(event, '[a-z]" + std::to_string(number) + "') ORDER BY person_id, timestamp");
    return rows ? ph::Json(rows->rows).dump() : rows.error().message;
}

void FunnelActorsTest::check(const Set &set, int number)
{
    const ph::Json query = queryOf(set, number);
    const auto levels = expected(set);
    const ph::Json results = m_project.results(query);
    const std::string where = "set " + std::to_string(number) + ": " + query.dump() + " answers " + results.dump();
    QVERIFY2(results.is_array(), where.c_str());
    const bool brokenDown = !set.attribution.empty();
    QVERIFY2(!brokenDown || results.size() == levels.size(), where.c_str());
    const ph::Json groups = brokenDown ? results : ph::Json::array({results});
    for (const ph::Json &steps : groups) {
        const std::string value = brokenDown ? steps[0]["breakdown_value"][0].get<std::string>() : "";
        const auto found = levels.find(value);
        const std::map<int, int> people = found == levels.end() ? std::map<int, int>{} : found->second;
        for (int step = -static_cast<int>(set.steps.size()); step <= static_cast<int>(set.steps.size()); ++step) {
            if (step == 0 || step == -1)
                continue;
            std::set<std::string> wanted;
            for (const auto &[person, level] : people)
                if (step > 0 ? level >= step : level == -step - 1)
                    wanted.insert(InsightProject::personId(person));
            const auto bar = [&](int i) { return steps[static_cast<std::size_t>(i) - 1]["count"].get<std::size_t>(); };
            const std::size_t count = step > 0 ? bar(step) : bar(-step - 1) - bar(-step);
            const std::string at = "Want " + std::to_string(wanted.size()) + " of " + eventsOf(number) + " in " + where + " at step " + std::to_string(step) + " of " + value;
            QVERIFY2(count == wanted.size(), at.c_str());

            ph::Json source{{"kind", "FunnelsActorsQuery"}, {"source", query}, {"funnelStep", step}};
            if (brokenDown)
                source["funnelStepBreakdown"] = steps[0]["breakdown_value"];
            const ph::Json list = m_project.results({{"kind", "ActorsQuery"}, {"source", source}, {"select", {"id"}}});
            QVERIFY2(list.is_array() && list.size() == count, (at + " lists " + list.dump()).c_str());
            std::set<std::string> listed;
            for (const ph::Json &row : list)
                listed.insert(row[0].get<std::string>());
            QVERIFY2(listed == wanted, (at + " lists " + list.dump()).c_str());
            ++m_lists;
        }
    }
}

void FunnelActorsTest::barsAndListsAgree_data()
{
    QTest::addColumn<int>("first");
    for (int first = 0; first < count(); first += 50)
        QTest::addRow("sets from %d", first) << first;
}

void FunnelActorsTest::barsAndListsAgree()
{
    QFETCH(int, first);
    for (int i = first; i < first + 50; ++i) {
        check(m_sets[static_cast<std::size_t>(i)], i);
        if (QTest::currentTestFailed())
            return;
    }
}

void FunnelActorsTest::cleanupTestCase() { QVERIFY2(m_lists > 5 * count(), std::to_string(m_lists).c_str()); }

QTEST_APPLESS_MAIN(FunnelActorsTest)
#include "funnel_actors_test.moc"
