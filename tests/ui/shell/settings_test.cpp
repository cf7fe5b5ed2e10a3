#include "ui/shell/settings.h"
#include "ui/shell/single_instance.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <thread>

class SettingsTest : public QObject
{
    Q_OBJECT

private slots:
    void settingsComeBackAndOtherKeysStay()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath("hoglet/settings.json");
        ui::Settings settings;
        settings.theme = ui::ThemeChoice::Light;
        settings.fontScale = 1.3;
        settings.project = {false, "https://eu.posthog.com", "42"};
        QVERIFY(ui::saveSettings(path, settings));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        auto text = file.readAll();
        text.insert(text.indexOf('{') + 1, "\"future\": 1,");
        file.resize(0);
        file.seek(0);
        file.write(text);
        file.close();

        const auto loaded = ui::loadSettings(path);
        QVERIFY(ui::saveSettings(path, settings));

        QVERIFY(loaded.has_value());
        QCOMPARE(*loaded, settings);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("future"));
    }
    void withoutAFileTheDefaultsAreTheDemoProject()
    {
        const auto loaded = ui::loadSettings("/nonexistent/settings.json");

        QVERIFY(loaded.has_value());
        QVERIFY(loaded->project.isDemo);
    }
    void whatDoesNotReadIsNamedWithItsLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("said");
        QTest::newRow("broken") << QByteArray("{\n\"theme\": \"dark\",\n}") << "line 3";
        QTest::newRow("a wrong type") << QByteArray("{\"theme\": 3}") << "\"theme\"";
        QTest::newRow("a wrong word") << QByteArray("{\"theme\": \"pink\"}") << "\"light\"";
        QTest::newRow("no object") << QByteArray("[]") << "not an object";
    }
    void whatDoesNotReadIsNamedWithItsLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, said);
        QTemporaryDir folder;
        QFile file(folder.filePath("settings.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();

        const auto loaded = ui::loadSettings(file.fileName());

        QVERIFY(!loaded);
        QVERIFY2(QString::fromStdString(loaded.error().message).contains(said), loaded.error().message.c_str());
    }
    void aSecondStartHandsItsArgumentsToTheFirst()
    {
        QTemporaryDir folder;
        ui::SingleInstance first(folder.path());
        QVERIFY(!first.handOver({"--new-query"}));
        QVERIFY(first.listen());
        QSignalSpy received(&first, &ui::SingleInstance::received);

        std::atomic<int> taken = -1;
        std::thread second([&] { taken = ui::SingleInstance(folder.path()).handOver({"--open-workflow", "a b\nc"}); });
        QTRY_VERIFY(taken >= 0);
        second.join();

        QCOMPARE(taken.load(), 1);
        QCOMPARE(received.size(), 1);
        QCOMPARE(received[0][0].toStringList(), (QStringList{"--open-workflow", "a b\nc"}));
    }
    void aSocketThatWasLeftBehindDoesNotStopTheNext()
    {
        QTemporaryDir folder;
        QFile left(folder.filePath("window.socket"));
        QVERIFY(left.open(QIODevice::WriteOnly));
        left.close();

        ui::SingleInstance next(folder.path());

        QVERIFY(!next.handOver({}));
        QVERIFY(next.listen());
    }
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "settings_test.moc"
