#pragma once

#include "driver/posthog/driver.h"
#include "ui/explore/relations.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace ui {

/// One line of what belongs to an item: a cohort, a flag with its answer, a recording.
struct RelatedLine {
    QString title;
    QString detail;
    Relation go; // where a click leads
};

/// A short list of what belongs to an item, by name. It is asked for only when it shows: each costs a query.
struct RelatedList {
    QString title; // "Cohorts"
    QString icon;
    QString none; // said when it is empty: "In no cohort."
    std::optional<Relation> whole; // all of it, as a query
    std::function<ph::Result<std::vector<RelatedLine>>(posthog::Driver &, std::stop_token)> load; // blocks; any thread
};

std::vector<RelatedList> relatedListsOf(const std::string &object, const ph::Json &item);

} // namespace ui
