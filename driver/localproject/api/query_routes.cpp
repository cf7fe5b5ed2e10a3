#include "driver/localproject/api/query_kinds.h"
#include "driver/localproject/api/query_runs.h"

#include "driver/base/ids.h"
#include "driver/hogql/parser.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>

namespace localproject::api {

namespace {

constexpr std::chrono::minutes asyncWait{10}; // for one of the places: nobody holds a connection open meanwhile

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

QueryAnswer answerTo(const std::string &text, WrittenOutcome outcome, const CompileContext &context)
{
    const Statement &statement = outcome.statement;
    ph::Json members{{"query", text}, {"hogql", statement.hogql}, {"columns", statement.columns}};
    ph::Json types = ph::Json::array();
    for (std::size_t i = 0; i < statement.columns.size(); ++i) {
        const bool known = i < statement.types.size() && !statement.types[i].empty();
        const std::string type = known      ? statement.types[i]
            : i < outcome.rows.types.size() ? clickHouseType(outcome.rows.types[i])
                                            : "String";
        types.push_back(ph::Json::array({statement.columns[i], type}));
    }
    members["types"] = std::move(types);
    if (statement.limitedByDefault) {
        members["hasMore"] = outcome.rows.more;
        members["limit"] = context.defaultLimit;
        members["offset"] = 0;
    }
    return {std::move(members), std::move(outcome.rows.rows)};
}

LoggedQuery logged(std::chrono::system_clock::time_point start, const std::string &text, const QueryRequest &request,
                   const tl::expected<WrittenOutcome, Answer> &outcome)
{
    using namespace std::chrono;
    LoggedQuery query;
    query.startedAt = duration_cast<microseconds>(start.time_since_epoch()).count();
    query.durationMs = duration_cast<milliseconds>(system_clock::now() - start).count();
    query.queryId = textIn(request.body, "client_query_id");
    query.name = textIn(request.body, "name");
    if (query.name.empty())
        query.name = textIn(request.node, "name");
    query.query = text;
    query.endpoint = "/api/projects/query/";
    if (outcome) {
        query.resultRows = static_cast<std::int64_t>(outcome->rows.count);
        query.resultBytes = static_cast<std::int64_t>(outcome->rows.rows.size());
    } else {
        const ph::Json problem = parsed(outcome.error().body);
        query.exceptionName = textIn(problem, "code");
        query.exception = textIn(problem, "detail");
    }
    return query;
}

/// `refresh` says whether the caller waits; `async` is its old name.
bool isAsynchronous(const ph::Json &body)
{
    const std::string refresh = textIn(body, "refresh");
    return refresh == "async" || refresh == "force_async" || refresh == "lazy_async" || isTrueIn(body, "async");
}

/// An id is part of a path later.
bool isQueryId(std::string_view id)
{
    return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_';
    });
}

/// What is wrong with the request, before it runs; nothing when it can.
std::optional<Answer> problemOf(const Call &call)
{
    if (!call.body.contains("query"))
        return invalid("required", "This field is required.", "query");
    const ph::Json &query = call.body["query"];
    if (!query.is_object() || textIn(query, "kind").empty())
        return invalid("invalid_input", "A query is an object with its kind.", "query");
    if (!call.arguments.empty() && kindIn(query).kind && kindIn(query).kind->kind != call.arguments[0])
        return invalid("invalid_input", "The query is no " + call.arguments[0] + ".", "query");
    if (!kindIn(query).kind) {
        return invalid("invalid_input",
                       "The local project does not answer queries of the kind " + textIn(query, "kind") + ".", "query");
    }
    if (call.body.contains("client_query_id") && !call.body["client_query_id"].is_null()
        && !isQueryId(textIn(call.body, "client_query_id")))
        return invalid("invalid_input", "Letters, digits, - and _ are expected, 100 of them at most.", "client_query_id");
    return std::nullopt;
}

Answer query(Project &project, const Call &call)
{
    if (auto problem = problemOf(call))
        return std::move(*problem);
    const std::string given = textIn(call.body, "client_query_id");
    const std::string id = given.empty() ? ph::uuid4() : given;
    if (!isAsynchronous(call.body)) {
        auto answer = project.runs().runHere(id, call.stop, [&](std::stop_token stop, QueryProgress &progress) {
            return answerQuery(project, {call.body["query"], call.body, project.options().queryWait, stop, &progress});
        });
        return answer ? Answer{200, {}, "application/json", std::move(*answer)} : answer.error();
    }
    return project.runs().start(id, project.options().projectId,
                                [&project, body = call.body](std::stop_token stop, QueryProgress &progress) {
                                    return answerQuery(project, {body["query"], body, asyncWait, stop, &progress});
                                });
}

