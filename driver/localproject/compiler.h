#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"
#include "driver/hogql/ast.h"

#include <map>
#include <string>
#include <vector>

namespace localproject {

/// An event property that the store keeps in a column of its own, beside those of layout.h.
struct PropertyColumn {
    std::string column;
    bool number = false; // a DOUBLE, good for properties that are declared Numeric; otherwise text
};

/// What the compiler must know of the project. Values, so that compiling is pure.
struct CompileContext {
    std::string timezone = "UTC";
    int weekStartDay = 0;                              // 0 Sunday, 1 Monday
    std::string now;                                   // ISO text, UTC: what now() answers
    std::map<std::string, std::string> eventProperties;  // name -> Numeric | Boolean | DateTime | String, from property_definitions
    std::map<std::string, std::string> personProperties;
    std::map<std::string, std::string> groupProperties;
    std::map<std::string, PropertyColumn> propertyColumns; // event property -> where else it stands
    std::map<std::string, std::int64_t> cohorts;       // name -> id
    std::map<std::string, ph::Json> actions;           // name -> the action as the API answers it (id, steps), for matchesAction()
    ph::Json values = ph::Json::object();              // for {placeholders}; `filters` is a HogQLFilters object
    int defaultLimit = 100;                            // applied when the outermost SELECT has no LIMIT; limit + 1 rows are fetched
    int maximumLimit = 50'000;                         // larger LIMITs are cut to it, silently as PostHog does
    bool refuseOffset = true;                          // PostHog refuses OFFSET to personal keys
};

/// A DuckDB statement with its bound values, and how to read the result.
struct Statement {
    std::string sql;                   // with $1, $2 …
    std::vector<ph::Json> parameters;
    std::vector<std::string> columns;  // HogQL's names
    std::vector<std::string> types;    // ClickHouse types, one a column, where the compiler knows them; "" to take DuckDB's
    bool limitedByDefault = false;     // no LIMIT was given: one row more than defaultLimit is asked for, to know hasMore
    std::string hogql;                 // the query as understood, printed, with the LIMIT
    std::map<std::string, PropertyColumn> wantedColumns; // event properties that are read out of JSON; `column` is empty
};

/// A problem in the query, as PostHog answers it: status 400, `code` hogql_syntax_error, hogql_query_error…
struct CompileError {
    std::string code;
    std::string message;
    hogql::Span span;
};

/// HogQL -> DuckDB over the tables of layout.h. Every value travels as a bound parameter.
tl::expected<Statement, CompileError> compile(const hogql::Select &query, const CompileContext &context);

} // namespace localproject
