#include "driver/base/atomic_file.h"
#include "driver/base/log.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

std::vector<Json> linesOf(const fs::path &path)
{
    std::vector<Json> lines;
    const std::string text = *ph::readFile(path);
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find('\n', start);
        lines.push_back(Json::parse(text.substr(start, end - start))); // A torn line fails here.
        start = end + 1;
    }
    return lines;
}

} // namespace

class LogTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void writesOneJsonObjectALine();
    void redactsWhatItWrites();
    void skipsWhatIsBelowTheLevel();
    void surviveBytesThatAreNoText();
    void keepsFiveFilesOfTheGivenSize();
    void mixesNoLinesOfThreadsAndProcesses();

private:
    ph::LogOptions options() const
    {
        ph::LogOptions out;
        out.program = "test";
        out.folder = m_dir->path().toStdString();
        out.stderrLevel = ph::LogLevel::Error;
        return out;
    }
    fs::path file(const char *name) const { return fs::path(m_dir->path().toStdString()) / name; }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void LogTest::init() { m_dir = std::make_unique<QTemporaryDir>(); }

void LogTest::writesOneJsonObjectALine()
{
    ph::startLog(options());

    ph::logInfo("http", "started\n\"twice\"");

    const std::vector<Json> lines = linesOf(file("test.log"));
    QCOMPARE(lines.size(), std::size_t(1));
    QCOMPARE(lines[0]["level"].get<std::string>(), std::string("info"));
    QCOMPARE(lines[0]["area"].get<std::string>(), std::string("http"));
    QCOMPARE(lines[0]["message"].get<std::string>(), std::string("started\n\"twice\""));
    QCOMPARE(lines[0]["time"].get<std::string>().size(), std::size_t(24));
    struct stat info = {};
    QCOMPARE(::stat(file("test.log").c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777u, 0600u);
}

void LogTest::redactsWhatItWrites()
{
    ph::startLog(options());

    ph::logWarning("http", "sent phx_0123456789");

    QCOMPARE(linesOf(file("test.log"))[0]["message"].get<std::string>(), std::string("sent «redacted»"));
}

void LogTest::skipsWhatIsBelowTheLevel()
{
    ph::startLog(options());

    ph::logDebug("http", "detail");
    ph::logInfo("http", "fact");

    QCOMPARE(linesOf(file("test.log")).size(), std::size_t(1));
}

void LogTest::surviveBytesThatAreNoText()
{
    ph::startLog(options());

    ph::logInfo("http", "bad \xff\xfe byte");

    QCOMPARE(linesOf(file("test.log")).size(), std::size_t(1));
}

void LogTest::keepsFiveFilesOfTheGivenSize()
{
    ph::LogOptions small = options();
    small.maximumBytes = 1000;
    ph::startLog(small);

    for (int i = 0; i < 200; ++i)
        ph::logInfo("http", "message " + std::to_string(i));

    int files = 0;
    for (const auto &entry : fs::directory_iterator(m_dir->path().toStdString())) {
        QVERIFY(entry.file_size() <= 1000);
        ++files;
    }
    QCOMPARE(files, 5);
    QCOMPARE(linesOf(file("test.log")).back()["message"].get<std::string>(), std::string("message 199"));
    QVERIFY(fs::exists(file("test.4.log")));
}

void LogTest::mixesNoLinesOfThreadsAndProcesses()
{
    ph::LogOptions several = options();
    several.maximumBytes = 20'000;
    several.files = 1000; // All are kept, so that all lines can be counted.
    const auto writeMany = [&] {
        ph::startLog(several);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 250; ++i)
                    ph::logInfo("http", "a message of some length, number " + std::to_string(i));
            });
        }
        for (std::thread &thread : threads)
            thread.join();
    };

    const pid_t child = ::fork();
    if (child == 0) {
        writeMany();
        ::_exit(0);
    }
    writeMany();
    int status = 0;
    ::waitpid(child, &status, 0);

    std::size_t lines = 0;
    for (const auto &entry : fs::directory_iterator(m_dir->path().toStdString()))
        lines += linesOf(entry.path()).size();
    QCOMPARE(status, 0);
    QCOMPARE(lines, std::size_t(2000));
}

QTEST_APPLESS_MAIN(LogTest)
#include "log_test.moc"
