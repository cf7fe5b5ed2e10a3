#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace permissions {

/// The host of an http or https address, in lower case without a last dot: "docs.posthog.com". Nothing when the address could be read in
/// more than one way (a user name, a backslash, blanks, bytes outside ASCII), so that what is decided on is where it goes.
std::optional<std::string> hostOf(std::string_view url);

/// "posthog.com" is that host alone, "*.posthog.com" every host below it.
bool isInDomain(std::string_view host, std::string_view domain);

} // namespace permissions
