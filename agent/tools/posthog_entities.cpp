#include "agent/tools/input.h"
#include "agent/tools/markdown.h"
#include "agent/tools/output.h"
#include "agent/tools/posthog_tool.h"
#include "agent/tools/text.h"
#include "driver/posthog/entities.h"

#include <algorithm>

namespace tools {
namespace {

constexpr std::size_t shownRows = 50;

int limitOf(const ph::Json &input) { return int(std::clamp<std::int64_t>(numberAt(input, "limit").value_or(20), 1, 200)); }

/// A page of rows as a table, cut to what a call may carry.
Output tableOutput(posthog::Table table, const std::string &what, bool hasMore)
{
    Output output;
    output.isUntrusted = true;
    output.text = counted(table.rows.size(), what) + (hasMore ? "; there are more" : "") + ".\n\n" + markdownTable(table, shownRows);
    if (table.rows.size() > shownRows)
        output.text += "\nThe first " + std::to_string(shownRows) + " rows.";
    cutToSize(table);
    output.raw = table;
    return output;
}

posthog::Table tableOf(const std::vector<ph::Json> &items, const std::vector<const char *> &keys, std::size_t limit)
{
    posthog::Table table;
    for (const char *key : keys)
        table.columns.push_back({key, "String"});
    for (const auto &item : items) {
        if (table.rows.size() == limit)
            break;
        std::vector<ph::Json> row;
        for (const char *key : keys)
            row.push_back(item.is_object() && item.contains(key) ? item[key] : ph::Json());
        table.rows.push_back(std::move(row));
    }
    return table;
}

class InsightsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_insights"; }
    std::string description() const override
    {
        return "Lists saved insights (of one `type`: Trends, Funnels, Retention, Paths, Lifecycle, Stickiness, HogQL), or with `id` computes one and gives what it shows.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"id", {{"type", "string"}, {"description", "Number or short ID of an insight"}}}, {"type", {{"type", "string"}}}, {"limit", {{"type", "integer"}}}},
                            ph::Json::array());
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto id = textAt(input, "id");
        return only(id.empty() ? "Saved insights" : "Insight " + id, "read");
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        const auto number = numberAt(input, "id");
        const auto id = textAt(input, "id").empty() && number ? std::to_string(*number) : textAt(input, "id");
        if (id.empty())
            return list(**driver, textAt(input, "type"), limitOf(input), std::move(stop));
        auto result = posthog::getInsightResult(**driver, id, std::move(stop));
        if (!result)
            return failed(result.error());
        if (result->table) {
            auto output = tableOutput(*std::move(result->table), "row", false);
            output.text = escapeMarkdown(result->insight.name) + ": " + output.text;
            return output;
        }
        Output output;
        output.isUntrusted = true;
        const auto answer = result->answer.dump(1, ' ', false, ph::Json::error_handler_t::replace);
        const auto head = headOf(answer, maximumAnswer);
        output.text = escapeMarkdown(result->insight.name) + " (" + escapeMarkdown(result->insight.type) + ").\n\n" + fenced(head, "json");
        if (head.size() < answer.size())
            output.text += "\n" + withSeparators(answer.size() - head.size()) + " bytes are left out.";
        output.raw = {{"insight", result->insight}};
        return output;
    }

private:
    static constexpr std::size_t maximumAnswer = 40'000;

    static ph::Result<Output> list(posthog::Driver &driver, const std::string &type, int limit, std::stop_token stop)
    {
        const auto insights = posthog::getInsights(driver, type, limit, std::move(stop));
        if (!insights)
            return failed(insights.error());
        posthog::Table table;
        table.columns = {{"id", "String"}, {"short_id", "String"}, {"name", "String"}, {"type", "String"}, {"modified", "String"}};
        for (const auto &insight : *insights)
            table.rows.push_back({insight.id, insight.shortId, insight.name, insight.type, insight.modified});
        return tableOutput(std::move(table), "insight", insights->size() == std::size_t(limit));
    }
};

class PersonsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_persons"; }
    std::string description() const override { return "Finds persons by `search` (name, e-mail, distinct ID), `email` (exactly), `distinct_id` or `cohort` (its number)."; }
    ph::Json inputSchema() const override
    {
        const ph::Json text{{"type", "string"}};
        return objectSchema({{"search", text}, {"email", text}, {"distinct_id", text}, {"cohort", {{"type", "integer"}}}, {"limit", {{"type", "integer"}}}}, ph::Json::array());
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        for (const char *key : {"search", "email", "distinct_id"}) {
            if (const auto text = textAt(input, key); !text.empty())
                return only("Persons: " + text, "search");
        }
        return only("Persons", "search");
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        posthog::PersonsFilter filter;
        filter.search = textAt(input, "search");
        filter.email = textAt(input, "email");
        filter.distinctId = textAt(input, "distinct_id");
        filter.cohort = numberAt(input, "cohort");
        filter.limit = limitOf(input);
        auto page = posthog::getPersons(**driver, filter, std::move(stop));
        if (!page)
            return failed(page.error());
        return tableOutput(std::move(page->table), "person", !page->next.empty());
    }
};

class FlagsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_flags"; }
    std::string description() const override { return "Lists the project's feature flags, or with `key` gives one with its conditions."; }
    ph::Json inputSchema() const override { return objectSchema({{"key", {{"type", "string"}}}, {"limit", {{"type", "integer"}}}}, ph::Json::array()); }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto key = textAt(input, "key");
        return only(key.empty() ? "Feature flags" : "Feature flag " + key, "read");
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        const auto flags = posthog::getFeatureFlags(**driver, std::move(stop));
        if (!flags)
            return failed(flags.error());
        const auto key = textAt(input, "key");
        if (key.empty())
            return tableOutput(tableOf(*flags, {"id", "key", "name", "active", "created_at"}, std::size_t(limitOf(input))), "feature flag", flags->size() > std::size_t(limitOf(input)));
        const auto found = std::find_if(flags->begin(), flags->end(), [&](const auto &flag) { return textAt(flag, "key") == key; });
        if (found == flags->end())
            return failure("There is no feature flag “" + key + "”.");
        Output output;
        output.isUntrusted = true;
        output.text = fenced(found->dump(1, ' ', false, ph::Json::error_handler_t::replace), "json");
        output.raw = *found;
        return output;
    }
};

class RecordingsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_recordings"; }
    std::string description() const override
    {
        return "Lists session recordings, the latest first, with a link that plays each: of one `person` (UUID), of `session_ids`, or of the project.";
    }
    ph::Json inputSchema() const override
    {
        const ph::Json text{{"type", "string"}};
        return objectSchema({{"person", text}, {"session_ids", {{"type", "array"}, {"items", text}}}, {"date_from", {{"type", "string"}, {"description", "2026-01-31 or -7d"}}},
                             {"limit", {{"type", "integer"}}}},
                            ph::Json::array());
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto person = textAt(input, "person");
        return only(person.empty() ? "Session recordings" : "Session recordings of " + person, "search");
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        ph::Json filters{{"limit", limitOf(input)}};
        if (const auto person = textAt(input, "person"); !person.empty())
            filters["person_uuid"] = person;
        if (const auto from = textAt(input, "date_from"); !from.empty())
            filters["date_from"] = from;
        if (const auto sessions = input.find("session_ids"); sessions != input.end() && sessions->is_array())
            filters["session_ids"] = *sessions;
        auto page = posthog::getRecordings(**driver, filters, {}, std::move(stop));
        if (!page)
            return failed(page.error());
        auto output = tableOutput(std::move(page->table), "recording", !page->next.empty());
        for (const auto &item : page->items) {
            if (const auto session = textAt(item, "id"); !session.empty())
                output.text += "\n- " + escapeMarkdown(session) + ": " + posthog::replayLink(**driver, session);
        }
        return output;
    }
};

} // namespace

std::vector<std::shared_ptr<Tool>> makePosthogEntityTools(const Project &project)
{
    return {std::make_shared<InsightsTool>(project), std::make_shared<PersonsTool>(project), std::make_shared<FlagsTool>(project),
            std::make_shared<RecordingsTool>(project)};
}

} // namespace tools
