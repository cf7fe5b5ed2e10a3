#include "driver/base/atomic_file.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

std::size_t entriesIn(const fs::path &folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// Runs `body` in a child process and returns its exit code: for limits that a process cannot take back.
int inChild(const std::function<int()> &body)
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(body());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

class AtomicFileTest : public QObject
{
    Q_OBJECT

private slots:
    void replacesTheWholeFile();
    void givesTheFileItsMode();
    void leavesTheOldFileWhenTheWriteFails();
    void saysThatTheDiskIsFull();
    void namesTheFolderThatIsMissing();
    void readsNoMoreThanAllowed();

private:
    QTemporaryDir m_dir;
    fs::path path(const char *name) const { return fs::path(m_dir.path().toStdString()) / name; }
};

void AtomicFileTest::replacesTheWholeFile()
{
    QVERIFY(ph::writeFileAtomically(path("a.json"), "a longer first text"));
    QVERIFY(ph::writeFileAtomically(path("a.json"), "second"));

    QCOMPARE(*ph::readFile(path("a.json")), std::string("second"));
    QCOMPARE(entriesIn(m_dir.path().toStdString()), std::size_t(1));
}

void AtomicFileTest::givesTheFileItsMode()
{
    QVERIFY(ph::writeFileAtomically(path("secret"), "x"));
    QVERIFY(ph::writeFileAtomically(path("public"), "x", 0644));

    struct stat info = {};
    QCOMPARE(::stat(path("secret").c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777u, 0600u);
    QCOMPARE(::stat(path("public").c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777u, 0644u & ~022u);
}

void AtomicFileTest::leavesTheOldFileWhenTheWriteFails()
{
    const fs::path folder = path("limited");
    fs::create_directory(folder);
    QVERIFY(ph::writeFileAtomically(folder / "kept", "old"));

    const int code = inChild([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4096, 4096}; // A file may not grow past this: write() fails half-way.
        ::setrlimit(RLIMIT_FSIZE, &limit);
        return ph::writeFileAtomically(folder / "kept", std::string(100'000, 'x')) ? 1 : 0;
    });

    QCOMPARE(code, 0);
    QCOMPARE(*ph::readFile(folder / "kept"), std::string("old"));
    QCOMPARE(entriesIn(folder), std::size_t(1));
}

void AtomicFileTest::saysThatTheDiskIsFull()
{
    const fs::path folder = path("small");
    fs::create_directory(folder);

    const int code = inChild([&] {
        if (::unshare(::getuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0
            || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0
            || ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") != 0)
            return 77;
        if (!ph::writeFileAtomically(folder / "kept", "old"))
            return 1;
        const auto written = ph::writeFileAtomically(folder / "kept", std::string(1024 * 1024, 'x'));
        if (written || written.error().message != "Cannot write " + (folder / "kept").string() + ": no space left on the disk.")
            return 2;
        return *ph::readFile(folder / "kept") == "old" && entriesIn(folder) == 1 ? 0 : 3;
    });

    if (code == 77)
        QSKIP("This system lets no test mount a small file system.");
    QCOMPARE(code, 0);
}

void AtomicFileTest::namesTheFolderThatIsMissing()
{
    const auto written = ph::writeFileAtomically(path("missing/file"), "x");

    QVERIFY(!written);
    QCOMPARE(written.error().message, "Cannot write " + path("missing/file").string() + ": No such file or directory.");
    QCOMPARE(ph::readFile(path("missing/file")).error().code, ph::ErrorCode::NotFound);
}

void AtomicFileTest::readsNoMoreThanAllowed()
{
    QVERIFY(ph::writeFileAtomically(path("long"), std::string(1000, 'x')));

    QVERIFY(ph::readFile(path("long"), 1000));
    QVERIFY(!ph::readFile(path("long"), 999));
}

QTEST_APPLESS_MAIN(AtomicFileTest)
#include "atomic_file_test.moc"
