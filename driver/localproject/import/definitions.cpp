#include "driver/localproject/import/definitions.h"

#include "driver/base/time.h"

#include <cctype>

namespace localproject::ingest {

std::string_view nameOf(PropertyType type)
{
    switch (type) {
    case PropertyType::String:
        return "String";
    case PropertyType::Numeric:
        return "Numeric";
    case PropertyType::Boolean:
        return "Boolean";
    case PropertyType::DateTime:
        return "DateTime";
    case PropertyType::None:
        break;
    }
    return "";
}

PropertyType typeOfText(std::string_view key, std::string_view value)
{
    if (key.starts_with("utm_") || key.starts_with("$feature/") || key.starts_with("$survey_response"))
        return PropertyType::String; // Whatever a campaign or a variant looks like.
    if (value == "true" || value == "false" || value == "TRUE" || value == "FALSE")
        return PropertyType::Boolean;
    const bool looksLikeDate = value.size() >= 10 && std::isdigit(static_cast<unsigned char>(value[0])) && value[4] == '-';
    return looksLikeDate && ph::parseIsoTime(value) ? PropertyType::DateTime : PropertyType::String;
}

PropertyType typeOfNumber(std::string_view key)
{
    const bool isTime = key == "time" || key == "timestamp" || key == "$time" || key == "$timestamp" || key.ends_with("_timestamp")
        || key.ends_with("_at_timestamp");
    return isTime ? PropertyType::DateTime : PropertyType::Numeric;
}

} // namespace localproject::ingest
