#pragma once

#include "agent/workflow/expression.h"

#include <functional>
#include <vector>

namespace workflow {

/// What an expression's evaluation stops with; becomes a ph::Error at Expression::evaluate().
struct Fault {
    std::string message;
};

/// An argument is a value, or `x -> …` / `(x, i) -> …`, called with an item and its index from 0.
struct Argument {
    Value value;
    std::function<Value(const Value &item, std::size_t index)> lambda;
};
using Arguments = std::vector<Argument>;

struct Function {
    std::size_t least = 0;
    std::size_t most = 0;
    std::function<Value(const Arguments &)> call; // throws Fault
};

/// Every function by name: lists, numbers and texts here, statistics in statistics_functions.cpp and experiment_functions.cpp.
const std::map<std::string, Function> &functions();

void addStatisticsFunctions(std::map<std::string, Function> &table);
void addExperimentFunctions(std::map<std::string, Function> &table);

// For functions' arguments. Each throws Fault naming the function and what it takes.
const Value &listArgument(const Arguments &arguments, std::size_t index, const char *function);
double numberArgument(const Arguments &arguments, std::size_t index, const char *function);
std::optional<double> asNumber(const Value &value);

/// The name in `known` that is nearest to `name`, or "" when none is near.
std::string nearestName(const std::string &name, const std::vector<std::string> &known);

} // namespace workflow
