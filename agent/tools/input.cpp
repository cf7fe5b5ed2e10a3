#include "agent/tools/input.h"

#include <charconv>
#include <cmath>

namespace tools {

std::string textAt(const ph::Json &input, const char *key)
{
    if (!input.is_object())
        return {};
    const auto found = input.find(key);
    return found != input.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> numberAt(const ph::Json &input, const char *key)
{
    if (!input.is_object() || !input.contains(key))
        return {};
    const auto &value = input[key];
    if (value.is_number_unsigned())
        return std::int64_t(std::min<std::uint64_t>(value.get<std::uint64_t>(), INT64_MAX));
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    if (value.is_number_float()) {
        const auto number = value.get<double>();
        constexpr double exact = 9'007'199'254'740'992; // 2^53
        if (std::trunc(number) == number && std::abs(number) <= exact)
            return std::int64_t(number);
        return {};
    }
    if (!value.is_string())
        return {};
    const auto &text = value.get_ref<const std::string &>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return {};
    return number;
}

bool isSet(const ph::Json &input, const char *key)
{
    if (!input.is_object() || !input.contains(key))
        return false;
    return input[key] == true || input[key] == "true";
}

ph::Json objectSchema(const ph::Json &properties, const ph::Json &required)
{
    return {{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}};
}

} // namespace tools
