#include "agent/permissions/protected_paths.h"
#include "driver/base/paths.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using permissions::Guard;
using permissions::protectionOf;

class ProtectedPathsTest : public QObject
{
    Q_OBJECT

private slots:
    void knowsPathsByTheirComponents_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("guard");
        for (const char *path : {"/r/.git", "/r/.git/hooks/pre-commit", "/r/.GIT/config", "/r/sub/.Git/x", "/r/.gitmodules", "/h/.gitconfig", "/h/.bashrc", "/h/.zshenv", "/r/.envrc", "/r/.vscode/tasks.json",
                                 "/r/.claude/settings.json", "/r/.mcp.json", "/r/.husky/pre-push", "/h/.config/fish/config.fish", "/h/.config/autostart/x.desktop", "/h/.config/git/config", "/etc/passwd",
                                 "/r/.idea/workspace.xml", "/r/.devcontainer/devcontainer.json"})
            QTest::newRow(path) << path << int(Guard::Changes);
        for (const char *path : {"/h/.ssh/id_x", "/h/.SSH", "/h/.gnupg/x", "/h/.aws/credentials", "/h/.netrc", "/h/.local/share/keyrings/login.keyring", "/h/.config/gh/hosts.yml", "/r/.env", "/r/.env.local",
                                 "/proc/self/environ", "/proc/1/mem", "/x/id_rsa", "/r/.npmrc"})
            QTest::newRow(path) << path << int(Guard::Everything);
        for (const char *path : {"/r/src/a.cpp", "/r/.gitignore", "/r/.gitattributes", "/r/git/x", "/r/.github/workflows/a.yml", "/r/ssh", "/r/.env.example", "/r/environment", "/r/fish/a", "/proc/cpuinfo",
                                 "/etcetera/x", "/r/.git-x", "/"})
            QTest::newRow(path) << path << int(Guard::None);
    }
    void knowsPathsByTheirComponents()
    {
        QFETCH(QString, path);
        QFETCH(int, guard);
        QCOMPARE(int(protectionOf(std::filesystem::path(path.toStdString())).guard), guard);
    }

    void keepsTheProgramsOwnFolders()
    {
        for (const auto &folder : {ph::configDir(), ph::dataDir(), ph::stateDir()})
            QCOMPARE(int(protectionOf(folder / "x").guard), int(Guard::Everything));
    }

    void readsWordsOfCommandsAsPaths_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<bool>("isPattern");
        QTest::addColumn<int>("guard");
        QTest::newRow("relative") << ".git/config" << false << int(Guard::Changes);
        QTest::newRow("value of an option") << "--output=.git/config" << false << int(Guard::Changes);
        QTest::newRow("of dd") << "of=.git/config" << false << int(Guard::Changes);
        QTest::newRow("file to send") << "@.ssh/id" << false << int(Guard::Everything);
        QTest::newRow("behind a host") << "host:.ssh/id" << false << int(Guard::Everything);
        QTest::newRow("home") << "~/.bashrc" << false << int(Guard::Changes);
        QTest::newRow("up and in") << "a/../../etc/x/../../.git" << false << int(Guard::Changes);
        QTest::newRow("pattern with its dot") << ".g*/config" << true << int(Guard::Everything);
        QTest::newRow("pattern with more of it") << ".husk?" << true << int(Guard::Changes);
        QTest::newRow("pattern without") << "*" << true << int(Guard::None);
        QTest::newRow("the same, quoted") << ".g*/config" << false << int(Guard::None);
        QTest::newRow("text") << "fix .env loading" << false << int(Guard::None);
        QTest::newRow("plain") << "src/a.cpp" << false << int(Guard::None);
    }
    void readsWordsOfCommandsAsPaths()
    {
        QFETCH(QString, word);
        QFETCH(bool, isPattern);
        QFETCH(int, guard);
        QCOMPARE(int(protectionOf(permissions::Word{word.toStdString(), isPattern, true}, "/repo").guard), guard);
    }

    void followsLinksInWords()
    {
        const QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        std::filesystem::create_directories(root / ".git/hooks");
        std::filesystem::create_symlink(".git", root / "harmless");

        QCOMPARE(int(protectionOf(permissions::Word{"harmless/hooks/new", false, true}, root).guard), int(Guard::Changes));
    }
};

QTEST_APPLESS_MAIN(ProtectedPathsTest)
#include "protected_paths_test.moc"
