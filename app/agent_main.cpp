#include "app/acp_command.h"
#include "app/arguments.h"
#include "app/data_commands.h"
#include "app/project_connection.h"
#include "app/workflow_command.h"
#include "driver/base/log.h"

#include <csignal>
#include <cstdio>

namespace {

constexpr auto help = R"(hoglet-agent: the agent and the data of Hoglet without a window

  hoglet-agent acp                      an ACP agent on stdin and stdout, for editors
  hoglet-agent query "SELECT …"         runs HogQL              [--json | --csv | --markdown]
  hoglet-agent objects                  what the project holds  [--json | --csv | --markdown]
  hoglet-agent fields OBJECT            the fields of events, persons, …  [--json | --csv | --markdown]
  hoglet-agent whoami                   which project this is   [--json]
  hoglet-agent workflow ID              runs a guided workflow  [--out DIR] [--param NAME=VALUE]… [--answer STEP=VALUE]…
  hoglet-agent workflow --list          the workflows, their parameters and questions

  --project demo     the local demo project, which needs no account
  --env-file FILE    read the variables below from FILE where the environment has none
  --version, --help

Without --project, POSTHOG_API_URL, POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID name the project and open it. Where none of
them is set it is the demo project.
)";

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN); // A reader that leaves is an error of the write, not the end of the program.
    app::Arguments arguments(argc, argv);
    if (arguments.flag("--help") || arguments.flag("-h")) {
        std::fputs(help, stdout);
        return 0;
    }
    if (arguments.flag("--version")) {
        std::puts("hoglet-agent " HOGLET_VERSION);
        return 0;
    }
    const auto project = arguments.option("--project");
    const auto envFile = arguments.option("--env-file");
    if (!project || !envFile)
        return app::usageError((project ? envFile.error() : project.error()).message);
    if (*envFile) {
        if (const auto read = app::readEnvFile(**envFile); !read)
            return app::usageError(read.error().message);
    }
    ph::LogOptions log;
    log.program = "hoglet-agent";
    ph::startLog(log);

    app::ProjectConnection connection({project->value_or("")});
    const auto command = arguments.word().value_or("");
    if (command == "acp")
        return app::runAcp(arguments, connection);
    if (command == "query")
        return app::runQuery(arguments, connection);
    if (command == "objects")
        return app::runObjects(arguments, connection);
    if (command == "fields")
        return app::runFields(arguments, connection);
    if (command == "whoami")
        return app::runWhoami(arguments, connection);
    if (command == "workflow")
        return app::runWorkflow(arguments, connection);
    return app::usageError(command.empty() ? "a command is missing." : "there is no command “" + command + "”.");
}
