#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace report {

namespace {

struct Point {
    double x = 0;
    std::optional<double> y;
    int row = -1;
    std::optional<double> low, high; // of a single line
};
struct Series {
    std::string name;
    std::vector<Point> points;
};
struct Marker {
    double x = 0;
    std::string label;
};
struct LineChart {
    std::vector<Series> series;
    std::vector<Marker> markers;
    std::vector<std::pair<double, std::string>> labels; // every distinct x with its name, ascending
    double from = 0, to = 1;
    bool time = false;
};

LineChart readChart(const posthog::Table &table, const ChartColumns &columns)
{
    LineChart chart;
    chart.time = columns.x && isTime(table, *columns.x);
    std::map<std::string, double> categories;
    std::map<double, std::string> names;
    std::map<std::string, std::size_t> seriesIndex;
    const auto into = [&](const std::string &name) -> Series & {
        const auto found = seriesIndex.find(name);
        if (found != seriesIndex.end())
            return chart.series[found->second];
        // What comes after the eighth colour is drawn in the last one, together.
        seriesIndex[name] = chart.series.size();
        return chart.series.emplace_back(Series{name, {}});
    };
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        double x = static_cast<double>(row);
        std::string label = "Row " + std::to_string(row + 1);
        if (columns.x) {
            const auto &cell = cellAt(table, row, *columns.x);
            label = cellLabel(cell);
            if (chart.time) {
                const auto at = cell.is_string() ? parseTime(cell.get_ref<const std::string &>()) : std::nullopt;
                if (!at)
                    continue;
                x = *at;
            } else {
                x = categories.emplace(label, static_cast<double>(categories.size())).first->second;
            }
        }
        names.emplace(x, label);
        if (columns.series) {
            into(cellLabel(cellAt(table, row, *columns.series))).points.push_back({x, cellNumber(cellAt(table, row, columns.y[0])), static_cast<int>(row), {}, {}});
        } else {
            for (const auto y : columns.y)
                into(table.columns[y].name).points.push_back({x, cellNumber(cellAt(table, row, y)), static_cast<int>(row), {}, {}});
            if (columns.y.size() == 1 && columns.low && columns.high) {
                auto &point = chart.series.front().points.back();
                point.low = cellNumber(cellAt(table, row, *columns.low));
                point.high = cellNumber(cellAt(table, row, *columns.high));
            }
        }
        if (columns.marker) {
            const auto &cell = cellAt(table, row, *columns.marker);
            if (cell.is_string() && !cell.get_ref<const std::string &>().empty())
                chart.markers.push_back({x, cellLabel(cell)});
        }
    }
    for (auto &series : chart.series)
        std::stable_sort(series.points.begin(), series.points.end(), [](const Point &a, const Point &b) { return a.x < b.x; });
    std::stable_sort(chart.markers.begin(), chart.markers.end(), [](const Marker &a, const Marker &b) { return a.x < b.x; });
    chart.labels.assign(names.begin(), names.end());
    if (!chart.labels.empty()) {
        chart.from = chart.labels.front().first;
        chart.to = chart.labels.back().first;
    }
    return chart;
}

/// Marker labels in up to three rows above the plot, so that none touches another. Returns the height of the rows.
double layoutMarkers(Canvas &canvas, const std::vector<Marker> &markers, const std::function<double(double)> &at, double top, double bottom,
                     double left, double right)
{
    std::vector<double> rowEnds;
    struct Placed {
        double x, labelX;
        std::size_t row;
        const std::string *label;
    };
    std::vector<Placed> placed;
    for (const auto &marker : markers) {
        const double labelWidth = std::min(textWidth(marker.label, 11), (right - left) * 0.6);
        const double x = at(marker.x);
        // On the line's other side where there is no room: a line through a label is hard to read.
        const double labelX = x + 4 + labelWidth <= right ? x + 4 : std::max(left, x - 4 - labelWidth);
        std::size_t row = 0;
        while (row < rowEnds.size() && rowEnds[row] + 10 > labelX)
            ++row;
        if (row >= 3) {
            placed.push_back({x, labelX, 99, &marker.label});
            continue;
        }
        if (row == rowEnds.size())
            rowEnds.push_back(0);
        rowEnds[row] = labelX + labelWidth;
        placed.push_back({x, labelX, row, &marker.label});
    }
    const double height = static_cast<double>(rowEnds.size()) * 16;
    for (const auto &marker : placed) {
        const double from = marker.row == 99 ? top + height : top + static_cast<double>(marker.row) * 16 + 4;
        canvas.line({marker.x, from, marker.x, bottom, Ink::Accent, 1.4, true});
        if (marker.row != 99)
            canvas.text(marker.labelX, top + static_cast<double>(marker.row) * 16 + 11, *marker.label, (right - left) * 0.6 + 0.5, {Ink::Accent, 11});
    }
    return height;
}

} // namespace

