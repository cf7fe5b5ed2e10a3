#include "driver/http/client.h"
#include "driver/http/server.h"
#include "tests/driver/localproject/small_project.h"
#include "ui/query/schema_completion.h"

#include "driver/hogql/inspect.h"

using namespace ui;

/// The window's names come from a project over HTTP: what the local project answers, the editor offers and explains.
class SchemaProjectTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void offersWhatTheProjectHas_data();
    void offersWhatTheProjectHas();
    void explainsWhatTheProjectHas_data();
    void explainsWhatTheProjectHas();
    void aKeyThatMayNotReadCohortsLeavesTheRest();

private:
    /// All that can be read with `key`.
    ProjectSchema schemaFor(const std::string &key)
    {
        const auto driver = posthog::makeDriver(m_client, {"http://127.0.0.1:" + std::to_string(m_server.port()), key, "1"});
        return loadSchema(*driver, {});
    }

    SmallProject m_project;
    http::Server m_server{
        {}, [this](const http::ServerRequest &request, const std::stop_token &stop) { return m_project.handle(request, stop); }};
    http::Client m_client;
    std::unique_ptr<const hogql::Project> m_names;
};

void SchemaProjectTest::initTestCase()
{
    const auto filled = m_project.store().execute(
        "INSERT INTO groups (group_type_index, key, properties, created_at) VALUES (0, 'igel', '{\"seats\": 12, \"home town\": \"Kiel\"}', '2026-01-01'),"
        " (0, 'fuchs', '{\"seats\": 3}', '2026-01-02');"
        "INSERT INTO objects VALUES ('groups_types', 0, '{\"group_type\":\"account\",\"group_type_index\":0}', NULL);"
        "INSERT INTO property_definitions VALUES ('00000000-0000-4000-8000-00000000d005', 'seats', 'group', 'Numeric', true, NULL)");
    QVERIFY2(filled, filled ? "" : filled.error().message.c_str());
    QVERIFY(m_server.start());
    const ProjectSchema schema = schemaFor(SmallProject::key);
    QVERIFY2(schema.problems.empty(), schema.problems.empty() ? "" : schema.problems.front().message.c_str());
    m_names = std::make_unique<const hogql::Project>(namesOf(schema));
}

void SchemaProjectTest::offersWhatTheProjectHas_data()
{
    QTest::addColumn<QString>("query"); // with the cursor at |
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("insert");
    QTest::addColumn<QString>("detail");
    QTest::newRow("cohort") << "SELECT 1 FROM persons WHERE id IN COHORT '|'" << "Signed-up users" << "'Signed-up users'" << "2 persons";
    QTest::newRow("cohort without quotes") << "SELECT 1 FROM persons WHERE id IN COHORT |" << "Signed-up users" << "'Signed-up users'" << "2 persons";
    QTest::newRow("action") << "SELECT 1 FROM events WHERE matchesAction('P|')" << "Paid" << "'Paid'" << "";
    QTest::newRow("event with its volume") << "SELECT 1 FROM events WHERE event = '|'" << "$pageview" << "'$pageview'" << "4";
    QTest::newRow("group property") << "SELECT group_0.properties.| FROM events" << "seats" << "seats" << QStringLiteral("Numeric · 2");
    QTest::newRow("group property by type") << "SELECT account.properties.| FROM events" << "seats" << "seats" << QStringLiteral("Numeric · 2");
    QTest::newRow("group property to be quoted") << "SELECT account.properties.h| FROM events" << "home town" << "`home town`" << "1";
    QTest::newRow("group type") << "SELECT acc| FROM events" << "account" << "account" << QStringLiteral("Table — The same as group_0.");
}

void SchemaProjectTest::offersWhatTheProjectHas()
{
    QFETCH(QString, query);
    QFETCH(QString, text);
    QFETCH(QString, insert);
    QFETCH(QString, detail);

    const int cursor = int(query.indexOf('|'));
    const EditorCompletion completion = completeQuery(m_names->names(), query.remove(cursor, 1), cursor);

    QVERIFY(!completion.suggestions.empty());
    QCOMPARE(completion.suggestions[0].text, text);
    QCOMPARE(completion.suggestions[0].insert, insert);
    QCOMPARE(completion.suggestions[0].detail, detail);
}

void SchemaProjectTest::explainsWhatTheProjectHas_data()
{
    QTest::addColumn<QString>("query"); // with the pointer at |
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("text");
    QTest::newRow("cohort") << "SELECT 1 FROM persons WHERE id IN COHORT 'Sig|ned-up users'" << "Signed-up users"
                            << "A cohort of this project with 2 persons.";
    QTest::newRow("cohort by number") << "SELECT 1 FROM persons WHERE id IN COHORT |1" << "Signed-up users" << "A cohort of this project with 2 persons.";
    QTest::newRow("action") << "SELECT 1 FROM events WHERE matchesAction('Pa|id')" << "Paid" << "An action of this project.";
    QTest::newRow("event") << "SELECT 1 FROM events WHERE event = '$page|view'" << "$pageview" << "An event of this project. Seen 4 times.";
    QTest::newRow("group property") << "SELECT account.properties.se|ats FROM events" << "events.account.properties.seats: Number" << "Seen 2 times.";
}

void SchemaProjectTest::explainsWhatTheProjectHas()
{
    QFETCH(QString, query);
    QFETCH(QString, title);
    QFETCH(QString, text);

    const int pointer = int(query.indexOf('|'));
    const auto found = hogql::hover(query.remove(pointer, 1).toStdString(), std::size_t(pointer), m_names.get());

    QVERIFY(found.has_value());
    QCOMPARE(QString::fromStdString(found->title), title);
    QCOMPARE(QString::fromStdString(found->text), text);
}

void SchemaProjectTest::aKeyThatMayNotReadCohortsLeavesTheRest()
{
    const ProjectSchema refused = schemaFor("phx_another");

    const hogql::ProjectNames names = namesOf(refused);

    QVERIFY(!refused.problems.empty());
    QVERIFY(names.cohorts.empty() && names.events.empty());
    QVERIFY(!refused.groups.empty()); // the tables are known all the same
}

QTEST_GUILESS_MAIN(SchemaProjectTest)
#include "schema_project_test.moc"
