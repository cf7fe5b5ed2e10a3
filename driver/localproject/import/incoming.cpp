#include "driver/localproject/import/incoming.h"

namespace localproject::ingest {

namespace {

int digitOf(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::uint64_t mix(std::uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

std::uint64_t hashOf(std::string_view text, std::uint64_t seed)
{
    std::uint64_t hash = mix(seed ^ text.size() * 0x9e3779b97f4a7c15ULL);
    while (!text.empty()) {
        std::uint64_t word = 0;
        const std::size_t size = std::min(text.size(), sizeof word);
        std::memcpy(&word, text.data(), size);
        hash = mix(hash ^ word) + 0x9e3779b97f4a7c15ULL;
        text.remove_prefix(size);
    }
    return mix(hash);
}

} // namespace

std::optional<Uuid> parseUuid(std::string_view text)
{
    if (text.size() != 36 && text.size() != 32)
        return std::nullopt;
    std::uint64_t halves[2] = {0, 0};
    int digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.size() == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) {
            if (text[i] != '-')
                return std::nullopt;
            continue;
        }
        const int digit = digitOf(text[i]);
        if (digit < 0)
            return std::nullopt;
        halves[digits / 16] = halves[digits / 16] << 4 | static_cast<std::uint64_t>(digit);
        ++digits;
    }
    return Uuid{halves[0], halves[1]};
}

Uuid namedUuid(std::string_view purpose, std::string_view text, std::uint64_t number)
{
    const std::uint64_t seed = hashOf(purpose, number);
    return {(hashOf(text, seed) & ~std::uint64_t{0xf000}) | 0x8000,
            (hashOf(text, ~seed) >> 2) | std::uint64_t{1} << 63};
}

} // namespace localproject::ingest
