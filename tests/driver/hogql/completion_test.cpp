#include "driver/hogql/catalogue.h"
#include "driver/hogql/completion.h"
#include "driver/hogql/schema.h"

#include <QTest>
#include <set>

using namespace hogql;

class HogqlCompletionTest : public QObject
{
    Q_OBJECT

private slots:
    void offers_data();
    void offers();
    void replacesTheWholeWord();
    void quotesWhatNeedsIt();
    void offersNothingInComments();
    void survivesEveryCursor();
    void findsTablesAndColumns();
    void findsFunctionsInAnyCaseAndCombined();
    void namesEachThingOnce();
};

namespace {

ProjectNames project()
{
    return {
        {{"$browser", "String"}, {"my plan", "String"}}, {{"email", "String"}}, {{"$pageview", "seen 100 times"}, {"it's", ""}}};
}

/// Completions at the | in `text`.
std::vector<Completion> at(std::string text)
{
    const std::size_t cursor = text.find('|');
    text.erase(cursor, 1);
    return completions(text, cursor, project());
}

bool has(const std::vector<Completion> &list, std::string_view label)
{
    return std::any_of(list.begin(), list.end(), [&](const Completion &item) { return item.label == label; });
}

} // namespace

void HogqlCompletionTest::offers_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("first"); // "" for any
    QTest::addColumn<QString>("offered"); // one that must be there
    QTest::addColumn<QString>("absent"); // one that must not
    QTest::newRow("start") << "|"
                           << "SELECT"
                           << "WITH"
                           << "event";
    QTest::newRow("keyword") << "sel|"
                             << "SELECT"
                             << "SELECT"
                             << "count";
    QTest::newRow("table") << "select 1 from |"
                           << "events"
                           << "persons"
                           << "SELECT";
    QTest::newRow("table with a prefix") << "select 1 from per|"
                                         << "persons"
                                         << "person_distinct_ids"
                                         << "events";
    QTest::newRow("joined table") << "select 1 from events join |"
                                  << "events"
                                  << "sessions"
                                  << "count";
    QTest::newRow("WITH name") << "with recent as (select 1) select * from |"
                               << "recent"
                               << "events"
                               << "count";
    QTest::newRow("columns of FROM") << "select | from events"
                                     << "uuid"
                                     << "timestamp"
                                     << "$is_bounce";
    QTest::newRow("columns by prefix") << "select $e| from sessions"
                                       << "$end_timestamp"
                                       << "$entry_pathname"
                                       << "$is_bounce";
    QTest::newRow("functions") << "select counti| from events"
                               << "countIf"
                               << "countIf"
                               << "count";
    QTest::newRow("properties") << "select properties.| from events"
                                << "$browser"
                                << "my plan"
                                << "email";
    QTest::newRow("person") << "select person.| from events"
                            << "id"
                            << "properties"
                            << "uuid";
    QTest::newRow("person properties") << "select person.properties.e| from events"
                                       << "email"
                                       << "email"
                                       << "$browser";
    QTest::newRow("properties of persons") << "select properties.| from persons"
                                           << "email"
                                           << "email"
                                           << "$browser";
    QTest::newRow("session of an event") << "select session.$entry_p| from events"
                                         << "$entry_pathname"
                                         << "$entry_pathname"
                                         << "event";
    QTest::newRow("table alias") << "select e.| from events e"
                                 << "uuid"
                                 << "event"
                                 << "count";
    QTest::newRow("alias's properties") << "select e.properties.| from events as e join persons p"
                                        << "$browser"
                                        << "$browser"
                                        << "email";
    QTest::newRow("system tables") << "select 1 from system.|"
                                   << "cohorts"
                                   << "feature_flags"
                                   << "events";
    QTest::newRow("subquery's own FROM") << "select a from (select | from sessions) join events"
                                         << "session_id"
                                         << "$is_bounce"
                                         << "uuid";
    QTest::newRow("outer FROM") << "select | from events where person_id in (select id from persons)"
                                << "uuid"
                                << "event"
                                << "last_seen_at";
    QTest::newRow("inside a call") << "select count(distinct |) from events"
                                   << "uuid"
                                   << "person_id"
                                   << "$is_bounce";
    QTest::newRow("aliases") << "select count() as total from events order by tot|"
                             << "total"
                             << "total"
                             << "uuid";
    QTest::newRow("event names") << "select 1 from events where event = '|'"
                                 << "$pageview"
                                 << "it's"
                                 << "uuid";
    QTest::newRow("event names in a list") << "select 1 from events where event in ('a', '|')"
                                           << "$pageview"
                                           << "it's"
                                           << "uuid";
    QTest::newRow("event names, text open") << "select 1 from events where event = '|"
                                            << "$pageview"
                                            << "it's"
                                            << "uuid";
}

