#pragma once

#include "driver/hogql/lexer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// HogQL as a tree of immutable values. Nodes are shared and never changed after parsing; each knows where it stood.
/// Equality of two trees is hogql::equal() (printer.h), which ignores spans.
namespace hogql {

/// No tree is higher than this, so that code may walk it by recursion.
inline constexpr int maximumHeight = 2000;

struct Expr;
struct Select;
using ExprPtr = std::shared_ptr<const Expr>;
using SelectPtr = std::shared_ptr<const Select>;

struct Null { };

/// 1, -1 is Unary; 18446744073709551615 fits in the unsigned one; 1.5, 1e3, inf, nan are doubles.
struct Constant {
    std::variant<Null, bool, std::int64_t, std::uint64_t, double, std::string> value;
};

/// `a`, `properties.$browser`, `person.properties.plan`, properties.a.1: the parts, unquoted. An index part is its digits.
struct Field {
    std::vector<std::string> chain;
};

/// `*`, `t.*`, `* EXCLUDE (a, t.b)`.
struct Asterisk {
    std::string table; // empty for a bare *; parts joined by dots
    std::vector<std::string> exclude; // likewise
};

/// `{name}` or `{variables.x}`: the dotted parts. `{a + 1}` has an `expression` and no parts.
struct Placeholder {
    std::vector<std::string> chain;
    ExprPtr expression = {};
};

enum class UnaryOp { Negate, Not };
struct Unary {
    UnaryOp op;
    ExprPtr operand;
};

// clang-format off
enum class BinaryOp {
    Or, And,
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
    Like, NotLike, ILike, NotILike,
    Regex, NotRegex, IRegex, NotIRegex,              // =~ !~ =~* !~*
    In, NotIn, InCohort, NotInCohort,
    IsDistinctFrom, IsNotDistinctFrom,               // the latter also as <=>
    Add, Subtract, Multiply, Divide, Modulo, Concat, // Concat is ||
    Coalesce,                                        // ??
};
// clang-format on
struct Binary {
    BinaryOp op;
    ExprPtr left;
    ExprPtr right;
};

struct IsNull {
    ExprPtr operand;
    bool negated = false;
};

struct Between {
    ExprPtr operand;
    ExprPtr low;
    ExprPtr high;
    bool negated = false;
};

/// WITH FILL FROM a TO b STEP c; each may be null.
struct Fill {
    ExprPtr from;
    ExprPtr to;
    ExprPtr step;
};

struct OrderBy {
    ExprPtr expression;
    bool descending = false;
    std::optional<bool> nullsFirst;
    std::optional<Fill> fill;
};

struct FrameBound {
    enum class Kind { UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing } kind = Kind::CurrentRow;
    ExprPtr offset; // for Preceding and Following
};

/// OVER (PARTITION BY … ORDER BY … ROWS BETWEEN … AND …) or OVER name.
struct Window {
    std::string name; // OVER w; the rest is then empty
    std::vector<ExprPtr> partitionBy;
    std::vector<OrderBy> orderBy;
    std::string frame; // "ROWS" or "RANGE", empty when none was written
    FrameBound frameStart;
    std::optional<FrameBound> frameEnd;
};

/// f(args), quantile(0.9)(x), count(DISTINCT x), sum(x) FILTER (WHERE …), row_number() OVER (…).
/// count(*) has one Asterisk argument; f(SELECT …) has one Subquery. `name` as written; the catalogue knows the canonical
/// case. percentile_cont(0.5) WITHIN GROUP (ORDER BY x) has parameters {0.5}, no arguments and the order.
/// COLUMNS('regex') is a Call of that name; c ? a : b is if(c, a, b).
struct Call {
    std::string name;
    std::optional<std::vector<ExprPtr>> parameters; // the first pair of brackets when there are two
    std::vector<ExprPtr> arguments;
    bool distinct = false;
    ExprPtr filter; // may be null
    std::vector<OrderBy> orderBy; // inside the call, or WITHIN GROUP
    std::optional<Window> over;
    std::vector<std::string> argumentNames; // of named arguments, one an argument, "" where unnamed; empty when none is named
};

/// What is no plain function name, called: t.f(x), f(1)(2)(3), (x -> x)(1).
struct Apply {
    ExprPtr function;
    std::vector<ExprPtr> arguments;
};

/// * COLUMNS('regex'): the columns as separate items.
struct Spread {
    ExprPtr columns;
};

struct Case {
    ExprPtr operand; // null for CASE WHEN condition …
    std::vector<std::pair<ExprPtr, ExprPtr>> branches;
    ExprPtr otherwise; // may be null
};

struct Lambda {
    std::vector<std::string> parameters;
    ExprPtr body;
};

struct Array {
    std::vector<ExprPtr> items;
};
struct Tuple {
    std::vector<ExprPtr> items;
};
struct Dict {
    std::vector<std::pair<ExprPtr, ExprPtr>> items;
};

/// a[i]: 1-based, negative from the end.
struct Index {
    ExprPtr operand;
    ExprPtr index;
    bool nullSafe = false; // ?.[
};

/// a[from:to], each end may be null.
struct Slice {
    ExprPtr operand;
    ExprPtr from;
    ExprPtr to;
};

/// t.1 on something that is no plain field; `name` for (expr).name.
struct Access {
    ExprPtr operand;
    std::string name;
    bool nullSafe = false; // ?.
};

/// INTERVAL 7 DAY; unit in lower case and singular: second minute hour day week month quarter year.
struct Interval {
    ExprPtr count;
    std::string unit;
};

/// x::Type, CAST(x AS Type), TRY_CAST (`lenient`).
struct Cast {
    ExprPtr operand;
    std::string type;
    bool lenient = false;
};

struct Alias {
    ExprPtr operand;
    std::string name;
};

/// (SELECT …) as a value, or on the right of IN; EXISTS (SELECT …) has `exists`.
struct Subquery {
    SelectPtr select;
    bool exists = false;
};

/// f'text {expr}': pieces in order; a piece of plain text is a Constant string.
struct TemplateString {
    std::vector<ExprPtr> parts;
};

/// <a href='…'>text</a>.
struct Tag {
    std::string name;
    std::vector<std::pair<std::string, ExprPtr>> attributes;
    std::vector<ExprPtr> children;
};

struct Expr {
    Span span;
    std::variant<Constant, Field, Asterisk, Placeholder, Unary, Binary, IsNull, Between, Call, Apply, Spread, Case, Lambda, Array, Tuple,
                 Dict, Index, Slice, Access, Interval, Cast, Alias, Subquery, TemplateString, Tag>
        node;
    int height = 1; // levels of the tree from here down; the parser refuses more than maximumHeight
};

struct TableRef;

/// PIVOT (sum(x) AS s FOR y IN (1, 2 AS two) z IN (3) GROUP BY g).
struct Pivot {
    std::vector<ExprPtr> aggregates;
    std::vector<std::pair<ExprPtr, std::vector<ExprPtr>>> columns; // what FOR names, and the values after IN
    std::vector<ExprPtr> groupBy;
};

/// UNPIVOT INCLUDE NULLS (x FOR y IN (a, b AS c), …).
struct UnpivotColumn {
    ExprPtr value;
    ExprPtr name;
    std::vector<ExprPtr> columns;
};
struct Unpivot {
    std::vector<UnpivotColumn> columns;
    bool includeNulls = false;
};

/// One thing after FROM or JOIN: a table by name, a sub-select, a function such as numbers(10), a placeholder,
/// (VALUES (1, 2), (3, 4)), or another one turned round by PIVOT or UNPIVOT.
struct TableRef {
    Span span;
    std::vector<std::string> name; // parts; empty when it is not a name
    SelectPtr select; // (SELECT …)
    ExprPtr function; // a Call, or a Placeholder
    std::vector<std::vector<ExprPtr>> rows; // of VALUES
    std::shared_ptr<const TableRef> inner; // what `pivot` or `unpivot` turns round
    std::optional<Pivot> pivot;
    std::optional<Unpivot> unpivot;
    std::string alias;
    std::vector<std::string> columnAliases;
    bool final = false;
    ExprPtr sample; // SAMPLE x
    ExprPtr sampleOffset;
};

enum class JoinKind { First, Inner, Left, Right, Full, Cross, Positional };
struct Join {
    JoinKind kind = JoinKind::First; // First: the table right after FROM
    std::string strictness; // "", "ANY", "ALL", "SEMI", "ANTI", "ASOF", "NATURAL" in upper case
    TableRef table;
    ExprPtr on; // may be null
    std::vector<std::string> usingColumns;
};

struct ArrayJoin {
    std::string kind; // "", "LEFT", "INNER"
    std::vector<ExprPtr> items;
};

/// WITH name AS (SELECT …) has `select`; WITH expr AS name has `value`.
struct Cte {
    Span span;
    std::string name;
    std::vector<std::string> columns;
    SelectPtr select;
    ExprPtr value;
    bool recursive = false;
    bool materialized = false;
    std::vector<std::string> usingKey = {}; // WITH RECURSIVE name USING KEY (columns)
};

struct LimitBy {
    ExprPtr count;
    ExprPtr offset;
    std::vector<ExprPtr> columns;
};

// clang-format off
enum class SetOp {
    UnionAll, UnionDistinct, Intersect, Except,
    IntersectAll, ExceptAll,
    UnionAllByName, UnionDistinctByName, IntersectByName, ExceptByName, IntersectAllByName, ExceptAllByName,
};
// clang-format on

/// One SELECT, or a set of them: with `arms` not empty this node is arms[0] op[0] arms[1] op[1] …, and the other members are
/// empty but for ctes and, behind a bracket, orderBy, limit and offset: (A UNION ALL B) LIMIT 3, A UNION ALL (B) LIMIT 3.
/// (A) LIMIT 3 has the one arm A. LIMIT behind a last arm without brackets belongs to that arm, as PostHog reads it.
/// With `substitute` the statement is a placeholder or a tag ({query}, <HogQLQuery …/>) and everything else is empty.
struct Select {
    Span span;
    int height = 1; // as Expr::height
    std::vector<Cte> ctes;
    ExprPtr substitute;

    std::vector<SelectPtr> arms;
    std::vector<SetOp> operators; // one fewer than arms

    bool distinct = false;
    std::vector<ExprPtr> columns;
    std::vector<Join> from; // empty without FROM
    std::optional<ArrayJoin> arrayJoin;
    ExprPtr prewhere;
    ExprPtr where;
    std::vector<ExprPtr> groupBy;
    bool groupByAll = false;
    std::string groupByMode; // "", "ROLLUP", "CUBE", "TOTALS", "GROUPING SETS"
    std::vector<std::vector<ExprPtr>> groupingSets;
    ExprPtr having;
    ExprPtr qualify;
    std::vector<std::pair<std::string, Window>> windows;
    std::vector<OrderBy> orderBy;
    bool orderByAll = false;
    ExprPtr limit;
    ExprPtr offset;
    bool limitPercent = false;
    bool withTies = false;
    std::optional<LimitBy> limitBy;
};

} // namespace hogql
