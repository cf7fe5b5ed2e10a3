#include "ui/inspector/wire_list.h"

#include "ui/shell/theme.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

namespace ui {
namespace {

constexpr int leastContent = 190; // for it other columns go

QColor kindColor(MessageKind kind)
{
    const auto &c = Theme::colors();
    switch (kind) {
    case MessageKind::Request:
        return c.info;
    case MessageKind::Response:
        return c.good;
    case MessageKind::Notification:
        return c.muted;
    case MessageKind::Error:
    case MessageKind::Invalid:
        break;
    }
    return c.bad;
}

QColor washed(QColor color, double strength)
{
    color.setAlphaF(float(strength));
    return color;
}

class WireDelegate : public QStyledItemDelegate
{
public:
    explicit WireDelegate(WireList *list)
        : QStyledItemDelegate(list)
        , m_list(*list)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto &c = Theme::colors();
        painter->save();
        const bool isPartner = index.data(WireModel::IsPartnerRole).toBool();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, washed(c.accent, 0.15));
        else if (isPartner)
            painter->fillRect(option.rect, washed(c.accent, 0.1));
        else if (index.row() == m_list.hoveredRow())
            painter->fillRect(option.rect, c.hover);
        if (index.column() == 0 && (isPartner || option.state & QStyle::State_Selected))
            painter->fillRect(QRect(option.rect.topLeft(), QSize(2, option.rect.height())), c.accent);
        auto inner = option.rect.adjusted(space::s, 0, -space::s, 0);
        if (index.column() == WireModel::SummaryColumn)
            inner = afterMark(painter, inner, index.data(WireModel::SeverityRole).toInt());
        const auto kind = MessageKind(index.data(WireModel::MessageKindRole).toInt());
        painter->setFont(fontOf(index.column()));
        painter->setPen(colorOf(index, kind));
        const auto text = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, inner.width());
        painter->drawText(inner, index.data(Qt::TextAlignmentRole).toInt(), text);
        painter->restore();
    }

private:
    static QFont fontOf(int column)
    {
        switch (column) {
        case WireModel::TimeColumn:
        case WireModel::MethodColumn:
        case WireModel::SessionColumn:
            return Theme::codeFont();
        default:
            return Theme::textFont(0.95);
        }
    }

    static QColor colorOf(const QModelIndex &index, MessageKind kind)
    {
        const auto &c = Theme::colors();
        switch (index.column()) {
        case WireModel::DirectionColumn:
            return acp::Direction(index.data(WireModel::DirectionRole).toInt()) == acp::Direction::Sent ? c.accent : c.info;
        case WireModel::KindColumn:
            return kindColor(kind);
        case WireModel::MethodColumn:
        case WireModel::SummaryColumn:
            return c.text;
        default:
            return c.muted;
        }
    }

    /// Paints the sign of a problem, and returns where the text goes on.
    static QRect afterMark(QPainter *painter, const QRect &rect, int severity)
    {
        const auto &c = Theme::colors();
        if (severity < WireModel::Unknown)
            return rect;
        const int size = 14;
        const auto name = severity == WireModel::Problem ? "error" : severity == WireModel::Warning ? "warning" : "question";
        const auto color = severity == WireModel::Problem ? c.bad : severity == WireModel::Warning ? c.warning : c.muted;
        Theme::icon(name, color).paint(painter, QRect(rect.left(), rect.center().y() - size / 2 + 1, size, size));
        return rect.adjusted(size + 6, 0, 0, 0);
    }

    const WireList &m_list;
};

} // namespace

