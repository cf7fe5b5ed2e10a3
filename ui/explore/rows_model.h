#pragma once

#include "driver/posthog/driver.h"
#include "ui/query/result_model.h"

namespace ui {

/// An object's rows, page after page: rows come as one scrolls towards the end.
class RowsModel : public ResultModel
{
    Q_OBJECT

public:
    using ResultModel::ResultModel;

    void setFirstPage(posthog::RowsPage page);
    void addPage(posthog::RowsPage page);
    void clear();

    /// The whole item behind a shown row; null when the server sent none.
    const ph::Json &item(int row) const;
    /// The shown row of the item for which `fits` says yes, or -1.
    int rowWhere(const std::function<bool(const ph::Json &)> &fits) const;

    const std::string &next() const { return m_next; }
    std::optional<std::int64_t> total() const { return m_total; }

    /// While one page is under way no other is asked for.
    void setFetching(bool fetching) { m_isFetching = fetching; }
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

signals:
    void moreWanted();

private:
    std::vector<ph::Json> m_items;
    std::string m_next;
    std::optional<std::int64_t> m_total;
    bool m_isFetching = false;
};

} // namespace ui
