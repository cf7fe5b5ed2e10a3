#include "ui/query/project_schema.h"

#include "driver/hogql/printer.h"
#include "driver/hogql/schema.h"
#include "ui/query/cell_text.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace ui {

namespace {

constexpr std::size_t mostNames = 5'000; // of one kind

std::string sampleText(const ph::Json &sample)
{
    if (sample.is_null())
        return {};
    return cellText(sample, posthog::ColumnKind::Text).left(60).toStdString();
}

bool isPlain(const std::string &part)
{
    if (part.empty() || std::isdigit(static_cast<unsigned char>(part[0])))
        return false;
    for (const unsigned char c : part) {
        if (!std::isalnum(c) && c != '_' && c != '$')
            return false;
    }
    return true;
}

} // namespace

std::string fieldText(const std::string &name)
{
    // A property's own name may hold dots: only the known prefixes are parts.
    for (const std::string prefix : {"person.properties.", "properties.", "person."}) {
        if (name.starts_with(prefix)) {
            const std::string rest = name.substr(prefix.size());
            return prefix + (isPlain(rest) ? rest : hogql::quoteIdentifier(rest));
        }
    }
    return isPlain(name) ? name : hogql::quoteIdentifier(name);
}

namespace {

std::string textOf(const ph::Json &item, const char *key)
{
    const auto found = item.is_object() ? item.find(key) : item.end();
    return item.is_object() && found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> numberOf(const ph::Json &item, const char *key)
{
    const auto found = item.is_object() ? item.find(key) : item.end();
    return item.is_object() && found != item.end() && found->is_number_integer() ? std::optional(found->get<std::int64_t>()) : std::nullopt;
}

void addEvents(posthog::Driver &driver, ProjectSchema &schema, const std::stop_token &stop)
{
    const auto events = driver.query("SELECT event, count() AS volume FROM events WHERE timestamp >= now() - INTERVAL 30 DAY "
                                     "GROUP BY event ORDER BY volume DESC LIMIT 500",
                                     ph::Json::object(), stop);
    if (events) {
        SchemaGroup group{SchemaGroup::Kind::Events, "Event names", "volume of 30 days", {}};
        for (const auto &row : events->rows) {
            if (row.size() < 2 || !row[0].is_string())
                continue;
            const std::string name = row[0].get<std::string>();
            SchemaEntry entry{name, hogql::quoteString(name), "", "", "An event of this project"};
            if (row[1].is_number_integer())
                entry.volume = row[1].get<std::int64_t>();
            group.entries.push_back(std::move(entry));
        }
        schema.groups.push_back(std::move(group));
    } else {
        schema.problems.push_back(events.error());
    }
}

void addFields(posthog::Driver &driver, ProjectSchema &schema, const std::stop_token &stop)
{
    for (const char *object : {"events", "persons", "sessions"}) {
        if (stop.stop_requested())
            break;
        const auto fields = driver.getFields(object, stop);
        if (!fields) {
            schema.problems.push_back(fields.error());
            continue;
        }
        const bool isPersons = object == std::string_view("persons");
        SchemaGroup columns{SchemaGroup::Kind::Table, object, "table", {}};
        SchemaGroup properties{isPersons ? SchemaGroup::Kind::PersonProperties : SchemaGroup::Kind::EventProperties,
                               isPersons ? "Person properties" : "Event properties", "with a value seen", {}};
        for (const posthog::FieldInfo &field : *fields) {
            SchemaEntry entry{field.name, fieldText(field.name), field.type, sampleText(field.sample), field.description};
            const bool isProperty = field.name.starts_with("properties.");
            if (isProperty)
                entry.name = field.name.substr(std::string("properties.").size());
            (isProperty ? properties : columns).entries.push_back(std::move(entry));
        }
        schema.groups.push_back(std::move(columns));
        if (!properties.entries.empty())
            schema.groups.push_back(std::move(properties));
    }
}

/// Cohorts or actions: what a query names by name or by number.
void addNamed(posthog::Driver &driver, ProjectSchema &schema, const char *path, SchemaGroup group, const std::stop_token &stop)
{
    const auto items = driver.listItems(path, mostNames, stop);
    if (!items) {
        schema.problems.push_back(items.error());
        return;
    }
    for (const ph::Json &item : *items) {
        const std::string name = textOf(item, "name");
        const auto deleted = item.find("deleted");
        if (name.empty() || (deleted != item.end() && *deleted == true))
            continue;
        group.entries.push_back({name, hogql::quoteString(name), "", "", textOf(item, "description"), numberOf(item, "count"), numberOf(item, "id")});
    }
    if (!group.entries.empty())
        schema.groups.push_back(std::move(group));
}

/// The properties of one type of groups, those that most groups have first.
SchemaGroup groupTypeOf(posthog::Driver &driver, const ph::Json &type, const ph::Json &counts, const std::stop_token &stop)
{
    const int index = static_cast<int>(numberOf(type, "group_type_index").value_or(0));
    const std::string column = "group_" + std::to_string(index);
    SchemaGroup group{SchemaGroup::Kind::GroupProperties, textOf(type, "group_type"), "properties of " + column, {}, index};
    std::map<std::string, std::string> types;
    const auto definitions
        = driver.listItems("property_definitions/?type=group&limit=500&group_type_index=" + std::to_string(index), mostNames, stop);
    for (const ph::Json &definition : definitions ? *definitions : std::vector<ph::Json>())
        types.emplace(textOf(definition, "name"), textOf(definition, "property_type"));
    const auto seen = counts.find(std::to_string(index));
    for (const ph::Json &property : seen == counts.end() ? ph::Json::array() : *seen) {
        const std::string name = textOf(property, "name");
        if (!name.empty())
            group.entries.push_back({name, column + "." + fieldText("properties." + name), types[name], "", "A property of groups", numberOf(property, "count")});
    }
    return group;
}

void addGroupTypes(posthog::Driver &driver, ProjectSchema &schema, const std::stop_token &stop)
{
    const auto types = driver.get("groups_types/", stop);
    if (!types) {
        schema.problems.push_back(types.error());
        return;
    }
    if (!types->is_array() || types->empty())
        return;
    const auto counts = driver.get("groups/property_definitions/", stop);
    for (const ph::Json &type : *types) {
        if (!textOf(type, "group_type").empty())
            schema.groups.push_back(groupTypeOf(driver, type, counts && counts->is_object() ? *counts : ph::Json::object(), stop));
    }
}

} // namespace

ProjectSchema loadSchema(posthog::Driver &driver, std::stop_token stop)
{
    ProjectSchema schema;
    addEvents(driver, schema, stop);
    addFields(driver, schema, stop);
    addNamed(driver, schema, "cohorts/?limit=500", {SchemaGroup::Kind::Cohorts, "Cohorts", "with the persons in them", {}}, stop);
    addNamed(driver, schema, "actions/?limit=500", {SchemaGroup::Kind::Actions, "Actions", "for matchesAction()", {}}, stop);
    addGroupTypes(driver, schema, stop);
    for (const hogql::TableDoc &table : hogql::tables()) {
        if (table.columns.empty() || std::any_of(schema.groups.begin(), schema.groups.end(), [&](const SchemaGroup &group) { return group.title == table.name; }))
            continue;
        SchemaGroup group{SchemaGroup::Kind::Table, std::string(table.name), std::string(table.doc), {}};
        for (const hogql::ColumnDoc &column : table.columns)
            group.entries.push_back({std::string(column.name), fieldText(std::string(column.name)), std::string(column.type), "", std::string(column.doc)});
        schema.groups.push_back(std::move(group));
    }
    return schema;
}

} // namespace ui
