#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/pattern.h"
#include "agent/tools/search_scope.h"
#include "agent/tools/search_tools.h"
#include "agent/tools/text.h"

#include <algorithm>

namespace tools {
namespace {

constexpr std::size_t maximumFiles = 200;

class Glob final : public Tool
{
public:
    std::string name() const override { return "Glob"; }
    std::string description() const override
    {
        return "Finds files by a pattern of their names, such as **/*.ts or src/{a,b}/*.h, the last changed first, at most 200. What .gitignore leaves out is "
               "left out.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"pattern", {{"type", "string"}}}, {"path", {{"type", "string"}, {"description", "The folder to look in; the working folder without it"}}}},
                            {"pattern"});
    }
    bool isParallel() const override { return true; }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        const auto path = textAt(input, "path");
        const auto pattern = textAt(input, "pattern");
        std::string title = "Find";
        if (!path.empty())
            title += " \"" + path + "\"";
        if (!pattern.empty())
            title += " \"" + pattern + "\"";
        auto info = aboutSearch(*this, std::move(title), path, workspace);
        if (!path.empty())
            info.locations = {{workspace.absolute(path).string(), {}}};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        auto glob = textAt(input, "pattern");
        if (glob.empty())
            return failure("Glob needs `pattern`, a text.");
        const auto scope = scopeOf(context, context.workspace());
        if (!scope)
            return failed(scope.error());
        const auto start = scope->start.string() + "/";
        if (glob.starts_with(start))
            glob.erase(0, start.size());
        const auto pattern = Pattern::compile(expressionOfGlob(glob));
        if (!pattern)
            return failed(pattern.error());

        std::vector<WalkEntry> found;
        WalkOptions options;
        options.leavesOut = scope->isDenied;
        const auto end = walk(scope->root, scope->start, options, [&](const WalkEntry &entry, const auto &) {
            if (!entry.isFolder && pattern->matches(entry.path))
                found.push_back(entry);
            return true;
        }, std::move(stop));
        if (!end)
            return failed(end.error());
        std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.modified > b.modified; });
        Output output;
        for (std::size_t i = 0; i < std::min(found.size(), maximumFiles); ++i)
            output.text += asUtf8(start + found[i].path) + "\n";
        output.text += found.empty() ? "No file matches.\n" : "";
        if (found.size() > maximumFiles)
            output.text += "The last changed " + withSeparators(maximumFiles) + " of " + counted(found.size(), "file") + "; make the pattern narrower.\n";
        output.text += wordsFor(*end);
        output.raw = {{"files", found.size()}};
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeGlob() { return std::make_shared<Glob>(); }

} // namespace tools
