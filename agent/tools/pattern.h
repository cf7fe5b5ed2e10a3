#pragma once

#include "driver/base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tools {

/// A regular expression (PCRE2's syntax) over bytes that are mostly UTF-8. A match that costs too much counts as none. One thread at a time.
class Pattern
{
public:
    struct Options {
        bool ignoresCase = false;
        bool isMultiline = false; // "." takes line ends too
    };
    /// Error: InvalidInput, with PCRE2's words and the place.
    static ph::Result<Pattern> compile(const std::string &expression, Options options);
    static ph::Result<Pattern> compile(const std::string &expression) { return compile(expression, Options()); }

    struct Match {
        std::size_t start = 0;
        std::size_t end = 0;
    };
    /// The first match at or after `from`.
    std::optional<Match> find(std::string_view text, std::size_t from = 0) const;
    bool matches(std::string_view text) const { return find(text).has_value(); }

private:
    struct State;
    std::shared_ptr<State> m_state;
};

/// The expression that a whole path must match for a glob: * and ? within a name, ** over folders, [a-z], {a,b}, backslash for the next
/// character.
std::string expressionOfGlob(std::string_view glob);

} // namespace tools
