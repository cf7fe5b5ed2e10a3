#include "driver/posthog/entities.h"

#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"
#include "driver/http/url.h"
#include "driver/posthog/objects.h"
#include "driver/posthog/query_answer.h"

#include <algorithm>
#include <map>

namespace posthog {

namespace {

constexpr int sampledEvents = 200;
constexpr std::size_t mostItems = 50'000;

const ph::Json &member(const ph::Json &object, const char *key)
{
    static const ph::Json none;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return !object.is_object() || found == object.end() ? none : *found;
}

std::string textOf(const ph::Json &object, const char *key)
{
    const ph::Json &value = member(object, key);
    return value.is_string() ? value.get<std::string>() : value.is_number_integer() ? value.dump() : std::string();
}

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// "FunnelsQuery" and "FUNNELS" as "Funnels".
std::string typeOf(const ph::Json &item)
{
    const ph::Json *query = &member(item, "query");
    while (member(*query, "source").is_object())
        query = &member(*query, "source"); // what the nodes around it only show
    std::string kind = textOf(*query, "kind");
    if (kind.empty()) {
        kind = lowered(textOf(member(item, "filters"), "insight")); // the oldest insights
        if (!kind.empty())
            kind[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(kind[0])));
    }
    return kind.ends_with("Query") ? kind.substr(0, kind.size() - 5) : kind;
}

Insight insightOf(const ph::Json &item)
{
    Insight insight;
    insight.id = textOf(item, "id");
    insight.shortId = textOf(item, "short_id");
    insight.name = textOf(item, "name");
    if (insight.name.empty())
        insight.name = textOf(item, "derived_name");
    insight.type = typeOf(item);
    insight.description = textOf(item, "description");
    insight.modified = textOf(item, "last_modified_at");
    insight.query = member(item, "query");
    insight.item = item;
    return insight;
}

/// Conditions joined with AND, and the values in them.
struct Conditions {
    std::string text;
    ph::Json values;

    explicit Conditions(const ph::Json &given)
        : values(given.is_object() ? given : ph::Json::object())
    {
    }
    void add(const std::string &condition) { text += (text.empty() ? "" : " AND ") + condition; }
    /// A condition of the caller's; read and printed again, so that no bracket or comment in it can reach past itself.
    ph::Result<> addOwn(const std::string &condition)
    {
        if (condition.empty())
            return {};
        const auto read = hogql::parseExpression(condition);
        if (!read)
            return ph::fail(ph::ErrorCode::InvalidInput, read.error().message);
        add("(" + hogql::print(**read) + ")");
        return {};
    }
    void add(const std::string &before, const char *name, const ph::Json &value, const std::string &after = {})
    {
        values[name] = value;
        add(before + "{" + name + "}" + after);
    }
};

ph::Result<ph::Json> resultsOf(ph::Result<ph::Json> answer)
{
    if (!answer)
        return answer;
    const ph::Json &results = member(*answer, "results");
    if (!results.is_array())
        return ph::fail(ph::ErrorCode::Internal, "PostHog answered the list in a form that is not known.");
    return results;
}

} // namespace

bool isObject(const std::string &name) { return findObject(name) != nullptr; }

ph::Result<std::vector<Insight>> getInsights(Driver &driver, const std::string &type, int limit, std::stop_token stop)
{
    std::string wanted = lowered(type);
    if (wanted.ends_with("query"))
        wanted.resize(wanted.size() - 5);
    std::vector<Insight> insights;
    RowsRequest request;
    request.object = "insights";
    request.limit = wanted.empty() ? std::clamp(limit, 1, 200) : 200;
    while (static_cast<int>(insights.size()) < limit) {
        auto page = driver.getRows(request, stop);
        if (!page)
            return ph::fail(page.error());
        for (const ph::Json &item : page->items) {
            Insight insight = insightOf(item);
            const std::string kind = lowered(insight.type);
            if (static_cast<int>(insights.size()) < limit && (wanted.empty() || kind == wanted || kind + "s" == wanted || kind == wanted + "s"))
                insights.push_back(std::move(insight));
        }
        if (page->next.empty())
            break;
        request.cursor = page->next;
    }
    return insights;
}

