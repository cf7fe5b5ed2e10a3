#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <map>

namespace report {

namespace {

constexpr std::size_t maximumSeries = 8;
constexpr std::size_t maximumStacks = 120;

/// A value a series at each place; what has none there is 0.
struct Stack {
    double at = 0; // seconds, or the place's number
    std::string label;
    std::vector<double> values;
    std::vector<int> rows;

    double above() const
    {
        double sum = 0;
        for (const double value : values)
            sum += std::max(0.0, value);
        return sum;
    }
    double below() const
    {
        double sum = 0;
        for (const double value : values)
            sum += std::min(0.0, value);
        return sum;
    }
};
struct StackedChart {
    std::vector<std::string> series;
    std::vector<Stack> stacks;
    std::size_t left = 0;
    bool time = false;
};

StackedChart readChart(const posthog::Table &table, const ChartColumns &columns)
{
    StackedChart chart;
    chart.time = columns.x && isTime(table, *columns.x);
    if (columns.series) {
        for (std::size_t row = 0; row < table.rows.size(); ++row)
            if (auto name = cellLabel(cellAt(table, row, *columns.series)); std::find(chart.series.begin(), chart.series.end(), name) == chart.series.end())
                chart.series.push_back(std::move(name));
    } else {
        for (const auto y : columns.y)
            chart.series.push_back(table.columns[y].name);
    }
    // What comes after the seventh is one series: a colour a name, and no more colours than eyes tell apart.
    if (chart.series.size() > maximumSeries) {
        chart.series.resize(maximumSeries);
        chart.series.back() = "Other";
    }
    const auto seriesOf = [&](const std::string &name) {
        const auto found = std::find(chart.series.begin(), chart.series.end(), name);
        return found == chart.series.end() ? chart.series.size() - 1 : static_cast<std::size_t>(found - chart.series.begin());
    };
    std::map<std::string, std::size_t> places;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        std::string label = "Row " + std::to_string(row + 1);
        auto at = static_cast<double>(places.size());
        if (columns.x) {
            const auto &cell = cellAt(table, row, *columns.x);
            label = cellLabel(cell);
            if (chart.time) {
                const auto time = cell.is_string() ? parseTime(cell.get_ref<const std::string &>()) : std::nullopt;
                if (!time)
                    continue;
                at = *time;
            }
        }
        const auto [place, isNew] = places.emplace(label, chart.stacks.size());
        if (isNew)
            chart.stacks.push_back({at, label, std::vector<double>(chart.series.size(), 0.0), std::vector<int>(chart.series.size(), static_cast<int>(row))});
        auto &stack = chart.stacks[place->second];
        const auto add = [&](std::size_t series, std::size_t y) {
            stack.values[series] += cellNumber(cellAt(table, row, y)).value_or(0);
            stack.rows[series] = static_cast<int>(row);
        };
        if (columns.series) {
            add(seriesOf(cellLabel(cellAt(table, row, *columns.series))), columns.y[0]);
        } else {
            for (std::size_t i = 0; i < columns.y.size(); ++i)
                add(std::min(i, chart.series.size() - 1), columns.y[i]);
        }
    }
    if (chart.time)
        std::stable_sort(chart.stacks.begin(), chart.stacks.end(), [](const Stack &a, const Stack &b) { return a.at < b.at; });
    if (chart.stacks.size() > maximumStacks) {
        chart.left = chart.stacks.size() - maximumStacks;
        chart.stacks.resize(maximumStacks);
    }
    return chart;
}

} // namespace

