#include "agent/tools/file_filter.h"

#include <algorithm>
#include <map>

namespace tools {
namespace {

const std::map<std::string, std::string> &types()
{
    static const std::map<std::string, std::string> all{
        {"c", "*.{c,h}"}, {"cpp", "*.{cpp,cc,cxx,hpp,hh,hxx,h,inl}"}, {"css", "*.{css,scss,sass,less}"}, {"go", "*.go"}, {"html", "*.{html,htm}"},
        {"java", "*.java"}, {"js", "*.{js,jsx,mjs,cjs,vue}"}, {"json", "*.json"}, {"kotlin", "*.{kt,kts}"}, {"md", "*.{md,markdown,mdx}"}, {"php", "*.php"},
        {"py", "*.{py,pyi}"}, {"ruby", "*.{rb,gemspec}"}, {"rust", "*.rs"}, {"sh", "*.{sh,bash,zsh}"}, {"sql", "*.sql"}, {"swift", "*.swift"},
        {"toml", "*.toml"}, {"ts", "*.{ts,tsx,mts,cts}"}, {"xml", "*.{xml,xsd,xsl}"}, {"yaml", "*.{yaml,yml}"},
    };
    return all;
}

} // namespace

ph::Result<FileFilter> FileFilter::make(const std::string &glob, const std::string &type)
{
    FileFilter filter;
    for (const auto &one : {glob, globOfType(type)}) {
        if (one.empty())
            continue;
        auto pattern = Pattern::compile(expressionOfGlob(one.find('/') == std::string::npos ? "**/" + one : one));
        if (!pattern)
            return ph::fail(pattern.error());
        filter.m_patterns.push_back(*std::move(pattern));
    }
    return filter;
}

bool FileFilter::takes(const std::string &path) const
{
    return std::all_of(m_patterns.begin(), m_patterns.end(), [&](const Pattern &pattern) { return pattern.matches(path); });
}

std::string knownTypes()
{
    std::string names;
    for (const auto &[name, glob] : types())
        names += (names.empty() ? "" : ", ") + name;
    return names;
}

std::string globOfType(const std::string &type)
{
    const auto found = types().find(type);
    return found != types().end() ? found->second : std::string();
}

} // namespace tools
