#include "ui/conversation/conversation.h"
#include "ui/conversation/question.h"
#include "ui/conversation/replay.h"

#include <QtTest>

namespace {

template <typename Chunk>
acp::SessionUpdate chunk(const std::string &text, const std::string &messageId = {})
{
    Chunk value;
    value.content = acp::ContentBlock::ofText(text);
    if (!messageId.empty())
        value.messageId = messageId;
    acp::SessionUpdate update;
    update.value = value;
    return update;
}

acp::SessionUpdate say(const std::string &text, const std::string &id = {}) { return chunk<acp::AgentMessageChunk>(text, id); }
acp::SessionUpdate think(const std::string &text, const std::string &id = {}) { return chunk<acp::AgentThoughtChunk>(text, id); }
acp::SessionUpdate user(const std::string &text, const std::string &id = {}) { return chunk<acp::UserMessageChunk>(text, id); }

acp::SessionUpdate call(const std::string &id, const std::string &title, const std::string &status)
{
    acp::ToolCall value;
    value.toolCallId = {id};
    value.title = title;
    value.status = status;
    acp::SessionUpdate update;
    update.value = value;
    return update;
}

acp::SessionUpdate progress(const std::string &id, const std::string &status)
{
    acp::ToolCallUpdate value;
    value.toolCallId = {id};
    value.status = status;
    acp::SessionUpdate update;
    update.value = value;
    return update;
}

/// The items as one line each: what a reader sees.
QStringList lines(const ui::Conversation &conversation)
{
    QStringList result;
    for (const auto &item : conversation.items()) {
        result << std::visit(acp::Overloaded{
                                 [](const ui::Message &m) {
                                     const char *roles[] = {"user: ", "agent: ", "thought: "};
                                     return roles[int(m.role)] + QString::fromStdString(m.text);
                                 },
                                 [](const ui::Tool &t) { return QString::fromStdString("tool " + t.call.toolCallId.value + " " + t.call.title + " " + t.call.status.value_or("-")); },
                                 [](const ui::Asked &a) {
                                     const char *states[] = {"open", "answered", "withdrawn"};
                                     return QString::fromStdString("asked " + a.text + " ") + states[int(a.state)] + QString::fromStdString(a.answer.empty() ? "" : " " + a.answer);
                                 },
                                 [](const ui::Note &n) { return QString::fromStdString("note " + n.severity + " " + n.title); },
                             },
                             item.value);
    }
    return result;
}

std::vector<acp::ContentBlock> prompt(const std::string &text) { return {acp::ContentBlock::ofText(text)}; }

} // namespace

Q_DECLARE_METATYPE(acp::SessionUpdate)

