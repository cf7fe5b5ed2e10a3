#include "app/export_command.h"

#include "app/interrupt.h"
#include "app/local_project_process.h"
#include "app/parquet_export.h"
#include "driver/base/atomic_file.h"
#include "driver/base/clock.h"
#include "driver/posthog/export_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace app {

namespace {

using posthog::ExportKind;

/// Runs hoglet-project with our own stdin, stdout and stderr. What it ended with; NotFound when it is not beside us.
ph::Result<int> runLocalProject(std::vector<std::string> arguments)
{
    const auto program = localProjectProgram();
    if (::access(program.c_str(), X_OK) != 0)
        return ph::fail(ph::ErrorCode::NotFound, "hoglet-project is not beside hoglet-agent (" + program.string() + "), and it is what does this.");
    arguments.insert(arguments.begin(), program.string());
    std::vector<char *> argv;
    for (auto &argument : arguments)
        argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_t child = 0;
    if (const int error = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ))
        return ph::fail(ph::ErrorCode::Internal, "Cannot run " + program.string() + ": " + std::strerror(error) + ".");
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) ? WEXITSTATUS(status) : int(ExitFailed);
}

std::string sizeText(std::int64_t bytes)
{
    char text[32];
    const double megabytes = static_cast<double>(bytes) / 1e6;
    std::snprintf(text, sizeof text, megabytes < 1000 ? "%.1f MB" : "%.2f GB", megabytes < 1000 ? megabytes : megabytes / 1000);
    return text;
}

std::string spanText(std::chrono::seconds span)
{
    const auto seconds = span.count();
    char text[32];
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(seconds / 3600), static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60));
    return text;
}

/// "waits for PostHog's limit until 14:32:10 UTC"; with the day where it is not the one of `now`.
std::string waitText(const posthog::Wait &wait, ph::Time now)
{
    std::string text = "waits for " + wait.what;
    if (wait.until) {
        const auto until = ph::isoTimeMicros(*wait.until);
        const bool isToday = until.substr(0, 10) == ph::isoTimeMicros(now).substr(0, 10);
        text += " until " + (isToday ? std::string() : until.substr(0, 10) + " ") + until.substr(11, 8) + " UTC";
    }
    return text;
}

/// One line that is written over and over on a terminal; elsewhere a line every ten seconds, and for each wait of some seconds.
class ProgressLine
{
public:
    void show(const posthog::ExportProgress &progress, const std::vector<posthog::BudgetUse> &budget)
    {
        const auto now = std::chrono::steady_clock::now();
        const auto time = ph::systemClock().now();
        const bool isNewWait = progress.wait && progress.wait->until && progress.wait != m_wait && *progress.wait->until > time + std::chrono::seconds(1);
        if (!m_isTerminal && !isNewWait && now - m_shown < std::chrono::seconds(10))
            return;
        m_shown = now;
        m_wait = progress.wait;
        std::string text = progress.doing + (progress.wait ? ", " + waitText(*progress.wait, time) : "") + "  " + std::to_string(progress.rows);
        if (progress.expectedRows)
            text += " of " + std::to_string(*progress.expectedRows);
        text += " rows, " + sizeText(progress.bytes);
        if (progress.rowsPerSecond >= 1 && !progress.wait)
            text += ", " + std::to_string(static_cast<long>(progress.rowsPerSecond)) + " rows/s";
        if (progress.left)
            text += ", " + spanText(*progress.left) + " left";
        for (const auto &use : budget) {
            if (use.rateClass == posthog::RateClass::Query && !use.windows.empty())
                text += ", " + std::to_string(use.windows.back().left()) + " of " + std::to_string(use.windows.back().limit) + " queries left this hour";
        }
        std::fprintf(stderr, m_isTerminal ? "\r\033[K%s" : "%s\n", text.c_str());
        m_isOpen = m_isTerminal;
    }
    ~ProgressLine()
    {
        if (m_isOpen)
            std::fputs("\r\033[K", stderr);
    }

private:
    const bool m_isTerminal = ::isatty(STDERR_FILENO) != 0;
    std::chrono::steady_clock::time_point m_shown{};
    std::optional<posthog::Wait> m_wait; // that was shown
    bool m_isOpen = false;
};

ph::Result<posthog::ExportReport> exported(posthog::Driver &driver, const posthog::ExportRequest &request, const std::stop_token &stop)
{
    ProgressLine line;
    const auto show = [&](const posthog::ExportProgress &progress) { line.show(progress, driver.budget()); };
    return request.format == posthog::ExportFormat::Parquet ? exportParquet(driver, request, show, stop) : driver.exportRows(request, show, stop);
}

