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
    std::optional<std::int64_t> volume = {}; // how often it was seen; of a cohort how many belong to it
    std::optional<std::int64_t> id = {}; // of a cohort or an action: a query may name it by this number
};

/// A table of the data warehouse or a saved view.
struct KnownTable {
    std::string name; // with its dots
    std::vector<KnownName> columns; // empty when not known
};

/// What persons and events are grouped by: companies, teams.
struct KnownGroupType {
    int index = 0; // group_0 and $group_0 are of the type with 0
    std::string name; // "account": events have account.properties.x, too
    std::vector<KnownName> properties = {};
};

/// Each list most used first.
struct ProjectNames {
    std::vector<KnownName> eventProperties = {};
    std::vector<KnownName> personProperties = {};
    std::vector<KnownName> events = {};
    std::vector<KnownGroupType> groupTypes = {};
    std::vector<KnownName> cohorts = {};
    std::vector<KnownName> actions = {};
    std::vector<KnownTable> tables = {};
};

/// A list of names with a quick way to each. The list must outlive it and stay as it is.
class NameIndex
{
public:
    explicit NameIndex(const std::vector<KnownName> &list);

    bool isEmpty() const { return m_byName.empty(); }
    const KnownName *find(std::string_view name) const;
    /// The one that is nearly spelt like `name`, or an empty text.
    std::string like(std::string_view name) const;

private:
    struct Spelling {
        std::string_view name;
        unsigned letters = 0;
    };

    std::unordered_map<std::string_view, const KnownName *> m_byName;
    std::vector<std::vector<Spelling>> m_spellings; // by length, so that only those of about the right one are looked at
};

/// The names of a project, ready to be looked up. Made once when they were read; may be used by several threads.
class Project
{
public:
    explicit Project(ProjectNames names);
    Project(const Project &) = delete;
    Project &operator=(const Project &) = delete;

    const ProjectNames &names() const { return m_names; }
    const NameIndex &eventProperties() const { return m_eventProperties; }
    const NameIndex &personProperties() const { return m_personProperties; }
    const NameIndex &events() const { return m_events; }
    const NameIndex &cohorts() const { return m_cohorts; }
    const NameIndex &actions() const { return m_actions; }
    /// Of one type (one of names().groupTypes), or with null of all of them.
    const NameIndex &groupProperties(const KnownGroupType *type) const;
    const KnownTable *table(std::string_view name) const;

private:
    ProjectNames m_names;
    std::vector<KnownName> m_allGroupProperties;
    NameIndex m_eventProperties;
    NameIndex m_personProperties;
    NameIndex m_events;
    NameIndex m_cohorts;
    NameIndex m_actions;
    NameIndex m_groupProperties;
    std::vector<NameIndex> m_propertiesByType; // as names().groupTypes
};

/// The type behind a column of events: "group_0", "$group_0", "goe_0" or the type's own name. Null when there is none.
const KnownGroupType *groupTypeOf(const ProjectNames &names, std::string_view column);

/// The properties of groups of all types, each name once.
std::vector<KnownName> allGroupProperties(const ProjectNames &names);

} // namespace hogql
