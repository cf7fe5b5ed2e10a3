#include "driver/base/redact.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>

namespace ph {

namespace {

constexpr std::string_view replacement = "«redacted»";

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool isToken(char c) { return isWord(c) || c == '-'; }
bool isCredential(char c) { return isToken(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '='; } // RFC 6750

template <typename Predicate>
std::size_t lengthOf(std::string_view text, Predicate predicate)
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), predicate) - text.begin());
}

bool startsWithIgnoringCase(std::string_view text, std::string_view start)
{
    return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) {
               return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
           });
}

struct KeyShape {
    std::string_view prefix;
    std::size_t least; // token characters after the prefix, below which it is an ordinary word ("sk-learn")
};
constexpr std::array keyShapes = std::to_array<KeyShape>({
    {"phx_", 6},
    {"phc_", 6},
    {"pha_", 6},
    {"phs_", 6},
    {"phr_", 6},
    {"sk-", 12},
    {"ghp_", 6},
    {"gho_", 6},
    {"ghu_", 6},
    {"ghs_", 6},
    {"ghr_", 6},
    {"github_pat_", 6},
    {"e2b_", 6},
});

/// What to do at one place: keep `keep` characters, then replace `secret` characters. Nothing to do: secret is 0.
struct Find {
    std::size_t keep = 0;
    std::size_t secret = 0;
};

Find keyAt(std::string_view text)
{
    for (const KeyShape &shape : keyShapes) {
        if (!text.starts_with(shape.prefix))
            continue;
        const std::size_t length = lengthOf(text.substr(shape.prefix.size()), isToken);
        if (length >= shape.least)
            return {0, shape.prefix.size() + length};
    }
    return {};
}

Find jwtAt(std::string_view text)
{
    if (!text.starts_with("eyJ"))
        return {};
    const std::size_t header = lengthOf(text, isToken);
    if (header < 10 || header >= text.size() || text[header] != '.')
        return {};
    const std::size_t length = lengthOf(text, [](char c) { return isToken(c) || c == '.'; });
    return {0, length};
}

Find authorizationAt(std::string_view text)
{
    for (const std::string_view scheme : {std::string_view("bearer"), std::string_view("basic")}) {
        if (!startsWithIgnoringCase(text, scheme))
            continue;
        const std::size_t blanks = lengthOf(text.substr(scheme.size()), [](char c) { return c == ' ' || c == '\t'; });
        const std::size_t start = scheme.size() + blanks;
        const std::size_t length = blanks == 0 ? 0 : lengthOf(text.substr(start), isCredential);
        if (length >= 8) // Shorter is prose: "basic type".
            return {start, length};
    }
    return {};
}

/// "://user:password@" — only the part between "//" and "@" goes.
Find userInfoAt(std::string_view text)
{
    if (!text.starts_with("://"))
        return {};
    const std::string_view rest = text.substr(3);
    const std::size_t length = rest.find_first_of("/?# \t\r\n\"'<>");
    const std::size_t at = rest.substr(0, length).rfind('@');
    return at == std::string_view::npos || at == 0 ? Find{} : Find{3, at};
}

Find pemAt(std::string_view text)
{
    if (!text.starts_with("-----BEGIN "))
        return {};
    const std::size_t headEnd = text.find("-----", 11);
    if (headEnd == std::string_view::npos || text.substr(0, headEnd).find("PRIVATE KEY") == std::string_view::npos)
        return {};
    const std::size_t end = text.find("-----END ", headEnd);
    if (end == std::string_view::npos)
        return {0, text.size()};
    const std::size_t close = text.find("-----", end + 9);
    return {0, close == std::string_view::npos ? text.size() : close + 5};
}

Find secretAt(std::string_view text, bool startsWord)
{
    if (const Find found = userInfoAt(text); found.secret)
        return found;
    if (const Find found = pemAt(text); found.secret)
        return found;
    if (!startsWord)
        return {};
    for (const auto find : {keyAt, jwtAt, authorizationAt}) {
        if (const Find found = find(text); found.secret)
            return found;
    }
    return {};
}

/// The characters with which a secret, or what stands before it, can begin.
constexpr std::array<bool, 256> beginnings = [] {
    std::array<bool, 256> begin{};
    for (const unsigned char c : std::string_view("psgebB:-"))
        begin[c] = true;
    return begin;
}();
bool mayBegin(char c) { return beginnings[static_cast<unsigned char>(c)]; }

constexpr std::size_t pairOf(char first, char second)
{
    return (static_cast<std::size_t>(static_cast<unsigned char>(first)) << 8) | static_cast<unsigned char>(second);
}

/// The two characters with which what secretAt() looks for can begin.
const std::bitset<65536> secretPairs = [] {
    std::bitset<65536> pairs;
    for (const KeyShape &shape : keyShapes)
        pairs.set(pairOf(shape.prefix[0], shape.prefix[1]));
    for (const std::string_view pair : {"ey", "be", "bE", "Be", "BE", "ba", "bA", "Ba", "BA", ":/", "--"})
        pairs.set(pairOf(pair[0], pair[1]));
    return pairs;
}();

} // namespace

std::string redact(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto plain = lengthOf(text.substr(i), [](char c) { return !mayBegin(c); });
        out += text.substr(i, plain);
        i += plain;
        if (i == text.size())
            break;
        const bool startsWord = i == 0 || !isWord(text[i - 1]);
        const Find found = secretAt(text.substr(i), startsWord);
        if (found.secret == 0) {
            out += text[i++];
            continue;
        }
        out += text.substr(i, found.keep);
        out += replacement;
        i += found.keep + found.secret;
    }
    return out;
}

bool mayHoldSecret(std::string_view json)
{
    for (std::size_t i = 0; i + 1 < json.size(); ++i) {
        if (json[i] == '\\') {
            if (json[i + 1] == 'u' || json[i + 1] == '/') // What a secret is made of can be written like that. Nothing of it needs another escape,
                return true;
            ++i; // but for the tab after "Bearer".
            continue;
        }
        if (!secretPairs[pairOf(json[i], json[i + 1])])
            continue;
        const auto rest = json.substr(i);
        if (secretAt(rest, true).secret > 0 || startsWithIgnoringCase(rest, "bearer") || startsWithIgnoringCase(rest, "basic"))
            return true;
    }
    return false;
}

} // namespace ph
