#include "agent/tools/file_tools.h"
#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/text.h"

namespace tools {
namespace {

class Write final : public Tool
{
public:
    std::string name() const override { return "Write"; }
    std::string description() const override
    {
        return "Writes a whole file, with the folders above it. One that exists must have been read in this session; to change a part of it use Edit.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"file_path", {{"type", "string"}, {"description", "Absolute, or relative to the working folder"}}},
                             {"content", {{"type", "string"}, {"description", "The whole file"}}}},
                            {"file_path", "content"});
    }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        const auto given = textAt(input, "file_path");
        const auto content = textAt(input, "content");
        auto info = aboutFile(*this, permissions::Group::Write, "edit", given, workspace);
        if (given.empty()) {
            if (!content.empty())
                info.content = {acp::ToolCallContent::ofText(content)};
            return info;
        }
        info.title = "Write " + shownName(given, workspace);
        const auto old = workspace.files().read(info.permission.paths.front(), {});
        info.content = {acp::ToolCallContent::ofDiff(workspace.absolute(given).string(),
                                                     old && !isBinary(old->bytes) ? std::optional(asUtf8(old->bytes)) : std::nullopt, content)};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto path = pathOf(context);
        if (!path || !input.contains("content") || !input["content"].is_string())
            return failure("Write needs `file_path` and `content`, two texts.");
        auto &workspace = context.workspace();
        const auto old = workspace.files().read(*path, stop);
        if (!old && old.error().code != ph::ErrorCode::NotFound)
            return failed(old.error());
        const auto shown = shownName(path->string(), workspace);
        if (old) {
            if (const auto reason = workspace.seen().whyNot(*path, old->state, shown); !reason.empty())
                return failure(reason);
        }
        const auto content = textAt(input, "content");
        const auto written = workspace.files().write(*path, content, old ? std::optional(old->state) : std::nullopt, std::move(stop));
        if (!written)
            return failed(written.error());
        workspace.seen().remember(*path, *written);
        Output output;
        output.text = (old ? "Replaced " : "Created ") + shown + " (" + counted(linesOf(content).size(), "line") + ").";
        output.content = context.info().content;
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeWrite() { return std::make_shared<Write>(); }

} // namespace tools
