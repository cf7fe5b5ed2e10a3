#pragma once

#include "ui/conversation/conversation_layout.h"

#include <QAbstractScrollArea>
#include <QPointer>
#include <QTimer>

#include <set>

class QToolButton;

namespace ui {

class TerminalWindow;

/// A conversation as it is read: messages, tool calls on one line that open, notes. Lays out and paints only what shows, so a
/// session of any length scrolls alike. Follows new text while the end is in view, and stays put otherwise.
///
/// Keys: arrows and Page keys scroll; Ctrl+Down and Ctrl+Up go from card to card and from button to button, Enter opens or
/// presses; Ctrl+C copies the selection.
class ConversationView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit ConversationView(QWidget *parent = nullptr);
    ~ConversationView() override;

    /// Empty pixels at both sides.
    void setSideMargin(int pixels);

    /// What to show; null for nothing. It must live until replaced. Open cards and the place are forgotten.
    void setConversation(const Conversation *conversation);

    /// Takes in what has changed.
    void refresh();

    QString selectedText() const;
    void selectAll();
    void copy();
    bool isAtEnd() const { return m_following; }
    void goToEnd();
    void setItemOpen(std::uint64_t item, bool open);

    /// How many parts are laid out now; for tests that nothing is laid out which does not show.
    int laidOutCount() const { return m_layout.rowCount(); }

signals:
    void actionTriggered(const ui::PartAction &action); // not OpenTerminal: the view opens a window
    void linkClicked(const QString &url); // nothing is opened by the view itself

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    using Entry = ConversationLayout::Entry;
    using Place = ConversationLayout::Place;
    using Stop = ConversationLayout::Stop;

    void arrange();
    int contentWidth() const;
    int contentLeft() const;
    Place at(QPoint viewportPoint, QPointF *inRow = nullptr) const;
    void toggle(int item);
    void click(const Place &place, QPointF inRow);
    void moveStop(int step);
    void pressStop();
    void trigger(const PartAction &action);
    void openTerminal(const QString &id);
    std::pair<Place, Place> selection() const;
    QString textOfItem(int item) const;

    const Conversation *m_conversation = nullptr;
    ConversationLayout m_layout;
    std::set<std::uint64_t> m_open;
    int m_margin = 16;
    bool m_following = true;
    bool m_arranging = false;
    Place m_anchor;  // of the selection
    Place m_extent;
    bool m_selecting = false;
    QPoint m_pressed;
    QPoint m_mouse{-1, -1};
    Stop m_stop;
    QTimer m_autoScroll;
    int m_autoScrollStep = 0;
    QToolButton *m_toEnd;
    std::vector<QPointer<TerminalWindow>> m_terminals; // open windows
};

} // namespace ui
