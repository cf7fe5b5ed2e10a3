#include "ui/charts/scene_painter.h"

#include "agent/acp/tagged.h"

#include <QPainter>

#include <algorithm>

namespace ui {

using acp::Overloaded;
using report::Align;
using report::Ink;

QColor inkColor(Ink ink, const Colors &colors)
{
    switch (ink) {
    case Ink::Text:
        return colors.text;
    case Ink::Muted:
        return colors.muted;
    case Ink::Grid:
        return colors.border;
    case Ink::Accent:
        return colors.accent;
    case Ink::Good:
        return colors.good;
    case Ink::Bad:
        return colors.bad;
    case Ink::Surface:
        return colors.surface;
    default:
        return colors.series[int(ink) - int(Ink::Series1)];
    }
}

namespace {

QPainterPath pathOf(const report::Ribbon &ribbon)
{
    const double middle = (ribbon.x1 + ribbon.x2) / 2;
    QPainterPath path(QPointF(ribbon.x1, ribbon.y1Top));
    path.cubicTo(middle, ribbon.y1Top, middle, ribbon.y2Top, ribbon.x2, ribbon.y2Top);
    path.lineTo(ribbon.x2, ribbon.y2Bottom);
    path.cubicTo(middle, ribbon.y2Bottom, middle, ribbon.y1Bottom, ribbon.x1, ribbon.y1Bottom);
    path.closeSubpath();
    return path;
}

QFont fontOf(const report::Text &text)
{
    QFont font = Theme::textFont();
    font.setPixelSize(std::max(1, int(text.size + 0.5)));
    font.setWeight(text.bold ? QFont::DemiBold : QFont::Normal);
    return font;
}

QRectF boxOf(const report::Text &text)
{
    const QFontMetricsF metrics(fontOf(text));
    const double width = metrics.horizontalAdvance(QString::fromStdString(text.text));
    const double left = text.align == Align::Left ? text.x : text.align == Align::Right ? text.x - width : text.x - width / 2;
    return {left, text.y - metrics.ascent(), width, metrics.height()};
}

} // namespace

QPainterPath areaOf(const report::Mark &mark)
{
    QPainterPath path;
    std::visit(Overloaded{
                   [&](const report::Rect &rect) { path.addRect(rect.x, rect.y, rect.width, rect.height); },
                   [&](const report::Ribbon &ribbon) { path = pathOf(ribbon); },
                   [&](const report::Text &text) { path.addRect(boxOf(text)); },
                   [](const auto &) {},
               },
               mark);
    return path;
}

const std::string &tooltipOf(const report::Mark &mark)
{
    static const std::string none;
    return std::visit(Overloaded{[](const report::Rect &m) -> const std::string & { return m.tooltip; },
                                 [](const report::Ribbon &m) -> const std::string & { return m.tooltip; },
                                 [](const report::Text &m) -> const std::string & { return m.tooltip; },
                                 [](const auto &) -> const std::string & { return none; }},
                      mark);
}

int rowOf(const report::Mark &mark)
{
    return std::visit(Overloaded{[](const report::Rect &m) { return m.row; }, [](const report::Ribbon &m) { return m.row; },
                                 [](const auto &) { return -1; }},
                      mark);
}

std::vector<int> focusableMarks(const report::Scene &scene)
{
    std::vector<int> marks;
    for (int i = 0; i < int(scene.marks.size()); ++i) {
        if (!tooltipOf(scene.marks[std::size_t(i)]).empty() && !std::holds_alternative<report::Text>(scene.marks[std::size_t(i)]))
            marks.push_back(i);
    }
    std::stable_sort(marks.begin(), marks.end(), [&](int a, int b) {
        const QPointF one = areaOf(scene.marks[std::size_t(a)]).boundingRect().topLeft();
        const QPointF other = areaOf(scene.marks[std::size_t(b)]).boundingRect().topLeft();
        return std::abs(one.x() - other.x()) > 0.5 ? one.x() < other.x() : one.y() < other.y();
    });
    return marks;
}

int markAt(const report::Scene &scene, QPointF point, double reach)
{
    for (int i = int(scene.marks.size()) - 1; i >= 0; --i) {
        const report::Mark &mark = scene.marks[std::size_t(i)];
        if (tooltipOf(mark).empty())
            continue;
        const QPainterPath area = areaOf(mark);
        if (!area.boundingRect().adjusted(-reach, -reach, reach, reach).contains(point))
            continue;
        if (std::holds_alternative<report::Ribbon>(mark) && !area.contains(point))
            continue; // a ribbon's box is mostly not ribbon
        return i;
    }
    return -1;
}

void paintScene(QPainter &painter, const report::Scene &scene, const Colors &colors, int emphasised)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (int i = 0; i < int(scene.marks.size()); ++i) {
        const bool lifted = i == emphasised;
        std::visit(
            Overloaded{
                [&](const report::Rect &rect) {
                    QColor fill = inkColor(rect.fill, colors);
                    if (lifted)
                        fill = colors.isDark ? fill.lighter(118) : fill.darker(114);
                    fill.setAlphaF(float(lifted ? std::min(1.0, rect.opacity + 0.15) : rect.opacity));
                    painter.setPen(Qt::NoPen);
                    painter.setBrush(fill);
                    painter.drawRoundedRect(QRectF(rect.x, rect.y, rect.width, rect.height), rect.radius, rect.radius);
                },
                [&](const report::Line &line) {
                    QPen pen(inkColor(line.ink, colors), line.width);
                    if (line.dashed)
                        pen.setDashPattern({4, 4});
                    painter.setPen(pen);
                    painter.drawLine(QPointF(line.x1, line.y1), QPointF(line.x2, line.y2));
                },
                [&](const report::Polyline &line) {
                    QPolygonF points;
                    for (const auto &[x, y] : line.points)
                        points << QPointF(x, y);
                    painter.setPen(QPen(inkColor(line.ink, colors), line.width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
                    painter.setBrush(Qt::NoBrush);
                    painter.drawPolyline(points);
                },
                [&](const report::Polygon &polygon) {
                    QPolygonF points;
                    for (const auto &[x, y] : polygon.points)
                        points << QPointF(x, y);
                    QColor fill = inkColor(polygon.fill, colors);
                    fill.setAlphaF(float(polygon.opacity));
                    painter.setPen(Qt::NoPen);
                    painter.setBrush(fill);
                    painter.drawPolygon(points);
                },
                [&](const report::Ribbon &ribbon) {
                    QColor fill = inkColor(ribbon.fill, colors);
                    fill.setAlphaF(float(lifted ? std::min(1.0, ribbon.opacity + 0.25) : ribbon.opacity));
                    painter.setPen(Qt::NoPen);
                    painter.setBrush(fill);
                    painter.drawPath(pathOf(ribbon));
                },
                [&](const report::Text &text) {
                    painter.setFont(fontOf(text));
                    painter.setPen(inkColor(text.ink, colors));
                    painter.drawText(QPointF(boxOf(text).left(), text.y), QString::fromStdString(text.text));
                },
            },
            scene.marks[std::size_t(i)]);
    }
    painter.restore();
}

} // namespace ui
