#include "driver/localproject/api/routes.h"

#include "driver/base/ids.h"
#include "driver/hogql/parser.h"

#include <algorithm>
#include <limits>
#include <map>

namespace localproject::api {

namespace {

/// PostHog counts characters, the parser bytes.
std::size_t charactersBefore(const std::string &text, std::size_t bytes)
{
    return static_cast<std::size_t>(std::count_if(text.begin(),
                                                  text.begin() + static_cast<std::ptrdiff_t>(std::min(bytes, text.size())),
                                                  [](char c) { return (c & 0xC0) != 0x80; }));
}

Answer hogqlError(const std::string &text, std::string_view code, const std::string &message, const hogql::Span &span)
{
    const ph::Json problem{{"message", message},
                           {"start", charactersBefore(text, span.start)},
                           {"end", charactersBefore(text, span.end)},
                           {"fix", nullptr}};
    const ph::Json metadata{{"isValid", false},
                            {"query", text},
                            {"errors", {problem}},
                            {"warnings", ph::Json::array()},
                            {"notices", ph::Json::array()},
                            {"table_names", ph::Json::array()}};
    return errorAnswer(400, "validation_error", code, message, nullptr, {{"hogql_metadata", metadata}});
}

/// DuckDB's name of a type as ClickHouse's, where the compiler did not say it.
std::string clickHouseType(const std::string &type)
{
    if (type.ends_with("[]"))
        return "Array(" + clickHouseType(type.substr(0, type.size() - 2)) + ")";
    static const std::map<std::string, std::string, std::less<>> names{{"BOOLEAN", "Bool"},
                                                                       {"TINYINT", "Int8"},
                                                                       {"SMALLINT", "Int16"},
                                                                       {"INTEGER", "Int32"},
                                                                       {"BIGINT", "Int64"},
                                                                       {"HUGEINT", "Int128"},
                                                                       {"UTINYINT", "UInt8"},
                                                                       {"USMALLINT", "UInt16"},
                                                                       {"UINTEGER", "UInt32"},
                                                                       {"UBIGINT", "UInt64"},
                                                                       {"UHUGEINT", "UInt128"},
                                                                       {"FLOAT", "Float32"},
                                                                       {"DOUBLE", "Float64"},
                                                                       {"VARCHAR", "String"},
                                                                       {"DATE", "Date"},
                                                                       {"UUID", "UUID"},
                                                                       {"JSON", "String"},
                                                                       {"TIMESTAMP", "DateTime64(6, 'UTC')"},
                                                                       {"TIMESTAMP WITH TIME ZONE", "DateTime64(6, 'UTC')"},
                                                                       {"TIMESTAMP_S", "DateTime('UTC')"},
                                                                       {"\"NULL\"", "Nullable(Nothing)"},
                                                                       {"NULL", "Nullable(Nothing)"}};
    if (const auto known = names.find(type); known != names.end())
        return known->second;
    if (type.starts_with("DECIMAL"))
        return "Decimal" + type.substr(7);
    if (type.starts_with("STRUCT") || type.starts_with("ROW"))
        return "Tuple";
    if (type.starts_with("MAP"))
        return "Map";
    return type;
}

/// The HogQLQuery inside the nodes that PostHog's pages wrap around it.
const ph::Json *hogqlNodeIn(const ph::Json &query)
{
    const ph::Json *node = &query;
    for (int depth = 0; depth < 4 && node->is_object(); ++depth) {
        const auto kind = node->find("kind");
        if (kind != node->end() && *kind == "HogQLQuery")
            return node;
        const auto source = node->find("source");
        if (source == node->end())
            return nullptr;
        node = &*source;
    }
    return nullptr;
}

/// `values`, with what {filters} and {variables.name} stand for.
ph::Json valuesOf(const ph::Json &node)
{
    const auto objectIn
        = [&](const char *key) { return node.contains(key) && node[key].is_object() ? node[key] : ph::Json::object(); };
    ph::Json values = objectIn("values");
    if (ph::Json filters = objectIn("filters"); !filters.empty())
        values["filters"] = std::move(filters);
    const ph::Json variables = objectIn("variables"); // Named: what items() walks must outlive the loop.
    for (const auto &[id, variable] : variables.items()) {
        if (const std::string name = textIn(variable, "code_name"); !name.empty())
            values["variables"][name] = memberOf(variable, "value");
    }
    return values;
}

/// The whole body: the rows are text already and go in as they are.
Answer answerTo(Project &project, const std::string &text, const WrittenOutcome &outcome, const CompileContext &context)
{
    const Statement &statement = outcome.statement;
    ph::Json answer{{"query", text},
                    {"hogql", statement.hogql},
                    {"columns", statement.columns},
                    {"error", nullptr},
                    {"explain", nullptr},
                    {"timings", ph::Json::array()},
                    {"modifiers", ph::Json::object()},
                    {"is_cached", false},
                    {"query_status", nullptr},
                    {"timezone", context.timezone},
                    {"last_refresh", project.now()},
                    {"cache_key", "cache_" + ph::randomHex(16)}};
    ph::Json types = ph::Json::array();
    for (std::size_t i = 0; i < statement.columns.size(); ++i) {
        const bool known = i < statement.types.size() && !statement.types[i].empty();
        const std::string type = known      ? statement.types[i]
            : i < outcome.rows.types.size() ? clickHouseType(outcome.rows.types[i])
                                            : "String";
        types.push_back(ph::Json::array({statement.columns[i], type}));
    }
    answer["types"] = std::move(types);
    if (statement.limitedByDefault) {
        answer["hasMore"] = outcome.rows.more;
        answer["limit"] = context.defaultLimit;
        answer["offset"] = 0;
    }
    Answer whole = jsonAnswer(answer);
    whole.body.back() = ','; // The object goes on.
    whole.body.reserve(whole.body.size() + outcome.rows.rows.size() + 16);
    whole.body += "\"results\":[";
    whole.body += outcome.rows.rows;
    whole.body += "]}";
    return whole;
}

Answer query(Project &project, const Call &call)
{
    if (!call.body.contains("query"))
        return invalid("required", "This field is required.", "query");
    const ph::Json &given = call.body["query"];
    if (!given.is_object() || !given.contains("kind") || !given["kind"].is_string())
        return invalid("invalid_input", "A query is an object with its kind.", "query");
    const ph::Json *node = hogqlNodeIn(given);
    if (!node) {
        return invalid("invalid_input",
                       "The local project answers HogQLQuery; " + given["kind"].get<std::string>() + " is not one.", "query");
    }
    if (!node->contains("query") || !(*node)["query"].is_string())
        return invalid("required", "This field is required.", "query.query");

    const auto text = (*node)["query"].get<std::string>();
    auto context = project.compileContext();
    if (!context)
        return storeFailed(context.error());
    context->values = valuesOf(*node);
    const auto outcome = runHogqlWritten(project, text, *context, call.stop);
    return outcome ? answerTo(project, text, *outcome, *context) : outcome.error();
}

/// Parses and compiles, waits for its turn, and leaves reading the rows to `read`.
template <typename Outcome, typename Read>
tl::expected<Outcome, Answer> run(Project &project, const std::string &text, const CompileContext &context, const std::stop_token &stop, const Read &read)
{
    const auto parsedQuery = hogql::parseSelect(text);
    if (!parsedQuery)
        return tl::unexpected(hogqlError(text, "hogql_syntax_error", parsedQuery.error().message, parsedQuery.error().span));
    auto statement = compile(**parsedQuery, context);
    if (!statement)
        return tl::unexpected(hogqlError(text, statement.error().code, statement.error().message, statement.error().span));

    const auto place = project.gate().enter(project.options().queryWait, stop);
    if (!place)
        return tl::unexpected(storeFailed(place.error()));
    auto rows = read(*statement);
    if (!rows && rows.error().code == ph::ErrorCode::InvalidInput) {
        const std::string &message = rows.error().message; // After its first line comes SQL that the user did not write.
        return tl::unexpected(invalid("hogql_query_error", message.substr(0, message.find('\n'))));
    }
    if (!rows)
        return tl::unexpected(storeFailed(rows.error()));
    return Outcome {std::move(*statement), std::move(*rows)};
}

constexpr Route routes[] = {{"POST", "query", query}};

} // namespace

tl::expected<QueryOutcome, Answer> runHogql(Project &project, const std::string &text, const CompileContext &context,
                                            const std::stop_token &stop)
{
    return run<QueryOutcome>(project, text, context, stop, [&](const Statement &statement) {
        return project.store().query(statement.sql, statement.parameters, stop);
    });
}

tl::expected<WrittenOutcome, Answer> runHogqlWritten(Project &project, const std::string &text, const CompileContext &context,
                                                     const std::stop_token &stop)
{
    return run<WrittenOutcome>(project, text, context, stop, [&](const Statement &statement) {
        const auto most = statement.limitedByDefault ? static_cast<std::size_t>(context.defaultLimit) : std::numeric_limits<std::size_t>::max();
        return project.store().queryJson(statement.sql, statement.parameters, most, stop);
    });
}

std::span<const Route> queryRoutes() { return routes; }

} // namespace localproject::api
