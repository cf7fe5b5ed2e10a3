#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace report {

namespace {

constexpr std::size_t maximumBars = 40;
constexpr double rowHeight = 24;

struct Bar {
    double value = 0;
    bool known = true;
    std::optional<double> n, low, high;
    bool stressed = false;
    Ink ink = Ink::Series1;
    int row = -1;
    std::string series; // for the tooltip
};
/// A label with its bars (several in a clustered chart), or a heading with none.
struct BarGroup {
    std::string label;
    std::vector<Bar> bars;
    bool heading = false;
};

struct BarChart {
    std::vector<BarGroup> groups;
    std::vector<std::string> legend;
    std::size_t left = 0; // rows that did not fit
};

Bar readBar(const posthog::Table &table, const ChartColumns &columns, std::size_t row, std::size_t y)
{
    Bar bar;
    const auto number = [&](const std::optional<std::size_t> &column) {
        return column ? cellNumber(cellAt(table, row, *column)) : std::nullopt;
    };
    const auto value = number(y);
    bar.value = value.value_or(0);
    bar.known = value.has_value();
    bar.n = number(columns.n);
    bar.low = number(columns.low);
    bar.high = number(columns.high);
    bar.stressed = columns.highlight && cellTrue(cellAt(table, row, *columns.highlight));
    bar.row = static_cast<int>(row);
    return bar;
}

std::string labelOf(const posthog::Table &table, const ChartColumns &columns, std::size_t row)
{
    return columns.x ? cellLabel(cellAt(table, row, *columns.x)) : "Row " + std::to_string(row + 1);
}

/// Headings of the series with their categories below: for "dimension, value" tables, where no category repeats.
BarChart sectioned(const posthog::Table &table, const ChartColumns &columns)
{
    BarChart chart;
    std::vector<std::string> order;
    std::map<std::string, std::vector<std::size_t>> rows;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto name = cellLabel(cellAt(table, row, *columns.series));
        if (!rows.contains(name))
            order.push_back(name);
        rows[name].push_back(row);
    }
    std::size_t count = 0;
    for (const auto &name : order) {
        if (count >= maximumBars) {
            chart.left += rows[name].size();
            continue;
        }
        chart.groups.push_back({name, {}, true});
        for (const auto row : rows[name]) {
            if (count++ < maximumBars)
                chart.groups.push_back({labelOf(table, columns, row), {readBar(table, columns, row, columns.y[0])}, false});
            else
                ++chart.left;
        }
    }
    return chart;
}

/// A bar a series under each category, with a legend.
BarChart clustered(const posthog::Table &table, const ChartColumns &columns)
{
    BarChart chart;
    std::map<std::string, std::size_t> index;
    std::size_t bars = 0;
    const auto add = [&](std::size_t row, const std::string &series, std::size_t y) {
        auto found = std::find(chart.legend.begin(), chart.legend.end(), series);
        if (found == chart.legend.end())
            found = chart.legend.insert(chart.legend.end(), series);
        const auto label = labelOf(table, columns, row);
        if (bars >= maximumBars * 2) {
            ++chart.left;
            return;
        }
        ++bars;
        if (!index.contains(label)) {
            index[label] = chart.groups.size();
            chart.groups.push_back({label, {}, false});
        }
        auto bar = readBar(table, columns, row, y);
        bar.series = series;
        bar.ink = seriesInk(static_cast<std::size_t>(found - chart.legend.begin()));
        chart.groups[index[label]].bars.push_back(bar);
    };
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        if (columns.series) {
            add(row, cellLabel(cellAt(table, row, *columns.series)), columns.y[0]);
            continue;
        }
        for (const auto y : columns.y)
            add(row, table.columns[y].name, y);
    }
    return chart;
}

BarChart readChart(const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns)
{
    if (spec.kind == "grouped_bars" && columns.series) {
        std::map<std::string, int> seen;
        bool repeats = false;
        for (std::size_t row = 0; row < table.rows.size(); ++row)
            repeats = repeats || ++seen[labelOf(table, columns, row)] > 1;
        // Two dimensions may share a value ("none", "Other"); a clustered chart has every category several times.
        return repeats && seen.size() * 2 <= table.rows.size() ? clustered(table, columns) : sectioned(table, columns);
    }
    if (spec.kind == "grouped_bars" && columns.y.size() > 1)
        return clustered(table, columns);
    BarChart chart;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        if (row >= maximumBars) {
            chart.left = table.rows.size() - maximumBars;
            break;
        }
        chart.groups.push_back({labelOf(table, columns, row), {readBar(table, columns, row, columns.y[0])}, false});
    }
    return chart;
}

std::string valueText(const workflow::ChartSpec &spec, const Bar &bar)
{
    return bar.known ? workflow::formatAs(spec.format.value_or("number"), bar.value) : "none";
}
std::string sizeText(const Bar &bar) { return bar.n ? "n = " + workflow::formatNumber(*bar.n) : std::string(); }

std::string tooltipOf(const workflow::ChartSpec &spec, const std::string &label, const Bar &bar)
{
    const auto format = spec.format.value_or("number");
    auto text = label + (bar.series.empty() ? "" : ", " + bar.series) + ": " + valueText(spec, bar);
    if (bar.low && bar.high)
        text += " (95% interval " + workflow::formatAs(format, *bar.low) + " to " + workflow::formatAs(format, *bar.high) + ")";
    if (bar.n)
        text += ", n = " + workflow::formatNumber(*bar.n);
    return text;
}

} // namespace

