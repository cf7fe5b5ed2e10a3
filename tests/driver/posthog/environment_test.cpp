#include "driver/posthog/environment.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

namespace {

std::string fileWith(const QTemporaryDir &folder, const char *text)
{
    const auto path = folder.filePath(".env").toStdString();
    std::ofstream(path) << text;
    return path;
}

} // namespace

class EnvironmentTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        for (const char *name : {"POSTHOG_API_URL", "POSTHOG_PERSONAL_API_KEY", "POSTHOG_PROJECT_ID", "ANTHROPIC_API_KEY", "LOCAL_MODEL_API_KEY"})
            qunsetenv(name);
    }

    void opensAProject()
    {
        qputenv("POSTHOG_API_URL", "https://eu.i.posthog.com/\n");
        qputenv("POSTHOG_PERSONAL_API_KEY", " phx_abc ");
        qputenv("POSTHOG_PROJECT_ID", "12");

        const auto credentials = posthog::Environment().credentials();

        QVERIFY(credentials.has_value());
        QCOMPARE(credentials->host, std::string("https://eu.posthog.com"));
        QCOMPARE(credentials->key, std::string("phx_abc"));
        QCOMPARE(credentials->projectId, std::string("12"));
    }

    void namesWhatIsMissing()
    {
        QVERIFY(!posthog::Environment().namesAProject());
        qputenv("POSTHOG_PERSONAL_API_KEY", "phx_abc");

        const auto credentials = posthog::Environment().credentials();

        QVERIFY(posthog::Environment().namesAProject());
        QCOMPARE(credentials.error(), (ph::Error{ph::ErrorCode::NotFound, "Not set in the environment: POSTHOG_API_URL, POSTHOG_PROJECT_ID."}));
    }

    void aFileFillsWhatTheProcessLacksAndChangesNothingInIt()
    {
        QTemporaryDir folder;
        qputenv("POSTHOG_PROJECT_ID", "1");
        posthog::Environment environment;

        QVERIFY(environment.addFile(fileWith(folder, "# a comment\nexport POSTHOG_API_URL=\"https://eu.posthog.com\"\r\nPOSTHOG_PROJECT_ID = 7 \n"
                                                     "POSTHOG_PERSONAL_API_KEY='phx_x'\nnonsense\n#ANTHROPIC_API_KEY=no\n")));

        QCOMPARE(environment.value("POSTHOG_API_URL"), std::string("https://eu.posthog.com"));
        QCOMPARE(environment.value("POSTHOG_PROJECT_ID"), std::string("1"));
        QCOMPARE(environment.value("POSTHOG_PERSONAL_API_KEY"), std::string("phx_x"));
        QCOMPARE(environment.value("ANTHROPIC_API_KEY"), std::string());
        QVERIFY(!qEnvironmentVariableIsSet("POSTHOG_PERSONAL_API_KEY"));
    }

    void aMissingOrEndlessFileIsAnError()
    {
        posthog::Environment environment;
        QCOMPARE(environment.addFile("/nonexistent/.env").error().code, ph::ErrorCode::NotFound);
        QCOMPARE(environment.addFile("/dev/zero").error().code, ph::ErrorCode::Internal);
    }

    void secretsHaveTheirVariables()
    {
        QTemporaryDir folder;
        posthog::Environment environment;
        QVERIFY(environment.addFile(fileWith(folder, "LOCAL_MODEL_API_KEY=sk-local\n")));
        qputenv("ANTHROPIC_API_KEY", "sk-ant-1");
        qputenv("POSTHOG_PERSONAL_API_KEY", "phx_abc");
        posthog::EnvironmentSecrets secrets(environment);

        QCOMPARE(secrets.get("anthropic").value(), std::string("sk-ant-1"));
        QCOMPARE(secrets.get("local-model").value(), std::string("sk-local"));
        QCOMPARE(secrets.get(posthog::posthogSecret("https://us.posthog.com", "12")).value(), std::string("phx_abc"));
        QCOMPARE(secrets.get("openai").error(), (ph::Error{ph::ErrorCode::NotFound, "OPENAI_API_KEY is not set in the environment."}));
    }

    void theKeyOfOneHostIsNotForAnother()
    {
        qputenv("POSTHOG_PERSONAL_API_KEY", "phx_abc");
        qputenv("POSTHOG_API_URL", "https://us.i.posthog.com/project/12");
        posthog::EnvironmentSecrets secrets;

        QCOMPARE(secrets.get(posthog::posthogSecret("https://us.posthog.com", "7")).value(), std::string("phx_abc"));
        QCOMPARE(secrets.get(posthog::posthogSecret("https://us.posthog.com.example", "7")).error().code, ph::ErrorCode::NotFound);
        QCOMPARE(secrets.get(posthog::posthogSecret("https://eu.posthog.com", "12")).error().code, ph::ErrorCode::NotFound);
    }

    void itKeepsNothing()
    {
        posthog::EnvironmentSecrets secrets;
        const auto put = secrets.put("anthropic", "sk-ant-secret");
        QCOMPARE(put.error().code, ph::ErrorCode::InvalidInput);
        QVERIFY(QString::fromStdString(put.error().message).contains("ANTHROPIC_API_KEY"));
        QVERIFY(!QString::fromStdString(put.error().message).contains("sk-ant"));
        QCOMPARE(secrets.erase("anthropic").error().code, ph::ErrorCode::InvalidInput);
    }
};

QTEST_APPLESS_MAIN(EnvironmentTest)
#include "environment_test.moc"
