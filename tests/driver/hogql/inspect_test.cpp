#include "driver/hogql/inspect.h"

#include <QTest>

using namespace hogql;

class HogqlInspectTest : public QObject
{
    Q_OBJECT

private slots:
    void tellsWhatStandsAtAPlace_data();
    void tellsWhatStandsAtAPlace();
    void tellsVolumesAndTypesOfTheProject();
    void tellsCohortsActionsAndGroups_data();
    void tellsCohortsActionsAndGroups();
    void helpsWithTheArguments_data();
    void helpsWithTheArguments();
    void goesToTheDefinition_data();
    void goesToTheDefinition();
    void findsAllPlacesOfAName();
    void knowsWhatAValueShouldBe_data();
    void knowsWhatAValueShouldBe();
};

namespace {

/// The query without its | and where that stood.
std::pair<std::string, std::size_t> marked(const QString &query)
{
    QString text = query;
    const int at = text.indexOf('|');
    text.remove(at, 1);
    return {text.toStdString(), std::size_t(at)};
}

} // namespace

void HogqlInspectTest::tellsWhatStandsAtAPlace_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("text");
    const auto add = [](const char *query, const char *title, const char *text) { QTest::newRow(query) << query << title << text; };
    add("select ev|ent from events", "events.event: String", "What happened: $pageview, or a name that your code gave.");
    add("select event from ev|ents", "events", "Everything that happened.");
    add("select person.pro|perties.email from events", "persons.properties: String", "What is known of them now: properties.email.");
    add("select pers|on.properties.email from events", "events.person", "The person: person.properties.email.");
    add("select toStartOf|Hour(timestamp) from events", "toStartOfHour(time): DateTime", "The start of its hour.");
    add("select count() as n from events having n| > 1", "n: Number", "A name given in this SELECT.");
    add("with x as (select 1) select * from |x", "x", "Named by WITH in this query.");
    add("select {val|ue}", "{value}", "A value that comes from outside.");
    add("select toDate(|", "", "");
    add("select toDa|te( from", "toDate(x[, timezone])", "x as a day, or null.");
    add("select from pers|ons where", "persons", "The people who did it.");
    add("select 1 |+ 2", "", "");
    add("sel|ect 1", "", "");
}

void HogqlInspectTest::tellsWhatStandsAtAPlace()
{
    QFETCH(QString, query);
    QFETCH(QString, title);
    QFETCH(QString, text);

    const auto [plain, at] = marked(query);
    const auto found = hover(plain, at);

    QCOMPARE(found ? QString::fromStdString(found->title) : QString(), title);
    QCOMPARE(found ? QString::fromStdString(found->text) : QString(), text);
}

