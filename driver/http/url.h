#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

/// "%C3%A9" -> "é". Nothing when an escape is broken, or the result holds NUL or is not UTF-8.
std::optional<std::string> percentDecode(std::string_view text);

/// Everything but letters, digits and "-._~" as %XX: safe as a path segment and as a query value.
std::string percentEncode(std::string_view text);

/// "a=1&b=x+y" -> {{"a","1"},{"b","x y"}}, in order. Nothing when an escape is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> parseQuery(std::string_view text);

} // namespace http
