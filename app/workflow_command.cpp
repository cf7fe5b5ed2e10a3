#include "app/workflow_command.h"

#include "app/agent_options.h"
#include "app/data_commands.h"
#include "app/headless_workflow.h"
#include "app/resources.h"
#include "driver/base/time.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>

namespace app {

namespace {

std::vector<workflow::Definition> definitions()
{
    return workflow::loadDefinitions(resourcesDir() / "workflows", [](const std::string &file, const ph::Error &error) {
        std::fprintf(stderr, "%s: %s\n", file.c_str(), error.message.c_str());
    });
}

int list(const std::vector<workflow::Definition> &known)
{
    for (const auto &definition : known) {
        std::printf("%s\n  %s\n  %s\n", definition.id.c_str(), definition.title.c_str(), definition.description.c_str());
        for (const auto &parameter : definition.parameters)
            std::printf("    --param %s=…   %s%s%s\n", parameter.name.c_str(), parameter.title.c_str(), parameter.help ? ". " : "", parameter.help.value_or("").c_str());
        for (const auto &step : definition.steps)
            if (step.body.contains("choice") || step.body.contains("offers"))
                std::printf("    --answer %s%s=…   %s\n", step.id.c_str(), step.body.contains("choice") ? "" : ".offers", step.title.c_str());
        std::printf("\n");
    }
    return 0;
}

/// Takes every "--name KEY=VALUE" out.
ph::Result<std::vector<std::pair<std::string, std::string>>> pairs(Arguments &arguments, const std::string &name)
{
    std::vector<std::pair<std::string, std::string>> found;
    while (true) {
        const auto value = arguments.option(name);
        if (!value)
            return ph::fail(value.error());
        if (!*value)
            return found;
        const auto equals = (*value)->find('=');
        if (equals == std::string::npos || equals == 0)
            return ph::fail(ph::ErrorCode::InvalidInput, name + " takes NAME=VALUE, not “" + **value + "”.");
        found.emplace_back((*value)->substr(0, equals), (*value)->substr(equals + 1));
    }
}

volatile std::sig_atomic_t interrupted = 0;

/// Turns the first SIGINT or SIGTERM into a stop request; a second one ends the program as ever. Threads that run already (the
/// network's) may be the ones to take the signal, so there is a handler, which only notes it, and a thread that looks.
class StopOnSignal
{
public:
    StopOnSignal()
    {
        struct sigaction action{};
        action.sa_handler = [](int) { interrupted = 1; };
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        for (const int signal : {SIGINT, SIGTERM})
            sigaction(signal, &action, nullptr);
        m_thread = std::jthread([this](std::stop_token end) {
            while (!end.stop_requested() && !m_stop.stop_requested()) {
                if (interrupted)
                    m_stop.request_stop();
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        });
    }
    ~StopOnSignal()
    {
        for (const int signal : {SIGINT, SIGTERM})
            std::signal(signal, SIG_DFL);
    }
    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_thread;
};

} // namespace

int runWorkflow(Arguments &arguments, ProjectConnection &project)
{
    const auto known = definitions();
    const bool wantsList = arguments.flag("--list");
    const auto out = arguments.option("--out");
    const auto parameters = pairs(arguments, "--param");
    const auto answers = pairs(arguments, "--answer");
    for (const auto *error : {out ? nullptr : &out.error(), parameters ? nullptr : &parameters.error(), answers ? nullptr : &answers.error()})
        if (error)
            return usageError(error->message);
    HeadlessWorkflow run;
    run.id = arguments.word().value_or("");
    if (const auto rest = arguments.done(); !rest)
        return usageError(rest.error().message);
    if (wantsList)
        return list(known);
    if (std::none_of(known.begin(), known.end(), [&](const auto &definition) { return definition.id == run.id; }))
        return usageError(run.id.empty() ? "which workflow? `hoglet-agent workflow --list` names them." : "there is no workflow “" + run.id + "”; --list names them.");
    for (const auto &[name, value] : *parameters)
        run.parameters[name] = value;
    for (const auto &[step, value] : *answers)
        run.answers[step].push_back(value);

    const StopOnSignal stopOnSignal;
    const auto stop = stopOnSignal.token();
    const auto failed = [&](const ph::Error &error) {
        if (stop.stop_requested()) {
            std::fputs("Cancelled.\n", stderr);
            return 130;
        }
        std::fprintf(stderr, "%s\n", error.message.c_str());
        return 1;
    };
    const auto driver = project.driver(stop);
    if (!driver)
        return failed(driver.error());
    const auto info = (*driver)->project(stop);
    if (!info)
        return failed(info.error());
    run.project = info->name + (info->isDemo ? " (demo data)" : "") + ", times in " + info->timezone;
    std::fprintf(stderr, "Project: %s\n", run.project.c_str());

    auto result = runHeadless(agentOptions([&project](std::stop_token token) { return project.driver(token); }, agentModels()), run,
                              [](const std::string &line) { std::fprintf(stderr, "%s\n", line.c_str()); }, stop);
    if (!result)
        return failed(result.error());
    if (result->cancelled) {
        std::fputs("Cancelled.\n", stderr);
        return 130;
    }
    if (!result->report) {
        std::fprintf(stderr, "%s\n", result->error.empty() ? "The run ended without a report." : result->error.c_str());
        return 1;
    }
    for (const auto &answer : result->unusedAnswers)
        std::fprintf(stderr, "--answer %s was not used: its question was not asked, or has no such answer.\n", answer.c_str());
    result->report->writtenAt = ph::isoNow();
    if (*out) {
        if (const auto written = writeReport(*result->report, **out); !written)
            return failed(written.error());
        std::fprintf(stderr, "Report: %s\n", (std::filesystem::path(**out) / "report.md").c_str());
    } else {
        std::fputs(report::toMarkdown(*result->report, {}).c_str(), stdout);
    }
    return result->failedSteps.empty() ? 0 : 3;
}

} // namespace app
