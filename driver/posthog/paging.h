#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <string>
#include <string_view>

namespace posthog {

/// Where the page after this answer is, on our own host whatever host it names; empty at the end. `path` is the one that was
/// asked, "/api/projects/12/cohorts/?limit=100". Reads `next` (an address) and `has_next` with `next_cursor` or by offset.
/// Error: Network, when it is no page of this list, or does not lead on from it.
ph::Result<std::string> nextPage(const ph::Json &answer, const std::string &path, const std::string &host);

/// The value of `name` in the query of `path`; empty when there is none.
std::string parameterOf(std::string_view path, std::string_view name);

} // namespace posthog
