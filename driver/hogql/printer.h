#pragma once

#include "driver/hogql/parser.h"

namespace hogql {

/// HogQL text on one line, with as few brackets as its meaning needs: parseSelect(print(x)) is equal to x.
/// An expression's print is also the name of an unaliased column: count(), properties.$browser.
std::string print(const Select &select);
std::string print(const Expr &expression);

/// The same over several lines with clauses indented, for the editor's "Format".
std::string format(const Select &select);

/// A whole statement formatted with its comments: those on a line of their own stay before what follows them, others behind what
/// they stand behind. Without comments it is format() of the tree.
Parsed<std::string> formatText(std::string_view text);

/// Whether two trees mean the same: everything but the spans.
bool equal(const Select &a, const Select &b);
bool equal(const Expr &a, const Expr &b);

/// `name` as an identifier: bare when it may be, else in backticks.
std::string quoteIdentifier(std::string_view name);
/// `text` as a HogQL string literal.
std::string quoteString(std::string_view text);

} // namespace hogql
