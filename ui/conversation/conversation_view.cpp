#include "ui/conversation/conversation_view.h"

#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"
#include "ui/terminal/terminal_window.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QScrollBar>
#include <QStyleHints>
#include <QToolButton>
#include <QToolTip>

#include <algorithm>

namespace ui {
namespace {

constexpr int widest = 860;    // longer lines are hard to read

} // namespace

ConversationView::ConversationView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_toEnd(new QToolButton(this))
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Conversation"));
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    verticalScrollBar()->setSingleStep(24);
    m_toEnd->setIcon(Theme::icon("chevron-down"));
    m_toEnd->setText(tr("Latest"));
    m_toEnd->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_toEnd->setAccessibleName(tr("Go to the latest message"));
    m_toEnd->setProperty("role", "floating");
    m_toEnd->hide();
    connect(m_toEnd, &QToolButton::clicked, this, &ConversationView::goToEnd);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, [this] {
        m_layout.forgetRows();
        arrange();
        viewport()->update();
    });
    m_autoScroll.setInterval(30);
    connect(&m_autoScroll, &QTimer::timeout, this, [this] {
        verticalScrollBar()->setValue(verticalScrollBar()->value() + m_autoScrollStep);
        m_extent = at(m_mouse);
        viewport()->update();
    });
}

ConversationView::~ConversationView() = default;

void ConversationView::setConversation(const Conversation *conversation)
{
    m_conversation = conversation;
    m_layout.clear();
    m_open.clear();
    m_anchor = m_extent = {};
    m_stop = {};
    m_following = true;
    refresh();
}

void ConversationView::setSideMargin(int pixels)
{
    m_margin = pixels;
    m_layout.setWidth(contentWidth());
    arrange();
}

void ConversationView::refresh()
{
    // The part at the top of the viewport stays where it is, whatever grows above it.
    m_layout.setWidth(contentWidth());
    m_layout.take(m_conversation, m_open);
    arrange();
    viewport()->update();
    std::erase(m_terminals, nullptr);
    for (const auto &window : m_terminals)
        window->refresh();
}

void ConversationView::arrange()
{
    if (m_arranging)
        return;
    m_arranging = true;
    auto *bar = verticalScrollBar();
    const int page = viewport()->height();
    const auto setRange = [&] {
        bar->setPageStep(page);
        bar->setRange(0, std::max(0, m_layout.total() - page));
        if (m_following)
            bar->setValue(bar->maximum());
    };
    setRange();
    for (int round = 0; round < 8; ++round) {
        const int seen = bar->value();
        const auto change = m_layout.layOut(seen - 100, seen + page + 100, seen);
        if (!change.moved)
            break;
        setRange();
        if (!m_following && change.anchor) // it keeps its place on the screen
            bar->setValue(change.anchor->top + change.anchorOffset);
    }
    m_layout.dropFar(bar->value() - 3 * page, bar->value() + 4 * page);
    m_toEnd->setVisible(!m_following && bar->maximum() > 0);
    m_toEnd->adjustSize();
    m_toEnd->move((viewport()->width() - m_toEnd->width()) / 2, viewport()->height() - m_toEnd->height() - space::s);
    m_arranging = false;
}

int ConversationView::contentWidth() const { return std::clamp(viewport()->width() - 2 * m_margin, 80, widest); }
int ConversationView::contentLeft() const { return m_margin; }

void ConversationView::goToEnd()
{
    m_following = true;
    arrange();
    viewport()->update();
}

void ConversationView::setItemOpen(std::uint64_t item, bool open)
{
    if (open)
        m_open.insert(item);
    else
        m_open.erase(item);
    refresh();
}

void ConversationView::toggle(int item)
{
    const auto id = m_layout.items()[size_t(item)].id;
    // A card that is opened by hand should stay where it is, so the view stops following.
    m_following = false;
    if (!m_open.erase(id))
        m_open.insert(id);
    refresh();
    m_following = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 4;
    arrange();
}

