#include "app/arguments.h"

#include <algorithm>
#include <utility>

namespace app {

Arguments::Arguments(int argc, char **argv)
    : m_words(argv + std::min(argc, 1), argv + argc)
{
    if (const auto end = std::find(m_words.begin(), m_words.end(), "--"); end != m_words.end()) {
        m_literal.assign(std::next(end), m_words.end());
        m_words.erase(end, m_words.end());
    }
}

bool Arguments::flag(const std::string &name) { return std::erase(m_words, name) > 0; }

ph::Result<std::optional<std::string>> Arguments::option(const std::string &name)
{
    const auto isIt = [&](const std::string &word) { return word == name || word.starts_with(name + "="); };
    const auto found = std::find_if(m_words.begin(), m_words.end(), isIt);
    if (found == m_words.end())
        return std::nullopt;
    if (*found != name) {
        auto value = found->substr(name.size() + 1);
        m_words.erase(found);
        return value;
    }
    if (std::next(found) == m_words.end())
        return ph::fail(ph::ErrorCode::InvalidInput, name + " takes a value.");
    auto value = *std::next(found);
    m_words.erase(found, std::next(found, 2));
    return value;
}

std::optional<std::string> Arguments::word()
{
    const auto found = std::find_if(m_words.begin(), m_words.end(), [](const std::string &word) { return !word.starts_with("-"); });
    auto &from = found != m_words.end() ? m_words : m_literal;
    const auto taken = found != m_words.end() ? found : m_literal.begin();
    if (taken == from.end())
        return {};
    auto word = *taken;
    from.erase(taken);
    return word;
}

std::vector<std::string> Arguments::rest()
{
    auto words = std::exchange(m_words, {});
    if (!m_literal.empty())
        words.push_back("--");
    for (auto &word : std::exchange(m_literal, {}))
        words.push_back(std::move(word));
    return words;
}

ph::Result<> Arguments::done() const
{
    if (!m_words.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "“" + m_words.front() + "” is not understood here.");
    if (!m_literal.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "“" + m_literal.front() + "” is not understood here.");
    return {};
}

} // namespace app
