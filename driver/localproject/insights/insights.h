#pragma once

#include "driver/localproject/compiler.h"
#include "driver/localproject/store.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

/// PostHog's query nodes other than HogQLQuery: read strictly into a typed query, made into HogQL, run through the compiler, and
/// answered in PostHog's own shape. Names and values of a node reach HogQL as constants and fields of a tree, never as text.
/// What each kind counts, to the letter, stands in README.md beside this file.
namespace localproject::insights {

/// What a query is answered from.
struct Source {
    const Store &store;
    CompileContext context; // the project's
    ph::Json testAccountFilters = ph::Json::array(); // what filterTestAccounts adds: PostHog property filters
    std::stop_token stop;
};

/// Why a query has no answer: a 400 of type validation_error, or what the store could not do.
struct Problem {
    std::string code;                   // required, invalid_input, hogql_syntax_error, hogql_query_error
    std::string detail;
    std::string attribute;              // "query.series.0.math": the field that is wrong; empty when it is none of them
    std::optional<ph::Error> store;     // set when it is not the query's fault
};

/// Whether answer() knows the kind. HogQLQuery is not among them.
bool isKnown(std::string_view kind);

/// `query` is a node with its kind; InsightVizNode, DataTableNode and DataVisualizationNode are looked into. The answer is
/// the whole body: {"results": …, "hogql": …, …}.
tl::expected<ph::Json, Problem> answer(const ph::Json &query, const Source &source);

} // namespace localproject::insights
