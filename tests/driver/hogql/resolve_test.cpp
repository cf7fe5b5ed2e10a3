#include "driver/hogql/parser.h"
#include "driver/hogql/resolve.h"

#include <QTest>

using namespace hogql;

/// Names and types of a query: what they stand for, and what is said about those that fit nowhere.
class HogqlResolveTest : public QObject
{
    Q_OBJECT

private slots:
    void findsNothingWrong_data();
    void findsNothingWrong();
    void tellsWhatDoesNotFit_data();
    void tellsWhatDoesNotFit();
    void fixesThem_data();
    void fixesThem();
    void typesTheColumns_data();
    void typesTheColumns();
    void leadsFromANameToItsDefinition();
    void saysNothingOfPropertiesWithoutDefinitions();
    void knowsTheTypesOfGroups();
    void looksAtEachAliasOnce();
    void walksLongChains();
};

namespace {

const Project &project()
{
    static const Project known([] {
        ProjectNames names;
        names.eventProperties = {{"price", "Numeric", "Numeric"}, {"plan", "String", "String"}, {"is_paid", "Boolean", "Boolean"},
                                 {"due", "DateTime", "DateTime"}, {"$browser", "String", "String"}};
        names.personProperties = {{"email", "String", "String"}, {"age", "Numeric", "Numeric"}};
        names.tables = {{"stripe.invoice", {{"amount", "", "Float64"}, {"customer", "", "String"}}}};
        return names;
    }());
    return known;
}

Resolution resolved(const QString &query, const Project *names = &project())
{
    const std::string text = query.toStdString();
    const auto select = parseSelect(text);
    return select ? resolve(text, **select, names) : Resolution{};
}

} // namespace

void HogqlResolveTest::findsNothingWrong_data()
{
    QTest::addColumn<QString>("query");
    const auto add = [](const char *query) { QTest::newRow(query) << query; };
    add("select event, count() from events group by event order by count() desc");
    add("select event, count() from events group by 1");
    add("select person.properties.email, session.$session_duration, pdi.person.id, group_0.properties.name from events");
    add("select events.person.properties.email, e.uuid from events e, events");
    add("select account.properties.name from events");
    add("select posthog.events.event from posthog.events");
    add("select properties.price > 5, properties['plan'] = 'x', properties.a.b.c from events");
    add("select toDate(timestamp) as day, count() as n, n * 2 as twice from events where day > '2026-01-01' group by day having n > 1");
    add("select toDate(timestamp) as timestamp from events");
    add("with x as (select event as e, count() as n from events group by e) select e, n from x where n > 1");
    add("with x(a, b) as (select 1, 2) select a, b from x");
    add("with 5 as least, y -> y + 1 as next select next(least)");
    add("with recursive n as (select 1 as i union all select i + 1 from n where i < 5) select i from n");
    add("select a from (select 1 as a union all select 2)");
    add("select x from events array join [1, 2] as x");
    add("select arrayMap(x -> x * 2, groupArray(properties.price)) from events");
    add("select e.event, p.id from events e join persons p on e.person_id = p.id");
    add("select distinct_id from events join person_distinct_ids using (distinct_id)");
    add("select s.* from (select event from events) s");
    add("select whatever from (select * from events)");
    add("select whatever.deep from some_saved_view");
    add("select amount + 1, lower(customer) from stripe.invoice");
    add("select e.event, count() from events e group by event");
    add("select if(event = 'a', 1, 2) as kind, count() from events group by kind");
    add("select row_number() over (partition by event order by timestamp) from events");
    add("select quantile(0.9)(properties.price), sumIf(properties.price, event = 'a'), uniqArray([1]) from events");
    add("select * from (values (1, 'a')) as v (n, t) where n > 1 and t = 'x'");
    add("select event from events where event = any(select event from events)");
    add("select number from numbers(5)");
    add("select sum(x) from (select 1 as x, 'a' as y) pivot (sum(x) for y in ('a', 'b'))");
    add("select {value}, {variables.x} from events where {filters}");
    add("select timestamp + interval 1 day > now(), dateDiff('day', timestamp, now()) / 2 from events");
}

void HogqlResolveTest::findsNothingWrong()
{
    QFETCH(QString, query);
    QVERIFY(parseSelect(query.toStdString()).has_value());
    for (const Diagnostic &found : resolved(query).diagnostics)
        QVERIFY2(found.severity == Severity::Hint, found.message.c_str());
}

