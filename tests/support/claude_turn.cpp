// A whole turn with the real claude-agent-acp, whose path is the argument, and the window's client: the model is a server on loopback, which
// asks for one file to be written. The client is asked for permission, allows it, and the file is there.

#include "agent/external/agent_process.h"
#include "tests/support/model_server.h"
#include "tests/support/wait_for.h"
#include "ui/conversation/agent_hub.h"

#include <QCoreApplication>
#include <QFile>
#include <QTemporaryDir>

#include <cstdio>

namespace {

int failed(const char *what, const ui::AgentSession &session)
{
    std::fprintf(stderr, "%s; the agent: %s %s\n", what, qPrintable(session.line().goneReason()), qPrintable(session.line().lastWords()));
    for (const auto &item : session.conversation().items()) {
        if (const auto *note = std::get_if<ui::Note>(&item.value))
            std::fprintf(stderr, "note: %s %s\n", note->title.c_str(), note->description.c_str());
        if (const auto *message = std::get_if<ui::Message>(&item.value))
            std::fprintf(stderr, "message: %s\n", message->text.c_str());
    }
    return 1;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 2) {
        std::fprintf(stderr, "usage: claude_turn PROGRAM\n");
        return 2;
    }
    QTemporaryDir folder, configuration;
    const auto path = folder.filePath("hello.txt").toStdString();
    support::ModelServer server;
    const auto answerOf = [&](const support::ModelRequest &request) {
        support::ModelAnswer answer;
        const auto body = request.body.dump();
        if (body.find("\"name\":\"Write\"") == std::string::npos)
            answer.text = "Hello"; // What the agent asks beside the conversation, such as a title.
        else if (body.find("tool_result") == std::string::npos)
            answer.calls = {{"Write", {{"file_path", path}, {"content", "from a model\n"}}}};
        else
            answer.text = "Written.";
        return answer;
    };
    for (int request = 0; request < 50; ++request) // more than it asks
        server.then(answerOf);

    external::AgentCommand command{argv[1], {}, {{"ANTHROPIC_BASE_URL", server.url()}, {"ANTHROPIC_API_KEY", "sk-ant-of-a-test"}, {"IS_SANDBOX", "1"},
                                                 {"CLAUDE_CONFIG_DIR", configuration.path().toStdString()}}};
    ui::AgentHub hub([]() -> ph::Result<std::unique_ptr<acp::Transport>> { return ph::fail(ph::ErrorCode::Internal, "none"); }, folder.path(), folder.path());
    hub.setOthers({{"claude", "Claude", [&](const ui::AgentChoice::Launched &then) {
                        auto process = external::AgentProcess::start(command, folder.path().toStdString());
                        if (process)
                            then(std::unique_ptr<acp::Transport>(*std::move(process)));
                        else
                            then(ph::fail(process.error()));
                    }}});
    auto *session = hub.newSession("claude");
    if (!support::waitFor([&] { return session->isOpen(); }, 60'000))
        return failed("the session did not open", *session);
    std::printf("%s: mode %s of %zu, model %s\n", qPrintable(session->line().agentName()), session->modeId().c_str(), session->modes().size(),
                qPrintable(session->modelName()));

    QString ended;
    QObject::connect(session, &ui::AgentSession::turnEnded, [&](const QString &reason) { ended = reason; });
    session->setMode("default");
    session->send("Write hello.txt");
    if (!support::waitFor([&] { return !session->questions().empty() || !ended.isEmpty(); }, 60'000) || session->questions().empty())
        return failed("it did not ask before it wrote", *session);
    const auto question = session->questions().front();
    std::printf("it asks: %s\n", question->text().c_str());
    if (QFile::exists(QString::fromStdString(path)))
        return failed("it wrote before it was allowed to", *session);
    const auto allow = std::find_if(question->options().begin(), question->options().end(), [](const auto &option) { return option.kind == "allow_once"; });
    if (allow == question->options().end())
        return failed("it offers no way to allow it once", *session);
    session->answer(question->id(), allow->id);
    if (!support::waitFor([&] { return !ended.isEmpty(); }, 60'000) || ended != "end_turn")
        return failed("the turn did not end", *session);
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly) || file.readAll() != "from a model\n")
        return failed("the file was not written", *session);
    std::printf("the file is written, and the turn has ended\n");
    hub.remove(session);
    support::waitFor([] { return false; }, 100);
    return 0;
}
