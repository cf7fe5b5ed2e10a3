#pragma once

#include "driver/hogql/lexer.h"
#include "driver/hogql/project_names.h"

#include <optional>

namespace hogql {

enum class Severity { Error, Warning, Hint };

/// A change that would put it right: the bytes of `span` become `replacement` (an empty span inserts).
struct Fix {
    std::string title; // "Write WHERE"
    Span span;
    std::string replacement;

    friend bool operator==(const Fix &, const Fix &) = default;
};

struct Diagnostic {
    Span span; // the bytes to underline
    std::string message;
    Severity severity = Severity::Error;
    std::optional<Fix> fix;

    friend bool operator==(const Diagnostic &, const Diagnostic &) = default;
};

/// What is wrong or doubtful in `text`, in the order of the text: why it cannot be read, or, where it can, which names and types do
/// not fit and what is probably not meant. With `project` also what its property definitions say. An empty text has nothing
/// wrong. Pure, and quick enough for every key stroke.
std::vector<Diagnostic> diagnose(std::string_view text, const Project *project = nullptr);

} // namespace hogql
