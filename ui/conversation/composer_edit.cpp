#include "ui/conversation/composer_edit.h"

#include "ui/shell/theme.h"

#include <QMimeData>
#include <QPainter>
#include <QTextBlock>
#include <QUrl>

namespace ui {

ComposerEdit::ComposerEdit(QWidget *parent)
    : GrowingEdit(2, 0, parent)
{
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(2);
    grow();
}

void ComposerEdit::setExpected(const QString &text)
{
    if (m_expected == text)
        return;
    m_expected = text;
    viewport()->update();
}

bool ComposerEdit::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasUrls() || source->hasImage() || GrowingEdit::canInsertFromMimeData(source);
}

void ComposerEdit::insertFromMimeData(const QMimeData *source)
{
    QStringList files;
    for (const auto &url : source->urls()) {
        if (url.isLocalFile())
            files << url.toLocalFile();
    }
    if (!files.isEmpty())
        emit filesGiven(files);
    else if (source->hasImage() && !source->hasText()) // Spreadsheets offer a picture of their cells beside the text that is meant.
        emit pictureGiven(qvariant_cast<QImage>(source->imageData()));
    else
        GrowingEdit::insertFromMimeData(source);
}

void ComposerEdit::paintEvent(QPaintEvent *event)
{
    GrowingEdit::paintEvent(event);
    if (m_expected.isEmpty())
        return;
    auto end = textCursor();
    end.movePosition(QTextCursor::End);
    const auto at = cursorRect(end);
    const QRect room(at.right() + 2, at.top(), viewport()->width() - at.right() - 4, at.height());
    QPainter painter(viewport());
    painter.setFont(font());
    painter.setPen(Theme::colors().muted);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, fontMetrics().elidedText(m_expected, Qt::ElideRight, room.width()));
}

} // namespace ui
