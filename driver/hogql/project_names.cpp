#include "driver/hogql/project_names.h"

namespace hogql {

Project::Project(ProjectNames names)
    : m_names(std::move(names))
{
    const auto fill = [](Index &index, const std::vector<KnownName> &list) {
        index.reserve(list.size());
        for (const KnownName &known : list)
            index.emplace(known.name, &known);
    };
    fill(m_eventProperties, m_names.eventProperties);
    fill(m_personProperties, m_names.personProperties);
    fill(m_groupProperties, m_names.groupProperties);
    fill(m_events, m_names.events);
}

const KnownTable *Project::table(std::string_view name) const
{
    for (const KnownTable &table : m_names.tables) {
        if (table.name == name)
            return &table;
    }
    return nullptr;
}

} // namespace hogql
