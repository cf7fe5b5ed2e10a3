#pragma once

#include "ui/terminal/terminal_screen.h"

#include <QAbstractScrollArea>
#include <QTimer>

#include <memory>

namespace ui {

/// Shows a terminal: the screen and what scrolled away from it, in the theme's colours. Text can be selected with the mouse and copied.
///
/// With input every key goes to the program, but Ctrl+Shift+C and Ctrl+Shift+V, which copy and paste, Shift with the Page keys, which
/// scroll, and Ctrl+Tab, which leaves. Without input Ctrl+C copies, Ctrl+A selects all and the arrows scroll.
class TerminalView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit TerminalView(QWidget *parent = nullptr);

    /// Null shows nothing. The view follows the end until it is scrolled away from it.
    void setScreen(std::shared_ptr<TerminalScreen> screen);
    const std::shared_ptr<TerminalScreen> &screen() const { return m_screen; }
    void setInput(bool enabled);
    bool hasInput() const { return m_hasInput; }

    /// Takes in what has changed of the screen.
    void refresh();

    /// As many cells as show.
    ph::TerminalSize fittingSize() const;
    QSize sizeFor(ph::TerminalSize cells) const;

    QString selectedText() const;
    void selectAll();
    void copy() const;
    void paste();

    QSize sizeHint() const override { return sizeFor({80, 24}); }

signals:
    void typed();   // takeReplies() of the screen has something
    void resized(); // fittingSize() may be another one

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    bool event(QEvent *event) override;
    bool focusNextPrevChild(bool next) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Place {
        int line = 0;
        int column = 0;

        friend auto operator<=>(const Place &, const Place &) = default;
    };

    void measure();
    void arrange();
    Place placeAt(QPoint point) const;
    std::pair<Place, Place> selection() const;
    void type(QKeyEvent *event);
    int endLine() const;
    void paintLine(QPainter &painter, const TerminalLine &line, int y) const;

    std::shared_ptr<TerminalScreen> m_screen;
    bool m_hasInput = false;
    bool m_follows = true;
    bool m_isArranging = false;
    double m_cellWidth = 8;
    int m_cellHeight = 16;
    int m_ascent = 12;
    Place m_anchor; // of the selection
    Place m_extent;
    bool m_isSelecting = false;
    QTimer m_autoScroll;
    int m_autoScrollStep = 0;
};

} // namespace ui
