#pragma once

#include "driver/hogql/ast.h"
#include "driver/hogql/diagnostics.h"
#include "driver/hogql/project_names.h"
#include "driver/hogql/value_type.h"

namespace hogql {

/// A place in a query and what it stands for.
struct Symbol {
    enum class Kind { Table, CommonTable, Column, Property, Alias, Function, LambdaParameter, Placeholder };
    Kind kind = Kind::Column;
    Span span; // the name itself, without what it is a part of
    std::string name; // "events.timestamp", "person.properties.plan", "toDate"
    ValueType type;
    std::string doc; // one line; may be empty
    std::optional<Span> definition; // where this very text defines it: a WITH, an alias, a lambda's parameter
    const KnownName *known = nullptr; // a property that the project has; lives as long as the Project
};

/// A column that a SELECT answers with.
struct OutputColumn {
    std::string name;
    ValueType type;
};

struct Resolution {
    std::vector<Symbol> symbols; // in the order of finding
    std::vector<Diagnostic> diagnostics; // likewise
    std::vector<OutputColumn> columns; // of the whole statement, where they are known
};

/// Looks up every name of a query and follows the types: tables, columns, lazy joins (person.properties.x), WITH, aliases,
/// functions. `text` is what `select` was read from; without `project` nothing is said about properties and events. Pure.
Resolution resolve(std::string_view text, const Select &select, const Project *project = nullptr);

} // namespace hogql
