#include "tests/support/window_fakes.h"
#include "ui/conversation/agent_hub.h"

#include <QTemporaryDir>
#include <QtTest>

namespace {

acp::RequestPermissionRequest permission(const acp::SessionId &session, const std::string &call)
{
    acp::RequestPermissionRequest request;
    request.sessionId = session;
    request.toolCall.toolCallId = {call};
    request.toolCall.title = "Create a cohort";
    request.options = {{"yes", "Allow once", "allow_once", {}}, {"no", "Reject", "reject_once", {}}};
    return request;
}

} // namespace

/// The hub, its sessions and the client over a real pipe to a fake agent.
class AgentHubTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_agent = std::make_unique<FakeAgent>();
        m_hub = std::make_unique<ui::AgentHub>([this]() -> ph::Result<std::unique_ptr<acp::Transport>> { return m_agent->connect(); },
                                               m_folder->path(), m_folder->path());
    }
    void cleanup()
    {
        m_hub.reset();
        m_agent.reset();
        m_folder.reset();
    }
    void aPromptIsAnsweredInOrder()
    {
        m_agent->onPrompt = [](FakeAgent::Turn &turn) {
            for (int i = 0; i < 100; ++i)
                turn.say(std::to_string(i) + " ");
            return "end_turn";
        };
        m_hub->start();
        auto *session = m_hub->current();

        session->send("count"); // Before the session is open: it waits.

        QTRY_VERIFY(m_agent->prompts == 1 && !session->isRunning());
        std::string expected;
        for (int i = 0; i < 100; ++i)
            expected += std::to_string(i) + " ";
        QCOMPARE(std::get<ui::Message>(session->conversation().items().back().value).text, expected);
    }
    void cancelAnswersTheOpenQuestionAndEndsTheTurnOnce()
    {
        std::atomic<bool> cancelled = false;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            const auto reply = turn.client.requestPermission(permission(turn.request.sessionId, "t"), {});
            cancelled = reply && reply->outcome.outcome == "cancelled";
            return "cancelled";
        };
        m_hub->start();
        auto *session = m_hub->current();
        session->send("go");
        QTRY_COMPARE(session->questions().size(), size_t(1));
        QCOMPARE(m_hub->waitingQuestions(), 1);

        session->stop();
        session->stop();

        QTRY_VERIFY(!session->isRunning());
        QVERIFY(cancelled);
        QVERIFY(session->questions().empty());
        QTRY_COMPARE(m_agent->cancels.load(), 1);
    }
    void aPermissionIsAnsweredExactlyOnce()
    {
        std::vector<std::string> outcomes;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            const auto reply = turn.client.requestPermission(permission(turn.request.sessionId, "t"), {});
            outcomes.push_back(reply ? reply->outcome.optionId.value_or("none") : reply.error().message);
            return "end_turn";
        };
        m_hub->start();
        auto *session = m_hub->current();
        session->send("go");
        QTRY_COMPARE(session->questions().size(), size_t(1));
        const auto question = session->questions().front();

        session->answer(question->id(), "yes");
        session->answer(question->id(), "no");
        QVERIFY(!question->choose("no"));
        QVERIFY(!question->dismiss());

        QTRY_VERIFY(!session->isRunning());
        QCOMPARE(outcomes, std::vector<std::string>{"yes"});
    }
    void aPermissionShowsWhatTheCallToldBefore()
    {
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            acp::ToolCall call;
            call.toolCallId = {"t"};
            call.title = "Delete the branch";
            call.rawInput = ph::Json{{"command", "git branch -D main"}};
            turn.send(call);
            auto request = permission(turn.request.sessionId, "t"); // which has the call's id alone
            request.toolCall.title.reset();
            turn.client.requestPermission(request, turn.stop);
            return "end_turn";
        };
        m_hub->start();
        m_hub->current()->send("go");
        QTRY_COMPARE(m_hub->current()->questions().size(), size_t(1));

        const auto question = m_hub->current()->questions().front();
        QCOMPARE(question->text(), std::string("Delete the branch"));
        QCOMPARE(question->detail(), (ui::Question::Detail{"git branch -D main", "sh"}));
        m_hub->current()->stop();
        QTRY_VERIFY(!m_hub->current()->isRunning());
    }
    void dismissingRejectsAndNeverAllows()
    {
        std::string outcome;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            const auto reply = turn.client.requestPermission(permission(turn.request.sessionId, "t"), {});
            outcome = reply ? reply->outcome.optionId.value_or("none") : "error";
            return "end_turn";
        };
        m_hub->start();
        m_hub->current()->send("go");
        QTRY_COMPARE(m_hub->current()->questions().size(), size_t(1));

        m_hub->current()->dismiss(m_hub->current()->questions().front()->id());

        QTRY_VERIFY(!m_hub->current()->isRunning());
        QCOMPARE(outcome, std::string("no"));
    }
    void aFormThatAsksForOneChoiceIsAnsweredByThatChoice()
    {
        ph::Json content;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            acp::ElicitationRequest request;
            request.message = "Which loss?";
            request.sessionId = turn.request.sessionId;
            request.toolCallId = acp::ToolCallId{"t"};
            request.requestedSchema = ph::Json::parse(R"({"type": "object", "required": ["answer"], "properties": {"answer": {"type": "string",
                "default": "b", "oneOf": [{"const": "a", "title": "First"}, {"const": "b", "title": "Second", "description": "Smaller"}]}}})");
            const auto reply = turn.client.createElicitation(request, turn.stop);
            content = reply && reply->content ? *reply->content : ph::Json(reply ? reply->action : reply.error().message);
            return "end_turn";
        };
        m_hub->start();
        auto *session = m_hub->current();
        session->send("go");
        QTRY_COMPARE(session->questions().size(), size_t(1));
        const auto question = session->questions().front();
        QVERIFY(question->fields().empty());
        QCOMPARE(question->options().size(), size_t(2));
        QVERIFY(question->options()[1].recommended);
        QCOMPARE(question->options()[1].description, std::string("Smaller"));

        session->answer(question->id(), "b");

        QTRY_VERIFY(!session->isRunning());
        QCOMPARE(content, (ph::Json{{"answer", "b"}}));
        QCOMPARE(question->answerName(), std::string("Second"));
    }
    void anAgentThatDiesIsSaidAndCanBeStartedAgain()
    {
        std::atomic<bool> inside = false;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            inside = true;
            while (!turn.stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return "cancelled";
        };
        m_hub->start();
        auto *session = m_hub->current();
        session->send("go");
        QTRY_VERIFY(inside);

        m_agent->stop();

        QTRY_COMPARE(m_hub->embedded().state(), ui::AgentHub::State::Gone);
        QVERIFY(!session->isRunning());
        m_agent->onPrompt = [](FakeAgent::Turn &turn) {
            turn.say("Back.");
            return "end_turn";
        };
        m_hub->start();
        session->send("again");
        QTRY_VERIFY(m_hub->embedded().state() == ui::AgentHub::State::Ready && session->isOpen() && !session->isRunning()
                    && session->queue().empty() && m_agent->prompts == 2);
        QCOMPARE(std::get<ui::Message>(session->conversation().items().back().value).text, std::string("Back."));
    }
    void messagesWaitInAQueueAndComeBackWhenTheTurnIsStopped()
    {
        m_agent->onPrompt = [](FakeAgent::Turn &turn) {
            while (!turn.stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return "cancelled";
        };
        m_hub->start();
        auto *session = m_hub->current();
        session->send("first");
        QTRY_VERIFY(session->isRunning());

        session->send("second");
        session->send("third");
        session->send("fourth");
        session->removeQueued(1);
        QCOMPARE(session->queue().size(), size_t(2));
        session->stop();

        QTRY_VERIFY(!session->isRunning());
        QCOMPARE(session->draft(), QString("second\n\nfourth"));
        QCOMPARE(m_agent->prompts.load(), 1);
    }
    void whatWasToBeSentComesBackBeforeTheDraftWhenTheSessionCannotOpen()
    {
        auto *session = m_hub->current();
        acp::ContentBlock link;
        link.type = "resource_link";
        link.uri = "https://example.com/a";
        session->send("first", {link});
        session->setDraft("half a thought");

        session->failedToOpen("No.");

        QCOMPARE(session->draft(), QString("first\n\nhalf a thought"));
        QVERIFY(session->draftAttachments().blocks() == std::vector{link});
    }
    void theQueueGoesOnByItself()
    {
        m_agent->onPrompt = [](FakeAgent::Turn &) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            return "end_turn";
        };
        m_hub->start();
        auto *session = m_hub->current();
        QSignalSpy ended(session, &ui::AgentSession::turnEnded);

        session->send("first");
        session->send("second");
        session->send("third");

        QTRY_COMPARE(ended.size(), 3);
        QCOMPARE(session->history(), (QStringList{"first", "second", "third"}));
    }
    void aDraftOutlivesTheProgram()
    {
        m_hub->current()->setDraft("half a thought");
        m_hub.reset();

        m_hub = std::make_unique<ui::AgentHub>([]() -> ph::Result<std::unique_ptr<acp::Transport>> { return ph::fail(ph::ErrorCode::Internal, "No agent here."); },
                                               m_folder->path(), m_folder->path());
        m_hub->start();

        QCOMPARE(m_hub->current()->draft(), QString("half a thought"));
        QCOMPARE(m_hub->embedded().state(), ui::AgentHub::State::Gone);
        QCOMPARE(m_hub->embedded().goneReason(), QString("No agent here."));
    }
    void aHundredCancelsLeaveNothingStuck()
    {
        m_agent->onPrompt = [](FakeAgent::Turn &turn) {
            if (std::rand() % 2 == 0) {
                const auto reply = turn.client.requestPermission(permission(turn.request.sessionId, "t"), turn.stop);
                return reply && reply->outcome.outcome == "selected" ? "end_turn" : "cancelled";
            }
            while (!turn.stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::microseconds(100));
            return "cancelled";
        };
        m_hub->start();
        auto *session = m_hub->current();
        QTRY_VERIFY(session->isOpen());

        for (int i = 0; i < 100; ++i) {
            session->send("go");
            QTest::qWait(i % 3);
            session->stop();
            QTRY_VERIFY_WITH_TIMEOUT(!session->isRunning(), 2000);
        }

        QVERIFY(session->questions().empty());
    }

    void eachSessionWithAnotherAgentHasOneOfItsOwn()
    {
        FakeAgent first, second;
        std::vector<FakeAgent *> waiting{&second, &first};
        m_hub->setOthers({{"codex", "Codex", [&](const ui::AgentChoice::Launched &then) {
                               auto *agent = waiting.back();
                               waiting.pop_back();
                               then(agent->connect());
                           }}});
        m_hub->start();
        m_hub->setWorkFolder("/tmp");

        auto *one = m_hub->newSession("codex");
        auto *two = m_hub->newSession("codex");

        QTRY_VERIFY(one->isOpen() && two->isOpen());
        QCOMPARE(one->id(), two->id()); // of two agents: nothing to tell them apart by
        two->send("go");
        QTRY_COMPARE(second.prompts.load(), 1);
        QCOMPARE(first.prompts.load(), 0);
        QCOMPARE(first.folders, std::vector<std::string>{"/tmp"});
        m_hub->remove(one);
        m_hub->remove(two);
        QTest::qWait(0);
        QCOMPARE(m_hub->sessions().size(), size_t(1));
    }

    void anAgentThatCrashesComesBackWithItsSessionButNotForEver()
    {
        FakeAgent agent;
        agent.loads = true;
        int launches = 0;
        m_hub->setOthers({{"codex", "Codex", [&](const ui::AgentChoice::Launched &then) {
                               ++launches;
                               then(agent.connect());
                           }}});
        auto *session = m_hub->newSession("codex");
        QTRY_VERIFY(session->isOpen());
        const auto id = session->id().value;

        agent.stop();
        QTRY_VERIFY(session->line().state() == ui::AgentLine::State::Gone);
        QVERIFY(session->line().isComingBack());
        QTRY_VERIFY(session->isOpen());
        QCOMPARE(agent.loaded, std::vector<std::string>{id});
        for (int crash = 0; crash < 3; ++crash) {
            agent.stop();
            QTRY_VERIFY(session->line().state() == ui::AgentLine::State::Gone);
            QTRY_VERIFY(!session->line().isComingBack());
            QTRY_VERIFY(crash == 2 || session->isOpen());
        }

        QTest::qWait(100);
        QCOMPARE(session->line().state(), ui::AgentLine::State::Gone);
        QCOMPARE(launches, 4);
        session->line().start();
        QTRY_VERIFY(session->isOpen());
    }

    void anAgentThatNobodyIsLoggedInToIsLoggedInToAndGoesOn()
    {
        FakeAgent agent;
        agent.isLoggedOut = true;
        agent.authMethods = ph::Json::parse(R"([{"id": "browser", "name": "With the browser", "description": "Opens a page"},
            {"id": "tty", "name": "In a terminal", "type": "terminal", "args": ["login"], "env": {"A": "b"}}, {"id": "odd", "type": "telepathy"}, 7])");
        m_hub->setOthers({{"claude", "Claude", [&](const ui::AgentChoice::Launched &then) { then(agent.connect()); }}});

        auto *session = m_hub->newSession("claude");
        session->send("hello"); // It waits for all this.
        auto &line = session->line();
        QTRY_COMPARE(line.state(), ui::AgentLine::State::LoggedOut);
        QCOMPARE(line.loginReason(), QString("Nobody is logged in."));
        QCOMPARE(line.loginMethods().size(), size_t(2));
        QVERIFY(line.loginMethods()[1].isTerminal);
        QCOMPARE(line.loginMethods()[1].arguments, std::vector<std::string>{"login"});
        line.logIn("wrong");
        QTRY_COMPARE(line.loginReason(), QString("There is no such way to log in."));
        line.logIn("browser");

        QTRY_COMPARE(agent.prompts.load(), 1);
        QCOMPARE(line.state(), ui::AgentLine::State::Ready);
    }

    void anAgentThatCannotBeStartedSaysWhy()
    {
        m_hub->setOthers({{"codex", "Codex", [](const ui::AgentChoice::Launched &then) { then(ph::fail(ph::ErrorCode::NotFound, "Codex is not installed.")); }}});

        auto *session = m_hub->newSession("codex");
        session->send("hello");

        QTRY_COMPARE(session->line().state(), ui::AgentLine::State::Gone);
        QCOMPARE(session->line().goneReason(), QString("Codex is not installed."));
        QVERIFY(!session->line().isComingBack());
        QCOMPARE(session->queue().size(), size_t(1)); // kept
    }

    void modesThatAreASettingAreChosenAsOne()
    {
        ui::AgentLine line({"x", "X", [](const ui::AgentChoice::Launched &) {}});
        ui::AgentSession session(line, "/", nullptr);
        acp::ConfigOption option;
        option.id = "mode";
        option.name = "Mode";
        option.category = "mode";
        option.currentValue = "plan";
        option.options = ph::Json::parse(R"([{"group": "g", "name": "Careful", "options": [{"value": "plan", "name": "Plan"}]}, {"value": "yolo", "name": "Yolo"}])");
        session.opened({"s"}, acp::Modes{"other", {{"other", "Other", {}}}}, std::vector{option});

        QCOMPARE(session.modeName(), QString("Plan"));
        QCOMPARE(session.modes().size(), size_t(2));
        QCOMPARE(session.modes()[1].name, std::string("Yolo"));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FakeAgent> m_agent;
    std::unique_ptr<ui::AgentHub> m_hub;
};

QTEST_GUILESS_MAIN(AgentHubTest)
#include "agent_hub_test.moc"
