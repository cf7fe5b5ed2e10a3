#include "driver/localproject/functions.h" // Before Qt, which makes a macro of `emit`.

#include "compiler_support.h"

#include <QTest>

#include <random>

/// Every function with arguments of every kind: it answers, or is refused in words. Nothing else.
class CompilerFuzzTest : public QObject
{
    Q_OBJECT

private slots:
    void refusesOrAnswersEveryCall();
    void refusesOrAnswersEveryShape();

private:
    bool isInWords(const std::string &hogql);

    Project m_project;
};

/// No crash is what counts; DuckDB's internal errors would be one that was caught.
bool CompilerFuzzTest::isInWords(const std::string &hogql)
{
    const auto statement = m_project.compile(hogql);
    if (!statement)
        return !statement.error().message.empty();
    const auto answer = m_project.store.query(statement->sql, statement->parameters);
    if (answer || answer.error().code == ph::ErrorCode::InvalidInput)
        return true;
    qWarning("%s\n%s\n%s", hogql.c_str(), answer.error().message.c_str(), statement->sql.c_str());
    return false;
}

void CompilerFuzzTest::refusesOrAnswersEveryCall()
{
    static constexpr const char *arguments[] = {"NULL", "0", "-1", "3", "1.5", "''", "'a'", "'2026-01-10'", "'day'", "timestamp", "toDate(timestamp)", "event", "properties",
                                                "properties.plan", "properties.amount", "properties.trial", "person_id", "$group_0", "[1, 2]", "['a', NULL]", "[]", "(1, 'a')",
                                                "x -> x", "(x, y) -> x", "event = 'paid'", "INTERVAL 1 DAY", "elements_chain_texts", "person.properties.age", "nan", "{}"};
    std::mt19937 random(20260131);
    const auto one = [&] { return std::string(arguments[random() % std::size(arguments)]); };
    std::vector<std::string> names = localproject::functionNames();
    for (const char *suffix : {"If", "Array", "Distinct", "OrNull", "State", "Merge", "ArrayIf"})
        for (const char *name : {"sum", "count", "uniq", "groupArray", "quantile", "any", "argMax", "windowFunnel", "topK"})
            names.push_back(std::string(name) + suffix);
    int asked = 0;
    for (const std::string &name : names) {
        if (name == "range" || name == "generateSeries" || name == "arrayWithConstant" || name == "arrayResize" || name == "numbers")
            continue; // As long as a column's number says: that is memory, not meaning.
        for (int i = 0; i < 10; ++i) {
            std::string call = name;
            if (random() % 8 == 0)
                call += "(" + one() + ")";
            call += "(";
            const auto count = random() % 4;
            for (std::size_t k = 0; k < count; ++k)
                call += (k ? ", " : "") + one();
            call += ")";
            if (random() % 8 == 0)
                call += random() % 2 ? " OVER (PARTITION BY event)" : " OVER (ORDER BY timestamp)";
            const bool grouped = random() % 3 == 0;
            ++asked;
            QVERIFY2(isInWords("SELECT " + call + " AS r FROM events" + (grouped ? " GROUP BY event" : " WHERE isNotNull(r) ORDER BY r")), call.c_str());
        }
    }
    QVERIFY(asked > 4000);
}

void CompilerFuzzTest::refusesOrAnswersEveryShape()
{
    static constexpr const char *pieces[] = {"event",          "count()",        "timestamp",     "properties.plan",  "sum(1)",      "1",           "NULL",          "(1, 2)",
                                             "person.id",      "session.$urls",  "pdi.person_id", "row_number() OVER ()", "arrayJoin([1, 2])", "x",     "*",             "e.event",
                                             "(SELECT 1)",     "uniq(person_id)", "group_0.properties.name", "toStartOfDay(timestamp)", "-properties.amount", "[event]", "properties"};
    static constexpr const char *sources[] = {" FROM events",  " FROM events AS e", " FROM persons",  " FROM sessions", " FROM numbers(3)", " FROM (SELECT event AS x FROM events)",
                                              " FROM events AS e LEFT JOIN persons AS p ON p.id = e.person_id", " FROM events SAMPLE 0.5", " FROM system.cohorts",
                                              " FROM raw_session_replay_events", " FROM heatmaps", " FROM log_entries", "", " FROM query_log", " FROM groups",
                                              " FROM system.information_schema.columns", " FROM persons ARRAY JOIN [1, 2] AS x"};
    std::mt19937 random(7);
    const auto piece = [&] { return std::string(pieces[random() % std::size(pieces)]); };
    for (int i = 0; i < 1500; ++i) {
        std::string query = "SELECT " + std::string(random() % 6 == 0 ? "DISTINCT " : "") + piece() + (random() % 2 ? " AS x" : "") + ", " + piece() + sources[random() % std::size(sources)];
        if (random() % 3 == 0)
            query += " WHERE " + piece() + (random() % 2 ? " = " : " != ") + piece();
        if (random() % 3 == 0)
            query += " GROUP BY " + piece() + (random() % 3 == 0 ? ", " + piece() : "") + (random() % 9 == 0 ? " WITH ROLLUP" : "");
        if (random() % 4 == 0)
            query += " HAVING " + piece() + " > 0";
        if (random() % 3 == 0)
            query += " ORDER BY " + piece() + (random() % 2 ? " DESC" : "");
        if (random() % 4 == 0)
            query += random() % 2 ? " LIMIT 2" : " LIMIT 1 BY " + piece();
        QVERIFY2(isInWords(query), query.c_str());
    }
}

QTEST_APPLESS_MAIN(CompilerFuzzTest)
#include "compiler_fuzz_test.moc"
