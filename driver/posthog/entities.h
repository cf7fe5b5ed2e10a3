#pragma once

#include "driver/posthog/driver.h"

namespace posthog {

// What people ask a project for, by name, over any Driver. Each is one call or a few; those that return RowsPage go on with
// `next` as the cursor.

/// Whether getFields() and getRows() know it: "events", "actions", …
bool isObject(const std::string &name);

/// A saved insight. `type` is what kind of query it is: "Trends", "Funnels", "Retention", "Paths", "Lifecycle", "Stickiness",
/// "HogQL", or what PostHog calls it.
struct Insight {
    std::string id;
    std::string shortId;
    std::string name; // given, or derived from the query
    std::string type;
    std::string description;
    std::string modified; // ISO text
    ph::Json query; // the node that computes it; null for the oldest ones, which have only `filters`
    ph::Json item; // as PostHog gives it

    static constexpr auto fields = std::tuple{ph::Field{"id", &Insight::id}, ph::Field{"short_id", &Insight::shortId}, ph::Field{"name", &Insight::name},
                                              ph::Field{"type", &Insight::type}, ph::Field{"description", &Insight::description},
                                              ph::Field{"modified", &Insight::modified}, ph::Field{"query", &Insight::query}};
};

/// At most `limit` insights of a type (in any case, with or without "Query"; empty: of all types).
ph::Result<std::vector<Insight>> getInsights(Driver &driver, const std::string &type = {}, int limit = 100, std::stop_token stop = {});

/// What an insight shows, computed now; `id` is its number or its short ID. A table where its query is HogQL.
struct InsightResult {
    Insight insight;
    ph::Json answer;
    std::optional<Table> table;
};
ph::Result<InsightResult> getInsightResult(Driver &driver, const std::string &id, std::stop_token stop = {});

/// Everything given must hold. Times are ISO text; `where` is HogQL with `values` for its placeholders.
struct EventsFilter {
    std::vector<std::string> events;
    std::string after; // exclusive
    std::string before; // exclusive
    std::string distinctId;
    std::string personId;
    std::string search;
    std::string where;
    ph::Json values = ph::Json::object();
    std::string cursor;
    int limit = 200;
};
ph::Result<RowsPage> getEvents(Driver &driver, const EventsFilter &filter, std::stop_token stop = {});

struct PersonsFilter {
    std::string distinctId;
    std::string email; // exactly
    std::optional<std::int64_t> cohort;
    std::string search;
    std::string where;
    ph::Json values = ph::Json::object();
    std::string cursor;
    int limit = 200;
};
ph::Result<RowsPage> getPersons(Driver &driver, const PersonsFilter &filter, std::stop_token stop = {});

ph::Result<std::vector<ph::Json>> getCohorts(Driver &driver, std::stop_token stop = {});
ph::Result<RowsPage> getCohortMembers(Driver &driver, std::int64_t cohort, const std::string &cursor = {}, std::stop_token stop = {});

ph::Result<std::vector<ph::Json>> getFeatureFlags(Driver &driver, std::stop_token stop = {});

/// The properties that the latest events of that name carry, with their types by definition, how often they are there, and a
/// sample. NotFound: there was no such event.
ph::Result<std::vector<FieldInfo>> getEventFields(Driver &driver, const std::string &event, std::stop_token stop = {});

/// Recordings of a person or of sessions, latest first; filters are fields of PostHog's RecordingsQuery.
ph::Result<RowsPage> getRecordings(Driver &driver, const ph::Json &filters = ph::Json::object(), const std::string &cursor = {}, std::stop_token stop = {});

/// The page that plays a recording, from `seconds` after its start.
std::string replayLink(const Driver &driver, const std::string &sessionId, std::int64_t seconds = 0);

} // namespace posthog
