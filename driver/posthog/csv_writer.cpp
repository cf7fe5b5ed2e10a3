#include "driver/posthog/table_writer.h"

#include "driver/posthog/json_text.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace posthog {

namespace {

bool computes(std::string_view text)
{
    const std::size_t at = text.find_first_not_of('\'');
    return at != std::string_view::npos && std::strchr("=+-@|\t\r", text[at]) != nullptr && text[at] != '\0';
}

/// Copies a text as it stands in a cell with quotes, up to an escape that is not \" or `end`, which is the text's closing quote: what
/// JSON writes as \", CSV writes as "", of the same length. Returns where it stopped. `to` has room for `copyAhead` bytes more.
/// `needsQuotes` becomes true at a quote or a comma.
const char *copyQuoted(const char *at, const char *end, char *&to, bool &needsQuotes)
{
#if defined(__SSE2__)
    const auto each = [](char c) { return _mm_set1_epi8(c); };
    for (; end - at > 16; at += 16, to += 16) {
        const __m128i piece = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
        const __m128i following = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at + 1));
        const __m128i backslash = _mm_cmpeq_epi8(piece, each('\\'));
        const __m128i isQuote = _mm_and_si128(backslash, _mm_cmpeq_epi8(following, each('"')));
        const __m128i written = _mm_or_si128(_mm_andnot_si128(isQuote, piece), _mm_and_si128(isQuote, each('"')));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(to), written);
        needsQuotes |= _mm_movemask_epi8(_mm_or_si128(isQuote, _mm_cmpeq_epi8(piece, each(',')))) != 0;
        const int other = _mm_movemask_epi8(_mm_andnot_si128(isQuote, backslash));
        if (other) {
            const int length = __builtin_ctz(static_cast<unsigned>(other));
            to += length;
            return at + length;
        }
    }
#endif
    for (; at < end; ++at) {
        if (*at == '\\') {
            if (end - at < 2 || at[1] != '"')
                break;
            *to++ = '"';
            ++at;
            needsQuotes = true;
        }
        needsQuotes |= *at == ',';
        *to++ = *at;
    }
    return at;
}

/// Texts that begin with one of these are looked at as a whole: an empty one, an escape, what a spreadsheet may compute.
constexpr std::array<bool, 256> needsLook = [] {
    std::array<bool, 256> look{};
    for (const unsigned char c : std::string_view("\"'\\=+-@|"))
        look[c] = true;
    return look;
}();

class CsvWriter : public TableWriter
{
public:
    explicit CsvWriter(bool formulaSafe)
        : m_formulaSafe(formulaSafe)
    {
    }

    void begin(std::span<const Column> columns, std::string &out) override
    {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string &name = columns[i].name;
            const std::size_t before = out.size();
            out.resize(before + 2 * name.size() + most);
            char *to = out.data() + before;
            if (i > 0)
                *to++ = ',';
            out.resize(static_cast<std::size_t>(text(name, to) - out.data()));
        }
        out += "\r\n";
    }

    ph::Result<> row(std::span<const std::string_view> cells, std::string &out) override
    {
        std::size_t room = copyAhead + 2;
        for (const std::string_view cell : cells)
            room += (cell.front() == '[' || cell.front() == '{' ? 2 : 1) * cell.size() + most;
        const std::size_t before = out.size();
        out.resize(before + room);
        char *to = out.data() + before;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0)
                *to++ = ',';
            const std::string_view cell = cells[i];
            switch (cell.front()) {
            case '"':
                if (quick(cell, to))
                    break;
                m_text.clear();
                if (!appendUnescaped(cell, m_text)) {
                    out.resize(before);
                    return ph::fail(ph::ErrorCode::Internal, "PostHog sent a text with an escape that is none.");
                }
                to = text(m_text, to);
                break;
            case 'n': // null
                break;
            case '[':
            case '{':
                to = text(cell, to);
                break;
            default:
                to = std::copy(cell.begin(), cell.end(), to); // a number or a truth value
            }
        }
        *to++ = '\r';
        *to++ = '\n';
        out.resize(static_cast<std::size_t>(to - out.data()));
        return {};
    }

private:
    /// The usual texts in one go. False, and nothing written, for those that begin with what needs a look or have an escape that may
    /// be anything.
    static bool quick(std::string_view token, char *&to)
    {
        const char first = token[1]; // the closing quote of an empty text
        if (needsLook[static_cast<unsigned char>(first)])
            return false;
        const char *at = token.data() + 1;
        const char *const end = token.data() + token.size() - 1;
        const bool isLikely = first == '{'; // to need quotes
        char *last = to + isLikely;
        bool needsQuotes = false;
        while ((at = copyQuoted(at, end, last, needsQuotes)) != end) {
            if (end - at < 2 || at[1] == 'u')
                return false;
            needsQuotes |= at[1] == 'n' || at[1] == 'r';
            if (!unescapeOne(at, end, last))
                return false;
        }
        if (needsQuotes != isLikely) {
            std::memmove(to + needsQuotes, to + isLikely, static_cast<std::size_t>(last - to - isLikely));
            last += needsQuotes - isLikely;
        }
        if (needsQuotes) {
            *to = '"';
            *last++ = '"';
        }
        to = last;
        return true;
    }

    /// Writes a text that has no escapes: at most twice its length and `most`. Returns where it ends.
    char *text(std::string_view cell, char *to) const
    {
        const bool guarded = m_formulaSafe && computes(cell);
        const bool quoted = cell.empty() || cell.find_first_of(",\"\r\n") != std::string_view::npos;
        if (quoted)
            *to++ = '"';
        if (guarded)
            *to++ = '\'';
        for (std::size_t quote; (quote = cell.find('"')) != std::string_view::npos; cell.remove_prefix(quote + 1)) {
            to = std::copy_n(cell.data(), quote + 1, to);
            *to++ = '"';
        }
        to = std::copy(cell.begin(), cell.end(), to);
        if (quoted)
            *to++ = '"';
        return to;
    }

    static constexpr std::size_t most = 4; // bytes that a cell has more than its text: a comma, two quotes, a guard
    const bool m_formulaSafe;
    std::string m_text; // kept for its memory
};

} // namespace

std::unique_ptr<TableWriter> makeCsvWriter(bool formulaSafe) { return std::make_unique<CsvWriter>(formulaSafe); }

} // namespace posthog
