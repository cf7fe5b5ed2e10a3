#include "agent/acp/agent_side.h"
#include "tests/support/compare_json.h"
#include "tests/support/text_peer.h"

#include <QTest>

#include <future>

namespace {

/// An agent that does nothing by itself: the test calls its client.
class IdleAgent final : public acp::Agent
{
public:
    acp::Reply<acp::InitializeResponse> initialize(const acp::InitializeRequest &) override { return acp::InitializeResponse{}; }
    acp::Reply<acp::Empty> authenticate(const acp::AuthenticateRequest &) override { return none(); }
    acp::Reply<acp::NewSessionResponse> newSession(const acp::NewSessionRequest &) override { return none(); }
    acp::Work<acp::LoadSessionResponse> loadSession(const acp::LoadSessionRequest &, std::stop_token) override
    {
        return []() -> acp::Reply<acp::LoadSessionResponse> { return none(); };
    }
    acp::Reply<acp::ResumeSessionResponse> resumeSession(const acp::ResumeSessionRequest &) override { return none(); }
    acp::Reply<acp::ListSessionsResponse> listSessions(const acp::ListSessionsRequest &) override { return none(); }
    acp::Reply<acp::Empty> closeSession(const acp::CloseSessionRequest &) override { return none(); }
    acp::Reply<acp::Empty> deleteSession(const acp::DeleteSessionRequest &) override { return none(); }
    acp::Work<acp::PromptResponse> prompt(const acp::PromptRequest &, std::stop_token) override
    {
        return []() -> acp::Reply<acp::PromptResponse> { return none(); };
    }
    void cancel(const acp::CancelNotification &) override {}
    acp::Reply<acp::Empty> setMode(const acp::SetModeRequest &) override { return none(); }
    acp::Reply<acp::SetConfigOptionResponse> setConfigOption(const acp::SetConfigOptionRequest &) override { return none(); }
    void announce(const acp::SessionId &) override {}

private:
    static tl::unexpected<acp::RpcError> none() { return acp::refuse(acp::code::methodNotFound, "Not here."); }
};

/// What `call` gives when the client answers its request, which has to be `method` with `params`, with `answer`.
template <typename Call>
auto exchange(Call call, const std::string &method, const ph::Json &params, const ph::Json &answer)
{
    auto [mine, theirs] = acp::makePipe();
    acp::AgentSide side(std::move(mine));
    IdleAgent agent;
    side.start(agent);
    support::TextPeer peer(std::move(theirs));
    auto reply = std::async(std::launch::async, [&] { return call(side.client()); });
    const auto asked = peer.nextWith("method", method);
    if (asked.is_object())
        peer.send(ph::Json{{"jsonrpc", "2.0"}, {"id", asked["id"]}, {"result", answer}}.dump());
    auto result = reply.get();
    [&] { COMPARE_JSON(asked.value("params", ph::Json()), params); }();
    return result;
}

} // namespace

/// What an agent's calls to its client look like on the line, and how their answers are read.
class ClientCallsTest : public QObject
{
    Q_OBJECT

private slots:
    void readsATextFile()
    {
        const auto reply = exchange([&](acp::Client &client) { return client.readTextFile({{"s"}, "/a.txt", 3, 10}, {}); },
                                    "fs/read_text_file", {{"sessionId", "s"}, {"path", "/a.txt"}, {"line", 3}, {"limit", 10}}, {{"content", "text"}});
        QCOMPARE(reply->content, std::string("text"));
    }
    void leavesOutWhatIsNotAskedFor()
    {
        const auto reply = exchange([&](acp::Client &client) { return client.readTextFile({{"s"}, "/a.txt", {}, {}}, {}); }, "fs/read_text_file",
                                    {{"sessionId", "s"}, {"path", "/a.txt"}}, {{"content", ""}});
        QVERIFY(reply.has_value());
    }
    void writesATextFile()
    {
        for (const auto &answer : {ph::Json(nullptr), ph::Json::object()}) {
            const auto reply = exchange([&](acp::Client &client) { return client.writeTextFile({{"s"}, "/a.txt", "new"}, {}); }, "fs/write_text_file",
                                        {{"sessionId", "s"}, {"path", "/a.txt"}, {"content", "new"}}, answer);
            QVERIFY(reply.has_value());
        }
    }
    void goesThroughATerminal()
    {
        acp::CreateTerminalRequest create{{"s"}, "bash", {"-c", "ls"}, {{"A", "b"}}, "/work", 100};
        const auto created = exchange([&](acp::Client &client) { return client.createTerminal(create, {}); }, "terminal/create",
                                      {{"sessionId", "s"}, {"command", "bash"}, {"args", {"-c", "ls"}}, {"env", {{{"name", "A"}, {"value", "b"}}}}, {"cwd", "/work"}, {"outputByteLimit", 100}},
                                      {{"terminalId", "t"}});
        QCOMPARE(created->terminalId, std::string("t"));
        const ph::Json of{{"sessionId", "s"}, {"terminalId", "t"}};
        const auto output = exchange([&](acp::Client &client) { return client.terminalOutput({{"s"}, "t"}, {}); }, "terminal/output", of,
                                     {{"output", "a\n"}, {"truncated", true}, {"exitStatus", {{"exitCode", 0}, {"signal", nullptr}}}});
        QCOMPARE(output->output, std::string("a\n"));
        QVERIFY(output->truncated && output->exitStatus == acp::TerminalExitStatus({0, {}}));
        const auto exit = exchange([&](acp::Client &client) { return client.waitForTerminalExit({{"s"}, "t"}, {}); }, "terminal/wait_for_exit", of,
                                   {{"exitCode", nullptr}, {"signal", "SIGKILL"}});
        QVERIFY(*exit == acp::TerminalExitStatus({{}, "SIGKILL"}));
        QVERIFY(exchange([&](acp::Client &client) { return client.killTerminal({{"s"}, "t"}, {}); }, "terminal/kill", of, ph::Json::object()).has_value());
        QVERIFY(exchange([&](acp::Client &client) { return client.releaseTerminal({{"s"}, "t"}, {}); }, "terminal/release", of, nullptr).has_value());
    }
    void knowsWhatAClientOffers()
    {
        const auto offers = ph::parse<acp::ClientCapabilities>({{"fs", {{"readTextFile", true}, {"writeTextFile", "yes"}}}, {"terminal", true}, {"_meta", {{"terminal_output", true}}}});
        QVERIFY(offers->fs.readTextFile && !offers->fs.writeTextFile && offers->terminal);
        QVERIFY(ph::parse<acp::ClientCapabilities>({{"fs", nullptr}})->fs.readTextFile == false);
    }
    void withdrawsACallThatIsStopped()
    {
        auto [mine, theirs] = acp::makePipe();
        acp::AgentSide side(std::move(mine));
        IdleAgent agent;
        side.start(agent);
        support::TextPeer peer(std::move(theirs));
        std::stop_source stop;
        auto reply = std::async(std::launch::async, [&] { return side.client().waitForTerminalExit({{"s"}, "t"}, stop.get_token()); });
        const auto asked = peer.nextWith("method", "terminal/wait_for_exit");
        stop.request_stop();
        QVERIFY(reply.get().error().code == ph::ErrorCode::Cancelled);
        COMPARE_JSON(peer.nextWith("method", "$/cancel_request")["params"]["requestId"], asked["id"]);
    }
};

QTEST_APPLESS_MAIN(ClientCallsTest)
#include "client_calls_test.moc"
