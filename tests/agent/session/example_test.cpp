#include "agent/journal/reader.h"
#include "tests/support/fake_posthog.h"
#include "tests/support/model_server.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

/// The example of the README, as a program: what it prints and what is left of it.
class ExampleTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_server = std::make_unique<FakePostHog>();
        m_server->answer("GET", "tasks/0199-task/runs/0199-run/",
                         ph::Json{{"id", "0199-run"}, {"task", "0199-task"}, {"environment", "local"}, {"status", "queued"}});
        m_gateway = std::make_unique<support::ModelServer>();
        m_gateway->setModels({{"data", {{{"id", "claude-opus-5-5"}, {"owned_by", "anthropic"}}}}});
        m_folder = std::make_unique<QTemporaryDir>();
    }

    void asksTheEmbeddedAgent()
    {
        m_gateway->thenText("The button is mended.");

        const auto [code, output, errors] = runExample("0199-run", "hoglet");

        QCOMPARE(errors, QByteArray());
        QCOMPARE(output, QByteArray("The button is mended.\n"));
        QCOMPARE(code, 0);
        QVERIFY(journal::readRun((m_folder->path() + "/hoglet").toStdString(), "0199-run"));
    }

    void asksAnAgentThatIsInstalled()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The other agent is a Python program, and there is no python3 here.");
        const std::string program = (m_folder->path() + "/claude-agent-acp").toStdString();
        std::ofstream(program) << "#!/bin/sh\nexec python3 " HOGLET_FAKE_AGENT "\n";
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);

        const auto [code, output, errors] = runExample("0199-run", "claude");

        QCOMPARE(errors, QByteArray());
        QCOMPARE(output, QByteArray("Mend the button\n"));
        QCOMPARE(code, 0);
    }

    void saysWhatIsWrong()
    {
        const auto [code, output, errors] = runExample("gone", "hoglet");

        QCOMPARE(code, 1);
        QVERIFY2(errors.startsWith("There is no run “gone” of task “0199-task”"), errors.constData());
    }

private:
    struct Outcome {
        int code;
        QByteArray output;
        QByteArray errors;
    };

    Outcome runExample(const QString &run, const QString &adapter)
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("POSTHOG_API_URL", QString::fromStdString(m_server->url()));
        environment.insert("POSTHOG_PERSONAL_API_KEY", QString::fromStdString(FakePostHog::key));
        environment.insert("POSTHOG_PROJECT_ID", QString::fromStdString(FakePostHog::projectId));
        environment.insert("LLM_GATEWAY_URL", QString::fromStdString(m_gateway->url()));
        environment.insert("XDG_DATA_HOME", m_folder->path());
        environment.insert("XDG_STATE_HOME", m_folder->path());
        environment.insert("XDG_CONFIG_HOME", m_folder->path());
        environment.insert("PATH", m_folder->path() + ":" + environment.value("PATH"));
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(HOGLET_EXAMPLE, {"0199-task", run, m_folder->path(), adapter, "Mend the button"});
        process.waitForFinished(120'000);
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
    }

    std::unique_ptr<FakePostHog> m_server;
    std::unique_ptr<support::ModelServer> m_gateway;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(ExampleTest)
#include "example_test.moc"
