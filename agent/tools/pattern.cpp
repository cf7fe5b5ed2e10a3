#define PCRE2_CODE_UNIT_WIDTH 8
#include "agent/tools/pattern.h"

#include <array>
#include <pcre2.h>

namespace tools {

namespace {
constexpr std::uint32_t matchLimit = 1'000'000; // steps; what takes more is a pattern gone wild
constexpr std::uint32_t heapLimitKiB = 64 * 1024;

template <auto release>
struct Deleter {
    template <typename T>
    void operator()(T *object) const { release(object); }
};
} // namespace

struct Pattern::State {
    std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>> code;
    std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>> match;
    std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>> limits;
};

ph::Result<Pattern> Pattern::compile(const std::string &expression, Options options)
{
    std::uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE;
    if (options.ignoresCase)
        flags |= PCRE2_CASELESS;
    if (options.isMultiline)
        flags |= PCRE2_DOTALL;
    int error = 0;
    PCRE2_SIZE place = 0;
    Pattern pattern;
    pattern.m_state = std::make_shared<State>();
    auto &state = *pattern.m_state;
    state.code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(), flags, &error, &place, nullptr));
    if (!state.code) {
        std::array<PCRE2_UCHAR, 200> words{};
        pcre2_get_error_message(error, words.data(), words.size());
        return ph::fail(ph::ErrorCode::InvalidInput, "The pattern is no regular expression: " + std::string(reinterpret_cast<const char *>(words.data()))
                            + " (at character " + std::to_string(place) + ").");
    }
    pcre2_jit_compile(state.code.get(), PCRE2_JIT_COMPLETE); // Without it the interpreter does the same, only slower.
    state.match.reset(pcre2_match_data_create(1, nullptr));
    state.limits.reset(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(state.limits.get(), matchLimit);
    pcre2_set_heap_limit(state.limits.get(), heapLimitKiB);
    return pattern;
}

std::optional<Pattern::Match> Pattern::find(std::string_view text, std::size_t from) const
{
    if (from > text.size())
        return {};
    const auto *bytes = reinterpret_cast<PCRE2_SPTR>(text.data() ? text.data() : "");
    const int found = pcre2_match(m_state->code.get(), bytes, text.size(), from, 0, m_state->match.get(), m_state->limits.get());
    if (found < 0)
        return {};
    const auto *ends = pcre2_get_ovector_pointer(m_state->match.get());
    return Match{ends[0], ends[1]};
}

std::string expressionOfGlob(std::string_view glob)
{
    constexpr std::string_view special = R"(\^$.|?*+()[]{})";
    const auto literal = [&](char c) { return special.find(c) != std::string_view::npos ? std::string{'\\', c} : std::string{c}; };
    std::string out = "\\A";
    int depth = 0; // of braces
    for (std::size_t i = 0; i < glob.size(); ++i) {
        const char c = glob[i];
        const auto rest = glob.substr(i);
        const bool startsPart = i == 0 || glob[i - 1] == '/';
        if (rest.starts_with("**/") && startsPart) {
            out += "(?:[^/]*/)*";
            i += 2;
        } else if (rest.starts_with("**")) {
            out += ".*";
            ++i;
        } else if (c == '*') {
            out += "[^/]*";
        } else if (c == '?') {
            out += "[^/]";
        } else if (c == '[' && rest.find(']', 2) != std::string_view::npos) {
            const auto end = rest.find(']', 2);
            auto set = rest.substr(1, end - 1);
            const bool isNot = set.starts_with('!') || set.starts_with('^');
            set.remove_prefix(isNot ? 1 : 0);
            out += isNot ? "[^/" : "[";
            for (const char member : set)
                out += member == '\\' || member == '[' || member == ']' || member == '^' ? std::string{'\\', member} : std::string{member};
            out += "]";
            i += end;
        } else if (c == '{' && rest.find('}') != std::string_view::npos) {
            out += "(?:";
            ++depth;
        } else if (c == '}' && depth > 0) {
            out += ")";
            --depth;
        } else if (c == ',' && depth > 0) {
            out += "|";
        } else if (c == '\\' && i + 1 < glob.size()) {
            out += literal(glob[++i]);
        } else {
            out += literal(c);
        }
    }
    for (; depth > 0; --depth)
        out += ")";
    return out + "\\z";
}

} // namespace tools
