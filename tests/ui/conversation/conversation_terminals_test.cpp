#include "tests/support/picture.h"
#include "ui/conversation/conversation_view.h"
#include "ui/conversation/parts.h"
#include "ui/conversation/replay.h"
#include "ui/terminal/terminal_view.h"
#include "ui/terminal/terminal_window.h"

#include <QApplication>
#include <QSignalSpy>
#include <QtTest>

namespace {

acp::SessionUpdate call(const std::string &id, std::vector<acp::ToolCallContent> content, std::optional<ph::Json> meta = {}, const char *status = "in_progress")
{
    acp::ToolCall value;
    value.toolCallId = {id};
    value.title = "Run the tests";
    value.status = status;
    value.content = std::move(content);
    value.meta = std::move(meta);
    acp::SessionUpdate update;
    update.value = value;
    return update;
}

acp::SessionUpdate progress(const std::string &id, ph::Json meta, std::optional<std::string> status = {})
{
    acp::ToolCallUpdate value;
    value.toolCallId = {id};
    value.meta = std::move(meta);
    value.status = std::move(status);
    acp::SessionUpdate update;
    update.value = value;
    return update;
}

ui::TerminalNews output(const std::string &terminal, const std::string &text)
{
    ui::TerminalNews news;
    news.terminalId = terminal;
    news.output = text;
    return news;
}

ui::TerminalNews ended(const std::string &terminal, std::int64_t code)
{
    ui::TerminalNews news;
    news.terminalId = terminal;
    news.exit = acp::TerminalExitStatus{code, {}};
    return news;
}

const ui::Tool &toolOf(const ui::Conversation &conversation) { return std::get<ui::Tool>(conversation.items().back().value); }

/// The terminal's part of an opened card, or the line that stands in its place.
ui::Part shown(const ui::Conversation &conversation)
{
    ui::StreamingMarkdown markdown;
    for (const auto &part : ui::partsOf(conversation.items().back(), markdown, true, false)) {
        if (part.iconName == "terminal")
            return part;
    }
    return {};
}

QStringList linesOf(const ui::Part &part)
{
    QStringList lines;
    for (const auto &line : part.lines)
        lines << line.text();
    return lines;
}

std::string line(const ph::Json &json) { return json.dump(); }

} // namespace

class ConversationTerminalsTest : public QObject
{
    Q_OBJECT

private slots:
    void aCardShowsTheEndOfItsTerminal()
    {
        ui::Conversation conversation;
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t")}));
        QCOMPARE(shown(conversation).title, QString("Waiting for the terminal"));
        const auto before = conversation.items().back().revision;

        auto first = output("t", "\x1b[32mline 0\x1b[0m\r\n");
        first.title = "make \x1b[31mtest\xE2\x80\xAE";
        conversation.apply(first);
        QVERIFY(conversation.items().back().revision > before);
        QCOMPARE(linesOf(shown(conversation)), QStringList{"line 0"});
        QCOMPARE(shown(conversation).title, QString("make test[U+202E]"));
        QCOMPARE(shown(conversation).detail, QString("running"));

        for (int i = 1; i < 20; ++i)
            conversation.apply(output("t", "line " + std::to_string(i) + "\r\n"));
        conversation.apply(ended("t", 2));

        const auto part = shown(conversation);
        QCOMPARE(linesOf(part).size(), 12);
        QCOMPARE(linesOf(part).last(), QString("line 19"));
        QCOMPARE(part.detail, QString::fromUtf8("exit code 2 · 8 lines above"));
        QVERIFY(part.tone == ui::Part::Tone::Bad);
        QCOMPARE(part.actions.size(), std::size_t(1));
        QVERIFY(part.actions[0].kind == ui::PartAction::Kind::OpenTerminal);
    }

    void outputMayComeBeforeTheCall()
    {
        ui::Conversation conversation;
        conversation.apply(output("t", "early\r\n"));
        conversation.apply(ended("t", 0));

        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t")}));

        QCOMPARE(linesOf(shown(conversation)), QStringList{"early"});
        QCOMPARE(shown(conversation).detail, QString("exit code 0"));
    }

