#include "ui/terminal/terminal_view.h"

#include "ui/terminal/terminal_colors.h"

#include <QAccessible>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QInputMethodEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int margin = 8;
constexpr int spokenLines = 40; // of the end, to those who do not see it

} // namespace

TerminalView::TerminalView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Terminal"));
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAutoFillBackground(false);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, [this] {
        measure();
        arrange();
        emit resized();
    });
    m_autoScroll.setInterval(30);
    connect(&m_autoScroll, &QTimer::timeout, this, [this] {
        verticalScrollBar()->setValue(verticalScrollBar()->value() + m_autoScrollStep);
        m_extent = placeAt(viewport()->mapFromGlobal(QCursor::pos()));
        viewport()->update();
    });
    measure();
}

void TerminalView::measure()
{
    const QFontMetricsF metrics(Theme::codeFont());
    m_cellWidth = metrics.horizontalAdvance('M');
    m_cellHeight = int(std::ceil(metrics.height()));
    m_ascent = int(std::ceil(metrics.ascent()));
}

void TerminalView::setScreen(std::shared_ptr<TerminalScreen> screen)
{
    m_screen = std::move(screen);
    m_anchor = m_extent = {};
    m_follows = true;
    refresh();
}

void TerminalView::setInput(bool enabled)
{
    m_hasInput = enabled;
    setAttribute(Qt::WA_InputMethodEnabled, enabled);
    viewport()->update();
}

/// Behind the last line that shows: of a screen that lives its empty rows too, where the program may write.
int TerminalView::endLine() const
{
    if (!m_screen)
        return 0;
    return m_hasInput ? m_screen->lineCount() : m_screen->usedLines();
}

void TerminalView::refresh()
{
    arrange();
    if (QAccessible::isActive() && m_screen) {
        const int end = m_screen->usedLines();
        setAccessibleDescription(end == 0 ? QString() : textBetween(*m_screen, std::max(0, end - spokenLines), 0, end - 1, m_screen->size().columns));
    }
}

void TerminalView::arrange()
{
    auto *bar = verticalScrollBar();
    const int rows = fittingSize().rows;
    m_isArranging = true;
    bar->setPageStep(rows);
    bar->setRange(0, std::max(0, endLine() - rows));
    if (m_follows)
        bar->setValue(bar->maximum());
    m_isArranging = false;
    viewport()->update();
}

ph::TerminalSize TerminalView::fittingSize() const
{
    return {std::max(2, int((viewport()->width() - 2 * margin) / m_cellWidth)), std::max(1, (viewport()->height() - 2 * margin) / m_cellHeight)};
}

QSize TerminalView::sizeFor(ph::TerminalSize cells) const
{
    return {int(std::ceil(cells.columns * m_cellWidth)) + 2 * margin + verticalScrollBar()->sizeHint().width(), cells.rows * m_cellHeight + 2 * margin};
}

void TerminalView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    arrange();
    emit resized();
}

void TerminalView::scrollContentsBy(int, int)
{
    if (!m_isArranging)
        m_follows = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    viewport()->update();
}

void TerminalView::paintLine(QPainter &painter, const TerminalLine &line, int y) const
{
    const auto &colors = Theme::colors();
    const auto ground = terminalGround(colors);
    for (const auto &run : line.runs) {
        const auto look = paintOf(run.style, colors, ground);
        const QRectF box(margin + run.column * m_cellWidth, y, run.columns * m_cellWidth, m_cellHeight);
        if (look.background.isValid())
            painter.fillRect(box, look.background);
        auto font = Theme::codeFont();
        font.setBold(run.style.bold);
        font.setItalic(run.style.italic);
        font.setUnderline(run.style.underline);
        font.setStrikeOut(run.style.strike);
        painter.setFont(font);
        painter.setPen(look.text);
        painter.drawText(QPointF(box.left(), y + m_ascent), run.text);
    }
}

