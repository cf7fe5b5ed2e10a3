#include "driver/localproject/convert/convert.h"
#include "tests/driver/localproject/small_project.h"

#include <QTemporaryDir>

#include <fstream>
#include <thread>

namespace fs = std::filesystem;
using ph::Json;

#define COMPARE_TEXT(actual, expected) QVERIFY2(std::string(actual) == std::string(expected), std::string(actual).c_str())

/// Rows from one format to another, and whole exports as files from the API.
class ConvertTest : public QObject
{
    Q_OBJECT

private slots:
    void goesRoundThroughEachFormat_data();
    void goesRoundThroughEachFormat();
    void saysWhichLineIsBroken();
    void leavesNothingHalf();
    void exportsAWeekAsAFile_data();
    void exportsAWeekAsAFile();
    void handsAFileOutWithoutTheKeyAlone();
    void refusesExportsThatAreNone();

private:
    fs::path write(const std::string &name, const std::string &text) const
    {
        const fs::path file = fs::path(m_dir.path().toStdString()) / name;
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    fs::path path(const std::string &name) const { return fs::path(m_dir.path().toStdString()) / name; }
    static std::string read(const fs::path &file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static SmallProject::Answered finished(const SmallProject &project, const std::string &id)
    {
        SmallProject::Answered status;
        for (int i = 0; i < 2000; ++i) {
            status = project.get("file_download_batch_exports/" + id + "/");
            if (status.body["status"] != "Starting" && status.body["status"] != "Running")
                break;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return status;
    }
    static Json week(const Json &file)
    {
        return {{"model", "events"}, {"file", file}, {"data_interval_start", "2026-01-29T00:00:00Z"}, {"data_interval_end", "2026-02-01T00:00:00Z"}};
    }

    QTemporaryDir m_dir;
};

void ConvertTest::goesRoundThroughEachFormat_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"rows.parquet", "rows.csv", "rows.jsonl.gz", "rows.csv.gz"})
        QTest::newRow(name) << name;
}

void ConvertTest::goesRoundThroughEachFormat()
{
    QFETCH(QString, name);
    const std::string text = R"({"uuid":"01900000-0000-7000-8000-000000000001","n":9007199254740993,"price":1.5,"name":"a \"b\", c","on":true})"
                             "\n"
                             R"({"uuid":"01900000-0000-7000-8000-000000000002","n":-5,"price":0.25,"name":"ä","on":false})"
                             "\n";
    const fs::path from = write("from.jsonl", text);

    const auto there = localproject::convertFile(from, path(name.toStdString()));
    QVERIFY2(there.has_value(), there ? "" : there.error().message.c_str());
    QCOMPARE(there->rows, 2ULL);
    const auto back = localproject::convertFile(path(name.toStdString()), path("back.jsonl"));

    QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
    COMPARE_TEXT(read(path("back.jsonl")), text);
}

void ConvertTest::saysWhichLineIsBroken()
{
    const auto done = localproject::convertFile(write("broken.jsonl", "{\"a\":1}\n{\"a\":2\n{\"a\":3}\n"), path("out.parquet"));

    QVERIFY(!done);
    QVERIFY2(done.error().message.find("in line") != std::string::npos, done.error().message.c_str());
}

void ConvertTest::leavesNothingHalf()
{
    const fs::path kept = write("kept.csv", "what was there");
    QVERIFY(!localproject::convertFile(write("broken.jsonl", "{\"a\":1}\nno json\n"), kept));
    QVERIFY(!localproject::convertFile(path("missing.jsonl"), kept));
    QVERIFY(!localproject::convertFile(kept, path("out.xml")));

    COMPARE_TEXT(read(kept), "what was there");
    for (const auto &entry : fs::directory_iterator(m_dir.path().toStdString()))
        QVERIFY2(entry.path().string().find("unfinished") == std::string::npos, entry.path().c_str());
}

