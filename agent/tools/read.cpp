#include "agent/tools/base64.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/input.h"
#include "agent/tools/notebook.h"
#include "agent/tools/output.h"
#include "agent/tools/text.h"
#include "driver/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tools {
namespace {

constexpr std::int64_t defaultLines = 2'000;
constexpr std::size_t maximumLine = 2'000;     // bytes of a line
constexpr std::size_t maximumText = 200'000;   // bytes in all
constexpr std::size_t maximumImage = 3'750'000; // bytes: 5 MB as base64, which is what model services take

/// The MIME type of an image that models take, by its first bytes; "" for anything else.
std::string_view imageType(std::string_view bytes)
{
    using namespace std::string_view_literals;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv))
        return "image/png";
    if (bytes.starts_with("\xff\xd8\xff"sv))
        return "image/jpeg";
    if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv))
        return "image/gif";
    if (bytes.starts_with("RIFF"sv) && bytes.substr(8).starts_with("WEBP"sv))
        return "image/webp";
    return {};
}

std::string numbered(std::size_t number, std::string_view line)
{
    std::array<char, 32> digits{};
    const auto length = std::snprintf(digits.data(), digits.size(), "%6zu→", number);
    return std::string(digits.data(), std::size_t(length)) + std::string(line);
}

class Read final : public Tool
{
public:
    std::string name() const override { return "Read"; }
    std::string description() const override
    {
        return "Reads a file: text with line numbers (the number and the arrow are not part of the file), images, notebooks. Without a range the first "
               "2,000 lines; longer lines are cut. A file must have been read before it is changed.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"file_path", {{"type", "string"}, {"description", "Absolute, or relative to the working folder"}}},
                             {"offset", {{"type", "integer"}, {"description", "The first line, from 1"}}},
                             {"limit", {{"type", "integer"}, {"description", "How many lines"}}}},
                            {"file_path"});
    }
    bool isParallel() const override { return true; }

    CallInfo describe(const ph::Json &input, Workspace &workspace) const override
    {
        auto info = aboutFile(*this, permissions::Group::Read, "read", textAt(input, "file_path"), workspace);
        const auto offset = numberAt(input, "offset");
        const auto limit = numberAt(input, "limit");
        if (info.locations.empty()) {
            info.title = "Read File";
            return info;
        }
        const auto first = std::max<std::int64_t>(offset.value_or(1), 1);
        info.locations.front().line = int(std::min<std::int64_t>(first, INT32_MAX));
        info.title = "Read " + shownName(textAt(input, "file_path"), workspace);
        if (limit && *limit > 0)
            info.title += " (" + std::to_string(first) + " - " + std::to_string(first + *limit - 1) + ")";
        else if (offset && *offset > 0)
            info.title += " (from line " + std::to_string(first) + ")";
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto path = pathOf(context);
        if (!path)
            return failure("Read needs `file_path`, a text.");
        const auto file = context.workspace().files().read(*path, std::move(stop));
        if (!file)
            return failed(file.error());
        context.workspace().seen().remember(*path, file->state);
        if (const auto type = imageType(file->bytes); !type.empty())
            return image(*path, file->bytes, type);
        if (path->extension() == ".ipynb")
            return notebook(*path, file->bytes);
        if (isBinary(file->bytes)) {
            const bool isPdf = file->bytes.starts_with("%PDF-");
            return failure(path->string() + " is a binary file of " + counted(file->bytes.size(), "byte") + "; it cannot be shown as text."
                           + (isPdf ? " Turn the PDF into text with a command, pdftotext for one." : " Look at it with a command, file or xxd for one."));
        }
        return text(input, file->bytes);
    }

private:
    static Output text(const ph::Json &input, std::string_view bytes)
    {
        if (bytes.starts_with("\xef\xbb\xbf"))
            bytes.remove_prefix(3);
        const auto lines = linesOf(bytes);
        const auto first = std::size_t(std::max<std::int64_t>(numberAt(input, "offset").value_or(1), 1)) - 1;
        const auto wanted = numberAt(input, "limit").value_or(defaultLines);
        if (wanted <= 0)
            return failure("`limit` is a number of lines, 1 or more.");
        Output output;
        if (lines.empty()) {
            output.text = "The file is empty.";
            output.raw = {{"totalLines", 0}};
            return output;
        }
        if (first >= lines.size())
            return failure("The file has only " + counted(lines.size(), "line") + "; there is no line " + std::to_string(first + 1) + ".");

        std::string body;
        std::size_t shown = first;
        std::size_t cutLines = 0;
        bool hadBadBytes = false;
        for (const auto end = std::min(lines.size(), first + std::size_t(wanted)); shown < end && body.size() < maximumText; ++shown) {
            auto line = asUtf8(headOf(lines[shown], maximumLine));
            hadBadBytes = hadBadBytes || !ph::isUtf8(lines[shown]);
            if (lines[shown].size() > maximumLine) {
                line += "… (" + withSeparators(lines[shown].size()) + " bytes)";
                ++cutLines;
            }
            body += numbered(shown + 1, line) + '\n';
        }
        std::string notes;
        if (shown < lines.size())
            notes += "Lines " + std::to_string(first + 1) + " to " + std::to_string(shown) + " of " + withSeparators(lines.size()) + ". Go on with offset "
                + std::to_string(shown + 1) + ".\n";
        if (cutLines > 0)
            notes += counted(cutLines, "line") + " longer than " + withSeparators(maximumLine) + " bytes " + (cutLines == 1 ? "is" : "are") + " cut.\n";
        if (hadBadBytes)
            notes += "Bytes that are no UTF-8 are shown as �; an edit leaves them as they are.\n";
        output.text = body + (notes.empty() ? "" : "\n" + notes);
        output.content = {acp::ToolCallContent::ofText(fenced(output.text))};
        output.raw = {{"totalLines", lines.size()}, {"from", first + 1}, {"to", shown}};
        return output;
    }

    static Output image(const std::filesystem::path &path, std::string_view bytes, std::string_view type)
    {
        if (bytes.size() > maximumImage)
            return failure(path.string() + " is an image of " + counted(bytes.size(), "byte") + "; at most " + withSeparators(maximumImage)
                           + " can be shown. Make it smaller with a command first.");
        acp::ContentBlock block;
        block.type = "image";
        block.mimeType = std::string(type);
        block.data = toBase64(bytes);
        Output output;
        output.text = "An image (" + std::string(type) + ", " + counted(bytes.size(), "byte") + ").";
        output.content = {acp::ToolCallContent::ofText(output.text), acp::ToolCallContent::ofBlock(block)};
        output.images = {std::move(block)};
        output.raw = {{"mimeType", type}, {"bytes", bytes.size()}};
        return output;
    }

    static Output notebook(const std::filesystem::path &path, std::string_view bytes)
    {
        const auto cells = notebookText(bytes);
        if (!cells)
            return failure(path.string() + ": " + cells.error().message);
        Output output;
        output.text = std::string(headOf(*cells, maximumText));
        if (output.text.size() < cells->size())
            output.text += "\n… the notebook goes on; " + withSeparators(cells->size() - output.text.size()) + " bytes are left out.\n";
        output.content = {acp::ToolCallContent::ofText(fenced(output.text))};
        return output;
    }
};

} // namespace

std::shared_ptr<Tool> makeRead() { return std::make_shared<Read>(); }

} // namespace tools
