#include "tests/driver/localproject/insights/insights_support.h"

#include <chrono>
#include <cmath>

/// The list behind a bar has the bar's count, whatever the insight: 150 random small data sets (1,000 with HOGLET_LONG), each with a
/// random query of one of six kinds in turn. Of a bar that counts events, the listed people's events are as many. Funnels by steps are held by
/// funnel_actors_test; what the bars must be, by insights_golden_test.
class BarsAndListsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void listsAreAsLongAsTheirBars_data();
    void listsAreAsLongAsTheirBars();

private:
    struct Bars {
        int full = 0; // bars of something, with their lists
        int empty = 0;
    };

    static int count() { return qEnvironmentVariableIsSet("HOGLET_LONG") ? 1000 : 150; }
    static std::string dayOf(int number, int day);
    void addSet(int number);
    ph::Json range(RandomNumbers &random, int number, int days) const;
    ph::Json entity(RandomNumbers &random, int number, bool older = false) const;
    static void addBreakdown(RandomNumbers &random, ph::Json &query, bool several);

    /// Each draws a query, asks for its bars and for the list behind each of them; false when the test has failed.
    bool checkTrends(RandomNumbers &random, int number);
    bool checkRetention(RandomNumbers &random, int number);
    bool checkLifecycle(RandomNumbers &random, int number);
    bool checkStickiness(RandomNumbers &random, int number);
    bool checkPaths(RandomNumbers &random, int number);
    bool checkFunnelTrends(RandomNumbers &random, int number);
    bool checkTimeToConvert(RandomNumbers &random, int number);

    /// Rows of id and what else is selected.
    ph::Json list(const ph::Json &source, const std::vector<std::string> &select = {"id"}) const;
    bool agree(const ph::Json &source, const ph::Json &list, double bar, double listed);

    InsightProject m_project;
    std::map<std::string, Bars> m_bars; // by kind of query
};

/// Every set has 28 days of its own.
std::string BarsAndListsTest::dayOf(int number, int day)
{
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::year(1970) / 1 / 5) + std::chrono::days(number * 28 + day)};
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()));
    return text;
}

