#pragma once

#include "agent/tools/pattern.h"

#include <string>
#include <vector>

namespace tools {

/// Whether a file is to be looked into, by its path: both its glob and its type must fit where they are given.
class FileFilter
{
public:
    /// A glob without a slash is about the name alone. Error: InvalidInput, the glob cannot be read.
    static ph::Result<FileFilter> make(const std::string &glob, const std::string &type);

    bool takes(const std::string &path) const;

private:
    std::vector<Pattern> m_patterns;
};

/// "cpp, css, go, …".
std::string knownTypes();
/// The names of a type's files, as a glob; "" for an unknown type.
std::string globOfType(const std::string &type);

} // namespace tools
