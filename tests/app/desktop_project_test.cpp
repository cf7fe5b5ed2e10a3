#include "app/desktop_project.h"
#include "tests/support/fake_posthog.h"
#include "tests/support/fake_secrets.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

/// Where the window's key comes from, and what is said when there is none.
class DesktopProjectTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        for (const char *name : {"POSTHOG_API_URL", "POSTHOG_PERSONAL_API_KEY", "POSTHOG_PROJECT_ID"})
            qunsetenv(name);
        m_server = std::make_unique<FakePostHog>();
        m_server->answer("GET", "", ph::Json{{"id", 1}, {"name", "Board"}, {"timezone", "UTC"}});
        m_secrets = std::make_unique<FakeSecrets>();
        ui::Settings settings;
        settings.project = choice();
        m_project = std::make_unique<app::DesktopProject>(m_folder.filePath("settings.json"), settings, *m_secrets, app::LocalProjectOptions{});
    }
    void cleanup() { m_project.reset(); }

    void opensWithTheKeyThatIsKept()
    {
        m_secrets->kept[name()] = FakePostHog::key;
        qputenv("POSTHOG_PERSONAL_API_KEY", "phx_another");
        QCOMPARE(outcome(), QString("connected"));
        QVERIFY(m_project->hasKey());
    }

    void opensWithTheEnvironmentsKeyWhereNoneIsKept()
    {
        qputenv("POSTHOG_PERSONAL_API_KEY", QByteArray::fromStdString(FakePostHog::key));
        m_secrets->error = ph::Error{ph::ErrorCode::Internal, "The desktop's keychain cannot be used (no D-Bus)."};
        QCOMPARE(outcome(), QString("connected"));
    }

    void doesNotShowTheEnvironmentsKeyToAnotherHost()
    {
        qputenv("POSTHOG_API_URL", "https://eu.posthog.com");
        qputenv("POSTHOG_PERSONAL_API_KEY", QByteArray::fromStdString(FakePostHog::key));
        QCOMPARE(outcome(), QString("There is no API key for this project. Enter one in the settings."));
        QVERIFY(m_server->requests().empty());
        QVERIFY(!m_project->hasKey());
    }

    void saysWhyTheKeychainDoesNotGiveIt()
    {
        m_secrets->error = ph::Error{ph::ErrorCode::Unauthorized, "The desktop's keychain is locked."};
        QCOMPARE(outcome(), QString("The desktop's keychain is locked."));
    }

    void aNewKeyIsKeptAndUsedAndAFailureToKeepItIsTold()
    {
        std::optional<ph::Result<>> told;
        QSignalSpy connected(m_project.get(), &app::DesktopProject::connected);

        m_project->use(choice(), FakePostHog::key, [&](const ph::Result<> &kept) { told = kept; });

        QTRY_COMPARE(connected.size(), 1);
        QVERIFY(told && *told);
        QCOMPARE(m_secrets->kept, (std::map<std::string, std::string>{{name(), FakePostHog::key}}));
        QFile settings(m_folder.filePath("settings.json"));
        QVERIFY(settings.open(QIODevice::ReadOnly));
        QVERIFY(!settings.readAll().contains(QByteArray::fromStdString(FakePostHog::key)));

        m_secrets->error = ph::Error{ph::ErrorCode::Internal, "The desktop's keychain did not answer."};
        m_project->use(choice(), FakePostHog::key, [&](const ph::Result<> &kept) { told = kept; });
        QTRY_VERIFY(!*told);
        QCOMPARE(told->error().message, m_secrets->error->message);
    }

private:
    ui::ProjectChoice choice() const { return {false, QString::fromStdString(m_server->url()), "1"}; }
    std::string name() const { return posthog::posthogSecret(m_server->url(), "1"); }
    QString outcome()
    {
        QString heard;
        connect(m_project.get(), &app::DesktopProject::connected, this, [&] { heard = "connected"; });
        connect(m_project.get(), &app::DesktopProject::failed, this, [&](const ph::Error &error) { heard = QString::fromStdString(error.message); });
        m_project->start();
        if (!QTest::qWaitFor([&] { return !heard.isEmpty(); }, 20'000))
            return "nothing";
        m_project->disconnect(this);
        return heard;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<FakePostHog> m_server;
    std::unique_ptr<FakeSecrets> m_secrets;
    std::unique_ptr<app::DesktopProject> m_project;
};

QTEST_MAIN(DesktopProjectTest)
#include "desktop_project_test.moc"
