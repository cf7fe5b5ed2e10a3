#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace localproject::demo {

inline constexpr std::uint64_t mix(std::uint64_t x) // splitmix64's finaliser
{
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// Numbers that depend on nothing but (seed, stream, index) and on how many were drawn: integers only, so that every
/// compiler and every order of work gives the same data.
class Random
{
public:
    Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t index = 0)
        : m_key(mix(seed ^ mix(stream * 0x100000001b3ULL ^ mix(index))))
    {
    }

    std::uint64_t next() { return mix(m_key + m_drawn++ * 0xd1342543de82ef95ULL); }

    /// 0 … bound - 1.
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32); }
    std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(static_cast<std::uint32_t>(high - low + 1)); }
    bool chance(std::uint32_t perMille) { return below(1000) < perMille; }

    /// An index, as likely as its weight says.
    std::size_t pick(std::span<const std::uint32_t> weights)
    {
        std::uint32_t total = 0;
        for (const std::uint32_t weight : weights)
            total += weight;
        std::uint32_t drawn = below(total);
        std::size_t i = 0;
        while (drawn >= weights[i])
            drawn -= weights[i++];
        return i;
    }

    /// `median` times a log-normal factor of sigma 1 (a table of its quantiles, cut at 0.4 % and 99.6 %).
    std::int64_t spread(std::int64_t median)
    {
        const std::uint64_t at = next() >> 48; // 16 bits: 6 choose the piece, 10 the place within
        const auto low = quantiles[at >> 10];
        const auto high = quantiles[(at >> 10) + 1];
        return median * (low * 1024 + (high - low) * static_cast<std::int64_t>(at & 1023)) / (1024 * 1000);
    }

    template <typename T>
    void shuffle(std::vector<T> &items)
    {
        for (std::size_t i = items.size(); i > 1; --i)
            std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }

private:
    static constexpr std::array<std::int64_t, 65> quantiles
        = {71,   116,  155,  187,  216,  242,  268,  292,  317,  340,  364,  388,  412,  436,  460,  485,  509,
           535,  560,  587,  613,  641,  669,  698,  727,  758,  789,  821,  854,  889,  925,  962,  1000, 1040,
           1082, 1125, 1170, 1218, 1268, 1320, 1375, 1434, 1495, 1561, 1630, 1705, 1784, 1870, 1963, 2064, 2174,
           2294, 2428, 2577, 2746, 2937, 3159, 3421, 3736, 4128, 4637, 5344, 6441, 8618, 14183};

    std::uint64_t m_key;
    std::uint64_t m_drawn = 0;
};

} // namespace localproject::demo
