// The window's client without its window, for a conformance kit's agent: holds a session with the program that its arguments name, says
// what makes that agent try each thing, answers what it is asked, and tells what did not go as it should. With --check it does what
// "Test connection" does, with any agent, and prints what that one tells of itself.

#include "agent/external/agent_process.h"
#include "agent/external/connection_check.h"
#include "tests/support/wait_for.h"
#include "ui/conversation/agent_hub.h"
#include "ui/conversation/config_choices.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <cstdio>

namespace {

struct Step {
    const char *prompt;
    const char *stopReason = "end_turn"; // "error": the prompt fails
    int stopAfterMs = -1;                // >= 0: the user stops it then
    bool answers = true;                 // what is asked, with its first option
};

constexpr Step steps[] = {
    {"help"},
    {"all"},
    {"permission 3"},
    {"permission 2", "cancelled", 300, false},
    {"permission_cancel_request", "end_turn", -1, false},
    {"long", "cancelled", 300},
    {"stubborn 2000", "cancelled", 100},
    {"toolkinds; toolfail; bigdiff 5000; toolflood 500"},
    {"flood 20000"},
    {"bigline 8"},
    {"unknowns"},
    {"noise"},
    {"split"},
    {"stderr 4096"},
    {"terminal_live 5"},
    {"mode"},
    {"stop refusal", "refusal"},
    {"stop max_tokens", "max_tokens"},
    {"error", "error"},
    {"late; spontaneous"},
    {"echo still here"},
};

void answerAll(ui::AgentSession &session)
{
    while (!session.questions().empty()) {
        const auto question = session.questions().front();
        if (!question->options().empty()) {
            session.answer(question->id(), question->options().front().id);
            continue;
        }
        ph::Json content = ph::Json::object();
        for (const auto &field : question->fields()) {
            if (!field.initial.is_null())
                content[field.name] = field.initial;
            else if (!field.choices.empty())
                content[field.name] = field.choices.front().id;
        }
        session.answerForm(question->id(), content);
    }
}

int check(const external::AgentCommand &command)
{
    const auto report = external::checkConnection(command, {"kit-client", "1", {}}, {});
    if (!report) {
        std::fprintf(stderr, "%s\n", report.error().message.c_str());
        return 1;
    }
    using Auth = external::AgentReport::Auth;
    std::printf("%s %s, %s\n", report->name.c_str(), report->version.c_str(),
                report->auth == Auth::LoggedIn ? "logged in" : report->auth == Auth::LoggedOut ? "logged out" : report->authDetail.c_str());
    std::printf("capabilities: %s\nlog-in: %s\n", report->capabilities.dump().c_str(), report->authMethods.dump().c_str());
    for (const auto &option : report->configOptions)
        std::printf("%s: %zu choices\n", option.name.c_str(), ui::choicesOf(option).size());
    return 0;
}

/// Waits until the session is open, logging in where the agent asks for it.
bool waitUntilOpen(ui::AgentSession &session, int ms)
{
    auto &line = session.line();
    return support::waitFor([&] {
        if (line.state() == ui::AgentLine::State::LoggedOut && !line.isLoggingIn())
            line.logIn("token");
        return session.isOpen();
    }, ms);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    external::AgentCommand command;
    auto words = application.arguments().mid(1);
    const bool isCheck = words.removeAll("--check") > 0;
    if (words.isEmpty()) {
        std::fprintf(stderr, "usage: kit_client [--check] PROGRAM [ARGUMENT…]\n");
        return 2;
    }
    command.program = words.front().toStdString();
    for (const auto &word : words.mid(1))
        command.arguments.push_back(word.toStdString());

    if (isCheck)
        return check(command);

    QTemporaryDir folder;
    ui::AgentHub hub([]() -> ph::Result<std::unique_ptr<acp::Transport>> { return ph::fail(ph::ErrorCode::Internal, "none"); }, folder.path(), folder.path());
    hub.setOthers({{"kit", "Kit", [&](const ui::AgentChoice::Launched &then) {
                        auto process = external::AgentProcess::start(command, folder.path().toStdString());
                        if (process)
                            then(std::unique_ptr<acp::Transport>(*std::move(process)));
                        else
                            then(ph::fail(process.error()));
                    }, {true, true, [](const std::filesystem::path &, ui::FileAccess) { return std::string(); }}}});
    auto *session = hub.newSession("kit");
    auto &line = session->line();
    if (!waitUntilOpen(*session, 30'000)) {
        std::fprintf(stderr, "the session did not open: %s%s\n", qPrintable(line.goneReason()), qPrintable(line.loginReason()));
        return 1;
    }

    int failed = 0;
    QString ended;
    QObject::connect(session, &ui::AgentSession::turnEnded, [&](const QString &reason) { ended = reason; });
    for (const auto &step : steps) {
        ended.clear();
        QElapsedTimer timer;
        timer.start();
        session->send(step.prompt);
        support::waitFor([&] {
            if (step.answers)
                answerAll(*session);
            if (step.stopAfterMs >= 0 && timer.elapsed() >= step.stopAfterMs)
                session->stop();
            return !ended.isEmpty();
        }, 60'000);
        if (ended != step.stopReason) {
            ++failed;
            std::fprintf(stderr, "%s: ended with \"%s\", not \"%s\"\n", step.prompt, qPrintable(ended), step.stopReason);
        }
    }
    support::waitFor([] { return false; }, 500); // For what comes late.
    const auto &items = session->conversation().items();
    const auto says = [&](const char *text) {
        return std::any_of(items.begin(), items.end(), [&](const ui::Item &item) {
            const auto *message = std::get_if<ui::Message>(&item.value);
            return message && message->role == ui::Message::Role::Assistant && message->text.find(text) != std::string::npos;
        });
    };
    for (const char *text : {"still here", "19999 ", "late chunk", "split 世界", "noise done"}) {
        if (!says(text)) {
            ++failed;
            std::fprintf(stderr, "the conversation lacks \"%s\"\n", text);
        }
    }
    session->send("crash"); // It comes back, and knows its session.
    if (!support::waitFor([&] { return line.isComingBack(); }, 10'000) || !waitUntilOpen(*session, 30'000)) {
        ++failed;
        std::fprintf(stderr, "the agent did not come back: %s\n", qPrintable(line.goneReason()));
    }
    hub.remove(session);
    support::waitFor([] { return false; }, 100);
    std::printf("%zu steps, %d failed\n", std::size(steps), failed);
    return failed == 0 ? 0 : 1;
}