    void theOutputStaysWhenTheCallSaysNothingOfItAnyMore()
    {
        ui::Conversation conversation;
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t")}));
        conversation.apply(output("t", "kept\r\n"));

        acp::ToolCallUpdate replaced;
        replaced.toolCallId = {"1"};
        replaced.status = "completed";
        replaced.content = std::vector{acp::ToolCallContent::ofText("All passed.")};
        acp::SessionUpdate update;
        update.value = replaced;
        conversation.apply(update);

        QCOMPARE(linesOf(shown(conversation)), QStringList{"kept"});
    }

    void outputThatStartsOverReplacesWhatWasShown()
    {
        ui::Conversation conversation;
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t")}));
        conversation.apply(output("t", "old\r\n"));
        auto news = output("t", "new\r\n");
        news.startsOver = true;

        conversation.apply(news);

        QCOMPARE(linesOf(shown(conversation)), QStringList{"new"});
    }

    void anUnknownTerminalLosesNothingElse()
    {
        ui::Conversation conversation;
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t"), acp::ToolCallContent::ofText("And text.")}, {}, "completed"));

        QCOMPARE(shown(conversation).title, QString("The terminal's output was not kept."));
        QCOMPARE(toolOf(conversation).call.status, std::optional<std::string>("completed"));
        QCOMPARE(toolOf(conversation).call.content->size(), std::size_t(2));
    }

