#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <map>

namespace report {

namespace {

constexpr std::size_t maximumRows = 40;
constexpr double rowHeight = 30;
constexpr double leastCell = 44;

struct Cell {
    std::optional<double> value;
    bool open = false; // not complete yet
    int row = -1;
};
struct Matrix {
    std::vector<std::string> rows, columns;
    std::vector<std::optional<double>> sizes; // of the rows
    std::map<std::pair<std::size_t, std::size_t>, Cell> cells;
};

std::size_t indexIn(std::vector<std::string> &names, const std::string &name)
{
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end())
        return static_cast<std::size_t>(found - names.begin());
    names.push_back(name);
    return names.size() - 1;
}

Matrix readMatrix(const posthog::Table &table, const ChartColumns &columns)
{
    Matrix matrix;
    // Columns stand in the order of their numbers where they have them, else as they come.
    std::vector<std::pair<double, std::string>> numbered;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto &cell = cellAt(table, row, *columns.series);
        const auto number = cellNumber(cell);
        numbered.emplace_back(number.value_or(static_cast<double>(row)), cellLabel(cell));
        if (!number) {
            numbered.clear();
            break;
        }
    }
    std::stable_sort(numbered.begin(), numbered.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    for (const auto &[number, name] : numbered)
        indexIn(matrix.columns, name);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto r = indexIn(matrix.rows, cellLabel(cellAt(table, row, *columns.x)));
        const auto c = indexIn(matrix.columns, cellLabel(cellAt(table, row, *columns.series)));
        if (r == matrix.sizes.size())
            matrix.sizes.push_back(columns.n ? cellNumber(cellAt(table, row, *columns.n)) : std::nullopt);
        matrix.cells[{r, c}] = {cellNumber(cellAt(table, row, columns.y[0])), columns.highlight && cellTrue(cellAt(table, row, *columns.highlight)),
                                static_cast<int>(row)};
    }
    return matrix;
}

void dashedFrame(Canvas &canvas, double x, double y, double width, double height)
{
    canvas.line({x, y, x + width, y, Ink::Muted, 1, true});
    canvas.line({x, y + height, x + width, y + height, Ink::Muted, 1, true});
    canvas.line({x, y, x, y + height, Ink::Muted, 1, true});
    canvas.line({x + width, y, x + width, y + height, Ink::Muted, 1, true});
}

} // namespace

void layoutHeatTable(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns)
{
    const auto matrix = readMatrix(table, columns);
    const auto format = spec.format.value_or("number");
    Canvas canvas(scene);

    double labelWidth = 40;
    for (const auto &name : matrix.rows)
        labelWidth = std::max(labelWidth, textWidth(name, 12) + 1);
    labelWidth = std::min(labelWidth, scene.width * 0.3);
    double sizeWidth = 0;
    for (const auto &size : matrix.sizes)
        if (size)
            sizeWidth = std::max(sizeWidth, textWidth("n = " + workflow::formatNumber(*size), 11) + 12);
    sizeWidth = std::min(sizeWidth, scene.width * 0.2);
    const double left = labelWidth + sizeWidth + 12;
    const std::size_t shownColumns = std::min(matrix.columns.size(), std::max<std::size_t>(1, static_cast<std::size_t>((scene.width - left) / leastCell)));
    const std::size_t shownRows = std::min(matrix.rows.size(), maximumRows);
    const double cellWidth = std::min(110.0, (scene.width - left) / static_cast<double>(shownColumns));

    // A first column that is 100 % by definition tells nothing and would leave all others pale: it stays without a shade.
    double high = 0;
    double first = -1;
    bool plainFirst = matrix.columns.size() > 1;
    for (const auto &[at, cell] : matrix.cells) {
        if (!cell.value)
            continue;
        if (at.second > 0)
            high = std::max(high, *cell.value);
        else if (first < 0)
            first = *cell.value;
        else
            plainFirst = plainFirst && *cell.value == first;
    }
    plainFirst = plainFirst && first > high;
    if (!plainFirst)
        for (const auto &[at, cell] : matrix.cells)
            high = std::max(high, cell.value.value_or(0));
    if (high <= 0)
        high = 1;

    constexpr double top = 24;
    for (std::size_t c = 0; c < shownColumns; ++c)
        canvas.text(left + cellWidth * (static_cast<double>(c) + 0.5), 15, matrix.columns[c], cellWidth - 6, {Ink::Muted, 11, true, Align::Centre});
    bool anyOpen = false;
    for (std::size_t r = 0; r < shownRows; ++r) {
        const double y = top + rowHeight * static_cast<double>(r);
        canvas.text(0, y + rowHeight / 2 + 4, matrix.rows[r], labelWidth, {Ink::Text, 12});
        if (matrix.sizes[r])
            canvas.text(left - 12, y + rowHeight / 2 + 4, "n = " + workflow::formatNumber(*matrix.sizes[r]), sizeWidth - 10, {Ink::Muted, 11, false, Align::Right});
        for (std::size_t c = 0; c < shownColumns; ++c) {
            const auto found = matrix.cells.find({r, c});
            if (found == matrix.cells.end() || !found->second.value)
                continue;
            const auto &cell = found->second;
            const double x = left + cellWidth * static_cast<double>(c);
            const auto shown = workflow::formatAs(format, *cell.value);
            auto tooltip = matrix.rows[r] + ", " + matrix.columns[c] + ": " + shown;
            if (matrix.sizes[r])
                tooltip += ", n = " + workflow::formatNumber(*matrix.sizes[r]);
            if (cell.open)
                tooltip += ", not complete yet";
            // Pale enough at its strongest for the theme's text to stand on it.
            const double strength = std::clamp(*cell.value / high, 0.0, 1.0);
            const bool plain = cell.open || (plainFirst && c == 0);
            canvas.rect({x + 1, y + 1, cellWidth - 2, rowHeight - 2, plain ? Ink::Muted : Ink::Series1, plain ? 0.08 : 0.06 + 0.54 * strength, 3, cell.row, tooltip});
            if (cell.open)
                dashedFrame(canvas, x + 1.5, y + 1.5, cellWidth - 3, rowHeight - 3);
            anyOpen = anyOpen || cell.open;
            canvas.text(x + cellWidth / 2, y + rowHeight / 2 + 4, shown, cellWidth - 6, {cell.open ? Ink::Muted : Ink::Text, 12, false, Align::Centre});
        }
    }
    scene.height = top + rowHeight * static_cast<double>(shownRows) + 4;
    std::string note;
    const auto add = [&](const std::string &part) { note += (note.empty() ? "" : "; ") + part; };
    if (anyOpen)
        add("dashed: not complete yet");
    if (matrix.columns.size() > shownColumns)
        add(std::to_string(shownColumns) + " of " + std::to_string(matrix.columns.size()) + " columns");
    if (matrix.rows.size() > shownRows)
        add(std::to_string(shownRows) + " of " + std::to_string(matrix.rows.size()) + " rows");
    if (!note.empty()) {
        canvas.text(0, scene.height + 12, note, scene.width, {Ink::Muted, 11});
        scene.height += 20;
    }
}

} // namespace report
