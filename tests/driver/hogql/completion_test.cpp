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
    void showsTypeAndVolume();
    void offersTheMostUsedOfVeryMany();
    void findsTablesAndColumns();
    void findsFunctionsInAnyCaseAndCombined();
    void namesEachThingOnce();
};

namespace {

ProjectNames project()
{
    ProjectNames names{{{"$browser", "String"}, {"my plan", "", "String", 12'345}}, {{"email", "String"}}, {{"$pageview", "seen 100 times"}, {"it's", ""}}};
    names.groupTypes = {{0, "account", {{"size", "Numeric"}}}, {1, "project", {{"language", "String"}, {"size", "Numeric"}}}};
    names.cohorts = {{"Power users", "120 persons"}};
    names.actions = {{"Paid", ""}};
    names.tables = {{"stripe.invoice", {{"amount", "", "Float64"}}}};
    return names;
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
    QTest::newRow("columns of WITH") << "with r as (select event as e, count() as n from events group by e) select | from r" << "e" << "n" << "uuid";
    QTest::newRow("columns of WITH by alias") << "with r as (select event as e, count() as n from events group by e) select q.| from r q" << "e" << "n" << "uuid";
    QTest::newRow("columns of a sub-select") << "select | from (select 1 as one, 2 as two)" << "one" << "two" << "uuid";
    QTest::newRow("columns of a named sub-select") << "select s.| from (select 1 as one, 2 as two) as s" << "one" << "two" << "uuid";
    QTest::newRow("a property's middle") << "select properties.rows| from events" << "$browser" << "$browser" << "my plan";
    QTest::newRow("a property's letters") << "select properties.mpl| from events" << "my plan" << "my plan" << "$browser";
    QTest::newRow("a property without its $") << "select properties.bro| from events" << "$browser" << "$browser" << "my plan";
    QTest::newRow("group properties") << "select group_0.properties.| from events" << "size" << "size" << "language";
    QTest::newRow("group properties of another type") << "select e.group_1.properties.| from events e" << "language" << "size" << "email";
    QTest::newRow("group properties by the type's name") << "select project.properties.| from events" << "language" << "size" << "email";
    QTest::newRow("columns of a group by the type's name") << "select account.| from events" << "" << "properties" << "size";
    QTest::newRow("group types") << "select acc| from events" << "account" << "account" << "project";
    QTest::newRow("group types are no columns of others") << "select a| from persons" << "" << "any" << "account";
    QTest::newRow("properties of any group") << "select properties.| from groups" << "size" << "language" << "email";
    QTest::newRow("cohorts") << "select 1 from events where person_id in cohort |" << "Power users" << "Power users" << "event";
    QTest::newRow("cohorts in quotes") << "select 1 from events where person_id in cohort 'pow|" << "Power users" << "Power users" << "$pageview";
    QTest::newRow("actions") << "select 1 from events where matchesAction('|')" << "Paid" << "Paid" << "$pageview";
    QTest::newRow("tables of the project") << "select 1 from stripe|" << "stripe.invoice" << "stripe.invoice" << "events";
    QTest::newRow("columns of the project's tables") << "select amo| from stripe.invoice" << "amount" << "amount" << "event";
    QTest::newRow("functions without a description") << "select geoDist| from events" << "geoDistance" << "geoDistance" << "count";
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

void HogqlCompletionTest::showsTypeAndVolume()
{
    const auto list = at("select properties.my| from events");
    QCOMPARE(list.front().detail, std::string("String \u00b7 12 345"));
}

void HogqlCompletionTest::offersTheMostUsedOfVeryMany()
{
    ProjectNames names;
    for (int i = 0; i < 50'000; ++i)
        names.eventProperties.push_back({"property_" + std::to_string(i), "", "String", 50'000 - i});
    const std::string text = "select properties. from events";

    const auto all = completions(text, 18, names);
    const auto some = completions("select properties.y_49999 from events", 25, names);

    QCOMPARE(all.size(), 200u);
    QCOMPARE(all.front().label, std::string("property_0"));
    QCOMPARE(some.size(), 1u);
    QCOMPARE(some.front().label, std::string("property_49999"));
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