void ConvertTest::exportsAWeekAsAFile_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("compression");
    QTest::addColumn<QString>("ending");
    QTest::newRow("lines") << "JSONLines" << "" << ".jsonl";
    QTest::newRow("packed lines") << "JSONLines" << "gzip" << ".jsonl.gz";
    QTest::newRow("parquet") << "Parquet" << "zstd" << ".parquet";
}

void ConvertTest::exportsAWeekAsAFile()
{
    QFETCH(QString, format);
    QFETCH(QString, compression);
    QFETCH(QString, ending);
    const SmallProject project;
    Json file{{"format", format.toStdString()}};
    if (!compression.isEmpty())
        file["compression"] = compression.toStdString();

    const auto started = project.post("file_download_batch_exports/", week(file));
    QCOMPARE(started.status, 202);
    const std::string id = started.body["id"].get<std::string>();
    const auto status = finished(project, id);
    QVERIFY2(status.body["status"] == "Completed", status.body.dump().c_str());
    const auto found = project.call("GET", "/api/projects/1/file_download_batch_exports/" + id + "/download/");
    QCOMPARE(found.status, 302);
    const std::string location = found.headers[0].second;
    const auto bytes = project.call("GET", location.substr(location.find("/files/")), {}, {});
    QCOMPARE(bytes.status, 200);

    const auto lines = localproject::convertFile(write("export" + ending.toStdString(), bytes.body), path("lines.jsonl"));
    QVERIFY2(lines.has_value(), lines ? "" : lines.error().message.c_str());
    QCOMPARE(lines->rows, 5ULL); // All but the one of 2031.
    const std::string text = read(path("lines.jsonl"));
    const Json first = Json::parse(text.substr(0, text.find('\n')));
    COMPARE_TEXT(first["event"].get<std::string>(), "$pageview");
    COMPARE_TEXT(first["distinct_id"].get<std::string>(), "ann");
    COMPARE_TEXT(first["person_id"].get<std::string>(), SmallProject::ann);
}

void ConvertTest::handsAFileOutWithoutTheKeyAlone()
{
    const SmallProject project;
    const std::string id = project.post("file_download_batch_exports/", week({{"format", "JSONLines"}})).body["id"].get<std::string>();
    finished(project, id);
    const std::string location = project.call("GET", "/api/projects/1/file_download_batch_exports/" + id + "/download/").headers[0].second;
    const std::string target = location.substr(location.find("/files/"));

    QCOMPARE(project.call("GET", target).status, 400); // The key came along.
    QCOMPARE(project.call("GET", target, {}, {}).status, 200);
    QCOMPARE(project.call("GET", target + "0", {}, {}).status, 404);
    QCOMPARE(project.call("GET", "/files/", {}, {}).status, 404);
    QCOMPARE(project.call("GET", "/api/projects/1/file_download_batch_exports/" + id + "/download/", {}, {}).status, 401);
}

void ConvertTest::refusesExportsThatAreNone()
{
    const SmallProject project;
    const auto attributeOf = [&](const Json &body) {
        const auto answer = project.post("file_download_batch_exports/", body);
        return answer.status == 400 ? answer.body["attr"].get<std::string>() : std::to_string(answer.status);
    };
    Json model = week({{"format", "Parquet"}});
    model["model"] = "cats";
    Json longer = week({{"format", "Parquet"}});
    longer["data_interval_end"] = "2026-02-06T00:00:01Z";
    Json timeless = week({{"format", "Parquet"}});
    timeless.erase("data_interval_start");

    COMPARE_TEXT(attributeOf(model), "model");
    COMPARE_TEXT(attributeOf(longer), "data_interval_end");
    COMPARE_TEXT(attributeOf(timeless), "data_interval_start");
    COMPARE_TEXT(attributeOf(week({{"format", "XML"}})), "file");
    COMPARE_TEXT(attributeOf(week({{"format", "Parquet"}, {"compression", "brotli"}})), "file");
    QCOMPARE(project.get("file_download_batch_exports/other/").status, 404);
}

QTEST_GUILESS_MAIN(ConvertTest)
#include "convert_test.moc"
