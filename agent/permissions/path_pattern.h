#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace permissions {

/// Whether `path` is `folder` or beneath it, component by component: /repo-evil is not beneath /repo. Both normal; nothing is read.
bool isBeneath(const std::filesystem::path &path, const std::filesystem::path &folder);

/// The path of a rule: literal, or with * ? [a-z] within a component and ** for any number of components.
/// "src", "./src" are relative to a folder, "~/x" to the home folder, "/x" and "//x" are absolute.
class PathPattern
{
public:
    /// Links in the literal components at the front are resolved as they stand on the disk now.
    PathPattern(std::string_view text, const std::filesystem::path &folder);

    /// Whether `path` is what the pattern names; a literal one names everything beneath it too. Component by component.
    bool covers(const std::filesystem::path &path) const;

    /// Whether `path` or a folder above it is what the pattern names, also when links in the pattern are left as they are.
    bool touches(const std::filesystem::path &path) const;

private:
    std::vector<std::string> m_literal;   // as it was written
    std::vector<std::string> m_canonical; // links resolved
    bool m_isLiteral = true;
};

/// The text of a pattern that names exactly `path`: what would be a wildcard is escaped.
std::string escapedPattern(const std::string &path);

} // namespace permissions
