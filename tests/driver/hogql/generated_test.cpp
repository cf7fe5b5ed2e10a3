#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include <QTest>

#include <limits>
#include <random>

using namespace hogql;

namespace {

/// Builds trees that no text was read for: each kind of node within each other, as the parser could have made them.
class Generator
{
public:
    explicit Generator(unsigned seed)
        : m_random(seed)
    {
    }

    ExprPtr expression(int depth)
    {
        if (depth <= 0)
            return leaf();
        switch (below(27)) {
        case 0: return make(Unary{below(2) ? UnaryOp::Not : UnaryOp::Negate, expression(depth - 1)});
        case 1:
        case 2:
        case 3: return make(Binary{static_cast<BinaryOp>(below(static_cast<int>(BinaryOp::Coalesce) + 1)), expression(depth - 1), expression(depth - 1)});
        case 4: return make(IsNull{expression(depth - 1), below(2) == 0});
        case 5: return make(Between{expression(depth - 1), expression(depth - 1), expression(depth - 1), below(2) == 0});
        case 6:
        case 7:
        case 8: return call(depth - 1);
        case 9: return choice(depth - 1);
        case 10: return make(Lambda{names(below(4)), expression(depth - 1)});
        case 11: return make(Array{expressions(below(4), depth - 1)});
        case 12: return make(Tuple{expressions(1 + below(3), depth - 1)});
        case 13: return make(below(4) ? Dict{{{expression(depth - 1), expression(depth - 1)}, {leaf(), leaf()}}} : Dict{});
        case 14: return make(Index{expression(depth - 1), expression(depth - 1), below(3) == 0});
        case 15: return make(Slice{expression(depth - 1), below(2) ? expression(depth - 1) : nullptr, below(2) ? leaf() : nullptr});
        case 16: return make(Access{expression(depth - 1), below(3) ? name() : std::to_string(below(9)), below(3) == 0});
        case 17: return make(Interval{expression(depth - 1), pick<std::string>({"second", "minute", "hour", "day", "week", "month", "quarter", "year"})});
        case 18: return make(Cast{expression(depth - 1), pick<std::string>({"String", "Float64", "Nullable(Int64)", "DateTime64(6, 'UTC')", "double precision", "timestamp with time zone", "`a b`", "Tuple(a String, `in` Nullable(Int8))"}), below(3) == 0});
        case 19: return make(Subquery{select(depth - 1, Start::Word), below(4) == 0});
        case 20: return below(5) ? make(TemplateString{{text("it's {a} \\ "), notText(expression(depth - 1))}}) : make(TemplateString{});
        case 21: return tag(depth - 1);
        case 22: return make(Apply{below(2) ? make(Field{{"t", name()}}) : expression(depth - 1), expressions(below(3), depth - 1)});
        case 23: return make(Placeholder{{}, notField(expression(depth - 1))});
        case 24: {
            Call columns;
            columns.name = "columns";
            columns.arguments = expressions(1 + below(2), 0);
            return make(Spread{make(std::move(columns))});
        }
        case 25: return make(Asterisk{below(2) ? "t" : "", {}});
        default: return make(Alias{expression(depth - 1), name()});
        }
    }

    /// Where a SELECT must begin with a word, it is no placeholder and begins with none: (SELECT …) as a value, or in FROM.
    /// A tag is a statement only alone.
    enum class Start { Statement, Arm, Word };

