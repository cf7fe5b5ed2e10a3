#pragma once

#include <QFrame>
#include <QPointer>
#include <QStringList>

class QLabel;
class QMimeData;
class QPushButton;

namespace ui {

class AttachmentRow;
class ComposerCompletion;
class ComposerEdit;
class DraftAttachments;

/// Where the user writes: grows with the text up to a third of its window. Enter (or Ctrl+Enter) sends, Shift+Enter makes a new
/// line, Up in an empty composer brings back what was sent before. "/" completes the agent's commands, "@" files; pictures and files
/// that are pasted or dropped become attachments.
class Composer : public QFrame
{
    Q_OBJECT

public:
    explicit Composer(QWidget *parent = nullptr);

    QString text() const;
    void setText(const QString &text);
    void insert(const QString &text); // on a line of its own
    void setHistory(const QStringList &oldestFirst) { m_history = oldestFirst; }

    /// While a turn runs, sending queues and Stop shows; `isStopping`: Stop was pressed.
    void setRunning(bool running, bool isStopping);
    QPushButton *stopButton() const { return m_stop; }
    ComposerEdit *edit() const { return m_edit; }
    ComposerCompletion &completion() { return *m_completion; }

    /// The draft's; null for none.
    void setAttachments(DraftAttachments *attachments);

signals:
    void sent(const QString &text); // empty where attachments say it all
    void stopped();
    void textEdited(const QString &text);
    void modeCycled(); // Shift+Tab

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool takeKey(QKeyEvent *key);
    void send();
    void refreshSend();
    void showHint();
    bool recall(int step);

    ComposerEdit *m_edit;
    AttachmentRow *m_attachmentRow;
    ComposerCompletion *m_completion;
    QPointer<DraftAttachments> m_attachments;
    QLabel *m_hint;
    QPushButton *m_stop;
    QPushButton *m_send;
    QStringList m_history;
    int m_recalled = -1; // index from the end
    bool m_running = false;
    bool m_sendsWhenRead = false; // Enter came while attachments were read
};

} // namespace ui