void HogqlResolveTest::tellsWhatDoesNotFit_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("marked");
    QTest::addColumn<QString>("message");
    const auto add = [](const char *query, const char *marked, const char *message) { QTest::newRow(query) << query << marked << message; };
    add("select nothing from events", "nothing", "There is no column nothing in events. What was sent with an event is under properties.");
    add("select a.b from (select 1 as c) a", "b", "a has no column b.");
    add("select foo", "foo", "There is no FROM that foo could be a column of.");
    add("select timestamp.x from events", "x", "timestamp is a DateTime and has no parts.");
    add("select count() as c from events where c > 1", "c", "c is an aggregate, which is known only after WHERE; compare it in HAVING.");
    add("select 1 from events where count() > 1", "count", "count() is known only after WHERE; compare it in HAVING.");
    add("select distinct on (event) event from events", "on", "HogQL has no DISTINCT ON: it is read as a call of on(). Write LIMIT 1 BY at the end.");
    add("select sum(count()) from events", "count", "An aggregate cannot stand within another one; compute count() in a SELECT in FROM.");
    add("select 1 union all select 2, 3", "2", "This SELECT has 2 columns, the one before 1; they have to have as many.");
    add("select toDate() from events", "toDate", "toDate takes at least 1 argument, here are 0. toDate(x[, timezone])");
    add("select sumIf(1) from events", "sumIf", "sumIf takes 2 arguments, here are 1. sumIf(x, condition)");
    add("select quantile(0.9)(1, 2) from events", "quantile", "quantile takes 1 argument, here are 2. quantile(level)(x)");
    add("select event, timestamp, count() from events group by event", "timestamp", "timestamp is neither in GROUP BY nor in an aggregate: PostHog refuses that.");
    add("select event, count() from events", "event", "event has many values where the query answers with one row: aggregate it, or GROUP BY it.");
    add("select toHour([1]) from events", "[1]", "toHour needs a time, this is an Array of Number.");
    add("select e.event from events e, events f where event = 'x'", "event", "Both e and f have event; say which one: e.event.");
}

void HogqlResolveTest::tellsWhatDoesNotFit()
{
    QFETCH(QString, query);
    QFETCH(QString, marked);
    QFETCH(QString, message);

    const Resolution resolution = resolved(query);

    QCOMPARE(resolution.diagnostics.size(), 1u);
    const Diagnostic &found = resolution.diagnostics.front();
    QCOMPARE(QString::fromStdString(found.message), message);
    QCOMPARE(query.mid(int(found.span.start), int(found.span.end - found.span.start)), marked);
}

void HogqlResolveTest::fixesThem_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("fixed");
    const auto add = [](const char *query, const char *fixed) { QTest::newRow(query) << query << fixed; };
    add("select evnt from events", "select event from events");
    add("select event from evnts", "select event from events");
    add("select person.propertis.email from events", "select person.properties.email from events");
    add("select properties.prise from events", "select properties.price from events");
    add("select properties.`$browsr` from events", "select properties.$browser from events");
    add("select person.properties.emial from events", "select person.properties.email from events");
    add("select price from events", "select properties.price from events");
    add("select properties.plan > 5 from events", "select toFloat(properties.plan) > 5 from events");
    add("select 5 >= properties.unknown from events", "select 5 >= toFloat(properties.unknown) from events");
    add("select properties.plan between 1 and 'x' from events", "select toFloat(properties.plan) between 1 and 'x' from events");
    add("select event in (1, 2) from events", "select toFloat(event) in (1, 2) from events");
    add("select properties.plan * 2 from events", "select toFloat(properties.plan) * 2 from events");
    add("select sum(properties.plan) from events", "select sum(toFloat(properties.plan)) from events");
    add("select toStartOfDay(properties.plan) from events", "select toStartOfDay(toDateTime(properties.plan)) from events");
    add("select lower(properties.price) from events", "select lower(toString(properties.price)) from events");
    add("select toFloat64(properties.plan) from events", "select toFloat(properties.plan) from events");
    add("select coutn() from events", "select count() from events");
    add("select parseDateTimeBestEfort('x')", "select parseDateTimeBestEffort('x')");
    add("select sessions.properties.$entry_pathname from sessions", "select sessions.$entry_pathname from sessions");
    add("select properties.$entry_pathname from sessions", "select $entry_pathname from sessions");
    add("with people as (select 1 as a) select a from peopel", "with people as (select 1 as a) select a from people");
    add("select max(timestamp), distinct_id from events group by event", "select max(timestamp), any(distinct_id) from events group by event");
    add("select `a bc` from (select 1 as `a bd`)", "select `a bd` from (select 1 as `a bd`)");
}

void HogqlResolveTest::fixesThem()
{
    QFETCH(QString, query);
    QFETCH(QString, fixed);

    const Resolution resolution = resolved(query);

    QCOMPARE(resolution.diagnostics.size(), 1u);
    QVERIFY2(resolution.diagnostics.front().fix.has_value(), resolution.diagnostics.front().message.c_str());
    const Fix &fix = *resolution.diagnostics.front().fix;
    std::string text = query.toStdString();
    text.replace(fix.span.start, fix.span.end - fix.span.start, fix.replacement);
    QCOMPARE(QString::fromStdString(text), fixed);
}

