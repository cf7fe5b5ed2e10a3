#include "driver/localproject/api/routes.h"

namespace localproject::api {

namespace {

/// RFC 6901: the path of one key, whatever characters it has.
std::string pointerTo(const std::string &key)
{
    std::string path = "/";
    for (const char c : key)
        path += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return path;
}

/// A filter's value as the text that the property's JSON value has.
std::string textOf(const ph::Json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

ph::Json textsOf(const ph::Json &value)
{
    ph::Json texts = ph::Json::array();
    for (const ph::Json &item : value.is_array() ? value : ph::Json::array({value}))
        texts.push_back(textOf(item));
    return texts;
}

tl::unexpected<ph::Error> refused(const std::string &why)
{
    return ph::fail(ph::ErrorCode::InvalidInput, "Property filter: " + why);
}

} // namespace

ph::Result<std::string> propertyCondition(Conditions &conditions, const ph::Json &filter, std::string_view column)
{
    if (!filter.is_object() || !filter.contains("key") || !filter["key"].is_string())
        return refused("each needs a key.");
    const ph::Json value = memberOf(filter, "value");
    const std::string comparison
        = filter.contains("operator") && filter["operator"].is_string() ? filter["operator"].get<std::string>() : "exact";
    const std::string text = "json_extract_string(" + std::string(column) + ", "
        + conditions.bind(pointerTo(filter["key"].get<std::string>())) + ")";
    const auto bound = [&] { return conditions.bind(textOf(value)); };
    const std::string number = "TRY_CAST(" + text + " AS DOUBLE)";
    const std::string time = "TRY_CAST(" + text + " AS TIMESTAMP)";

    if (comparison == "is_set")
        return text + " IS NOT NULL";
    if (comparison == "is_not_set")
        return text + " IS NULL";
    if (comparison == "exact" || comparison == "in")
        return "list_contains(" + conditions.bind(textsOf(value)) + ", " + text + ")";
    if (comparison == "is_not" || comparison == "not_in")
        return "coalesce(NOT list_contains(" + conditions.bind(textsOf(value)) + ", " + text + "), true)";
    if (comparison == "icontains")
        return "contains(lower(" + text + "), lower(" + bound() + "))";
    if (comparison == "not_icontains")
        return "coalesce(NOT contains(lower(" + text + "), lower(" + bound() + ")), true)";
    if (comparison == "regex")
        return "regexp_matches(" + text + ", " + bound() + ")";
    if (comparison == "not_regex")
        return "coalesce(NOT regexp_matches(" + text + ", " + bound() + "), true)";
    if (comparison == "gt")
        return number + " > TRY_CAST(" + bound() + " AS DOUBLE)";
    if (comparison == "gte" || comparison == "min")
        return number + " >= TRY_CAST(" + bound() + " AS DOUBLE)";
    if (comparison == "lt")
        return number + " < TRY_CAST(" + bound() + " AS DOUBLE)";
    if (comparison == "lte" || comparison == "max")
        return number + " <= TRY_CAST(" + bound() + " AS DOUBLE)";
    if (comparison == "is_date_before")
        return time + " < TRY_CAST(" + bound() + " AS TIMESTAMP)";
    if (comparison == "is_date_after")
        return time + " > TRY_CAST(" + bound() + " AS TIMESTAMP)";
    if (comparison == "is_date_exact")
        return "CAST(" + time + " AS DATE) = TRY_CAST(" + bound() + " AS DATE)";
    return refused("the operator " + comparison + " is not known here.");
}

ph::Result<> addPropertyFilters(Conditions &conditions, const ph::Json &filters, std::string_view eventColumn,
                                std::string_view personColumn)
{
    const ph::Json list = filters.is_string() ? ph::Json::parse(filters.get<std::string>(), nullptr, false) : filters;
    if (!list.is_array())
        return refused("a list of filters is expected.");
    for (const ph::Json &filter : list) {
        const std::string type = filter.is_object() && filter.contains("type") && filter["type"].is_string()
            ? filter["type"].get<std::string>()
            : eventColumn.empty() ? "person"
                                  : "event";
        const std::string_view column = type == "person" ? personColumn : type == "event" ? eventColumn : std::string_view();
        if (column.empty())
            return refused("the type " + type + " is not known here.");
        const auto condition = propertyCondition(conditions, filter, column);
        if (!condition)
            return ph::fail(condition.error());
        conditions.add(*condition);
    }
    return {};
}

} // namespace localproject::api
