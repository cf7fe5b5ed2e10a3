#include "agent/permissions/rule_store.h"
#include "driver/base/json_fields.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

using permissions::Effect;
using permissions::RuleStore;

namespace fs = std::filesystem;

namespace {

permissions::Rule rule(const std::string &text) { return *permissions::ruleOf(text); }

void write(const fs::path &file, const std::string &text) { std::ofstream(file) << text; }

void git(const fs::path &folder, const QStringList &arguments)
{
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(folder.string()));
    process.start("git", QStringList{"-c", "user.name=a", "-c", "user.email=a@b.example"} + arguments);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
}

} // namespace

class RuleStoreTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = fs::canonical(m_folder->path().toStdString());
        fs::create_directories(m_root / "data");
        fs::create_directories(m_root / "repo/sub");
    }

    void keepsRulesForTheRepository()
    {
        fs::create_directories(m_root / "repo/.git");
        RuleStore store(m_root / "data", m_root / "repo");
        QVERIFY(store.addForRepository(Effect::Allow, rule("Bash(npm test:*)")));
        QVERIFY(store.addForRepository(Effect::Allow, rule("Bash(npm test:*)")));
        QVERIFY(store.addForRepository(Effect::Deny, rule("Read(secret/**)")));
        store.addForSession(Effect::Allow, rule("Edit"));

        const auto again = RuleStore(m_root / "data", m_root / "repo/sub").rules();
        QCOMPARE(again->allow, std::vector{rule("Bash(npm test:*)")});
        QCOMPARE(again->deny, std::vector{rule("Read(secret/**)")});
        QCOMPARE(store.rules()->allow, (std::vector{rule("Edit"), rule("Bash(npm test:*)")}));
        QVERIFY(RuleStore(m_root / "data", m_root).rules()->allow.empty());

        struct stat status {};
        ::stat((m_root / "data/permissions.json").c_str(), &status);
        QCOMPARE(status.st_mode & 0777, mode_t(0600));
        QVERIFY(store.remove(Effect::Allow, rule("Bash(npm test:*)")));
        QCOMPARE(store.rules()->allow, std::vector{rule("Edit")});
    }

    void leavesTheRepositoryAsItIs()
    {
        git(m_root / "repo", {"init", "-q"});
        RuleStore store(m_root / "data", m_root / "repo");
        QVERIFY(store.addForRepository(Effect::Allow, rule("Bash(ls)")));
        for (const auto &entry : fs::recursive_directory_iterator(m_root / "repo"))
            QVERIFY(entry.path().filename() != "permissions.json");
        // What a repository brings along is no rule.
        fs::create_directories(m_root / "repo/.claude");
        write(m_root / "repo/.claude/settings.local.json", R"({"permissions":{"allow":["Bash"]}})");
        QCOMPARE(RuleStore(m_root / "data", m_root / "repo").rules()->allow, std::vector{rule("Bash(ls)")});
    }

    void sharesRulesBetweenWorktrees()
    {
        git(m_root / "repo", {"init", "-q"});
        git(m_root / "repo", {"commit", "-q", "--allow-empty", "-m", "x"});
        git(m_root / "repo", {"worktree", "add", "-q", QString::fromStdString((m_root / "tree").string())});
        RuleStore first(m_root / "data", m_root / "repo");
        QVERIFY(first.addForRepository(Effect::Allow, rule("Bash(ls)")));

        QCOMPARE(permissions::repositoryKey(m_root / "tree"), m_root / "repo/.git");
        QCOMPARE(RuleStore(m_root / "data", m_root / "tree").rules()->allow, std::vector{rule("Bash(ls)")});
    }

    void letsNoFolderClaimAnothersRules()
    {
        git(m_root / "repo", {"init", "-q"});
        git(m_root / "repo", {"commit", "-q", "--allow-empty", "-m", "x"});
        git(m_root / "repo", {"worktree", "add", "-q", QString::fromStdString((m_root / "tree").string())});
        fs::create_directories(m_root / "evil");
        fs::copy_file(m_root / "tree/.git", m_root / "evil/.git");
        fs::create_directories(m_root / "evil2");
        write(m_root / "evil2/.git", "gitdir: " + (m_root / "repo/.git").string() + "\n");

        QCOMPARE(permissions::repositoryKey(m_root / "evil"), m_root / "evil");
        QCOMPARE(permissions::repositoryKey(m_root / "evil2"), m_root / "evil2");
    }

    void keepsADamagedFileAsideAndSaysSo_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("no JSON") << "{";
        QTest::newRow("another form") << "[]";
        QTest::newRow("another version") << R"({"version":2,"repositories":{}})";
        QTest::newRow("a list of numbers") << R"({"version":1,"repositories":{"/x":{"allow":[1]}}})";
        QTest::newRow("no list") << R"({"version":1,"repositories":{"/x":{"deny":{}}}})";
        QTest::newRow("a rule that is none") << R"json({"version":1,"repositories":{"/x":{"deny":["Bash(a; b)"]}}})json";
    }
    void keepsADamagedFileAsideAndSaysSo()
    {
        QFETCH(QString, text);
        write(m_root / "data/permissions.json", text.toStdString());
        RuleStore store(m_root / "data", m_root / "repo");

        const auto rules = store.rules();
        QVERIFY(!rules);
        QVERIFY(rules.error().message.find(".damaged-") != std::string::npos);
        int aside = 0;
        for (const auto &entry : fs::directory_iterator(m_root / "data"))
            if (entry.path().string().find(".damaged-") != std::string::npos) {
                ++aside;
                std::ifstream kept(entry.path());
                QCOMPARE(std::string(std::istreambuf_iterator<char>(kept), {}), text.toStdString());
            }
        QCOMPARE(aside, 1);
        QVERIFY(store.addForRepository(Effect::Allow, rule("Bash(ls)")));
        QCOMPARE(store.rules()->allow, std::vector{rule("Bash(ls)")});
    }

    void losesNoRuleWhenManyWriteAtOnce()
    {
        std::vector<std::thread> writers;
        for (int writer = 0; writer < 4; ++writer)
            writers.emplace_back([this, writer] {
                RuleStore store(m_root / "data", m_root / "repo");
                for (int i = 0; i < 25; ++i)
                    store.addForRepository(Effect::Allow, rule("Bash(ls " + std::to_string(writer) + " " + std::to_string(i) + ")"));
            });
        for (auto &writer : writers)
            writer.join();
        QCOMPARE(RuleStore(m_root / "data", m_root / "repo").rules()->allow.size(), std::size_t(100));
    }

    void saysWhenItCannotWrite()
    {
        RuleStore store(m_root / "missing", m_root / "repo");
        QVERIFY(!store.addForRepository(Effect::Allow, rule("Bash(ls)")));
        QVERIFY(store.rules()->allow.empty());
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
};

QTEST_APPLESS_MAIN(RuleStoreTest)
#include "rule_store_test.moc"
