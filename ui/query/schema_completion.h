#pragma once

#include "driver/hogql/completion.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/project_schema.h"

namespace ui {

/// The project's names as driver/hogql takes them: made once a schema, not at every key.
hogql::ProjectNames namesOf(const ProjectSchema &schema);

/// What could stand at `position` of a query: driver/hogql's list with the project's names. Pure.
EditorCompletion completeQuery(const hogql::ProjectNames &names, const QString &text, int position);

/// What is wrong or doubtful in each statement of `text`, errors first, hints last. Pure; runs on a worker.
std::vector<EditorProblem> checkQuery(const QString &text, const hogql::Project *project = nullptr);

} // namespace ui