    void anAgentMayTellOfItsOwnTerminals()
    {
        ui::Conversation conversation;
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("own")}, ph::Json{{"terminal_info", {{"terminal_id", "own"}, {"cwd", "/repo"}}}}));
        conversation.apply(progress("1", {{"terminal_output", {{"terminal_id", "own"}, {"data", "one\ntwo\n"}}}}));
        conversation.apply(progress("1", {{"terminal_output", {{"terminal_id", "own"}, {"data", "\x1b[31mthree\r\n"}}},
                                          {"terminal_exit", {{"terminal_id", "own"}, {"exit_code", 1}, {"signal", nullptr}}}},
                                    "failed"));

        const auto part = shown(conversation);
        QCOMPARE(linesOf(part), (QStringList{"one", "two", "three"}));
        QCOMPARE(part.detail, QString("exit code 1"));
        QCOMPARE(toolOf(conversation).terminals.size(), std::size_t(1));
    }

    void malformedMetaIsPassedOver()
    {
        ui::Conversation conversation;
        for (const auto &meta : {ph::Json{{"terminal_output", "x"}}, ph::Json{{"terminal_output", {{"data", "x"}}}}, ph::Json{{"terminal_exit", {{"terminal_id", 7}}}},
                                 ph::Json{{"terminal_output", {{"terminal_id", "t"}, {"data", 7}}}}, ph::Json::array({1}), ph::Json("x")})
            conversation.apply(progress("1", meta));

        QCOMPARE(conversation.items().size(), std::size_t(1));
    }

    void aLogShowsWhatItHasOfATerminal()
    {
        const auto update = [](const ph::Json &body) { return line({{"method", "session/update"}, {"params", {{"sessionId", "s"}, {"update", body}}}}); };
        const auto cardOf = [&](const char *terminal) {
            return update({{"sessionUpdate", "tool_call"}, {"toolCallId", terminal}, {"title", "Run"}, {"content", {{{"type", "terminal"}, {"terminalId", terminal}}}}});
        };
        const std::vector<std::string> log{
            line({{"id", 1}, {"method", "session/prompt"}, {"params", {{"sessionId", "s"}, {"prompt", {{{"type", "text"}, {"text", "go"}}}}}}}),
            line({{"id", 7}, {"method", "terminal/create"}, {"params", {{"sessionId", "s"}, {"command", "make"}}}}),
            line({{"id", 7}, {"result", {{"terminalId", "t"}}}}),
            cardOf("t"),
            line({{"id", 8}, {"method", "terminal/output"}, {"params", {{"sessionId", "s"}, {"terminalId", "t"}}}}),
            line({{"id", 8}, {"result", {{"output", "one\n"}, {"truncated", false}}}}),
            line({{"id", 9}, {"method", "terminal/wait_for_exit"}, {"params", {{"sessionId", "s"}, {"terminalId", "t"}}}}),
            line({{"id", 9}, {"result", {{"exitCode", 3}, {"signal", nullptr}}}}),
            line({{"id", 10}, {"method", "terminal/output"}, {"params", {{"sessionId", "s"}, {"terminalId", "t"}}}}),
            line({{"id", 10}, {"result", {{"output", "one\ntwo\n"}, {"truncated", false}, {"exitStatus", {{"exitCode", 3}}}}}}),
            line({{"id", 11}, {"method", "terminal/release"}, {"params", {{"sessionId", "s"}, {"terminalId", "t"}}}}),
            line({{"id", 11}, {"result", ph::Json::object()}}),
            line({{"id", 1}, {"result", {{"stopReason", "end_turn"}}}}),
        };

        const auto conversation = ui::conversationOf(log);

        const auto part = shown(conversation);
        QCOMPARE(linesOf(part), (QStringList{"one", "two"}));
        QCOMPARE(part.title, QString("make"));
        QCOMPARE(part.detail, QString("exit code 3"));
        QVERIFY(!conversation.isRunning());
        // What the log has nothing of is said to be missing.
        QCOMPARE(shown(ui::conversationOf({log[0], cardOf("gone"), log.back()})).title, QString("The terminal's output was not kept."));
    }

    void looksAsTheThemeSays_data()
    {
        QTest::addColumn<int>("choice");
        QTest::newRow("dark") << int(ui::ThemeChoice::Dark);
        QTest::newRow("light") << int(ui::ThemeChoice::Light);
    }
    void looksAsTheThemeSays()
    {
        QFETCH(int, choice);
        ui::Theme::apply(*qApp, ui::ThemeChoice(choice));
        ui::Conversation conversation;
        conversation.beginTurn({acp::ContentBlock::ofText("Run the tests")});
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t")}));
        auto news = output("t", "   Compiling parser v0.3.1\r\n");
        news.title = "cargo test --workspace -- --nocapture";
        for (int i = 0; i < 14; ++i)
            news.output += "test parser::case_" + std::to_string(i) + " ... " + (i == 9 ? "\x1b[31mFAILED\x1b[0m" : "\x1b[32mok\x1b[0m") + "\r\n";
        news.output += "\x1b[1;31merror\x1b[0m: test failed, to rerun pass \x1b[7m--lib\x1b[0m\r\n";
        conversation.apply(news);
        conversation.apply(ended("t", 101));
        conversation.apply(call("2", {acp::ToolCallContent::ofTerminal("other")}, {}, "completed"));
        ui::ConversationView view;
        view.setConversation(&conversation);
        for (const auto &item : conversation.items())
            view.setItemOpen(item.id, true);
        view.resize(620, 640);
        view.show();
        const auto picture = view.grab();
        QVERIFY(!picture.isNull());
        if (const auto folder = qEnvironmentVariable("HOGLET_TEST_PICTURES"); !folder.isEmpty()) {
            const test::Pictures pictures(folder, ui::ThemeChoice(choice));
            pictures.settle(view);
            pictures.save(view, "conversation-terminal");
            view.setFocus();
            QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
        }

        view.selectAll();
        QVERIFY(view.selectedText().contains("test parser::case_13 ... ok"));
    }

    void opensTheWholeOutput()
    {
        ui::Conversation conversation;
        conversation.apply(call("1", {acp::ToolCallContent::ofTerminal("t")}));
        for (int i = 0; i < 30; ++i)
            conversation.apply(output("t", "line " + std::to_string(i) + "\r\n"));
        ui::ConversationView view;
        view.setConversation(&conversation);
        view.setItemOpen(conversation.items().back().id, true);
        view.resize(600, 500);
        view.show();
        QSignalSpy triggered(&view, &ui::ConversationView::actionTriggered);

        // The keyboard reaches it: "Ask about this" is the last, before it the terminal's two buttons.
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_Return);
        QTest::keyClick(&view, Qt::Key_Return); // It is open already.

        const auto windows = view.findChildren<ui::TerminalWindow *>();
        QCOMPARE(windows.size(), 1);
        QCOMPARE(triggered.count(), 0);
        QVERIFY(windows[0]->view().screen()->text().startsWith("line 0\n"));
        conversation.apply(output("t", "newer\r\n"));
        view.refresh();
        QVERIFY(windows[0]->view().screen()->text().endsWith("newer"));

        QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(triggered.count(), 1); // copies
    }
};

QTEST_MAIN(ConversationTerminalsTest)
#include "conversation_terminals_test.moc"
