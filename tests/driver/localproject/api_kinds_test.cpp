#include "tests/driver/localproject/small_project.h"

using ph::Json;

/// Kinds of query that are neither HogQL nor insights: recordings, and the tables that HogQL has.
class ApiKindsTest : public QObject
{
    Q_OBJECT

private slots:
    void findsRecordings_data();
    void findsRecordings();
    void refusesFiltersOfRecordingsThatItLacks_data();
    void refusesFiltersOfRecordingsThatItLacks();
    void describesTables();

private:
    SmallProject::Answered ask(const std::string &node) const { return m_project.post("query/", {{"query", Json::parse(node)}}); }

    SmallProject m_project;
};

void ApiKindsTest::findsRecordings_data()
{
    QVERIFY(m_project.store().execute("UPDATE events SET session_id = 's-1' WHERE event IN ('paid_bill', 'signed_up')"));
    QTest::addColumn<QString>("fields");
    QTest::addColumn<QString>("ids");
    QTest::newRow("of the last three days") << "" << "s-1";
    QTest::newRow("of all time, in order") << R"(,"date_from":"all","order":"start_time","order_direction":"ASC")" << "s-old s-1";
    QTest::newRow("the second page") << R"(,"date_from":"all","limit":1,"offset":1)" << "s-old";
    QTest::newRow("by id") << R"(,"date_from":"all","session_ids":["s-old","none"])" << "s-old";
    QTest::newRow("of a person") << R"(,"date_from":"all","person_uuid":"bbbbbbbb-0000-4000-8000-000000000002")" << "s-old";
    QTest::newRow("of persons with a property") << R"(,"date_from":"all","properties":[{"key":"plan","value":["pro"],"operator":"exact","type":"person"}])" << "s-1";
    QTest::newRow("with an event") << R"(,"date_from":"all","events":[{"id":"paid_bill","type":"events"}])" << "s-1";
    QTest::newRow("with two events") << R"(,"date_from":"all","events":[{"id":"paid_bill"},{"id":"nothing"}])" << "";
    QTest::newRow("with one of two events") << R"(,"date_from":"all","operand":"OR","events":[{"id":"paid_bill"},{"id":"nothing"}])" << "s-1";
}

void ApiKindsTest::findsRecordings()
{
    QFETCH(QString, fields);
    QFETCH(QString, ids);

    const auto answer = ask(R"({"kind":"RecordingsQuery")" + fields.toStdString() + "}");

    QVERIFY2(answer.status == 200, answer.body.dump().c_str());
    QStringList found;
    for (const Json &recording : answer.body["results"])
        found << QString::fromStdString(recording["id"].get<std::string>());
    QCOMPARE(found.join(' '), ids);
    QVERIFY(answer.body["has_next"] == false);
}

void ApiKindsTest::refusesFiltersOfRecordingsThatItLacks_data()
{
    QTest::addColumn<QString>("fields");
    QTest::addColumn<QString>("detail");
    QTest::newRow("console") << R"("console_log_filters":[{"key":"level","value":"error"}])" << "The local project does not filter recordings by console_log_filters.";
    QTest::newRow("properties of events") << R"("events":[{"id":"a","properties":[{"key":"b"}]}])"
                                          << "The local project filters recordings by the names of events (\"id\"), without properties.";
    QTest::newRow("a date") << R"("date_from":"yesterday")" << "yesterday is no date.";
    QTest::newRow("an order") << R"("order":"x")" << "Recordings cannot be ordered by x.";
    QTest::newRow("a limit") << R"("limit":"ten")" << "A valid integer is required.";
}

void ApiKindsTest::refusesFiltersOfRecordingsThatItLacks()
{
    QFETCH(QString, fields);
    QFETCH(QString, detail);

    const auto answer = ask(R"({"kind":"RecordingsQuery",)" + fields.toStdString() + "}");

    QCOMPARE(answer.status, 400);
    QCOMPARE(QString::fromStdString(answer.body["detail"].get<std::string>()), detail);
}

void ApiKindsTest::describesTables()
{
    const auto answer = ask(R"({"kind":"DatabaseSchemaQuery"})");

    QCOMPARE(answer.status, 200);
    const Json &tables = answer.body["tables"];
    QVERIFY(tables.contains("persons") && tables.contains("sessions") && tables.contains("system.feature_flags"));
    const Json &events = tables["events"];
    QCOMPARE(events["type"].get<std::string>(), std::string("posthog"));
    QCOMPARE(tables["system.feature_flags"]["type"].get<std::string>(), std::string("system"));
    const auto typeOf = [&](const char *field) { return events["fields"][field]["type"].get<std::string>(); };
    QCOMPARE(typeOf("event"), std::string("string"));
    QCOMPARE(typeOf("timestamp"), std::string("datetime"));
    QCOMPARE(typeOf("properties"), std::string("json"));
    QCOMPARE(typeOf("elements_chain_texts"), std::string("array"));
    QCOMPARE(typeOf("$session_id"), std::string("string")); // Nullable(String)
    QCOMPARE(typeOf("person"), std::string("lazy_table"));
    QCOMPARE(events["fields"]["person"]["table"].get<std::string>(), std::string("persons"));
    QVERIFY(std::ranges::find(events["fields"]["person"]["fields"], Json("is_identified")) != events["fields"]["person"]["fields"].end());
    for (const auto &[name, table] : tables.items())
        for (const auto &[column, field] : table["fields"].items())
            QVERIFY2(field["type"] != "unknown" || name.starts_with("raw_"), (name + "." + column).c_str());
}

QTEST_GUILESS_MAIN(ApiKindsTest)
#include "api_kinds_test.moc"
