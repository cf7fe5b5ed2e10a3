#include "driver/localproject/api/api.h"
#include "driver/localproject/demo/demo.h"

#include <QtTest>

#include <QDir>
#include <QFile>

using ph::Json;

/// Queries as people write them, asked of the demo project. They stand in the folder that HOGLET_HOGQL_CORPUS names.
class CompilerCorpusTest : public QObject
{
    Q_OBJECT

private slots:
    void answersTheQueriesOfTheCorpus();

private:
    struct Asked {
        int status = 0;
        std::string detail;
    };
    static Asked ask(const localproject::Api &api, const std::string &hogql);
};

namespace {

/// What stands for the blanks of a query: {name} is a value, <name> a piece of its text.
const Json values {
    {"email", "ann@example.com"},
    {"days", 30},
    {"externalId", "acme-1"},
    {"event", "$pageview"},
    {"dateFrom", "2026-01-01"},
    {"filters", {{"dateRange", {{"date_from", "-7d"}, {"date_to", nullptr}}}, {"properties", Json::array()}}},
    {"variables", {{"event_names", "$pageview"}, {"browser", "Chrome"}, {"date_from", "2026-01-01"}, {"limit", 10}}},
};

/// Inside quotes a {name} is plain text to PostHog; what its author meant is put there as well.
struct Piece {
    const char *blank;
    const char *text;
};
constexpr Piece pieces[] = {
    {"<start_date>", "2026-01-05"},
    {"<end_date>", "2026-01-28"},
    {"<error_timestamp>", "2026-01-20 10:00:00"},
    {"<timestamp>", "2026-01-20 10:00:00"},
    {"<from>", "2026-01-05"},
    {"<to>", "2026-01-28"},
    {"<date>", "2026-01-20"},
    {"'{email}'", "'ann@example.com'"},
    {"'{externalId}'", "'acme-1'"},
    {"'{event}'", "'$pageview'"},
    {"<flag-key>", "signup-page-v2"},
    {"<session_id>", "s1"},
};

/// The properties that the queries take for numbers, dates or truths without a cast: what their project declared.
struct Declared {
    const char *property;
    const char *type;
};
constexpr Declared declared[] = {
    {"money", "Numeric"},     {"score", "Numeric"},   {"amount_paid", "Numeric"},   {"$screen_width", "Numeric"}, {"$screen_height", "Numeric"},
    {"signed_up_at", "DateTime"}, {"is_subscribed", "Boolean"}, {"$ai_evaluation_result", "Boolean"}, {"$ai_evaluation_applicable", "Boolean"},
};

std::string filled(std::string query)
{
    for (const Piece &piece : pieces)
        for (std::size_t at = query.find(piece.blank); at != std::string::npos; at = query.find(piece.blank, at + 1))
            query.replace(at, std::string_view(piece.blank).size(), piece.text);
    return query;
}

} // namespace

CompilerCorpusTest::Asked CompilerCorpusTest::ask(const localproject::Api &api, const std::string &hogql)
{
    http::ServerRequest request;
    request.method = "POST";
    request.target = request.path = "/api/projects/1/query/";
    request.headers = {{"authorization", "Bearer phx_local_test"}, {"host", "127.0.0.1:8000"}, {"content-type", "application/json"}};
    Json filters = values["filters"];
    Json variables;
    for (const auto &[name, value] : values["variables"].items())
        variables["id-" + name] = {{"code_name", name}, {"variableId", "id-" + name}, {"value", value}};
    Json plain = values;
    plain.erase("filters");
    plain.erase("variables");
    request.body = Json {{"query", {{"kind", "HogQLQuery"}, {"query", hogql}, {"values", plain}, {"filters", filters}, {"variables", variables}}}}.dump();
    const auto answer = api.handle(request, {});
    const Json body = Json::parse(answer.body, nullptr, false);
    return {answer.status, body.is_object() ? body.value("detail", "") : answer.body};
}

void CompilerCorpusTest::answersTheQueriesOfTheCorpus()
{
    const QString folder = qEnvironmentVariable("HOGLET_HOGQL_CORPUS");
    if (folder.isEmpty())
        QSKIP("HOGLET_HOGQL_CORPUS names no folder with corpus.json");
    QFile file(QDir(folder).filePath("corpus.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Json corpus = Json::parse(file.readAll().toStdString(), nullptr, false);
    QVERIFY(corpus.is_object());

    const QTemporaryDir made;
    const auto store = localproject::demo::create(made.filePath("demo.duckdb").toStdString(), {.anchor = "2026-01-31T12:00:00Z"});
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    for (const Declared &one : declared)
        for (const char *type : {"event", "person"})
            QVERIFY(store->query("INSERT INTO property_definitions SELECT uuid(), $1, $2, $3, false, NULL WHERE NOT EXISTS (SELECT 1 FROM property_definitions WHERE name = $1 AND type = $2)",
                                 {one.property, type, one.type}));
    std::int64_t id = 900;
    for (const char *action : {"Clicked checkout button", "clicked homepage button"})
        QVERIFY(store->query("INSERT INTO objects VALUES ('actions', $1, $2, TIMESTAMP '2026-01-01')",
                             {++id, Json {{"name", action}, {"steps", {{{"event", "$autocapture"}, {"tag_name", "button"}}}}}.dump()}));
    for (const char *cohort : {"Power user", "beta"})
        QVERIFY(store->query("INSERT INTO objects VALUES ('cohorts', $1, $2, TIMESTAMP '2026-01-01')", {++id, Json {{"name", cohort}, {"is_static", true}}.dump()}));
    localproject::ApiOptions options;
    options.key = "phx_local_test";
    options.refuseOffset = false; // The queries come from the window, where a session asks.
    const auto api = localproject::Api::open(*store, options);
    QVERIFY(api);

    int core = 0;
    int answered = 0;
    for (const Json &item : corpus.value("queries", Json::array())) {
        const bool isExpression = item.value("kind", "") == "expr";
        const std::string query = filled(item.value("query", ""));
        const Asked asked = ask(*api, isExpression ? "SELECT " + query + " FROM events LIMIT 1" : query);
        const bool isCore = item.value("core_tables_only", false);
        core += isCore;
        answered += isCore && asked.status == 200;
        if (asked.status != 200)
            qInfo("%s%s: %d %s", isCore ? "" : "(other tables) ", item.value("id", "").c_str(), asked.status, asked.detail.c_str());
        QVERIFY2(asked.status == 200 || (asked.status == 400 && !asked.detail.empty()), item.value("id", "").c_str());
        if (item.value("expect", "") == "resolution_error")
            QCOMPARE(asked.status, 400);
    }
    qInfo("%d of %d queries on core tables are answered", answered, core);
    QVERIFY(answered >= 0.97 * core);
}

QTEST_APPLESS_MAIN(CompilerCorpusTest)
#include "compiler_corpus_test.moc"
