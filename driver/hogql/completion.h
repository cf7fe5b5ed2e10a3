#pragma once

#include "driver/hogql/lexer.h"
#include "driver/hogql/project_names.h"

namespace hogql {

enum class CompletionKind { Keyword, Table, Column, Property, Function, Alias, Value };

struct Completion {
    std::string label; // what the list shows
    CompletionKind kind = CompletionKind::Keyword;
    std::string insert; // replaces the bytes of `replaces`
    std::string detail; // type, signature or one line of explanation; may be empty
    Span replaces; // what was typed of it so far; the same for all of one list

    friend bool operator==(const Completion &, const Completion &) = default;
};

/// What could be written at `cursor` (a byte offset), best first: columns of the tables in FROM, aliases, functions, keywords,
/// tables after FROM and JOIN, columns and properties behind a dot, events in event = '…', cohorts, actions, columns of WITH and of
/// sub-selects. Of a project's own names those that fit best, 200 at most. Pure. The text need not be readable.
std::vector<Completion> completions(std::string_view text, std::size_t cursor, const ProjectNames &names = {});

} // namespace hogql