void HogqlInspectTest::tellsVolumesAndTypesOfTheProject()
{
    ProjectNames names;
    names.eventProperties = {{"plan", "free or paid", "String", 12'345}};
    names.events = {{"paid", "", "", 1'234'567}};
    const Project project(std::move(names));
    const std::string query = "select properties.plan from events where event = 'paid'";

    const auto property = hover(query, query.find("plan"), &project);
    const auto event = hover(query, query.find("paid"), &project);

    QVERIFY(property && event);
    QCOMPARE(property->title, std::string("properties.plan: String"));
    QCOMPARE(property->text, std::string("free or paid\nSeen 12 345 times."));
    QCOMPARE(event->text, std::string("An event of this project. Seen 1 234 567 times."));
}

void HogqlInspectTest::tellsCohortsActionsAndGroups_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("text");
    const auto add = [](const char *query, const char *title, const char *text) { QTest::newRow(query) << query << title << text; };
    add("select 1 from persons where id in cohort '|Power users'", "Power users", "A cohort of this project with 1 204 persons.\nThe heaviest ones.");
    add("select 1 from persons where id in cohort |7", "Power users", "A cohort of this project with 1 204 persons.\nThe heaviest ones.");
    add("select 1 from persons where id in cohort |8", "", "");
    add("select 1 from events where matchesAction('|Paid')", "Paid", "An action of this project.");
    add("select 1 from events where matchesAction(|3)", "Paid", "An action of this project.");
    add("select |7 from events", "", "");
    add("select group_1.properties.|size from events", "events.group_1.properties.size: Number", "Seen 12 times.");
    add("select project.properties.|size from events", "events.project.properties.size: Number", "Seen 12 times.");
    add("select group_0.properties.|size from events", "events.group_0.properties.size", "No definition in this project: read as text.");
    add("select |project.key from events", "events.project", "The group of this type that the event belongs to.\nGroups of this project's type project.");
    add("select |group_1.key from events", "events.group_1", "The group of the second type.\nGroups of this project's type project.");
    add("select e.properties.|plan from events e", "e.properties.plan: String", "Seen 5 times.");
}

void HogqlInspectTest::tellsCohortsActionsAndGroups()
{
    QFETCH(QString, query);
    QFETCH(QString, title);
    QFETCH(QString, text);
    ProjectNames names;
    names.eventProperties = {{"plan", "", "String", 5}};
    names.cohorts = {{"Power users", "The heaviest ones.", "", 1'204, 7}};
    names.actions = {{"Paid", "", "", {}, 3}};
    names.groupTypes = {{0, "account", {{"plan", "", "String"}}}, {1, "project", {{"size", "", "Numeric", 12}}}};
    const Project project(std::move(names));

    const auto [plain, at] = marked(query);
    const auto found = hover(plain, at, &project);

    QCOMPARE(found ? QString::fromStdString(found->title) : QString(), title);
    QCOMPARE(found ? QString::fromStdString(found->text) : QString(), text);
}

void HogqlInspectTest::helpsWithTheArguments_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("signature");
    QTest::addColumn<QString>("current");
    const auto add = [](const char *query, const char *signature, const char *current) { QTest::newRow(query) << query << signature << current; };
    add("select sumIf(|", "sumIf(x, condition)", "x");
    add("select sumIf(a, |", "sumIf(x, condition)", "condition");
    add("select sumIf(a, b, |", "sumIf(x, condition)", "");
    add("select quantile(|", "quantile(level)(x)", "level");
    add("select quantile(0.9)(|", "quantile(level)(x)", "x");
    add("select if(a, toDate(b), |c)", "if(condition, yes, no)", "no");
    add("select if(a, toDate(|b), c)", "toDate(x[, timezone])", "x");
    add("select concat(a, b, c, |", "concat(x, \u2026)", "x");
    add("select arrayMap(x -> [1, |2], y)", "arrayMap(x -> \u2026, array, \u2026)", "x -> \u2026");
    add("select dateDiff('a(,', |", "dateDiff(unit, from, to)", "from");
    add("select (|1)", "", "");
    add("select now()|", "", "");
    add("select count(|", "count([x])", "x");
}

void HogqlInspectTest::helpsWithTheArguments()
{
    QFETCH(QString, query);
    QFETCH(QString, signature);
    QFETCH(QString, current);

    const auto [plain, at] = marked(query);
    const auto help = signatureHelp(plain, at);

    QCOMPARE(help ? QString::fromStdString(help->signature) : QString(), signature);
    QCOMPARE(help ? QString::fromStdString(help->signature.substr(help->current.start, help->current.end - help->current.start)) : QString(), current);
}

void HogqlInspectTest::goesToTheDefinition_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("place");
    QTest::newRow("common table") << "with people as (select 1 as a) select a from peo|ple" << 5;
    QTest::newRow("alias") << "select count() as n from events having |n > 1" << 18;
    QTest::newRow("column of a sub-select") << "select |a from (select 1 as a)" << 27;
    QTest::newRow("through the table's alias") << "with p as (select 1 as a) select q.|a from p as q" << 23;
    QTest::newRow("a column") << "select ev|ent from events" << -1;
    QTest::newRow("unreadable") << "select ev|ent from" << -1;
}

void HogqlInspectTest::goesToTheDefinition()
{
    QFETCH(QString, query);
    QFETCH(int, place);

    const auto [plain, at] = marked(query);
    const auto found = definitionOf(plain, at);

    QCOMPARE(found ? int(found->start) : -1, place);
}

void HogqlInspectTest::findsAllPlacesOfAName()
{
    const std::string query = "with p as (select 1 as a) select a as n, n + 1 from p join p as q on p.a = q.a where n > 1";

    QCOMPARE(referencesOf(query, query.find("p as")).size(), 3u);
    QCOMPARE(referencesOf(query, query.rfind("n > 1")).size(), 3u);
    QVERIFY(referencesOf(query, 0).empty());
}

void HogqlInspectTest::knowsWhatAValueShouldBe_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("found");
    const auto add = [](const char *query, const char *found) { QTest::newRow(query) << query << found; };
    add("select 1 from events where timestamp >= {from} and event = {variables.name}", "from: DateTime, variables.name: String");
    add("select 1 from events where event in {names} limit {n}", "names: Array of String, n: Number");
    add("select 1 from events where timestamp > now() - interval {days} day and {filters}", "days: Number, filters: ");
    add("select {a} + 1, {'b': 1}, {c", "a: ");
    add("select 1 from events where {low} < $session_id and timestamp between {a} and {b}", "low: String, a: DateTime, b: DateTime");
}

void HogqlInspectTest::knowsWhatAValueShouldBe()
{
    QFETCH(QString, query);
    QFETCH(QString, found);

    QStringList uses;
    for (const PlaceholderUse &use : placeholdersIn(query.toStdString()))
        uses << QString::fromStdString(use.name + ": " + nameOf(use.type));

    QCOMPARE(uses.join(", "), found);
}

QTEST_APPLESS_MAIN(HogqlInspectTest)
#include "inspect_test.moc"
