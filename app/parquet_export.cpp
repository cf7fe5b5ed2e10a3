#include "app/parquet_export.h"

#include "app/local_project_process.h"
#include "driver/base/atomic_file.h"
#include "driver/base/log.h"
#include "driver/posthog/export_file.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t mostWords = 4096; // of what the program says about what went wrong

/// Runs `hoglet-project convert`. The error is what it said.
ph::Result<> convert(const fs::path &from, const fs::path &to, const std::stop_token &stop)
{
    const std::string program = localProjectProgram().string(), source = from.string(), target = to.string();
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return ph::fail(ph::ErrorCode::Internal, std::string("Cannot run hoglet-project: ") + std::strerror(errno) + ".");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    char convertWord[] = "convert";
    char *argv[] = {const_cast<char *>(program.c_str()), convertWord, const_cast<char *>(source.c_str()), const_cast<char *>(target.c_str()), nullptr};
    pid_t child = 0;
    const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        ::close(ends[0]);
        return ph::fail(ph::ErrorCode::Internal, "Cannot run " + program + ": " + std::strerror(error) + ".");
    }
    std::string words;
    bool isStopped = false;
    for (bool isOpen = true; isOpen;) {
        if (stop.stop_requested() && !isStopped) {
            ::kill(child, SIGTERM);
            isStopped = true;
        }
        pollfd wait{ends[0], POLLIN, 0};
        if (::poll(&wait, 1, 50) <= 0)
            continue;
        char buffer[1024];
        const ssize_t bytes = ::read(ends[0], buffer, sizeof buffer);
        isOpen = bytes > 0 || (bytes < 0 && errno == EINTR);
        if (bytes > 0 && words.size() < mostWords)
            words.append(buffer, static_cast<std::size_t>(bytes));
    }
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return {};
    if (isStopped || stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "The export was stopped. The rows are in " + source + ".");
    if (constexpr std::string_view name = "hoglet-project: "; words.starts_with(name))
        words.erase(0, name.size());
    words.erase(words.find_last_not_of('\n') + 1);
    return ph::fail(ph::ErrorCode::Internal, "The rows are in " + source + "; they could not be made into Parquet. "
                        + (words.empty() ? "hoglet-project ended without a word." : words));
}

/// The sum and the manifest of `target`, which was made from the rows in `rows`: what theirs says, but for the file itself.
ph::Result<> describe(const fs::path &rows, const fs::path &target, posthog::ExportReport &report)
{
    const auto sum = posthog::sha256Of(target);
    if (!sum)
        return ph::fail(sum.error());
    const auto text = ph::readFile(rows.string() + ".manifest.json");
    if (!text)
        return ph::fail(text.error());
    ph::Json manifest = ph::Json::parse(*text, nullptr, false);
    if (!manifest.is_object())
        return ph::fail(ph::ErrorCode::Internal, rows.string() + ".manifest.json is no JSON.");
    std::error_code error;
    const auto bytes = fs::file_size(target, error);
    if (error)
        return ph::fail(ph::ErrorCode::Internal, "Cannot read " + target.string() + ": " + error.message() + ".");
    manifest["file"] = target.filename().string();
    manifest["format"] = "parquet";
    manifest["bytes"] = bytes;
    manifest["sha256"] = *sum;
    report.file = target;
    report.manifest = target.string() + ".manifest.json";
    report.bytes = static_cast<std::int64_t>(bytes);
    report.sha256 = *sum;
    if (const auto written = ph::writeFileAtomically(report.manifest, manifest.dump(2) + "\n", 0644); !written)
        return written;
    return ph::writeFileAtomically(target.string() + ".sha256", *sum + "  " + target.filename().string() + "\n", 0644);
}

} // namespace

ph::Result<> mayExportParquet()
{
    const auto program = localProjectProgram();
    if (::access(program.c_str(), X_OK) == 0)
        return {};
    return ph::fail(ph::ErrorCode::NotFound, "Parquet is written by hoglet-project, which is not there (" + program.string() + "). Choose JSON lines or CSV.");
}

ph::Result<posthog::ExportReport> exportParquet(posthog::Driver &driver, posthog::ExportRequest request,
                                                const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop)
{
    if (const auto may = mayExportParquet(); !may)
        return ph::fail(may.error());
    const auto target = request.file;
    request.file += ".jsonl";
    request.format = posthog::ExportFormat::Jsonl;
    posthog::ExportProgress last;
    auto report = driver.exportRows(
        request,
        [&](const posthog::ExportProgress &progress) {
            last = progress;
            onProgress(progress);
        },
        stop);
    if (!report)
        return report;
    last.rows = report->rows;
    last.rowsPerSecond = 0;
    last.left.reset();
    last.doing = "making Parquet";
    onProgress(last);
    if (const auto converted = convert(request.file, target, stop); !converted)
        return ph::fail(converted.error());
    if (const auto described = describe(request.file, target, *report); !described)
        return ph::fail(described.error().code, target.string() + " is written; its sum and manifest are not, so the rows stay in " + request.file.string() + ". "
                            + described.error().message);
    for (const char *suffix : {"", ".manifest.json", ".sha256"}) {
        std::error_code error;
        if (fs::remove(request.file.string() + suffix, error); error)
            ph::logWarning("export", "Cannot remove " + request.file.string() + suffix + ": " + error.message() + ".");
    }
    return report;
}

} // namespace app
