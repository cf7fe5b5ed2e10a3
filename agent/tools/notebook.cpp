#include "agent/tools/notebook.h"

#include "agent/tools/text.h"

#include <nlohmann/json.hpp>

namespace tools {
namespace {

constexpr std::size_t maximumOutput = 10'000; // bytes of what one cell printed

using OrderedJson = nlohmann::ordered_json; // A notebook keeps the order of its keys.

/// nbformat writes texts whole or as a list of lines.
template <typename J>
std::string joined(const J &text)
{
    if (text.is_string())
        return text.template get<std::string>();
    std::string all;
    if (text.is_array()) {
        for (const auto &line : text) {
            if (line.is_string())
                all += line.template get<std::string>();
        }
    }
    return all;
}

ph::Result<OrderedJson> parsed(std::string_view bytes)
{
    auto notebook = OrderedJson::parse(bytes, nullptr, false);
    if (!notebook.is_object() || !notebook.contains("cells") || !notebook["cells"].is_array())
        return ph::fail(ph::ErrorCode::InvalidInput, "this is no Jupyter notebook: it has no list of cells.");
    return notebook;
}

std::string idOf(const OrderedJson &cell, std::size_t index)
{
    if (cell.is_object() && cell.contains("id") && cell["id"].is_string())
        return cell["id"].get<std::string>();
    return "cell-" + std::to_string(index);
}

std::string printedBy(const OrderedJson &cell)
{
    std::string all;
    const auto outputs = cell.find("outputs");
    if (outputs == cell.end() || !outputs->is_array())
        return all;
    for (const auto &output : *outputs) {
        if (!output.is_object())
            continue;
        if (output.contains("text"))
            all += joined(output["text"]);
        if (output.contains("traceback"))
            all += joined(output["traceback"]);
        if (output.contains("data") && output["data"].is_object()) {
            if (output["data"].contains("text/plain"))
                all += joined(output["data"]["text/plain"]) + "\n";
            if (output["data"].contains("image/png"))
                all += "[an image]\n";
        }
    }
    return withoutTerminalCodes(all);
}

OrderedJson linesAsJson(const std::string &source)
{
    auto lines = OrderedJson::array();
    for (std::size_t start = 0; start < source.size();) {
        const auto end = source.find('\n', start);
        const auto next = end == std::string::npos ? source.size() : end + 1;
        lines.push_back(source.substr(start, next - start));
        start = next;
    }
    return lines;
}

OrderedJson newCell(const NotebookChange &change, bool hasIds, std::size_t count)
{
    OrderedJson cell;
    cell["cell_type"] = change.type;
    if (hasIds)
        cell["id"] = "new-" + std::to_string(count);
    cell["metadata"] = OrderedJson::object();
    if (change.type == "code") {
        cell["execution_count"] = nullptr;
        cell["outputs"] = OrderedJson::array();
    }
    cell["source"] = linesAsJson(change.source);
    return cell;
}

} // namespace

ph::Result<std::string> notebookText(std::string_view bytes)
{
    const auto notebook = parsed(bytes);
    if (!notebook)
        return ph::fail(notebook.error());
    std::string text;
    std::size_t index = 0;
    for (const auto &cell : (*notebook)["cells"]) {
        const auto type = cell.is_object() && cell.contains("cell_type") && cell["cell_type"].is_string() ? cell["cell_type"].get<std::string>() : "unknown";
        text += "<cell id=\"" + idOf(cell, index++) + "\" type=\"" + type + "\">\n";
        if (cell.is_object() && cell.contains("source"))
            text += joined(cell["source"]);
        text += "\n</cell>\n";
        if (!cell.is_object())
            continue;
        if (const auto printed = printedBy(cell); !printed.empty()) {
            const auto head = headOf(printed, maximumOutput);
            text += "<output>\n" + asUtf8(head) + (head.size() < printed.size() ? "\n… the rest is left out …" : "") + "\n</output>\n";
        }
    }
    return text;
}

ph::Result<std::string> changedNotebook(std::string_view bytes, const NotebookChange &change)
{
    auto notebook = parsed(bytes);
    if (!notebook)
        return ph::fail(notebook.error());
    auto &cells = (*notebook)["cells"];
    std::size_t index = 0;
    while (index < cells.size() && idOf(cells[index], index) != change.cellId)
        ++index;
    const bool isFound = index < cells.size() && cells[index].is_object();
    if (!isFound && !(change.mode == "insert" && change.cellId.empty()))
        return ph::fail(ph::ErrorCode::InvalidInput, "there is no cell “" + change.cellId + "”. Read the notebook for the cells' ids.");

    if (change.mode == "delete") {
        cells.erase(index);
    } else if (change.mode == "insert") {
        const bool hasIds = !cells.empty() && cells.front().is_object() && cells.front().contains("id");
        const auto at = isFound ? index + 1 : 0;
        cells.insert(cells.begin() + std::ptrdiff_t(at), newCell(change, hasIds, cells.size()));
    } else {
        auto &cell = cells[index];
        cell["source"] = linesAsJson(change.source);
        if (!change.type.empty())
            cell["cell_type"] = change.type;
        if (cell["cell_type"] == "code") {
            cell["execution_count"] = nullptr; // What it printed was of another source.
            cell["outputs"] = OrderedJson::array();
        } else {
            cell.erase("execution_count");
            cell.erase("outputs");
        }
    }
    return notebook->dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

} // namespace tools