void layoutLine(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height)
{
    const auto chart = readChart(table, columns);
    if (chart.labels.empty()) {
        layoutMessage(scene, "No point in time could be read from the result.");
        return;
    }
    Canvas canvas(scene);
    const auto format = spec.format.value_or("number");
    scene.height = std::max(200.0, height);
    std::vector<std::string> names;
    for (const auto &series : chart.series)
        names.push_back(series.name);
    double top = names.size() > 1 ? layoutLegend(canvas, names, scene.width) : 6;

    double low = 0;
    double high = 0;
    for (const auto &series : chart.series)
        for (const auto &point : series.points)
            if (point.y) {
                low = std::min({low, *point.y, point.low.value_or(*point.y)});
                high = std::max({high, *point.y, point.high.value_or(*point.y)});
            }
    if (high <= low)
        high = low + 1;
    const auto ticks = niceTicks(low, high, 4);
    low = std::min(low, ticks.front());
    high = std::max(high, ticks.back());
    double gutter = 0;
    for (const auto tick : ticks)
        gutter = std::max(gutter, textWidth(axisLabel(format, tick), 11));
    const double left = std::min(gutter, scene.width * 0.3) + 10;
    const double right = scene.width - 10;
    const double span = chart.to - chart.from;
    const auto x = [&](double value) { return span > 0 ? left + (right - left) * (value - chart.from) / span : (left + right) / 2; };

    const double plotBottom = std::max(scene.height, top + 150) - 26;
    scene.height = plotBottom + 26;
    top += layoutMarkers(canvas, chart.markers, x, top, plotBottom, left, right) + 6;
    const auto y = [&](double value) { return plotBottom - (plotBottom - top) * (value - low) / (high - low); };

    for (const auto tick : ticks) {
        canvas.line({left, y(tick), right, y(tick), Ink::Grid});
        canvas.text(left - 8, y(tick) + 4, axisLabel(format, tick), left - 8, {Ink::Muted, 11, false, Align::Right});
    }

    // As many labels as fit, evenly: every k-th point.
    std::vector<std::string> labels;
    double widest = 1;
    for (const auto &[at, name] : chart.labels) {
        labels.push_back(chart.time ? timeLabel(at, span) : name);
        widest = std::max(widest, textWidth(labels.back(), 11));
    }
    widest = std::min(widest, 110.0);
    const auto fit = std::max<std::size_t>(1, static_cast<std::size_t>((right - left) / (widest + 16)));
    const std::size_t every = (labels.size() + fit - 1) / fit;
    double lastEnd = -100;
    for (std::size_t i = 0; i < labels.size(); i += every) {
        const double half = std::min(widest, textWidth(labels[i], 11)) / 2;
        const double at = std::clamp(x(chart.labels[i].first), half, std::max(half, scene.width - half));
        if (at - half < lastEnd + 8)
            continue;
        canvas.text(at, plotBottom + 18, labels[i], 2 * half + 0.5, {Ink::Muted, 11, false, Align::Centre});
        lastEnd = at + half;
    }

    for (std::size_t i = 0; i < chart.series.size(); ++i) {
        const auto &series = chart.series[i];
        const auto ink = seriesInk(i);
        Polygon band{{}, ink, 0.16};
        for (const auto &point : series.points)
            if (point.y && point.low && point.high)
                band.points.emplace_back(x(point.x), y(*point.high));
        for (auto point = series.points.rbegin(); point != series.points.rend(); ++point)
            if (point->y && point->low && point->high)
                band.points.emplace_back(x(point->x), y(*point->low));
        if (band.points.size() > 2)
            canvas.polygon(std::move(band));
        Polyline line{{}, ink, 2};
        const auto flush = [&] {
            if (line.points.size() > 1)
                canvas.polyline(line);
            line.points.clear();
        };
        for (const auto &point : series.points) {
            if (point.y)
                line.points.emplace_back(x(point.x), y(*point.y));
            else
                flush(); // A gap in the data is a gap in the line.
        }
        flush();
        const bool dots = series.points.size() <= 40;
        for (const auto &point : series.points) {
            if (!point.y)
                continue;
            const auto label = chart.time ? timeLabel(point.x, std::max(span, 2 * 86'400.0)) : chart.labels[static_cast<std::size_t>(point.x)].second;
            auto tooltip = label + ", " + series.name + ": " + workflow::formatAs(format, *point.y);
            if (point.low && point.high)
                tooltip += " (95% interval " + workflow::formatAs(format, *point.low) + " to " + workflow::formatAs(format, *point.high) + ")";
            canvas.rect({x(point.x) - 3, y(*point.y) - 3, 6, 6, ink, dots ? 1.0 : 0.0, 3, point.row, std::move(tooltip)});
        }
    }
}

void layoutHistogram(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height)
{
    Canvas canvas(scene);
    const auto format = spec.format.value_or("number");
    scene.height = std::max(180.0, height);
    constexpr std::size_t maximumColumns = 60;
    const std::size_t count = std::min(table.rows.size(), maximumColumns);
    double high = 0;
    for (std::size_t row = 0; row < count; ++row)
        high = std::max(high, cellNumber(cellAt(table, row, columns.y[0])).value_or(0));
    if (high <= 0)
        high = 1;
    const auto ticks = niceTicks(0, high, 4);
    high = std::max(high, ticks.back());
    double gutter = 0;
    for (const auto tick : ticks)
        gutter = std::max(gutter, textWidth(axisLabel("number", tick), 11));
    const double left = std::min(gutter, scene.width * 0.3) + 10;
    const double right = scene.width - 4;
    const double top = 20;
    const double bottom = scene.height - 26;
    const auto y = [&](double value) { return bottom - (bottom - top) * std::clamp(value, 0.0, high) / high; };
    for (const auto tick : ticks) {
        canvas.line({left, y(tick), right, y(tick), Ink::Grid});
        canvas.text(left - 8, y(tick) + 4, axisLabel("number", tick), left - 8, {Ink::Muted, 11, false, Align::Right});
    }

    const double slot = (right - left) / static_cast<double>(count);
    std::vector<std::string> labels;
    double widest = 1;
    for (std::size_t row = 0; row < count; ++row) {
        const auto &cell = columns.x ? cellAt(table, row, *columns.x) : ph::Json();
        const auto number = cellNumber(cell);
        labels.push_back(!columns.x ? std::to_string(row + 1) : number && cell.is_number() ? workflow::formatAs(format, *number) : cellLabel(cell));
        widest = std::max(widest, textWidth(labels.back(), 11));
    }
    widest = std::min(widest, 120.0);
    const auto every = static_cast<std::size_t>(std::max(1.0, std::ceil((widest + 10) / slot)));
    double countsEnd = -100;
    double labelsEnd = -100;
    for (std::size_t row = 0; row < count; ++row) {
        const double value = std::max(0.0, cellNumber(cellAt(table, row, columns.y[0])).value_or(0));
        const double x = left + slot * static_cast<double>(row);
        const bool stressed = columns.highlight && cellTrue(cellAt(table, row, *columns.highlight));
        canvas.rect({x + slot * 0.06, y(value), slot * 0.88, bottom - y(value), stressed ? Ink::Accent : Ink::Series1, 1, 2, static_cast<int>(row),
                     labels[row] + ": " + workflow::formatNumber(value)});
        const auto shown = workflow::formatNumber(value);
        const double half = textWidth(shown, 11) / 2;
        const double middle = x + slot / 2;
        if (count <= 24 && value > 0 && middle - half > std::max(countsEnd + 4, left) && middle + half < right + 2) {
            canvas.text(middle, y(value) - 5, shown, 2 * half + 0.5, {Ink::Muted, 11, false, Align::Centre});
            countsEnd = middle + half;
        }
        if (row % every == 0) {
            const double labelHalf = std::min(widest, textWidth(labels[row], 11)) / 2;
            const double at = std::clamp(middle, labelHalf, scene.width - labelHalf);
            if (at - labelHalf >= labelsEnd + 6) {
                canvas.text(at, bottom + 17, labels[row], 2 * labelHalf + 0.5, {Ink::Muted, 11, false, Align::Centre});
                labelsEnd = at + labelHalf;
            }
        }
    }
    if (table.rows.size() > count) {
        canvas.text(0, scene.height + 12, "and " + std::to_string(table.rows.size() - count) + " more bins", scene.width, {Ink::Muted, 11});
        scene.height += 20;
    }
}

} // namespace report
