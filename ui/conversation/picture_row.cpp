#include "ui/conversation/picture_row.h"

#include "ui/conversation/attachments.h"
#include "ui/conversation/pictures.h"
#include "ui/conversation/row_painting.h"
#include "ui/shell/theme.h"

#include <QGuiApplication>
#include <QPainterPath>

namespace ui {
namespace {

constexpr int highest = 240;
constexpr int widest = 480;

/// A picture of a message or of a tool's output, never larger than it is. One that cannot be read is named.
class PictureRow : public Row
{
public:
    explicit PictureRow(const Part &part)
        : m_part(part)
    {
    }

    int layOut(int width) override
    {
        m_width = width;
        const auto frame = contentOf(m_part, width);
        const QSize most(std::min(widest, frame.width()), highest);
        m_picture = shownPicture(m_part.picture, most * qGuiApp->devicePixelRatio());
        auto size = m_picture.isNull() ? QSize(frame.width(), lineHeight()) : pictureSize(m_part.picture);
        if (size.width() > most.width() || size.height() > most.height())
            size = size.scaled(most, Qt::KeepAspectRatio).expandedTo({1, 1});
        m_box = QRect(frame.topLeft(), size);
        m_height = m_box.bottom() + 1 + paddingBelow(m_part);
        return m_height;
    }

    void paint(QPainter &painter, const Look &) const override
    {
        const auto &c = Theme::colors();
        paintFrame(painter, m_part, m_width, m_height);
        if (m_picture.isNull()) {
            painter.setFont(Theme::textFont());
            painter.setPen(c.muted);
            painter.drawText(m_box, Qt::AlignLeft | Qt::AlignVCenter, QObject::tr("%1: cannot be shown").arg(attachmentName(m_part.picture)));
            return;
        }
        QPainterPath rounded;
        rounded.addRoundedRect(m_box, 6, 6);
        painter.save();
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.setClipPath(rounded, Qt::IntersectClip);
        painter.drawImage(m_box, m_picture);
        painter.restore();
        painter.setPen(c.border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(m_box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }

    QString toolTipAt(QPointF at) const override
    {
        const auto size = pictureSize(m_part.picture);
        return m_box.contains(at.toPoint()) && !size.isEmpty()
            ? QString::fromUtf8("%1 · %2 × %3").arg(attachmentName(m_part.picture)).arg(size.width()).arg(size.height())
            : QString();
    }

private:
    const Part &m_part;
    QImage m_picture;
    QRect m_box;
    int m_width = 0;
    int m_height = 0;
};

} // namespace

std::unique_ptr<Row> makePictureRow(const Part &part) { return std::make_unique<PictureRow>(part); }

int estimatedPictureHeight() { return highest; }

} // namespace ui
