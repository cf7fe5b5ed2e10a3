#pragma once

#include "driver/base/time.h"
#include "tests/support/fake_posthog.h"

#include <QString>
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

/// Events that a FakePostHog answers an export's statements from: pages, counts, the time. Any thread.
class FakeEvents
{
public:
    struct Event {
        ph::Time time;
        std::string uuid;
        ph::Time created;
        std::string event;
        std::string properties; // JSON text
        friend bool operator<(const Event &a, const Event &b) { return std::tie(a.time, a.uuid) < std::tie(b.time, b.uuid); }
    };

    /// `count` events from 2026-01-01 on, some of them at the same moment.
    static std::vector<Event> some(int count, ph::Time::duration apart = std::chrono::minutes(1))
    {
        std::minstd_rand random(11);
        std::vector<Event> events;
        ph::Time time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
        for (int i = 0; i < count; ++i) {
            if (random() % 3)
                time += ph::Time::duration(random() % (2 * static_cast<unsigned long>(apart.count())));
            events.push_back({time, uuid(static_cast<unsigned>(random()), static_cast<unsigned>(i)), time + std::chrono::seconds(2),
                              random() % 2 ? "$pageview" : "sign_up, \"quoted\"",
                              ph::Json{{"$browser", "Firefox"}, {"n", i}, {"text", random() % 5 ? "plain" : "=1+1,\nä😀"}}.dump()});
        }
        std::sort(events.begin(), events.end());
        return events;
    }
    static std::string uuid(unsigned high, unsigned low)
    {
        char text[40];
        std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", high, low);
        return text;
    }

    FakeEvents(FakePostHog &server, std::vector<Event> events)
        : m_events(std::move(events))
    {
        server.handle("POST", "query/", [this](const http::ServerRequest &request, std::stop_token) { return answer(request); });
    }

    std::vector<Event> events() const
    {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }

    // Set before the export begins.
    std::size_t tooSlowAbove = std::numeric_limits<std::size_t>::max(); // windows with more rows are answered 504
    std::function<std::optional<http::ServerResponse>(int page)> onPage; // instead of page 0, 1, …
    std::function<std::optional<http::ServerResponse>(int statement)> onStatement; // the same of pages, counts and the time
    std::function<void(int page, std::vector<Event> &events)> beforePage;
    bool mayCount = true;
    std::string now = "2026-02-01T00:00:00Z";

    std::vector<std::size_t> windows; // how many rows lay in the window of each page, after the export
    int pages = 0;

    /// 429 with Retry-After, as PostHog says it.
    static http::ServerResponse throttled(int seconds)
    {
        auto response = FakePostHog::error(429, "throttled_error", "throttled", "Request was throttled. Expected available in " + std::to_string(seconds) + " seconds.");
        response.headers.emplace_back("Retry-After", std::to_string(seconds));
        return response;
    }

private:
    http::ServerResponse answer(const http::ServerRequest &request)
    {
        const ph::Json query = ph::Json::parse(request.body).at("query");
        const std::string hogql = query.at("query");
        const ph::Json &values = query.at("values");
        const auto has = [&](const char *text) { return hogql.find(text) != std::string::npos; };
        const std::lock_guard lock(m_mutex);
        if (onStatement) {
            if (const auto instead = onStatement(m_statements++))
                return *instead;
        }
        if (has("toUnixTimestamp(now())"))
            return table({"now"}, {{ph::parseIsoTime(now)->time_since_epoch().count() / 1'000'000}});
        const bool isPage = !has("intDiv(") && !has("count(DISTINCT");
        if (isPage && beforePage)
            beforePage(pages, m_events);
        const auto timeOf = [&](const char *name) { return *ph::parseIsoTime(values.at(name).get<std::string>()); };
        std::vector<const Event *> within;
        for (const Event &event : m_events) {
            if (event.time >= timeOf("hoglet_from") && event.time < timeOf("hoglet_to") && isWanted(event, values)
                && (!has("{hoglet_since}") || event.created >= timeOf("hoglet_since")))
                within.push_back(&event);
        }
        if (!isPage) {
            if (!mayCount)
                return FakePostHog::error(400, "validation_error", "hogql_query_error", "Counting is not what I do");
            if (within.size() > tooSlowAbove)
                return gateway();
        }
        if (has("intDiv(")) {
            std::map<std::int64_t, std::int64_t> days;
            for (const Event *event : within)
                ++days[event->time.time_since_epoch().count() / 86'400'000'000];
            ph::Json rows = ph::Json::array();
            for (const auto &[day, count] : days)
                rows.push_back(ph::Json::array({day, count}));
            return table({"day", "rows"}, rows);
        }
        if (has("count(DISTINCT")) {
            std::set<std::string> different;
            for (const Event *event : within)
                different.insert(event->uuid);
            return table({"rows", "different"}, ph::Json::array({ph::Json::array({within.size(), different.size()})}));
        }
        const int page = pages++;
        if (onPage) {
            if (const auto instead = onPage(page))
                return *instead;
        }
        windows.push_back(within.size());
        if (within.size() > tooSlowAbove)
            return gateway();
        const auto limit = static_cast<std::size_t>(std::stoi(hogql.substr(hogql.rfind("LIMIT ") + 6)));
        ph::Json rows = ph::Json::array();
        for (const Event *event : within) {
            if (values.contains("hoglet_key_0")) {
                const Event last{timeOf("hoglet_key_0"), values.at("hoglet_key_1").get<std::string>(), {}, {}, {}};
                if (!(last < *event))
                    continue;
            }
            if (rows.size() == limit)
                break;
            rows.push_back({event->uuid, event->event, ph::isoTimeMicros(event->time), ph::isoTimeMicros(event->created), "user-1",
                            "11111111-0000-4000-8000-000000000001", "", event->properties});
        }
        return table({"uuid", "event", "timestamp", "created_at", "distinct_id", "person_id", "elements_chain", "properties"}, rows);
    }

    static bool isWanted(const Event &event, const ph::Json &values)
    {
        return !values.contains("hoglet_event_0") || values.at("hoglet_event_0") == event.event;
    }
    static http::ServerResponse gateway()
    {
        http::ServerResponse response;
        response.status = 504;
        response.contentType = "text/html";
        response.body = "<html>Gateway time-out</html>";
        return response;
    }
    static http::ServerResponse table(std::vector<std::string> columns, const ph::Json &rows)
    {
        http::ServerResponse response;
        ph::Json types = ph::Json::array();
        for (const std::string &column : columns)
            types.push_back(ph::Json::array({column, "String"}));
        response.body = ph::Json{{"results", rows}, {"columns", columns}, {"types", types}, {"error", nullptr}}.dump();
        return response;
    }

    mutable std::mutex m_mutex; // Guards the two below.
    int m_statements = 0;
    std::vector<Event> m_events;
};
