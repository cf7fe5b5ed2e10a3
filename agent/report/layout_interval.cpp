#include "agent/report/chart_data.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>

namespace report {

namespace {

constexpr std::size_t maximumEstimates = 40;
constexpr double rowHeight = 26;

struct Estimate {
    std::string label, heading;
    double value = 0;
    double low = 0, high = 0; // equal to the value where the table has no interval
    std::optional<double> n;
    bool stressed = false;
    int row = -1;

    bool reachesZero() const { return low <= 0 && high >= 0; }
};

} // namespace

void layoutInterval(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns)
{
    const auto format = spec.format.value_or("number");
    std::vector<Estimate> estimates;
    std::size_t left = 0;
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto number = [&](const std::optional<std::size_t> &column) { return column ? cellNumber(cellAt(table, row, *column)) : std::nullopt; };
        const auto value = number(columns.y[0]);
        if (!value)
            continue;
        if (estimates.size() >= maximumEstimates) {
            ++left;
            continue;
        }
        Estimate estimate;
        estimate.label = columns.x ? cellLabel(cellAt(table, row, *columns.x)) : "Row " + std::to_string(row + 1);
        if (columns.series)
            estimate.heading = cellLabel(cellAt(table, row, *columns.series));
        estimate.value = *value;
        estimate.low = std::min(*value, number(columns.low).value_or(*value));
        estimate.high = std::max(*value, number(columns.high).value_or(*value));
        estimate.n = number(columns.n);
        estimate.stressed = columns.highlight && cellTrue(cellAt(table, row, *columns.highlight));
        estimate.row = static_cast<int>(row);
        estimates.push_back(std::move(estimate));
    }
    if (estimates.empty()) {
        layoutMessage(scene, "No estimate to draw.");
        return;
    }
    const auto valueText = [&](const Estimate &each) { return workflow::formatAs(format, each.value); };
    // The unit stands at the estimate; three times in a row it would be noise.
    const auto bare = [&](double value) { return format == "points" ? workflow::formatFixed(value * 100, 1) : workflow::formatAs(format, value); };
    const auto rangeText = [&](const Estimate &each) { return bare(each.low) + " to " + bare(each.high); };
    const auto sizeText = [](const Estimate &each) { return each.n ? "n = " + workflow::formatNumber(*each.n) : std::string(); };

    Canvas canvas(scene);
    const double width = scene.width;
    double low = 0;
    double high = 0;
    double labelWidth = 40;
    double valueWidth = 30;
    double rangeWidth = 30;
    double sizeWidth = 0;
    for (const auto &each : estimates) {
        low = std::min(low, each.low);
        high = std::max(high, each.high);
        labelWidth = std::max(labelWidth, textWidth(each.label, 12, true));
        valueWidth = std::max(valueWidth, textWidth(valueText(each), 12, true) + 1);
        rangeWidth = std::max(rangeWidth, textWidth(rangeText(each), 11) + 1);
        if (each.n)
            sizeWidth = std::max(sizeWidth, textWidth(sizeText(each), 11) + 1);
    }
    labelWidth = std::min(labelWidth, width * 0.3);
    valueWidth = std::min(valueWidth, width * 0.16);
    sizeWidth = std::min(sizeWidth, width * 0.14);
    // The range in words stands beside its point where the picture is wide enough; it is always in the tooltip.
    rangeWidth = width >= 620 ? std::min(rangeWidth, width * 0.22) : 0;
    const double plotX = labelWidth + 14;
    const double textX = width - valueWidth - (rangeWidth > 0 ? rangeWidth + 12 : 0) - (sizeWidth > 0 ? sizeWidth + 12 : 0);
    const double plotWidth = std::max(40.0, textX - 16 - plotX);
    if (high <= low)
        high = low + 1;
    const double margin = (high - low) * 0.04;
    const double from = low - margin;
    const double to = high + margin;
    const auto at = [&](double value) { return plotX + plotWidth * (value - from) / (to - from); };
    auto ticks = niceTicks(low, high, std::max(2, static_cast<int>(plotWidth / 90)));
    std::erase_if(ticks, [&](double tick) { return tick < from || tick > to; });

