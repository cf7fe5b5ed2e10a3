#include "app/keychain.h"

#include <QDirIterator>
#include <QFutureWatcher>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QtConcurrentRun>

#include <map>

using namespace std::chrono_literals;
using app::KeychainAnswer;
using app::KeychainTask;

namespace {

/// A keychain in memory whose faults are flags.
struct FakeKeychain {
    std::map<QString, QString> lines;
    std::optional<ph::ErrorCode> error; // of every task
    bool isSilent = false;
    bool losesWhatItTakes = false;
    bool isAlwaysOnTheMainThread = true;

    app::KeychainJob job()
    {
        return [this](KeychainTask task, const QString &name, const QString &text, std::function<void(const KeychainAnswer &)> then) {
            isAlwaysOnTheMainThread = isAlwaysOnTheMainThread && QThread::currentThread() == qApp->thread();
            if (isSilent)
                return;
            QTimer::singleShot(0, qApp, [this, task, name, text, then = std::move(then)] { then(answer(task, name, text)); });
        };
    }

private:
    KeychainAnswer answer(KeychainTask task, const QString &name, const QString &text)
    {
        if (error)
            return {error, "its own words"};
        if (task == KeychainTask::Write && !losesWhatItTakes)
            lines[name] = text;
        if (task != KeychainTask::Write && !lines.contains(name))
            return {ph::ErrorCode::NotFound, "Entry not found"};
        if (task == KeychainTask::Erase)
            lines.erase(name);
        return {{}, task == KeychainTask::Read ? lines[name] : QString()};
    }
};

/// What `call` gives on a thread of its own, while this one goes on with its events.
template <typename Call>
auto away(Call call)
{
    QFutureWatcher<decltype(call())> watcher;
    QSignalSpy done(&watcher, &QFutureWatcherBase::finished);
    watcher.setFuture(QtConcurrent::run(std::move(call)));
    if (done.isEmpty())
        done.wait(40'000);
    return watcher.result();
}

const std::string secret = "sk-ant-first line\nsecond line";

} // namespace

class KeychainTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsASecretAsOneLine()
    {
        FakeKeychain fake;
        app::Keychain keychain(fake.job());

        QVERIFY(away([&] { return keychain.put("anthropic", secret); }));
        QCOMPARE(away([&] { return keychain.get("anthropic"); }).value(), secret);

        QCOMPARE(fake.lines, (std::map<QString, QString>{{"anthropic", "c2stYW50LWZpcnN0IGxpbmUKc2Vjb25kIGxpbmU="}}));
        QVERIFY(away([&] { return keychain.erase("anthropic"); }));
        QVERIFY(away([&] { return keychain.erase("anthropic"); })); // which is done already
        QCOMPARE(away([&] { return keychain.get("anthropic"); }).error().code, ph::ErrorCode::NotFound);
        QVERIFY(fake.isAlwaysOnTheMainThread);
    }

    void saysWhatIsTheMatter_data()
    {
        QTest::addColumn<int>("error");
        QTest::addColumn<QString>("message");
        QTest::newRow("locked") << int(ph::ErrorCode::Unauthorized)
                                << "The desktop's keychain is locked, or its use was refused (its own words). Unlock it and try again.";
        QTest::newRow("none") << int(ph::ErrorCode::Internal) << "The desktop's keychain cannot be used (its own words).";
    }
    void saysWhatIsTheMatter()
    {
        QFETCH(int, error);
        QFETCH(QString, message);
        FakeKeychain fake;
        fake.error = ph::ErrorCode(error);
        app::Keychain keychain(fake.job());

        QCOMPARE(away([&] { return keychain.get("openai"); }).error(), (ph::Error{ph::ErrorCode(error), message.toStdString()}));
        QCOMPARE(away([&] { return keychain.erase("openai"); }).error().code, ph::ErrorCode(error));
        const auto put = away([&] { return keychain.put("openai", secret); });
        QCOMPARE(put.error().code, ph::ErrorCode(error));
        QVERIFY(QString::fromStdString(put.error().message).contains("Hoglet uses the key until it ends"));
        QVERIFY(!QString::fromStdString(put.error().message).contains("sk-ant"));
        QCOMPARE(away([&] { return keychain.get("openai"); }).value(), secret); // until then
    }

    void looksWhetherASecretWasKept()
    {
        FakeKeychain fake;
        fake.losesWhatItTakes = true;
        app::Keychain keychain(fake.job());

        const auto put = away([&] { return keychain.put("anthropic", secret); });
        QCOMPARE(put.error().code, ph::ErrorCode::Internal);
        QVERIFY(QString::fromStdString(put.error().message).contains("does not give it back"));

        fake.losesWhatItTakes = false;
        QVERIFY(away([&] { return keychain.put("anthropic", "sk-ant-2"); }));
        QCOMPARE(away([&] { return keychain.get("anthropic"); }).value(), std::string("sk-ant-2"));
    }

    void doesNotWaitForEver()
    {
        FakeKeychain fake;
        fake.isSilent = true;
        app::Keychain keychain(fake.job(), 200ms);

        const auto got = away([&] { return keychain.get("anthropic"); });
        QCOMPARE(got.error().code, ph::ErrorCode::Internal);
        QVERIFY(QString::fromStdString(got.error().message).contains("did not answer in 0.2 s"));
    }

    void isStopped()
    {
        FakeKeychain fake;
        fake.isSilent = true;
        app::Keychain keychain(fake.job());
        std::stop_source stop;
        QTimer::singleShot(50, this, [&] { stop.request_stop(); });

        QElapsedTimer timer;
        timer.start();
        QCOMPARE(away([&] { return keychain.get("anthropic", stop.get_token()); }).error().code, ph::ErrorCode::Cancelled);
        QVERIFY(timer.elapsed() < 10'000);
    }

    void doesNotTakeWhatAnotherProgramWrote()
    {
        FakeKeychain fake;
        fake.lines = {{"anthropic", "phx_no base64!"}};
        app::Keychain keychain(fake.job());
        QCOMPARE(away([&] { return keychain.get("anthropic"); }).error().code, ph::ErrorCode::Internal);
        QCOMPARE(away([&] { return keychain.put("anthropic", ""); }).error().code, ph::ErrorCode::InvalidInput);
    }

    /// A session that has no D-Bus, as over ssh: QtKeychain itself, nothing on the disk, and the secret for as long as the program lives.
    void withoutDBusNothingIsWrittenAnywhere()
    {
        QTemporaryDir home;
        for (const char *name : {"HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            qputenv(name, home.path().toUtf8());
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + home.path().toUtf8() + "/nobody");
        for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "KDE_FULL_SESSION"})
            qunsetenv(name);
        app::Keychain keychain;

        const auto absent = away([&] { return keychain.get("anthropic"); });
        QCOMPARE(absent.error().code, ph::ErrorCode::Internal);
        QVERIFY2(absent.error().message.starts_with("The desktop's keychain cannot be used ("), absent.error().message.c_str());
        QCOMPARE(away([&] { return keychain.put("anthropic", secret); }).error().code, ph::ErrorCode::Internal);
        QCOMPARE(away([&] { return keychain.get("anthropic"); }).value(), secret);

        for (QDirIterator it(home.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();) {
            QFile file(it.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto text = file.readAll();
            QVERIFY2(!text.contains("sk-ant") && !text.contains("c2stYW50"), qPrintable(file.fileName()));
        }
    }
};

QTEST_GUILESS_MAIN(KeychainTest)
#include "keychain_test.moc"
