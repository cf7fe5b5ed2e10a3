#pragma once

#include "agent/workflow/definition.h"
#include "driver/posthog/table.h"

#include <string>
#include <variant>
#include <vector>

/// Charts as plain values: layout() places marks once, the SVG writer and the window's painter only draw them.
/// Units are logical pixels, y grows downward.
namespace report {

/// What a colour stands for; the theme (or the SVG's style) decides the actual one.
enum class Ink { Text, Muted, Grid, Accent, Series1, Series2, Series3, Series4, Series5, Series6, Series7, Series8, Good, Bad, Surface };

enum class Align { Left, Centre, Right };

struct Rect {
    double x = 0, y = 0, width = 0, height = 0;
    Ink fill = Ink::Accent;
    double opacity = 1;
    double radius = 0;
    int row = -1;        // index of the table's row behind this mark, or -1: what a click opens
    std::string tooltip; // full text, with n
};
struct Line {
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    Ink ink = Ink::Grid;
    double width = 1;
    bool dashed = false;
};
struct Polyline {
    std::vector<std::pair<double, double>> points;
    Ink ink = Ink::Series1;
    double width = 2;
};
/// A band of a Sankey: from a vertical edge at x1 (y1Top..y1Bottom) to one at x2, with smooth sides.
struct Ribbon {
    double x1 = 0, y1Top = 0, y1Bottom = 0, x2 = 0, y2Top = 0, y2Bottom = 0;
    Ink fill = Ink::Series1;
    double opacity = 0.4;
    int row = -1;
    std::string tooltip;
};
/// A filled area with straight sides.
struct Polygon {
    std::vector<std::pair<double, double>> points;
    Ink fill = Ink::Series1;
    double opacity = 1;
};
struct Text {
    double x = 0, y = 0; // baseline at `align`
    std::string text;
    Ink ink = Ink::Text;
    Align align = Align::Left;
    double size = 12;
    bool bold = false;
    std::string tooltip; // the whole text where it had to be shortened
};

using Mark = std::variant<Rect, Line, Polyline, Ribbon, Polygon, Text>;

/// The marks show the chart alone: whoever draws it puts `title` above and `definition` below in its own way (toSvg() does).
struct Scene {
    double width = 0;
    double height = 0; // as much as the chart needs, which may differ from what was asked: the chart then scrolls
    std::vector<Mark> marks;
    std::string title;
    std::string definition;  // under the chart
    std::string description; // for screen readers and the SVG's <desc>: what is shown, with its numbers
};

/// Rough text widths are enough: labels are shortened in the middle, never overlap, never leave the scene.
/// Columns that `spec` does not name, or names wrongly, are taken by position; a table that does not suit the kind is said so
/// in the picture. Columns by kind:
///   funnel        x label, y[0] entrants, y[1] (optional) median seconds since the step before; conversions are worked out
///   bars          x category, y[0] value, n, low, high, highlight
///   grouped_bars  x category, y values and/or `series`; where each category has one series, the series are headings instead
///   stacked_bars  x time or category, y values and/or `series`; values below 0 are stacked downward
///   line          x time, y values and/or `series`, marker; low and high make a band where there is one line
///   area          as stacked_bars, over time; with a value below 0 it is drawn as stacked_bars
///   histogram     x lower edge or label, y[0] count
///   heat_table    x row label, `series` column label, y[0] value, n size of the row, highlight: not complete yet
///   interval      x label, y[0] estimate, low, high, n, `series` headings, highlight; with a line at 0
///   sankey        source, target, y[0] value; names are kept apart by the column they stand in, with source "1: /pricing/"
///                 and target "2: /" the number before the colon is the column
///   number        y[0] of the first row, y[1] (optional) the earlier value
///   table         every column
Scene layout(const workflow::ChartSpec &spec, const posthog::Table &table, double width, double height);

/// The chart that suits a result's shape when nothing was chosen (one number, time series, categories, steps, cohorts by
/// period, estimates with intervals…).
workflow::ChartSpec suggestChart(const posthog::Table &table);

/// A standalone SVG document with its own light and dark colours.
std::string toSvg(const Scene &scene);

} // namespace report
