#include "agent/workflow/expression.h"
#include "agent/workflow/hogql_template.h"
#include "agent/workflow/text_template.h"
#include "driver/hogql/parser.h"

#include <QtTest>

using namespace workflow;

class ExpressionTest : public QObject
{
    Q_OBJECT

private slots:
    void evaluates_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("json");
        QTest::newRow("precedence") << "1 + 2 * 3 - 4 / 2" << "5";
        QTest::newRow("brackets") << "(1 + 2) * 3" << "9";
        QTest::newRow("negative") << "-3 + 1" << "-2";
        QTest::newRow("division by zero") << "1 / 0" << "null";
        QTest::newRow("null in arithmetic") << "none.x + 1" << "null";
        QTest::newRow("null in order") << "none.x < 1" << "false";
        QTest::newRow("null equals null") << "none.x == null" << "true";
        QTest::newRow("and or not") << "true and not false or missing_branch" << "true";
        QTest::newRow("conditional") << "n > 3 ? 'big' : 'small'" << "\"big\"";
        QTest::newRow("nested conditional") << "n < 3 ? 'a' : n < 10 ? 'b' : 'c'" << "\"b\"";
        QTest::newRow("text plus") << "'a' + 1" << "\"a1\"";
        QTest::newRow("escaped quote") << "'it\\'s'" << "\"it's\"";
        QTest::newRow("member and index") << "rows[1].n" << "20";
        QTest::newRow("index from the end") << "rows[-1].name" << "\"c\"";
        QTest::newRow("index by name") << "rows[0]['na' + 'me']" << "\"a\"";
        QTest::newRow("out of range") << "rows[9].n" << "null";
        QTest::newRow("map with index") << "map(rows, (r, i) -> r.n + i)" << "[10,21,32]";
        QTest::newRow("filter") << "count(filter(rows, r -> r.n >= 20))" << "2";
        QTest::newRow("count where") << "count(rows, r -> r.n > 10)" << "2";
        QTest::newRow("sum of column") << "sum(rows, 'n')" << "60";
        QTest::newRow("argmax") << "argmax(rows, 'n').name" << "\"c\"";
        QTest::newRow("argmin by lambda") << "argmin(rows, r -> 0 - r.n).name" << "\"c\"";
        QTest::newRow("sort") << "map(sort(rows, r -> 0 - r.n), 'name')" << R"(["c","b","a"])";
        QTest::newRow("group") << "map(group(rows, r -> r.n > 10), g -> count(g.items))" << "[1,2]";
        QTest::newRow("group by name") << "group([{k: 'x', v: 1}, {k: 'y', v: 2}, {k: 'x', v: 3}], 'k')[0]"
                                       << R"({"key":"x","items":[{"k":"x","v":1},{"k":"x","v":3}]})";
        QTest::newRow("ceil") << "[ceil(2.1), ceil(2), ceil(-0.5)]" << "[3,2,0]";
        QTest::newRow("join") << "join(map(rows, 'name'), ', ', ' and ')" << "\"a, b and c\"";
        QTest::newRow("object") << "{a: 1, b: [n, 'x']}.b" << R"([7,"x"])";
        QTest::newRow("outer name in lambda") << "map(rows, r -> r.n * n)" << "[70,140,210]";
        QTest::newRow("coalesce") << "coalesce(none.a, none.b, 3)" << "3";
        QTest::newRow("largest loss") << "largest_loss([{p: 10}, {p: 4}, {p: 1}], 'p').lost" << "6.0";
        QTest::newRow("slug") << "slug('Mend: Sign-up FORM!')" << "\"mend-sign-up-form\"";
    }
    void evaluates()
    {
        QFETCH(QString, expression);
        QFETCH(QString, json);
        const Scope scope{nullptr, {{"n", 7}, {"none", Value::object()}, {"missing_branch", false},
                                    {"rows", Value::parse(R"([{"name":"a","n":10},{"name":"b","n":20},{"name":"c","n":30}])")}}};

        const auto value = evaluate(expression.toStdString(), scope);

        QVERIFY2(value.has_value(), value ? "" : value.error().message.c_str());
        QVERIFY2(*value == Value::parse(json.toStdString()), value->dump().c_str());
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown name") << "foo + 1" << "there is no 'foo' here";
        QTest::newRow("unknown function") << "argmaxx([], 'a')" << "did you mean argmax?";
        QTest::newRow("too few arguments") << "map([])" << "map() takes 2 arguments";
        QTest::newRow("open text") << "'abc" << "not closed";
        QTest::newRow("rest") << "1 2" << "unexpected '2'";
        QTest::newRow("end") << "1 +" << "found the end";
        QTest::newRow("not a list") << "sum(1)" << "sum() takes a list";
        QTest::newRow("text in arithmetic") << "'a' * 2" << "takes numbers";
        QTest::newRow("deep") << QString(500, '(') << "nested too deeply";
        QTest::newRow("deep minus") << QString(5000, '-') << "nested too deeply";
        QTest::newRow("lambda alone") << "x -> 1" << "unexpected";
    }
    void saysWhatIsWrong()
    {
        QFETCH(QString, expression);
        QFETCH(QString, message);

        const auto value = evaluate(expression.toStdString(), {});

        QVERIFY(!value);
        QVERIFY2(QString::fromStdString(value.error().message).contains(message), value.error().message.c_str());
    }

    void fillsTemplates()
    {
        const Scope scope{nullptr, {{"n", 12345}, {"rate", 0.5224}, {"name", "a {b}"}}};

        QCOMPARE(renderText("{n|number} of {name}: {rate|percent}, {{literal}}, {{}} {n > 1 ? 'many' : 'one'}", scope).value(),
                 std::string("12,345 of a {b}: 52.2%, {literal}, {} many"));
        QVERIFY(!renderText("{n", scope));
        QCOMPARE(renderJson(ph::Json{{"a", "=n + 1"}, {"b", {"x {n}", 3, nullptr}}}, scope).value(),
                 (ph::Json{{"a", 12346}, {"b", {"x 12,345", 3, nullptr}}}));
    }

    void neverPutsValuesIntoHogqlText()
    {
        const std::string hostile = "x' OR 1=1 --{{number n}}{n}";
        const Scope scope{nullptr,
                          {{"n", 5}, {"cohort", hostile},
                           {"steps", Value{{{"event", hostile}, {"pathname", "/"}}, {{"event", "b"}}, {{"event", "b"}, {"pathname", "\\'); DROP"}}}}}};
        const ph::Json fragments{{"matches", "(event = {s.event}{{if s.pathname}} AND properties.$pathname = {s.pathname}{{end}})"}};

        const auto query = renderHogql("SELECT {{each steps as s, i | ,}}countIf({{use matches}}) AS c_{{number i}}{{end}}, '{not} {{one}}' AS t, {{number n * 2}} AS m "
                                       "FROM events WHERE x IN COHORT {{quote cohort}}",
                                       fragments, scope);

        QVERIFY2(query.has_value(), query ? "" : query.error().message.c_str());
        QCOMPARE(query->hogql.substr(0, query->hogql.find(" FROM")),
                 std::string("SELECT countIf((event = {s_event} AND properties.$pathname = {s_pathname})) AS c_1, countIf((event = {s_event_2})) AS c_2, "
                             "countIf((event = {s_event_3} AND properties.$pathname = {s_pathname_3})) AS c_3, '{not} {{one}}' AS t, 10 AS m"));
        QCOMPARE(query->values, (ph::Json{{"s_event", hostile}, {"s_pathname", "/"}, {"s_event_2", "b"}, {"s_event_3", "b"}, {"s_pathname_3", "\\'); DROP"}}));
        // The quoted cohort is one string literal, whatever is in it.
        const auto parsed = hogql::parseSelect(query->hogql);
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().message.c_str());
        const auto &where = std::get<hogql::Binary>((*parsed)->where->node);
        QCOMPARE(std::get<std::string>(std::get<hogql::Constant>(where.right->node).value), hostile);
    }

    void namesAPropertyWithoutLettingItOut()
    {
        for (const std::string name : {"amount_usd", "a`b", "x) OR 1=1 --", "$lib", "select"}) {
            const Scope scope{nullptr, {{"amount", name}}};

            const auto query = renderHogql("SELECT {{property amount}} FROM events", ph::Json::object(), scope);

            QVERIFY(query.has_value());
            const auto parsed = hogql::parseSelect(query->hogql);
            QVERIFY2(parsed.has_value(), query->hogql.c_str());
            QCOMPARE((*parsed)->columns.size(), 1U);
            const auto &field = std::get<hogql::Field>((*parsed)->columns[0]->node);
            QCOMPARE(field.chain.size(), 2U);
            QCOMPARE(field.chain[1], name);
        }
    }

    void refusesBrokenHogqlTemplates_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("no end") << "{{if n}} x" << "without {{end}}";
        QTest::newRow("no beginning") << "x {{end}}" << "without a beginning";
        QTest::newRow("unknown word") << "{{loop x}}" << "is none of";
        QTest::newRow("unknown fragment") << "{{use nothing}}" << "no fragment";
        QTest::newRow("endless fragment") << "{{use again}}" << "without end";
        QTest::newRow("text as number") << "{{number name}}" << "not a number";
        QTest::newRow("object as value") << "{object}" << "is an object";
        QTest::newRow("each of text") << "{{each name as x}}{{end}}" << "not a list";
    }
    void refusesBrokenHogqlTemplates()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const Scope scope{nullptr, {{"n", 1}, {"name", "abc"}, {"object", Value::object()}}};

        const auto query = renderHogql(text.toStdString(), {{"again", "{{use again}}"}}, scope);

        QVERIFY(!query);
        QVERIFY2(QString::fromStdString(query.error().message).contains(message), query.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(ExpressionTest)
#include "expression_test.moc"
