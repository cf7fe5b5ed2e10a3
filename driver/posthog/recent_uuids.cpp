#include "driver/posthog/recent_uuids.h"

#include <utility>

namespace posthog {

namespace {

constexpr std::size_t slotCount = 2 * RecentUuids::generation;

constexpr std::array<signed char, 256> hexValues = [] {
    std::array<signed char, 256> values{};
    for (auto &value : values)
        value = -1;
    for (int i = 0; i < 10; ++i)
        values[static_cast<std::size_t>('0' + i)] = static_cast<signed char>(i);
    for (int i = 0; i < 6; ++i) {
        values[static_cast<std::size_t>('a' + i)] = static_cast<signed char>(10 + i);
        values[static_cast<std::size_t>('A' + i)] = static_cast<signed char>(10 + i);
    }
    return values;
}();

std::size_t slotOf(const Uuid &uuid)
{
    // The random half of a UUID is well mixed already; its time is not.
    std::uint64_t mixed = uuid[1] ^ (uuid[0] * 0x9E3779B97F4A7C15u);
    mixed ^= mixed >> 29;
    return static_cast<std::size_t>(mixed) % slotCount;
}

constexpr Uuid zero{};

} // namespace

std::optional<Uuid> uuidOf(std::string_view text)
{
    if (text.size() == 38 && text.front() == '"')
        text = text.substr(1, 36);
    if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        return {};
    Uuid uuid{};
    std::size_t digits = 0;
    for (const char c : text) {
        if (c == '-' && (digits == 8 || digits == 12 || digits == 16 || digits == 20))
            continue;
        const int value = hexValues[static_cast<unsigned char>(c)];
        if (value < 0 || digits == 32)
            return {};
        auto &half = uuid[digits / 16];
        half = half << 4 | static_cast<std::uint64_t>(value);
        ++digits;
    }
    return digits == 32 ? std::optional(uuid) : std::nullopt;
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
