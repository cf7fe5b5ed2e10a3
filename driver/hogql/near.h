#pragma once

#include <string>
#include <string_view>

/// Which known name was probably meant by one that is unknown.
namespace hogql {

/// Insertions, deletions, replacements and swapped neighbours between `a` and `b`, without regard to case; `limit` + 1 when
/// there are more than `limit`.
int slipsBetween(std::string_view a, std::string_view b, int limit);

/// Collects candidates one by one and keeps the nearest: at most one slip in three letters, two in all.
class Nearest
{
public:
    explicit Nearest(std::string_view word);

    void offer(std::string_view candidate) { offer(candidate, lettersOf(candidate)); }
    void offer(std::string_view candidate, unsigned letters);
    /// Longer or shorter candidates than these cannot be near.
    std::size_t shortest() const { return m_word.size() > 2 ? m_word.size() - 2 : 0; }
    std::size_t longest() const { return m_word.size() + 2; }

    /// One bit a letter: words that share few of them need no closer look.
    static unsigned lettersOf(std::string_view word);

    /// The nearest so far; empty when none was near enough.
    const std::string &name() const { return m_name; }

private:
    std::string m_word;
    unsigned m_letters;
    int m_fewest;
    std::string m_name;
};

} // namespace hogql
