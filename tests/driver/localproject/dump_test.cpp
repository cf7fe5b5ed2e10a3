#include "driver/localproject/dump.h"

#include <QtTest>

#include <fstream>

using localproject::Store;
using ph::Json;

class DumpTest : public QObject
{
    Q_OBJECT

private slots:
    void writesWhatAReaderOfCsvGetsBack();
    void stopsWhenAsked();
    void saysWhenAFileCannotBeWritten();
};

void DumpTest::writesWhatAReaderOfCsvGetsBack()
{
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("csv/deeper").toStdString();
    const auto store = Store::create({}, {.externalAccess = true});
    QVERIFY(store);
    QVERIFY(store->execute(R"(CREATE TABLE odd ("a ""column""" VARCHAR, n BIGINT, t TIMESTAMP, l VARCHAR[], u UUID);
        INSERT INTO odd VALUES ('plain', 1, '2026-01-31 12:00:00.5', ['x', 'y,z'], '0189d3b0-7c1e-7abc-8def-0123456789ab'),
            ('comma, "quotes" and' || chr(10) || 'a line; ü ✓', -2, NULL, [], NULL), ('', NULL, '1999-12-31', NULL, NULL), (NULL, 0, NULL, NULL, NULL);)"));

    const auto dumped = localproject::dumpCsv(*store, path);

    QVERIFY2(dumped, dumped ? "" : dumped.error().message.c_str());
    std::ifstream file(path / "odd.csv");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    QCOMPARE(text,
             std::string("\"a \"\"column\"\"\",n,t,l,u\n"
                         "plain,1,2026-01-31T12:00:00.500000Z,\"[\"\"x\"\",\"\"y,z\"\"]\",0189d3b0-7c1e-7abc-8def-0123456789ab\n"
                         "\"comma, \"\"quotes\"\" and\na line; ü ✓\",-2,,[],\n"
                         "\"\",,1999-12-31T00:00:00.000000Z,,\n"
                         ",0,,,\n"));
    const auto back = store->query("SELECT count(*) FROM (SELECT \"a \"\"column\"\"\", n, t FROM odd EXCEPT SELECT \"a "
                                   "\"\"column\"\"\", n, t::TIMESTAMP FROM read_csv('"
                                   + (path / "odd.csv").string() + "', allow_quoted_nulls = false))");
    QVERIFY2(back, back ? "" : back.error().message.c_str());
    QCOMPARE(back->rows[0][0], Json(0));
    for (const char *table : {"meta", "events", "persons", "sessions", "objects", "cohort_people"})
        QVERIFY(std::filesystem::exists(path / (std::string(table) + ".csv")));
}

void DumpTest::stopsWhenAsked()
{
    QTemporaryDir folder;
    const auto store = Store::create({});
    QVERIFY(store);
    std::stop_source source;
    source.request_stop();

    const auto dumped = localproject::dumpCsv(*store, folder.path().toStdString(), source.get_token());

    QVERIFY(!dumped);
    QCOMPARE(dumped.error().code, ph::ErrorCode::Cancelled);
}

void DumpTest::saysWhenAFileCannotBeWritten()
{
    QTemporaryDir folder;
    const auto store = Store::create({});
    QVERIFY(store);
    std::ofstream(folder.filePath("taken").toStdString()) << "a file, no folder";
    std::filesystem::create_directories(folder.filePath("full/meta.csv").toStdString());

    QVERIFY(!localproject::dumpCsv(*store, folder.filePath("taken").toStdString()));
    const auto dumped = localproject::dumpCsv(*store, folder.filePath("full").toStdString());
    QVERIFY(!dumped);
    QVERIFY2(dumped.error().message.find("meta.csv") != std::string::npos, dumped.error().message.c_str());
}

QTEST_APPLESS_MAIN(DumpTest)
#include "dump_test.moc"
