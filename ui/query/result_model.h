#pragma once

#include "driver/posthog/table.h"

#include <QAbstractTableModel>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace ui {

using TablePtr = std::shared_ptr<const posthog::Table>;

/// The order of `table`'s rows by one column: numbers by value, text by code point, null last either way. Stable.
/// Returns nothing when `stop` was requested.
std::optional<std::vector<std::uint32_t>> sortedRows(const posthog::Table &table, int column, Qt::SortOrder order, std::stop_token stop);

/// Shows one HogQL result as rows and columns; a new result replaces the old one whole.
/// Others may keep table(): a worker sorts or exports it while something else is shown.
class ResultModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    explicit ResultModel(QObject *parent = nullptr);
    ~ResultModel() override;

    void setTable(std::shared_ptr<posthog::Table> table);
    TablePtr table() const { return m_table; }

    /// Adds the rows of a following page, whose columns are the same. A worker that holds table() keeps what it had.
    void appendRows(std::vector<std::vector<ph::Json>> rows);

    /// Puts the loaded rows in order; more than 20,000 are sorted on a worker, and the old order stays until then.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int sortColumn() const { return m_sortColumn; }

    /// Index into table()->rows of a shown row.
    std::uint32_t sourceRow(int row) const { return m_order.empty() ? std::uint32_t(row) : m_order[std::size_t(row)]; }
    const ph::Json &cell(int row, int column) const { return m_table->rows[sourceRow(row)][std::size_t(column)]; }
    posthog::ColumnKind kind(int column) const { return m_kinds[std::size_t(column)]; }
    std::vector<std::uint32_t> sourceRows() const; // all, in shown order

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

signals:
    void sorted(int column, Qt::SortOrder order);

private:
    void setOrder(std::vector<std::uint32_t> order, int column, Qt::SortOrder direction);

    void drop(std::shared_ptr<posthog::Table> table);

    std::shared_ptr<posthog::Table> m_table = std::make_shared<posthog::Table>();
    std::vector<posthog::ColumnKind> m_kinds;
    std::vector<std::uint32_t> m_order; // empty: as answered
    int m_sortColumn = -1;
    std::stop_source m_stop;
};

} // namespace ui
