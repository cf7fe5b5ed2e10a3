#include "app/file_guard.h"

#include <QTest>

class FileGuardTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsWhatIsProtected_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("mayRead");
        QTest::addColumn<bool>("mayWrite");
        QTest::newRow("a file") << "/repo/src/main.cpp" << true << true;
        QTest::newRow("git") << "/repo/.git/config" << true << false;
        QTest::newRow("a hook") << "/repo/.git/hooks/pre-commit" << true << false;
        QTest::newRow("a shell's start") << "/home/ada/.bashrc" << true << false;
        QTest::newRow("whatever the case") << "/repo/.GIT/config" << true << false;
        QTest::newRow("an editor's settings") << "/repo/.vscode/tasks.json" << true << false;
        QTest::newRow("keys") << "/home/ada/.ssh/id_ed25519" << false << false;
        QTest::newRow("an environment file") << "/repo/.env" << false << false;
        QTest::newRow("one to share") << "/repo/.env.example" << true << true;
        QTest::newRow("another process") << "/proc/1/environ" << false << false;
    }
    void keepsWhatIsProtected()
    {
        QFETCH(QString, path);
        QFETCH(bool, mayRead);
        QFETCH(bool, mayWrite);

        const auto read = app::whyProtected(path.toStdString(), ui::FileAccess::Read);
        const auto write = app::whyProtected(path.toStdString(), ui::FileAccess::Write);

        QCOMPARE(read.empty(), mayRead);
        QCOMPARE(write.empty(), mayWrite);
        if (!mayWrite)
            QVERIFY(write.starts_with(path.toStdString()) && write.ends_with("."));
    }
};

QTEST_APPLESS_MAIN(FileGuardTest)
#include "file_guard_test.moc"