    // The lines leave the headings out: a line through words is hard to read.
    double bottom = 0;
    std::vector<std::pair<double, double>> blocks;
    for (std::size_t i = 0; i < estimates.size(); ++i) {
        const bool begins = i == 0 ? !estimates[i].heading.empty() : estimates[i].heading != estimates[i - 1].heading;
        bottom += begins ? rowHeight + 4 : 0;
        if (begins || i == 0)
            blocks.emplace_back(bottom, bottom);
        bottom += rowHeight;
        blocks.back().second = bottom;
    }
    bottom += 4;
    for (const auto &[above, below] : blocks) {
        for (const auto tick : ticks)
            canvas.line({at(tick), above, at(tick), below, Ink::Grid});
        canvas.line({at(0), above, at(0), below, Ink::Muted, 1.4});
    }

    const bool anyStressed = std::any_of(estimates.begin(), estimates.end(), [](const Estimate &each) { return each.stressed; });
    double top = 0;
    std::string heading;
    for (const auto &each : estimates) {
        if (each.heading != heading) {
            canvas.text(0, top + 20, each.heading, width, {Ink::Muted, 12, true});
            top += rowHeight + 4;
        }
        heading = each.heading;
        const double middle = top + rowHeight / 2;
        const double baseline = middle + 4;
        const auto ink = each.stressed ? Ink::Bad : each.reachesZero() ? Ink::Muted : anyStressed ? Ink::Series1 : Ink::Accent;
        canvas.text(0, baseline, each.label, labelWidth, {Ink::Text, 12, each.stressed});
        canvas.line({at(each.low), middle, at(each.high), middle, ink, 2});
        for (const double end : {each.low, each.high})
            canvas.line({at(end), middle - 5, at(end), middle + 5, ink, 2});
        auto tooltip = each.label + ": " + valueText(each) + " (95% interval " + rangeText(each) + ")";
        if (each.n)
            tooltip += ", " + sizeText(each);
        canvas.rect({at(each.low) - 3, top + 3, at(each.high) - at(each.low) + 6, rowHeight - 6, Ink::Surface, 0, 0, each.row, tooltip});
        canvas.rect({at(each.value) - 4.5, middle - 4.5, 9, 9, ink, 1, 4.5, each.row, tooltip});
        double right = width;
        if (sizeWidth > 0) {
            canvas.text(right, baseline, sizeText(each), sizeWidth, {Ink::Muted, 11, false, Align::Right});
            right -= sizeWidth + 12;
        }
        if (rangeWidth > 0) {
            canvas.text(right, baseline, rangeText(each), rangeWidth, {Ink::Muted, 11, false, Align::Right});
            right -= rangeWidth + 12;
        }
        canvas.text(right, baseline, valueText(each), valueWidth, {each.stressed ? Ink::Bad : Ink::Text, 12, true, Align::Right});
        top += rowHeight;
    }
    double lastRight = -1;
    for (const auto tick : ticks) {
        const auto label = axisLabel(format, tick);
        const double half = textWidth(label, 11) / 2;
        const double x = std::clamp(at(tick), half, width - half);
        if (lastRight >= 0 && x - half < lastRight + 8)
            continue;
        canvas.text(x, bottom + 15, label, 2 * half + 1, {Ink::Muted, 11, false, Align::Centre});
        lastRight = x + half;
    }
    scene.height = bottom + 22;
    if (left > 0) {
        canvas.text(0, scene.height + 12, "and " + workflow::formatNumber(static_cast<double>(left)) + " more", width, {Ink::Muted, 11});
        scene.height += 20;
    }
}

} // namespace report
