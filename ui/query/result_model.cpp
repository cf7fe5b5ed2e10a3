#include "ui/query/result_model.h"

#include "ui/shell/background.h"
#include "ui/query/cell_text.h"
#include "ui/shell/tool_tip.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

namespace ui {

namespace {

constexpr std::size_t sortInPlaceBelow = 20'000;

/// What a row is sorted by, taken out of its JSON once: a comparison is then a few instructions.
/// Null comes after everything, then by type, then by value.
struct Key {
    int rank = 0;
    long double number = 0; // holds each 64-bit integer exactly
    std::string_view text;
    std::string own; // of arrays and objects: their JSON
    std::uint32_t row = 0;
};

Key keyOf(const ph::Json &cell, std::uint32_t row)
{
    Key key;
    key.row = row;
    if (cell.is_null()) {
        key.rank = 4;
    } else if (cell.is_boolean()) {
        key.number = cell.get<bool>() ? 1 : 0;
    } else if (cell.is_number()) {
        key.rank = 1;
        key.number = cell.is_number_unsigned() ? static_cast<long double>(cell.get<std::uint64_t>())
            : cell.is_number_integer()         ? static_cast<long double>(cell.get<std::int64_t>())
                                               : static_cast<long double>(cell.get<double>());
        if (key.number != key.number)
            key.rank = 4; // nan has no place among numbers
    } else if (cell.is_string()) {
        key.rank = 2;
        key.text = cell.get_ref<const std::string &>();
    } else {
        key.rank = 3;
        key.own = cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
    }
    return key;
}

/// -1, 0 or 1. Ranks are not turned by a descending order: null stays last.
int compare(const Key &a, const Key &b)
{
    if (a.rank == 2)
        return a.text.compare(b.text);
    if (a.rank == 3)
        return a.own.compare(b.own);
    return a.number < b.number ? -1 : b.number < a.number ? 1 : 0;
}

} // namespace

std::optional<std::vector<std::uint32_t>> sortedRows(const posthog::Table &table, int column, Qt::SortOrder order, std::stop_token stop)
{
    struct Stopped { };
    std::vector<Key> keys;
    keys.reserve(table.rows.size());
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        keys.push_back(keyOf(table.rows[row][std::size_t(column)], std::uint32_t(row)));
    std::size_t comparisons = 0;
    try {
        std::stable_sort(keys.begin(), keys.end(), [&](const Key &a, const Key &b) {
            if ((++comparisons & 0xffff) == 0 && stop.stop_requested())
                throw Stopped{}; // the one way out of a std::sort
            if (a.rank != b.rank)
                return a.rank == 4 || b.rank == 4 ? b.rank == 4 : order == Qt::AscendingOrder ? a.rank < b.rank : a.rank > b.rank;
            return order == Qt::AscendingOrder ? compare(a, b) < 0 : compare(a, b) > 0;
        });
    } catch (const Stopped &) {
        return std::nullopt;
    }
    std::vector<std::uint32_t> rows;
    rows.reserve(keys.size());
    for (const Key &key : keys)
        rows.push_back(key.row);
    return rows;
}

ResultModel::ResultModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

ResultModel::~ResultModel() { m_stop.request_stop(); }

void ResultModel::drop(std::shared_ptr<posthog::Table> table)
{
    if (table->rows.size() > sortInPlaceBelow) // freeing twelve million cells takes a second: not here
        inBackground([table = std::move(table)]() mutable { table.reset(); });
}

void ResultModel::setTable(std::shared_ptr<posthog::Table> table)
{
    m_stop.request_stop();
    beginResetModel();
    drop(std::move(m_table));
    m_table = table ? std::move(table) : std::make_shared<posthog::Table>();
    m_order.clear();
    m_sortColumn = -1;
    m_kinds.clear();
    for (const posthog::Column &column : m_table->columns)
        m_kinds.push_back(column.kind());
    endResetModel();
}

void ResultModel::appendRows(std::vector<std::vector<ph::Json>> rows)
{
    if (rows.empty())
        return;
    const int before = rowCount();
    const int after = before + int(rows.size());
    beginInsertRows({}, before, after - 1);
    if (m_table.use_count() > 1)
        m_table = std::make_shared<posthog::Table>(*m_table);
    std::move(rows.begin(), rows.end(), std::back_inserter(m_table->rows));
    if (!m_order.empty()) { // what is new goes below what was sorted: rows do not move while one reads them
        for (int row = before; row < after; ++row)
            m_order.push_back(std::uint32_t(row));
    }
    endInsertRows();
}

void ResultModel::sort(int column, Qt::SortOrder order)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    if (column < 0 || column >= columnCount()) {
        setOrder({}, -1, order);
        return;
    }
    if (m_table->rows.size() < sortInPlaceBelow) {
        setOrder(sortedRows(*m_table, column, order, {}).value(), column, order);
        return;
    }
    inBackground([table = TablePtr(m_table), column, order, stop = m_stop.get_token()] {
        return sortedRows(*table, column, order, stop);
    }).then(this, [this, table = std::weak_ptr(m_table), column, order](const std::optional<std::vector<std::uint32_t>> &rows) {
        if (rows && table.lock() == m_table && rows->size() == m_table->rows.size())
            setOrder(*rows, column, order);
    });
}

void ResultModel::setOrder(std::vector<std::uint32_t> order, int column, Qt::SortOrder direction)
{
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<std::uint32_t> places(m_table->rows.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        places[order[i]] = std::uint32_t(i);
    QModelIndexList after;
    for (const QModelIndex &index : before) {
        const std::uint32_t source = sourceRow(index.row());
        after << this->index(int(order.empty() ? source : places[source]), index.column());
    }
    m_order = std::move(order);
    m_sortColumn = column;
    changePersistentIndexList(before, after);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
    emit sorted(column, direction);
}

std::vector<std::uint32_t> ResultModel::sourceRows() const
{
    if (!m_order.empty())
        return m_order;
    std::vector<std::uint32_t> rows(m_table->rows.size());
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
}

int ResultModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_table->rows.size()); }

int ResultModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_table->columns.size()); }

QVariant ResultModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ph::Json &value = cell(index.row(), index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cellText(value, kind(index.column()));
    case Qt::ToolTipRole:
        return value.is_null() ? QStringLiteral("null: no value") : plainToolTip(cellValue(value).left(4000));
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (isNumeric(kind(index.column())) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole:
        return value.is_null() ? QStringLiteral("null") : cellValue(value).left(400);
    default:
        return {};
    }
}

QVariant ResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        if (role == Qt::DisplayRole)
            return groupedNumber(qint64(section) + 1);
        return {};
    }
    if (section < 0 || section >= columnCount())
        return {};
    const posthog::Column &column = m_table->columns[std::size_t(section)];
    if (role == Qt::DisplayRole) {
        QString text = QString::fromStdString(column.name);
        if (kind(section) == posthog::ColumnKind::DateTime) {
            const QString zone = zoneOf(column.type);
            text += QStringLiteral(" (%1)").arg(zone.isEmpty() ? QStringLiteral("project time") : zone);
        }
        return text;
    }
    if (role == Qt::ToolTipRole)
        return plainToolTip(QStringLiteral("%1 · %2\nClick sorts the loaded rows.")
                                .arg(QString::fromStdString(column.name), column.type.empty() ? typeWord(kind(section)) : QString::fromStdString(column.type)));
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (isNumeric(kind(section)) ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

} // namespace ui
