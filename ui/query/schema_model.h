#pragma once

#include "ui/query/project_schema.h"

#include <QAbstractItemModel>

namespace ui {

/// A project's schema as a tree of groups and entries, filtered fuzzily: the best fits of a group come first.
class SchemaModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role { InsertRole = Qt::UserRole + 1, TypeRole, DetailRole, IsGroupRole };

    using QAbstractItemModel::QAbstractItemModel;

    void setSchema(std::shared_ptr<const ProjectSchema> schema);
    void setFilter(const QString &pattern);
    const std::shared_ptr<const ProjectSchema> &schema() const { return m_schema; }
    int entryCount() const; // shown

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &) const override { return 1; }
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct ShownGroup {
        std::size_t group = 0;
        std::vector<std::uint32_t> entries;
    };
    void refilter();

    std::shared_ptr<const ProjectSchema> m_schema = std::make_shared<ProjectSchema>();
    QString m_filter;
    std::vector<ShownGroup> m_shown;
};

} // namespace ui