Answer queryStatus(Project &project, const Call &call)
{
    const std::string shown = call.request.queryValue("show_progress");
    return project.runs().status(call.arguments[0], project.options().projectId, shown == "true" || shown == "True" || shown == "1");
}

Answer cancelQuery(Project &project, const Call &call) { return project.runs().cancel(call.arguments[0], project.options().projectId); }

/// Every key that may query at all may also do so asynchronously.
Answer checkAuthForAsync(Project &, const Call &) { return jsonAnswer({{"user", "ok"}}); }

constexpr Route routes[] = {
    {"POST", "query", query, "query:read", RequestClass::Query},
    {"POST", "query/check_auth_for_async", checkAuthForAsync, "query:read", RequestClass::Query},
    {"POST", "query/{}", query, "query:read", RequestClass::Query},
    {"GET", "query/{}", queryStatus, "query:read", RequestClass::Query},
    {"DELETE", "query/{}", cancelQuery, "query:read", RequestClass::Query},
};

/// Parses and compiles, waits for its turn, and leaves reading the rows to `read`.
template <typename Outcome, typename Read>
tl::expected<Outcome, Answer> run(Project &project, const std::string &text, const CompileContext &context,
                                  const std::stop_token &stop, const RunHow &how, const Read &read)
{
    const auto parsedQuery = hogql::parseSelect(text);
    if (!parsedQuery)
        return tl::unexpected(hogqlError(text, "hogql_syntax_error", parsedQuery.error().message, parsedQuery.error().span));
    auto statement = compile(**parsedQuery, context);
    if (!statement)
        return tl::unexpected(hogqlError(text, statement.error().code, statement.error().message, statement.error().span));

    const auto place = project.gate().enter(how.wait.value_or(project.options().queryWait), stop);
    if (!place)
        return tl::unexpected(storeFailed(place.error()));
    const auto start = std::chrono::steady_clock::now();
    auto rows = read(*statement);
    project.columns().noticed(statement->wantedColumns, std::chrono::steady_clock::now() - start);
    if (!rows && rows.error().code == ph::ErrorCode::InvalidInput) {
        const std::string &message = rows.error().message; // After its first line comes SQL that the user did not write.
        return tl::unexpected(invalid("hogql_query_error", message.substr(0, message.find('\n'))));
    }
    if (!rows)
        return tl::unexpected(storeFailed(rows.error()));
    return Outcome{std::move(*statement), std::move(*rows)};
}

} // namespace

tl::expected<QueryOutcome, Answer> runHogql(Project &project, const std::string &text, const CompileContext &context,
                                            const std::stop_token &stop, const RunHow &how)
{
    return run<QueryOutcome>(project, text, context, stop, how, [&](const Statement &statement) {
        return project.store().query(statement.sql, statement.parameters, stop, how.progress);
    });
}

tl::expected<WrittenOutcome, Answer> runHogqlWritten(Project &project, const std::string &text, const CompileContext &context,
                                                     const std::stop_token &stop, const RunHow &how)
{
    return run<WrittenOutcome>(project, text, context, stop, how, [&](const Statement &statement) {
        const auto most = statement.limitedByDefault ? static_cast<std::size_t>(context.defaultLimit)
                                                     : std::numeric_limits<std::size_t>::max();
        return project.store().queryJson(statement.sql, statement.parameters, most, stop, how.progress);
    });
}

KindAnswer answerHogql(Project &project, const QueryRequest &request)
{
    const ph::Json &node = request.node;
    if (!node.contains("query") || !node["query"].is_string())
        return tl::unexpected(invalid("required", "This field is required.", "query.query"));
    const auto text = node["query"].get<std::string>();
    auto context = project.compileContext(&text);
    if (!context)
        return tl::unexpected(storeFailed(context.error()));
    context->values = valuesOf(node);
    if (text.find("query_log") != std::string::npos)
        if (const auto written = project.log().flush(); !written)
            return tl::unexpected(storeFailed(written.error()));
    const auto start = std::chrono::system_clock::now();
    auto outcome = runHogqlWritten(project, text, *context, request.stop, {request.wait, request.progress});
    project.log().note(logged(start, text, request, outcome));
    if (!outcome)
        return tl::unexpected(std::move(outcome.error()));
    return answerTo(text, std::move(*outcome), *context);
}

std::span<const Route> queryRoutes() { return routes; }

} // namespace localproject::api
