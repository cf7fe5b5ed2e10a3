#include "agent/tools/posthog_tools.h"

#include "agent/tools/markdown.h"
#include "driver/posthog/driver.h"

#include <algorithm>
#include <array>

namespace tools {
namespace {

constexpr std::size_t shownRows = 10;

std::string textAt(const ph::Json &input, const char *key)
{
    const auto found = input.find(key);
    return found != input.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ph::Json object(const ph::Json &properties, const ph::Json &required)
{
    return {{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}};
}

Output failure(const std::string &message)
{
    Output output;
    output.failed = true;
    output.text = message;
    output.raw = {{"error", message}};
    return output;
}

/// An error of the work is an answer that the model can read; only a cancel ends the turn.
ph::Result<Output> failed(const ph::Error &error)
{
    if (error.code == ph::ErrorCode::Cancelled)
        return ph::fail(error);
    return failure(error.message);
}

std::string withSeparators(std::size_t number)
{
    auto digits = std::to_string(number);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
        digits.insert(static_cast<std::size_t>(i), 1, ',');
    return digits;
}

std::string counted(std::size_t n, const std::string &what) { return withSeparators(n) + " " + what + (n == 1 ? "" : "s"); }

class PosthogTool : public Tool
{
public:
    explicit PosthogTool(Project project)
        : m_project(std::move(project))
    {
    }
    bool needsPermission(const ph::Json &) const override { return false; }

protected:
    ph::Result<std::shared_ptr<posthog::Driver>> project(std::stop_token stop) const { return m_project(std::move(stop)); }

private:
    Project m_project;
};

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
        return object({{"hogql", {{"type", "string"}, {"description", "The statement"}}},
                       {"values", {{"type", "object"}, {"description", "Values for {placeholders}"}}},
                       {"title", {{"type", "string"}, {"description", "What the query finds out, in a few words"}}}},
                      {"hogql"});
    }
    std::string kind() const override { return "search"; }
    std::string title(const ph::Json &input) const override
    {
        if (const auto given = textAt(input, "title"); !given.empty())
            return given;
        const auto hogql = textAt(input, "hogql");
        return hogql.empty() ? "HogQL query" : "HogQL: " + hogql.substr(0, std::min<std::size_t>(hogql.find('\n'), 72));
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

    static void cutToSize(posthog::Table &table)
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
};

class ObjectsTool final : public PosthogTool
{
public:
    using PosthogTool::PosthogTool;

    std::string name() const override { return "posthog_objects"; }
    std::string description() const override { return "Lists what the project holds: events, insights, persons, cohorts, feature flags, sessions."; }
    ph::Json inputSchema() const override { return object(ph::Json::object(), ph::Json::array()); }
    std::string kind() const override { return "read"; }
    std::string title(const ph::Json &) const override { return "What the project holds"; }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &, Context &, std::stop_token stop) override
    {
        const auto driver = project(stop);
        if (!driver)
            return failed(driver.error());
        const auto objects = (*driver)->listObjects(std::move(stop));
        if (!objects)
            return failed(objects.error());
        Output output;
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
        return object({{"object", {{"type", "string"}, {"description", "events, insights, persons, cohorts, feature_flags or sessions"}}}}, {"object"});
    }
    std::string kind() const override { return "read"; }
    std::string title(const ph::Json &input) const override
    {
        const auto of = textAt(input, "object");
        return of.empty() ? "Fields" : "Fields of " + of;
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
        return object({{"kind", {{"type", "string"}, {"enum", kinds}}},
                       {"body", {{"type", "object"}, {"description", "As PostHog's REST API takes it"}}},
                       {"title", {{"type", "string"}, {"description", "What is created, for the user"}}}},
                      {"kind", "body"});
    }
    std::string kind() const override { return "other"; } // "edit" is for files: "accept edits" must not create cohorts
    std::string title(const ph::Json &input) const override
    {
        if (const auto given = textAt(input, "title"); !given.empty())
            return given;
        const auto body = input.find("body");
        const auto named = body != input.end() && body->is_object() ? textAt(*body, "name") : std::string();
        auto title = "Create in " + textAt(input, "kind");
        return named.empty() ? title : title + ": " + named;
    }
    bool needsPermission(const ph::Json &) const override { return true; }
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

std::vector<std::shared_ptr<Tool>> makePosthogTools(Project project)
{
    return {std::make_shared<QueryTool>(project), std::make_shared<ObjectsTool>(project), std::make_shared<FieldsTool>(project),
            std::make_shared<CreateTool>(project)};
}

} // namespace tools
