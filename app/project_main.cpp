#include "driver/base/log.h"
#include "driver/localproject/convert/convert.h"
#include "driver/localproject/project_server.h"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <poll.h>
#include <span>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace localproject;

namespace {

constexpr const char *usage = R"(hoglet-project: a local project that answers like PostHog, on loopback.

  hoglet-project [options]                serve until SIGINT or SIGTERM
  hoglet-project import FILE... --store DIR  bring events, persons and groups into the project of a folder
  hoglet-project convert IN OUT           rows from one format to another, by the names' endings
  hoglet-project dump --csv DIR [options] write every table as CSV and end

  --port N        listen on this port (default: one the system chooses)
  --print-env     print POSTHOG_API_URL, POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID as NAME=value, once they answer
  --store DIR     the project of this folder, with imported or captured events (made when it is not there)
  --data DIR      where the demo's store is (default: $XDG_DATA_HOME/hoglet/projects)
  --seed N        the demo made from another seed
  --plant WHAT    whose sign-up breaks in the demo: browser=Firefox,os=Android; or none
  --anchor TIME   the demo's "now", such as 2026-01-31T12:00:00Z (default: today at noon, when the store is made)
  --rebuild       make the store anew; the old file is kept beside it as .old
  --rate-limits posthog[/N]  answer 429 as PostHog does, with its limits; /60 makes its minutes seconds
  --requests-per-minute N  one limit for all requests
  --scopes LIST   what the key may do: query:read,person:read (default: everything)
  --end-with-stdin  end as well when standard input is closed
  --help, --version

Formats: .jsonl (.ndjson, .json), .csv, each also with .gz, and .parquet; exports of Hoglet and of PostHog.
Records that cannot be taken stand in DIR/rejected with their line and the reason; import then ends with 5.

Ends with 0 after a signal; 1 on an error; 2 on wrong arguments; 3 when the store is damaged (it is left as it is: see
--rebuild); 4 when another process serves the store.
)";

struct Arguments {
    ProjectServerOptions server;
    std::string command; // dump, import, convert; empty: serve
    std::vector<std::string> files; // import, convert
    std::string csvFolder; // dump
    bool printsEnvironment = false;
    bool endsWithInput = false;
    bool showsHelp = false;
    bool showsVersion = false;
};

