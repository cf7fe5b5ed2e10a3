#pragma once

#include <QColor>
#include <QIconEngine>

namespace ui {

/// Draws one stroke icon of resources/icons in the theme's text colour (or a fixed one) at the size and density asked for.
class StrokeIconEngine : public QIconEngine
{
public:
    StrokeIconEngine(QString name, QColor color);

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override;
    QIconEngine *clone() const override { return new StrokeIconEngine(*this); }

private:
    QString m_name;
    QColor m_color; // invalid: the theme's text
};

} // namespace ui