void HogqlResolveTest::typesTheColumns_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("types");
    const auto add = [](const char *query, const char *types) { QTest::newRow(query) << query << types; };
    add("select event, timestamp, uuid, properties.price, properties.due, properties.is_paid, properties.other, person.properties.age from events",
        "String DateTime UUID Number DateTime Boolean String Number");
    add("select 1, 'a', true, null, [1], (1, 2), 1 = 2, 1 + 2, 'a' || 'b', x -> x", "Number String Boolean Null Array of Number Tuple Boolean Number String Lambda");
    add("select count(), groupArray(event), any(timestamp), argMax(event, timestamp), countIf(1), quantiles(0.1, 0.9)(1) from events",
        "Number Array of String DateTime String Number Array of Number");
    add("select toDate(timestamp), toStartOfHour(timestamp), toStartOfMonth(timestamp), now() - interval 1 day, toUUID('x'), event::Float64 from events",
        "Date DateTime Date DateTime UUID Number");
    add("with t as (select event as e, count() as n from events group by e) select n, e from t", "Number String");
    add("select case when 1 then null when 2 then 'x' end, if(1, 2, 'x'), coalesce(null, 'x'), splitByChar(',', 'a,b')[1], multiIf(1, 'x', 2)",
        "String Number String String String");
    add("select n from (select 1 as n union all select 2)", "Number");
}

void HogqlResolveTest::typesTheColumns()
{
    QFETCH(QString, query);
    QFETCH(QString, types);

    QStringList found;
    for (const OutputColumn &column : resolved(query).columns)
        found << QString::fromStdString(nameOf(column.type));

    QCOMPARE(found.join(' '), types);
}

void HogqlResolveTest::leadsFromANameToItsDefinition()
{
    const QString query = "with people as (select id from persons) select p.id as who from people p where who = 'x'";

    const Resolution resolution = resolved(query);

    const auto definitionOf = [&](Symbol::Kind kind, int from) {
        for (const Symbol &symbol : resolution.symbols) {
            if (symbol.kind == kind && symbol.span.start >= std::size_t(from) && symbol.definition)
                return query.mid(int(symbol.definition->start), int(symbol.definition->end - symbol.definition->start));
        }
        return QString();
    };
    QCOMPARE(definitionOf(Symbol::Kind::CommonTable, query.indexOf("from people")), QString("people"));
    QCOMPARE(definitionOf(Symbol::Kind::Table, query.indexOf("p.id")), QString("people p"));
    QCOMPARE(definitionOf(Symbol::Kind::Column, query.indexOf("p.id")), QString("id"));
    QCOMPARE(definitionOf(Symbol::Kind::Alias, query.indexOf("who = ")), QString("p.id as who"));
}

void HogqlResolveTest::saysNothingOfPropertiesWithoutDefinitions()
{
    const Resolution resolution = resolved("select properties.anything > 5, person.properties.other * 2 from events", nullptr);
    QVERIFY(resolution.diagnostics.empty());
}

void HogqlResolveTest::knowsTheTypesOfGroups()
{
    ProjectNames names;
    names.groupTypes = {{0, "account", {{"seats", "", "Numeric"}}}};
    const Project known(std::move(names));

    QVERIFY(resolved("select account.properties.seats + 1, account.key, group_0.properties.seats, e.account.properties.seats from events e", &known).diagnostics.empty());
    const Resolution misspelt = resolved("select acount.properties.seats, account.properties.seatz, account.nothing from events", &known);

    QStringList messages;
    for (const Diagnostic &found : misspelt.diagnostics)
        messages << QString::fromStdString(found.message);
    QCOMPARE(messages, (QStringList{"There is no column acount in events. Did you mean account?",
                                    "No group of this project was seen with seatz. Did you mean seats?", "groups has no column nothing."}));
}

void HogqlResolveTest::looksAtEachAliasOnce()
{
    // Each alias uses the one before twice: looked at anew each time that would be 2^40 steps.
    QString query = "select 1 as a0";
    for (int i = 1; i < 40; ++i)
        query += QString(", a%1 + a%1 as a%2").arg(i - 1).arg(i);
    QElapsedTimer timer;
    timer.start();

    QVERIFY(resolved(query).diagnostics.empty());
    QVERIFY(resolved("select a39 as last, " + query.mid(7)).diagnostics.empty());

    QVERIFY(timer.elapsed() < 1'000);
}

void HogqlResolveTest::walksLongChains()
{
    QString query = "select 1 from events where event = 'x'";
    for (int i = 0; i < 1'500; ++i)
        query += " or event = 'y'";
    QVERIFY(resolved(query).diagnostics.empty());
}

QTEST_APPLESS_MAIN(HogqlResolveTest)
#include "resolve_test.moc"