ph::Result<InsightResult> getInsightResult(Driver &driver, const std::string &id, std::stop_token stop)
{
    const bool isNumber = !id.empty() && id.find_first_not_of("0123456789") == std::string::npos;
    auto item = driver.get(isNumber ? "insights/" + id + "/" : "insights/?short_id=" + http::percentEncode(id), stop);
    if (item && !isNumber) {
        const ph::Json results = member(*item, "results");
        if (!results.is_array() || results.empty())
            return ph::fail(ph::ErrorCode::NotFound, "There is no insight \"" + id + "\".");
        item = results[0];
    }
    if (!item)
        return ph::fail(item.error());
    InsightResult result;
    result.insight = insightOf(*item);
    if (!result.insight.query.is_object())
        return ph::fail(ph::ErrorCode::InvalidInput, "The insight is of an old kind, which holds no query.");
    ph::Json node = result.insight.query;
    while (member(node, "source").is_object()) // what only shows another node
        node = ph::Json(member(node, "source"));
    auto answer = driver.runQuery(node, stop);
    if (!answer)
        return ph::fail(answer.error());
    if (textOf(node, "kind") == "HogQLQuery") {
        if (auto table = tableOf(*answer))
            result.table = std::move(*table);
    }
    result.answer = std::move(*answer);
    return result;
}

ph::Result<RowsPage> getEvents(Driver &driver, const EventsFilter &filter, std::stop_token stop)
{
    Conditions conditions(filter.values);
    if (!filter.events.empty()) {
        std::string names;
        for (std::size_t i = 0; i < filter.events.size(); ++i) {
            const std::string name = "hoglet_event_" + std::to_string(i);
            conditions.values[name] = filter.events[i];
            names += (i == 0 ? "{" : ", {") + name + "}";
        }
        conditions.add("event IN (" + names + ")");
    }
    if (!filter.after.empty())
        conditions.add("timestamp > toDateTime(", "hoglet_after", filter.after, ")");
    if (!filter.before.empty())
        conditions.add("timestamp < toDateTime(", "hoglet_before", filter.before, ")");
    if (!filter.distinctId.empty())
        conditions.add("distinct_id = ", "hoglet_distinct_id", filter.distinctId);
    if (!filter.personId.empty())
        conditions.add("person_id = toUUID(", "hoglet_person", filter.personId, ")");
    if (const auto added = conditions.addOwn(filter.where); !added)
        return ph::fail(added.error());
    return driver.getRows({"events", filter.search, conditions.text, conditions.values, filter.cursor, filter.limit}, stop);
}

ph::Result<RowsPage> getPersons(Driver &driver, const PersonsFilter &filter, std::stop_token stop)
{
    Conditions conditions(filter.values);
    if (!filter.distinctId.empty())
        conditions.add("id IN (SELECT person_id FROM person_distinct_ids WHERE distinct_id = ", "hoglet_distinct_id", filter.distinctId, ")");
    if (!filter.email.empty())
        conditions.add("properties.email = ", "hoglet_email", filter.email);
    if (filter.cohort)
        conditions.add("id IN COHORT " + std::to_string(*filter.cohort));
    if (const auto added = conditions.addOwn(filter.where); !added)
        return ph::fail(added.error());
    return driver.getRows({"persons", filter.search, conditions.text, conditions.values, filter.cursor, filter.limit}, stop);
}

ph::Result<std::vector<ph::Json>> getCohorts(Driver &driver, std::stop_token stop) { return driver.listItems("cohorts/?limit=100", mostItems, stop); }

ph::Result<RowsPage> getCohortMembers(Driver &driver, std::int64_t cohort, const std::string &cursor, std::stop_token stop)
{
    PersonsFilter filter;
    filter.cohort = cohort;
    filter.cursor = cursor;
    return getPersons(driver, filter, stop);
}

