#pragma once

#include "driver/localproject/api/routes.h"

#include <optional>

namespace localproject::api {

/// Says who is in a cohort, and writes it to cohort_people so that IN COHORT sees them: the `person_ids` of a request, the
/// answer of its `query` (HogQL with a column person_id, actor_id, id or distinct_id), or the person properties of its `filters`.
/// An answer when the request cannot be followed; then nothing has changed.
std::optional<Answer> fillCohort(Project &project, std::int64_t cohort, const ph::Json &item, const Call &call);

/// Adds persons by uuid; ids that are nobody's are passed over, as PostHog does. `ids` must be a list of texts.
std::optional<Answer> addPersons(Project &project, std::int64_t cohort, const ph::Json &ids, const Call &call);
std::optional<Answer> removePersons(Project &project, std::int64_t cohort, const ph::Json &ids, const Call &call);

} // namespace localproject::api
