#pragma once

#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace posthog {

// Texts of megabytes are copied sixteen bytes at a time, up to what needs a look.

inline constexpr std::size_t copyAhead = 16; // bytes that copyUpTo() may write behind what it copied

inline constexpr auto isBackslash = [](auto is) { return is('\\'); };

/// Copies from `at` to `to` up to the first character that `wanted` names, or `end`; returns where that is. `wanted` gets a
/// function that tells for a character where it stands. `to` has room for what is copied and `copyAhead` more.
template <typename Wanted>
const char *copyUpTo(const char *at, const char *end, char *&to, Wanted wanted)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16, to += 16) {
        const __m128i piece = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(to), piece);
        const int found = wanted([&](char c) { return _mm_movemask_epi8(_mm_cmpeq_epi8(piece, _mm_set1_epi8(c))); });
        if (found) {
            const int length = __builtin_ctz(static_cast<unsigned>(found));
            to += length;
            return at + length;
        }
    }
#endif
    for (; at < end; ++at) {
        if (wanted([&](char c) { return *at == c ? 1 : 0; }))
            break;
        *to++ = *at;
    }
    return at;
}

/// Reads the escape at `at`, and writes what it means: no more bytes than it has. False when it is none.
bool unescapeOne(const char *&at, const char *end, char *&to);

/// Appends what a JSON string means: `token` with its quotes, as it was sent. A lone surrogate becomes U+FFFD.
/// False when an escape is none; `out` then holds what came before it.
bool appendUnescaped(std::string_view token, std::string &out);

/// Appends `text` as a JSON string with its quotes.
void appendQuoted(std::string_view text, std::string &out);

} // namespace posthog