void layoutStacked(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height)
{
    const auto chart = readChart(table, columns);
    if (chart.stacks.empty()) {
        layoutMessage(scene, "No point in time could be read from the result.");
        return;
    }
    Canvas canvas(scene);
    const auto format = spec.format.value_or("number");
    double low = 0;
    double high = 0;
    for (const auto &stack : chart.stacks) {
        low = std::min(low, stack.below());
        high = std::max(high, stack.above());
    }
    const bool area = spec.kind == "area" && low >= 0 && chart.stacks.size() > 1;
    scene.height = std::max(200.0, height);
    double top = chart.series.size() > 1 ? layoutLegend(canvas, chart.series, scene.width) : 6;
    if (high <= low)
        high = low + 1;
    const auto ticks = niceTicks(low, high, 4);
    low = std::min(low, ticks.front());
    high = std::max(high, ticks.back());
    double gutter = 0;
    for (const auto tick : ticks)
        gutter = std::max(gutter, textWidth(axisLabel(format, tick), 11));
    const double left = std::min(gutter, scene.width * 0.3) + 10;
    const double right = scene.width - 4;
    const double bottom = std::max(scene.height, top + 150) - 26;
    scene.height = bottom + 26;
    top += 14;
    const auto y = [&](double value) { return bottom - (bottom - top) * (std::clamp(value, low, high) - low) / (high - low); };
    for (const auto tick : ticks) {
        canvas.line({left, y(tick), right, y(tick), tick == 0 ? Ink::Muted : Ink::Grid});
        canvas.text(left - 8, y(tick) + 4, axisLabel(format, tick), left - 8, {Ink::Muted, 11, false, Align::Right});
    }

    const auto count = static_cast<double>(chart.stacks.size());
    const double slot = (right - left) / count;
    const double from = chart.stacks.front().at;
    const double span = chart.stacks.back().at - from;
    // Bars stand in slots; an area spans the whole width, in proportion to time.
    const auto x = [&](std::size_t i) {
        if (!area)
            return left + slot * (static_cast<double>(i) + 0.5);
        const double part = span > 0 ? (chart.stacks[i].at - from) / span : static_cast<double>(i) / (count - 1);
        return left + (right - left) * part;
    };
    const auto tooltip = [&](std::size_t i, std::size_t series) {
        const auto &stack = chart.stacks[i];
        return stack.label + ", " + chart.series[series] + ": " + workflow::formatAs(format, stack.values[series]);
    };

    if (area) {
        std::vector<double> base(chart.stacks.size(), 0.0);
        for (std::size_t s = 0; s < chart.series.size(); ++s) {
            Polygon polygon{{}, seriesInk(s), 0.75};
            for (std::size_t i = chart.stacks.size(); i-- > 0;)
                polygon.points.emplace_back(x(i), y(base[i]));
            for (std::size_t i = 0; i < chart.stacks.size(); ++i) {
                base[i] += chart.stacks[i].values[s];
                polygon.points.emplace_back(x(i), y(base[i]));
            }
            canvas.polygon(std::move(polygon));
        }
    }
    for (std::size_t i = 0; i < chart.stacks.size(); ++i) {
        const auto &stack = chart.stacks[i];
        double up = 0;
        double down = 0;
        for (std::size_t s = 0; s < chart.series.size(); ++s) {
            const double value = stack.values[s];
            double &edge = value < 0 ? down : up;
            const double a = y(edge);
            edge += value;
            const double b = y(edge);
            if (value == 0)
                continue;
            const double barWidth = area ? std::min(6.0, slot) : std::max(1.0, std::min(56.0, slot * 0.72));
            canvas.rect({std::clamp(x(i) - barWidth / 2, left, right - barWidth), std::min(a, b), barWidth, std::abs(a - b), seriesInk(s), area ? 0.0 : 1.0, 1,
                         stack.rows[s], tooltip(i, s)});
        }
    }

    std::vector<std::string> labels;
    double widest = 1;
    for (const auto &stack : chart.stacks) {
        labels.push_back(chart.time ? timeLabel(stack.at, std::max(span, 2 * 86'400.0)) : stack.label);
        widest = std::max(widest, textWidth(labels.back(), 11));
    }
    widest = std::min(widest, 110.0);
    double labelsEnd = -100;
    double totalsEnd = -100;
    for (std::size_t i = 0; i < chart.stacks.size(); ++i) {
        const double half = std::min(widest, textWidth(labels[i], 11)) / 2;
        const double at = std::clamp(x(i), half, std::max(half, scene.width - half));
        if (at - half >= labelsEnd + 10) {
            canvas.text(at, bottom + 18, labels[i], 2 * half + 0.5, {Ink::Muted, 11, false, Align::Centre});
            labelsEnd = at + half;
        }
        if (area || chart.stacks.size() > 24)
            continue;
        const auto total = workflow::formatAs(format, chart.stacks[i].above());
        const double totalHalf = textWidth(total, 11) / 2;
        if (chart.stacks[i].above() > 0 && x(i) - totalHalf > std::max(totalsEnd + 4, left) && x(i) + totalHalf < right) {
            canvas.text(x(i), y(chart.stacks[i].above()) - 5, total, 2 * totalHalf + 0.5, {Ink::Muted, 11, false, Align::Centre});
            totalsEnd = x(i) + totalHalf;
        }
    }
    if (chart.left > 0) {
        canvas.text(0, scene.height + 12, "and " + workflow::formatNumber(static_cast<double>(chart.left)) + " more", scene.width, {Ink::Muted, 11});
        scene.height += 20;
    }
}

} // namespace report
