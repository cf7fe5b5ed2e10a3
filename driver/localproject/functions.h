#pragma once

#include "driver/localproject/scope.h"

#include <span>
#include <string_view>

namespace localproject {

class Compilation;

/// One call of a function, its arguments compiled.
struct Site {
    Compilation &compilation;
    std::string name; // as written
    hogql::Span span;
    std::vector<Fragment> arguments;
};

/// How a function becomes SQL.
///
/// `arguments` has a letter for each argument, the last one for all that follow:
///   s text · i whole number · f number as DOUBLE · n number as it is · b condition · t moment in UTC · l wall clock in the
///   value's zone · d date · * as it is.
/// `pattern` is the SQL with {0}, {1} … for the arguments and {*} for all of them. Where that is too little, `emit` does it.
/// `result` is a ClickHouse type, or $0, $1 … for the type of an argument, [$0] for an array of it. The result may be NULL when an
/// argument may; with "!" after the type it never is, with "?" it always may.
struct Function {
    std::string_view name;
    int least = 0;
    int most = 0; // any number when negative
    std::string_view arguments;
    std::string_view pattern;
    std::string_view result;
    Fragment (*emit)(Site &) = nullptr;
    /// For functions that must see their arguments before these are compiled: lambdas, conditions.
    Fragment (*emitCall)(Compilation &, const hogql::Call &, hogql::Span) = nullptr;
};

/// One call of an aggregate: how to write DuckDB's aggregates with this call's FILTER, OVER and combinators.
struct AggregateSite {
    Compilation &compilation;
    const hogql::Call &call;
    hogql::Span span;
    std::vector<Fragment> arguments;  // without the condition of -If
    std::vector<Fragment> parameters; // the first brackets
    bool distinct = false;
    std::string order;   // " ORDER BY …" or empty
    std::string filter;  // condition or empty
    std::string over;    // " OVER (…)" or empty
    bool overArrays = false; // -Array
    bool orNull = false;     // -OrNull

    /// `name(arguments)`. `condition` narrows the rows further. `keepNulls` is for list(): otherwise NULLs are skipped anyway.
    std::string native(const std::string &name, const std::string &arguments, const std::string &condition = {}) const;
    /// list(x) without NULLs, [] over nothing.
    std::string list(const Fragment &value) const;
    ph::Json parameter(std::size_t i, ph::Json otherwise = nullptr) const;
    /// The first brackets' fraction for quantiles.
    double fraction(std::size_t i, double otherwise) const;
};

struct Aggregate {
    std::string_view name;
    int least = 0;
    int most = 0;
    std::string_view arguments; // letters as above
    std::string_view native;    // DuckDB's aggregate
    std::string_view result;    // as above
    std::string_view nothing;   // its value over no rows where DuckDB answers NULL: "0", "[]"; empty to leave NULL
    Fragment (*emit)(AggregateSite &) = nullptr;
};

/// Both ignore case. Null when there is no such function here.
const Function *findFunction(std::string_view name);
const Aggregate *findAggregate(std::string_view name);

/// An aggregate and what its name added to it.
struct Combined {
    const Aggregate *aggregate = nullptr;
    bool onlyIf = false;    // -If
    bool overArrays = false;// -Array
    bool forEach = false;   // -ForEach: all first elements, all second ones …
    bool distinct = false;  // -Distinct
    bool orNull = false;    // -OrNull
    bool orDefault = false; // -OrDefault
    bool state = false;     // -State: the values themselves, as an array, to be folded later
    bool merge = false;     // -Merge: over the arrays that -State made
};
/// Takes a name such as sumArrayIf apart; `aggregate` is null when it is no aggregate.
Combined combinedAggregate(std::string_view name);

/// A function that only exists with OVER: row_number, lag …
bool isWindowFunction(std::string_view name);

/// Every name, for "did you mean".
std::vector<std::string> functionNames();
/// ClickHouse's or SQL's name for something that HogQL calls otherwise: toFloat64 -> toFloat; empty when there is none.
std::string_view properName(std::string_view name);

std::string toLower(std::string_view text);

// The families
std::span<const Function> stringFunctions();
std::span<const Function> urlFunctions();
std::span<const Function> jsonFunctions();
std::span<const Function> dateFunctions();
std::span<const Function> arrayFunctions();
std::span<const Function> mathFunctions();
std::span<const Function> conversionFunctions();
std::span<const Function> logicFunctions();
std::span<const Function> hogqlFunctions();
std::span<const Aggregate> aggregates();

} // namespace localproject
