#include "ui/query/result_grid.h"

#include "ui/shell/background.h"
#include "ui/query/cell_text.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <set>

namespace ui {

namespace {

constexpr int widestColumn = 340;
constexpr std::size_t copyHereBelow = 20'000; // cells

QString formatName(CopyFormat format)
{
    switch (format) {
    case CopyFormat::Tsv:
        return QStringLiteral("TSV");
    case CopyFormat::Csv:
        return QStringLiteral("CSV");
    case CopyFormat::Json:
        return QStringLiteral("JSON");
    case CopyFormat::Markdown:
        break;
    }
    return QStringLiteral("Markdown");
}

} // namespace

ResultGrid::ResultGrid(ResultModel *model, QWidget *parent)
    : QTableView(parent)
    , m_model(model)
{
    setModel(model);
    setAccessibleName(tr("Result"));
    setFrameShape(QFrame::NoFrame);
    setProperty("role", "bare");
    setStyleSheet(QStringLiteral("QAbstractScrollArea::corner { background: transparent; border: none; }"));
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false); // Tab leaves the grid: keyboard users must get out
    setMouseTracking(true);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);

    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // one height: nothing is ever measured row by row
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSortIndicatorShown(true);
    horizontalHeader()->setSortIndicatorClearable(true);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    horizontalHeader()->setMinimumSectionSize(48);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    fitRowHeight();

    // Not setSortingEnabled(): it would sort at once by whatever column the header remembers.
    horizontalHeader()->setSectionsClickable(true);
    connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, model,
            [model](int column, Qt::SortOrder order) { model->sort(column, order); });
    connect(model, &QAbstractItemModel::modelReset, this, &ResultGrid::fitColumns);
    connect(this, &QTableView::doubleClicked, this, [this](const QModelIndex &index) { emit rowActivated(index.row()); });
    fitColumns();
}

void ResultGrid::fitRowHeight()
{
    const int height = fontMetrics().height() + 12;
    verticalHeader()->setMinimumSectionSize(height);
    verticalHeader()->setDefaultSectionSize(height);
}

void ResultGrid::fitColumns()
{
    setHoveredRow(-1);
    std::vector<std::string> names;
    for (const posthog::Column &column : m_model->table()->columns)
        names.push_back(column.name);
    const bool known = names == m_fittedFor;
    {
        const QSignalBlocker quiet(horizontalHeader()); // the new rows come unsorted: show that, do not sort them
        horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    }
    if (known || names.empty())
        return;
    m_fittedFor = names;
    const QFontMetrics metrics(Theme::textFont());
    const int sample = std::min(m_model->rowCount(), 60);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        int width = metrics.horizontalAdvance(m_model->headerData(column, Qt::Horizontal).toString()) + space::xl; // room for the sort arrow
        for (int row = 0; row < sample; ++row) {
            const QString text = cellText(m_model->cell(row, column), m_model->kind(column)).left(60);
            width = std::max(width, metrics.horizontalAdvance(text));
        }
        setColumnHidden(column, false);
        setColumnWidth(column, std::clamp(width + 2 * space::s + 2, 72, widestColumn));
    }
}

std::vector<int> ResultGrid::visibleColumns() const
{
    std::vector<int> columns;
    for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
        const int column = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(column))
            columns.push_back(column);
    }
    return columns;
}

bool ResultGrid::hasSelection() const { return selectionModel() && selectionModel()->hasSelection(); }

