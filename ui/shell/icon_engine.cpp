#include "ui/shell/icon_engine.h"

#include "ui/shell/theme.h"

#include <QFile>
#include <QHash>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace ui {
namespace {

QByteArray svgOf(const QString &name)
{
    static QHash<QString, QByteArray> cache;
    const auto found = cache.constFind(name);
    if (found != cache.constEnd())
        return *found;
    QFile file(":/icons/" + name + ".svg");
    const auto text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    cache.insert(name, text);
    return text;
}

} // namespace

StrokeIconEngine::StrokeIconEngine(QString name, QColor color)
    : m_name(std::move(name))
    , m_color(std::move(color))
{
}

void StrokeIconEngine::paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state)
{
    const auto scale = painter->device() ? painter->device()->devicePixelRatioF() : 1;
    painter->drawPixmap(rect, scaledPixmap(rect.size() * scale, mode, state, scale));
}

QPixmap StrokeIconEngine::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state)
{
    return scaledPixmap(size, mode, state, 1);
}

QPixmap StrokeIconEngine::scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale)
{
    auto color = m_color.isValid() ? m_color : Theme::colors().text;
    if (mode == QIcon::Disabled)
        color = Theme::colors().muted;
    const auto key = QString("hoglet-icon/%1/%2/%3x%4@%5").arg(m_name, color.name()).arg(size.width()).arg(size.height()).arg(scale);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QSvgRenderer renderer(svgOf(m_name).replace("currentColor", color.name().toLatin1()));
        QPainter painter(&pixmap);
        const auto side = std::min(size.width(), size.height());
        renderer.render(&painter, QRectF((size.width() - side) / 2.0, (size.height() - side) / 2.0, side, side));
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(scale);
    return pixmap;
}

} // namespace ui
