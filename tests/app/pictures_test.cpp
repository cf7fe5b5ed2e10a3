// The README's pictures are what the program shows: painted by `hoglet --screenshot` and compared with those in resources/screenshots.
// HOGLET_UPDATE_PICTURES=1 writes them instead.
#include <QDir>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

/// How far two pictures are apart, by blocks that neither another font's hinting nor a clock's digits reach.
struct Difference {
    double mean = 0;      // of all blocks, 0 to 255
    double farBlocks = 0; // share of the blocks that differ by more than a fifth of the range
};

Difference differenceOf(const QImage &a, const QImage &b)
{
    constexpr int columns = 48, rows = 30;
    const QImage left = a.convertToFormat(QImage::Format_RGB32).scaled(columns, rows, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    const QImage right = b.convertToFormat(QImage::Format_RGB32).scaled(columns, rows, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    Difference difference;
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x) {
            const QRgb p = left.pixel(x, y), q = right.pixel(x, y);
            const int distance = std::max({std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
            difference.mean += distance;
            difference.farBlocks += distance > 51;
        }
    }
    difference.mean /= columns * rows;
    difference.farBlocks /= columns * rows;
    return difference;
}

constexpr double farthestMean = 4;
constexpr double mostFarBlocks = 0.01;

} // namespace

class PicturesTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            environment.insert(name, m_home.path());
        environment.insert("QT_QPA_PLATFORM", "offscreen");
        environment.insert("TZ", "UTC");
        environment.insert("LC_ALL", "C.UTF-8");
        environment.remove("DBUS_SESSION_BUS_ADDRESS");
        environment.remove("QT_SCALE_FACTOR");
        QProcess program;
        program.setProcessEnvironment(environment);
        program.setProcessChannelMode(QProcess::MergedChannels);

        program.start(HOGLET, {"--screenshot", m_home.filePath("pictures")});

        QVERIFY(program.waitForFinished(540'000));
        QVERIFY2(program.exitCode() == 0, program.readAll().constData());
    }

    void everyPageIsPaintedInBothThemes_data()
    {
        QTest::addColumn<QString>("page");
        for (const char *page : {"home", "workflows", "workflow", "explore-events", "explore-persons", "hogql", "exports", "sessions", "settings"})
            QTest::newRow(page) << page;
    }
    void everyPageIsPaintedInBothThemes()
    {
        QFETCH(QString, page);

        const QImage dark(picture(page + "-dark")), light(picture(page + "-light"));

        QCOMPARE(dark.size(), QSize(1440, 900));
        QCOMPARE(light.size(), QSize(1440, 900));
        QVERIFY(differenceOf(dark, light).mean > 100); // one theme is not the other
    }

    void theRailLightsUpWhereOneIsAlone()
    {
        const QPoint home(20, 14), explore(20, 134), empty(20, 500); // beside the names

        const QImage onHome(picture("home-dark")), onExplore(picture("explore-events-dark"));

        QVERIFY(onHome.pixel(home) != onHome.pixel(empty));
        QCOMPARE(onHome.pixel(explore), onHome.pixel(empty));
        QVERIFY(onExplore.pixel(explore) != onExplore.pixel(empty));
        QCOMPARE(onExplore.pixel(home), onExplore.pixel(empty));
    }

    void whatIsSomethingElseIsFarAway()
    {
        const auto other = differenceOf(QImage(picture("explore-events-dark")), QImage(picture("explore-persons-dark")));

        QVERIFY2(other.mean > farthestMean || other.farBlocks > mostFarBlocks, qPrintable(QString("mean %1, far %2").arg(other.mean).arg(other.farBlocks)));
    }

    void theReadmesPicturesAreCurrent_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto &file : QDir(HOGLET_PICTURES).entryList({"*.png"}))
            QTest::newRow(qPrintable(file)) << file.chopped(4);
    }
    void theReadmesPicturesAreCurrent()
    {
        QFETCH(QString, name);
        const QString kept = QString(HOGLET_PICTURES) + '/' + name + ".png";
        const QImage now(picture(name));
        QVERIFY2(!now.isNull(), qPrintable("hoglet --screenshot paints no " + name));
        if (qEnvironmentVariableIntValue("HOGLET_UPDATE_PICTURES") > 0) {
            QFile::remove(kept);
            QVERIFY(QFile::copy(picture(name), kept));
            qInfo("%s was written.", qPrintable(kept));
            return;
        }

        const QImage before(kept);

        const QString refresh = QString("%1 shows something else than the program does now (%2). Look at both; "
                                        "to take the new one: HOGLET_UPDATE_PICTURES=1 ctest --preset dev -R app/pictures_test");
        QVERIFY2(before.size() == now.size(), qPrintable(refresh.arg(kept, "another size")));
        const auto difference = differenceOf(before, now);
        QVERIFY2(difference.mean <= farthestMean && difference.farBlocks <= mostFarBlocks,
                 qPrintable(refresh.arg(kept, QString("mean %1 of at most %2, far blocks %3 of at most %4")
                                                  .arg(difference.mean).arg(farthestMean).arg(difference.farBlocks).arg(mostFarBlocks))));
    }

private:
    QString picture(const QString &name) const { return m_home.filePath("pictures/" + name + ".png"); }

    QTemporaryDir m_home;
};

QTEST_GUILESS_MAIN(PicturesTest)
#include "pictures_test.moc"
