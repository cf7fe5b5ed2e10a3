#include "driver/posthog/recent_uuids.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace posthog {

namespace {

constexpr std::size_t slotCount = 2 * RecentUuids::generation;

std::size_t slotOf(const Uuid &uuid)
{
    // The random half of a UUID is well mixed already; its time is not.
    std::uint64_t mixed = uuid.low ^ (uuid.high * 0x9E3779B97F4A7C15u);
    mixed ^= mixed >> 29;
    return static_cast<std::size_t>(mixed) % slotCount;
}

constexpr Uuid zero{};

constexpr std::uint64_t eachByte(std::uint64_t byte) { return byte * 0x0101010101010101u; }

/// The number that eight hex digits write, all at once. `bad` gets bits for what is none.
std::uint64_t numberOf(std::uint64_t digits, std::uint64_t &bad)
{
    // A byte of 0 to 127 plus 128 - n has its top bit set when it is n or more.
    const auto atLeast = [](std::uint64_t bytes, std::uint64_t n) { return bytes + eachByte(0x80 - n); };
    const std::uint64_t low = digits & eachByte(0x7F);
    const std::uint64_t letters = low | eachByte(0x20); // in lower case; of use where it is a letter
    const std::uint64_t isDigit = atLeast(low, '0') & ~atLeast(low, '9' + 1);
    const std::uint64_t isLetter = atLeast(letters, 'a') & ~atLeast(letters, 'f' + 1);
    bad |= (digits | ~(isDigit | isLetter)) & eachByte(0x80);
    std::uint64_t value = (low & eachByte(0x0F)) + 9 * ((isLetter & eachByte(0x80)) >> 7);
    if constexpr (std::endian::native == std::endian::little)
        value = __builtin_bswap64(value);
    value = (value | value >> 4) & 0x00FF00FF00FF00FFu; // the first digit of each two in the upper half
    value = (value | value >> 8) & 0x0000FFFF0000FFFFu;
    return (value | value >> 16) & 0x00000000FFFFFFFFu;
}

} // namespace

std::optional<Uuid> uuidOf(std::string_view text)
{
    if (text.size() == 38 && text.front() == '"')
        text = text.substr(1, 36);
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return {};
    std::array<std::uint64_t, 4> digits; // eight of them each
    const auto take = [&](std::size_t at, std::size_t from, std::size_t count) {
        std::memcpy(reinterpret_cast<char *>(digits.data()) + at, text.data() + from, count);
    };
    take(0, 0, 8);
    take(8, 9, 4);
    take(12, 14, 4);
    take(16, 19, 4);
    take(20, 24, 12);
    std::uint64_t bad = 0;
    std::array<std::uint64_t, 4> numbers;
    for (std::size_t i = 0; i < 4; ++i)
        numbers[i] = numberOf(digits[i], bad);
    if (bad)
        return {};
    return Uuid{numbers[0] << 32 | numbers[1], numbers[2] << 32 | numbers[3]};
}

RecentUuids::RecentUuids() = default;

bool RecentUuids::Set::contains(const Uuid &uuid) const
{
    if (uuid == zero)
        return hasZero;
    if (slots.empty())
        return false;
    for (std::size_t at = slotOf(uuid);; at = (at + 1) % slotCount) {
        if (slots[at] == uuid)
            return true;
        if (slots[at] == zero)
            return false;
    }
}

void RecentUuids::Set::insert(const Uuid &uuid)
{
    ++count;
    if (uuid == zero) {
        hasZero = true;
        return;
    }
    if (slots.empty())
        slots.resize(slotCount);
    std::size_t at = slotOf(uuid);
    while (slots[at] != zero)
        at = (at + 1) % slotCount;
    slots[at] = uuid;
}

void RecentUuids::expect(const Uuid &uuid) const
{
    for (const Set *set : {&m_now, &m_before}) {
        if (!set->slots.empty())
            __builtin_prefetch(&set->slots[slotOf(uuid)]);
    }
}

bool RecentUuids::add(const Uuid &uuid)
{
    if (m_now.contains(uuid) || m_before.contains(uuid))
        return false;
    if (m_now.count == generation) {
        std::swap(m_before, m_now);
        m_now = {};
    }
    m_now.insert(uuid);
    return true;
}

} // namespace posthog
