#include "agent/tools/edit_text.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/text.h"

#include <algorithm>

namespace tools {
namespace {

constexpr std::size_t maximumWholeDiff = 1024 * 1024; // bytes of a file that is shown whole in a diff

/// The call's one edit, or its list of them. Error: InvalidInput, what is missing.
ph::Result<std::vector<TextEdit>> editsOf(const ph::Json &input)
{
    const auto editOf = [](const ph::Json &from) -> std::optional<TextEdit> {
        if (!from.is_object() || !from.contains("old_string") || !from["old_string"].is_string() || !from.contains("new_string") || !from["new_string"].is_string())
            return {};
        return TextEdit{textAt(from, "old_string"), textAt(from, "new_string"), isSet(from, "replace_all")};
    };
    std::vector<TextEdit> edits;
    if (const auto list = input.find("edits"); list != input.end() && list->is_array() && !list->empty()) {
        for (const auto &item : *list) {
            auto edit = editOf(item);
            if (!edit)
                return ph::fail(ph::ErrorCode::InvalidInput, "Each of `edits` needs `old_string` and `new_string`, two texts.");
            edits.push_back(*std::move(edit));
        }
        return edits;
    }
    auto edit = editOf(input);
    if (!edit)
        return ph::fail(ph::ErrorCode::InvalidInput, "Edit needs `file_path`, `old_string` and `new_string`, or `file_path` and `edits`.");
    edits.push_back(*std::move(edit));
    return edits;
}

class Edit final : public Tool
{
public:
    std::string name() const override { return "Edit"; }
    std::string description() const override
    {
        return "Replaces text in a file that was read in this session. `old_string` must stand in the file exactly, and once unless `replace_all` is set; an "
               "empty one makes a new file. Several edits of one file go together in `edits`: in their order, all or none.";
    }
    ph::Json inputSchema() const override
    {
        const ph::Json text{{"type", "string"}};
        const ph::Json edit{{"type", "object"},
                            {"properties", {{"old_string", text}, {"new_string", text}, {"replace_all", {{"type", "boolean"}}}}},
                            {"required", {"old_string", "new_string"}}};
        return objectSchema({{"file_path", {{"type", "string"}, {"description", "Absolute, or relative to the working folder"}}},
                             {"old_string", text},
                             {"new_string", text},
                             {"replace_all", {{"type", "boolean"}}},
                             {"edits", {{"type", "array"}, {"items", edit}}}},
                            {"file_path"});
    }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        const auto given = textAt(input, "file_path");
        auto info = aboutFile(*this, permissions::Group::Write, "edit", given, workspace);
        if (given.empty())
            return info;
        info.title = "Edit `" + shownName(given, workspace) + "`";
        const auto edits = editsOf(input);
        if (!edits)
            return info;
        const auto path = workspace.absolute(given).string();
        const auto file = workspace.files().read(info.permission.paths.front(), {});
        if (file && file->bytes.size() <= maximumWholeDiff && !isBinary(file->bytes)) {
            // What the user sees is what would come of it; where it cannot be done, run() says why.
            if (auto preview = previewOf(file->bytes, *edits)) {
                info.content = {acp::ToolCallContent::ofDiff(path, asUtf8(file->bytes), asUtf8(*preview))};
                return info;
            }
        }
        for (const auto &edit : *edits)
            info.content.push_back(acp::ToolCallContent::ofDiff(path, edit.oldText.empty() ? std::nullopt : std::optional(edit.oldText), edit.newText));
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto path = pathOf(context);
        const auto edits = editsOf(input);
        if (!edits)
            return failure(edits.error().message);
        if (!path)
            return failure("Edit needs `file_path`, a text.");
        auto &workspace = context.workspace();
        const auto shown = shownName(path->string(), workspace);
        const auto old = workspace.files().read(*path, stop);
        const bool makesNew = edits->front().oldText.empty();
        if (!old && (old.error().code != ph::ErrorCode::NotFound || !makesNew))
            return failed(old.error());
        if (old && makesNew && !old->bytes.empty())
            return failure(shown + " exists. An empty `old_string` makes a new file; name what is to be replaced.");
        if (old && isBinary(old->bytes))
            return failure(shown + " is a binary file; it is not edited as text.");
        if (old) {
            if (const auto reason = workspace.seen().whyNot(*path, old->state, shown); !reason.empty())
                return failure(reason);
        }
        const auto edited = applyEdits(old ? old->bytes : "", *edits);
        if (!edited)
            return failure(shown + ": " + edited.error().message);
        const auto written = workspace.files().write(*path, edited->text, old ? std::optional(old->state) : std::nullopt, std::move(stop));
        if (!written)
            return failed(written.error());
        workspace.seen().remember(*path, *written);
        Output output;
        output.text = (old ? "Edited " + shown + ": " + counted(edited->replaced, "place") + " replaced." : "Created " + shown + ".") + "\n"
            + fenced(surroundings(edited->text, edited->firstChange));
        output.content = {acp::ToolCallContent::ofDiff(context.info().locations.front().path, old ? std::optional(asUtf8(old->bytes)) : std::nullopt, asUtf8(edited->text))};
        if (edited->text.size() > maximumWholeDiff)
            output.content = context.info().content;
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeEdit() { return std::make_shared<Edit>(); }

} // namespace tools
