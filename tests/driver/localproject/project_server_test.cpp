#include "driver/localproject/demo/demo.h"
#include "driver/localproject/project_server.h"
#include "driver/localproject/store.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

namespace fs = std::filesystem;
using localproject::ProjectServer;
using localproject::ProjectServerOptions;
using localproject::Store;

/// The store that a project is served from: which is kept, and which is made anew.
class ProjectServerTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void renewsADemoOfAnotherVersion();
    void keepsAProjectOfAUsersOwn();

private:
    std::string path(const char *name) const { return m_dir->filePath(QLatin1String(name)).toStdString(); }
    static void makeStore(const fs::path &file, const std::string &generator)
    {
        const auto store = Store::create(file);
        QVERIFY(store);
        QVERIFY(store->setMeta("generator", generator));
        QVERIFY(store->execute("INSERT INTO objects VALUES ('cohorts', 77, '{\"name\":\"Mine\"}', '2026-01-01')"));
    }
    static std::int64_t ownCohorts(const fs::path &file)
    {
        const auto store = Store::open(file);
        if (!store)
            return -1;
        const auto rows = store->query("SELECT count(*) FROM objects WHERE kind = 'cohorts' AND id = 77");
        return rows ? rows->rows[0][0].get<std::int64_t>() : -1;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void ProjectServerTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", m_dir->path().toUtf8());
    qputenv("XDG_STATE_HOME", m_dir->path().toUtf8());
}

void ProjectServerTest::renewsADemoOfAnotherVersion()
{
    ProjectServerOptions options;
    options.choice.folder = path("data");
    const fs::path file = localproject::storePathOf(options.choice);
    fs::create_directories(file.parent_path());
    makeStore(file, "1");

    std::vector<std::string> said;
    {
        const auto server = ProjectServer::start(options, [&](const std::string &text) { said.push_back(text); });
        QVERIFY2(server, server ? "" : server.error().message.c_str());
        QCOMPARE(QString::fromStdString(server->name()), QString("Driftboard (demo)"));
    }

    QVERIFY(!said.empty() && said[0].find(file.string() + ".old") != std::string::npos);
    QCOMPARE(ownCohorts(file.string() + ".old"), 1);
    const auto store = Store::open(file);
    QVERIFY(store);
    QVERIFY(localproject::demo::isCurrent(*store));
    QVERIFY(store->meta("test_account_filters").value_or("").find("email") != std::string::npos);
}

void ProjectServerTest::keepsAProjectOfAUsersOwn()
{
    ProjectServerOptions options;
    options.choice.store = path("own");
    const fs::path file = localproject::storePathOf(options.choice);
    fs::create_directories(file.parent_path());
    makeStore(file, "import");
    {
        const auto server = ProjectServer::start(options, {});
        QVERIFY2(server, server ? "" : server.error().message.c_str());
    }

    QCOMPARE(ownCohorts(file), 1);
    QVERIFY(!fs::exists(file.string() + ".old"));
}

QTEST_GUILESS_MAIN(ProjectServerTest)
#include "project_server_test.moc"
