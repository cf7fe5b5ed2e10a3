#include "driver/localproject/insights/engine.h"

#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include <cmath>

namespace localproject::insights {

namespace {

/// Insights answer all their rows: the limits of the query endpoint are for what users ask by HogQL.
constexpr int noLimit = 100'000'000;

[[noreturn]] void refuseStore(const ph::Error &error, const std::string &attribute)
{
    if (error.code == ph::ErrorCode::InvalidInput) // After its first line comes SQL that the user did not write.
        refuse("hogql_query_error", error.message.substr(0, error.message.find('\n')), attribute);
    throw Refusal{{"", error.message, attribute, error}};
}

} // namespace

Engine::Engine(const Source &source)
    : m_source(source)
{
    m_source.context.refuseOffset = false;
    m_calendar.weekStartDay = source.context.weekStartDay;
    if (source.context.timezone == "UTC") {
        m_calendar.now = wallOf(source.context.now).value_or(0);
        return;
    }
    m_calendar.clocksChange = true;
    const Rows rows = run(statement("SELECT formatDateTime(now(), '%Y-%m-%d %H:%i:%S')", {}));
    m_calendar.now = wallOf(rows.rows.at(0).at(0).get<std::string>()).value_or(0);
    m_hogql.clear();
}

Engine::Page Engine::runPage(const SelectPtr &query, const CompileContext &context, const std::string &attribute)
{
    auto compiled = compile(*query, context);
    if (!compiled)
        refuse(compiled.error().code, compiled.error().message, attribute);
    auto rows = m_source.store.query(compiled->sql, compiled->parameters, m_source.stop);
    if (!rows)
        refuseStore(rows.error(), attribute);
    return {std::move(*compiled), std::move(*rows)};
}

Rows Engine::run(const SelectPtr &query, const std::string &attribute)
{
    show(query);
    CompileContext context = m_source.context;
    context.defaultLimit = noLimit;
    context.maximumLimit = noLimit;
    return runPage(query, context, attribute).rows;
}

void Engine::show(const SelectPtr &query)
{
    const std::string text = hogql::print(*query);
    if (m_hogql.find(text) == std::string::npos)
        m_hogql += (m_hogql.empty() ? "" : ";\n") + text;
}

Wall Engine::earliest()
{
    const Rows rows = run(statement("SELECT formatDateTime(min(timestamp), '%Y-%m-%d %H:%i:%S') FROM events", {}));
    const ph::Json &first = rows.rows.at(0).at(0);
    return first.is_string() ? wallOf(first.get<std::string>()).value_or(m_calendar.now) : m_calendar.now;
}

std::string Engine::cohortName(std::int64_t id, const std::string &attribute) const
{
    for (const auto &[name, known] : m_source.context.cohorts)
        if (known == id)
            return name;
    refuse("invalid_input", "There is no cohort " + std::to_string(id) + ".", attribute);
}

const ph::Json &Engine::action(std::int64_t id, const std::string &attribute) const
{
    for (const auto &[name, action] : m_source.context.actions)
        if (action.contains("id") && action.at("id") == id)
            return action;
    refuse("invalid_input", "There is no action " + std::to_string(id) + ".", attribute);
}

ExprPtr userExpression(const std::string &text, const std::string &attribute)
{
    auto parsed = hogql::parseExpression(text);
    if (!parsed)
        refuse("hogql_syntax_error", parsed.error().message, attribute);
    return std::move(*parsed);
}

SelectPtr userQuery(const std::string &text, const std::string &attribute)
{
    auto parsed = hogql::parseSelect(text);
    if (!parsed)
        refuse("hogql_syntax_error", parsed.error().message, attribute);
    return std::move(*parsed);
}

ph::Json numberOf(const ph::Json &cell)
{
    if (cell.is_number_integer())
        return cell;
    if (cell.is_boolean())
        return cell.get<bool>() ? 1 : 0;
    if (cell.is_number() && std::isfinite(cell.get<double>()))
        return cell;
    return 0;
}

double realOf(const ph::Json &cell)
{
    const ph::Json number = numberOf(cell);
    return number.get<double>();
}

ph::Json realJson(double value) { return std::isfinite(value) ? ph::Json(value) : ph::Json(); }

} // namespace localproject::insights
