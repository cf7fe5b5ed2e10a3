#include "app/table_text.h"

#include "agent/tools/markdown.h"
#include "driver/posthog/table_writer.h"

#include <algorithm>
#include <string_view>

namespace app {
namespace {

constexpr std::size_t maximumCell = 60;

std::size_t lengthOf(std::string_view text)
{
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// One line that a terminal shows as it is: what comes from events must not move its cursor or change its colours.
std::string shown(const std::string &text)
{
    std::string out;
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80 && characters++ == maximumCell)
            return out + "…";
        if (byte < 0x20 || byte == 0x7f)
            out += byte == '\n' ? "⏎" : byte == '\t' ? " " : "·";
        else
            out += c;
    }
    return out;
}

std::string written(const posthog::Table &table, posthog::TableWriter &writer)
{
    std::string out;
    writer.begin(table.columns, out);
    std::vector<std::string> texts;
    std::vector<std::string_view> cells;
    for (const auto &row : table.rows) {
        texts.clear();
        for (const auto &cell : row)
            texts.push_back(cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace));
        cells.assign(texts.begin(), texts.end());
        static_cast<void>(writer.row(cells, out)); // what we wrote ourselves is JSON
    }
    return out;
}

} // namespace

std::string toCsv(const posthog::Table &table, bool formulaSafe) { return written(table, *posthog::makeCsvWriter(formulaSafe)); }

std::string toJsonl(const posthog::Table &table) { return written(table, *posthog::makeJsonlWriter()); }

std::string toColumns(const posthog::Table &table)
{
    std::vector<std::vector<std::string>> lines(1);
    for (const auto &column : table.columns)
        lines[0].push_back(shown(column.name));
    for (const auto &row : table.rows) {
        auto &line = lines.emplace_back();
        for (const auto &cell : row)
            line.push_back(shown(tools::cellText(cell)));
    }
    std::vector<std::size_t> widths(table.columns.size());
    for (const auto &line : lines) {
        for (std::size_t i = 0; i < std::min(line.size(), widths.size()); ++i)
            widths[i] = std::max(widths[i], lengthOf(line[i]));
    }
    std::string out;
    for (std::size_t l = 0; l < lines.size(); ++l) {
        std::string text;
        for (std::size_t i = 0; i < std::min(lines[l].size(), widths.size()); ++i) {
            const std::string fill(widths[i] - lengthOf(lines[l][i]), ' ');
            const bool right = l > 0 && table.rows[l - 1][i].is_number();
            text += (i ? "  " : "") + (right ? fill + lines[l][i] : lines[l][i] + fill);
        }
        out += text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
    }
    return out;
}

} // namespace app
