#include "ui/conversation/draft_attachments.h"

#include "ui/conversation/attachments.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

/// What goes with the next message.
class DraftAttachmentsTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_takesPictures = true;
        m_draft = std::make_unique<ui::DraftAttachments>([this] { return m_takesPictures; });
        m_said = std::make_unique<QSignalSpy>(m_draft.get(), &ui::DraftAttachments::said);
    }

    void picturesBecomePicturesAndAllElseLinks()
    {
        m_draft->addFiles({picture("one.png"), text("notes.txt"), m_folder->path()});
        QVERIFY(m_draft->isReading());
        QTRY_VERIFY(!m_draft->isReading());

        QCOMPARE(types(), (QStringList{"image", "resource_link", "resource_link"}));
        QVERIFY(m_draft->blocks()[1] == ui::fileLink(m_folder->filePath("notes.txt")));
        QVERIFY(m_draft->hasPictures());
        QVERIFY(m_said->isEmpty());
        m_draft->addFiles({picture("one.png")});
        QTRY_VERIFY(!m_draft->isReading());
        QCOMPARE(m_draft->blocks().size(), size_t(3)); // the same file once
        m_draft->remove(0);
        QVERIFY(!m_draft->hasPictures());
    }

    void tenThousandFilesAreCappedAndItIsSaid()
    {
        QStringList paths;
        for (int i = 0; i < 10'000; ++i)
            paths << m_folder->filePath(QString("file-%1").arg(i));
        for (int i = 0; i < 20; ++i)
            text(QString("file-%1").arg(i));

        m_draft->addFiles(paths);

        QTRY_VERIFY(!m_draft->isReading());
        QCOMPARE(m_draft->blocks().size(), ui::DraftAttachments::most);
        QCOMPARE(m_said->size(), 1);
        QVERIFY(m_said->first().first().toString().contains("9,980"));
    }

    void whereTheAgentTakesNoPicturesAFileIsALinkAndThePastedOneIsRefused()
    {
        m_takesPictures = false;

        m_draft->addFiles({picture("one.png")});
        QTRY_VERIFY(!m_draft->isReading());
        QCOMPARE(types(), QStringList{"resource_link"});
        QCOMPARE(m_said->takeFirst().first().toString(), QString("The agent takes no pictures; it gets the file's name."));
        m_draft->addPicture(QImage(4, 4, QImage::Format_RGB32));

        QVERIFY(!m_draft->isReading());
        QCOMPARE(m_said->size(), 1);
    }

    void whatCannotBeReadIsSaidAndTheRestStays()
    {
        QFile cut(m_folder->filePath("cut.png"));
        QVERIFY(cut.open(QIODevice::WriteOnly));
        cut.write(QByteArray::fromHex("89504e470d0a1a0a00000000"));
        cut.close();

        m_draft->addFiles({cut.fileName(), text("notes.txt"), m_folder->filePath("none")});

        QTRY_VERIFY(!m_draft->isReading());
        QCOMPARE(types(), QStringList{"resource_link"});
        QCOMPARE(m_said->first().first().toString(), QString("cut.png cannot be read as a picture. none is not there."));
    }

    void aFileThatHasGoneIsNotSentAndSaid()
    {
        m_draft->addFiles({text("gone.txt"), text("stays.txt")});
        QTRY_VERIFY(!m_draft->isReading());
        QVERIFY(QFile::remove(m_folder->filePath("gone.txt")));

        const auto blocks = m_draft->take();

        QCOMPARE(blocks.size(), size_t(1));
        QVERIFY(blocks[0] == ui::fileLink(m_folder->filePath("stays.txt")));
        QCOMPARE(m_said->first().first().toString(), QString("gone.txt: not there any more, and not sent along."));
        QVERIFY(m_draft->isEmpty());
    }

    void itMayGoWhileFilesAreRead()
    {
        m_draft->addFiles({picture("one.png")});
        m_said.reset();
        m_draft.reset();
        QTest::qWait(20);
    }

private:
    QString picture(const QString &name)
    {
        QImage image(8, 8, QImage::Format_RGB32);
        image.fill(Qt::red);
        image.save(m_folder->filePath(name));
        return m_folder->filePath(name);
    }
    QString text(const QString &name)
    {
        QFile file(m_folder->filePath(name));
        return file.open(QIODevice::WriteOnly) ? file.fileName() : QString();
    }
    QStringList types() const
    {
        QStringList all;
        for (const auto &block : m_draft->blocks())
            all << QString::fromStdString(block.type);
        return all;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    bool m_takesPictures = true;
    std::unique_ptr<ui::DraftAttachments> m_draft;
    std::unique_ptr<QSignalSpy> m_said;
};

QTEST_GUILESS_MAIN(DraftAttachmentsTest)
#include "draft_attachments_test.moc"
