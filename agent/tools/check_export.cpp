#include "agent/tools/check_export.h"

#include "agent/tools/input.h"
#include "agent/tools/markdown.h"
#include "agent/tools/output.h"
#include "driver/posthog/export_check.h"
#include "driver/posthog/table.h"

namespace tools {
namespace {

/// One row, so that whoever reads tables reads this.
posthog::Table tableOf(const posthog::ExportCheck &check)
{
    posthog::Table table;
    table.rows.emplace_back();
    const ph::Json json = check;
    for (const auto &[name, value] : json.items()) {
        table.columns.push_back({name, value.is_array() ? "Array" : value.is_number() ? "Int64" : value.is_boolean() ? "Bool" : "String"});
        table.rows.front().push_back(value);
    }
    return table;
}

class CheckExport final : public Tool
{
public:
    std::string name() const override { return "check_export"; }
    std::string description() const override
    {
        return "Reads the manifest of an export (FILE.manifest.json) and the file beside it: whether length, SHA-256 and rows are as the manifest says, and the "
               "rows of each day.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"manifest", {{"type", "string"}, {"description", "Its path"}}}, {"title", {{"type", "string"}}}}, {"manifest"});
    }
    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto given = textAt(input, "title");
        CallInfo info;
        info.title = given.empty() ? "Check " + textAt(input, "manifest") : given;
        info.kind = "read";
        info.permission.tool = name();
        return info;
    }
    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &, std::stop_token stop) override
    {
        const auto check = posthog::checkExport(textAt(input, "manifest"), std::move(stop));
        if (!check)
            return failed(check.error());
        Output output;
        output.raw = tableOf(*check);
        const bool isSame = check->sha256 == check->foundSha256;
        output.text = escapeMarkdown(check->file) + (isSame ? " is the file that was exported" : " is not the file that was exported") + ": "
            + std::to_string(check->foundBytes) + " bytes, " + std::to_string(check->bytes) + " in the manifest.";
        if (check->foundRows)
            output.text += " " + std::to_string(*check->foundRows) + " rows, " + std::to_string(check->rows) + " in the manifest.";
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeCheckExport() { return std::make_shared<CheckExport>(); }

} // namespace tools
