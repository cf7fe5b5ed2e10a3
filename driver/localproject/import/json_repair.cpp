#include "driver/localproject/import/json_repair.h"

#include "driver/base/json_fields.h"

#include <charconv>

namespace localproject::ingest {

namespace {

/// Half of a surrogate pair alone is no character: JavaScript cuts texts in the middle of one, and PostHog takes them, with
/// U+FFFD in its place. Nothing when there is none in the text.
std::optional<std::string> withoutLoneSurrogates(std::string_view json)
{
    const auto unitAt = [&](std::size_t i) -> int {
        unsigned unit = 0;
        if (i + 6 > json.size() || json[i] != '\\' || json[i + 1] != 'u')
            return -1;
        const auto [end, error] = std::from_chars(json.data() + i + 2, json.data() + i + 6, unit, 16);
        return error == std::errc() && end == json.data() + i + 6 ? static_cast<int>(unit) : -1;
    };
    const auto isHigh = [](int unit) { return unit >= 0xd800 && unit < 0xdc00; };
    const auto isLow = [](int unit) { return unit >= 0xdc00 && unit < 0xe000; };
    std::string out;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] != '\\')
            continue;
        const int unit = unitAt(i);
        if (isHigh(unit) && isLow(unitAt(i + 6))) {
            i += 11;
        } else if (isHigh(unit) || isLow(unit)) {
            out.append(json.substr(copied, i - copied)).append("\\ufffd");
            i += 5;
            copied = i + 1;
        } else {
            ++i; // what is escaped
        }
    }
    if (copied == 0)
        return std::nullopt;
    out.append(json.substr(copied));
    return out;
}

} // namespace

std::optional<std::string> mendedFor(simdjson::error_code error, std::string_view json)
{
    if (error == simdjson::STRING_ERROR)
        return withoutLoneSurrogates(json);
    if (error != simdjson::NUMBER_ERROR)
        return std::nullopt;
    const ph::Json value = ph::Json::parse(json, nullptr, false);
    return value.is_discarded() ? std::nullopt : std::optional(value.dump(-1, ' ', false, ph::Json::error_handler_t::replace));
}

std::string_view sayWhy(simdjson::error_code error)
{
    switch (error) {
    case simdjson::UTF8_ERROR:
        return "The text is not valid UTF-8.";
    case simdjson::EMPTY:
        return "The line is empty.";
    case simdjson::DEPTH_ERROR:
        return "The JSON is nested too deeply.";
    case simdjson::UNCLOSED_STRING:
        return "The JSON ends in the middle of a text.";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
        return "The line is too long.";
    default:
        return "The JSON is not well-formed.";
    }
}

} // namespace localproject::ingest
