#pragma once

#include "driver/base/json_fields.h"

#include <cstdint>
#include <string>

/// Members of JSON that a service sent: whatever is not of the asked kind counts as absent.
namespace model {

inline std::string textAt(const ph::Json &json, const char *key)
{
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

inline std::int64_t numberAt(const ph::Json &json, const char *key)
{
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (found == json.end() || !found->is_number())
        return 0;
    const double value = found->get<double>();
    return value > 0 && value < 1e15 ? static_cast<std::int64_t>(value) : 0;
}

inline const ph::Json &memberAt(const ph::Json &json, const char *key)
{
    static const ph::Json nothing;
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() ? *found : nothing;
}

} // namespace model
