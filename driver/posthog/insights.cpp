#include "driver/posthog/insights.h"

#include "driver/posthog/query_answer.h"

namespace posthog {

namespace {

/// A place in an answer; the first thing that does not fit is kept.
class Reader
{
public:
    const std::string &problem() const { return m_problem; }

    const ph::Json &list(const ph::Json &json, const std::string &where)
    {
        static const ph::Json none = ph::Json::array();
        if (json.is_array())
            return json;
        wrong(where + " is no list");
        return none;
    }
    const ph::Json &member(const ph::Json &json, const char *key)
    {
        static const ph::Json none;
        if (!json.is_object()) {
            wrong(std::string("what should hold ") + key + " is no object");
            return none;
        }
        const auto found = json.find(key);
        return found == json.end() ? none : *found;
    }
    std::string text(const ph::Json &json, const char *key)
    {
        const ph::Json &value = member(json, key);
        if (value.is_string())
            return value.get<std::string>();
        return value.is_null() ? std::string() : value.dump();
    }
    std::optional<double> number(const ph::Json &json, const char *key)
    {
        const ph::Json &value = member(json, key);
        if (value.is_number())
            return value.get<double>();
        if (!value.is_null())
            wrong(std::string(key) + " is no number");
        return std::nullopt;
    }
    std::int64_t count(const ph::Json &value, const char *what)
    {
        if (value.is_number_integer())
            return value.get<std::int64_t>();
        if (value.is_number() && value.get<double>() > -9e15 && value.get<double>() < 9e15)
            return static_cast<std::int64_t>(value.get<double>());
        wrong(std::string(what) + " is no count");
        return 0;
    }
    std::vector<std::string> texts(const ph::Json &json, const char *key)
    {
        std::vector<std::string> all;
        const ph::Json &value = member(json, key);
        if (value.is_null())
            return all;
        for (const ph::Json &one : list(value, key))
            all.push_back(one.is_string() ? one.get<std::string>() : one.dump());
        return all;
    }
    void wrong(std::string what)
    {
        if (m_problem.empty())
            m_problem = std::move(what);
    }

private:
    std::string m_problem;
};

Trend readTrend(Reader &reader, const ph::Json &answer)
{
    Trend trend;
    const ph::Json &more = reader.member(answer, "hasMore");
    trend.hasMore = more.is_boolean() && more.get<bool>();
    for (const ph::Json &result : reader.list(reader.member(answer, "results"), "results")) {
        TrendSeries series;
        series.label = reader.text(result, "label");
        for (const ph::Json &value : reader.list(reader.member(result, "data"), "data")) {
            if (!value.is_number() && !value.is_null())
                reader.wrong("data holds what is no number");
            series.data.push_back(value.is_number() ? value.get<double>() : 0);
        }
        series.days = reader.texts(result, "days");
        series.labels = reader.texts(result, "labels");
        series.total = reader.number(result, "aggregated_value");
        series.count = reader.number(result, "count").value_or(0);
        series.breakdownValue = reader.member(result, "breakdown_value");
        series.period = reader.text(result, "compare_label");
        series.status = reader.text(result, "status");
        trend.series.push_back(std::move(series));
    }
    return trend;
}

FunnelGroup readGroup(Reader &reader, const ph::Json &steps)
{
    FunnelGroup group;
    for (const ph::Json &json : reader.list(steps, "a group of steps")) {
        FunnelStep step;
        step.name = reader.text(json, "custom_name");
        if (step.name.empty())
            step.name = reader.text(json, "name");
        step.count = reader.count(reader.member(json, "count"), "count");
        step.averageSeconds = reader.number(json, "average_conversion_time");
        step.medianSeconds = reader.number(json, "median_conversion_time");
        group.breakdownValue = reader.member(json, "breakdown_value");
        group.steps.push_back(std::move(step));
    }
    return group;
}

Funnel readFunnel(Reader &reader, const ph::Json &answer)
{
    Funnel funnel;
    const ph::Json &results = reader.list(reader.member(answer, "results"), "results");
    const bool brokenDown = !results.empty() && results[0].is_array();
    if (brokenDown) {
        for (const ph::Json &group : results)
            funnel.groups.push_back(readGroup(reader, group));
    } else if (!results.empty()) {
        funnel.groups.push_back(readGroup(reader, results));
    }
    return funnel;
}

TimeToConvert readTimes(Reader &reader, const ph::Json &answer)
{
    TimeToConvert times;
    const ph::Json &results = reader.member(answer, "results");
    times.averageSeconds = reader.number(results, "average_conversion_time");
    for (const ph::Json &bin : reader.list(reader.member(results, "bins"), "bins")) {
        if (!bin.is_array() || bin.size() != 2 || !bin[0].is_number()) {
            reader.wrong("a bin is no pair of seconds and count");
            break;
        }
        times.bins.push_back({bin[0].get<double>(), reader.count(bin[1], "a bin")});
    }
    return times;
}

Retention readRetention(Reader &reader, const ph::Json &answer)
{
    Retention retention;
    for (const ph::Json &result : reader.list(reader.member(answer, "results"), "results")) {
        RetentionRow row;
        row.date = reader.text(result, "date");
        row.label = reader.text(result, "label");
        for (const ph::Json &value : reader.list(reader.member(result, "values"), "values"))
            row.counts.push_back(reader.count(reader.member(value, "count"), "count"));
        row.breakdownValue = reader.member(result, "breakdown_value");
        retention.rows.push_back(std::move(row));
    }
    return retention;
}

Paths readPaths(Reader &reader, const ph::Json &answer)
{
    Paths paths;
    for (const ph::Json &result : reader.list(reader.member(answer, "results"), "results"))
        paths.edges.push_back({reader.text(result, "source"), reader.text(result, "target"), reader.count(reader.member(result, "value"), "value"),
                               reader.number(result, "average_conversion_time")});
    return paths;
}

/// The query inside PostHog's wrappers, and its kind.
const ph::Json &unwrapped(const ph::Json &query, std::string &kind)
{
    const ph::Json *node = &query;
    for (int depth = 0; depth < 4; ++depth) {
        const auto found = node->is_object() ? node->find("kind") : node->end();
        kind = node->is_object() && found != node->end() && found->is_string() ? found->get<std::string>() : std::string();
        const bool wraps = kind == "InsightVizNode" || kind == "DataTableNode" || kind == "DataVisualizationNode";
        if (!wraps || !node->contains("source"))
            break;
        node = &node->at("source");
    }
    return *node;
}

} // namespace

ph::Result<InsightData> readInsight(const ph::Json &query, const ph::Json &answer)
{
    std::string kind;
    const ph::Json &node = unwrapped(query, kind);
    if (kind == "HogQLQuery" || kind == "EventsQuery" || kind == "ActorsQuery") {
        auto table = tableOf(answer);
        if (!table)
            return ph::fail(table.error());
        return InsightData(std::move(*table));
    }
    Reader reader;
    InsightData data;
    if (kind == "TrendsQuery" || kind == "LifecycleQuery" || kind == "StickinessQuery") {
        data = readTrend(reader, answer);
    } else if (kind == "FunnelsQuery") {
        Reader ofQuery; // A query that says nothing asks for steps.
        const ph::Json &filter = ofQuery.member(node, "funnelsFilter");
        const std::string type = filter.is_object() ? ofQuery.text(filter, "funnelVizType") : std::string();
        if (type == "trends")
            data = readTrend(reader, answer);
        else if (type == "time_to_convert")
            data = readTimes(reader, answer);
        else
            data = readFunnel(reader, answer);
    } else if (kind == "RetentionQuery") {
        data = readRetention(reader, answer);
    } else if (kind == "PathsQuery") {
        data = readPaths(reader, answer);
    } else {
        return ph::fail(ph::ErrorCode::InvalidInput, "Answers to queries of the kind \"" + kind + "\" cannot be read.");
    }
    if (!reader.problem().empty())
        return ph::fail(ph::ErrorCode::Internal, "PostHog answered the " + kind + " in a form that is not known: " + reader.problem() + ".");
    return data;
}

} // namespace posthog
