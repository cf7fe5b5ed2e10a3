#pragma once

#include "driver/base/json_fields.h"

#include <cstdint>
#include <optional>
#include <string>

/// Reading the input of a call, which a language model wrote: any field may be missing or of another type.
namespace tools {

/// The text under `key`, or "".
std::string textAt(const ph::Json &input, const char *key);

/// The whole number under `key`; a number with an empty fraction (5.0) and digits in a text ("5") count too.
std::optional<std::int64_t> numberAt(const ph::Json &input, const char *key);

/// Whether `key` says true; "true" counts too.
bool isSet(const ph::Json &input, const char *key);

/// A JSON Schema of an object with these properties and no others.
ph::Json objectSchema(const ph::Json &properties, const ph::Json &required);

} // namespace tools