WireList::WireList(WireModel *model, QWidget *parent)
    : QTableView(parent)
    , m_model(model)
{
    setModel(model);
    setItemDelegate(new WireDelegate(this));
    setAccessibleName(tr("Messages"));
    setFrameShape(QFrame::NoFrame);
    setProperty("role", "bare");
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false); // Tab leaves the table: keyboard users must get out.
    setMouseTracking(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // One height: nothing is measured row by row.
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setMinimumSectionSize(28);
    horizontalHeader()->setStretchLastSection(false);
    horizontalHeader()->setSectionResizeMode(WireModel::SummaryColumn, QHeaderView::Stretch);
    fitColumns();

    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) { m_isAtEnd = value >= verticalScrollBar()->maximum(); });
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, [this](int, int maximum) {
        if (m_isAtEnd)
            verticalScrollBar()->setValue(maximum);
    });
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, [this] { setHoveredRow(-1); });
}

void WireList::fitColumns()
{
    const QFontMetrics code(Theme::codeFont());
    const QFontMetrics text(Theme::textFont(0.95));
    const int margin = 2 * space::s + 2;
    const int height = std::max(code.height(), text.height()) + 8;
    verticalHeader()->setMinimumSectionSize(height);
    verticalHeader()->setDefaultSectionSize(height);
    const auto set = [&](WireModel::Column column, int width) {
        m_widths[column] = width + margin;
        setColumnWidth(column, width + margin);
    };
    set(WireModel::TimeColumn, code.horizontalAdvance("00:00:00.000"));
    set(WireModel::DirectionColumn, text.horizontalAdvance("→"));
    set(WireModel::KindColumn, text.horizontalAdvance(tr("notification")));
    set(WireModel::MethodColumn, code.horizontalAdvance("session/request_perm"));
    set(WireModel::TookColumn, text.horizontalAdvance("9,999 ms"));
    set(WireModel::SessionColumn, code.horizontalAdvance("00000000"));
    set(WireModel::SizeColumn, text.horizontalAdvance("1,023 bytes"));
    hideColumnsThatDoNotFit();
}

void WireList::hideColumnsThatDoNotFit()
{
    int left = viewport()->width();
    for (int column = 0; column < WireModel::ColumnCount; ++column)
        left -= column == WireModel::SummaryColumn ? leastContent : m_widths[std::size_t(column)];
    for (const auto column : {WireModel::SizeColumn, WireModel::SessionColumn, WireModel::TookColumn}) {
        setColumnHidden(column, left < 0);
        if (left < 0)
            left += m_widths[std::size_t(column)];
    }
}

bool WireList::show(std::uint64_t number)
{
    const int row = m_model->rowOf(number);
    if (row < 0)
        return false;
    setCurrentIndex(m_model->index(row, 0));
    scrollTo(currentIndex());
    return true;
}

void WireList::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    emit currentNumberChanged(current.isValid() ? m_model->numberAt(current.row()) : 0);
}

void WireList::keyPressEvent(QKeyEvent *event)
{
    const bool has = currentIndex().isValid();
    if (event->matches(QKeySequence::Copy) && has)
        emit copyRequested(m_model->numberAt(currentIndex().row()));
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && has)
        emit detailRequested();
    else if (event->key() == Qt::Key_P && event->modifiers() == Qt::NoModifier && has)
        emit partnerRequested();
    else if (event->key() == Qt::Key_Home || event->key() == Qt::Key_End) { // The first and last line, not column.
        if (m_model->rowCount() > 0)
            show(m_model->numberAt(event->key() == Qt::Key_Home ? 0 : m_model->rowCount() - 1));
    } else
        QTableView::keyPressEvent(event);
}

void WireList::mouseMoveEvent(QMouseEvent *event)
{
    QTableView::mouseMoveEvent(event);
    setHoveredRow(rowAt(event->pos().y()));
}

void WireList::leaveEvent(QEvent *event)
{
    QTableView::leaveEvent(event);
    setHoveredRow(-1);
}

void WireList::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fitColumns();
}

void WireList::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    hideColumnsThatDoNotFit();
}

void WireList::setHoveredRow(int row)
{
    if (row == m_hoveredRow)
        return;
    m_hoveredRow = row;
    viewport()->update();
}

} // namespace ui
