#include "ui/conversation/mentions.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using ui::CompletionPlace;

/// What is completed at a cursor, and which files a text names.
class MentionsTest : public QObject
{
    Q_OBJECT

private slots:
    void aCommandIsTheFirstWordThatBeginsWithASlash()
    {
        QCOMPARE(*ui::completionPlace("/", 1), (CompletionPlace{CompletionPlace::Kind::Command, 0, 1, ""}));
        QCOMPARE(*ui::completionPlace("/compact now", 4), (CompletionPlace{CompletionPlace::Kind::Command, 0, 8, "com"}));
        QVERIFY(!ui::completionPlace("/compact now", 10));
        QVERIFY(!ui::completionPlace("see /usr", 8));
        QVERIFY(!ui::completionPlace("/compact", 0));
        QVERIFY(!ui::completionPlace("", 0));
    }

    void aFileBeginsWithAnAtSignAtTheStartOrAfterABlank()
    {
        QCOMPARE(*ui::completionPlace("@", 1), (CompletionPlace{CompletionPlace::Kind::File, 0, 1, ""}));
        QCOMPARE(*ui::completionPlace("fix @src/ma.cpp please", 11), (CompletionPlace{CompletionPlace::Kind::File, 4, 15, "src/ma"}));
        QCOMPARE(*ui::completionPlace("one\n@two", 8), (CompletionPlace{CompletionPlace::Kind::File, 4, 8, "two"}));
        QVERIFY(!ui::completionPlace("ada@example.com", 15));
        QVERIFY(!ui::completionPlace("@a b", 4));
    }

    void aNameInQuotesMayHoldBlanks()
    {
        QCOMPARE(*ui::completionPlace("see @\"two wo", 12), (CompletionPlace{CompletionPlace::Kind::File, 4, 12, "two wo"}));
        QVERIFY(!ui::completionPlace("see @\"two\" and", 14));
        QCOMPARE(ui::mentionOf("a/b.txt"), QString("@a/b.txt"));
        QCOMPARE(ui::mentionOf("two words.txt"), QString("@\"two words.txt\""));
    }

    void linksTheFilesThatAreThereOnceEach()
    {
        QTemporaryDir folder;
        write(folder, "src/ä b.cpp");
        write(folder, "notes.md");

        const auto files = ui::mentionedFiles("compare @notes.md, (@notes.md) and @\"src/ä b.cpp\"! ask @ada or me@notes.md", folder.path(), {});

        QCOMPARE(files.links.size(), size_t(2));
        acp::ContentBlock notes;
        notes.type = "resource_link";
        notes.uri = "file://" + folder.path().toStdString() + "/notes.md";
        notes.name = "notes.md";
        QVERIFY(files.links[0] == notes);
        QCOMPARE(*files.links[1].uri, "file://" + folder.path().toStdString() + "/src/%C3%A4%20b.cpp");
        QVERIFY(files.missing.isEmpty());
    }

    void saysWhichCompletedFileHasGone()
    {
        QTemporaryDir folder;

        const auto files = ui::mentionedFiles("fix @gone.cpp and ask @ada", folder.path(), {"gone.cpp"});

        QVERIFY(files.links.empty());
        QCOMPARE(files.missing, QStringList{"gone.cpp"});
    }

    void linksNothingOutsideOfTheFolder()
    {
        QTemporaryDir folder;
        write(folder, "in/here.txt");
        write(folder, "secret.txt");

        const auto files = ui::mentionedFiles("@../secret.txt @\"../secret.txt\" @/etc/passwd @in/../../secret.txt", folder.filePath("in"), {});

        QVERIFY(files.links.empty());
    }

private:
    static void write(const QTemporaryDir &folder, const QString &name)
    {
        QDir(folder.path()).mkpath(QFileInfo(name).path());
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
};

QTEST_APPLESS_MAIN(MentionsTest)
#include "mentions_test.moc"
