#pragma once

#include "driver/posthog/driver.h"

#include <memory>
#include <string>
#include <vector>

namespace ui {

/// What can be named in a query of one project, as the schema panel and the completion list show it.
struct SchemaEntry {
    std::string name;   // as shown
    std::string insert; // as written into a query; empty: the name
    std::string type;   // "String", "Numeric", …; empty where it means nothing
    std::string detail; // a sample value or a volume
    std::string help;   // a sentence
};

struct SchemaGroup {
    enum class Kind { Events, Table, EventProperties, PersonProperties };
    Kind kind = Kind::Table;
    std::string title; // "Events", "events", "persons", "Person properties"
    std::string hint;  // "last 30 days"
    std::vector<SchemaEntry> entries;
};

struct ProjectSchema {
    std::vector<SchemaGroup> groups;
    std::vector<ph::Error> problems; // parts that could not be read; the others are there
};

/// Asks the project: event names with their volumes, then the fields of events, persons and sessions.
ProjectSchema loadSchema(posthog::Driver &driver, std::stop_token stop);

/// `name` ("properties.$browser") as HogQL writes it: parts that are no plain words in backticks.
std::string fieldText(const std::string &name);

} // namespace ui