std::vector<std::uint32_t> ResultGrid::selectedRows() const
{
    if (!hasSelection())
        return m_model->sourceRows();
    std::vector<int> rows;
    for (const QItemSelectionRange &range : selectionModel()->selection()) { // ranges, not cells: all of a million rows is one range
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<std::uint32_t> source;
    source.reserve(rows.size());
    for (const int row : rows)
        source.push_back(m_model->sourceRow(row));
    return source;
}

std::vector<int> ResultGrid::selectedColumns() const
{
    std::vector<int> columns = visibleColumns();
    if (!hasSelection())
        return columns;
    std::set<int> selected;
    for (const QItemSelectionRange &range : selectionModel()->selection()) {
        for (int column = range.left(); column <= range.right(); ++column)
            selected.insert(column);
    }
    std::erase_if(columns, [&](int column) { return !selected.contains(column); });
    return columns;
}

void ResultGrid::copySelection(CopyFormat format)
{
    const auto rows = selectedRows();
    const auto columns = selectedColumns();
    if (rows.empty() || columns.empty())
        return;
    if (rows.size() == 1 && columns.size() == 1 && format == CopyFormat::Tsv && hasSelection()) {
        QApplication::clipboard()->setText(cellValue(m_model->table()->rows[rows[0]][std::size_t(columns[0])]));
        emit copied(tr("the value"));
        return;
    }
    const QString what = tr("%1 as %2").arg(counted(qint64(rows.size()), tr("row"), tr("rows")), formatName(format));
    if (rows.size() * columns.size() < copyHereBelow) {
        QApplication::clipboard()->setText(QString::fromStdString(formatRows(*m_model->table(), rows, columns, format)));
        emit copied(what);
        return;
    }
    inBackground([table = m_model->table(), rows, columns, format] {
        return QString::fromStdString(formatRows(*table, rows, columns, format));
    }).then(this, [this, what](const QString &text) {
        QApplication::clipboard()->setText(text);
        emit copied(what);
    });
}

QJsonObject ResultGrid::selectionContext() const
{
    auto rows = selectedRows();
    const auto columns = selectedColumns();
    const qint64 all = qint64(rows.size());
    rows.resize(std::min<std::size_t>(rows.size(), 50));
    QString text = QString::fromStdString(formatRows(*m_model->table(), rows, columns, CopyFormat::Markdown));
    if (qint64(rows.size()) < all)
        text += tr("\n(the first %1 of %2 rows)\n").arg(groupedNumber(qint64(rows.size())), groupedNumber(all));
    return {{"title", counted(all, tr("row"), tr("rows"))}, {"kind", "table"}, {"text", text}};
}

void ResultGrid::showAllColumns()
{
    for (int column = 0; column < m_model->columnCount(); ++column)
        setColumnHidden(column, false);
}

QMenu *ResultGrid::makeCopyMenu(QWidget *parent)
{
    auto *menu = new QMenu(tr("Copy as"), parent);
    const auto add = [&](const QString &text, CopyFormat format) {
        menu->addAction(text, this, [this, format] { copySelection(format); });
    };
    add(tr("TSV, for spreadsheets\tCtrl+C"), CopyFormat::Tsv);
    add(tr("CSV"), CopyFormat::Csv);
    add(tr("JSON"), CopyFormat::Json);
    add(tr("Markdown table"), CopyFormat::Markdown);
    return menu;
}

void ResultGrid::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection(CopyFormat::Tsv);
        event->accept();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        emit rowActivated(currentIndex().row());
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void ResultGrid::contextMenuEvent(QContextMenuEvent *event)
{
    QPoint at = event->globalPos();
    QModelIndex index = indexAt(viewport()->mapFromGlobal(at));
    if (event->reason() == QContextMenuEvent::Keyboard) {
        index = currentIndex();
        at = viewport()->mapToGlobal(visualRect(index).bottomLeft());
    }
    QMenu menu(this);
    if (index.isValid()) {
        if (!selectionModel()->isSelected(index))
            setCurrentIndex(index);
        menu.addAction(tr("Copy value"), this, [this, index] {
            QApplication::clipboard()->setText(cellValue(m_model->cell(index.row(), index.column())));
            emit copied(tr("the value"));
        });
    }
    menu.addMenu(makeCopyMenu(&menu));
    if (index.isValid()) {
        menu.addAction(tr("Show the whole row\tEnter"), this, [this, index] { emit rowActivated(index.row()); });
        menu.addSeparator();
        menu.addAction(tr("Hide column “%1”").arg(QString::fromStdString(m_model->table()->columns[std::size_t(index.column())].name)), this,
                       [this, index] { setColumnHidden(index.column(), true); });
    }
    if (visibleColumns().size() < std::size_t(m_model->columnCount()))
        menu.addAction(tr("Show all columns"), this, &ResultGrid::showAllColumns);
    menu.addSeparator();
    menu.addAction(tr("Ask about this"), this, [this] { emit askRequested(tr("What stands out in these rows?"), selectionContext()); });
    menu.exec(at);
}

/// Paints the cells itself: a delegate, a style sheet and a QVariant a cell would take five times as long.
void ResultGrid::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    const Colors &colors = Theme::colors();
    QColor rule = colors.border, wash = colors.accent;
    rule.setAlphaF(0.55f);
    wash.setAlphaF(colors.isDark ? 0.22f : 0.14f);
    const QRect area = event->rect();
    const int first = rowAt(area.top()), height = verticalHeader()->defaultSectionSize();
    const int right = horizontalHeader()->length() - horizontalHeader()->offset();
    if (first < 0)
        return;

    QFont italic = font();
    italic.setItalic(true);
    const QFontMetrics metrics = fontMetrics();
    const int baseline = (height - 1 - metrics.height()) / 2 + metrics.ascent();
    std::vector<int> columns;
    for (const int column : visibleColumns()) {
        const int x = columnViewportPosition(column);
        if (x + columnWidth(column) > area.left() && x <= area.right())
            columns.push_back(column);
    }
    for (int row = first; row < m_model->rowCount(); ++row) {
        const int top = rowViewportPosition(row);
        if (top > area.bottom())
            break;
        if (row == m_hoveredRow)
            painter.fillRect(area.left(), top, area.width(), height - 1, colors.hover);
        for (const int column : columns) {
            if (selectionModel()->isSelected(m_model->index(row, column)))
                painter.fillRect(columnViewportPosition(column), top, columnWidth(column), height - 1, wash);
        }
        painter.fillRect(area.left(), top + height - 1, area.width(), 1, rule); // to the edge, though the columns may end before it
        for (const int column : columns) {
            const ph::Json &cell = m_model->cell(row, column);
            const posthog::ColumnKind kind = m_model->kind(column);
            const CellStyle style = cellStyle(cell, kind);
            if (style == CellStyle::Empty)
                continue;
            const int left = columnViewportPosition(column) + space::s, room = columnWidth(column) - 2 * space::s;
            QString text = cellText(cell, kind);
            text.truncate(room / 2 + 4); // no more characters than could fit: shaping is what painting costs
            const bool alignsRight = isNumeric(kind) || (kind == posthog::ColumnKind::Other && style == CellStyle::Number);
            int width = 0;
            if (alignsRight || text.size() * metrics.height() > room) { // no letter is wider than it is high
                width = metrics.horizontalAdvance(text);
                if (width > room) {
                    text = metrics.elidedText(text, Qt::ElideRight, room);
                    width = room;
                }
            }
            painter.setFont(style == CellStyle::Null ? italic : font());
            painter.setPen(style == CellStyle::Null || style == CellStyle::Structured ? colors.muted : colors.text);
            painter.drawText(QPointF(alignsRight ? left + room - width : left, top + baseline), text);
        }
    }
    const QModelIndex current = currentIndex();
    if (hasFocus() && current.isValid() && right > 0) {
        painter.setPen(colors.accent);
        painter.drawRect(visualRect(current).adjusted(0, 0, -1, -2));
    }
}

void ResultGrid::setHoveredRow(int row)
{
    if (row == m_hoveredRow)
        return;
    const int before = std::exchange(m_hoveredRow, row);
    const auto update = [this](int line) {
        if (line >= 0)
            viewport()->update(0, rowViewportPosition(line), viewport()->width(), rowHeight(line));
    };
    update(before);
    update(row);
}

void ResultGrid::mouseMoveEvent(QMouseEvent *event)
{
    setHoveredRow(rowAt(event->pos().y()));
    QTableView::mouseMoveEvent(event);
}

void ResultGrid::leaveEvent(QEvent *event)
{
    setHoveredRow(-1);
    QTableView::leaveEvent(event);
}

void ResultGrid::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fitRowHeight();
}

void ResultGrid::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row())
        emit currentRowChanged(current.isValid() ? current.row() : -1);
}

} // namespace ui
