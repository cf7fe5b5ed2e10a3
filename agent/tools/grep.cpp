#include "agent/tools/file_filter.h"
#include "agent/tools/grep_engine.h"
#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/search_scope.h"
#include "agent/tools/search_tools.h"
#include "agent/tools/text.h"

#include <algorithm>

namespace tools {
namespace {

constexpr std::int64_t defaultLimit = 250; // lines or files
constexpr std::size_t maximumText = 60'000; // bytes

GrepQuery queryOf(const ph::Json &input)
{
    GrepQuery query;
    query.pattern = textAt(input, "pattern");
    query.glob = textAt(input, "glob");
    query.type = textAt(input, "type");
    query.ignoresCase = isSet(input, "-i");
    query.isMultiline = isSet(input, "multiline");
    const auto lines = [&](const char *key) { return int(std::clamp<std::int64_t>(numberAt(input, key).value_or(0), 0, 100)); };
    const auto around = lines("-C");
    query.before = std::max(lines("-B"), around);
    query.after = std::max(lines("-A"), around);
    query.limit = std::size_t(std::clamp<std::int64_t>(numberAt(input, "head_limit").value_or(defaultLimit), 1, 10'000));
    const auto mode = textAt(input, "output_mode");
    query.mode = mode == "content" ? GrepQuery::Mode::Content : mode == "count" ? GrepQuery::Mode::Count : GrepQuery::Mode::Files;
    return query;
}

/// The command that would find the same, as one reads it.
std::string titleOf(const ph::Json &input)
{
    std::string title = "grep";
    for (const char *flag : {"-i", "-n"}) {
        if (isSet(input, flag))
            title += std::string(" ") + flag;
    }
    for (const char *flag : {"-A", "-B", "-C"}) {
        if (const auto number = numberAt(input, flag))
            title += std::string(" ") + flag + " " + std::to_string(*number);
    }
    const auto mode = textAt(input, "output_mode");
    title += mode == "files_with_matches" ? " -l" : mode == "count" ? " -c" : "";
    if (const auto limit = numberAt(input, "head_limit"))
        title += " | head -" + std::to_string(*limit);
    if (const auto glob = textAt(input, "glob"); !glob.empty())
        title += " --include=\"" + glob + "\"";
    if (const auto type = textAt(input, "type"); !type.empty())
        title += " --type=" + type;
    if (isSet(input, "multiline"))
        title += " -P";
    if (const auto pattern = textAt(input, "pattern"); !pattern.empty())
        title += " \"" + pattern + "\"";
    if (const auto path = textAt(input, "path"); !path.empty())
        title += " " + path;
    return title;
}

class Grep final : public Tool
{
public:
    std::string name() const override { return "Grep"; }
    std::string description() const override
    {
        return "Searches the contents of files for a regular expression, line by line unless `multiline`. What .gitignore leaves out and binary files are left out. "
               "output_mode: files_with_matches (default), content (path:line:text, context lines with -) or count. At most 250 lines or files; `head_limit` says another number.";
    }
    ph::Json inputSchema() const override
    {
        const ph::Json number{{"type", "integer"}};
        const ph::Json flag{{"type", "boolean"}};
        return objectSchema({{"pattern", {{"type", "string"}}},
                             {"path", {{"type", "string"}, {"description", "A folder or a file; the working folder without it"}}},
                             {"glob", {{"type", "string"}, {"description", "Only files whose name or path matches"}}},
                             {"type", {{"type", "string"}, {"description", "A kind of file: " + knownTypes()}}},
                             {"output_mode", {{"type", "string"}, {"enum", {"files_with_matches", "content", "count"}}}},
                             {"-i", flag}, {"-n", flag}, {"-A", number}, {"-B", number}, {"-C", number}, {"head_limit", number}, {"multiline", flag}},
                            {"pattern"});
    }
    bool isParallel() const override { return true; }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        return aboutSearch(*this, titleOf(input), textAt(input, "path"), workspace);
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto query = queryOf(input);
        if (query.pattern.empty())
            return failure("Grep needs `pattern`, a text.");
        const auto scope = scopeOf(context, context.workspace());
        if (!scope)
            return failed(scope.error());
        const auto found = grep(*scope, query, std::move(stop));
        if (!found)
            return failed(found.error());
        return outputOf(*found, query, *scope);
    }

private:
    static Output outputOf(const GrepResult &found, const GrepQuery &query, const SearchScope &scope)
    {
        const auto prefix = fileNameOf(scope).empty() ? scope.start.string() + "/" : scope.start.parent_path().string() + "/";
        Output output;
        std::size_t shown = 0;
        const std::string *lastPath = nullptr;
        std::size_t lastLine = 0;
        for (const auto &line : found.lines) {
            if (output.text.size() > maximumText)
                break;
            const bool isApart = lastPath && (*lastPath != line.path || line.number != lastLine + 1);
            if (query.mode == GrepQuery::Mode::Content && query.before + query.after > 0 && isApart)
                output.text += "--\n";
            output.text += asUtf8(prefix + line.path);
            if (query.mode == GrepQuery::Mode::Count)
                output.text += ":" + std::to_string(line.number);
            if (query.mode == GrepQuery::Mode::Content)
                output.text += std::string(1, line.isMatch ? ':' : '-') + std::to_string(line.number) + (line.isMatch ? ":" : "-") + line.text;
            output.text += '\n';
            lastPath = &line.path;
            lastLine = line.number;
            ++shown;
        }
        const bool isFiles = query.mode != GrepQuery::Mode::Content;
        if (found.lines.empty())
            output.text = "Nothing matches.\n";
        if (found.isCut || shown < found.lines.size())
            output.text += "Only the first " + counted(shown, isFiles ? "file" : "line") + "; there are more. Make the pattern narrower, or give `head_limit`.\n";
        output.text += found.notes;
        output.raw = {{isFiles ? "files" : "lines", shown}, {"isCut", found.isCut}};
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeGrep() { return std::make_shared<Grep>(); }

} // namespace tools