class ConversationTest : public QObject
{
    Q_OBJECT

private slots:
    void updatesBecomeItems_data()
    {
        QTest::addColumn<QList<acp::SessionUpdate>>("updates");
        QTest::addColumn<QStringList>("expected");

        QTest::newRow("chunks without an id join") << QList{say("Hel"), say("lo")} << QStringList{"agent: Hello"};
        QTest::newRow("chunks with one id join across others")
            << QList{say("a", "m1"), call("t", "T", "pending"), say("b", "m1")} << QStringList{"agent: ab", "tool t T pending"};
        QTest::newRow("another id is another message") << QList{say("a", "m1"), say("b", "m2")} << QStringList{"agent: a", "agent: b"};
        QTest::newRow("a tool call ends a message without an id")
            << QList{say("a"), call("t", "T", "pending"), say("b")} << QStringList{"agent: a", "tool t T pending", "agent: b"};
        QTest::newRow("a thought is not the answer") << QList{think("hm"), say("yes")} << QStringList{"thought: hm", "agent: yes"};
        QTest::newRow("one id, two roles") << QList{think("hm", "m"), say("yes", "m")} << QStringList{"thought: hm", "agent: yes"};
        QTest::newRow("a call is upserted")
            << QList{call("t", "T", "pending"), progress("t", "in_progress"), progress("t", "completed")} << QStringList{"tool t T completed"};
        QTest::newRow("an update may come first")
            << QList{progress("t", "in_progress"), call("t", "Title", "pending")} << QStringList{"tool t Title pending"};
        QTest::newRow("a late creation does not reopen a call")
            << QList{progress("t", "completed"), call("t", "Title", "pending")} << QStringList{"tool t Title completed"};
        QTest::newRow("late progress does not reopen a call")
            << QList{call("t", "T", "completed"), progress("t", "in_progress")} << QStringList{"tool t T completed"};
        QTest::newRow("failed after completed counts")
            << QList{call("t", "T", "completed"), progress("t", "failed")} << QStringList{"tool t T failed"};
        QTest::newRow("a replayed user message is an item") << QList{user("hi"), say("ho")} << QStringList{"user: hi", "agent: ho"};
        acp::SessionUpdate unknown;
        unknown.value = acp::UnknownUpdate{ph::Json{{"sessionUpdate", "weather"}}};
        QTest::newRow("unknown updates change nothing") << QList{say("a"), unknown, say("b")} << QStringList{"agent: ab"};
        acp::SessionUpdate notice;
        notice.value = acp::Notice{"warning", "Low on tokens", {}};
        QTest::newRow("a notice is a note") << QList{notice} << QStringList{"note warning Low on tokens"};
    }
    void updatesBecomeItems()
    {
        QFETCH(QList<acp::SessionUpdate>, updates);
        QFETCH(QStringList, expected);
        ui::Conversation conversation;

        for (const auto &update : updates)
            conversation.apply(update);

        QCOMPARE(lines(conversation), expected);
    }
    void anEchoOfThePromptDoesNotDoubleIt()
    {
        ui::Conversation conversation;

        conversation.beginTurn(prompt("yes"));
        conversation.apply(user("y", "u1"));
        conversation.apply(user("es", "u1"));
        conversation.apply(say("Fine"));
        conversation.endTurn("end_turn");
        conversation.beginTurn(prompt("yes"));
        conversation.apply(say("Fine again"));

        QCOMPARE(lines(conversation), (QStringList{"user: yes", "agent: Fine", "user: yes", "agent: Fine again"}));
    }
    void aTurnThatEndsInterruptsItsCallsAndWithdrawsItsQuestions()
    {
        ui::Conversation conversation;
        conversation.beginTurn(prompt("go"));
        conversation.apply(call("a", "A", "completed"));
        conversation.apply(call("b", "B", "in_progress"));
        conversation.ask(7, "b", "May I?");

        conversation.endTurn("cancelled");

        QCOMPARE(lines(conversation),
                 (QStringList{"user: go", "tool a A completed", "tool b B interrupted", "asked May I? withdrawn", "note info Stopped."}));
        QVERIFY(!conversation.isRunning());
    }
    void whatComesAfterTheTurnStandsByItself()
    {
        ui::Conversation conversation;
        conversation.beginTurn(prompt("go"));
        conversation.apply(say("Done."));
        conversation.apply(call("b", "B", "in_progress"));
        conversation.apply(say("Bye."));
        conversation.endTurn("end_turn");

        conversation.apply(progress("b", "completed"));
        conversation.apply(say("The background job is ready."));

        QCOMPARE(lines(conversation),
                 (QStringList{"user: go", "agent: Done.", "tool b B completed", "agent: Bye.", "agent: The background job is ready."}));
    }
    void aQuestionIsSettledOnce()
    {
        ui::Conversation conversation;
        conversation.ask(1, "t", "May I?");

        conversation.answered(1, "Allow");
        conversation.withdrawn(1);

        QCOMPARE(lines(conversation), QStringList{"asked May I? answered Allow"});
    }
    void stateIsReplacedWhole()
    {
        ui::Conversation conversation;
        acp::SessionUpdate plan;
        plan.value = acp::Plan{{{"a", "low", "pending", {}}, {"b", "low", "pending", {}}}, {}};
        conversation.apply(plan);
        QCOMPARE(conversation.plan().size(), size_t(2));

        plan.value = acp::Plan{};
        conversation.apply(plan);
        acp::SessionUpdate mode;
        mode.value = acp::CurrentModeUpdate{"plan"};
        conversation.apply(mode);

        QVERIFY(conversation.plan().empty());
        QCOMPARE(conversation.mode(), std::string("plan"));
    }
    void everyChangeOfAnItemIsARevision()
    {
        ui::Conversation conversation;
        conversation.apply(say("a"));
        const auto before = conversation.items()[0];

        conversation.apply(say("b"));

        QCOMPARE(conversation.items()[0].id, before.id);
        QVERIFY(conversation.items()[0].revision > before.revision);
    }
    void aLogTellsTheSameConversation()
    {
        const std::vector<std::string> log{
            R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}})",
            R"(not json)",
            R"({"type":"notification","timestamp":"2026-01-01T00:00:00.000Z","notification":{"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"go"}]}}})",
            R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Wait."}}}})",
            R"({"jsonrpc":"2.0","id":3,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t","title":"May I?"},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"}]}})",
            R"({"jsonrpc":"2.0","id":3,"result":{"outcome":{"outcome":"selected","optionId":"y"}}})",
            R"({"jsonrpc":"2.0","id":4,"method":"elicitation/create","params":{"mode":"form","sessionId":"s","message":"Which?","requestedSchema":{"type":"object","properties":{"answer":{"type":"string","oneOf":[{"const":"b","title":"Second"}]}}}}})",
            R"({"jsonrpc":"2.0","id":4,"result":{"action":"accept","content":{"answer":"b"}}})",
            R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":"max_tokens"}})",
            R"({"jsonrpc":"2.0","id":4,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"more"}]}})",
        };

        const auto conversation = ui::conversationOf(log);

        QCOMPARE(lines(conversation),
                 (QStringList{"user: go", "agent: Wait.", "asked May I? answered Yes", "asked Which? answered Second", "note warning The answer was cut off at the model's length limit.",
                              "user: more", "note warning The session ended before this turn did."}));
    }
    void aQuestionThatNobodyAnsweredStandsAtTheEndOfALog()
    {
        std::vector<std::string> log{
            R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"go"}]}})",
            R"({"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"mode":"form","sessionId":"s","message":"First?","requestedSchema":{"type":"object","properties":{"answer":{"type":"string","oneOf":[{"const":"b","title":"Second"}]}}}}})",
            R"({"jsonrpc":"2.0","id":1,"result":{"action":"accept","content":{"answer":"b"}}})",
            R"({"jsonrpc":"2.0","id":2,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t","title":"May I?"},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"}]}})",
        };

        const auto waiting = ui::replay(log);
        log.push_back(R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"cancelled"}})");
        const auto ended = ui::replay(log);
        log.push_back(R"({"jsonrpc":"2.0","id":9,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"again"}]}})");
        const auto begunAnew = ui::replay(log);

        QVERIFY(waiting.isCutOff && waiting.waiting);
        QCOMPARE(waiting.waiting->text(), std::string("May I?"));
        QVERIFY(waiting.waiting->isOpen());
        QVERIFY(!ended.isCutOff && !ended.waiting);
        QVERIFY(begunAnew.isCutOff && !begunAnew.waiting); // of the turn before
    }
};

QTEST_APPLESS_MAIN(ConversationTest)
#include "conversation_test.moc"
