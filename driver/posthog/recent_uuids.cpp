#include "driver/posthog/recent_uuids.h"

#include <array>
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
    std::uint64_t mixed = uuid.low ^ (uuid.high * 0x9E3779B97F4A7C15u);
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
    constexpr signed char starts[] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}; // of each byte's two digits
    Uuid uuid;
    int bad = 0;
    for (int i = 0; i < 16; ++i) {
        const auto *digits = reinterpret_cast<const unsigned char *>(text.data()) + starts[i];
        const int value = hexValues[digits[0]] * 16 + hexValues[digits[1]];
        bad |= hexValues[digits[0]] | hexValues[digits[1]];
        auto &half = i < 8 ? uuid.high : uuid.low;
        half = half << 8 | static_cast<std::uint64_t>(value & 0xFF);
    }
    return bad < 0 ? std::nullopt : std::optional(uuid);
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
