#include "agent/tools/file_filter.h"
#include "agent/tools/grep_engine.h"
#include "agent/tools/text.h"
#include "driver/base/child_process.h"
#include "driver/base/json_fields.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <unistd.h>

namespace tools {
namespace {

using namespace std::chrono_literals;

constexpr auto longestSearch = 60s;
constexpr std::size_t maximumLine = 500;
constexpr std::size_t maximumJsonLine = 16 * 1024 * 1024;

std::vector<std::string> argumentsFor(const std::filesystem::path &program, const SearchScope &scope, const GrepQuery &query)
{
    // Nothing that a repository or the user's own settings hold may make it run a program (--pre) or leave the folder (--follow).
    std::vector<std::string> argv{program.string(), "--no-config", "--json", "--no-messages", "--no-follow", "--no-search-zip", "--no-pre", "--hidden",
                                  "--sort=path", "--max-filesize=16M"};
    if (query.ignoresCase)
        argv.push_back("--ignore-case");
    if (query.isMultiline) {
        argv.push_back("--multiline");
        argv.push_back("--multiline-dotall");
    }
    if (query.mode == GrepQuery::Mode::Files)
        argv.push_back("--max-count=1");
    if (query.mode == GrepQuery::Mode::Content) {
        argv.push_back("--before-context=" + std::to_string(query.before));
        argv.push_back("--after-context=" + std::to_string(query.after));
    }
    // ripgrep would take what any of two globs fits; the other one is looked at afterwards.
    if (const auto glob = query.glob.empty() ? globOfType(query.type) : query.glob; !glob.empty())
        argv.push_back("--glob=" + glob);
    for (const char *store : {".git", ".hg", ".svn", ".jj"})
        argv.push_back("--glob=!" + std::string(store)); // After the others: the last that matches decides.
    argv.push_back("--regexp=" + query.pattern);
    argv.push_back("--");
    argv.push_back(scope.start.string());
    return argv;
}

/// rg writes texts as {"text"}, and as {"bytes"} in base64 what is no UTF-8.
std::string textOf(const ph::Json &data, const char *key)
{
    const auto found = data.find(key);
    if (found == data.end() || !found->is_object())
        return {};
    const auto text = found->find("text");
    return text != found->end() && text->is_string() ? text->get<std::string>() : std::string("(no UTF-8)");
}

/// Takes in one line of rg's. False when there is enough.
bool take(GrepResult &result, const GrepQuery &query, const SearchScope &scope, const FileFilter &filter, const std::string &prefix, std::string_view line)
{
    const auto json = ph::Json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("type") || !json.contains("data") || !json["data"].is_object())
        return true;
    const bool isMatch = json["type"] == "match";
    if (!isMatch && json["type"] != "context")
        return true;
    const auto &data = json["data"];
    auto path = textOf(data, "path");
    if (scope.isDenied && scope.isDenied(path))
        return true;
    if (path.starts_with(prefix))
        path.erase(0, prefix.size());
    if (!filter.takes(path))
        return true;
    const bool isSameFile = !result.lines.empty() && result.lines.back().path == path;
    if (query.mode != GrepQuery::Mode::Content && isSameFile) {
        result.lines.back().number += query.mode == GrepQuery::Mode::Count ? 1 : 0;
        return true;
    }
    const auto text = textOf(data, "lines");
    auto number = data.contains("line_number") && data["line_number"].is_number_unsigned() ? data["line_number"].get<std::size_t>() : 0;
    for (const auto one : query.mode == GrepQuery::Mode::Content ? linesOf(text) : std::vector<std::string_view>(1)) {
        if (result.lines.size() == query.limit) {
            result.isCut = true;
            return false;
        }
        if (query.mode == GrepQuery::Mode::Content)
            result.lines.push_back({path, number++, std::string(headOf(one, maximumLine)), isMatch});
        else
            result.lines.push_back({path, query.mode == GrepQuery::Mode::Count ? std::size_t(1) : 0, {}, true});
    }
    return true;
}

} // namespace

ph::Result<GrepResult> grepByRipgrep(const std::filesystem::path &program, const SearchScope &scope, const GrepQuery &query, std::stop_token stop)
{
    const auto filter = FileFilter::make(query.glob, query.type);
    if (!filter)
        return ph::fail(filter.error());
    const auto folder = fileNameOf(scope).empty() ? scope.start : scope.start.parent_path();
    ph::ChildOptions options;
    options.argv = argumentsFor(program, scope, query);
    options.directory = folder; // where its globs begin
    options.environment = ph::childEnvironment();
    options.hasInput = false;
    const auto process = ph::ChildProcess::start(options);
    if (!process)
        return ph::fail(process.error());

    const auto prefix = folder.string() + "/";
    const auto deadline = std::chrono::steady_clock::now() + longestSearch;
    GrepResult result;
    std::string pending;
    std::string errors;
    std::array<pollfd, 2> fds{{{(*process)->output(), POLLIN, 0}, {(*process)->errors(), POLLIN, 0}}};
    std::array<char, 64 * 1024> buffer;
    bool goesOn = true;
    while (goesOn && fds[0].fd >= 0) {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (std::chrono::steady_clock::now() > deadline) {
            result.notes = "The search was ended after 60 seconds; search in a folder below.\n";
            break;
        }
        if (::poll(fds.data(), fds.size(), 50) < 0 && errno != EINTR)
            break;
        for (auto &fd : fds) {
            if (fd.fd < 0 || fd.revents == 0)
                continue;
            const auto got = ::read(fd.fd, buffer.data(), buffer.size());
            if (got <= 0) {
                fd.fd = -1;
                continue;
            }
            auto &to = &fd == &fds[0] ? pending : errors;
            to.append(buffer.data(), std::size_t(got));
        }
        std::size_t start = 0;
        for (auto end = pending.find('\n'); goesOn && end != std::string::npos; end = pending.find('\n', start)) {
            goesOn = take(result, query, scope, *filter, prefix, std::string_view(pending).substr(start, end - start));
            start = end + 1;
        }
        pending.erase(0, start);
        goesOn = goesOn && pending.size() <= maximumJsonLine;
        errors.resize(std::min<std::size_t>(errors.size(), 4'000));
    }
    if (!goesOn || !result.notes.empty())
        return result;
    const auto exit = (*process)->wait(stop, 5s);
    if (exit && exit->code == 2 && result.lines.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, errors.empty() ? "ripgrep could not search there." : withoutTerminalCodes(asUtf8(errors)));
    return result;
}

} // namespace tools
