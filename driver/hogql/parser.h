#pragma once

#include "driver/hogql/ast.h"

#include <tl/expected.hpp>

namespace hogql {

/// Where and why a query cannot be read. `line` and `column` count from 1; `column` counts characters, not bytes.
struct SyntaxError {
    std::string message; // "Expected an expression after WHERE, found the end of the query."
    Span span;           // the bytes to underline; never empty unless at the end
    int line = 1;
    int column = 1;
    std::vector<std::string> expected; // what could have stood there, for completion
    // The byte that PostHog's own parser names: often behind `span`, where an earlier slip came to light.
    std::size_t offset = 0;
};

template <typename T>
using Parsed = tl::expected<T, SyntaxError>;

/// Parses one statement: SELECT or a set operation, with an optional trailing semicolon. Pure; nesting is limited to 200 levels
/// (deeper is a SyntaxError, never a crash).
Parsed<SelectPtr> parseSelect(std::string_view text);

/// Parses one expression.
Parsed<ExprPtr> parseExpression(std::string_view text);

/// Line and column (from 1) of a byte offset.
std::pair<int, int> positionOf(std::string_view text, std::size_t offset);

} // namespace hogql
