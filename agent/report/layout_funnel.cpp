#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>

namespace report {

namespace {

struct FunnelRow {
    std::string label;
    double entrants = 0;
    double ofFirst = 0;
    double ofPrevious = 1;
    std::optional<double> median;
    bool stressed = false;
    int row = 0;
    double previous = 0;
};

constexpr std::size_t maximumSteps = 20;

std::vector<FunnelRow> readRows(const posthog::Table &table, const ChartColumns &columns)
{
    std::vector<FunnelRow> rows;
    for (std::size_t i = 0; i < table.rows.size() && i < maximumSteps; ++i) {
        FunnelRow row;
        row.label = columns.x ? cellLabel(cellAt(table, i, *columns.x)) : "Step " + std::to_string(i + 1);
        row.entrants = std::max(0.0, cellNumber(cellAt(table, i, columns.y[0])).value_or(0));
        if (columns.y.size() > 1)
            row.median = cellNumber(cellAt(table, i, columns.y[1]));
        row.stressed = columns.highlight && cellTrue(cellAt(table, i, *columns.highlight));
        row.row = static_cast<int>(i);
        row.previous = rows.empty() ? row.entrants : rows.back().entrants;
        const double first = rows.empty() ? row.entrants : rows.front().entrants;
        row.ofFirst = first > 0 ? row.entrants / first : 0;
        row.ofPrevious = row.previous > 0 ? row.entrants / row.previous : 0;
        rows.push_back(row);
    }
    return rows;
}

std::string tooltipOf(const FunnelRow &row, bool first)
{
    auto text = row.label + ": " + workflow::formatNumber(row.entrants) + " persons";
    if (!first) {
        text += ", " + workflow::formatPercent(row.ofFirst) + " of the first step, " + workflow::formatPercent(row.ofPrevious)
            + " of the step before; " + workflow::formatNumber(std::max(0.0, row.previous - row.entrants)) + " lost";
        if (row.median)
            text += "; median time from the step before " + workflow::formatDuration(*row.median);
    }
    return text;
}

void drawBar(Canvas &canvas, const FunnelRow &row, bool first, double x, double y, double width, double height, double most)
{
    const auto tooltip = tooltipOf(row, first);
    canvas.rect({x, y, width, height, Ink::Grid, 0.5, 4, row.row, tooltip});
    const double reached = most > 0 ? width * row.entrants / most : 0;
    const double before = most > 0 ? width * row.previous / most : 0;
    if (before > reached)
        canvas.rect({x + reached, y, before - reached, height, Ink::Bad, row.stressed ? 0.6 : 0.22, 4, row.row,
                     workflow::formatNumber(row.previous - row.entrants) + " lost before " + row.label});
    canvas.rect({x, y, reached, height, Ink::Series1, 1, 4, row.row, tooltip});
}

/// A row of the table-like form: label, bar, figures in columns.
void layoutWide(Scene &scene, const std::vector<FunnelRow> &rows, bool withTime, double most)
{
    Canvas canvas(scene);
    constexpr double rowHeight = 38;
    constexpr double headerHeight = 26;
    constexpr double barHeight = 20;
    constexpr double countWidth = 78;
    constexpr double shareWidth = 92;
    constexpr double timeWidth = 104;
    double label = 0;
    for (const auto &row : rows)
        label = std::max(label, textWidth("1  " + row.label, 12, true));
    label = std::clamp(label, 90.0, scene.width * 0.28);
    const double right = scene.width - 2;
    const double time = withTime ? timeWidth : 0;
    const double barX = label + 14;
    const double barWidth = right - time - 2 * shareWidth - countWidth - barX;
    const double countRight = barX + barWidth + countWidth;

    const TextStyle header{Ink::Muted, 11, false, Align::Right};
    canvas.text(0, 14, "Step", label, {Ink::Muted, 11});
    canvas.text(countRight, 14, "Persons", countWidth - 8, header);
    canvas.text(countRight + shareWidth, 14, "Of first", shareWidth - 8, header);
    canvas.text(countRight + 2 * shareWidth, 14, "Of previous", shareWidth - 8, header);
    if (withTime)
        canvas.text(right, 14, "Median time", timeWidth - 8, header);
    canvas.line({0, headerHeight - 3, right, headerHeight - 3, Ink::Grid});

    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto &row = rows[i];
        const double top = headerHeight + static_cast<double>(i) * rowHeight;
        const double baseline = top + rowHeight / 2 + 4;
        canvas.text(0, baseline, std::to_string(i + 1), 22, {Ink::Muted, 12});
        canvas.text(20, baseline, row.label, label - 20, {Ink::Text, 12, row.stressed});
        drawBar(canvas, row, i == 0, barX, top + (rowHeight - barHeight) / 2, barWidth, barHeight, most);
        canvas.text(countRight, baseline, workflow::formatNumber(row.entrants), countWidth - 8, {Ink::Text, 12, true, Align::Right});
        if (i == 0)
            continue;
        canvas.text(countRight + shareWidth, baseline, workflow::formatPercent(row.ofFirst), shareWidth - 8,
                    {Ink::Muted, 12, false, Align::Right});
        canvas.text(countRight + 2 * shareWidth, baseline, workflow::formatPercent(row.ofPrevious), shareWidth - 8,
                    {row.stressed ? Ink::Bad : Ink::Text, 12, row.stressed, Align::Right});
        if (row.median)
            canvas.text(right, baseline, workflow::formatDuration(*row.median), timeWidth - 8, {Ink::Muted, 12, false, Align::Right});
    }
    scene.height = headerHeight + static_cast<double>(rows.size()) * rowHeight + 4;
}

/// For narrow places: label and count over the bar, the rest under it.
void layoutNarrow(Scene &scene, const std::vector<FunnelRow> &rows, double most)
{
    Canvas canvas(scene);
    const double right = scene.width - 2;
    double top = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto &row = rows[i];
        const auto count = workflow::formatNumber(row.entrants);
        const double countWidth = textWidth(count, 12, true);
        canvas.text(0, top + 14, std::to_string(i + 1) + "  " + row.label, right - countWidth - 12, {Ink::Text, 12, row.stressed});
        canvas.text(right, top + 14, count, countWidth + 1, {Ink::Text, 12, true, Align::Right});
        drawBar(canvas, row, i == 0, 0, top + 21, right, 14, most);
        if (i == 0) {
            top += 50;
            continue;
        }
        std::string line;
        std::vector<std::string> parts{workflow::formatPercent(row.ofPrevious) + " of previous", workflow::formatPercent(row.ofFirst) + " of first"};
        if (row.median)
            parts.push_back("median " + workflow::formatDuration(*row.median));
        for (const auto &part : parts) {
            const auto longer = line.empty() ? part : line + " · " + part;
            if (textWidth(longer, 11, row.stressed) <= right)
                line = longer;
        }
        canvas.text(0, top + 49, line, right, {row.stressed ? Ink::Bad : Ink::Muted, 11, row.stressed});
        top += 66;
    }
    scene.height = top;
}

} // namespace

void layoutFunnel(Scene &scene, const workflow::ChartSpec &, const posthog::Table &table, const ChartColumns &columns)
{
    const auto rows = readRows(table, columns);
    double most = 0;
    for (const auto &row : rows)
        most = std::max(most, row.entrants);
    const bool withTime = std::any_of(rows.begin() + 1, rows.end(), [](const FunnelRow &row) { return row.median.has_value(); });
    if (scene.width >= 640)
        layoutWide(scene, rows, withTime, most);
    else
        layoutNarrow(scene, rows, most);
    if (table.rows.size() > rows.size()) {
        Canvas canvas(scene);
        canvas.text(0, scene.height + 14, "and " + std::to_string(table.rows.size() - rows.size()) + " more steps", scene.width, {Ink::Muted, 11});
        scene.height += 22;
    }
}

} // namespace report
