#include "agent/tools/posthog_tools.h"

#include "agent/tools/input.h"
#include "agent/tools/markdown.h"
#include "agent/tools/output.h"
#include "agent/tools/posthog_tool.h"
#include "driver/posthog/driver.h"

#include <algorithm>
#include <array>

namespace tools {
namespace {

constexpr std::size_t shownRows = 10;

class QueryTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_query"; }
    std::string description() const override
    {
        return "Runs one HogQL SELECT on the project and returns its table. Put values that come from data or from the user into `values` and "
               "write {name} in the query; never paste them into the HogQL. Without a LIMIT the server returns 100 rows.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"hogql", {{"type", "string"}, {"description", "The statement"}}},
                       {"values", {{"type", "object"}, {"description", "Values for {placeholders}"}}},
                       {"title", {{"type", "string"}, {"description", "What the query finds out, in a few words"}}}},
                      {"hogql"});
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto given = textAt(input, "title");
        const auto hogql = textAt(input, "hogql");
        if (!given.empty())
            return only(given, "search");
        return only(hogql.empty() ? "HogQL query" : "HogQL: " + hogql.substr(0, std::min<std::size_t>(hogql.find('\n'), 72)), "search");
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto hogql = textAt(input, "hogql");
        if (hogql.empty())
            return failure("posthog_query needs `hogql`, a text.");
        const auto values = input.find("values");
        if (values != input.end() && !values->is_object() && !values->is_null())
            return failure("`values` is an object: {\"name\": value}.");
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        auto table = (*driver)->query(hogql, values != input.end() && values->is_object() ? *values : ph::Json::object(), std::move(stop));
        if (!table)
            return failed(table.error());
        return outputOf(*std::move(table));
    }

private:
    static Output outputOf(posthog::Table table)
    {
        const auto rows = table.rows.size();
        Output output;
        output.isUntrusted = true;
        output.text = counted(rows, "row") + " × " + counted(table.columns.size(), "column");
        if (table.hasMore.value_or(false))
            output.text += table.limit ? " (limited to " + withSeparators(std::size_t(*table.limit)) + "; there are more)" : " (there are more)";
        output.text += '.';

        cutToSize(table);
        output.raw = table;
        if (table.rows.size() < rows) {
            output.raw["cut"] = {{"rows", rows}};
            output.text += " Only the first " + withSeparators(table.rows.size()) + " are kept here.";
        }
        if (rows > 0) {
            output.text += "\n\n" + markdownTable(table, shownRows);
            if (rows > shownRows)
                output.text += "\nThe first " + std::to_string(shownRows) + " rows.";
        }
        return output;
    }
};

class ObjectsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_objects"; }
    std::string description() const override { return "Lists what the project holds: events, insights, persons, cohorts, feature flags, sessions."; }
    ph::Json inputSchema() const override { return objectSchema(ph::Json::object(), ph::Json::array()); }
    CallInfo describe(const ph::Json &, Workspace &) const override { return only("What the project holds", "read"); }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &, Context &, std::stop_token stop) override
    {
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        const auto objects = (*driver)->listObjects(std::move(stop));
        if (!objects)
            return failed(objects.error());
        Output output;
        output.isUntrusted = true;
        output.raw = *objects;
        for (const auto &item : *objects) {
            output.text += "- **" + escapeMarkdown(item.name) + "**: " + escapeMarkdown(item.description);
            if (item.count)
                output.text += " (" + withSeparators(std::size_t(std::max<std::int64_t>(*item.count, 0))) + ")";
            output.text += '\n';
        }
        return output;
    }
};

class FieldsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_fields"; }
    std::string description() const override { return "Lists the fields of one object with type, description and a sample value. Ask before you write HogQL on it."; }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"object", {{"type", "string"}, {"description", "events, insights, persons, cohorts, feature_flags or sessions"}}}}, {"object"});
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto of = textAt(input, "object");
        return only(of.empty() ? "Fields" : "Fields of " + of, "read");
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto of = textAt(input, "object");
        if (of.empty())
            return failure("posthog_fields needs `object`: events, insights, persons, cohorts, feature_flags or sessions.");
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        const auto fields = (*driver)->getFields(of, std::move(stop));
        if (!fields)
            return failed(fields.error());
        Output output;
        output.isUntrusted = true; // It shows samples, and names that came with events.
        output.raw = *fields;
        posthog::Table table;
        table.columns = {{"field", "String"}, {"type", "String"}, {"description", "String"}, {"sample", "String"}};
        for (const auto &field : *fields)
            table.rows.push_back({field.name, field.type, field.description, field.sample});
        output.text = counted(fields->size(), "field") + ".\n\n" + markdownTable(table, 200);
        return output;
    }
};

class CreateTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_create"; }
    std::string description() const override { return "Creates an object in the project. The user is asked first."; }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"kind", {{"type", "string"}, {"enum", kinds}}},
                       {"body", {{"type", "object"}, {"description", "As PostHog's REST API takes it"}}},
                       {"title", {{"type", "string"}, {"description", "What is created, for the user"}}}},
                      {"kind", "body"});
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto named = input.contains("body") ? textAt(input["body"], "name") : std::string();
        auto title = textAt(input, "title");
        if (title.empty())
            title = "Create in " + textAt(input, "kind") + (named.empty() ? "" : ": " + named);
        auto info = only(std::move(title), "other"); // "edit" is for files: "accept edits" must not create cohorts
        info.permission.changes = true;
        return info;
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto of = textAt(input, "kind");
        if (std::find(kinds.begin(), kinds.end(), of) == kinds.end())
            return failure("posthog_create needs `kind`: cohorts, feature_flags, experiments, annotations, dashboards or insights.");
        const auto body = input.find("body");
        if (body == input.end() || !body->is_object())
            return failure("posthog_create needs `body`, an object.");
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        const auto item = (*driver)->create(of, *body, std::move(stop));
        if (!item)
            return failed(item.error());
        Output output;
        output.raw = *item;
        output.text = "Created in " + of;
        if (item->is_object()) {
            for (const char *key : {"name", "key", "short_id", "id"}) {
                if (const auto found = item->find(key); found != item->end() && !found->is_null())
                    output.text += std::string(", ") + key + " " + escapeMarkdown(cellText(*found));
            }
        }
        output.text += '.';
        return output;
    }

private:
    static constexpr std::array<const char *, 6> kinds{"cohorts", "feature_flags", "experiments", "annotations", "dashboards", "insights"};
};

} // namespace

void cutToSize(posthog::Table &table)
{
    std::size_t bytes = 0;
    std::size_t kept = 0;
    while (kept < std::min(table.rows.size(), maximumRows)) {
        for (const auto &cell : table.rows[kept])
            bytes += cellText(cell).size() + 3;
        if (bytes > maximumBytes)
            break;
        ++kept;
    }
    table.rows.resize(kept);
}

std::vector<std::shared_ptr<Tool>> makePosthogTools(Project project)
{
    std::vector<std::shared_ptr<Tool>> all{std::make_shared<QueryTool>(project), std::make_shared<ObjectsTool>(project), std::make_shared<FieldsTool>(project)};
    const auto entities = makePosthogEntityTools(project);
    all.insert(all.end(), entities.begin(), entities.end());
    all.push_back(std::make_shared<CreateTool>(std::move(project)));
    return all;
}

} // namespace tools
