#pragma once

#include "ui/conversation/rows.h"

#include <QTextLayout>

namespace ui {

// What the rows of a conversation share: the frame around a part, laid out text and its selection.

constexpr int listIndent = 20; // a level

/// Of one line in the font for text.
int lineHeight();

/// Where the content of a part lies within its frame; the height is left at 0.
QRect contentOf(const Part &part, int width);
/// Empty pixels between the content and the end of the frame.
int paddingBelow(const Part &part);
void paintFrame(QPainter &painter, const Part &part, int width, int height);

QColor colorOf(Part::Tone tone);

/// The selected characters of a row as a background; empty when nothing is selected.
QList<QTextLayout::FormatRange> selectionOf(const Row::Look &look);

/// The character at a point of the layout; a point below it belongs to its last line.
int offsetIn(const QTextLayout &layout, QPointF at);

/// Breaks the layout's text into lines of this width, `spacing` line heights apart. Returns the height of all.
int layOutLines(QTextLayout &layout, int width, double spacing);

/// A guess at how many lines this many characters take.
int estimatedLines(qsizetype characters, int width);

} // namespace ui
