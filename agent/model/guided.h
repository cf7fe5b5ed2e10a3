#pragma once

#include "agent/model/model.h"
#include "agent/workflow/definition.h"

#include <memory>

namespace model {

/// The model that needs no language model: it runs workflows. A prompt starts one through `_meta.hoglet.workflow`
/// {id, parameters?, fromStep?} or by "/funnel-drop-off window_days=7"; "continue" goes on with one that was interrupted; a prompt
/// that begins with SELECT or WITH runs as HogQL; anything else is told what can be done.
///
/// What a run sends: tool calls with `_meta.hoglet` {workflow, step, query | question | create}; the finding of a step as a
/// message with `_meta.hoglet` {workflow, outcome}; the report at the end as a message with `_meta.hoglet` {workflow, report};
/// the plan, whose entries carry `_meta.hoglet` {step, status} with status pending, in_progress, completed, skipped or failed.
std::shared_ptr<Model> makeGuided(std::vector<workflow::Definition> definitions);

} // namespace model
