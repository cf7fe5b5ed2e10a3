#include "driver/localproject/api/query_kinds.h"
#include "driver/localproject/compiler_tables.h"

#include <utility>

namespace localproject::api {

namespace {

/// What PostHog calls a column's type; `clickHouse` is "Nullable(DateTime64(6))" and its like, or "Json", "State".
std::string typeOf(std::string_view clickHouse)
{
    for (const std::string_view wrapper : {"Nullable(", "LowCardinality("})
        if (clickHouse.starts_with(wrapper))
            return typeOf(clickHouse.substr(wrapper.size(), clickHouse.size() - wrapper.size() - 1));
    static constexpr std::pair<std::string_view, const char *> types[]
        = {{"String", "string"}, {"UUID", "string"},   {"Int", "integer"}, {"UInt", "integer"}, {"Float", "float"}, {"Decimal", "decimal"},
           {"DateTime", "datetime"}, {"Date", "date"}, {"Bool", "boolean"}, {"Array", "array"}, {"Json", "json"}};
    for (const auto &[begin, type] : types)
        if (clickHouse.starts_with(begin))
            return type;
    return "unknown";
}

ph::Json fieldOf(std::string_view name, const std::string &type)
{
    return {{"name", name}, {"hogql_value", name}, {"type", type}, {"schema_valid", true}, {"id", nullptr}, {"table", nullptr}, {"fields", nullptr}, {"chain", nullptr}};
}

ph::Json namesOf(const Table &table)
{
    ph::Json names = ph::Json::array();
    for (const TableColumn &column : table.columns)
        names.push_back(column.name);
    return names;
}

ph::Json tableOf(const Table &table)
{
    ph::Json fields = ph::Json::object();
    for (const TableColumn &column : table.columns)
        fields[std::string(column.name)] = fieldOf(column.name, typeOf(column.type));
    for (const TableRelation &relation : table.relations) {
        ph::Json field = fieldOf(relation.name, "lazy_table");
        field["table"] = relation.table;
        if (const Table *other = findTable(relation.table))
            field["fields"] = namesOf(*other);
        fields[std::string(relation.name)] = std::move(field);
    }
    return {{"id", table.name}, {"name", table.name}, {"type", table.name.starts_with("system.") ? "system" : "posthog"}, {"row_count", nullptr},
            {"fields", std::move(fields)}};
}

} // namespace

/// Tables and columns that HogQL has here. The same for every project: nothing waits for the store.
KindAnswer answerSchema(Project &, const QueryRequest &)
{
    ph::Json tables = ph::Json::object();
    for (const Table &table : allTables())
        tables[std::string(table.name)] = tableOf(table);
    return QueryAnswer{{{"tables", std::move(tables)}, {"joins", ph::Json::array()}}, {}};
}

} // namespace localproject::api
