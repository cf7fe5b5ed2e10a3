#include "ui/query/schema_model.h"

#include "ui/query/cell_text.h"
#include "ui/shell/fuzzy.h"
#include "ui/shell/tool_tip.h"

#include <QFont>

#include <algorithm>

namespace ui {

void SchemaModel::setSchema(std::shared_ptr<const ProjectSchema> schema)
{
    beginResetModel();
    m_schema = std::move(schema);
    refilter();
    endResetModel();
}

void SchemaModel::setFilter(const QString &pattern)
{
    if (pattern.trimmed() == m_filter)
        return;
    beginResetModel();
    m_filter = pattern.trimmed();
    refilter();
    endResetModel();
}

void SchemaModel::refilter()
{
    m_shown.clear();
    for (std::size_t g = 0; g < m_schema->groups.size(); ++g) {
        const SchemaGroup &group = m_schema->groups[g];
        std::vector<std::pair<int, std::uint32_t>> scored;
        for (std::uint32_t e = 0; e < group.entries.size(); ++e) {
            const auto score = m_filter.isEmpty() ? std::optional(0) : fuzzyScore(m_filter, QString::fromStdString(group.entries[e].name));
            if (score)
                scored.emplace_back(*score, e);
        }
        std::stable_sort(scored.begin(), scored.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
        ShownGroup shown{g, {}};
        for (const auto &[score, entry] : scored)
            shown.entries.push_back(entry);
        if (m_filter.isEmpty() || !shown.entries.empty())
            m_shown.push_back(std::move(shown));
    }
}

int SchemaModel::entryCount() const
{
    int count = 0;
    for (const ShownGroup &group : m_shown)
        count += int(group.entries.size());
    return count;
}

QModelIndex SchemaModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : quintptr(0)); // 0: a group
}

QModelIndex SchemaModel::parent(const QModelIndex &index) const
{
    return index.isValid() && index.internalId() ? createIndex(int(index.internalId() - 1), 0, quintptr(0)) : QModelIndex();
}

int SchemaModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return int(m_shown.size());
    return parent.internalId() ? 0 : int(m_shown[std::size_t(parent.row())].entries.size());
}

QVariant SchemaModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const bool isGroup = index.internalId() == 0;
    const ShownGroup &shown = m_shown[std::size_t(isGroup ? index.row() : int(index.internalId() - 1))];
    const SchemaGroup &group = m_schema->groups[shown.group];
    if (isGroup) {
        switch (role) {
        case Qt::DisplayRole:
            return QString::fromStdString(group.title);
        case DetailRole:
            return groupedNumber(qint64(shown.entries.size()));
        case Qt::ToolTipRole:
            return QString::fromStdString(group.hint);
        case IsGroupRole:
            return true;
        default:
            return {};
        }
    }
    const SchemaEntry &entry = group.entries[shown.entries[std::size_t(index.row())]];
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(entry.name);
    case TypeRole:
        return QString::fromStdString(entry.type);
    case DetailRole:
        return entry.volume ? groupedNumber(qint64(*entry.volume)) : QString::fromStdString(entry.detail);
    case InsertRole:
        return QString::fromStdString(entry.insert.empty() ? entry.name : entry.insert);
    case IsGroupRole:
        return false;
    case Qt::ToolTipRole: {
        QStringList lines{QString::fromStdString(entry.name)};
        if (!entry.type.empty())
            lines.last() += QStringLiteral(" · ") + QString::fromStdString(entry.type);
        if (!entry.help.empty())
            lines << QString::fromStdString(entry.help);
        if (!entry.detail.empty())
            lines << tr("for instance %1").arg(QString::fromStdString(entry.detail));
        if (entry.volume)
            lines << (group.kind == SchemaGroup::Kind::Events    ? tr("%1 in the last 30 days")
                      : group.kind == SchemaGroup::Kind::Cohorts ? tr("%1 persons")
                                                                 : tr("%1 groups have it"))
                         .arg(groupedNumber(qint64(*entry.volume)));
        return plainToolTip(lines.join('\n'));
    }
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1 %2").arg(QString::fromStdString(entry.name), QString::fromStdString(entry.type));
    default:
        return {};
    }
}

} // namespace ui
