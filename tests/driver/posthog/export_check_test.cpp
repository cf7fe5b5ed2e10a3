#include "driver/posthog/export_check.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

class ExportCheckTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void tellsWhatManifestAndFileSay()
    {
        const QByteArray rows = "uuid,text\r\n1,plain\r\n2,\"two\r\nlines, \"\"quoted\"\"\"\r\n3,\r\n";
        write("events.csv", rows);
        auto manifest = manifestOf("events.csv", rows, 3);
        manifest["duplicates"] = 2;
        manifest["days"] = {{"2026-01-05", 3}, {"2026-01-06", 2}};
        writeJson("events.csv.manifest.json", manifest);

        const auto check = posthog::checkExport(path("events.csv.manifest.json"));

        QVERIFY2(check.has_value(), check ? "" : check.error().message.c_str());
        QCOMPARE(check->file, std::string("events.csv"));
        QCOMPARE(check->format, std::string("csv"));
        QCOMPARE(check->from + " " + check->to, std::string("2026-01-05 2026-01-07"));
        QCOMPARE(check->rows, 3);
        QCOMPARE(check->foundRows, std::optional<std::int64_t>(3)); // a line break in quotes is none
        QCOMPARE(check->foundBytes, rows.size());
        QCOMPARE(check->foundSha256, check->sha256);
        QCOMPARE(check->duplicates, 2);
        QCOMPARE(check->days.size(), std::size_t(2));
        QCOMPARE(check->days[1].day, std::string("2026-01-06"));
        QVERIFY(check->isWhole && check->isComplete);
    }

    void findsWhatBecameOfTheFile_data()
    {
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<qint64>("rows");
        QTest::newRow("cut off") << QByteArray("{\"a\":1}\n{\"a\"") << qint64(1);
        QTest::newRow("a byte changed") << QByteArray("{\"a\":1}\n{\"a\":3}\n") << qint64(2);
        QTest::newRow("empty") << QByteArray() << qint64(0);
        QTest::newRow("a row more") << QByteArray("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n") << qint64(3);
    }
    void findsWhatBecameOfTheFile()
    {
        QFETCH(QByteArray, now);
        QFETCH(qint64, rows);
        writeJson("events.jsonl.manifest.json", manifestOf("events.jsonl", "{\"a\":1}\n{\"a\":2}\n", 2));
        write("events.jsonl", now);

        const auto check = posthog::checkExport(path("events.jsonl.manifest.json"));

        QVERIFY(check.has_value());
        QVERIFY(check->foundSha256 != check->sha256);
        QCOMPARE(check->foundBytes, now.size());
        QCOMPARE(check->foundRows, std::optional<std::int64_t>(rows));
    }

    void countsNoRowsOfParquet()
    {
        auto manifest = manifestOf("events.parquet", "PAR1", 7);
        manifest["format"] = "parquet";
        write("events.parquet", "PAR1");
        writeJson("events.parquet.manifest.json", manifest);
        const auto check = posthog::checkExport(path("events.parquet.manifest.json"));
        QVERIFY(check && !check->foundRows && check->rows == 7 && check->foundSha256 == check->sha256);
    }

    void knowsAnExportOfPartOfTheEvents()
    {
        auto manifest = manifestOf("events.jsonl", "", 0);
        manifest["request"]["where"] = "event = {x}";
        write("events.jsonl", "");
        writeJson("events.jsonl.manifest.json", manifest);
        QVERIFY(!posthog::checkExport(path("events.jsonl.manifest.json"))->isWhole);
    }

    void readsNothingElse_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("code");
        const auto invalid = int(ph::ErrorCode::InvalidInput);
        QTest::newRow("another name") << "/etc/passwd" << QByteArray() << invalid;
        QTest::newRow("nothing there") << "none.manifest.json" << QByteArray() << int(ph::ErrorCode::NotFound);
        QTest::newRow("no JSON") << "a.manifest.json" << QByteArray("rows: 5") << invalid;
        QTest::newRow("no manifest") << "a.manifest.json" << QByteArray("[1]") << invalid;
        QTest::newRow("another folder") << "a.manifest.json" << manifestText("../secret") << invalid;
        QTest::newRow("the whole path") << "a.manifest.json" << manifestText("/etc/passwd") << invalid;
        QTest::newRow("its own folder") << "a.manifest.json" << manifestText("..") << invalid;
        QTest::newRow("a file that is missing") << "a.manifest.json" << manifestText("gone.csv") << int(ph::ErrorCode::NotFound);
    }
    void readsNothingElse()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, text);
        QFETCH(int, code);
        if (!text.isEmpty())
            write(name.toUtf8(), text);
        const auto check = posthog::checkExport(name.startsWith('/') ? name.toStdString() : path(name.toUtf8()));
        QVERIFY(!check);
        QCOMPARE(int(check.error().code), code);
    }

    void waitsForNoPipeAndStops()
    {
        QCOMPARE(::mkfifo(path("pipe.manifest.json").c_str(), 0600), 0);
        QCOMPARE(posthog::checkExport(path("pipe.manifest.json")).error().code, ph::ErrorCode::InvalidInput);
        QCOMPARE(::mkfifo(path("pipe.csv").c_str(), 0600), 0);
        write("a.manifest.json", manifestText("pipe.csv"));
        QCOMPARE(posthog::checkExport(path("a.manifest.json")).error().code, ph::ErrorCode::InvalidInput);

        write("events.jsonl", QByteArray(1000, '\n'));
        writeJson("events.jsonl.manifest.json", manifestOf("events.jsonl", QByteArray(1000, '\n'), 1000));
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(posthog::checkExport(path("events.jsonl.manifest.json"), stop.get_token()).error().code, ph::ErrorCode::Cancelled);
    }

private:
    std::string path(const QByteArray &name) const { return m_folder->filePath(QString::fromUtf8(name)).toStdString(); }
    void write(const QByteArray &name, const QByteArray &text) const
    {
        QFile file(m_folder->filePath(QString::fromUtf8(name)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    }
    void writeJson(const QByteArray &name, const ph::Json &json) const { write(name, QByteArray::fromStdString(json.dump())); }
    static ph::Json manifestOf(const std::string &file, const QByteArray &content, int rows)
    {
        return {{"file", file},
                {"rows", rows},
                {"duplicates", 0},
                {"bytes", content.size()},
                {"sha256", QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex().toStdString()},
                {"complete", true},
                {"days", ph::Json::object()},
                {"written_by", "hoglet"},
                {"request",
                 {{"host", "https://eu.posthog.com"}, {"project", "12"}, {"kind", "events"}, {"format", file.ends_with(".csv") ? "csv" : "jsonl"},
                  {"from", "2026-01-05"}, {"to", "2026-01-07"}, {"events", ph::Json::array()}, {"where", ""}}}};
    }
    static QByteArray manifestText(const std::string &file) { return QByteArray::fromStdString(manifestOf(file, "", 0).dump()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(ExportCheckTest)
#include "export_check_test.moc"
