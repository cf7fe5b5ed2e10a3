#include "ui/conversation/composer.h"

#include "ui/conversation/attachment_row.h"
#include "ui/conversation/composer_completion.h"
#include "ui/conversation/composer_edit.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QTextBlock>
#include <QVBoxLayout>

namespace ui {

Composer::Composer(QWidget *parent)
    : QFrame(parent)
    , m_edit(new ComposerEdit)
    , m_attachmentRow(new AttachmentRow)
    , m_completion(new ComposerCompletion(*m_edit, *this))
    , m_hint(new QLabel)
    , m_stop(new QPushButton(tr("Stop")))
    , m_send(new QPushButton)
{
    setProperty("role", "composer");
    m_edit->setPlaceholderText(tr("Ask the agent about your product…"));
    m_edit->setAccessibleName(tr("Message to the agent"));
    m_edit->setToolTip(tr("/ for commands, @ for files; paste or drop pictures and files"));
    m_edit->installEventFilter(this);
    m_hint->setProperty("role", "small");
    m_hint->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_stop->setIcon(Theme::icon("stop", Theme::colors().bad));
    m_stop->setProperty("variant", "danger");
    m_stop->setToolTip(tr("Stop this turn (Esc)"));
    m_stop->setAccessibleName(tr("Stop the agent"));
    m_send->setProperty("variant", "primary");

    auto *row = new QHBoxLayout;
    row->setSpacing(space::s);
    row->addWidget(m_hint, 1);
    row->addWidget(m_stop);
    row->addWidget(m_send);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::m, space::s, space::s, space::s);
    column->setSpacing(space::xs);
    column->addWidget(m_attachmentRow);
    column->addWidget(m_edit);
    column->addLayout(row);
    setFocusProxy(m_edit);

    connect(m_send, &QPushButton::clicked, this, &Composer::send);
    connect(m_stop, &QPushButton::clicked, this, &Composer::stopped);
    connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
        refreshSend();
        emit textEdited(m_edit->toPlainText());
    });
    connect(m_edit, &ComposerEdit::filesGiven, this, [this](const QStringList &paths) {
        if (m_attachments)
            m_attachments->addFiles(paths);
    });
    connect(m_edit, &ComposerEdit::pictureGiven, this, [this](const QImage &picture) {
        if (m_attachments)
            m_attachments->addPicture(picture);
    });
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, [this] { m_stop->setIcon(Theme::icon("stop", Theme::colors().bad)); });
    refreshSend();
    setRunning(false, false);
}

QString Composer::text() const { return m_edit->toPlainText(); }

void Composer::setText(const QString &text)
{
    if (text == m_edit->toPlainText())
        return;
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
    m_completion->dismiss();
    m_recalled = -1;
}

void Composer::setAttachments(DraftAttachments *attachments)
{
    if (m_attachments)
        disconnect(m_attachments, nullptr, this, nullptr);
    m_attachments = attachments;
    m_sendsWhenRead = false;
    m_attachmentRow->setAttachments(attachments);
    if (m_attachments) {
        connect(m_attachments, &DraftAttachments::changed, this, [this] {
            refreshSend();
            if (m_sendsWhenRead && !m_attachments->isReading())
                send();
        });
    }
    refreshSend();
}

void Composer::insert(const QString &text)
{
    auto cursor = m_edit->textCursor();
    cursor.movePosition(QTextCursor::End);
    if (!m_edit->toPlainText().isEmpty() && !m_edit->toPlainText().endsWith('\n'))
        cursor.insertText("\n");
    cursor.insertText(text);
    m_edit->setTextCursor(cursor);
}

void Composer::setRunning(bool running, bool isStopping)
{
    m_running = running;
    m_stop->setVisible(running);
    m_stop->setEnabled(!isStopping);
    m_stop->setText(isStopping ? tr("Stopping…") : tr("Stop"));
    m_send->setText(running ? tr("Queue") : tr("Send"));
    m_send->setAccessibleName(running ? tr("Queue this message") : tr("Send this message"));
    showHint();
}

void Composer::showHint()
{
    m_hint->setText(m_sendsWhenRead ? tr("Goes off once the files are read")
                        : m_running ? tr("Enter queues")
                                    : tr("Enter sends, Shift+Enter: new line"));
}

void Composer::refreshSend()
{
    m_send->setEnabled(!m_edit->toPlainText().trimmed().isEmpty() || (m_attachments && !m_attachments->isEmpty()));
}

void Composer::send()
{
    const auto text = m_edit->toPlainText().trimmed();
    m_sendsWhenRead = m_attachments && m_attachments->isReading();
    showHint();
    if (m_sendsWhenRead || (text.isEmpty() && (!m_attachments || m_attachments->isEmpty())))
        return;
    m_recalled = -1;
    m_edit->clear();
    emit sent(text);
    m_edit->setFocus();
}

bool Composer::recall(int step)
{
    const int next = m_recalled + step;
    if (next < -1 || next >= m_history.size())
        return false;
    m_recalled = next;
    const int keep = m_recalled; // setPlainText() is an edit like any other.
    m_edit->setPlainText(next < 0 ? QString() : m_history[m_history.size() - 1 - next]);
    m_edit->moveCursor(QTextCursor::End);
    m_completion->dismiss();
    m_recalled = keep;
    return true;
}

bool Composer::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_edit)
        return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        setStyleProperty(this, "active", event->type() == QEvent::FocusIn ? "true" : "false");
    return event->type() == QEvent::KeyPress ? takeKey(static_cast<QKeyEvent *>(event)) : QFrame::eventFilter(watched, event);
}

/// True: the text does not get the key.
bool Composer::takeKey(QKeyEvent *key)
{
    if (key->modifiers() == Qt::NoModifier && m_completion->takeKey(key->key()))
        return true;
    const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (isEnter && !(key->modifiers() & Qt::ShiftModifier)) {
        send();
        return true;
    }
    if (isEnter) { // Shift+Enter would make a line separator inside the paragraph.
        m_edit->insertPlainText("\n");
        return true;
    }
    if (key->key() == Qt::Key_Backtab) {
        emit modeCycled();
        return true;
    }
    const bool canRecall = m_edit->toPlainText().isEmpty() || m_recalled >= 0;
    if (key->key() == Qt::Key_Up && canRecall && m_edit->textCursor().blockNumber() == 0)
        return recall(1);
    if (key->key() == Qt::Key_Down && m_recalled >= 0 && m_edit->textCursor().block() == m_edit->document()->lastBlock())
        return recall(-1);
    if (!key->text().isEmpty())
        m_recalled = -1;
    return false;
}

} // namespace ui