void ConversationView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(event->rect(), Theme::colors().surface);
    const int scroll = verticalScrollBar()->value();
    const int left = contentLeft();
    const auto [from, to] = selection();
    const auto allStops = hasFocus() && m_stop.item >= 0;
    const auto &items = m_layout.items();
    for (size_t i = 0; i < items.size(); ++i) {
        const auto &item = items[i];
        if (item.entries.empty() || item.bottom() < scroll)
            continue;
        if (item.top > scroll + viewport()->height())
            break;
        for (size_t e = 0; e < item.entries.size(); ++e) {
            const auto &entry = item.entries[e];
            const int y = entry.contentTop() - scroll;
            if (y + entry.height < 0 || entry.top - scroll > viewport()->height() || !entry.row)
                continue;
            if (entry.part->gap > 0 && !entry.part->first && entry.part->frame == Part::Frame::Inset)
                painter.fillRect(QRect(left + 2, y - entry.part->gap, 2, entry.part->gap), Theme::colors().border);
            if (entry.part->gap > 0 && !entry.part->first && entry.part->frame == Part::Frame::User)
                painter.fillRect(QRect(left, y - entry.part->gap, contentWidth(), entry.part->gap), Theme::colors().hover);
            Row::Look look;
            const Place here{int(i), int(e), 0};
            const Place end{int(i), int(e), std::numeric_limits<int>::max()};
            if (from < to && from <= end && here <= to) {
                const int length = int(entry.row->text().size());
                look.selectFrom = from < here ? 0 : from.offset;
                look.selectTo = end < to ? length : std::min(length, to.offset);
            }
            look.mouse = QPointF(m_mouse) - QPointF(left, y);
            look.isCurrent = allStops && m_stop.item == int(i) && m_stop.entry == int(e) && m_stop.button < 0;
            painter.save();
            painter.translate(left, y);
            entry.row->paint(painter, look);
            if (allStops && m_stop.item == int(i) && m_stop.entry == int(e)) { // The focus ring.
                auto ring = QRect(0, 0, contentWidth(), entry.height);
                const auto buttons = entry.row->buttons();
                if (m_stop.button >= 0 && size_t(m_stop.button) < buttons.size())
                    ring = buttons[size_t(m_stop.button)].rect;
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(Theme::colors().accent, 1.5));
                painter.drawRoundedRect(QRectF(ring).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
            }
            painter.restore();
        }
    }
}

void ConversationView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    m_layout.setWidth(contentWidth());
    arrange();
}

void ConversationView::scrollContentsBy(int, int)
{
    if (m_arranging)
        return;
    m_following = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 4;
    arrange();
    viewport()->update();
}

ConversationView::Place ConversationView::at(QPoint point, QPointF *inRow) const
{
    const int y = point.y() + verticalScrollBar()->value();
    auto best = m_layout.at(y);
    if (best.item < 0)
        return best;
    const auto &entry = m_layout.items()[size_t(best.item)].entries[size_t(best.entry)];
    const QPointF local(point.x() - contentLeft(), y - entry.contentTop());
    if (inRow)
        *inRow = local;
    if (entry.row)
        best.offset = entry.row->offsetAt(local);
    return best;
}

void ConversationView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->pos();
    m_stop = {};
    const auto where = at(event->pos());
    if (event->modifiers() & Qt::ShiftModifier && m_anchor.item >= 0)
        m_extent = where;
    else
        m_anchor = m_extent = where;
    m_selecting = true;
    viewport()->update();
}

