#pragma once

#include "driver/localproject/import/incoming.h"

#include <string>
#include <string_view>
#include <unordered_map>

namespace localproject::ingest {

/// Lets maps of strings be asked with a view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

std::string_view nameOf(PropertyType type); // "Numeric"; "" for None

/// The type that a first text value gives its property: dates and "true"/"false" are told from other text.
PropertyType typeOfText(std::string_view key, std::string_view value);
/// The same for a number: times in seconds go by their name.
PropertyType typeOfNumber(std::string_view key);

} // namespace localproject::ingest
