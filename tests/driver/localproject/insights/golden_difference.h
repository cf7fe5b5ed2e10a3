#pragma once

#include "driver/base/json_fields.h"

#include <algorithm>
#include <cmath>
#include <string>

/// Where `actual` does not have what is `expected`; empty when it does. It may have more fields, but no more items.
inline std::string difference(const ph::Json &expected, const ph::Json &actual, const std::string &path)
{
    if (expected.is_object()) {
        if (!actual.is_object())
            return path + " is no object";
        for (const auto &[key, value] : expected.items()) {
            if (!actual.contains(key))
                return path + "/" + key + " is missing";
            if (const std::string found = difference(value, actual[key], path + "/" + key); !found.empty())
                return found;
        }
        return {};
    }
    if (expected.is_array()) {
        if (!actual.is_array() || actual.size() != expected.size())
            return path + " has " + std::to_string(actual.size()) + " items, expected " + std::to_string(expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (const std::string found = difference(expected[i], actual[i], path + "/" + std::to_string(i)); !found.empty())
                return found;
        return {};
    }
    if (expected.is_number() && actual.is_number()) {
        const double a = expected.get<double>();
        const double b = actual.get<double>();
        if (std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)}))
            return {};
    }
    return expected == actual ? std::string() : path + " is " + actual.dump() + ", expected " + expected.dump();
}
