#include "agent/permissions/path_pattern.h"

#include "driver/base/paths.h"

#include <algorithm>
#include <fnmatch.h>

namespace permissions {

namespace {

namespace fs = std::filesystem;
using Components = std::vector<std::string>;

constexpr std::string_view wildcards = "*?[\\";

Components componentsOf(const fs::path &path)
{
    Components found;
    for (const fs::path &component : path.lexically_normal())
        if (!component.empty()) // what a trailing slash leaves
            found.push_back(component.string());
    return found;
}

bool isWild(const std::string &component) { return component.find_first_of(wildcards) != std::string::npos; }

/// Whether the pattern matches the whole path, or with `isPrefix` a head of it.
bool matches(const Components &pattern, const Components &path, bool isPrefix)
{
    // reached[i]: the pattern read so far matches the first i components.
    std::vector<bool> reached(path.size() + 1, false);
    reached[0] = true;
    for (const std::string &part : pattern) {
        std::vector<bool> next(path.size() + 1, false);
        for (std::size_t i = 0; i <= path.size(); ++i) {
            if (part == "**")
                next[i] = reached[i] || (i > 0 && next[i - 1]);
            else if (i > 0 && reached[i - 1])
                next[i] = part == path[i - 1] || (isWild(part) && ::fnmatch(part.c_str(), path[i - 1].c_str(), 0) == 0);
        }
        reached = std::move(next);
    }
    return isPrefix ? std::find(reached.begin(), reached.end(), true) != reached.end() : reached.back();
}

} // namespace

bool isBeneath(const fs::path &path, const fs::path &folder)
{
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

PathPattern::PathPattern(std::string_view text, const fs::path &folder)
{
    fs::path whole;
    if (text.starts_with("~/"))
        whole = ph::homeDir() / text.substr(2);
    else if (text == "~")
        whole = ph::homeDir();
    else if (text.starts_with("//"))
        whole = text.substr(1);
    else
        whole = folder / text;
    m_literal = componentsOf(whole);
    const auto firstWild = std::find_if(m_literal.begin(), m_literal.end(), isWild);
    m_isLiteral = firstWild == m_literal.end();

    fs::path front;
    for (auto one = m_literal.begin(); one != firstWild; ++one)
        front /= *one;
    std::error_code failed;
    const fs::path canonical = fs::weakly_canonical(front, failed);
    m_canonical = componentsOf(failed ? front : canonical);
    m_canonical.insert(m_canonical.end(), firstWild, m_literal.end());
}

bool PathPattern::covers(const fs::path &path) const { return matches(m_canonical, componentsOf(path), m_isLiteral); }

bool PathPattern::touches(const fs::path &path) const
{
    const Components components = componentsOf(path);
    return matches(m_canonical, components, true) || matches(m_literal, components, true);
}

std::string escapedPattern(const std::string &path)
{
    std::string escaped;
    for (const char c : path) {
        if (wildcards.find(c) != std::string_view::npos)
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

} // namespace permissions
