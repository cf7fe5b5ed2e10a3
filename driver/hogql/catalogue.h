#pragma once

#include <span>
#include <string>
#include <string_view>

/// The functions that a query may call, for highlighting, completion and hints. Plain data; PostHog knows more of them.
namespace hogql {

struct FunctionDoc {
    std::string_view name; // in the spelling that PostHog prefers
    std::string_view signature; // "count([x])"
    std::string_view doc; // one line
    bool aggregate = false; // folds many rows into one value
};

std::span<const FunctionDoc> functions();

/// The function of that name, in any case. sumIf, uniqArray and other combinations lead to the function they are made of.
/// Null when it is not in the catalogue (which does not mean that PostHog lacks it).
const FunctionDoc *findFunction(std::string_view name);

/// The names of functions that PostHog knows and the catalogue does not describe.
std::span<const std::string_view> otherFunctions();

/// Whether PostHog knows a function of that name, in any case, described here or not.
bool isFunctionName(std::string_view name);

/// What to write instead of a name that looks right but is unknown to PostHog: toFloat64 -> toFloat. Empty when there is none.
std::string_view replacementFor(std::string_view function);

} // namespace hogql
