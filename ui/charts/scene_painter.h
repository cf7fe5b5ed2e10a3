#pragma once

#include "agent/report/scene.h"
#include "ui/shell/theme.h"

#include <QPainterPath>

class QPainter;

/// Draws what report::layout() placed; decides nothing but colours and fonts.
namespace ui {

QColor inkColor(report::Ink ink, const Colors &colors);

/// `emphasised` is the index of a mark to lift out (under the pointer or the keyboard's), or -1.
void paintScene(QPainter &painter, const report::Scene &scene, const Colors &colors, int emphasised = -1);

/// The mark's area, for hits and the focus ring. Lines and polylines have none.
QPainterPath areaOf(const report::Mark &mark);

const std::string &tooltipOf(const report::Mark &mark);
int rowOf(const report::Mark &mark); // -1: none

/// Marks that say something of their own: those with a tooltip, in reading order (left to right, then top to bottom).
std::vector<int> focusableMarks(const report::Scene &scene);

/// The topmost mark with a tooltip at `point`, or -1. `reach` widens thin marks.
int markAt(const report::Scene &scene, QPointF point, double reach = 3);

} // namespace ui
