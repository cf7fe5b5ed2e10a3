#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What a project has and the language cannot know: for completion, hover and checks.
namespace hogql {

struct KnownName {
    std::string name;
    std::string detail; // its type or description, as shown
    std::string type = {}; // of a property: String, Numeric, Boolean, DateTime; empty when not known
    std::optional<std::int64_t> volume = {}; // how often it was seen
};

/// A table of the data warehouse or a saved view.
struct KnownTable {
    std::string name; // with its dots
    std::vector<KnownName> columns; // empty when not known
};

/// Each list most used first.
struct ProjectNames {
    std::vector<KnownName> eventProperties = {};
    std::vector<KnownName> personProperties = {};
    std::vector<KnownName> events = {};
    std::vector<KnownName> groupProperties = {};
    std::vector<KnownName> cohorts = {};
    std::vector<KnownName> actions = {};
    std::vector<KnownTable> tables = {};
};

/// The same, with a quick way to each name. Made once when the names were read; may be used by several threads.
class Project
{
public:
    explicit Project(ProjectNames names);
    Project(const Project &) = delete;
    Project &operator=(const Project &) = delete;

    const ProjectNames &names() const { return m_names; }
    const KnownName *eventProperty(std::string_view name) const { return find(m_eventProperties, name); }
    const KnownName *personProperty(std::string_view name) const { return find(m_personProperties, name); }
    const KnownName *groupProperty(std::string_view name) const { return find(m_groupProperties, name); }
    const KnownName *event(std::string_view name) const { return find(m_events, name); }
    const KnownTable *table(std::string_view name) const;

    /// The property that is nearly spelt like `name`, or an empty text.
    std::string eventPropertyLike(std::string_view name) const { return like(m_eventSpellings, name); }
    std::string personPropertyLike(std::string_view name) const { return like(m_personSpellings, name); }
    std::string groupPropertyLike(std::string_view name) const { return like(m_groupSpellings, name); }

private:
    using Index = std::unordered_map<std::string_view, const KnownName *>;
    static const KnownName *find(const Index &index, std::string_view name)
    {
        const auto found = index.find(name);
        return found == index.end() ? nullptr : found->second;
    }

    /// Names by their length, so that only those of about the right one are looked at.
    struct Spelling {
        std::string_view name;
        unsigned letters = 0;
    };
    using Spellings = std::vector<std::vector<Spelling>>;
    static Spellings spellingsOf(const std::vector<KnownName> &list);
    static std::string like(const Spellings &spellings, std::string_view name);

    ProjectNames m_names;
    Spellings m_eventSpellings;
    Spellings m_personSpellings;
    Spellings m_groupSpellings;
    Index m_eventProperties;
    Index m_personProperties;
    Index m_groupProperties;
    Index m_events;
};

} // namespace hogql
