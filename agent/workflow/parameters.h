#pragma once

#include "agent/workflow/engine.h"

namespace workflow {

/// Each parameter's value: given, default or first choice. A query is wanted (RunQuery) while a choice list is missing, and the
/// run is over (Finish with `error`) when a value does not fit.
struct ResolvedParameters {
    ph::Json values = ph::Json::object();
    std::optional<Action> action;
};
ResolvedParameters resolveParameters(const Definition &definition, const RunState &state);

} // namespace workflow
