#include "ui/explore/saved_filters.h"

#include <QJsonArray>

#include <algorithm>

namespace ui {

QJsonObject SavedFilter::place() const
{
    QJsonObject place{{"object", object}};
    if (!search.isEmpty())
        place["search"] = search;
    if (!where.isEmpty())
        place["where"] = where;
    if (!values.isEmpty())
        place["values"] = values;
    return place;
}

bool SavedFilter::fits(const QJsonObject &place) const
{
    return place["object"].toString() == object && place["search"].toString() == search && place["where"].toString() == where
        && place["values"].toObject() == values;
}

SavedFilters::SavedFilters(const QString &path, QObject *parent)
    : QObject(parent)
{
    if (path.isEmpty())
        return;
    m_file = std::make_unique<JsonFile>(path);
    const auto loaded = m_file->load();
    m_setAside = loaded.setAside;
    const auto kept = loaded.state["filters"].toArray();
    for (const auto &value : kept) {
        const auto filter = value.toObject();
        if (filter["name"].toString().isEmpty() || filter["object"].toString().isEmpty())
            continue;
        m_filters.push_back({filter["name"].toString(), filter["object"].toString(), filter["search"].toString(), filter["where"].toString(),
                             filter["values"].toObject()});
    }
}

std::vector<SavedFilter> SavedFilters::of(const QString &object) const
{
    std::vector<SavedFilter> found;
    std::copy_if(m_filters.begin(), m_filters.end(), std::back_inserter(found), [&](const SavedFilter &filter) { return filter.object == object; });
    std::sort(found.begin(), found.end(), [](const SavedFilter &a, const SavedFilter &b) { return a.name.localeAwareCompare(b.name) < 0; });
    return found;
}

void SavedFilters::keep(const SavedFilter &filter)
{
    std::erase_if(m_filters, [&](const SavedFilter &other) { return other.object == filter.object && other.name == filter.name; });
    m_filters.push_back(filter);
    save();
}

void SavedFilters::remove(const QString &object, const QString &name)
{
    std::erase_if(m_filters, [&](const SavedFilter &other) { return other.object == object && other.name == name; });
    save();
}

void SavedFilters::save()
{
    if (m_file) {
        QJsonArray filters;
        for (const SavedFilter &filter : m_filters)
            filters << QJsonObject{{"name", filter.name}, {"object", filter.object}, {"search", filter.search}, {"where", filter.where}, {"values", filter.values}};
        m_file->save({{"version", 1}, {"filters", filters}});
    }
    emit changed();
}

} // namespace ui
