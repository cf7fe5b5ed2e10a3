#include "driver/localproject/compiler_state.h"

#include "driver/hogql/printer.h"

namespace localproject {

void refuse(std::string message, hogql::Span span)
{
    throw Failure {{"hogql_query_error", std::move(message), span}};
}

void unsupported(const std::string &what, hogql::Span span)
{
    refuse(what + " is not supported by the local project yet.", span);
}

Compilation::Compilation(const CompileContext &context) : m_context(context) { }

Statement Compilation::statement(const hogql::Select &query)
{
    CompiledSelect compiled = select(query, true);
    m_statement.sql = std::move(compiled.sql);
    numberParameters();
    for (const Output &column : compiled.columns) {
        m_statement.columns.push_back(column.name);
        m_statement.types.push_back(column.type.name());
    }
    hogql::Select shown = query; // With the LIMIT that holds.
    if ((query.arms.empty() || query.limit) && !query.limitPercent) {
        std::int64_t limit = m_context.defaultLimit;
        if (query.limit)
            limit = std::min<std::int64_t>(wholeNumber(*query.limit, "LIMIT"), m_context.maximumLimit);
        shown.limit = std::make_shared<hogql::Expr>(hogql::Expr {{}, hogql::Constant {limit}});
    }
    m_statement.hogql = hogql::print(shown);
    return std::move(m_statement);
}

tl::expected<Statement, CompileError> compile(const hogql::Select &query, const CompileContext &context)
{
    try {
        return Compilation(context).statement(query);
    } catch (Failure &failure) {
        return tl::unexpected(std::move(failure.error));
    }
}

} // namespace localproject
