#include "app/folder_files.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

/// The names that "@" completes.
class FolderFilesTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void namesWhatTheIgnoreFilesLeaveAndWhatLiesNearTheTopFirst()
    {
        write(".gitignore", "build/\n*.log\n");
        write("a/deep/one.cpp");
        write("z.txt");
        write("build/out.o");
        write("noise.log");
        write(".git/config");
        write("a/two words.h");
        QVERIFY(QFile::link(m_folder->filePath("z.txt"), m_folder->filePath("link.txt")));

        const auto listing = m_files.list(m_folder->path().toStdString(), 100, {});

        QVERIFY(listing);
        QCOMPARE(listing->names, (std::vector<std::string>{".gitignore", "z.txt", "a/two words.h", "a/deep/one.cpp"}));
        QVERIFY(listing->isComplete);
    }

    void saysWhenThereAreMoreThanAskedFor()
    {
        for (int i = 0; i < 5; ++i)
            write(QString::number(i));

        const auto all = m_files.list(m_folder->path().toStdString(), 5, {});
        const auto some = m_files.list(m_folder->path().toStdString(), 4, {});

        QVERIFY(all && all->isComplete);
        QVERIFY(some && !some->isComplete);
        QCOMPARE(some->names.size(), size_t(4));
    }

    void aFolderThatIsNotThereIsSaid()
    {
        const auto listing = m_files.list((m_folder->path() + "/none").toStdString(), 5, {});

        QVERIFY(!listing);
        QCOMPARE(listing.error().code, ph::ErrorCode::NotFound);
    }

    void stopsWhenAsked()
    {
        write("a");
        std::stop_source stop;
        stop.request_stop();

        const auto listing = m_files.list(m_folder->path().toStdString(), 5, stop.get_token());

        QVERIFY(!listing);
        QCOMPARE(listing.error().code, ph::ErrorCode::Cancelled);
    }

private:
    void write(const QString &name, const QByteArray &text = "x")
    {
        const auto path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    app::FolderFiles m_files;
};

QTEST_APPLESS_MAIN(FolderFilesTest)
#include "folder_files_test.moc"
