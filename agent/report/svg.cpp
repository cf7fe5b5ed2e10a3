#include "agent/report/escape.h"
#include "agent/report/scene.h"
#include "agent/report/text_metrics.h"

#include <array>
#include <cstdio>

namespace report {

namespace {

constexpr std::array inkNames{"text", "muted", "grid", "accent", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "good", "bad", "surface"};

const char *classOf(Ink ink) { return inkNames[static_cast<std::size_t>(ink)]; }

std::string number(double value)
{
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.2f", value);
    std::string text = buffer.data();
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.')
        text.pop_back();
    return text == "-0" ? "0" : text;
}

std::string attribute(const char *name, double value) { return std::string(" ") + name + "=\"" + number(value) + "\""; }
std::string attribute(const char *name, const std::string &value) { return std::string(" ") + name + "=\"" + escapeXml(value) + "\""; }

std::string titleOf(const std::string &tooltip) { return tooltip.empty() ? "" : "<title>" + escapeXml(tooltip) + "</title>"; }

std::string element(const char *name, const std::string &attributes, const std::string &tooltip)
{
    if (tooltip.empty())
        return std::string("<") + name + attributes + "/>\n";
    return std::string("<") + name + attributes + ">" + titleOf(tooltip) + "</" + name + ">\n";
}

std::string draw(const Rect &rect)
{
    auto attributes = attribute("x", rect.x) + attribute("y", rect.y) + attribute("width", rect.width) + attribute("height", rect.height)
        + attribute("class", std::string("f-") + classOf(rect.fill));
    if (rect.radius > 0)
        attributes += attribute("rx", rect.radius);
    if (rect.opacity < 1)
        attributes += attribute("fill-opacity", rect.opacity);
    return element("rect", attributes, rect.tooltip);
}

std::string draw(const Line &line)
{
    auto attributes = attribute("x1", line.x1) + attribute("y1", line.y1) + attribute("x2", line.x2) + attribute("y2", line.y2)
        + attribute("class", std::string("l-") + classOf(line.ink)) + attribute("stroke-width", line.width);
    if (line.dashed)
        attributes += attribute("stroke-dasharray", "4 4");
    return element("line", attributes, {});
}

std::string draw(const Polyline &line)
{
    std::string points;
    for (const auto &[x, y] : line.points)
        points += (points.empty() ? "" : " ") + number(x) + "," + number(y);
    return element("polyline", attribute("points", points) + attribute("class", std::string("l-") + classOf(line.ink)) + attribute("stroke-width", line.width)
                       + " fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\"", {});
}

std::string draw(const Polygon &polygon)
{
    std::string points;
    for (const auto &[x, y] : polygon.points)
        points += (points.empty() ? "" : " ") + number(x) + "," + number(y);
    auto attributes = attribute("points", points) + attribute("class", std::string("f-") + classOf(polygon.fill));
    if (polygon.opacity < 1)
        attributes += attribute("fill-opacity", polygon.opacity);
    return element("polygon", attributes, {});
}

std::string draw(const Ribbon &ribbon)
{
    const double middle = (ribbon.x1 + ribbon.x2) / 2;
    const auto path = "M" + number(ribbon.x1) + " " + number(ribbon.y1Top) + "C" + number(middle) + " " + number(ribbon.y1Top) + " " + number(middle) + " "
        + number(ribbon.y2Top) + " " + number(ribbon.x2) + " " + number(ribbon.y2Top) + "L" + number(ribbon.x2) + " " + number(ribbon.y2Bottom) + "C"
        + number(middle) + " " + number(ribbon.y2Bottom) + " " + number(middle) + " " + number(ribbon.y1Bottom) + " " + number(ribbon.x1) + " "
        + number(ribbon.y1Bottom) + "Z";
    return element("path", attribute("d", path) + attribute("class", std::string("f-") + classOf(ribbon.fill)) + attribute("fill-opacity", ribbon.opacity),
                   ribbon.tooltip);
}

std::string draw(const Text &text)
{
    auto attributes = attribute("x", text.x) + attribute("y", text.y) + attribute("font-size", text.size) + attribute("class", std::string("f-") + classOf(text.ink));
    if (text.align != Align::Left)
        attributes += attribute("text-anchor", text.align == Align::Right ? "end" : "middle");
    if (text.bold)
        attributes += attribute("font-weight", "600");
    return "<text" + attributes + ">" + titleOf(text.tooltip) + escapeXml(text.text) + "</text>\n";
}

/// Colours a theme; the same names as the inks.
constexpr std::array lightColors{"#1c1e26", "#5f6472", "#e2e4ea", "#d9480f", "#3b6fd8", "#d9822b", "#1f9484", "#8a5bd1",
                                 "#c7528f", "#8c8a1e", "#3f9fd0", "#9a6a4f", "#1f8a4c", "#d1373f", "#ffffff"};
constexpr std::array darkColors{"#eceef4", "#a0a6b6", "#31343f", "#ff7a45", "#6f9bff", "#f0a04b", "#3fc1ae", "#b08cf0",
                                "#ea7fb5", "#c4c24a", "#6cc3f2", "#c99a7d", "#46c27a", "#ff6b70", "#1b1d25"};

std::string styles()
{
    const auto rules = [](const auto &colors) {
        std::string text;
        for (std::size_t i = 0; i < colors.size(); ++i)
            text += std::string(".f-") + inkNames[i] + "{fill:" + colors[i] + "}.l-" + inkNames[i] + "{stroke:" + colors[i] + "}";
        return text;
    };
    return "<style>text{font-family:Inter,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-variant-numeric:tabular-nums}" + rules(lightColors)
        + "@media (prefers-color-scheme:dark){" + rules(darkColors) + "}</style>\n";
}

} // namespace

std::string toSvg(const Scene &scene)
{
    constexpr double padding = 16;
    std::string body;
    double top = padding;
    for (const auto &line : wrapped(scene.title, scene.width, 15, 2)) {
        body += draw(Text{padding, top + 14, line, Ink::Text, Align::Left, 15, true, {}});
        top += 22;
    }
    if (top > padding)
        top += 8;
    body += "<g transform=\"translate(" + number(padding) + " " + number(top) + ")\">\n";
    for (const auto &mark : scene.marks)
        body += std::visit([](const auto &shape) { return draw(shape); }, mark);
    body += "</g>\n";
    top += scene.height + 8;
    for (const auto &line : wrapped(scene.definition, scene.width, 11, 4)) {
        body += draw(Text{padding, top + 11, line, Ink::Muted, Align::Left, 11, false, {}});
        top += 16;
    }
    const double width = scene.width + 2 * padding;
    const double height = top + padding - 4;
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("width", width) + attribute("height", height)
        + attribute("viewBox", "0 0 " + number(width) + " " + number(height)) + " role=\"img\">\n<title>" + escapeXml(scene.title.empty() ? "Chart" : scene.title)
        + "</title>\n<desc>" + escapeXml(scene.description) + "</desc>\n" + styles() + "<rect width=\"100%\" height=\"100%\" class=\"f-surface\"/>\n" + body
        + "</svg>\n";
}

} // namespace report
