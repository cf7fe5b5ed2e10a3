#include "ui/explore/rows_model.h"

#include <iterator>

namespace ui {

void RowsModel::setFirstPage(posthog::RowsPage page)
{
    m_items = std::move(page.items);
    m_next = std::move(page.next);
    m_total = page.total;
    setTable(std::make_shared<posthog::Table>(std::move(page.table)));
}

void RowsModel::addPage(posthog::RowsPage page)
{
    m_items.resize(table()->rows.size()); // an item a row, also when a server left some out
    std::move(page.items.begin(), page.items.end(), std::back_inserter(m_items));
    m_next = std::move(page.next);
    if (page.total)
        m_total = page.total;
    appendRows(std::move(page.table.rows));
}

void RowsModel::clear() { setFirstPage({}); }

const ph::Json &RowsModel::item(int row) const
{
    static const ph::Json none;
    if (row < 0 || row >= rowCount())
        return none;
    const std::uint32_t source = sourceRow(row);
    return source < m_items.size() ? m_items[source] : none;
}

int RowsModel::rowWhere(const std::function<bool(const ph::Json &)> &fits) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (fits(item(row)))
            return row;
    }
    return -1;
}

bool RowsModel::canFetchMore(const QModelIndex &parent) const { return !parent.isValid() && !m_isFetching && !m_next.empty(); }

void RowsModel::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        emit moreWanted();
}

} // namespace ui