void layoutBars(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns)
{
    const auto chart = readChart(spec, table, columns);
    Canvas canvas(scene);
    const double width = scene.width;
    double top = chart.legend.size() > 1 ? layoutLegend(canvas, chart.legend, width) : 0;

    double low = 0;
    double high = 0;
    double labelWidth = 40;
    double valueWidth = 20;
    double sizeWidth = 0;
    bool anyStressed = false;
    for (const auto &group : chart.groups) {
        if (!group.heading)
            labelWidth = std::max(labelWidth, textWidth(group.label, 12, true));
        for (const auto &bar : group.bars) {
            low = std::min({low, bar.value, bar.low.value_or(0)});
            high = std::max({high, bar.value, bar.high.value_or(0)});
            valueWidth = std::max(valueWidth, textWidth(valueText(spec, bar), 12, true));
            if (bar.n)
                sizeWidth = std::max(sizeWidth, textWidth(sizeText(bar), 11));
            anyStressed = anyStressed || bar.stressed;
        }
    }
    labelWidth = std::min(labelWidth, width * 0.34);
    valueWidth = std::min(valueWidth, width * 0.22);
    if (sizeWidth > 0)
        sizeWidth = std::min(sizeWidth, width * 0.2) + 12;
    const double barX = labelWidth + 12;
    const double barWidth = std::max(20.0, width - barX - valueWidth - sizeWidth - 14);
    if (high <= low)
        high = low + 1;
    auto ticks = niceTicks(low, high, std::max(2, static_cast<int>(barWidth / 80)));
    const double from = low;
    const double to = high;
    std::erase_if(ticks, [&](double tick) { return tick < from || tick > to; }); // The longest bar has the whole width.
    const auto at = [&](double value) { return barX + barWidth * (std::clamp(value, from, to) - from) / (to - from); };

    double height = top;
    for (const auto &group : chart.groups)
        height += group.heading ? rowHeight + 6 : std::max(rowHeight, 14.0 * static_cast<double>(group.bars.size()) + 10);
    const double plotBottom = height;
    for (const auto tick : ticks)
        canvas.line({at(tick), top, at(tick), plotBottom, Ink::Grid});

    for (const auto &group : chart.groups) {
        if (group.heading) {
            canvas.text(0, top + 22, group.label, barX + barWidth * 0.6, {Ink::Muted, 12, true});
            top += rowHeight + 6;
            continue;
        }
        const bool several = group.bars.size() > 1;
        const double groupHeight = std::max(rowHeight, 14.0 * static_cast<double>(group.bars.size()) + 10);
        const bool stressed = std::any_of(group.bars.begin(), group.bars.end(), [](const Bar &bar) { return bar.stressed; });
        canvas.text(0, top + groupHeight / 2 + 4, group.label, labelWidth, {Ink::Text, 12, stressed});
        double barTop = top + (several ? 5 : (groupHeight - 14) / 2);
        int lastRow = -1;
        for (const auto &bar : group.bars) {
            const bool sameRow = bar.row == lastRow; // Its n stands there already.
            lastRow = bar.row;
            const double barHeight = several ? 11 : 14;
            const double zero = at(0);
            const double end = at(bar.value);
            const double baseline = barTop + barHeight / 2 + 4;
            Rect rect{std::min(zero, end), barTop, std::abs(end - zero), barHeight, bar.ink, 1, 3, bar.row, tooltipOf(spec, group.label, bar)};
            if (anyStressed) {
                rect.fill = bar.stressed ? Ink::Bad : bar.ink;
                rect.opacity = bar.stressed ? 1 : 0.55;
            }
            canvas.rect(rect);
            if (bar.low && bar.high && *bar.low <= *bar.high) {
                const double middle = barTop + barHeight / 2;
                canvas.line({at(*bar.low), middle, at(*bar.high), middle, Ink::Text, 1.4});
                canvas.line({at(*bar.low), middle - 3.5, at(*bar.low), middle + 3.5, Ink::Text, 1.4});
                canvas.line({at(*bar.high), middle - 3.5, at(*bar.high), middle + 3.5, Ink::Text, 1.4});
            }
            canvas.text(width - sizeWidth - 2, baseline, valueText(spec, bar), valueWidth,
                        {bar.stressed ? Ink::Bad : Ink::Text, several ? 11.0 : 12.0, bar.stressed, Align::Right});
            if (bar.n && !sameRow)
                canvas.text(width - 2, baseline, sizeText(bar), sizeWidth - 10, {Ink::Muted, 11, false, Align::Right});
            barTop += 14;
        }
        top += groupHeight;
    }

    double lastRight = -1;
    for (const auto tick : ticks) {
        const auto label = axisLabel(spec.format.value_or("number"), tick);
        const double half = textWidth(label, 11) / 2;
        const double x = std::clamp(at(tick), half, width - half);
        if (x - half < lastRight + 8 && lastRight >= 0)
            continue;
        canvas.text(x, plotBottom + 16, label, 2 * half + 1, {Ink::Muted, 11, false, Align::Centre});
        lastRight = x + half;
    }
    scene.height = plotBottom + 24;
    if (chart.left > 0) {
        canvas.text(0, scene.height + 12, "and " + workflow::formatNumber(static_cast<double>(chart.left)) + " more rows", width, {Ink::Muted, 11});
        scene.height += 20;
    }
}

} // namespace report
