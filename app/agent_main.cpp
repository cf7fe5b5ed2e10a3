#include "app/acp_command.h"
#include "app/arguments.h"
#include "app/data_commands.h"
#include "app/export_command.h"
#include "app/help.h"
#include "app/project_connection.h"
#include "app/workflow_command.h"
#include "driver/base/log.h"

#include <csignal>
#include <cstdio>
#include <malloc.h>

int main(int argc, char **argv)
{
    // Pages of an export are megabytes, and many: they go back to the system, instead of growing the heap of each thread.
    ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
    std::signal(SIGPIPE, SIG_IGN); // A reader that leaves is an error of the write, not the end of the program.
    app::Arguments arguments(argc, argv);
    if (arguments.flag("--help") || arguments.flag("-h")) {
        std::fputs(app::helpOf(arguments.word().value_or("")), stdout);
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
    posthog::Environment environment;
    if (*envFile) {
        if (const auto read = environment.addFile(**envFile); !read)
            return app::usageError(read.error().message);
    }
    ph::LogOptions log;
    log.program = "hoglet-agent";
    ph::startLog(log);

    const auto command = arguments.word().value_or("");
    if (command == "import")
        return app::runImportCommand(arguments);
    app::ProjectConnection connection({project->value_or(""), std::move(environment)});
    if (command == "acp")
        return app::runAcp(arguments, connection);
    if (command == "query")
        return app::runQuery(arguments, connection);
    if (command == "objects")
        return app::runObjects(arguments, connection);
    if (command == "fields")
        return app::runFields(arguments, connection);
    if (command == "insights")
        return app::runInsights(arguments, connection);
    if (command == "export")
        return app::runExportCommand(arguments, connection);
    if (command == "whoami")
        return app::runWhoami(arguments, connection);
    if (command == "budget")
        return app::runBudget(arguments, connection);
    if (command == "workflow")
        return app::runWorkflow(arguments, connection);
    return app::usageError(command.empty() ? "a command is missing." : "there is no command “" + command + "”.");
}