void ConversationView::mouseMoveEvent(QMouseEvent *event)
{
    m_mouse = event->pos();
    if (m_selecting && event->buttons() & Qt::LeftButton) {
        m_extent = at(event->pos());
        const int over = event->pos().y() < 0 ? event->pos().y() : std::max(0, event->pos().y() - viewport()->height());
        m_autoScrollStep = over / 2;
        if (over != 0 && !m_autoScroll.isActive())
            m_autoScroll.start();
        else if (over == 0)
            m_autoScroll.stop();
    } else {
        QPointF inRow;
        const auto where = at(event->pos(), &inRow);
        auto *entry = m_layout.entryAt(where);
        const bool inside = entry && entry->row && inRow.y() >= 0 && inRow.y() < entry->height && inRow.x() >= 0 && inRow.x() < contentWidth();
        const bool hand = inside
            && (entry->part->kind == Part::Kind::ToolHead || entry->row->actionAt(inRow) || !entry->row->linkAt(inRow).isEmpty());
        const bool text = inside && !hand && (entry->part->kind == Part::Kind::Text || entry->part->kind == Part::Kind::Code || entry->part->kind == Part::Kind::Terminal);
        viewport()->setCursor(hand ? Qt::PointingHandCursor : text ? Qt::IBeamCursor : Qt::ArrowCursor);
    }
    viewport()->update();
}

void ConversationView::mouseReleaseEvent(QMouseEvent *event)
{
    m_autoScroll.stop();
    if (event->button() != Qt::LeftButton || !m_selecting)
        return;
    m_selecting = false;
    if ((event->pos() - m_pressed).manhattanLength() > QGuiApplication::styleHints()->startDragDistance() && m_anchor != m_extent)
        return;
    QPointF inRow;
    const auto where = at(event->pos(), &inRow);
    click(where, inRow);
}

void ConversationView::click(const Place &where, QPointF inRow)
{
    auto *entry = m_layout.entryAt(where);
    if (!entry || !entry->row || inRow.y() < 0 || inRow.y() >= entry->height || inRow.x() < 0 || inRow.x() >= contentWidth())
        return;
    if (const auto *action = entry->row->actionAt(inRow)) {
        trigger(PartAction(*action)); // A copy: the row may go.
        return;
    }
    if (entry->part->kind == Part::Kind::ToolHead && entry->part->opens) {
        toggle(where.item);
        return;
    }
    if (const auto link = entry->row->linkAt(inRow); !link.isEmpty())
        emit linkClicked(link);
}

void ConversationView::mouseDoubleClickEvent(QMouseEvent *event)
{
    auto where = at(event->pos());
    const auto *entry = m_layout.entryAt(where);
    if (!entry || !entry->row || entry->part->kind == Part::Kind::ToolHead)
        return;
    const auto text = entry->row->text();
    const auto isWord = [&](int i) { return i >= 0 && i < text.size() && (text[i].isLetterOrNumber() || text[i] == '_' || text[i] == '.'); };
    int from = where.offset, to = where.offset;
    while (isWord(from - 1))
        --from;
    while (isWord(to))
        ++to;
    m_anchor = m_extent = where;
    m_anchor.offset = from;
    m_extent.offset = to;
    viewport()->update();
}

void ConversationView::leaveEvent(QEvent *event)
{
    m_mouse = {-1, -1};
    viewport()->update();
    QAbstractScrollArea::leaveEvent(event);
}

std::pair<ConversationView::Place, ConversationView::Place> ConversationView::selection() const
{
    return m_anchor <= m_extent ? std::pair(m_anchor, m_extent) : std::pair(m_extent, m_anchor);
}

QString ConversationView::selectedText() const
{
    const auto [from, to] = selection();
    return from.item < 0 || from == to ? QString() : m_layout.text(from, to);
}

void ConversationView::selectAll()
{
    if (m_layout.items().empty())
        return;
    m_anchor = {0, 0, 0};
    m_extent = m_layout.end();
    viewport()->update();
}

