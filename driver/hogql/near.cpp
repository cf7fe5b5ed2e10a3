#include "driver/hogql/near.h"

#include <algorithm>
#include <array>
#include <bit>

namespace hogql {

namespace {

constexpr std::size_t longest = 64;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

} // namespace

int slipsBetween(std::string_view a, std::string_view b, int limit)
{
    const std::size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
    if (longer > longest || longer - shorter > static_cast<std::size_t>(limit))
        return a == b ? 0 : limit + 1;
    std::array<std::array<int, longest + 1>, 3> rows; // of the last two letters of `a` and this one
    for (std::size_t j = 0; j <= b.size(); ++j)
        rows[0][j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto &row = rows[i % 3];
        const auto &above = rows[(i - 1) % 3];
        row[0] = static_cast<int>(i);
        int best = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = upper(a[i - 1]) == upper(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && upper(a[i - 1]) == upper(b[j - 2]) && upper(a[i - 2]) == upper(b[j - 1]))
                row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
            best = std::min(best, row[j]);
        }
        if (best > limit)
            return limit + 1;
    }
    return rows[a.size() % 3][b.size()];
}

unsigned Nearest::lettersOf(std::string_view word)
{
    unsigned letters = 0;
    for (const char c : word)
        letters |= 1u << (static_cast<unsigned char>(upper(c)) % 32);
    return letters;
}

Nearest::Nearest(std::string_view word)
    : m_word(word)
    , m_letters(lettersOf(word))
    , m_fewest(std::min<int>(2, static_cast<int>(word.size()) / 3) + 1)
{
}

void Nearest::offer(std::string_view candidate, unsigned letters)
{
    const int limit = m_fewest - 1;
    if (limit < 0 || candidate.size() > longest() || candidate.size() < shortest())
        return;
    if (std::popcount(m_letters ^ letters) > 2 * limit + 1)
        return;
    const int slips = slipsBetween(m_word, candidate, limit);
    if (slips < m_fewest && candidate != m_word) {
        m_fewest = slips;
        m_name = candidate;
    }
}

} // namespace hogql