template <typename Number>
bool readNumber(const std::string &text, Number &out)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::vector<std::string> split(const std::string &list)
{
    std::vector<std::string> parts;
    for (std::size_t start = 0; start < list.size();) {
        const std::size_t end = std::min(list.find(',', start), list.size());
        if (end > start)
            parts.push_back(list.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

/// "posthog", "posthog/60".
bool readLimits(const std::string &text, RateLimits &out)
{
    int factor = 1;
    const bool isFaster = text.starts_with("posthog/");
    if (text != "posthog" && !(isFaster && readNumber(text.substr(8), factor) && factor > 0))
        return false;
    out = RateLimits::posthog().faster(factor);
    return true;
}

/// What is wrong with the arguments; empty when nothing is.
std::string readArguments(std::span<char *const> given, Arguments &out)
{
    for (std::size_t i = 1; i < given.size(); ++i) {
        std::string name = given[i];
        std::optional<std::string> value;
        if (const auto equals = name.find('='); name.starts_with("--") && equals != std::string::npos) {
            value = name.substr(equals + 1);
            name.resize(equals);
        }
        const auto isFlag = [&](const char *flag) { return name == flag && !value; };
        if (isFlag("--help") || isFlag("-h"))
            out.showsHelp = true;
        else if (isFlag("--version"))
            out.showsVersion = true;
        else if (isFlag("--print-env"))
            out.printsEnvironment = true;
        else if (isFlag("--rebuild"))
            out.server.rebuild = true;
        else if (isFlag("--end-with-stdin"))
            out.endsWithInput = true;
        else if (i == 1 && (isFlag("dump") || isFlag("import") || isFlag("convert")))
            out.command = name;
        else if (!name.starts_with("--") && (out.command == "import" || out.command == "convert"))
            out.files.push_back(given[i]);
        else if (!name.starts_with("--"))
            return "\"" + name + "\" is not understood.";
        else {
            if (!value && ++i < given.size())
                value = given[i];
            if (!value)
                return name + " needs a value, or is not known.";
            if (name == "--port") {
                if (!readNumber(*value, out.server.port))
                    return "--port takes a number from 0 to 65535.";
            } else if (name == "--seed") {
                if (!readNumber(*value, out.server.choice.seed))
                    return "--seed takes a whole number.";
            } else if (name == "--requests-per-minute") {
                int requests = 0;
                if (!readNumber(*value, requests) || requests < 1)
                    return "--requests-per-minute takes a number above 0.";
                out.server.limits = RateLimits::perMinute(requests);
            } else if (name == "--rate-limits") {
                if (!readLimits(*value, out.server.limits))
                    return "--rate-limits takes posthog, or posthog/N with N above 0.";
            } else if (name == "--scopes") {
                out.server.scopes = split(*value);
            } else if (name == "--store")
                out.server.choice.store = *value;
            else if (name == "--data")
                out.server.choice.folder = *value;
            else if (name == "--plant")
                out.server.choice.plant = *value;
            else if (name == "--anchor")
                out.server.choice.anchor = *value;
            else if (name == "--csv")
                out.csvFolder = *value;
            else
                return name + " is not known.";
        }
    }
    if ((out.command == "dump") != !out.csvFolder.empty())
        return "dump and --csv DIR go together.";
    if (out.command == "import" && (out.files.empty() || out.server.choice.store.empty()))
        return "import takes files and --store DIR.";
    if (out.command == "convert" && out.files.size() != 2)
        return "convert takes two files.";
    return {};
}

void say(const std::string &text) { std::cerr << "hoglet-project: " << text << std::endl; }

int fail(const ServeError &error)
{
    say(error.message);
    return error.exit;
}

/// One write, so that a reader never sees half of it.
void print(const std::string &text)
{
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written <= 0)
            return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string environmentOf(const ProjectAddress &address)
{
    return "POSTHOG_API_URL=" + address.url + "\nPOSTHOG_PERSONAL_API_KEY=" + address.key
        + "\nPOSTHOG_PROJECT_ID=" + address.projectId + "\n";
}

/// "41% of events.jsonl, 1,200,000 records", on one line of a terminal.
void sayProgress(const ingest::ImportProgress &progress)
{
    if (::isatty(STDERR_FILENO) == 0)
        return;
    const std::string percent = progress.total > 0 ? std::to_string(progress.read * 100 / progress.total) + "% of " : "";
    std::cerr << "\r\033[K" << percent << progress.file << ", " << progress.records << " records" << std::flush;
}

int importFiles(const Arguments &arguments)
{
    ingest::ImportOptions options;
    for (const std::string &file : arguments.files)
        options.files.emplace_back(file);
    options.projectName = arguments.server.choice.store.filename().string();
    options.onProgress = sayProgress;
    const auto report = importProject(arguments.server.choice, std::move(options));
    if (::isatty(STDERR_FILENO) != 0)
        std::cerr << "\r\033[K";
    if (!report)
        return fail(report.error());
    std::uint64_t rejects = 0;
    std::string text;
    for (const ingest::FileReport &file : report->files) {
        text += file.file.string() + ": " + std::to_string(file.events) + " events";
        if (file.duplicates > 0)
            text += ", " + std::to_string(file.duplicates) + " there already";
        if (file.resumedAt > 0)
            text += ", " + std::to_string(file.resumedAt) + " records by an earlier run";
        if (file.rejects > 0)
            text += ", " + std::to_string(file.rejects) + " not taken: see " + file.rejectsFile.string();
        text += "\n";
        rejects += file.rejects;
    }
    print(text + std::to_string(report->persons) + " persons in " + storePathOf(arguments.server.choice).parent_path().string() + "\n");
    return rejects > 0 ? ProjectRecordsRejected : ProjectEnded;
}

enum class Wake { Started, Ended };

/// Waits for a signal, the end of standard input when asked to, or `started`.
Wake waitFor(int signals, int started, bool watchesInput)
{
    pollfd waits[] = {{signals, POLLIN, 0}, {started, POLLIN, 0}, {watchesInput ? STDIN_FILENO : -1, POLLIN, 0}};
    while (true) {
        if (::poll(waits, 3, -1) < 0)
            continue;
        if (waits[0].revents)
            return Wake::Ended;
        char ignored[256];
        if (waits[2].revents && ::read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
            return Wake::Ended;
        if (waits[1].revents)
            return Wake::Started;
    }
}

int serve(const Arguments &arguments)
{
    // Blocked before any thread starts, so that they come to the descriptor alone.
    sigset_t ending;
    sigemptyset(&ending);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&ending, signal);
    ::pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const int signals = ::signalfd(-1, &ending, SFD_CLOEXEC);
    const int started = ::eventfd(0, EFD_CLOEXEC);

    tl::expected<ProjectServer, ServeError> server = tl::unexpected(ServeError{});
    std::thread starter([&] {
        server = ProjectServer::start(arguments.server, say);
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(started, &one, sizeof one);
    });
    if (waitFor(signals, started, arguments.endsWithInput) == Wake::Ended) {
        // A store in the making appears under its name only when it is whole: leaving now loses nothing.
        ::_exit(ProjectEnded);
    }
    starter.join();
    if (!server)
        return fail(server.error());

    const ProjectAddress &address = server->address();
    if (arguments.printsEnvironment)
        print(environmentOf(address));
    else
        print(server->name() + " is served at " + address.url + " (project " + address.projectId + ", key " + address.key
              + "). Ctrl+C ends it.\n");
    waitFor(signals, -1, arguments.endsWithInput);
    return ProjectEnded;
}

} // namespace

int main(int argc, char *argv[])
{
    ::umask(077);
    Arguments arguments;
    if (const std::string problem = readArguments({argv, static_cast<std::size_t>(argc)}, arguments); !problem.empty()) {
        say(problem + " See --help.");
        return ProjectUsage;
    }
    if (arguments.showsHelp) {
        print(usage);
        return ProjectEnded;
    }
    if (arguments.showsVersion) {
        print("hoglet-project " HOGLET_VERSION "\n");
        return ProjectEnded;
    }
    ph::LogOptions log;
    log.program = "hoglet-project";
    ph::startLog(log);
    if (arguments.command.empty())
        return serve(arguments);
    if (arguments.command == "import")
        return importFiles(arguments);
    if (arguments.command == "convert") {
        const auto converted = convertFile(arguments.files[0], arguments.files[1]);
        if (!converted)
            return fail({converted.error().code == ph::ErrorCode::Internal ? ProjectFailed : ProjectUsage, converted.error().message});
        print(arguments.files[1] + ": " + std::to_string(converted->rows) + " rows\n");
        return ProjectEnded;
    }
    const auto dumped = dumpProject(arguments.server.choice, arguments.csvFolder, say);
    return dumped ? ProjectEnded : fail(dumped.error());
}
