#include "driver/hogql/project_names.h"

#include "driver/hogql/near.h"

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
    m_eventSpellings = spellingsOf(m_names.eventProperties);
    m_personSpellings = spellingsOf(m_names.personProperties);
    m_groupSpellings = spellingsOf(m_names.groupProperties);
}

Project::Spellings Project::spellingsOf(const std::vector<KnownName> &list)
{
    constexpr std::size_t longest = 64; // nobody mistypes a longer name
    Spellings spellings(longest + 1);
    for (const KnownName &known : list) {
        if (known.name.size() <= longest)
            spellings[known.name.size()].push_back({known.name, Nearest::lettersOf(known.name)});
    }
    return spellings;
}

std::string Project::like(const Spellings &spellings, std::string_view name)
{
    Nearest nearest(name);
    for (std::size_t length = nearest.shortest(); length <= nearest.longest() && length < spellings.size(); ++length) {
        for (const Spelling &spelling : spellings[length])
            nearest.offer(spelling.name, spelling.letters);
    }
    return nearest.name();
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
