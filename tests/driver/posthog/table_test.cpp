#include "driver/posthog/query_answer.h"
#include "driver/posthog/table.h"

#include <QTest>

using posthog::ColumnKind;

class TableTest : public QObject
{
    Q_OBJECT

private slots:
    void knowsTheKindsOfTypes_data();
    void knowsTheKindsOfTypes();
    void findsColumns();
    void readsPairsAndStringsAsTypes();
    void keepsWholeNumbersExact();
    void keepsNullApartFromEmpty();
    void readsWhatIsLeftOut();
    void refusesAnswersThatAreNoTable();
    void survivesBeingJson();
};

void TableTest::knowsTheKindsOfTypes_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *type, ColumnKind kind) { QTest::newRow(type) << type << static_cast<int>(kind); };
    row("String", ColumnKind::Text);
    row("Nullable(String)", ColumnKind::Text);
    row("LowCardinality(Nullable(String))", ColumnKind::Text);
    row("FixedString(3)", ColumnKind::Text);
    row("Enum8('a' = 1)", ColumnKind::Text);
    row("UInt64", ColumnKind::Integer);
    row("Nullable(Int32)", ColumnKind::Integer);
    row("UInt8", ColumnKind::Integer);
    row("Bool", ColumnKind::Boolean);
    row("Float64", ColumnKind::Float);
    row("Nullable(Decimal(10, 2))", ColumnKind::Float);
    row("DateTime64(6, 'UTC')", ColumnKind::DateTime);
    row("Nullable(DateTime)", ColumnKind::DateTime);
    row("Date", ColumnKind::Date);
    row("Date32", ColumnKind::Date);
    row("UUID", ColumnKind::Uuid);
    row("Array(Nullable(String))", ColumnKind::Array);
    row("Tuple(String, UInt64)", ColumnKind::Tuple);
    row("IntervalDay", ColumnKind::Other);
    row("Map(String, String)", ColumnKind::Other);
    row("Nullable(Nothing)", ColumnKind::Other);
    row("Nullable(", ColumnKind::Other);
    row("", ColumnKind::Other);
}

void TableTest::knowsTheKindsOfTypes()
{
    QFETCH(QString, type);
    QFETCH(int, kind);
    QCOMPARE(static_cast<int>(posthog::Column::kindOf(type.toStdString())), kind);
}

void TableTest::findsColumns()
{
    const posthog::Table table{{{"event", "String"}, {"count()", "UInt64"}}, {}, {}, {}, {}};
    QCOMPARE(table.indexOf("count()"), std::optional<std::size_t>(1));
    QVERIFY(!table.indexOf("Event"));
}

void TableTest::readsPairsAndStringsAsTypes()
{
    const auto pairs = posthog::tableOf(ph::Json::parse(
        R"({"columns":["a","b"],"types":[["a","String"],["b","UInt64"]],"results":[["x",1]],"hasMore":true,"limit":100,"hogql":"SELECT"})"));
    QVERIFY(pairs.has_value());
    const posthog::Table expected{{{"a", "String"}, {"b", "UInt64"}}, {{"x", 1}}, true, 100, "SELECT"};
    QVERIFY(*pairs == expected);

    const auto strings
        = posthog::tableOf(ph::Json::parse(R"({"columns":["a","b"],"types":["String","UInt64"],"results":[["x",1]]})"));
    QVERIFY(strings.has_value());
    QVERIFY(strings->columns == expected.columns);
    QVERIFY(!strings->hasMore && !strings->limit);
}

void TableTest::keepsWholeNumbersExact()
{
    const auto table = posthog::tableOf(
        ph::Json::parse(R"({"columns":["n"],"results":[[18446744073709551615],[-9223372036854775808],[9007199254740993]]})"));
    QVERIFY(table.has_value());
    QCOMPARE(table->rows[0][0].get<std::uint64_t>(), std::uint64_t(18446744073709551615u));
    QCOMPARE(table->rows[1][0].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
    QCOMPARE(table->rows[2][0].get<std::int64_t>(), std::int64_t(9007199254740993));
    QVERIFY(table->rows[2][0].is_number_integer());
}

void TableTest::keepsNullApartFromEmpty()
{
    const auto table = posthog::tableOf(ph::Json::parse(R"({"columns":["a","b"],"results":[[null,""]]})"));
    QVERIFY(table.has_value());
    QVERIFY(table->rows[0][0].is_null());
    QVERIFY(table->rows[0][1].is_string());
}

void TableTest::readsWhatIsLeftOut()
{
    const auto bare
        = posthog::tableOf(ph::Json::parse(R"({"results":[[1,2]],"columns":null,"types":null,"error":null,"hasMore":null})"));
    QVERIFY(bare.has_value());
    QCOMPARE(bare->columns[1].name, std::string("column 2"));

    const auto fromTypes = posthog::tableOf(ph::Json::parse(R"({"results":[],"types":[["a","String"]]})"));
    QVERIFY(fromTypes.has_value());
    QCOMPARE(fromTypes->columns[0].name, std::string("a"));

    QVERIFY(posthog::tableOf(ph::Json::parse(R"({"results":[]})"))->columns.empty());
}

void TableTest::refusesAnswersThatAreNoTable()
{
    for (const char *answer : {"{}", "[]", "1", "null", "\"x\"", R"({"results":null})", R"({"results":{}})",
                               R"({"columns":["a","b"],"results":[[1]]})", R"({"columns":["a","b"],"results":[{"a":1}]})"}) {
        const auto table = posthog::tableOf(ph::Json::parse(answer));
        QVERIFY2(!table.has_value(), answer);
        QCOMPARE(table.error().code, ph::ErrorCode::Internal);
    }
    const auto failed = posthog::tableOf(ph::Json::parse(R"({"results":[],"error":"It broke."})"));
    QVERIFY(!failed.has_value());
    QCOMPARE(failed.error(), (ph::Error{ph::ErrorCode::InvalidInput, "It broke."}));
}

void TableTest::survivesBeingJson()
{
    const posthog::Table table{{{"a", "String"}}, {{nullptr}, {"x"}}, false, {}, "SELECT"};
    const auto again = ph::parse<posthog::Table>(ph::Json(table));
    QVERIFY(again.has_value());
    QVERIFY(*again == table);
}

QTEST_APPLESS_MAIN(TableTest)
#include "table_test.moc"
