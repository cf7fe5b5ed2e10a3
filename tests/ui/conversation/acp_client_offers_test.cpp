#include "tests/support/process.h"
#include "tests/support/window_fakes.h"
#include "ui/conversation/acp_client.h"
#include "ui/conversation/conversation.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>

namespace {

/// Notes what the client says of itself.
class CuriousAgent : public FakeAgent
{
public:
    acp::Reply<acp::InitializeResponse> initialize(const acp::InitializeRequest &request) override
    {
        capabilities = request.clientCapabilities.value_or(ph::Json::object());
        return FakeAgent::initialize(request);
    }
    ph::Json capabilities;
};

} // namespace

/// A whole client over a real pipe, with an agent that uses what is offered.
class AcpClientOffersTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = std::filesystem::canonical(m_folder->path().toStdString());
        m_agent = std::make_unique<CuriousAgent>();
        m_failure.clear();
        m_session = {};
        m_isAnswered = false;
    }
    void cleanup()
    {
        m_client.reset();
        m_agent.reset();
        m_folder.reset();
    }

    void offersNothingUnlessToldTo()
    {
        std::string refused;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            acp::CreateTerminalRequest request;
            request.sessionId = turn.request.sessionId;
            request.command = "true";
            refused = turn.client.createTerminal(request, turn.stop).error().message + turn.client.readTextFile({turn.request.sessionId, "/etc/hostname", {}, {}}, turn.stop).error().message;
            return "end_turn";
        };
        open({});

        prompt();

        for (const char *name : {"terminal", "fs", "auth", "_meta"})
            QVERIFY(!m_agent->capabilities.contains(name));
        QVERIFY(m_agent->capabilities.contains("elicitation"));
        QVERIFY(refused.find("terminal/create") != std::string::npos && refused.find("fs/read_text_file") != std::string::npos);
    }

    void saysWhatItOffers()
    {
        open(everything());

        QCOMPARE(m_agent->capabilities["terminal"], ph::Json(true));
        QCOMPARE(m_agent->capabilities["_meta"]["terminal_output"], ph::Json(true));
        QCOMPARE(m_agent->capabilities["fs"], (ph::Json{{"readTextFile", true}, {"writeTextFile", true}}));
        QCOMPARE(m_agent->capabilities["auth"]["terminal"], ph::Json(true));
    }

    void anAgentRunsACommandAndTheWindowShowsIt()
    {
        m_agent->onPrompt = [this](FakeAgent::Turn &turn) {
            acp::CreateTerminalRequest create;
            create.sessionId = turn.request.sessionId;
            create.command = "sh";
            create.args = {"-c", "pwd; printf '\\033[31mred\\033[0m\\n'; exit 5"};
            const auto created = turn.client.createTerminal(create, turn.stop);
            check(created.has_value(), "created");
            if (!created)
                return "end_turn";
            acp::ToolCall call;
            call.toolCallId = {"call-1"};
            call.title = "Run";
            call.content = std::vector{acp::ToolCallContent::ofTerminal(created->terminalId)};
            turn.send(call);
            const acp::TerminalRequest terminal{turn.request.sessionId, created->terminalId};
            const auto exit = turn.client.waitForTerminalExit(terminal, turn.stop);
            check(exit && exit->exitCode == 5 && !exit->signal, "exit");
            const auto output = turn.client.terminalOutput(terminal, turn.stop);
            check(output && output->output == m_path.string() + "\nred\n" && !output->truncated, "output");
            check(turn.client.releaseTerminal(terminal, turn.stop).has_value(), "released");
            check(turn.client.terminalOutput(terminal, turn.stop).error().code == ph::ErrorCode::NotFound, "void");
            return "end_turn";
        };
        open(everything());

        prompt();

        QCOMPARE(m_failure, QString());
        const auto tool = std::get<ui::Tool>(m_conversation.items().back().value);
        QCOMPARE(tool.terminals.size(), std::size_t(1));
        // Released, and shown all the same.
        QTRY_VERIFY_WITH_TIMEOUT(tool.terminals[0]->exit.has_value(), 30'000);
        QCOMPARE(tool.terminals[0]->screen->text(), QString::fromStdString(m_path.string()) + "\nred");
        QCOMPARE(tool.terminals[0]->exit->exitCode, std::optional<std::int64_t>(5));
        QVERIFY((tool.terminals[0]->screen->line(1).runs[0].style.foreground == ui::TerminalColor{ui::TerminalColor::Kind::Indexed, 1}));
    }

    void anAgentReadsAndWritesBeneathItsFolders()
    {
        std::ofstream(m_path / "a.txt") << "one\ntwo\n";
        m_agent->onPrompt = [this](FakeAgent::Turn &turn) {
            const auto &session = turn.request.sessionId;
            const auto text = turn.client.readTextFile({session, (m_path / "a.txt").string(), 2, 1}, turn.stop);
            check(text && text->content == "two\n", "read");
            check(turn.client.writeTextFile({session, (m_path / "new/b.txt").string(), "b"}, turn.stop).has_value(), "written");
            check(turn.client.readTextFile({session, (m_path / "none").string(), {}, {}}, turn.stop).error().code == ph::ErrorCode::NotFound, "missing");
            check(turn.client.readTextFile({session, "/etc/passwd", {}, {}}, turn.stop).error().code == ph::ErrorCode::InvalidInput, "outside");
            check(!turn.client.writeTextFile({session, (m_path / "kept").string(), "b"}, turn.stop), "guarded");
            check(turn.client.readTextFile({{"forged"}, (m_path / "a.txt").string(), {}, {}}, turn.stop).error().code == ph::ErrorCode::NotFound, "forged");
            return "end_turn";
        };
        open(everything());

        prompt();

        QCOMPARE(m_failure, QString());
        QVERIFY(std::filesystem::exists(m_path / "new/b.txt"));
        QVERIFY(!std::filesystem::exists(m_path / "kept"));
    }

    void terminalsEndWithTheSession_data()
    {
        QTest::addColumn<QString>("how");
        QTest::newRow("closed") << "closed";
        QTest::newRow("the agent goes") << "gone";
        QTest::newRow("disconnected") << "disconnected";
        QTest::newRow("the client goes") << "destroyed";
    }
    void terminalsEndWithTheSession()
    {
        QFETCH(QString, how);
        std::string id;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            acp::CreateTerminalRequest create;
            create.sessionId = turn.request.sessionId;
            create.command = "trap '' HUP; echo $$; while :; do sleep 1; done";
            const auto created = turn.client.createTerminal(create, turn.stop);
            check(created.has_value(), "created");
            if (created)
                id = created->terminalId;
            return "end_turn";
        };
        open(everything());
        prompt();
        QTRY_VERIFY_WITH_TIMEOUT(m_conversation.terminal(id) && m_conversation.terminal(id)->screen->usedLines() > 0, 30'000);
        const auto process = pid_t(m_conversation.terminal(id)->screen->text().toLong());
        QVERIFY(process > 0 && support::isRunning(process));

        if (how == "closed")
            m_client->endSession(m_session);
        else if (how == "gone")
            m_agent->stop();
        else if (how == "disconnected")
            m_client->disconnectNow();
        else
            m_client.reset();

        QTRY_VERIFY_WITH_TIMEOUT(!support::isRunning(process), 30'000);
        if (how != "destroyed") // Then there is nobody who could tell.
            QTRY_VERIFY_WITH_TIMEOUT(m_conversation.terminal(id)->exit.has_value(), 30'000);
    }

    void aFloodDoesNotFloodTheWindow()
    {
        m_agent->onPrompt = [this](FakeAgent::Turn &turn) {
            acp::CreateTerminalRequest create;
            create.sessionId = turn.request.sessionId;
            create.command = "yes | head -c 3000000; echo; echo last";
            const auto created = turn.client.createTerminal(create, turn.stop);
            check(created && turn.client.waitForTerminalExit({turn.request.sessionId, created->terminalId}, turn.stop), "ended");
            return "end_turn";
        };
        open(everything());
        QSignalSpy news(m_client.get(), &ui::AcpClient::terminalNews);
        QElapsedTimer timer;
        timer.start();

        prompt();
        QTRY_VERIFY_WITH_TIMEOUT(!news.isEmpty() && news.last().at(0).value<ui::TerminalNews>().exit, 30'000);

        QVERIFY(news.count() <= timer.elapsed() / 80 + 2);
        const auto terminal = m_conversation.terminal(news.last().at(0).value<ui::TerminalNews>().terminalId);
        QVERIFY(terminal->screen->text().endsWith("\nlast"));
    }

private:
    ui::AcpClient::Offers everything()
    {
        return {true, true, [](const std::filesystem::path &path, ui::FileAccess) { return path.filename() == "kept" ? std::string("It is kept.") : std::string(); }};
    }
    void open(ui::AcpClient::Offers offers)
    {
        m_conversation = {};
        m_client = std::make_unique<ui::AcpClient>(std::move(offers), nullptr);
        connect(m_client.get(), &ui::AcpClient::updated, this, [this](const acp::SessionNotification &notification) { m_conversation.apply(notification.update); });
        connect(m_client.get(), &ui::AcpClient::terminalNews, this, [this](const ui::TerminalNews &news) { m_conversation.apply(news); });
        m_client->connectTo(m_agent->connect());
        QTRY_VERIFY_WITH_TIMEOUT(m_client->isReady(), 30'000);
        acp::NewSessionRequest request;
        request.cwd = m_path.string();
        m_client->newSession(request, [this](const ph::Result<acp::NewSessionResponse> &response) { m_session = response->sessionId; });
        QTRY_VERIFY_WITH_TIMEOUT(!m_session.value.empty(), 30'000);
    }
    void prompt()
    {
        m_isAnswered = false;
        m_client->prompt({m_session, {acp::ContentBlock::ofText("go")}, {}}, [this](const auto &) { m_isAnswered = true; });
        QTRY_VERIFY_WITH_TIMEOUT(m_isAnswered, 30'000);
    }
    /// On the agent's thread; the first that fails is looked at when the turn is over.
    void check(bool isTrue, const char *what)
    {
        if (!isTrue && m_failure.isEmpty())
            m_failure = what;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_path;
    std::unique_ptr<CuriousAgent> m_agent;
    std::unique_ptr<ui::AcpClient> m_client;
    ui::Conversation m_conversation;
    acp::SessionId m_session;
    QString m_failure;
    bool m_isAnswered = false;
};

QTEST_GUILESS_MAIN(AcpClientOffersTest)
#include "acp_client_offers_test.moc"