    SelectPtr select(int depth, Start start = Start::Statement)
    {
        if (depth > 0 && below(5) == 0)
            return set(depth, start);
        Select made;
        if (start != Start::Word && below(12) == 0) {
            made.substitute = start == Start::Statement && below(3) == 0 ? tag(depth - 1) : make(Placeholder{names(1 + below(2))});
            return std::make_shared<const Select>(std::move(made));
        }
        if (below(5) == 0)
            made.ctes = ctes(depth - 1);
        made.distinct = below(6) == 0;
        made.columns = expressions(1 + below(3), depth);
        if (below(8) == 0)
            made.columns.push_back(make(Asterisk{below(2) ? "t" : "", below(2) ? std::vector<std::string>{"a", "t.b"} : std::vector<std::string>{}}));
        for (int count = below(3); count > 0; --count)
            made.from.push_back(join(made.from.empty(), depth - 1));
        if (!made.from.empty() && below(8) == 0)
            made.arrayJoin = ArrayJoin{pick<std::string>({"", "LEFT", "INNER"}), {make(Alias{expression(depth - 1), name()})}};
        made.prewhere = maybe(10, depth);
        made.where = maybe(2, depth);
        if (below(3) == 0)
            made.groupBy = expressions(1 + below(2), depth - 1);
        if (made.groupBy.empty() && below(8) == 0) {
            made.groupByMode = "GROUPING SETS";
            made.groupingSets = {expressions(below(2), depth - 1), expressions(2, depth - 1)};
        }
        if (!made.groupBy.empty() && below(5) == 0)
            made.groupByMode = pick<std::string>({"ROLLUP", "CUBE", "TOTALS"});
        made.groupByAll = made.groupBy.empty() && made.groupByMode.empty() && below(9) == 0;
        made.having = maybe(5, depth);
        made.qualify = maybe(9, depth);
        if (below(8) == 0)
            made.windows.emplace_back(name(), window(depth - 1));
        if (below(3) == 0)
            made.orderBy = orders(depth - 1);
        made.orderByAll = made.orderBy.empty() && below(9) == 0;
        if (below(6) == 0)
            made.limitBy = LimitBy{count(depth - 1), below(2) ? leaf() : nullptr, expressions(1 + below(2), depth - 1)};
        if (below(3) == 0) {
            made.limit = count(depth - 1);
            made.limitPercent = below(4) == 0;
            made.withTies = below(4) == 0;
        }
        if (below(5) == 0)
            made.offset = leaf();
        return std::make_shared<const Select>(std::move(made));
    }

private:
    int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(m_random); }
    template <typename T>
    T pick(std::initializer_list<T> list)
    {
        return *(list.begin() + below(static_cast<int>(list.size())));
    }
    template <typename Node>
    static ExprPtr make(Node node)
    {
        Expr made;
        made.node = std::move(node);
        return std::make_shared<const Expr>(std::move(made));
    }
    static ExprPtr text(const char *value) { return make(Constant{std::string(value)}); }
    /// Two texts side by side in a template or a tag are read as one.
    static ExprPtr notText(ExprPtr expr)
    {
        const Constant *constant = std::get_if<Constant>(&expr->node);
        return constant && std::holds_alternative<std::string>(constant->value) ? make(Field{{"x"}}) : expr;
    }
    ExprPtr count(int depth) { return below(3) ? make(Constant{std::int64_t(below(100))}) : expression(depth); }
    /// The same for a path: {a.b} holds a name, not a field.
    static ExprPtr notField(ExprPtr expr) { return std::holds_alternative<Field>(expr->node) ? text("x") : expr; }
    std::string name()
    {
        if (below(3))
            return pick<std::string>({"a", "b", "timestamp", "$browser", "a b", "day", "it`s", "team_id", "x.y", "\xc3\xa9"});
        return pick<std::string>({"select", "from", "order", "null", "true", "all", "any", "rollup", "cube", "totals", "grouping", "sets", "distinct", "on", "case", "when", "end",
                                  "interval", "cast", "try_cast", "columns", "not", "exists", "lambda", "array", "cohort", "left", "values", "pivot", "for", "in", "top", "window", "asof",
                                  "ignore", "nulls", "over", "filter", "within", "group", "step", "to", "fill", "date", "inf", "nan", "with", "rows", "range", "unbounded", "current",
                                  "row", "preceding", "settings", "format", "final", "sample", "offset", "limit", "by", "ties", "prewhere", "first", "desc", "collate", "interpolate",
                                  "is", "like", "between", "and", "or", "using", "join", "global", "lateral", "recursive", "materialized", "union", "except", "exclude", "replace", "key",
                                  "name", "include", "natural", "as", "f", "having", "qualify", "escape", "then", "else", "infinity", "second", "intersect", "unpivot", "positional"});
    }
    std::string part() { return below(6) ? name() : std::to_string(below(12)); }
    std::vector<std::string> names(int count)
    {
        std::vector<std::string> list;
        for (; count > 0; --count)
            list.push_back(name());
        return list;
    }
    ExprPtr leaf()
    {
        switch (below(9)) {
        case 0: return make(Constant{Null{}});
        case 1: return make(Constant{below(2) == 0});
        case 2: return make(Constant{std::int64_t(below(1000))});
        case 3: return make(Constant{pick<double>({1.5, 1e30, 3.0, 1e-7, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})});
        case 4: return make(Constant{std::uint64_t(18446744073709551615u)});
        case 5: return text(pick<const char *>({"", "x", "it's", "a\\d\n\t", "{b}", "\xc3\xa9", "--", "\"q\""}));
        case 6: return make(Placeholder{names(1 + below(2))});
        default: {
            Field field{names(1)};
            for (int more = below(3); more > 0; --more)
                field.chain.push_back(part());
            return make(std::move(field));
        }
        }
    }
    ExprPtr maybe(int chances, int depth) { return below(chances) == 0 ? expression(depth - 1) : nullptr; }
    std::vector<ExprPtr> expressions(int count, int depth)
    {
        std::vector<ExprPtr> list;
        for (; count > 0; --count)
            list.push_back(expression(depth));
        return list;
    }
    std::vector<OrderBy> orders(int depth)
    {
        std::vector<OrderBy> list;
        for (int count = 1 + below(2); count > 0; --count) {
            OrderBy order{expression(depth), below(2) == 0, {}, {}};
            if (below(3) == 0)
                order.nullsFirst = below(2) == 0;
            if (below(6) == 0)
                order.fill = Fill{below(2) ? leaf() : nullptr, below(2) ? expression(depth) : nullptr, below(2) ? leaf() : nullptr};
            list.push_back(std::move(order));
        }
        return list;
    }
    Window window(int depth)
    {
        Window made;
        if (below(2))
            made.partitionBy = expressions(1 + below(2), depth);
        if (below(2))
            made.orderBy = orders(depth);
        if (below(2)) {
            made.frame = pick<std::string>({"ROWS", "RANGE"});
            made.frameStart = bound(depth);
            if (below(2))
                made.frameEnd = bound(depth);
        }
        return made;
    }
    FrameBound bound(int depth)
    {
        using Kind = FrameBound::Kind;
        const Kind kind = pick<Kind>({Kind::UnboundedPreceding, Kind::Preceding, Kind::CurrentRow, Kind::Following, Kind::UnboundedFollowing});
        return {kind, kind == Kind::Preceding || kind == Kind::Following ? expression(depth) : nullptr};
    }
    ExprPtr call(int depth)
    {
        Call made;
        made.name = below(3) ? pick<std::string>({"f", "count", "toDate", "if", "a b"}) : name();
        made.arguments = expressions(below(4), depth);
        if (below(5) == 0)
            made.parameters = expressions(below(3), depth);
        if (!made.arguments.empty() && below(8) == 0) {
            made.argumentNames.resize(made.arguments.size());
            made.argumentNames.back() = name();
        }
        if (!made.arguments.empty() && below(5) == 0)
            made.distinct = true;
        if (!made.arguments.empty() && below(6) == 0)
            made.orderBy = orders(depth);
        if (below(6) == 0)
            made.filter = expression(depth);
        if (!made.distinct && below(6) == 0) {
            made.over = window(depth);
            if (below(3) == 0) {
                made.over.emplace();
                made.over->name = name();
            }
        }
        return make(std::move(made));
    }
    ExprPtr choice(int depth)
    {
        Case made;
        made.operand = below(2) ? expression(depth) : nullptr;
        for (int count = 1 + below(2); count > 0; --count)
            made.branches.emplace_back(expression(depth), expression(depth));
        made.otherwise = below(2) ? expression(depth) : nullptr;
        return make(std::move(made));
    }
    Join join(bool first, int depth)
    {
        Join made;
        made.kind = first ? JoinKind::First : static_cast<JoinKind>(1 + below(6));
        made.table = table(depth);
        if (!first && made.kind != JoinKind::Positional && below(3) == 0)
            made.strictness = pick<std::string>({"ANY", "ALL", "SEMI", "ANTI", "ASOF", "NATURAL"});
        if (!first && made.kind != JoinKind::Cross && below(6)) {
            if (below(3))
                made.on = expression(depth);
            else
                made.usingColumns = names(1 + below(2));
        }
        return made;
    }
    TableRef table(int depth)
    {
        TableRef made;
        switch (depth > 0 ? below(7) : 0) {
        case 1: made.select = select(depth - 1, Start::Word); break;
        case 2: made.rows = {expressions(2, depth - 1), expressions(2, depth - 1)}; break;
        case 3: made.function = make(Placeholder{names(1)}); break;
        case 4: {
            made.inner = std::make_shared<const TableRef>(table(depth - 1));
            if (below(2))
                made.pivot = Pivot{expressions(1 + below(2), 0), {{make(Field{{"y"}}), expressions(1 + below(2), 0)}}, below(2) ? expressions(1, 0) : std::vector<ExprPtr>{}};
            else
                made.unpivot = Unpivot{{{leaf(), make(Field{{"y"}}), expressions(1 + below(2), 0)}}, below(2) == 0};
            break;
        }
        case 5: {
            Call function;
            function.name = below(2) ? "numbers" : name();
            function.arguments = expressions(below(3), depth - 1);
            made.function = make(std::move(function));
            break;
        }
        default: made.name = names(1 + below(2)); break;
        }
        if (below(2))
            made.alias = name();
        if (!made.alias.empty() && below(6) == 0)
            made.columnAliases = names(1 + below(2));
        if (!made.inner && below(6) == 0)
            made.final = true;
        if (!made.inner && below(6) == 0)
            made.sample = ratio();
        if (made.sample && below(2))
            made.sampleOffset = ratio();
        return made;
    }
    ExprPtr ratio()
    {
        switch (below(3)) {
        case 0: return make(Constant{0.5});
        case 1: return make(Placeholder{names(1)});
        default: return make(Binary{BinaryOp::Divide, make(Constant{std::int64_t(1)}), make(Constant{std::int64_t(10)})});
        }
    }
    std::vector<Cte> ctes(int depth)
    {
        std::vector<Cte> list;
        for (int count = 1 + below(3); count > 0; --count) {
            Cte cte;
            cte.name = name();
            cte.recursive = below(3) == 0;
            if (below(2)) {
                cte.select = select(depth, Start::Word);
                if (below(8) == 0) {
                    Select placeholder;
                    placeholder.substitute = make(Placeholder{names(1)});
                    cte.select = std::make_shared<const Select>(std::move(placeholder));
                }
                cte.materialized = below(4) == 0;
                if (below(4) == 0)
                    cte.columns = names(1 + below(2));
                if (cte.recursive && below(3) == 0)
                    cte.usingKey = names(1 + below(2));
            } else {
                cte.value = expression(depth);
            }
            list.push_back(std::move(cte));
        }
        return list;
    }
    ExprPtr tag(int depth)
    {
        Tag made{pick<std::string>({"a", "HogQLQuery"}), {{"href", text("x'y")}, {"n", expression(depth)}}, {}};
        if (below(2))
            made.children = {text("t {'\n"), notText(leaf()), text(" a > b -- c } \\ 'q' "), make(Tag{"b", {}, {}}), text("\n ")};
        return make(std::move(made));
    }
    /// Several arms, or one in brackets with something behind them. Those in which nothing follows the brackets have none.
    SelectPtr set(int depth, Start start)
    {
        Select made;
        for (int count = 1 + below(3); count > 0; --count) {
            made.arms.push_back(select(depth - 1, made.arms.empty() && start == Start::Word ? start : Start::Arm));
            if (made.arms.size() > 1)
                made.operators.push_back(static_cast<SetOp>(below(static_cast<int>(SetOp::ExceptAllByName) + 1)));
        }
        const Select &first = *made.arms.front();
        if (made.arms.size() == 1 && !first.arms.empty() && first.orderBy.empty() && !first.limit && !first.offset)
            return made.arms.front();
        if (below(3) == 0)
            made.limit = count(depth - 1);
        if (below(3) == 0)
            made.orderBy = orders(depth - 1);
        if (below(4) == 0 || (made.arms.size() == 1 && made.orderBy.empty()))
            made.offset = leaf();
        if (below(6) == 0)
            made.ctes = ctes(depth - 1);
        return std::make_shared<const Select>(std::move(made));
    }

