#pragma once

#include <string>

namespace localproject::ingest {

/// INSERT of the sessions that follow from events, as PostHog derives them: bounds and counts of all events of a session,
/// where it came from of its first event on a page. `condition` picks the events, as SQL of ours.
std::string insertSessionsSql(const std::string &condition);

} // namespace localproject::ingest
