#pragma once

#include "driver/localproject/compiler.h"
#include "driver/localproject/functions.h"
#include "driver/localproject/scope.h"

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace localproject {

/// A problem on its way out of the compiler; compile() catches it. It never leaves this module.
struct Failure {
    CompileError error;
};

[[noreturn]] void refuse(std::string message, hogql::Span span = {});
[[noreturn]] void unsupported(const std::string &what, hogql::Span span);

/// One run of the compiler. It goes through the tree once and makes SQL from the leaves up. A SELECT that groups becomes two:
/// the inner one answers the keys and the aggregates, the outer one everything that is computed from them; so aggregates may
/// stand wherever HogQL allows them (in lambdas, in windows, in arrayJoin).
class Compilation
{
public:
    explicit Compilation(const CompileContext &context);

    Statement statement(const hogql::Select &select);

    // Expressions (compiler_expressions.cpp, compiler_operators.cpp, compiler_fields.cpp, compiler_calls.cpp)
    Fragment expression(const hogql::Expr &expr);
    /// As a BOOLEAN. In a filter NULL counts as false, which allows plainer SQL.
    std::string condition(const hogql::Expr &expr, bool filter);
    Fragment binary(hogql::BinaryOp op, const Fragment &left, const Fragment &right, hogql::Span span);
    Fragment compare(hogql::BinaryOp op, Fragment left, Fragment right, hogql::Span span);
    Fragment arithmetic(hogql::BinaryOp op, Fragment left, Fragment right, hogql::Span span);
    Fragment membership(const Fragment &left, const std::vector<Fragment> &items, bool negated, hogql::Span span);
    Fragment membership(const hogql::Expr &left, const hogql::Expr &right, bool negated, hogql::Span span);
    Fragment like(hogql::BinaryOp op, const Fragment &left, const Fragment &right);
    Fragment cohortMembership(const hogql::Expr &left, const hogql::Expr &right, bool negated);
    Fragment negate(const Fragment &operand, hogql::Span span);
    Fragment part(const Fragment &tuple, const std::string &name, hogql::Span span);
    Fragment element(const Fragment &array, const Fragment &index, hogql::Span span);
    Fragment jsonPath(const Fragment &json, const std::vector<std::string> &keys);
    Fragment subquery(const hogql::Subquery &subquery, hogql::Span span);
    Fragment interval(const Fragment &count, const std::string &unit, hogql::Span span);
    Fragment array(std::vector<Fragment> items, hogql::Span span);
    Fragment tuple(const std::vector<Fragment> &items);
    Fragment convert(const Fragment &value, const Type &type, bool lenient, hogql::Span span);
    Fragment concatenation(const std::vector<Fragment> &items);

    // Values of one kind as SQL
    std::string text(const Fragment &value);
    std::string integer(const Fragment &value);
    std::string real(const Fragment &value);
    std::string boolean(const Fragment &value);
    std::string instant(const Fragment &value);             // TIMESTAMP in UTC
    std::string wallClock(const Fragment &value);           // TIMESTAMP in the value's zone
    std::string date(const Fragment &value);
    std::string numeric(const Fragment &value);             // integers stay integers, booleans become them
    std::string as(const Fragment &value, const Type &type);// between types that have a common type
    std::string toZone(const std::string &instantSql, const std::string &timezone);
    std::string fromZone(const std::string &wallSql, const std::string &timezone);
    std::string parsedTime(const std::string &textSql, const std::string &timezone);
    const std::string &zoneOf(const Fragment &value) const;

    /// A constant: text and times travel as parameters, numbers stand in the SQL.
    Fragment constant(const ph::Json &value, hogql::Span span = {});
    std::string bind(const std::string &value);
    std::string instantLiteral(std::int64_t microseconds);
    std::string now();

    // Calls (compiler_calls.cpp)
    Fragment call(const hogql::Call &call, hogql::Span span);
    Fragment callFunction(const std::string &name, std::vector<Fragment> arguments, hogql::Span span);
    Fragment lambda(const hogql::Expr &expr, const std::vector<Type> &parameterTypes, const std::string &parameterName,
                    const std::vector<std::string> &parameterSql);
    std::string freshName(const char *prefix);
    Fragment unfold(const Fragment &array, hogql::Span span);
    Fragment matchesAction(const Fragment &action, hogql::Span span);
    bool containsAggregate(const hogql::Expr &expr);
    std::optional<ph::Json> constantValue(const hogql::Expr &expr);

    const CompileContext &context() const { return m_context; }
    Scope &scope() { return *m_scope; }

private:
    enum class Phase { Rows, Groups };

    // Selects (compiler_select.cpp)
    CompiledSelect select(const hogql::Select &select, bool outermost);
    /// A select that is part of an expression: compiled once, so that the expression is the same text wherever it stands.
    const CompiledSelect &inner(const hogql::Select &select);
    CompiledSelect selectSet(const hogql::Select &select, bool outermost);
    CompiledSelect plainSelect(const hogql::Select &select, bool outermost);
    bool commonTables(const hogql::Select &select, std::string &with); // whether one of them is recursive
    void recursiveTable(const hogql::Cte &cte, std::string &with);
    void collectAliases(const hogql::Select &select);
    void groupKeys(const hogql::Select &select);
    std::string groupingSets(const hogql::Select &select);
    struct OrderItem {
        std::string sql;
        std::string direction; // " DESC NULLS LAST"
    };
    std::vector<OrderItem> orderItems(const std::vector<hogql::OrderBy> &order, const hogql::Select *positions);
    std::string orderBy(const std::vector<hogql::OrderBy> &order, const hogql::Select *positions);
    std::int64_t wholeNumber(const hogql::Expr &expr, const char *what);
    std::string limitClause(const hogql::Select &select, bool outermost);
    const hogql::Expr &byPosition(const hogql::Expr &expr, const hogql::Select &select) const;
    struct Item {
        Output output;
        std::string sql;
    };
    std::vector<Item> items(const hogql::Select &select);
    std::vector<Item> expand(const hogql::Asterisk &asterisk, hogql::Span span);
    Output outputFor(const hogql::Expr &expr, const Fragment &value) const;
    bool isGrouped(const hogql::Select &select);
    std::string groupedRows(const hogql::Select &select, const std::string &where);
    std::string unfoldings(const std::vector<Unfolding> &list) const;

    // FROM (compiler_sources.cpp)
    void from(const hogql::Select &select);
    std::string fromSql();
    std::unique_ptr<Source> source(const hogql::TableRef &table);
    CompiledSelect valueRows(const hogql::TableRef &table);
    void arrayJoin(const hogql::ArrayJoin &join);
    const CommonTable *findCommonTable(const std::string &name) const;

    // Fields (compiler_fields.cpp)
    Fragment field(const std::vector<std::string> &chain, hogql::Span span);
    std::optional<Fragment> alias(const std::string &name, bool onlyEarlier);
    Fragment column(Source &source, const std::vector<std::string> &chain, std::size_t at, hogql::Span span);
    std::optional<Fragment> tryColumn(Source &source, const std::vector<std::string> &chain, std::size_t at, hogql::Span span);
    Fragment property(Source &source, const TableColumn &column, const std::vector<std::string> &keys);
    Fragment members(Fragment value, const std::vector<std::string> &chain, std::size_t at, hogql::Span span);
    Fragment plain(Fragment fragment, const std::string &name, hogql::Span span);
    [[noreturn]] void unknownField(const std::vector<std::string> &chain, hogql::Span span);

    // Expressions
    std::optional<Fragment> groupKey(const hogql::Expr &expr);
    Fragment visit(const hogql::Expr &expr);
    Fragment filtersPlaceholder(hogql::Span span);
    Fragment placeholder(const hogql::Placeholder &placeholder, hogql::Span span);
    const ph::Json *placeholderValue(const std::vector<std::string> &chain) const;
    Fragment tag(const hogql::Tag &tag, hogql::Span span);
    Fragment caseWhen(const hogql::Case &expr, hogql::Span span);
    void numberParameters();
    Fragment listOf(const ph::Json &value, hogql::Span span);
    bool unsetFilter(const hogql::Expr &expr) const;

    // Calls
    Fragment aggregate(const hogql::Call &call, hogql::Span span);
    Fragment windowFunction(const hogql::Call &call, hogql::Span span);
    std::string over(const hogql::Window &window, hogql::Span span);
    const hogql::Window &namedWindow(const std::string &name, hogql::Span span) const;
    std::string frameBound(const hogql::FrameBound &bound);

    const CompileContext &m_context;
    Statement m_statement;
    Scope *m_scope = nullptr;
    Phase m_phase = Phase::Rows;
    bool m_filter = false;              // what is compiled now only decides whether a row stays
    bool m_joining = false;             // inside ON, where NULLs do not meet
    const char *m_noAggregates = nullptr; // "WHERE" while aggregates may not stand here
    std::size_t m_aliasLimit = 0;
    int m_aliases = 0;                  // table aliases given so far
    int m_names = 0;
    int m_depth = 0;
    std::vector<std::pair<std::string, Fragment>> m_lambdaParameters; // innermost last
    std::unordered_map<const hogql::Expr *, bool> m_aggregates;       // containsAggregate's memory
    std::map<std::string, std::string> m_bound;                       // value -> "$3::VARCHAR": equal values are one parameter
    std::vector<std::string> m_values;                                // the values, by that number
    std::unordered_map<const hogql::Select *, CompiledSelect> m_selects; // inner()'s
    std::vector<hogql::ExprPtr> m_made;                               // conditions that stand in no query; m_aggregates may know them
    std::size_t m_work = 0;    // expressions compiled so far
    std::size_t m_sqlSize = 0; // grows with each alias put in place; bounds what nested aliases may make

    friend struct AggregateSite;
};

/// Sets a variable for the time of a scope.
template <typename T>
class Within
{
public:
    Within(T &variable, T value) : m_variable(variable), m_old(std::exchange(variable, std::move(value))) { }
    ~Within() { m_variable = std::move(m_old); }
    Within(const Within &) = delete;
    Within &operator=(const Within &) = delete;

private:
    T &m_variable;
    T m_old;
};

template <typename... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

} // namespace localproject
