#include "agent/journal/reader.h"
#include "app/desktop_agents.h"
#include "app/desktop_sessions.h"
#include "driver/base/atomic_file.h"
#include "tests/support/fake_secrets.h"
#include "ui/shell/background.h"

#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

/// The agents beside the embedded one, as programs: which are offered, how they are started, what of them is kept.
class DesktopAgentsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("python3").isEmpty())
            QSKIP("The agent of these tests is a Python program, and there is no python3 here.");
    }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_secrets = std::make_unique<FakeSecrets>();
        m_writer = std::make_unique<journal::Writer>(m_folder->filePath("data").toStdString());
        m_environment = {"PATH=" + m_folder->path().toStdString()};
        begin();
    }
    void cleanup()
    {
        m_hub.reset();
        m_agents.reset();
        m_writer.reset();
    }

    void aPresetIsOfferedWhereItsProgramIs()
    {
        install("codex-acp");
        install("npx");
        begin();

        QCOMPARE(offered(), QStringList{"codex"});
        const auto agents = m_agents->agents();
        QCOMPARE(agents[0].command, QString("npx --yes @agentclientprotocol/claude-agent-acp"));
        QVERIFY(agents[0].whatIsMissing.contains("npx fetches it"));
        QVERIFY(agents[1].whatIsMissing.isEmpty());
    }

    void whatIsChosenHoldsInTheNextProgramToo()
    {
        install("npx");
        install("codex-acp");
        begin();

        m_agents->setUsed("claude", true);
        m_agents->setUsed("codex", false);
        begin();

        QCOMPARE(offered(), QStringList{"claude"});
    }

    void nothingIsOfferedThatCannotBeRun()
    {
        QVERIFY(offered().isEmpty());
        for (const auto &agent : m_agents->agents()) {
            QVERIFY(agent.command.isEmpty());
            QVERIFY2(agent.whatIsMissing.contains("npm install -g"), qPrintable(agent.whatIsMissing));
        }
    }

    void anAgentOfTheUsersOwnIsHeldASessionWithThatTheJournalKeeps()
    {
        install("my agent");
        std::optional<ph::Result<>> added;
        m_agents->add({"My agent", '"' + m_folder->filePath("my agent") + "\" echo-env TOKEN", {{"TOKEN", "t-123"}}}, [&](const auto &done) { added = done; });
        QTRY_VERIFY(added && *added);
        QCOMPARE(offered(), QStringList{"my-agent"});
        const auto text = *ph::readFile(file());
        QVERIFY2(text.find("t-123") == std::string::npos, text.c_str());

        m_hub->setOthers(m_agents->choices());
        auto *session = m_hub->newSession("my-agent");
        session->send("which?");
        QTRY_VERIFY_WITH_TIMEOUT(session->isOpen() && !session->isRunning() && session->queue().empty(), 20'000);
        const auto &items = session->conversation().items();
        QCOMPARE(std::get<ui::Message>(items.back().value).text, std::string("t-123")); // from the keychain, in its environment

        DesktopSessions sessions(m_folder->filePath("data").toStdString());
        const auto past = sessions.find("s-1");
        QVERIFY(past);
        QCOMPARE(past->agent, std::string("my-agent"));
        QCOMPARE(past->agentName, std::string("Fake"));
        QCOMPARE(past->folder, m_folder->path().toStdString());
        const auto lines = *sessions.lines("s-1", {});
        QVERIFY(std::any_of(lines.begin(), lines.end(), [](const auto &line) { return line.find("\"which?\"") != std::string::npos; }));
    }

    void anAgentThatDiesSaysItsLastWords()
    {
        install("codex-acp", "die-on-init");
        begin();
        m_hub->setOthers(m_agents->choices());

        auto *session = m_hub->newSession("codex");

        QTRY_COMPARE_WITH_TIMEOUT(session->line().state(), ui::AgentLine::State::Gone, 20'000);
        QCOMPARE(session->line().goneReason(), QString("codex-acp ended with code 7: no such model"));
        QVERIFY(session->line().lastWords().contains("starting with"));
    }

    void aTrialTellsWhatTheAgentIs()
    {
        install("codex-acp");
        install("claude-agent-acp", "logged-out");
        begin();
        std::optional<ph::Result<ui::AgentTrial>> in, out;
        m_agents->tryOut("codex", [&](const auto &trial) { in = trial; });
        QTRY_VERIFY_WITH_TIMEOUT(in, 20'000);
        m_agents->tryOut("claude", [&](const auto &trial) { out = trial; });
        QTRY_VERIFY_WITH_TIMEOUT(out, 20'000);

        QVERIFY(*in && *out);
        QCOMPARE((*in)->name, QString("Fake"));
        QCOMPARE((*in)->version, QString("1.2.3"));
        QCOMPARE((*in)->login, QString("logged in"));
        QCOMPARE((*in)->options, QStringList{"Model: A"});
        QCOMPARE((*out)->login, QString("not logged in: Please log in"));
    }

    void aTrialThatIsCancelledSaysNoMore()
    {
        install("codex-acp", "silent");
        begin();
        bool isTold = false;
        m_agents->tryOut("codex", [&](const auto &) { isTold = true; });

        m_agents->cancelTrial();

        ui::backgroundPool()->waitForDone();
        QTest::qWait(10);
        QVERIFY(!isTold);
    }

    void aCommandThatIsNotThereIsRefused()
    {
        std::optional<ph::Result<>> added;
        m_agents->add({"Ghost", "no-such-program", {}}, [&](const auto &done) { added = done; });

        QVERIFY(added && !*added);
        QCOMPARE(added->error().code, ph::ErrorCode::InvalidInput);
        QVERIFY(offered().isEmpty());
    }

    void aDamagedFileIsSetAside()
    {
        QVERIFY(ph::writeFileAtomically(file(), "{"));
        install("npx");
        begin();

        m_agents->setUsed("gemini", true);

        QCOMPARE(*ph::readFile(file() + ".damaged"), std::string("{"));
        begin();
        QCOMPARE(offered(), QStringList{"gemini"});
    }

private:
    std::string file() const { return m_folder->filePath("agents.json").toStdString(); }

    /// A program of that name which is the fake agent.
    void install(const QString &name, const QString &option = {})
    {
        QFile script(m_folder->filePath(name));
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write(QString("#!/bin/sh\nexec %1 %2 %3 \"$@\"\n").arg(QStandardPaths::findExecutable("python3"), HOGLET_FAKE_AGENT, option).toUtf8());
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    /// A program that starts, with what the one before has kept.
    void begin()
    {
        m_hub.reset();
        m_agents.reset();
        m_agents = std::make_unique<app::DesktopAgents>(file(), *m_writer, *m_secrets, m_environment);
        m_hub = std::make_unique<ui::AgentHub>([]() -> ph::Result<std::unique_ptr<acp::Transport>> { return ph::fail(ph::ErrorCode::Internal, "none"); },
                                               m_folder->path(), m_folder->path());
        qputenv("PATH", m_folder->path().toUtf8() + ":" + m_path); // where agents are looked for when they are started
    }
    QStringList offered() const
    {
        QStringList ids;
        for (const auto &choice : m_agents->choices())
            ids << choice.id;
        return ids;
    }

    using DesktopSessions = app::DesktopSessions;
    const QByteArray m_path = qgetenv("PATH");
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FakeSecrets> m_secrets;
    std::unique_ptr<journal::Writer> m_writer;
    std::vector<std::string> m_environment;
    std::unique_ptr<app::DesktopAgents> m_agents;
    std::unique_ptr<ui::AgentHub> m_hub;
};

QTEST_MAIN(DesktopAgentsTest)
#include "desktop_agents_test.moc"