ph::Result<std::vector<ph::Json>> getFeatureFlags(Driver &driver, std::stop_token stop)
{
    return driver.listItems("feature_flags/?limit=100", mostItems, stop);
}

ph::Result<std::vector<FieldInfo>> getEventFields(Driver &driver, const std::string &event, std::stop_token stop)
{
    const auto table = driver.query("SELECT properties FROM events WHERE event = {event} AND timestamp > now() - INTERVAL 90 DAY ORDER BY timestamp DESC LIMIT "
                                        + std::to_string(sampledEvents),
                                    {{"event", event}}, stop);
    if (!table)
        return ph::fail(table.error());
    if (table->rows.empty())
        return ph::fail(ph::ErrorCode::NotFound, "There is no object and no event of the last 90 days called \"" + event + "\".");
    struct Seen {
        int times = 0;
        ph::Json sample;
        std::string type;
    };
    std::map<std::string, Seen> seen;
    for (const auto &row : table->rows) {
        const ph::Json properties = row[0].is_string() ? ph::Json::parse(row[0].get_ref<const std::string &>(), nullptr, false) : row[0];
        if (!properties.is_object())
            continue;
        for (const auto &[name, value] : properties.items()) {
            if (value.is_null())
                continue;
            Seen &one = seen[name];
            if (one.times++ == 0) {
                one.sample = value;
                one.type = value.is_number() ? "Numeric" : value.is_boolean() ? "Boolean" : value.is_structured() ? "JSON" : "String";
            }
        }
    }
    const auto known = driver.getFields("events", stop); // its types are what HogQL goes by
    std::vector<FieldInfo> fields;
    for (const auto &[name, one] : seen) {
        FieldInfo field{"properties." + hogql::quoteIdentifier(name), one.type, {}, one.sample};
        if (known) {
            const auto found = std::find_if(known->begin(), known->end(), [&](const FieldInfo &each) { return each.name == field.name; });
            if (found != known->end()) {
                field.type = found->type;
                field.description = found->description;
            }
        }
        const int share = one.times * 100 / static_cast<int>(table->rows.size());
        field.description += (field.description.empty() ? "In " : " In ") + std::to_string(share) + " % of the latest "
            + std::to_string(table->rows.size()) + " events.";
        fields.push_back(std::move(field));
    }
    return fields;
}

ph::Result<RowsPage> getRecordings(Driver &driver, const ph::Json &filters, const std::string &cursor, std::stop_token stop)
{
    std::string path = "session_recordings/?limit=100";
    const ph::Json parameters = filters.is_object() ? filters : ph::Json::object();
    for (const auto &[name, value] : parameters.items())
        path += "&" + http::percentEncode(name) + "=" + http::percentEncode(value.is_string() ? value.get<std::string>() : value.dump());
    if (!cursor.empty())
        path += (cursor.find_first_not_of("0123456789") == std::string::npos ? "&offset=" : "&after=") + http::percentEncode(cursor);
    const auto answer = driver.get(path, stop);
    const auto results = resultsOf(answer);
    if (!results)
        return ph::fail(results.error());
    RowsPage page;
    const ObjectKind *kind = findObject("session_recordings");
    fillRows(*kind, *results, page);
    const ph::Json &more = member(*answer, "has_next");
    if (more.is_boolean() && more.get<bool>() && !results->empty()) {
        page.next = textOf(*answer, "next_cursor");
        const bool byOffset = cursor.empty() || cursor.find_first_not_of("0123456789") == std::string::npos;
        if (page.next.empty() && byOffset)
            page.next = std::to_string((cursor.empty() ? 0 : std::stoll(cursor)) + static_cast<std::int64_t>(results->size()));
        if (page.next == cursor)
            page.next.clear();
    }
    page.table.hasMore = !page.next.empty();
    return page;
}

std::string replayLink(const Driver &driver, const std::string &sessionId, std::int64_t seconds)
{
    return driver.host() + "/project/" + http::percentEncode(driver.projectId()) + "/replay/" + http::percentEncode(sessionId)
        + (seconds > 0 ? "?t=" + std::to_string(seconds) : "");
}

} // namespace posthog
