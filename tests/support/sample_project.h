#pragma once

#include "tests/support/sample_driver.h"

#include <QDateTime>

#include <random>

/// A small invented video service, rich enough to look at: every type of cell, long texts, nulls, odd characters.
namespace test {

inline posthog::Table eventsTable(int rows)
{
    posthog::Table table;
    table.columns = {{"timestamp", "DateTime64(6, 'Europe/Berlin')"}, {"event", "String"}, {"person_id", "UUID"},
                     {"properties.plan", "Nullable(String)"}, {"properties.$browser", "Nullable(String)"}, {"duration_s", "Nullable(Float64)"},
                     {"bytes", "UInt64"}, {"is_trial", "Bool"}, {"tags", "Array(String)"}, {"properties", "String"},
                     {"country", "String"}, {"n", "Int64"}};
    std::mt19937 random(7);
    const char *events[] = {"$pageview", "signed_up", "uploaded_file", "watched_film", "upgraded_plan", "$autocapture"};
    const char *plans[] = {"free", "pro", "enterprise"};
    const char *browsers[] = {"Chrome", "Safari", "Firefox", "Mobile Safari"};
    const char *countries[] = {"Germany", "United Kingdom of Great Britain and Northern Ireland", "Brazil", "日本", "India"};
    const QDateTime start(QDate(2026, 11, 20), QTime(12, 0), Qt::UTC);
    table.rows.reserve(std::size_t(rows));
    for (int i = 0; i < rows; ++i) {
        std::vector<ph::Json> row;
        row.reserve(12);
        row.emplace_back(start.addSecs(-i * 37).toString("yyyy-MM-ddTHH:mm:ss.zzz000").toStdString() + "+00:00");
        row.emplace_back(events[random() % 6]);
        char id[48];
        std::snprintf(id, sizeof id, "018f%04x-7a2c-7000-8000-%012x", unsigned(random() % 65536), unsigned(random()));
        row.emplace_back(id);
        row.push_back(random() % 5 ? ph::Json(plans[random() % 3]) : ph::Json());
        row.push_back(random() % 7 ? ph::Json(browsers[random() % 4]) : ph::Json(""));
        row.push_back(random() % 6 ? ph::Json(double(random() % 100000) / 37) : ph::Json());
        row.emplace_back(std::uint64_t(random()) * (i % 9 ? 1 : 977));
        row.emplace_back(random() % 2 == 0);
        row.push_back(ph::Json::array({"a", "b"}));
        row.emplace_back(R"({"$current_url":"https://hogflix.example/films/)" + std::to_string(random() % 9999) + R"(","plan":"pro"})");
        row.emplace_back(countries[random() % 5]);
        row.emplace_back(std::int64_t(i) - 3);
        table.rows.push_back(std::move(row));
    }
    return table;
}

/// Sign-ups by day and plan: a time series with a category.
inline posthog::Table dailyTable()
{
    posthog::Table table;
    table.columns = {{"day", "Date"}, {"sign_ups", "UInt64"}, {"uploads", "UInt64"}};
    std::mt19937 random(3);
    for (int day = 0; day < 30; ++day) {
        table.rows.push_back({QDate(2026, 10, 22).addDays(day).toString(Qt::ISODate).toStdString(),
                              420 + day * 9 + int(random() % 130) - (day % 7 > 4 ? 180 : 0), 150 + day * 4 + int(random() % 60)});
    }
    return table;
}

inline posthog::Table funnelTable()
{
    posthog::Table table;
    table.columns = {{"step", "String"}, {"persons", "UInt64"}, {"from_previous", "Float64"}, {"median_seconds", "Nullable(Float64)"}};
    table.rows = {{"Visited the home page", 18204, 1.0, nullptr}, {"Opened sign-up", 6120, 0.336, 42.0},
                  {"Signed up", 4981, 0.814, 96.0}, {"Uploaded a file", 1830, 0.367, 5400.0}, {"Upgraded", 402, 0.22, 172800.0}};
    return table;
}

inline ph::Json personItem(int i)
{
    const std::string n = std::to_string(i);
    return {{"id", "018f" + n + "-7a2c-7000-8000-0123456789ab"},
            {"uuid", "018f" + n + "-7a2c-7000-8000-0123456789ab"},
            {"name", "person-" + n + "@example.com"},
            {"distinct_ids", {"person-" + n + "@example.com", "018f000000-7a2c-anon-" + n}},
            {"created_at", "2026-09-0" + std::to_string(1 + i % 9) + "T08:12:00+00:00"},
            {"properties", {{"email", "person-" + n + "@example.com"}, {"plan", i % 3 ? "pro" : "free"}, {"seats", i * 3}, {"is_trial", i % 2 == 0},
                            {"$geoip_country_name", "Germany"}, {"bio", ""}, {"referrer", nullptr}, {"tags", {"beta", "eu"}},
                            {"company", {{"name", "Igel GmbH"}, {"size", 42}}}, {"signed_up_at", "2026-09-01T08:12:00Z"}}}};
}

inline posthog::RowsPage personsPage(int from, int count, int total)
{
    posthog::RowsPage page;
    page.table.columns = {{"name", "String"}, {"id", "UUID"}, {"events", "UInt64"}, {"plan", "Nullable(String)"}, {"country", "String"},
                          {"created_at", "DateTime64(6, 'UTC')"}};
    for (int i = from; i < std::min(from + count, total); ++i) {
        page.items.push_back(personItem(i));
        page.table.rows.push_back({page.items.back()["name"], page.items.back()["id"], (i * 7919) % 5000, i % 5 ? page.items.back()["properties"]["plan"] : ph::Json(),
                                   "Germany", page.items.back()["created_at"]});
    }
    page.total = total;
    page.next = from + count < total ? std::to_string(from + count) : "";
    return page;
}

inline std::shared_ptr<SampleDriver> sampleProject()
{
    auto driver = std::make_shared<SampleDriver>();
    driver->objects = {{"events", "Events", "Everything that happened.", 1'204'311}, {"insights", "Insights", "Saved charts and queries.", 48},
                       {"persons", "Persons", "Everybody who was seen.", 18'204}, {"cohorts", "Cohorts", "Groups of persons.", 12},
                       {"feature_flags", "Feature flags", "What is switched on for whom.", 9}, {"sessions", "Sessions", "Visits.", std::nullopt}};
    driver->fields["events"] = {{"uuid", "UUID", "", "018f0000-7a2c"}, {"event", "String", "The event's name", "$pageview"},
                                {"timestamp", "DateTime", "When it happened", "2026-11-20T12:00:00Z"}, {"distinct_id", "String", "", "person-1@example.com"},
                                {"person_id", "UUID", "", nullptr}, {"properties.$browser", "String", "Browser", "Chrome"},
                                {"properties.$current_url", "String", "Page", "https://hogflix.example/films/1204"},
                                {"properties.plan", "String", "Plan", "pro"}, {"properties.file size", "Numeric", "", 20481},
                                {"properties.is_trial", "Boolean", "", true}};
    driver->fields["persons"] = {{"id", "UUID", "", nullptr}, {"created_at", "DateTime", "First seen", "2026-09-01T08:12:00Z"},
                                 {"properties.email", "String", "", "person-1@example.com"}, {"properties.plan", "String", "", "pro"}};
    driver->fields["sessions"] = {{"session_id", "String", "", nullptr}, {"$start_timestamp", "DateTime", "", nullptr}, {"$session_duration", "Numeric", "", 312}};
    driver->onQuery = [](const std::string &hogql, const ph::Json &) -> ph::Result<posthog::Table> {
        if (hogql.find("volume") != std::string::npos) {
            posthog::Table table;
            table.columns = {{"event", "String"}, {"volume", "UInt64"}};
            table.rows = {{"$pageview", 812'204}, {"$autocapture", 301'112}, {"watched_film", 60'418}, {"signed_up", 14'981}, {"uploaded_file", 9'830},
                          {"upgraded_plan", 1'402}};
            return table;
        }
        if (hogql.find("day") != std::string::npos)
            return dailyTable();
        posthog::Table table = eventsTable(hogql.find("LIMIT") == std::string::npos ? 100 : 50'000);
        if (hogql.find("LIMIT") == std::string::npos) {
            table.hasMore = true;
            table.limit = 100;
        }
        return table;
    };
    driver->onGet = [](const std::string &path) -> ph::Result<ph::Json> {
        if (path.starts_with("cohorts/"))
            return ph::Json{{"results", {{{"id", 7}, {"name", "Film lovers"}, {"count", 1'204}, {"description", ""}}, {{"id", 8}, {"name", "Old"}, {"deleted", true}}}}};
        if (path.starts_with("actions/"))
            return ph::Json{{"results", {{{"id", 3}, {"name", "Watched a film"}, {"description", "To the end."}, {"deleted", false}}}}};
        if (path.starts_with("groups_types/"))
            return ph::Json::array({{{"group_type", "company"}, {"group_type_index", 1}}});
        if (path.starts_with("groups/property_definitions/"))
            return ph::Json{{"1", {{{"name", "employees"}, {"count", 40}}, {{"name", "home town"}, {"count", 12}}}}};
        if (path.starts_with("property_definitions/?type=group"))
            return ph::Json{{"results", {{{"name", "employees"}, {"property_type", "Numeric"}}}}};
        return ph::fail(ph::ErrorCode::NotFound, "Not found: " + path);
    };
    driver->onRows = [](const posthog::RowsRequest &request) -> ph::Result<posthog::RowsPage> {
        const int from = request.cursor.empty() ? 0 : std::stoi(request.cursor);
        return personsPage(from, request.limit, 1'182);
    };
    return driver;
}

} // namespace test
