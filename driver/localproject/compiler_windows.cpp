#include "driver/localproject/compiler_state.h"

namespace localproject {
namespace {

using Kind = Type::Kind;

} // namespace

const hogql::Window &Compilation::namedWindow(const std::string &name, hogql::Span span) const
{
    for (const auto &[known, window] : m_scope->select->windows)
        if (known == name)
            return window;
    refuse("There is no window named " + name + ".", span);
}

std::string Compilation::frameBound(const hogql::FrameBound &bound)
{
    using BoundKind = hogql::FrameBound::Kind;
    switch (bound.kind) {
    case BoundKind::UnboundedPreceding: return "UNBOUNDED PRECEDING";
    case BoundKind::UnboundedFollowing: return "UNBOUNDED FOLLOWING";
    case BoundKind::CurrentRow: return "CURRENT ROW";
    case BoundKind::Preceding: return expression(*bound.offset).sql + " PRECEDING";
    case BoundKind::Following: return expression(*bound.offset).sql + " FOLLOWING";
    }
    return {};
}

std::string Compilation::over(const hogql::Window &written, hogql::Span span)
{
    const hogql::Window &window = written.name.empty() ? written : namedWindow(written.name, span);
    std::string sql;
    for (const auto &key : window.partitionBy)
        sql += (sql.empty() ? "PARTITION BY " : ", ") + expression(*key).sql;
    if (!window.orderBy.empty())
        sql += (sql.empty() ? "ORDER BY " : " ORDER BY ") + orderBy(window.orderBy, nullptr);
    if (!window.frame.empty()) {
        sql += " " + std::string(window.frame == "ROWS" ? "ROWS" : "RANGE") + " ";
        sql += window.frameEnd ? "BETWEEN " + frameBound(window.frameStart) + " AND " + frameBound(*window.frameEnd) : frameBound(window.frameStart);
    }
    return " OVER (" + sql + ")";
}

Fragment Compilation::windowFunction(const hogql::Call &node, hogql::Span span)
{
    const std::string name = toLower(node.name);
    std::vector<Fragment> arguments;
    for (const auto &argument : node.arguments)
        arguments.push_back(expression(*argument));
    Fragment result;
    result.span = span;
    const std::string window = over(*node.over, span);
    if (name == "row_number" || name == "rank" || name == "dense_rank" || name == "ntile") {
        result.sql = name + "(" + (arguments.empty() ? "" : integer(arguments[0])) + ")" + window;
        result.type = Type::integer(64, false);
        return result;
    }
    if (name == "percent_rank" || name == "cume_dist") {
        result.sql = name + "()" + window;
        result.type = Type::of(Kind::Float);
        return result;
    }
    if (arguments.empty())
        refuse("Function '" + node.name + "' needs an argument.", span);
    static const std::map<std::string, const char *> names {{"lag", "lag"}, {"lead", "lead"}, {"laginframe", "lag"}, {"leadinframe", "lead"},
                                                            {"first_value", "first_value"}, {"last_value", "last_value"}, {"nth_value", "nth_value"}};
    const auto known = names.find(name);
    if (known == names.end())
        unsupported("'" + node.name + "' as a window function", span);
    std::string sql = known->second + std::string("(") + arguments[0].sql;
    if (arguments.size() > 1)
        sql += ", " + integer(arguments[1]);
    if (arguments.size() > 2)
        sql += ", " + as(arguments[2], arguments[0].type);
    result.sql = sql + ")" + window;
    result.type = arguments[0].type;
    result.type.nullable = !result.type.is(Kind::Array) && !result.type.is(Kind::Tuple);
    return result;
}

} // namespace localproject
