#include "ui/query/project_schema.h"

#include "driver/hogql/printer.h"
#include "driver/hogql/schema.h"
#include "ui/query/cell_text.h"

#include <algorithm>
#include <cctype>

namespace ui {

namespace {

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

ProjectSchema loadSchema(posthog::Driver &driver, std::stop_token stop)
{
    ProjectSchema schema;
    const auto events = driver.query("SELECT event, count() AS volume FROM events WHERE timestamp >= now() - INTERVAL 30 DAY "
                                     "GROUP BY event ORDER BY volume DESC LIMIT 500",
                                     ph::Json::object(), stop);
    if (events) {
        SchemaGroup group{SchemaGroup::Kind::Events, "Event names", "volume of 30 days", {}};
        for (const auto &row : events->rows) {
            if (row.size() < 2 || !row[0].is_string())
                continue;
            const std::string name = row[0].get<std::string>();
            group.entries.push_back({name, hogql::quoteString(name), "", row[1].is_number() ? groupedNumber(row[1]).toStdString() : "",
                                     "An event of this project"});
        }
        schema.groups.push_back(std::move(group));
    } else {
        schema.problems.push_back(events.error());
    }
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