void HogqlCompletionTest::offers()
{
    QFETCH(QString, text);
    QFETCH(QString, first);
    QFETCH(QString, offered);
    QFETCH(QString, absent);

    const auto list = at(text.toStdString());

    QVERIFY(!list.empty());
    if (!first.isEmpty())
        QCOMPARE(QString::fromStdString(list.front().label), first);
    QVERIFY2(has(list, offered.toStdString()), qPrintable(offered));
    QVERIFY2(!has(list, absent.toStdString()), qPrintable(absent));
}

void HogqlCompletionTest::replacesTheWholeWord()
{
    const auto list = at("select time|st from events");
    QVERIFY(!list.empty());
    QCOMPARE(list.front(),
             (Completion{"timestamp", CompletionKind::Column, "timestamp", "DateTime \u2014 When it happened.", {7, 13}}));
}

void HogqlCompletionTest::quotesWhatNeedsIt()
{
    const auto properties = at("select properties.my| from events");
    QCOMPARE(properties.size(), 1u);
    QCOMPARE(properties[0].insert, std::string("`my plan`"));

    const auto events = at("select 1 from events where event = 'it|'");
    QVERIFY(!events.empty());
    QCOMPARE(events.back().insert, std::string("'it\\'s'"));
    QCOMPARE(events.back().replaces, (Span{35, 39}));
}

void HogqlCompletionTest::offersNothingInComments()
{
    QVERIFY(at("select 1 -- sel|").empty());
    QVERIFY(at("select 1 /* sel| */").empty());
    QVERIFY(at("select 12|").empty());
    QVERIFY(at("select 'sel|'").empty());
}

void HogqlCompletionTest::survivesEveryCursor()
{
    const std::string text = "with x as (select e.properties.a. from events e join persons p on) select f'{a.}', <b>{x.</b>, 'é' "
                             "from x as y where event in ('a";
    for (std::size_t cursor = 0; cursor <= text.size() + 2; ++cursor) {
        for (const Completion &item : completions(text, cursor, project())) {
            QVERIFY(!item.label.empty() && !item.insert.empty());
            QVERIFY(item.replaces.start <= item.replaces.end && item.replaces.end <= text.size());
        }
        completions(text.substr(0, cursor), cursor, project());
    }
}

void HogqlCompletionTest::findsTablesAndColumns()
{
    const TableDoc *events = findTable("posthog.Events");
    QVERIFY(events && events->name == "events");
    QVERIFY(findColumn(*events, "timestamp"));
    QVERIFY(!findColumn(*events, "Timestamp"));
    QVERIFY(!findTable("nothing"));
    QVERIFY(!findColumn(*findTable("sessions"), "properties"));
}

void HogqlCompletionTest::findsFunctionsInAnyCaseAndCombined()
{
    QCOMPARE(findFunction("COUNT")->name, std::string_view("count"));
    QCOMPARE(findFunction("tostartofday")->name, std::string_view("toStartOfDay"));
    QCOMPARE(findFunction("uniqExactIf")->name, std::string_view("uniqExact"));
    QCOMPARE(findFunction("sumArrayIf")->name, std::string_view("sum"));
    QVERIFY(!findFunction("lowerIf"));
    QVERIFY(!findFunction("nothing"));
    QCOMPARE(replacementFor("toUInt64"), std::string_view("toInt"));
    QVERIFY(replacementFor("toInt").empty());
}

void HogqlCompletionTest::namesEachThingOnce()
{
    std::set<std::string> names;
    for (const FunctionDoc &function : functions()) {
        QVERIFY2(
            names.insert(QByteArray::fromRawData(function.name.data(), int(function.name.size())).toLower().toStdString()).second,
            std::string(function.name).c_str());
        QVERIFY2(function.signature.starts_with(function.name), std::string(function.name).c_str());
        QVERIFY(function.doc.ends_with('.') || function.doc.ends_with("\u2026"));
    }
    QVERIFY(names.size() >= 170);
    for (const TableDoc &table : tables()) {
        std::set<std::string_view> columns;
        for (const ColumnDoc &column : table.columns) {
            QVERIFY2(columns.insert(column.name).second, std::string(column.name).c_str());
            QCOMPARE(column.type == "Table", !column.table.empty());
            QVERIFY(column.table.empty() || findTable(column.table));
        }
    }
}

QTEST_APPLESS_MAIN(HogqlCompletionTest)
#include "completion_test.moc"
