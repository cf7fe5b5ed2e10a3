#include "agent/tools/file_tools.h"
#include "agent/tools/input.h"
#include "agent/tools/notebook.h"
#include "agent/tools/output.h"

namespace tools {
namespace {

class NotebookEdit final : public Tool
{
public:
    std::string name() const override { return "NotebookEdit"; }
    std::string description() const override
    {
        return "Changes one cell of a Jupyter notebook that was read in this session: replaces its source, inserts a new cell after it (at the start without "
               "a `cell_id`), or deletes it.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"notebook_path", {{"type", "string"}, {"description", "Absolute, or relative to the working folder"}}},
                             {"cell_id", {{"type", "string"}, {"description", "As Read shows it"}}},
                             {"new_source", {{"type", "string"}}},
                             {"cell_type", {{"type", "string"}, {"enum", {"code", "markdown"}}}},
                             {"edit_mode", {{"type", "string"}, {"enum", {"replace", "insert", "delete"}}}}},
                            {"notebook_path", "new_source"});
    }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        const auto given = textAt(input, "notebook_path");
        auto info = aboutFile(*this, permissions::Group::Write, "edit", given, workspace);
        info.title = given.empty() ? "Edit Notebook" : "Edit Notebook " + shownName(given, workspace);
        if (const auto source = textAt(input, "new_source"); !source.empty())
            info.content = {acp::ToolCallContent::ofText(source)};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        NotebookChange change{textAt(input, "cell_id"), textAt(input, "edit_mode"), textAt(input, "cell_type"), textAt(input, "new_source")};
        if (change.mode.empty())
            change.mode = "replace";
        const auto path = pathOf(context);
        if (!path || (change.mode != "delete" && (!input.contains("new_source") || !input["new_source"].is_string())))
            return failure("NotebookEdit needs `notebook_path` and `new_source`, two texts.");
        if (change.mode != "replace" && change.mode != "insert" && change.mode != "delete")
            return failure("`edit_mode` is replace, insert or delete.");
        if (!change.type.empty() && change.type != "code" && change.type != "markdown")
            return failure("`cell_type` is code or markdown.");
        if (change.mode == "insert" && change.type.empty())
            return failure("A new cell needs a `cell_type`: code or markdown.");

        auto &workspace = context.workspace();
        const auto shown = shownName(path->string(), workspace);
        const auto old = workspace.files().read(*path, stop);
        if (!old)
            return failed(old.error());
        if (const auto reason = workspace.seen().whyNot(*path, old->state, shown); !reason.empty())
            return failure(reason);
        const auto changed = changedNotebook(old->bytes, change);
        if (!changed)
            return failure(shown + ": " + changed.error().message);
        const auto written = workspace.files().write(*path, *changed, old->state, std::move(stop));
        if (!written)
            return failed(written.error());
        workspace.seen().remember(*path, *written);
        Output output;
        const auto did = change.mode == "delete" ? "Deleted" : change.mode == "insert" ? "Inserted" : "Replaced";
        output.text = std::string(did) + " a cell of " + shown + ".";
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeNotebookEdit() { return std::make_shared<NotebookEdit>(); }

} // namespace tools