    std::mt19937 m_random;
};

/// From where on the two differ, some of each.
std::string difference(const std::string &written, const std::string &read)
{
    const auto [a, b] = std::mismatch(written.begin(), written.end(), read.begin(), read.end());
    const std::size_t at = static_cast<std::size_t>(a - written.begin());
    const std::size_t from = at > 60 ? at - 60 : 0;
    return written.substr(from, 160) + "\nis read as\n" + read.substr(from, 160);
}

} // namespace

/// What the printer writes of any tree, the parser reads as that tree.
class HogqlGeneratedTest : public QObject
{
    Q_OBJECT

    static int trees() { return qEnvironmentVariableIsSet("HOGLET_LONG") ? 100'000 : 3'000; }

private slots:
    void readsBackEveryTree()
    {
        Generator generator(20261122);
        for (int i = 0; i < trees(); ++i) {
            const SelectPtr tree = generator.select(1 + i % 4);
            const std::string text = print(*tree);
            const auto read = parseSelect(text);
            QVERIFY2(read.has_value(), (read ? "" : read.error().message + "\n" + text).c_str());
            QVERIFY2(equal(*tree, **read), difference(text, print(**read)).c_str());
            const auto laidOut = parseSelect(format(*tree));
            QVERIFY2(laidOut && equal(*tree, **laidOut), format(*tree).c_str());
        }
    }

    void readsBackEveryExpression()
    {
        Generator generator(7);
        for (int i = 0; i < 2 * trees(); ++i) {
            const ExprPtr tree = generator.expression(1 + i % 5);
            const std::string text = print(*tree);
            const auto again = parseExpression(text);
            QVERIFY2(again.has_value(), (again ? "" : again.error().message + "\n" + text).c_str());
            QVERIFY2(equal(*tree, **again), difference(text, print(**again)).c_str());
        }
    }
};

QTEST_APPLESS_MAIN(HogqlGeneratedTest)
#include "generated_test.moc"