void TerminalView::paintEvent(QPaintEvent *)
{
    const auto &colors = Theme::colors();
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight); // Cells stand where they are.
    painter.fillRect(viewport()->rect(), terminalGround(colors));
    if (!m_screen)
        return;
    const int first = verticalScrollBar()->value();
    const int last = std::min(m_screen->lineCount(), first + fittingSize().rows + 1);
    const auto [from, to] = selection();
    for (int index = first; index < last; ++index) {
        const int y = margin + (index - first) * m_cellHeight;
        paintLine(painter, m_screen->line(index), y);
        if (from < to && from.line <= index && index <= to.line) {
            const int start = index == from.line ? from.column : 0;
            const int end = index == to.line ? to.column : m_screen->size().columns;
            auto color = colors.accent;
            color.setAlphaF(0.35f);
            painter.fillRect(QRectF(margin + start * m_cellWidth, y, (end - start) * m_cellWidth, m_cellHeight), color);
        }
    }
    if (const auto cursor = m_screen->cursor(); m_hasInput && cursor.isVisible && cursor.line >= first) {
        const QRectF cell(margin + cursor.column * m_cellWidth, margin + (cursor.line - first) * m_cellHeight, m_cellWidth, m_cellHeight);
        if (hasFocus()) {
            auto color = colors.accent;
            color.setAlphaF(0.6f);
            painter.fillRect(cell, color);
        } else {
            painter.setPen(colors.muted);
            painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5));
        }
    }
    if (hasFocus()) {
        painter.setPen(colors.accent);
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

TerminalView::Place TerminalView::placeAt(QPoint point) const
{
    const int row = int(std::floor(double(point.y() - margin) / m_cellHeight));
    const int columns = m_screen ? m_screen->size().columns : 0;
    Place place{verticalScrollBar()->value() + row, std::clamp(int(std::lround((point.x() - margin) / m_cellWidth)), 0, columns)};
    const int end = std::max(0, endLine() - 1);
    if (place.line < 0)
        return {};
    if (place.line > end)
        return {end, columns};
    return place;
}

std::pair<TerminalView::Place, TerminalView::Place> TerminalView::selection() const
{
    return m_anchor <= m_extent ? std::pair(m_anchor, m_extent) : std::pair(m_extent, m_anchor);
}

QString TerminalView::selectedText() const
{
    const auto [from, to] = selection();
    return m_screen && from < to ? textBetween(*m_screen, from.line, from.column, to.line, to.column) : QString();
}

void TerminalView::selectAll()
{
    if (!m_screen)
        return;
    m_anchor = {};
    m_extent = {std::max(0, m_screen->usedLines() - 1), m_screen->size().columns};
    viewport()->update();
}

void TerminalView::copy() const
{
    if (const auto text = selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void TerminalView::paste()
{
    if (!m_screen || !m_hasInput)
        return;
    m_screen->paste(QGuiApplication::clipboard()->text());
    emit typed();
}

void TerminalView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const auto place = placeAt(event->pos());
    if (!(event->modifiers() & Qt::ShiftModifier))
        m_anchor = place;
    m_extent = place;
    m_isSelecting = true;
    viewport()->update();
}

void TerminalView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_isSelecting)
        return;
    m_extent = placeAt(event->pos());
    m_autoScrollStep = event->pos().y() < 0 ? -1 : event->pos().y() > viewport()->height() ? 1 : 0;
    if (m_autoScrollStep == 0)
        m_autoScroll.stop();
    else if (!m_autoScroll.isActive())
        m_autoScroll.start();
    viewport()->update();
}

void TerminalView::mouseReleaseEvent(QMouseEvent *)
{
    m_isSelecting = false;
    m_autoScroll.stop();
}

void TerminalView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (!m_screen)
        return;
    const auto place = placeAt(event->pos());
    const auto isWord = [&](int column) {
        const auto text = column < 0 ? QString() : textBetween(*m_screen, place.line, column, place.line, column + 1);
        return !text.isEmpty() && !text[0].isSpace();
    };
    m_anchor = m_extent = place;
    while (isWord(m_anchor.column - 1))
        --m_anchor.column;
    while (isWord(m_extent.column))
        ++m_extent.column;
    viewport()->update();
}

void TerminalView::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu menu(this);
    menu.addAction(Theme::icon("copy"), tr("Copy"), this, &TerminalView::copy)->setEnabled(!selectedText().isEmpty());
    if (m_hasInput)
        menu.addAction(tr("Paste"), this, &TerminalView::paste)->setEnabled(!QGuiApplication::clipboard()->text().isEmpty());
    menu.addAction(tr("Select all"), this, &TerminalView::selectAll);
    menu.exec(event->globalPos());
}

bool TerminalView::event(QEvent *event)
{
    // What the program is to get is no shortcut of the window.
    if (event->type() == QEvent::ShortcutOverride && m_hasInput) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (!(key->modifiers() == Qt::ControlModifier && key->key() == Qt::Key_Tab)) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

bool TerminalView::focusNextPrevChild(bool next) { return m_hasInput ? false : QAbstractScrollArea::focusNextPrevChild(next); }

void TerminalView::keyPressEvent(QKeyEvent *event)
{
    const bool withShift = (event->modifiers() & Qt::ShiftModifier) != 0;
    const bool withControl = (event->modifiers() & Qt::ControlModifier) != 0;
    auto *bar = verticalScrollBar();
    if (withControl && withShift && event->key() == Qt::Key_C) {
        copy();
    } else if (withControl && withShift && event->key() == Qt::Key_V) {
        paste();
    } else if (withShift && event->key() == Qt::Key_PageUp) {
        bar->setValue(bar->value() - bar->pageStep());
    } else if (withShift && event->key() == Qt::Key_PageDown) {
        bar->setValue(bar->value() + bar->pageStep());
    } else if (m_hasInput && withControl && (event->key() == Qt::Key_Tab || event->key() == Qt::Key_Backtab)) {
        QAbstractScrollArea::focusNextPrevChild(!withShift);
    } else if (m_hasInput) {
        type(event);
    } else if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->key() == Qt::Key_Home) {
        bar->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        bar->setValue(bar->maximum());
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void TerminalView::type(QKeyEvent *event)
{
    if (!m_screen)
        return;
    const bool alt = (event->modifiers() & Qt::AltModifier) != 0;
    const bool control = (event->modifiers() & Qt::ControlModifier) != 0;
    // On a keyboard with AltGr, Ctrl and Alt together type a character.
    const bool isLetter = event->key() >= Qt::Key_Space && event->key() <= Qt::Key_AsciiTilde;
    if (m_screen->pressKey(event->key(), event->modifiers())) {
    } else if (control && !alt && isLetter) {
        m_screen->pressControl(QChar(event->key()).toLower().unicode(), false);
    } else if (!event->text().isEmpty() && event->text()[0].isPrint()) {
        m_screen->typeText(event->text(), alt && !control);
    } else {
        return;
    }
    m_anchor = m_extent = {};
    m_follows = true;
    arrange();
    emit typed();
}

void TerminalView::inputMethodEvent(QInputMethodEvent *event)
{
    if (m_screen && m_hasInput && !event->commitString().isEmpty()) {
        m_screen->typeText(event->commitString());
        emit typed();
    }
    event->accept();
}

void TerminalView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace ui
