#pragma once

#include "driver/hogql/catalogue.h"
#include "driver/hogql/value_type.h"

#include <optional>
#include <string>
#include <vector>

/// What functions take and give, for hints.
namespace hogql {

/// A signature taken apart: "quantile(level)(x)" has the parameters {level} and the arguments {x}.
struct Signature {
    struct Part {
        std::string name; // as written: "x", "separator", "x -> …"
        bool optional = false;
    };
    std::vector<Part> parameters;
    std::vector<Part> arguments;
    bool parametersOptional = false; // groupArray([limit])(x)
    bool openParameters = false; // the last one may be repeated
    bool openArguments = false;

    std::size_t least() const; // how many arguments there must be
};

Signature signatureOf(const FunctionDoc &function);

/// How many arguments a call of `name` must and may have, with what combinators add (sumIf takes one more than sum). Empty where
/// that is not known.
struct Arity {
    std::size_t least = 0;
    std::optional<std::size_t> most; // absent: as many as one likes
};
std::optional<Arity> arityOf(std::string_view name);

/// The type that name(arguments) has; Unknown where it is not known.
ValueType resultOf(std::string_view name, const std::vector<ValueType> &arguments);

/// What the first argument has to be; Unknown: anything.
ValueType::Kind firstArgumentOf(std::string_view name);

} // namespace hogql
