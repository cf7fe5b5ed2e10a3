#include "ui/query/schema_completion.h"

#include "driver/hogql/diagnostics.h"
#include "ui/query/query_text.h"
#include "ui/shell/fuzzy.h"

#include <algorithm>

namespace ui {

namespace {

constexpr std::size_t mostSuggestions = 60;

QString q(const std::string &text) { return QString::fromStdString(text); }

/// Where the names of a group belong; null for tables.
std::vector<hogql::KnownName> *listFor(SchemaGroup::Kind kind, hogql::ProjectNames &names)
{
    switch (kind) {
    case SchemaGroup::Kind::Events: return &names.events;
    case SchemaGroup::Kind::EventProperties: return &names.eventProperties;
    case SchemaGroup::Kind::PersonProperties: return &names.personProperties;
    case SchemaGroup::Kind::GroupProperties: return &names.groupTypes.back().properties;
    case SchemaGroup::Kind::Cohorts: return &names.cohorts;
    case SchemaGroup::Kind::Actions: return &names.actions;
    case SchemaGroup::Kind::Table: break;
    }
    return nullptr;
}

} // namespace

hogql::ProjectNames namesOf(const ProjectSchema &schema)
{
    hogql::ProjectNames names;
    for (const SchemaGroup &group : schema.groups) {
        if (group.kind == SchemaGroup::Kind::GroupProperties)
            names.groupTypes.push_back({group.groupType, group.title});
        auto *list = listFor(group.kind, names);
        if (!list)
            continue;
        for (const SchemaEntry &entry : group.entries) {
            const bool isNamed = group.kind == SchemaGroup::Kind::Cohorts || group.kind == SchemaGroup::Kind::Actions;
            const std::string sample = entry.type.empty() || entry.detail.empty() ? entry.type + entry.detail : entry.type + " · " + entry.detail;
            list->push_back({entry.name, isNamed ? entry.help : entry.volume ? "" : sample, entry.type, entry.volume, entry.id});
        }
    }
    return names;
}

EditorCompletion completeQuery(const hogql::ProjectNames &names, const QString &text, int position)
{
    EditorCompletion completion;
    completion.from = completion.to = position;
    const TextPositions positions(text);
    const auto found = hogql::completions(positions.utf8(), positions.byte(position), names);
    if (found.empty())
        return completion;
    completion.from = positions.position(found.front().replaces.start);
    completion.to = positions.position(found.front().replaces.end);
    std::vector<std::pair<int, const hogql::Completion *>> ranked;
    if (found.front().kind == hogql::CompletionKind::Value) {
        // An unclosed text reaches to the end of the query: what is below the cursor is not part of the word.
        if (text.mid(completion.from, completion.to - completion.from).contains('\n') || !text.mid(position, completion.to - position).endsWith('\''))
            completion.to = position;
        const QString typed = text.mid(completion.from + 1, position - completion.from - 1);
        for (const hogql::Completion &one : found) {
            if (const auto score = fuzzyScore(typed, q(one.label)))
                ranked.emplace_back(*score, &one);
        }
        std::stable_sort(ranked.begin(), ranked.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    } else {
        for (const hogql::Completion &one : found)
            ranked.emplace_back(0, &one);
    }
    for (const auto &[score, suggestion] : ranked) {
        const hogql::Completion &one = *suggestion;
        completion.suggestions.push_back({q(one.label), q(one.insert), q(one.detail)});
        if (completion.suggestions.size() == mostSuggestions)
            break;
    }
    return completion;
}

std::vector<EditorProblem> checkQuery(const QString &text, const hogql::Project *project)
{
    std::vector<EditorProblem> problems;
    const TextPositions positions(text);
    for (const hogql::Span &statement : statementsOf(positions.utf8())) {
        const auto within = std::string_view(positions.utf8()).substr(statement.start, statement.end - statement.start);
        for (const hogql::Diagnostic &found : hogql::diagnose(within, project)) {
            EditorProblem problem;
            problem.message = q(found.message);
            problem.start = positions.position(statement.start + found.span.start);
            problem.end = positions.position(statement.start + found.span.end);
            const QString before = text.left(problem.start);
            problem.line = int(before.count('\n')) + 1;
            problem.column = problem.start - int(before.lastIndexOf('\n'));
            problem.isError = found.severity == hogql::Severity::Error;
            problem.isHint = found.severity == hogql::Severity::Hint;
            if (found.fix)
                problem.fix = EditorFix{q(found.fix->title), positions.position(statement.start + found.fix->span.start),
                                        positions.position(statement.start + found.fix->span.end), q(found.fix->replacement)};
            problems.push_back(std::move(problem));
        }
    }
    std::stable_sort(problems.begin(), problems.end(), [](const EditorProblem &a, const EditorProblem &b) {
        return (a.isError ? 0 : a.isHint ? 2 : 1) < (b.isError ? 0 : b.isHint ? 2 : 1);
    });
    return problems;
}

} // namespace ui
