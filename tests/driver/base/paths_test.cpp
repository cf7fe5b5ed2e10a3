#include "driver/base/paths.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

namespace fs = std::filesystem;

class PathsTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void followsTheVariables();
    void fallsBackToTheHomeFolder();
    void ignoresRelativePaths();
    void createsPrivateFolders();
    void keepsSocketsInTheStateFolderWithoutARuntimeFolder();

private:
    fs::path root() const { return m_dir->path().toStdString(); }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void PathsTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
        qunsetenv(name);
    qputenv("HOME", m_dir->path().toUtf8());
}

void PathsTest::followsTheVariables()
{
    const std::vector<std::pair<const char *, fs::path (*)()>> folders{{"XDG_CONFIG_HOME", ph::configDir},
                                                                       {"XDG_DATA_HOME", ph::dataDir},
                                                                       {"XDG_STATE_HOME", ph::stateDir},
                                                                       {"XDG_CACHE_HOME", ph::cacheDir},
                                                                       {"XDG_RUNTIME_DIR", ph::runtimeDir}};
    for (const auto &[variable, folder] : folders) {
        const fs::path base = root() / variable;
        fs::create_directory(base);
        qputenv(variable, QByteArray::fromStdString(base.string()));

        QCOMPARE(folder().string(), (base / "hoglet").string());
    }
}

void PathsTest::fallsBackToTheHomeFolder()
{
    QCOMPARE(ph::homeDir().string(), root().string());
    QCOMPARE(ph::configDir().string(), (root() / ".config/hoglet").string());
    QCOMPARE(ph::dataDir().string(), (root() / ".local/share/hoglet").string());
    QCOMPARE(ph::stateDir().string(), (root() / ".local/state/hoglet").string());
    QCOMPARE(ph::cacheDir().string(), (root() / ".cache/hoglet").string());
}

void PathsTest::ignoresRelativePaths()
{
    qputenv("XDG_CONFIG_HOME", "relative");

    QCOMPARE(ph::configDir().string(), (root() / ".config/hoglet").string());
}

void PathsTest::createsPrivateFolders()
{
    const fs::path folder = ph::dataDir();

    for (const fs::path &made : {folder, folder.parent_path()}) {
        struct stat info = {};
        QCOMPARE(::stat(made.c_str(), &info), 0);
        QVERIFY(S_ISDIR(info.st_mode));
        QCOMPARE(info.st_mode & 0777u, 0700u);
    }
}

void PathsTest::keepsSocketsInTheStateFolderWithoutARuntimeFolder()
{
    QCOMPARE(ph::runtimeDir().string(), (root() / ".local/state/hoglet/run").string());

    qputenv("XDG_RUNTIME_DIR", QByteArray::fromStdString((root() / "missing").string()));
    QCOMPARE(ph::runtimeDir().string(), (root() / ".local/state/hoglet/run").string());
}

QTEST_APPLESS_MAIN(PathsTest)
#include "paths_test.moc"
