#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <numeric>

namespace report {

void layoutNumber(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns)
{
    Canvas canvas(scene);
    const auto format = spec.format.value_or("number");
    const auto value = cellNumber(cellAt(table, 0, columns.y[0]));
    canvas.text(0, 48, value ? workflow::formatAs(format, *value) : "none", scene.width, {Ink::Text, 40, true});
    scene.height = 62;
    if (columns.y.size() < 2)
        return;
    const auto earlier = cellNumber(cellAt(table, 0, columns.y[1]));
    if (!value || !earlier)
        return;
    auto text = "against " + workflow::formatAs(format, *earlier) + " before";
    auto ink = Ink::Muted;
    if (*earlier != 0) {
        const double change = (*value - *earlier) / *earlier;
        text = (change >= 0 ? "+" : "") + workflow::formatPercent(change) + " " + text;
        ink = change >= 0 ? Ink::Good : Ink::Bad;
    }
    canvas.text(0, 74, text, scene.width, {ink, 12});
    scene.height = 84;
}

void layoutTable(Scene &scene, const posthog::Table &table)
{
    Canvas canvas(scene);
    constexpr std::size_t maximumRows = 20;
    constexpr double rowHeight = 24;
    constexpr double gap = 16;
    constexpr double least = 64;
    const std::size_t shownRows = std::min(table.rows.size(), maximumRows);
    const auto fits = static_cast<std::size_t>((scene.width + gap) / (least + gap));
    const std::size_t shownColumns = std::min(table.columns.size(), std::max<std::size_t>(1, fits));

    std::vector<double> widths;
    for (std::size_t column = 0; column < shownColumns; ++column) {
        double width = textWidth(oneLine(table.columns[column].name), 11, true);
        for (std::size_t row = 0; row < shownRows; ++row)
            width = std::max(width, textWidth(cellLabel(cellAt(table, row, column)), 12));
        widths.push_back(std::max(width + 1, 24.0));
    }
    // The widest columns give way first.
    const double room = scene.width - gap * static_cast<double>(shownColumns - 1) - 2;
    for (double excess = std::accumulate(widths.begin(), widths.end(), 0.0) - room; excess > 0.01;) {
        const double widest = *std::max_element(widths.begin(), widths.end());
        double second = least;
        std::size_t count = 0;
        for (const auto width : widths) {
            if (width > widest - 0.01)
                ++count;
            else
                second = std::max(second, width);
        }
        if (widest <= least)
            break;
        const double cut = std::min(excess / static_cast<double>(count), widest - std::min(second, widest - 0.02));
        for (auto &width : widths)
            if (width > widest - 0.01)
                width -= cut;
        excess -= cut * static_cast<double>(count);
    }

    double x = 0;
    for (std::size_t column = 0; column < shownColumns; ++column) {
        const bool right = isNumeric(table, column);
        const double at = right ? x + widths[column] : x;
        const auto align = right ? Align::Right : Align::Left;
        canvas.text(at, 15, table.columns[column].name, widths[column], {Ink::Muted, 11, true, align});
        for (std::size_t row = 0; row < shownRows; ++row) {
            const auto &cell = cellAt(table, row, column);
            canvas.text(at, 28 + rowHeight * static_cast<double>(row) + 16, cellLabel(cell), widths[column],
                        {cell.is_null() ? Ink::Muted : Ink::Text, 12, false, align});
        }
        x += widths[column] + gap;
    }
    canvas.line({0, 24, scene.width, 24, Ink::Grid});
    for (std::size_t row = 0; row < shownRows; ++row)
        canvas.rect({0, 28 + rowHeight * static_cast<double>(row), scene.width, rowHeight, Ink::Surface, 0, 0, static_cast<int>(row), {}});
    scene.height = 28 + rowHeight * static_cast<double>(shownRows) + 4;
    std::string note;
    if (table.rows.size() > shownRows)
        note = std::to_string(shownRows) + " of " + workflow::formatNumber(static_cast<double>(table.rows.size())) + " rows";
    if (table.columns.size() > shownColumns)
        note += (note.empty() ? "" : ", ") + std::to_string(shownColumns) + " of " + std::to_string(table.columns.size()) + " columns";
    if (!note.empty()) {
        canvas.text(0, scene.height + 12, note, scene.width, {Ink::Muted, 11});
        scene.height += 20;
    }
}

namespace {

/// The picture in words, for those who cannot see it.
std::string describe(const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns)
{
    auto text = spec.title.value_or("Chart") + ". ";
    const std::size_t shown = std::min<std::size_t>(table.rows.size(), 12);
    for (std::size_t row = 0; row < shown; ++row) {
        std::string line;
        const auto part = [&](const std::string &piece) { line += (line.empty() ? "" : ", ") + piece; };
        if (columns.series)
            part(cellLabel(cellAt(table, row, *columns.series)));
        if (columns.x)
            part(cellLabel(cellAt(table, row, *columns.x)));
        if (columns.source && columns.target)
            part(cellLabel(cellAt(table, row, *columns.source)) + " to " + cellLabel(cellAt(table, row, *columns.target)));
        for (const auto y : columns.y) {
            const auto value = cellNumber(cellAt(table, row, y));
            part(table.columns[y].name + " " + (value ? workflow::formatAs(spec.kind == "funnel" ? "number" : spec.format.value_or("number"), *value) : "none"));
        }
        if (columns.low && columns.high)
            part("95% interval " + cellLabel(cellAt(table, row, *columns.low)) + " to " + cellLabel(cellAt(table, row, *columns.high)));
        if (columns.n)
            part("n " + cellLabel(cellAt(table, row, *columns.n)));
        if (columns.y.empty())
            for (std::size_t column = 0; column < std::min<std::size_t>(table.columns.size(), 6); ++column)
                part(table.columns[column].name + " " + cellLabel(cellAt(table, row, column)));
        text += line + ". ";
    }
    if (table.rows.size() > shown)
        text += "And " + std::to_string(table.rows.size() - shown) + " more.";
    return oneLine(text);
}

} // namespace

Scene layout(const workflow::ChartSpec &spec, const posthog::Table &table, double width, double height)
{
    Scene scene;
    scene.width = std::clamp(width, 160.0, 8000.0);
    scene.title = oneLine(spec.title.value_or(""));
    scene.definition = oneLine(spec.definition.value_or(""));
    height = std::clamp(height, 120.0, 8000.0);
    if (table.columns.empty() || table.rows.empty()) {
        layoutMessage(scene, "No rows. Nothing matches in this time range.");
        scene.description = "No rows.";
        return scene;
    }
    const auto columns = resolveColumns(spec, table);
    scene.description = describe(spec, table, spec.kind == "table" ? ChartColumns{} : columns);
    const bool known = spec.kind == "funnel" || spec.kind == "bars" || spec.kind == "grouped_bars" || spec.kind == "line"
        || spec.kind == "histogram" || spec.kind == "sankey" || spec.kind == "number" || spec.kind == "stacked_bars" || spec.kind == "area"
        || spec.kind == "heat_table" || spec.kind == "interval";
    if (!known) {
        layoutTable(scene, table);
        return scene;
    }
    if (columns.y.empty() || (spec.kind == "sankey" && !(columns.source && columns.target)) || (spec.kind == "heat_table" && !(columns.x && columns.series))) {
        layoutMessage(scene, "This result has no column that can be drawn as " + spec.kind + ". It is shown as a table.");
        Scene below;
        below.width = scene.width;
        layoutTable(below, table);
        for (auto &mark : below.marks) {
            std::visit([&](auto &shape) {
                if constexpr (requires { shape.y1; shape.y2; }) {
                    shape.y1 += scene.height;
                    shape.y2 += scene.height;
                } else if constexpr (requires { shape.y; }) {
                    shape.y += scene.height;
                }
            }, mark);
            scene.marks.push_back(std::move(mark));
        }
        scene.height += below.height;
        return scene;
    }
    if (spec.kind == "funnel")
        layoutFunnel(scene, spec, table, columns);
    else if (spec.kind == "line")
        layoutLine(scene, spec, table, columns, height);
    else if (spec.kind == "stacked_bars" || spec.kind == "area")
        layoutStacked(scene, spec, table, columns, height);
    else if (spec.kind == "heat_table")
        layoutHeatTable(scene, spec, table, columns);
    else if (spec.kind == "interval")
        layoutInterval(scene, spec, table, columns);
    else if (spec.kind == "histogram")
        layoutHistogram(scene, spec, table, columns, height);
    else if (spec.kind == "sankey")
        layoutSankey(scene, spec, table, columns, height);
    else if (spec.kind == "number")
        layoutNumber(scene, spec, table, columns);
    else
        layoutBars(scene, spec, table, columns);
    return scene;
}

} // namespace report
