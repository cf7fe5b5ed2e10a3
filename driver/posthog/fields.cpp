#include "driver/posthog/fields.h"

#include "driver/posthog/paging.h"

#include "driver/hogql/printer.h"
#include "driver/hogql/schema.h"

namespace posthog {

namespace {

constexpr int sampleRows = 20;
constexpr int definitionsAtOnce = 500;
constexpr int definitionPages = 20;

std::string textOf(const ph::Json &item, const char *key)
{
    const auto found = item.is_object() ? item.find(key) : item.end();
    return item.is_object() && found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool holdsSomething(const ph::Json &value)
{
    return !value.is_null() && !(value.is_string() && value.get_ref<const std::string &>().empty());
}

/// The fixed columns of a HogQL table, without those behind which another table is.
std::vector<FieldInfo> columnFields(const hogql::TableDoc &table)
{
    std::vector<FieldInfo> fields;
    for (const hogql::ColumnDoc &column : table.columns) {
        if (column.type != "Table" && column.name != "team_id")
            fields.push_back({std::string(column.name), std::string(column.type), std::string(column.doc), nullptr});
    }
    return fields;
}

/// Adds `properties.<name>` for each property definition of that type.
ph::Result<> addProperties(Api &api, std::string_view type, std::vector<FieldInfo> &fields, std::stop_token stop)
{
    std::string path
        = api.projectPath("property_definitions/") + "?type=" + std::string(type) + "&limit=" + std::to_string(definitionsAtOnce);
    for (int page = 0; !path.empty() && page < definitionPages; ++page) {
        const auto answer = api.get(path, stop);
        if (!answer)
            return ph::fail(answer.error());
        const auto results = answer->is_object() ? answer->find("results") : answer->end();
        if (!answer->is_object() || results == answer->end() || !results->is_array())
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the list of properties in a form that is not known.");
        for (const ph::Json &definition : *results) {
            const std::string name = textOf(definition, "name");
            if (name.empty())
                continue;
            std::string propertyType = textOf(definition, "property_type");
            if (propertyType == "Duration")
                propertyType = "Numeric";
            const auto isNumber = definition.find("is_numerical");
            if (propertyType.empty())
                propertyType
                    = isNumber != definition.end() && isNumber->is_boolean() && isNumber->get<bool>() ? "Numeric" : "String";
            fields.push_back({"properties." + hogql::quoteIdentifier(name), std::move(propertyType),
                              textOf(definition, "description"), nullptr});
        }
        auto next = nextPage(*answer, path, api.host());
        if (!next)
            return ph::fail(next.error());
        path = std::move(*next);
    }
    return {};
}

/// Fills in the samples from some rows: a column's value, or a property out of `properties`.
void addSamples(const Table &table, std::vector<FieldInfo> &fields)
{
    std::vector<ph::Json> properties;
    if (const auto column = table.indexOf("properties")) {
        for (const auto &row : table.rows) {
            const ph::Json &cell = row[*column];
            properties.push_back(cell.is_string() ? ph::Json::parse(cell.get_ref<const std::string &>(), nullptr, false) : cell);
        }
    }
    constexpr std::string_view prefix = "properties.";
    for (FieldInfo &field : fields) {
        if (!field.name.starts_with(prefix)) {
            const auto column = table.indexOf(field.name);
            for (std::size_t i = 0; column && i < table.rows.size() && !holdsSomething(field.sample); ++i)
                field.sample = table.rows[i][*column];
            continue;
        }
        for (const ph::Json &values : properties) {
            if (!values.is_object())
                continue;
            for (const auto &[name, value] : values.items()) {
                if (holdsSomething(value) && field.name.substr(prefix.size()) == hogql::quoteIdentifier(name))
                    field.sample = value;
            }
            if (holdsSomething(field.sample))
                break;
        }
    }
}

std::string sampleQuery(const ObjectKind &kind, const std::vector<FieldInfo> &fields)
{
    std::string columns = fields.empty() ? "*" : "";
    for (const FieldInfo &field : fields) {
        if (!field.name.starts_with("properties."))
            columns += (columns.empty() ? "" : ", ") + hogql::quoteIdentifier(field.name);
    }
    // Recent rows only where there may be very many.
    const std::string time = kind.table == "events" ? "timestamp" : kind.table == "sessions" ? "$start_timestamp" : "";
    const std::string recent = time.empty() ? "" : " WHERE " + time + " > now() - INTERVAL 30 DAY";
    return "SELECT " + columns + " FROM " + std::string(kind.table) + recent + " ORDER BY " + (time.empty() ? "created_at" : time) + " DESC LIMIT "
        + std::to_string(sampleRows);
}

} // namespace

ph::Result<std::vector<FieldInfo>> fieldsOf(Api &api, const ObjectKind &kind, std::stop_token stop)
{
    if (kind.table.empty()) {
        const auto answer = api.get(api.projectPath(std::string(kind.name) + "/") + "?limit=1", stop);
        if (!answer)
            return ph::fail(answer.error());
        const auto results = answer->is_object() ? answer->find("results") : answer->end();
        const bool hasItem = answer->is_object() && results != answer->end() && results->is_array() && !results->empty();
        std::vector<FieldInfo> fields;
        for (const ItemColumn &column : kind.columns) {
            fields.push_back({std::string(column.name), std::string(column.type), std::string(column.description),
                              hasItem ? valueOf(results->front(), column) : ph::Json()});
        }
        return fields;
    }
    const hogql::TableDoc *table = hogql::findTable(kind.table);
    std::vector<FieldInfo> fields = table ? columnFields(*table) : std::vector<FieldInfo>();
    auto rows = api.query(sampleQuery(kind, fields), ph::Json::object(), stop);
    if (!rows && rows.error().code == ph::ErrorCode::InvalidInput) // an older PostHog, without one of the columns
        rows = api.query(sampleQuery(kind, {}), ph::Json::object(), stop);
    if (!rows)
        return ph::fail(rows.error());
    if (!kind.propertyType.empty()) {
        if (const auto added = addProperties(api, kind.propertyType, fields, stop); !added)
            return ph::fail(added.error());
    }
    addSamples(*rows, fields);
    return fields;
}

} // namespace posthog
