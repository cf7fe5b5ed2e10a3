#pragma once

#include "driver/hogql/lexer.h"
#include "driver/hogql/project_names.h"
#include "driver/hogql/value_type.h"

#include <optional>
#include <string>
#include <vector>

namespace hogql {

/// What stands at a place, in words: for a tool tip.
struct Hover {
    Span span; // what it is about
    std::string title; // "properties.plan: String", "toDate(x): Date"
    std::string text; // one or two lines; may be empty
};

/// What the thing at `offset` is: a table, column, property, function, alias, event name or keyword's neighbour. Empty over
/// anything else. A text that cannot be read still tells its functions and tables. Pure.
std::optional<Hover> hover(std::string_view text, std::size_t offset, const Project *project = nullptr);

/// The call around a place.
struct SignatureHelp {
    Span name; // of the function
    std::string signature; // "sumIf(x, condition)"
    Span current; // within `signature`: the argument that is being written; empty when there are too many
    std::string doc;
};

/// The innermost call of a described function whose brackets hold `offset`. The text need not be readable. Pure.
std::optional<SignatureHelp> signatureHelp(std::string_view text, std::size_t offset);

/// Where the name at `offset` is defined in this text: a WITH, an alias, a sub-select's column. Pure.
std::optional<Span> definitionOf(std::string_view text, std::size_t offset);

/// A value that a query takes from outside: {name} or {variables.name}.
struct PlaceholderUse {
    std::string name; // with its dots
    Span span; // with the brackets
    ValueType type; // what it is compared with, so what it should be; Unknown where nothing tells
};

/// The placeholders of a text in their order, each use; a text that cannot be read has them without types. Pure.
std::vector<PlaceholderUse> placeholdersIn(std::string_view text, const Project *project = nullptr);

/// Every place that means the same WITH or alias as the name at `offset`, the definition first. Empty when it is neither. Pure.
std::vector<Span> referencesOf(std::string_view text, std::size_t offset);

} // namespace hogql
