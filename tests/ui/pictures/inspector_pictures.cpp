// Paints the inspector in its states to PNG files, to be looked at: inspector_pictures FOLDER.
#include "tests/support/picture.h"
#include "tests/support/test_workbench.h"
#include "ui/inspector/inspector_page.h"
#include "ui/inspector/wire_list.h"

#include <QApplication>
#include <QCheckBox>
#include <QLineEdit>

#include <thread>

using acp::Direction;

namespace {

/// Answers after a while, with nothing to be found.
class NoStore : public ui::SessionStore
{
public:
    ph::Result<std::vector<ui::PastSession>> list(std::stop_token) override { return std::vector<ui::PastSession>(); }
    ph::Result<> remove(const std::string &) override { return {}; }
    ph::Result<std::vector<std::string>> lines(const std::string &runId, std::stop_token) override
    {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        return ph::fail(ph::ErrorCode::NotFound, "There is no session \"" + runId + "\".");
    }
};

void talk(ui::WireLog &log)
{
    const auto update = [&](const std::string &text) {
        log.add(Direction::Received, R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"019ab3c4-77aa-4c11","update":)" + text + "}}");
    };
    log.add(Direction::Sent, R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1,"clientCapabilities":{"fs":{"readTextFile":true}},"clientInfo":{"name":"hoglet","version":"0.1.0"}}})");
    log.add(Direction::Received, "npm warn deprecated inflight@1.0.6: This module is not supported");
    QTest::qWait(37);
    log.add(Direction::Received, R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true},"agentInfo":{"name":"claude-agent-acp","version":"0.100.0"},"authMethods":[]}})");
    log.add(Direction::Sent, R"({"jsonrpc":"2.0","id":1,"method":"session/new","params":{"cwd":"/home/ana/shop","mcpServers":[{"name":"posthog","command":"npx","args":["mcp"],"env":[{"name":"POSTHOG_API_KEY","value":"phx_abcdefghijklmnop"}]}]}})");
    QTest::qWait(12);
    log.add(Direction::Received, R"({"jsonrpc":"2.0","id":1,"result":{"sessionId":"019ab3c4-77aa-4c11"}})");
    update(R"({"sessionUpdate":"available_commands_update","availableCommands":[{"name":"funnel","description":"Where people stop"}]})");
    log.add(Direction::Sent, R"({"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":"019ab3c4-77aa-4c11","prompt":[{"type":"text","text":"Why did sign-ups fall last week?"}]}})");
    update(R"({"sessionUpdate":"plan","entries":[{"content":"Count sign-ups by day","priority":"high","status":"in_progress"}]})");
    update(R"({"sessionUpdate":"tool_call","toolCallId":"q1","title":"HogQL: sign-ups by day","kind":"search","status":"pending","rawInput":{"hogql":"SELECT count() FROM events"}})");
    update(R"({"sessionUpdate":"tool_call_update","toolCallId":"q1","status":"cancelled","content":[{"type":"text","text":"bare"}]})");
    log.add(Direction::Received, R"({"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"019ab3c4-77aa-4c11","toolCall":{"toolCallId":"q2","title":"Create the cohort?"},"options":[{"optionId":"y","name":"Yes"}]}})");
    QTest::qWait(55);
    log.add(Direction::Sent, R"({"jsonrpc":"2.0","id":1,"result":{"outcome":{"outcome":"selected","optionId":"y"}}})");
    update(R"({"sessionUpdate":"subagent_update","agent":"explorer"})");
    log.add(Direction::Received, R"({"jsonrpc":"2.0","method":"_posthog/progress","params":{"step":2}})");
    log.add(Direction::Received, R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"019ab3c4-77aa-4c11","update":{"sessionUpdate":"current_mode_update","modeId":"plan"}}})");
    for (const char *word : {"Sign-ups fell ", "by 31% ", "on Tuesday, ", "when the ", "new form shipped."})
        update(std::string(R"({"sessionUpdate":"agent_message_chunk","messageId":"m1","content":{"type":"text","text":")") + word + "\"}}");
    log.add(Direction::Sent, R"({"jsonrpc":"2.0","id":3,"method":"session/set_mode","params":{"sessionId":"019ab3c4-77aa-4c11","modeId":"fast"}})");
    log.add(Direction::Received, R"({"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"There is no mode \"fast\"."}})");
    log.add(Direction::Received, R"({"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn"}})");
    log.add(Direction::Sent, R"({"jsonrpc":"2.0","id":4,"method":"session/prompt","params":{"sessionId":"019ab3c4-77aa-4c11","prompt":[{"type":"text","text":"Show the form's funnel"}]}})");
}

} // namespace

int main(int argc, char **argv)
{
    return test::paint(argc, argv, [](const test::Pictures &pictures) {
        test::TestWorkbench workbench;
        ui::WireLogs logs;
        ui::InspectorPage page(workbench, logs, std::make_shared<NoStore>());
        page.setProperty("role", "page");
        page.setAttribute(Qt::WA_StyledBackground);
        pictures.settle(page, {1280, 760});
        pictures.save(page, "inspector-none");

        const auto transport = logs.tap("claude-agent-acp", acp::makePipe().first);
        talk(*logs.newest());
        pictures.settle(page);
        auto *list = page.findChild<ui::WireList *>();
        list->setFocus();
        list->show(11);
        pictures.settle(page);
        pictures.save(page, "inspector-problem");
        list->show(5);
        pictures.settle(page);
        pictures.save(page, "inspector-pair");
        list->show(10);
        pictures.settle(page, {900, 640});
        pictures.save(page, "inspector-narrow");
        page.resize(1280, 760);
        page.findChild<QCheckBox *>()->click();
        pictures.settle(page);
        pictures.save(page, "inspector-problems-only");
        page.findChild<QLineEdit *>()->setText("nothing of the kind");
        pictures.settle(page);
        pictures.save(page, "inspector-no-line-fits");

        ui::InspectorPage past(workbench, logs, std::make_shared<NoStore>());
        past.setProperty("role", "page");
        past.setAttribute(Qt::WA_StyledBackground);
        past.restore({{"runId", "run-1"}, {"title", "Why did sign-ups fall last week?"}});
        pictures.settle(past, {1280, 760});
        pictures.save(past, "inspector-loading");
        QTest::qWait(1200);
        pictures.save(past, "inspector-not-found");
    });
}
