#include "ui/conversation/pictures.h"

#include <QBuffer>
#include <QFile>
#include <QPainter>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

namespace {

QByteArray bytesOf(const acp::ContentBlock &block) { return QByteArray::fromBase64(QByteArray::fromStdString(*block.data)); }

QImage noise(int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    QRandomGenerator random(1);
    for (int y = 0; y < height; ++y)
        random.fillRange(reinterpret_cast<quint32 *>(image.scanLine(y)), width);
    return image;
}

} // namespace

/// Pictures as image blocks.
class PicturesTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aSmallFileGoesAsItIs()
    {
        QImage image(40, 30, QImage::Format_RGB32);
        image.fill(Qt::red);
        const auto path = m_folder->filePath("a red one.png");
        QVERIFY(image.save(path));

        const auto block = ui::pictureOfFile(path);

        QVERIFY(block);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        acp::ContentBlock expected;
        expected.type = "image";
        expected.mimeType = "image/png";
        expected.data = file.readAll().toBase64().toStdString();
        expected.uri = "file://" + m_folder->path().toStdString() + "/a%20red%20one.png";
        QVERIFY(*block == expected);
        QCOMPARE(ui::pictureSize(*block), QSize(40, 30));
    }

    void aLargePictureIsScaledDown()
    {
        QImage image(4000, 1000, QImage::Format_ARGB32);
        image.fill(QColor(0, 0, 255, 120));

        const auto pasted = ui::pictureOf(image);
        QVERIFY(image.save(m_folder->filePath("large.png")));
        const auto read = ui::pictureOfFile(m_folder->filePath("large.png"));

        QVERIFY(pasted && read);
        QCOMPARE(ui::pictureSize(*pasted), QSize(1568, 392));
        QCOMPARE(ui::pictureSize(*read), QSize(1568, 392));
        QCOMPARE(*pasted->mimeType, std::string("image/png")); // which keeps what shows through
        QVERIFY(!pasted->uri);
    }

    void aPictureOfManyBytesBecomesAJpeg()
    {
        const auto block = ui::pictureOf(noise(1500, 1500));

        QVERIFY(block);
        QCOMPARE(*block->mimeType, std::string("image/jpeg"));
        QVERIFY(bytesOf(*block).size() <= ui::mostPictureBytes);
    }

    void aTypeIsReadFromTheContentAndNotFromTheName()
    {
        QImage image(4, 4, QImage::Format_RGB32);
        image.fill(Qt::green);
        QVERIFY(image.save(m_folder->filePath("picture.txt"), "jpeg"));
        write("text.png", "no picture");
        write("page.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
        write("short.webp", QByteArray("RIFF\0\0\0\0WEBP", 12));
        QVERIFY(mkfifo(m_folder->filePath("pipe.png").toLocal8Bit(), 0600) == 0);

        QCOMPARE(ui::pictureTypeOf(m_folder->filePath("picture.txt")), QString("image/jpeg"));
        QCOMPARE(ui::pictureTypeOf(m_folder->filePath("text.png")), QString());
        QCOMPARE(ui::pictureTypeOf(m_folder->filePath("page.svg")), QString());
        QCOMPARE(ui::pictureTypeOf(m_folder->filePath("short.webp")), QString("image/webp"));
        QCOMPARE(ui::pictureTypeOf(m_folder->filePath("pipe.png")), QString()); // and nobody waits for its other end
        QCOMPARE(ui::pictureTypeOf(m_folder->path()), QString());
    }

    void whatIsCutOffIsSaid()
    {
        write("cut.png", QByteArray::fromHex("89504e470d0a1a0a00000000"));

        const auto block = ui::pictureOfFile(m_folder->filePath("cut.png"));

        QVERIFY(!block);
        QCOMPARE(block.error().message, std::string("cut.png cannot be read as a picture."));
        QVERIFY(!ui::pictureOf({}));
    }

    void onlyTheFourTypesAreLookedInto()
    {
        acp::ContentBlock block;
        block.type = "image";
        block.mimeType = "image/svg+xml";
        block.data = QByteArray("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>").toBase64().toStdString();
        QVERIFY(ui::shownPicture(block, {100, 100}).isNull());
        block.mimeType = "image/png"; // which it is not
        QVERIFY(ui::shownPicture(block, {100, 100}).isNull());
        QVERIFY(ui::pictureSize(block).isEmpty());
        block.data.reset();
        QVERIFY(ui::shownPicture(block, {100, 100}).isNull());
    }

    void isShownNoLargerThanAskedFor()
    {
        const auto block = ui::pictureOf(noise(300, 200));
        QVERIFY(block);

        QCOMPARE(ui::shownPicture(*block, {150, 150}).size(), QSize(150, 100));
        QCOMPARE(ui::shownPicture(*block, {900, 900}).size(), QSize(300, 200));
    }

private:
    void write(const QString &name, const QByteArray &text)
    {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(PicturesTest)
#include "pictures_test.moc"
