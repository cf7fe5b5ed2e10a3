#include "agent/tools/grep_engine.h"

#include "agent/tools/file_filter.h"
#include "agent/tools/pattern.h"
#include "agent/tools/text.h"
#include "driver/base/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <unistd.h>

namespace tools {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t maximumFile = 16 * 1024 * 1024;
constexpr auto longestSearch = 60s;
constexpr std::size_t maximumLine = 500;

std::string contentOf(const ph::Descriptor &file)
{
    std::string content;
    for (std::array<char, 64 * 1024> buffer; file.isOpen() && content.size() <= maximumFile;) {
        const auto got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        content.append(buffer.data(), std::size_t(got));
    }
    return content;
}

/// Which lines of the text match, by their index.
std::vector<std::size_t> matchingLines(const std::string &text, const std::vector<std::string_view> &lines, const Pattern &pattern, bool isMultiline)
{
    std::vector<std::size_t> matching;
    if (!isMultiline) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (pattern.matches(lines[i]))
                matching.push_back(i);
        }
        return matching;
    }
    std::size_t line = 0;
    const auto endOf = [&](std::size_t i) { return i + 1 < lines.size() ? std::size_t(lines[i + 1].data() - text.data()) : text.size(); };
    for (std::size_t from = 0; from <= text.size();) {
        const auto match = pattern.find(text, from);
        if (!match)
            break;
        while (line + 1 < lines.size() && endOf(line) <= match->start)
            ++line;
        for (; line < lines.size(); ++line) {
            if (matching.empty() || matching.back() < line)
                matching.push_back(line);
            if (endOf(line) >= match->end)
                break;
        }
        from = std::max(match->end, match->start + 1);
    }
    return matching;
}

/// Adds the lines of one file. False when the limit is reached.
bool addLines(GrepResult &result, const GrepQuery &query, const std::string &path, const std::vector<std::string_view> &lines,
              const std::vector<std::size_t> &matching)
{
    std::size_t next = 0; // the first line that was not taken yet
    for (std::size_t k = 0; k < matching.size(); ++k) {
        const auto match = matching[k];
        const auto first = std::max(next, match - std::min(match, std::size_t(query.before)));
        const auto last = std::min(lines.size() - 1, match + std::size_t(query.after));
        for (auto i = first; i <= last; ++i) {
            if (result.lines.size() == query.limit) {
                result.isCut = true;
                return false;
            }
            const bool isMatch = std::binary_search(matching.begin(), matching.end(), i);
            result.lines.push_back({path, i + 1, asUtf8(headOf(lines[i], maximumLine)), isMatch});
            next = i + 1;
        }
    }
    return true;
}

} // namespace

ph::Result<GrepResult> grepByWalk(const SearchScope &scope, const GrepQuery &query, std::stop_token stop)
{
    const auto pattern = Pattern::compile(query.pattern, {query.ignoresCase, query.isMultiline});
    if (!pattern)
        return ph::fail(pattern.error());
    const auto filter = FileFilter::make(query.glob, query.type);
    if (!filter)
        return ph::fail(filter.error());
    const auto onlyFile = fileNameOf(scope);
    const auto deadline = std::chrono::steady_clock::now() + longestSearch;
    bool isLate = false;
    std::size_t tooLong = 0;
    GrepResult result;
    const auto visit = [&](const WalkEntry &entry, const std::function<ph::Descriptor()> &open) {
        if (std::chrono::steady_clock::now() > deadline) {
            isLate = true;
            return false;
        }
        if (entry.isFolder || entry.isLink || (!onlyFile.empty() && entry.path != onlyFile) || !filter->takes(entry.path))
            return true;
        if (entry.size > maximumFile) {
            ++tooLong;
            return true;
        }
        const auto content = contentOf(open());
        if (isBinary(content))
            return true;
        const auto lines = linesOf(content);
        const auto matching = matchingLines(content, lines, *pattern, query.isMultiline);
        if (matching.empty())
            return true;
        if (query.mode == GrepQuery::Mode::Content)
            return addLines(result, query, entry.path, lines, matching);
        if (result.lines.size() == query.limit) {
            result.isCut = true;
            return false;
        }
        result.lines.push_back({entry.path, query.mode == GrepQuery::Mode::Count ? matching.size() : 0, {}, true});
        return true;
    };
    WalkOptions options;
    options.leavesOut = scope.isDenied;
    options.entersFolders = onlyFile.empty();
    options.respectsIgnoreFiles = onlyFile.empty(); // What is named is meant.
    const auto end = walk(scope.root, onlyFile.empty() ? scope.start : scope.start.parent_path(), options, visit, std::move(stop));
    if (!end)
        return ph::fail(end.error());
    result.notes = wordsFor(*end);
    if (isLate)
        result.notes += "The search was ended after 60 seconds; search in a folder below.\n";
    if (tooLong > 0)
        result.notes += std::to_string(tooLong) + (tooLong == 1 ? " file is" : " files are") + " longer than 16 MB and not searched.\n";
    return result;
}

ph::Result<GrepResult> grep(const SearchScope &scope, const GrepQuery &query, std::stop_token stop)
{
    if (!query.type.empty() && globOfType(query.type).empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "There is no file type “" + query.type + "”. Known: " + knownTypes() + ". Or give a `glob`.");
    if (const auto program = ph::findProgram("rg", ph::childEnvironment()))
        return grepByRipgrep(*program, scope, query, std::move(stop));
    return grepByWalk(scope, query, std::move(stop));
}

} // namespace tools
