#pragma once

#include "driver/base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace app {

/// A command line, taken apart piece by piece: options first, then what is left.
class Arguments
{
public:
    Arguments(int argc, char **argv);

    /// Whether `name` ("--json") is there. Takes it out.
    bool flag(const std::string &name);

    /// The value of "--project demo" or "--project=demo", taken out. Error: InvalidInput when the value is missing.
    ph::Result<std::optional<std::string>> option(const std::string &name);

    /// The next word that is no option, taken out; nothing when there is none. What follows "--" is always a word.
    std::optional<std::string> word();

    /// Everything that is left, for another program.
    std::vector<std::string> rest();

    /// Error: InvalidInput that names what nobody took.
    ph::Result<> done() const;

private:
    std::vector<std::string> m_words;
    std::vector<std::string> m_literal; // after "--"
};

} // namespace app