void ConversationView::copy()
{
    const auto text = selectedText();
    if (!text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

QString ConversationView::textOfItem(int item) const
{
    if (!m_conversation || item < 0 || size_t(item) >= m_conversation->items().size())
        return {};
    const auto &value = m_conversation->items()[size_t(item)].value;
    if (const auto *message = std::get_if<Message>(&value))
        return QString::fromStdString(message->text);
    if (const auto *tool = std::get_if<Tool>(&value))
        return QString::fromStdString(tool->call.title);
    return {};
}

void ConversationView::moveStop(int step)
{
    const auto all = m_layout.stops();
    if (all.empty())
        return;
    const auto found = std::find(all.begin(), all.end(), m_stop);
    size_t next = all.size() - 1; // From nowhere the keyboard goes to the latest.
    if (found != all.end())
        next = size_t(std::clamp<qptrdiff>(found - all.begin() + step, 0, qptrdiff(all.size()) - 1));
    m_stop = all[next];
    const auto &entry = m_layout.items()[size_t(m_stop.item)].entries[size_t(m_stop.entry)];
    auto *bar = verticalScrollBar();
    if (entry.top < bar->value())
        bar->setValue(entry.top);
    else if (entry.bottom() > bar->value() + viewport()->height())
        bar->setValue(entry.bottom() - viewport()->height() + space::s);
    viewport()->update();
}

void ConversationView::pressStop()
{
    auto *entry = m_layout.entryAt({m_stop.item, m_stop.entry, 0});
    if (!entry)
        return;
    if (m_stop.button < 0) {
        toggle(m_stop.item);
        return;
    }
    m_layout.layOut(*entry);
    const auto buttons = entry->row->buttons();
    if (size_t(m_stop.button) < buttons.size())
        trigger(PartAction(*buttons[size_t(m_stop.button)].action));
}

void ConversationView::trigger(const PartAction &action)
{
    if (action.kind == PartAction::Kind::OpenTerminal)
        openTerminal(action.data["terminal"].toString());
    else
        emit actionTriggered(action);
}

void ConversationView::openTerminal(const QString &id)
{
    const auto terminal = m_conversation ? m_conversation->terminal(id.toStdString()) : nullptr;
    if (!terminal)
        return;
    std::erase(m_terminals, nullptr);
    const auto open = std::find_if(m_terminals.begin(), m_terminals.end(), [&](const auto &window) { return &window->terminal() == terminal.get(); });
    if (open != m_terminals.end()) {
        (*open)->raise();
        (*open)->activateWindow();
        return;
    }
    auto *window = new TerminalWindow(terminal, terminal->title.empty() ? tr("Terminal") : visibleText(terminal->title).simplified(), this);
    m_terminals.emplace_back(window);
    window->show();
}

void ConversationView::keyPressEvent(QKeyEvent *event)
{
    auto *bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->modifiers() & Qt::ControlModifier && (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up)) {
        moveStop(event->key() == Qt::Key_Down ? 1 : -1);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space) && m_stop.item >= 0) {
        pressStop();
    } else if (event->key() == Qt::Key_Home) {
        bar->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        goToEnd();
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void ConversationView::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu menu(this);
    const auto selected = selectedText();
    const auto where = at(event->pos());
    const auto message = textOfItem(where.item);
    auto *copySelection = menu.addAction(Theme::icon("copy"), tr("Copy"), this, &ConversationView::copy);
    copySelection->setEnabled(!selected.isEmpty());
    auto *copyMessage = menu.addAction(tr("Copy whole message as Markdown"), this,
                                       [message] { QGuiApplication::clipboard()->setText(message); });
    copyMessage->setEnabled(!message.isEmpty());
    menu.addAction(tr("Select all"), this, &ConversationView::selectAll);
    menu.addSeparator();
    const auto about = selected.isEmpty() ? message : selected;
    auto *ask = menu.addAction(Theme::icon("question"), tr("Ask about this"), this, [this, about] {
        emit actionTriggered({PartAction::Kind::AskAbout, {}, {}, {{"text", about}}});
    });
    ask->setEnabled(!about.isEmpty());
    menu.exec(event->globalPos());
}

void ConversationView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    if (m_stop.item < 0 && (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason))
        moveStop(1);
    viewport()->update();
}

void ConversationView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

bool ConversationView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        QPointF inRow;
        auto *entry = m_layout.entryAt(at(help->pos(), &inRow));
        const auto text = entry && entry->row && inRow.y() >= 0 && inRow.y() < entry->height ? entry->row->toolTipAt(inRow) : QString();
        QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace ui