void BarsAndListsTest::addSet(int number)
{
    RandomNumbers random{static_cast<std::uint64_t>(number) * 104'729 + 3};
    const int persons = 1 + random.below(5);
    for (int p = 0; p < persons; ++p) {
        const int person = number * 10 + p;
        if (!random.oneIn(8)) // Some events are nobody's.
            m_project.addPerson(person, random.of<std::string>({R"({"plan":"pro"})", R"({"plan":"free"})", "{}"}),
                                dayOf(number, random.of<int>({-20, 0, 1, 2, 7, 8, 14})) + " 09:05:00");
        for (const int cohort : {1, 2})
            if (random.oneIn(2))
                m_project.execute("INSERT INTO cohort_people VALUES ('" + InsightProject::personId(person) + "', " + std::to_string(cohort) + ")");
        for (int events = random.oneIn(6) ? 0 : 8 + random.below(24); events > 0; --events) {
            ph::Json properties{{"p", random.below(2)}};
            if (const int value = random.below(4); value > 0)
                properties["v"] = std::vector<std::string>{"", "red", "blue", "a''b{c}"}[static_cast<std::size_t>(value)];
            char clock[16];
            std::snprintf(clock, sizeof clock, " %02d:%02d:00", random.of<int>({0, 9, 9, 9, 10, 23}), random.of<int>({0, 10, 20, 40, 59}));
            m_project.add(person, random.of<std::string>({"a", "b", "c"}) + std::to_string(number),
                          dayOf(number, random.of<int>({0, 0, 0, 1, 1, 2, 3, 6, 7, 8, 14, 20})) + clock, properties.dump(),
                          random.oneIn(3) ? "" : "s" + std::to_string(person), random.of<std::string>({"", "g1", "g2"}));
        }
    }
}

ph::Json BarsAndListsTest::range(RandomNumbers &random, int number, int days) const
{
    const int first = random.below(3);
    ph::Json dates{{"date_from", dayOf(number, first)}, {"date_to", dayOf(number, first + days - 1)}};
    if (random.oneIn(3)) {
        dates["date_from"] = dayOf(number, first) + "T09:15:00Z";
        dates["date_to"] = dayOf(number, first + days - 1) + "T10:05:00Z";
        dates["explicitDate"] = random.oneIn(2);
    }
    return dates;
}

/// A series, or in the older form that retention takes.
ph::Json BarsAndListsTest::entity(RandomNumbers &random, int number, bool older) const
{
    const std::string name = random.of<std::string>({"a", "a", "b"}) + std::to_string(number);
    ph::Json node = older ? ph::Json{{"id", name}, {"type", "events"}} : eventNode(name);
    if (random.oneIn(3))
        node["properties"] = {{{"key", "p"}, {"value", {"1"}}, {"operator", "exact"}, {"type", "event"}}};
    return node;
}

void BarsAndListsTest::addBreakdown(RandomNumbers &random, ph::Json &query, bool several)
{
    const int limit = random.oneIn(3) ? 1 : 25;
    switch (random.below(6)) {
    case 0: query["breakdownFilter"] = {{"breakdown", "v"}, {"breakdown_type", "event"}, {"breakdown_limit", limit}}; break;
    case 1: query["breakdownFilter"] = {{"breakdown", "plan"}, {"breakdown_type", "person"}, {"breakdown_limit", limit}}; break;
    case 2: query["breakdownFilter"] = {{"breakdown", {1, 2, "all"}}, {"breakdown_type", "cohort"}}; break;
    case 3:
        query["breakdownFilter"] = {{"breakdowns", {{{"property", "v"}, {"type", "event"}}}}, {"breakdown_limit", limit}};
        if (several)
            query["breakdownFilter"]["breakdowns"].push_back({{"property", "plan"}, {"type", "person"}});
        break;
    default: break;
    }
}

ph::Json BarsAndListsTest::list(const ph::Json &source, const std::vector<std::string> &select) const
{
    return m_project.results({{"kind", "ActorsQuery"}, {"source", source}, {"select", select}, {"limit", 50'000}});
}

bool BarsAndListsTest::agree(const ph::Json &source, const ph::Json &list, double bar, double listed)
{
    Bars &bars = m_bars[source["source"]["kind"].get<std::string>()];
    ++(bar == 0 ? bars.empty : bars.full);
    return QTest::qVerify(list.is_array() && std::abs(bar - listed) < 1e-9, "bar == list",
                          ("The bar is " + std::to_string(bar) + ", the list " + list.dump() + ", for " + source.dump()).c_str(), __FILE__, __LINE__);
}

bool BarsAndListsTest::checkTrends(RandomNumbers &random, int number)
{
    const std::string interval = random.of<std::string>({"day", "day", "hour", "week", "month"});
    const int days = interval == "hour" ? 1 : interval == "day" ? 1 + random.below(5) : 10 + random.below(12);
    ph::Json query{{"kind", "TrendsQuery"}, {"series", {entity(random, number)}}, {"interval", interval}, {"dateRange", range(random, number, days)}};
    const std::string math = random.of<std::string>({"total", "dau", "dau", "weekly_active", "monthly_active", "unique_group", "first_time_for_user",
                                                     "first_matching_event_for_user", "avg_count_per_actor", "max_count_per_actor"});
    query["series"][0]["math"] = math;
    if (math == "unique_group")
        query["series"][0]["math_group_type_index"] = 0;
    if (random.oneIn(3))
        query["series"].push_back(entity(random, number));
    const bool perActor = math.ends_with("_per_actor");
    const bool active = math.ends_with("_active");
    const std::string display = random.of<std::string>({"ActionsLineGraph", "ActionsLineGraph", "ActionsPie", perActor || active ? "ActionsBar" : "ActionsLineGraphCumulative"});
    query["trendsFilter"] = {{"display", display}};
    addBreakdown(random, query, true);
    if (random.oneIn(4))
        query["compareFilter"] = {{"compare", true}};
    if (random.oneIn(5))
        query["aggregation_group_type_index"] = 0;
    if (random.oneIn(5))
        query["properties"] = {{{"key", "plan"}, {"value", {"pro"}}, {"operator", "exact"}, {"type", "person"}}};

    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_array(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    for (const ph::Json &result : results) {
        ph::Json source{{"kind", "InsightActorsQuery"}, {"source", query}, {"series", result["action"]["order"]}};
        if (result.contains("breakdown_value"))
            source["breakdown"] = result["breakdown_value"];
        if (result.contains("compare_label"))
            source["compare"] = result["compare_label"];
        const bool total = display == "ActionsPie";
        for (std::size_t i = 0; i < (total ? 1 : result["data"].size()); ++i) {
            const double bar = total ? result["aggregated_value"].get<double>() : result["data"][i].get<double>();
            if (bar == 0 && !random.oneIn(4))
                continue;
            if (!total)
                source["day"] = result["days"][i];
            const ph::Json rows = list(source, {"id", "event_count"});
            const std::string counts = result["action"]["order"] == 0 ? math : "total";
            double events = 0;
            double most = 0;
            for (const ph::Json &row : rows.is_array() ? rows : ph::Json::array()) {
                events += row[1].get<double>();
                most = std::max(most, row[1].get<double>());
            }
            const double listed = counts == "total" ? events
                : counts == "max_count_per_actor"   ? most
                : counts == "avg_count_per_actor"   ? (rows.empty() ? 0 : events / static_cast<double>(rows.size()))
                                                    : static_cast<double>(rows.size());
            if (!agree(source, rows, bar, listed))
                return false;
        }
    }
    return true;
}

bool BarsAndListsTest::checkRetention(RandomNumbers &random, int number)
{
    const std::string period = random.of<std::string>({"Day", "Day", "Week", "Hour", "Month"});
    const int days = period == "Hour" ? 1 : period == "Day" ? 3 + random.below(4) : 15 + random.below(6);
    ph::Json query{{"kind", "RetentionQuery"},
                   {"dateRange", range(random, number, days)},
                   {"retentionFilter",
                    {{"period", period},
                     {"retentionType", random.of<std::string>({"retention_first_time", "retention_recurring", "retention_first_ever_occurrence"})},
                     {"totalIntervals", 1 + random.below(6)},
                     {"cumulative", random.oneIn(3)},
                     {"minimumOccurrences", 1 + random.below(2)},
                     {"targetEntity", entity(random, number, true)},
                     {"returningEntity", entity(random, number, true)}}}};
    addBreakdown(random, query, false);
    if (random.oneIn(3))
        query["dateRange"].erase("date_from");
    if (random.oneIn(5))
        query["aggregation_group_type_index"] = 0;

    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_array(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    for (const ph::Json &result : results) {
        const std::string label = result["label"].get<std::string>();
        ph::Json source{{"kind", "InsightActorsQuery"}, {"source", query}, {"interval", std::stoi(label.substr(label.find(' ') + 1))}};
        if (result.contains("breakdown_value"))
            source["breakdown"] = result["breakdown_value"];
        const ph::Json &values = result["values"];
        if (values[0]["count"] == 0 && !random.oneIn(4))
            continue;
        const ph::Json rows = list(source, {"id", "appearances"});
        for (std::size_t k = 0; k < values.size(); ++k) {
            const auto there = std::ranges::count_if(rows, [&](const ph::Json &row) {
                return row.is_array() && std::ranges::find(row[1], ph::Json(k)) != row[1].end();
            });
            if (!agree(source, rows, values[k]["count"].get<double>(), static_cast<double>(there)))
                return false;
        }
    }
    return true;
}

bool BarsAndListsTest::checkLifecycle(RandomNumbers &random, int number)
{
    const std::string interval = random.of<std::string>({"day", "day", "hour", "week", "month"});
    const int days = interval == "hour" ? 1 : interval == "day" ? 1 + random.below(5) : 10 + random.below(12);
    const ph::Json query{{"kind", "LifecycleQuery"}, {"series", {entity(random, number)}}, {"interval", interval}, {"dateRange", range(random, number, days)}};
    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_array(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    for (const ph::Json &result : results)
        for (std::size_t i = 0; i < result["data"].size(); ++i) {
            const double bar = std::abs(result["data"][i].get<double>());
            if (bar == 0 && !random.oneIn(6))
                continue;
            const ph::Json source{{"kind", "InsightActorsQuery"}, {"source", query}, {"day", result["days"][i]}, {"status", result["status"]}};
            const ph::Json rows = list(source);
            if (!agree(source, rows, bar, static_cast<double>(rows.size())))
                return false;
        }
    return true;
}

bool BarsAndListsTest::checkStickiness(RandomNumbers &random, int number)
{
    const std::string interval = random.of<std::string>({"day", "day", "hour", "week"});
    const int days = interval == "hour" ? 1 : interval == "day" ? 1 + random.below(8) : 10 + random.below(12);
    ph::Json query{{"kind", "StickinessQuery"}, {"series", {entity(random, number)}}, {"interval", interval}, {"dateRange", range(random, number, days)}};
    if (random.oneIn(3))
        query["series"].push_back(entity(random, number));
    query["stickinessFilter"] = {{"computedAs", random.of<std::string>({"non_cumulative", "cumulative"})},
                                 {"stickinessCriteria", {{"operator", random.of<std::string>({"gte", "lte", "exact"})}, {"value", 1 + random.below(2)}}}};
    if (random.oneIn(3))
        query["compareFilter"] = {{"compare", true}};
    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_array(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    for (const ph::Json &result : results)
        for (std::size_t i = 0; i < result["data"].size(); ++i) {
            const double bar = result["data"][i].get<double>();
            if (bar == 0 && !random.oneIn(6))
                continue;
            ph::Json source{{"kind", "StickinessActorsQuery"}, {"source", query}, {"day", result["days"][i]}, {"series", result["action"]["order"]}};
            if (result.contains("compare_label"))
                source["compare"] = result["compare_label"];
            const ph::Json rows = list(source);
            if (!agree(source, rows, bar, static_cast<double>(rows.size())))
                return false;
        }
    return true;
}

bool BarsAndListsTest::checkPaths(RandomNumbers &random, int number)
{
    const auto item = [&] { return random.of<std::string>({"a", "b", "c"}) + std::to_string(number); };
    ph::Json filter{{"includeEventTypes", {"custom_event"}}, {"stepLimit", 2 + random.below(4)}, {"edgeLimit", random.oneIn(4) ? 3 : 50}};
    if (random.oneIn(3))
        filter["startPoint"] = item();
    if (random.oneIn(3))
        filter["endPoint"] = item();
    if (random.oneIn(4))
        filter["minEdgeWeight"] = 2;
    if (random.oneIn(4))
        filter["excludeEvents"] = {item()};
    ph::Json query{{"kind", "PathsQuery"}, {"dateRange", range(random, number, 2 + random.below(18))}};
    if (random.oneIn(4)) {
        const int step = random.of<int>({2, 2, -2});
        query["funnelPathsFilter"] = {{"funnelPathType", random.of<std::string>({"funnel_path_before_step", "funnel_path_after_step"})},
                                      {"funnelStep", step},
                                      {"funnelSource", {{"kind", "FunnelsQuery"}, {"series", {entity(random, number), entity(random, number)}}, {"dateRange", query["dateRange"]}}}};
    }
    query["pathsFilter"] = filter;
    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_array(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    for (const ph::Json &edge : results) {
        query["pathsFilter"]["pathStartKey"] = edge["source"];
        query["pathsFilter"]["pathEndKey"] = edge["target"];
        const ph::Json source{{"kind", "InsightActorsQuery"}, {"source", query}};
        const ph::Json rows = list(source, {"id", "event_count"});
        double walks = 0; // One person may walk an edge in several paths.
        for (const ph::Json &row : rows.is_array() ? rows : ph::Json::array())
            walks += row[1].get<double>();
        if (!agree(source, rows, edge["value"].get<double>(), walks))
            return false;
    }
    return true;
}

bool BarsAndListsTest::checkFunnelTrends(RandomNumbers &random, int number)
{
    const std::string interval = random.of<std::string>({"day", "day", "hour", "week", "month"});
    const int days = interval == "hour" ? 1 : interval == "day" ? 2 + random.below(4) : 10 + random.below(12);
    ph::Json query{{"kind", "FunnelsQuery"}, {"series", {entity(random, number), entity(random, number), entity(random, number)}},
                   {"interval", interval}, {"dateRange", range(random, number, days)}};
    const int from = random.below(2);
    query["funnelsFilter"] = {{"funnelVizType", "trends"},
                              {"funnelOrderType", random.of<std::string>({"ordered", "ordered", "strict", "unordered"})},
                              {"funnelFromStep", from},
                              {"funnelToStep", from + 1},
                              {"funnelWindowInterval", 1 + random.below(3)},
                              {"breakdownAttributionType", random.of<std::string>({"first_touch", "last_touch", "all_events", "step"})}};
    addBreakdown(random, query, true);
    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_array(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    for (const ph::Json &result : results)
        for (std::size_t i = 0; i < result["data"].size(); ++i) {
            const double bar = result["data"][i].get<double>();
            if (bar == 0 && !random.oneIn(4))
                continue;
            ph::Json source{{"kind", "FunnelsActorsQuery"}, {"source", query}, {"funnelTrendsEntrancePeriodStart", result["days"][i]}};
            if (result.contains("breakdown_value"))
                source["funnelStepBreakdown"] = result["breakdown_value"];
            const ph::Json converted = list(source);
            source["funnelTrendsDropOff"] = true;
            const ph::Json lost = list(source);
            const auto entered = static_cast<double>(converted.size() + lost.size());
            const double rate = entered == 0 ? 0 : std::round(static_cast<double>(converted.size()) / entered * 10'000) / 100;
            if (!agree(source, ph::Json{converted, lost}, bar, converted.is_array() && lost.is_array() ? rate : -1))
                return false;
        }
    return true;
}

bool BarsAndListsTest::checkTimeToConvert(RandomNumbers &random, int number)
{
    ph::Json query{{"kind", "FunnelsQuery"}, {"series", {entity(random, number), entity(random, number)}},
                   {"dateRange", range(random, number, 3 + random.below(12))},
                   {"funnelsFilter", {{"funnelVizType", "time_to_convert"}, {"funnelOrderType", random.of<std::string>({"ordered", "unordered"})}}}};
    const ph::Json results = m_project.results(query);
    if (!QTest::qVerify(results.is_object(), "answered", (results.dump() + query.dump()).c_str(), __FILE__, __LINE__))
        return false;
    double converted = 0;
    for (const ph::Json &bin : results["bins"])
        converted += bin[1].get<double>();
    const ph::Json source{{"kind", "FunnelsActorsQuery"}, {"source", query}, {"funnelStep", 2}};
    const ph::Json rows = list(source);
    return agree(source, rows, converted, static_cast<double>(rows.size()));
}

void BarsAndListsTest::initTestCase()
{
    m_project.context.cohorts = {{"Testers", 1}, {"Friends", 2}};
    m_project.execute("BEGIN");
    for (int i = 0; i < count(); ++i) {
        addSet(i);
        if (i % 50 == 49)
            m_project.flush();
    }
    m_project.execute("COMMIT");
}

void BarsAndListsTest::listsAreAsLongAsTheirBars_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("least"); // bars of something that 150 sets have at least
    QTest::addColumn<int>("first");
    int first = 0;
    const auto row = [&](const char *name, const char *kind, int least) { QTest::newRow(name) << kind << least << first++; };
    row("trends", "TrendsQuery", 50);
    row("retention", "RetentionQuery", 50);
    row("lifecycle", "LifecycleQuery", 20);
    row("stickiness", "StickinessQuery", 15);
    row("paths", "PathsQuery", 20);
    row("funnel trends and times to convert", "FunnelsQuery", 10);
}

void BarsAndListsTest::listsAreAsLongAsTheirBars()
{
    QFETCH(QString, kind);
    QFETCH(int, least);
    QFETCH(int, first);
    for (int i = first; i < count(); i += 6) {
        RandomNumbers random{static_cast<std::uint64_t>(i) * 15'485'863 + static_cast<std::uint64_t>(kind.size())};
        const bool agreed = kind == "TrendsQuery" ? checkTrends(random, i)
            : kind == "RetentionQuery"            ? checkRetention(random, i)
            : kind == "LifecycleQuery"            ? checkLifecycle(random, i)
            : kind == "StickinessQuery"           ? checkStickiness(random, i)
            : kind == "PathsQuery"                ? checkPaths(random, i)
                                                  : checkFunnelTrends(random, i) && checkTimeToConvert(random, i);
        if (!agreed)
            return;
    }
    const Bars bars = m_bars[kind.toStdString()];
    qInfo("%d bars, and %d without anybody", bars.full, bars.empty);
    const bool canBeEmpty = kind != "PathsQuery"; // an edge that nobody walks is not among the results
    QVERIFY2(bars.full >= least * count() / 150 && (bars.empty > 0) == canBeEmpty, "The random queries hardly count anything.");
}

QTEST_APPLESS_MAIN(BarsAndListsTest)
#include "bars_and_lists_test.moc"
