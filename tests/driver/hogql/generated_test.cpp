#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include <QTest>

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
        switch (below(24)) {
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
        case 10: return make(Lambda{names(1 + below(3)), expression(depth - 1)});
        case 11: return make(Array{expressions(below(4), depth - 1)});
        case 12: return make(Tuple{expressions(1 + below(3), depth - 1)});
        case 13: return make(Dict{{{expression(depth - 1), expression(depth - 1)}, {leaf(), leaf()}}});
        case 14: return make(Index{expression(depth - 1), expression(depth - 1), below(3) == 0});
        case 15: return make(Slice{expression(depth - 1), below(2) ? expression(depth - 1) : nullptr, below(2) ? leaf() : nullptr});
        case 16: return make(Access{expression(depth - 1), below(3) ? name() : std::to_string(below(9)), below(3) == 0});
        case 17: return make(Interval{expression(depth - 1), pick<std::string>({"second", "minute", "hour", "day", "week", "month", "quarter", "year"})});
        case 18: return make(Cast{expression(depth - 1), pick<std::string>({"String", "Float64", "Nullable(Int64)", "DateTime64(6, 'UTC')"}), below(3) == 0});
        case 19: return make(Subquery{select(depth - 1), below(4) == 0});
        case 20: return make(TemplateString{{text("it's {a} \\ "), notText(expression(depth - 1))}});
        case 21: return make(Tag{"a", {{"href", text("x'y")}, {"n", expression(depth - 1)}}, {text("t {'\n"), notText(leaf())}});
        case 22: return make(Apply{make(Field{{"t", name()}}), expressions(below(3), depth - 1)});
        default: return make(Alias{expression(depth - 1), name()});
        }
    }

    SelectPtr select(int depth)
    {
        Select made;
        if (depth > 0 && below(5) == 0)
            return set(depth);
        if (below(5) == 0)
            made.ctes.push_back(below(2) ? Cte{{}, name(), {}, select(depth - 1), nullptr} : Cte{{}, name(), {}, nullptr, expression(depth - 1)});
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
            made.groupingSets = {expressions(1, depth - 1), expressions(2, depth - 1)};
        }
        made.having = maybe(5, depth);
        made.qualify = maybe(9, depth);
        if (below(8) == 0)
            made.windows.emplace_back(name(), window(depth - 1));
        if (below(3) == 0)
            made.orderBy = orders(depth - 1);
        if (below(6) == 0)
            made.limitBy = LimitBy{make(Constant{std::int64_t(below(9))}), nullptr, expressions(1 + below(2), depth - 1)};
        if (below(3) == 0) {
            made.limit = make(Constant{std::int64_t(below(100))});
            made.withTies = below(4) == 0;
            if (below(2))
                made.offset = leaf();
        }
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
    std::string name() { return pick<std::string>({"a", "b", "timestamp", "$browser", "a b", "select", "from", "day", "it`s", "team_id", "x.y", "\xc3\xa9", "order", "null"}); }
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
        case 3: return make(Constant{below(2) ? 1.5 : 1e30});
        case 4: return make(Constant{std::uint64_t(18446744073709551615u)});
        case 5: return text(pick<const char *>({"", "x", "it's", "a\\d\n\t", "{b}", "\xc3\xa9", "--", "\"q\""}));
        case 6: return make(Placeholder{names(1 + below(2))});
        default: return make(Field{names(1 + below(3))});
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
                order.fill = Fill{leaf(), below(2) ? leaf() : nullptr, leaf()};
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
            made.frameStart = {FrameBound::Kind::Preceding, make(Constant{std::int64_t(below(5))})};
            if (below(2))
                made.frameEnd = FrameBound{FrameBound::Kind::CurrentRow, nullptr};
        }
        return made;
    }
    ExprPtr call(int depth)
    {
        Call made;
        made.name = pick<std::string>({"f", "count", "toDate", "if", "left", "a b"});
        made.arguments = expressions(below(4), depth);
        if (below(5) == 0)
            made.parameters = expressions(below(3), depth);
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
        made.kind = first ? JoinKind::First : static_cast<JoinKind>(1 + below(5));
        made.table = table(depth);
        if (!first && made.kind != JoinKind::Cross) {
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
        switch (depth > 0 ? below(6) : 0) {
        case 1: made.select = select(depth - 1); break;
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
        default: made.name = names(1 + below(2)); break;
        }
        if (below(2))
            made.alias = name();
        if (!made.inner && below(6) == 0)
            made.final = true;
        if (!made.inner && below(6) == 0)
            made.sample = make(Constant{0.5});
        return made;
    }
    SelectPtr set(int depth)
    {
        Select made;
        for (int count = 2 + below(2); count > 0; --count) {
            made.arms.push_back(select(depth - 1));
            if (made.arms.size() > 1)
                made.operators.push_back(static_cast<SetOp>(below(static_cast<int>(SetOp::ExceptAllByName) + 1)));
        }
        if (below(3) == 0)
            made.limit = leaf();
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

private slots:
    void readsBackEveryTree()
    {
        Generator generator(20261122);
        for (int i = 0; i < 600; ++i) {
            const SelectPtr tree = generator.select(1 + i % 4);
            const std::string text = print(*tree);
            const auto read = parseSelect(text);
            QVERIFY2(read.has_value(), (read ? "" : read.error().message + "\n" + text).c_str());
            QVERIFY2(print(**read) == text, difference(text, print(**read)).c_str());
            const auto again = parseSelect(print(**read)), laidOut = parseSelect(format(**read)), generated = parseSelect(format(*tree));
            QVERIFY2(again && equal(**read, **again), text.c_str());
            QVERIFY2(laidOut && equal(**read, **laidOut), format(**read).c_str());
            QVERIFY2(generated && equal(**read, **generated), format(*tree).c_str());
        }
    }

    void readsBackEveryExpression()
    {
        Generator generator(7);
        for (int i = 0; i < 1'200; ++i) {
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
