#pragma once

#include "agent/report/scene.h"

#include <cstdint>
#include <optional>

/// What the chart layouts share: reading columns and cells, placing marks, axis ticks.
namespace report {

/// Column indices for a chart. What the spec leaves out or misspells is taken by kind and position.
struct ChartColumns {
    std::optional<std::size_t> x, series, source, target, n, low, high, highlight, marker;
    std::vector<std::size_t> y;
};
ChartColumns resolveColumns(const workflow::ChartSpec &spec, const posthog::Table &table);

std::optional<std::size_t> columnNamed(const posthog::Table &table, const std::optional<std::string> &name);

/// Whether the column holds numbers: by its type, or by its cells where the type says nothing.
bool isNumeric(const posthog::Table &table, std::size_t column);
bool isTime(const posthog::Table &table, std::size_t column);

/// A finite number, also of numeric text; nothing for null, nan and the rest.
std::optional<double> cellNumber(const ph::Json &cell);
const ph::Json &cellAt(const posthog::Table &table, std::size_t row, std::size_t column);
/// What a label shows of a cell, on one line: null is "none", text is itself, numbers are grouped, times are short.
std::string cellLabel(const ph::Json &cell);
bool cellTrue(const ph::Json &cell);

/// Seconds since 1970 of "2026-01-18", "2026-01-18T10:00:00+00:00", "2026-01-18 10:00:00".
std::optional<double> parseTime(const std::string &text);
/// "Jan 18", "10:00", "Jan 2026", by how long the axis is.
std::string timeLabel(double secondsSince1970, double spanSeconds);

/// Round steps from `low` to `high` inclusive, about `count` of them; never more than 12.
std::vector<double> niceTicks(double low, double high, int count);

/// A tick's text: short, "50%" rather than "50.0%", and points without their unit.
std::string axisLabel(const std::string &format, double value);

struct TextStyle {
    Ink ink = Ink::Text;
    double size = 12;
    bool bold = false;
    Align align = Align::Left;
};

/// Collects marks. Texts are cleaned, and shortened to `width` with the whole in the tooltip.
class Canvas
{
public:
    explicit Canvas(Scene &scene) : m_scene(scene) {}

    void rect(Rect rect);
    void line(Line line) { m_scene.marks.emplace_back(line); }
    void polyline(Polyline line) { m_scene.marks.emplace_back(std::move(line)); }
    void polygon(Polygon polygon) { m_scene.marks.emplace_back(std::move(polygon)); }
    void ribbon(Ribbon ribbon) { m_scene.marks.emplace_back(std::move(ribbon)); }
    /// `x`, `baseline` as in Text. Nothing is drawn where not even three characters fit.
    void text(double x, double baseline, const std::string &text, double width, TextStyle style = {});

private:
    Scene &m_scene;
};

/// Coloured squares with names in rows; returns the height used. Names beyond the eighth share the last colour.
double layoutLegend(Canvas &canvas, const std::vector<std::string> &names, double width);
Ink seriesInk(std::size_t index);

// One a kind. Each sets scene.height and adds marks; `columns` are resolved.
void layoutFunnel(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns);
void layoutBars(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns);
void layoutLine(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height);
void layoutStacked(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height);
void layoutHeatTable(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns);
void layoutInterval(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns);
void layoutHistogram(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height);
void layoutSankey(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns, double height);
void layoutNumber(Scene &scene, const workflow::ChartSpec &spec, const posthog::Table &table, const ChartColumns &columns);
void layoutTable(Scene &scene, const posthog::Table &table);
void layoutMessage(Scene &scene, const std::string &message);

} // namespace report