int exportTo(ProjectConnection &project, posthog::ExportRequest request, OutputFormat format)
{
    const Interrupt interrupt;
    const auto driver = project.driver(interrupt.token());
    if (!driver)
        return failWith(driver.error());
    using posthog::ExportFormat;
    request.format = format == OutputFormat::Parquet ? ExportFormat::Parquet : format == OutputFormat::Csv ? ExportFormat::Csv : ExportFormat::Jsonl;
    const auto report = exported(**driver, request, interrupt.token());
    if (!report)
        return failWith(report.error());
    std::fprintf(stderr, "%s: %s%s %s, sha256 %s\n", request.file.c_str(), report->verdict.c_str(),
                 report->late > 0 ? (" " + std::to_string(report->late) + " of them came while it was written.").c_str() : "", sizeText(report->bytes).c_str(),
                 report->sha256.c_str());
    return report->isComplete ? ExitDone : ExitIncomplete;
}

/// The format that a file's name asks for.
OutputFormat formatOf(const std::string &file)
{
    const auto extension = std::filesystem::path(file).extension().string();
    return extension == ".csv" ? OutputFormat::Csv : extension == ".parquet" ? OutputFormat::Parquet : OutputFormat::Jsonl;
}

bool isFileFormat(OutputFormat format) { return format == OutputFormat::Csv || format == OutputFormat::Jsonl || format == OutputFormat::Parquet; }

} // namespace

int exportQuery(ProjectConnection &project, const std::string &hogql, const ph::Json &values, const std::string &file, OutputFormat format, bool rawCells)
{
    posthog::ExportRequest request;
    request.kind = ExportKind::Query;
    request.hogql = hogql;
    request.values = values;
    request.file = file;
    request.formulaSafe = !rawCells;
    const auto chosen = format == OutputFormat::Columns ? formatOf(file) : format;
    if (!isFileFormat(chosen))
        return usageError("--out writes csv, jsonl or parquet.");
    return exportTo(project, std::move(request), chosen);
}

int runExportCommand(Arguments &arguments, ProjectConnection &project)
{
    posthog::ExportRequest request;
    std::string out;
    std::string key;
    std::string pageRows;
    const auto take = [&](const char *name, std::string &into) -> ph::Result<> {
        const auto value = arguments.option(name);
        if (!value)
            return ph::fail(value.error());
        if (*value)
            into = **value;
        return {};
    };
    const std::array<std::pair<const char *, std::string *>, 6> options{{{"--out", &out}, {"--from", &request.from}, {"--to", &request.to},
                                                                       {"--where", &request.where}, {"--key", &key}, {"--page-rows", &pageRows}}};
    for (const auto &[name, into] : options) {
        if (const auto taken = take(name, *into); !taken)
            return usageError(taken.error().message);
    }
    while (true) {
        const auto event = arguments.option("--event");
        if (!event)
            return usageError(event.error().message);
        if (!*event)
            break;
        request.events.push_back(**event);
    }
    auto values = takeValues(arguments);
    if (!values)
        return usageError(values.error().message);
    request.values = std::move(*values);
    request.anew = arguments.flag("--anew");
    request.formulaSafe = !arguments.flag("--raw-cells");
    if (arguments.flag("--as-files"))
        request.asFiles = true;
    if (arguments.flag("--no-files"))
        request.asFiles = false;
    const auto format = takeFormat(arguments, formatOf(out));
    if (!format)
        return usageError(format.error().message);
    const auto kind = arguments.word();
    if (kind == "events") {
        request.kind = ExportKind::Events;
    } else if (kind == "persons") {
        request.kind = ExportKind::Persons;
    } else if (kind == "query") {
        request.kind = ExportKind::Query;
        const auto word = arguments.word();
        if (!word)
            return usageError("export query takes a HogQL statement in quotes, or a file with one.");
        std::error_code ignored;
        if (std::filesystem::is_regular_file(*word, ignored)) {
            const auto text = ph::readFile(*word);
            if (!text)
                return failWith(text.error());
            request.hogql = *text;
        } else {
            request.hogql = *word;
        }
    } else {
        return usageError("export takes what to write: events, persons or query.");
    }
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);
    if (out.empty())
        return usageError("export needs --out FILE.");
    if (!isFileFormat(*format))
        return usageError("export writes csv, jsonl or parquet.");
    if (request.kind == ExportKind::Events && (request.from.empty() || request.to.empty()))
        return usageError("export events needs --from and --to, such as --from 2026-01-01 --to 2026-02-01.");
    if (!pageRows.empty()) {
        if (pageRows.size() > 5 || pageRows.find_first_not_of("0123456789") != std::string::npos || std::stoi(pageRows) == 0)
            return usageError("--page-rows takes a number up to 50000.");
        request.pageRows = std::stoi(pageRows);
    }
    for (std::size_t at = 0; at < key.size();) {
        const auto end = std::min(key.find(',', at), key.size());
        request.key.push_back(key.substr(at, end - at));
        at = end + 1;
    }
    request.file = out;
    return exportTo(project, std::move(request), *format);
}

int runImportCommand(Arguments &arguments)
{
    std::vector<std::string> rest{"import"};
    for (auto &word : arguments.rest())
        rest.push_back(std::move(word));
    if (rest.size() == 1)
        return usageError("import takes files: JSONL, CSV or Parquet of events.");
    const auto ended = runLocalProject(std::move(rest));
    return ended ? *ended : failWith(ended.error());
}

} // namespace app
