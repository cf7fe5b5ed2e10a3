#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/search_scope.h"
#include "agent/tools/search_tools.h"
#include "agent/tools/text.h"

namespace tools {
namespace {

constexpr std::size_t maximumListed = 1'000;

class Ls final : public Tool
{
public:
    std::string name() const override { return "LS"; }
    std::string description() const override { return "Lists what lies in a folder, folders with a slash, links with an @, files with their size; at most 1,000 names."; }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"path", {{"type", "string"}, {"description", "The folder; the working folder without it"}}}}, ph::Json::array());
    }
    bool isParallel() const override { return true; }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        const auto path = textAt(input, "path");
        const auto of = path.empty() ? "the current directory's contents" : "the `" + path + "` directory's contents";
        return aboutSearch(*this, "List " + of, path, workspace);
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &, Context &context, std::stop_token stop) override
    {
        const auto scope = scopeOf(context, context.workspace());
        if (!scope)
            return failed(scope.error());
        if (const auto file = fileNameOf(*scope); !file.empty())
            return failure(scope->start.string() + " is a file, not a folder. Read it with Read.");
        WalkOptions options;
        options.respectsIgnoreFiles = false;
        options.entersFolders = false;
        options.leavesOut = scope->isDenied;
        Output output;
        std::size_t count = 0;
        const auto end = walk(scope->root, scope->start, options, [&](const WalkEntry &entry, const auto &) {
            if (++count > maximumListed)
                return true;
            output.text += asUtf8(entry.path) + (entry.isFolder ? "/" : entry.isLink ? "@" : "  " + counted(entry.size, "byte")) + "\n";
            return true;
        }, std::move(stop));
        if (!end)
            return failed(end.error());
        if (count == 0)
            output.text = "The folder is empty.\n";
        if (count > maximumListed)
            output.text += "The first " + withSeparators(maximumListed) + " of " + counted(count, "name") + ".\n";
        output.text += wordsFor(*end);
        output.raw = {{"entries", count}};
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeLs() { return std::make_shared<Ls>(); }

} // namespace tools
