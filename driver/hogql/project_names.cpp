#include "driver/hogql/project_names.h"

#include "driver/hogql/near.h"

#include <algorithm>
#include <unordered_set>

namespace hogql {

NameIndex::NameIndex(const std::vector<KnownName> &list)
{
    constexpr std::size_t longest = 64; // nobody mistypes a longer name
    m_spellings.resize(longest + 1);
    m_byName.reserve(list.size());
    for (const KnownName &known : list) {
        m_byName.emplace(known.name, &known);
        if (known.name.size() <= longest)
            m_spellings[known.name.size()].push_back({known.name, Nearest::lettersOf(known.name)});
    }
}

const KnownName *NameIndex::find(std::string_view name) const
{
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : found->second;
}

std::string NameIndex::like(std::string_view name) const
{
    Nearest nearest(name);
    for (std::size_t length = nearest.shortest(); length <= nearest.longest() && length < m_spellings.size(); ++length) {
        for (const Spelling &spelling : m_spellings[length])
            nearest.offer(spelling.name, spelling.letters);
    }
    return nearest.name();
}

Project::Project(ProjectNames names)
    : m_names(std::move(names))
    , m_allGroupProperties(hogql::allGroupProperties(m_names))
    , m_eventProperties(m_names.eventProperties)
    , m_personProperties(m_names.personProperties)
    , m_events(m_names.events)
    , m_cohorts(m_names.cohorts)
    , m_actions(m_names.actions)
    , m_groupProperties(m_allGroupProperties)
{
    for (const KnownGroupType &type : m_names.groupTypes)
        m_propertiesByType.emplace_back(type.properties);
}

const NameIndex &Project::groupProperties(const KnownGroupType *type) const
{
    return type ? m_propertiesByType[static_cast<std::size_t>(type - m_names.groupTypes.data())] : m_groupProperties;
}

const KnownTable *Project::table(std::string_view name) const
{
    for (const KnownTable &table : m_names.tables) {
        if (table.name == name)
            return &table;
    }
    return nullptr;
}

const KnownGroupType *groupTypeOf(const ProjectNames &names, std::string_view column)
{
    for (const KnownGroupType &type : names.groupTypes) {
        const std::string index = std::to_string(type.index);
        if (column == type.name || column == "group_" + index || column == "$group_" + index || column == "goe_" + index)
            return &type;
    }
    return nullptr;
}

std::vector<KnownName> allGroupProperties(const ProjectNames &names)
{
    std::vector<KnownName> all;
    std::unordered_set<std::string_view> seen;
    for (const KnownGroupType &type : names.groupTypes) {
        for (const KnownName &property : type.properties) {
            if (seen.insert(property.name).second)
                all.push_back(property);
        }
    }
    return all;
}

} // namespace hogql
