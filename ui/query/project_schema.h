#pragma once

#include "driver/posthog/driver.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ui {

/// What can be named in a query of one project, as the schema panel and the completion list show it.
struct SchemaEntry {
    std::string name;   // as shown
    std::string insert; // as written into a query; empty: the name
    std::string type;   // "String", "Numeric", …; empty where it means nothing
    std::string detail; // a sample value
    std::string help;   // a sentence
    std::optional<std::int64_t> volume = {}; // events of 30 days, members of a cohort, groups with a property
    std::optional<std::int64_t> id = {};     // of a cohort or an action
};

struct SchemaGroup {
    enum class Kind { Events, Table, EventProperties, PersonProperties, GroupProperties, Cohorts, Actions };
    Kind kind = Kind::Table;
    std::string title; // "Event names", "events", "persons"; of GroupProperties the type's name, "account"
    std::string hint;  // "volume of 30 days"
    std::vector<SchemaEntry> entries;
    int groupType = 0; // of GroupProperties: 0 for group_0
};

struct ProjectSchema {
    std::vector<SchemaGroup> groups;
    std::vector<ph::Error> problems; // parts that could not be read; the others are there
};

/// Asks the project: event names with their volumes, the fields of events, persons and sessions, then cohorts, actions, and the types
/// of groups with their properties. Blocks; what cannot be read is left out.
ProjectSchema loadSchema(posthog::Driver &driver, std::stop_token stop);

/// `name` ("properties.$browser") as HogQL writes it: parts that are no plain words in backticks.
std::string fieldText(const std::string &name);

} // namespace ui
