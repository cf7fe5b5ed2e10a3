#include "ui/conversation/attachment_row.h"

#include "ui/conversation/attachments.h"
#include "ui/conversation/flow_layout.h"
#include "ui/conversation/pictures.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <QUrl>

namespace ui {
namespace {

constexpr int thumbnail = 28;
constexpr int shownLines = 3; // of chips; more scroll

QString sizeText(const acp::ContentBlock &block)
{
    const auto pixels = pictureSize(block);
    const auto bytes = QLocale().formattedDataSize(qint64(block.data ? block.data->size() * 3 / 4 : 0), 0, QLocale::DataSizeTraditionalFormat);
    return pixels.isEmpty() ? bytes : QString::fromUtf8("%1 × %2 · %3").arg(pixels.width()).arg(pixels.height()).arg(bytes);
}

QPixmap iconOf(const acp::ContentBlock &block, double ratio)
{
    if (auto picture = shownPicture(block, QSize(thumbnail, thumbnail) * ratio); !picture.isNull()) {
        auto pixmap = QPixmap::fromImage(std::move(picture));
        pixmap.setDevicePixelRatio(ratio);
        return pixmap;
    }
    return Theme::icon(block.type == "resource" ? "link" : "file", Theme::colors().muted).pixmap(QSize(15, 15), ratio);
}

} // namespace

AttachmentRow::AttachmentRow(QWidget *parent)
    : QScrollArea(parent)
{
    auto *content = new QWidget;
    content->setProperty("role", "plain");
    m_chips = new FlowLayout(content);
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Attachments"));
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &AttachmentRow::refresh);
    hide();
}

void AttachmentRow::setAttachments(DraftAttachments *attachments)
{
    if (m_attachments)
        disconnect(m_attachments, nullptr, this, nullptr);
    m_attachments = attachments;
    if (m_attachments)
        connect(m_attachments, &DraftAttachments::changed, this, &AttachmentRow::refresh);
    refresh();
}

void AttachmentRow::refresh()
{
    m_chips->clear();
    setVisible(m_attachments && !m_attachments->isEmpty());
    if (isHidden())
        return;
    for (size_t i = 0; i < m_attachments->blocks().size(); ++i)
        addChip(m_attachments->blocks()[i], i);
    if (m_attachments->isReading()) {
        auto *reading = new QLabel(tr("Reading…"));
        reading->setProperty("role", "small");
        m_chips->addWidget(reading);
        reading->show();
    }
    fit();
}

void AttachmentRow::addChip(const acp::ContentBlock &block, size_t index)
{
    const auto name = attachmentName(block);
    auto *chip = new QFrame;
    chip->setProperty("role", "chip");
    const QUrl url(QString::fromStdString(attachmentUri(block)));
    chip->setToolTip(plainToolTip(url.isLocalFile() ? visibleText(url.toLocalFile()) : name));
    auto *row = new QHBoxLayout(chip);
    row->setContentsMargins(space::xs, 2, space::xs, 2);
    row->setSpacing(space::xs);
    auto *icon = new QLabel;
    icon->setPixmap(iconOf(block, devicePixelRatioF()));
    icon->setMinimumHeight(block.type == "image" ? thumbnail : 0);
    row->addWidget(icon);
    auto *text = new QLabel(QFontMetrics(Theme::textFont()).elidedText(name, Qt::ElideMiddle, 160));
    text->setTextFormat(Qt::PlainText);
    row->addWidget(text);
    if (block.type == "image") {
        auto *size = new QLabel(sizeText(block));
        size->setProperty("role", "small");
        row->addWidget(size);
    }
    auto *close = new QToolButton;
    close->setIcon(Theme::icon("close"));
    close->setIconSize({10, 10});
    close->setToolTip(tr("Do not send this along"));
    close->setAccessibleName(tr("Do not send %1 along").arg(name));
    connect(close, &QToolButton::clicked, this, [this, index] {
        if (m_attachments)
            m_attachments->remove(index);
    }, Qt::QueuedConnection); // The button goes with its chip.
    row->addWidget(close);
    m_chips->addWidget(chip);
    chip->show(); // At once: what is not shown yet has no size.
}

void AttachmentRow::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    fit();
}

void AttachmentRow::fit()
{
    const int wanted = m_chips->heightForWidth(viewport()->width());
    const int line = m_chips->count() > 0 ? m_chips->minimumSize().height() + m_chips->spacing() : 0;
    setFixedHeight(std::min(wanted, shownLines * line));
}

} // namespace ui
