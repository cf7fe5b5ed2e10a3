#pragma once

#include <QFrame>
#include <QStringList>

class QHBoxLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace ui {

/// Where the user writes: grows with the text up to a third of its window. Enter (or Ctrl+Enter) sends, Shift+Enter makes a new
/// line, Up in an empty composer brings back what was sent before.
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
    QPlainTextEdit *edit() const { return m_edit; }

signals:
    void sent(const QString &text);
    void stopped();
    void textEdited(const QString &text);
    void modeCycled(); // Shift+Tab

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void send();
    void grow();
    bool recall(int step);

    QPlainTextEdit *m_edit;
    QLabel *m_hint;
    QPushButton *m_stop;
    QPushButton *m_send;
    QStringList m_history;
    int m_recalled = -1; // index from the end
    bool m_running = false;
};

} // namespace ui
