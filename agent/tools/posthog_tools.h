#pragma once

#include "agent/tools/tool.h"

#include <functional>
#include <memory>

namespace posthog {
class Driver;
}

namespace tools {

/// The project that the tools speak to, or why there is none. Asked at each call, on the call's thread: a project may come later, and
/// change. It may take its time (a local project that starts), and ends with Cancelled when `stop` is requested.
using Project = std::function<ph::Result<std::shared_ptr<posthog::Driver>>(std::stop_token stop)>;

/// Rows and bytes of a table that go out with a call. What is longer is cut, and the output says so.
inline constexpr std::size_t maximumRows = 2'000;
inline constexpr std::size_t maximumBytes = 4 * 1024 * 1024;

/// posthog_query, posthog_objects, posthog_fields, posthog_insights, posthog_persons, posthog_flags, posthog_recordings, posthog_create.
/// Inputs and outputs: README.md.
/// posthog_query's raw output also has `cut`: {"rows": n} when only the first of n rows are in it.
std::vector<std::shared_ptr<Tool>> makePosthogTools(Project project);

} // namespace tools
