#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace posthog {

struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend auto operator<=>(const Uuid &, const Uuid &) = default;
};

/// "018f…" with or without its quotes; nothing for any other text.
std::optional<Uuid> uuidOf(std::string_view text);

/// Remembers the last 65 to 131 thousand UUIDs that were added: PostHog keeps rows of one event apart until it merges them, and
/// these lie close to each other. 4 MB at most.
class RecentUuids
{
public:
    static constexpr std::size_t generation = 64 * 1024;

    RecentUuids();

    /// False when it is remembered already.
    bool add(const Uuid &uuid);

    /// Has the processor fetch what add() will look at: the sets are larger than its nearest memory.
    void expect(const Uuid &uuid) const;

private:
    /// Open addressing in a table twice the size of what it holds.
    struct Set {
        std::vector<Uuid> slots;
        std::size_t count = 0;
        bool hasZero = false; // the UUID that marks an empty slot

        bool contains(const Uuid &uuid) const;
        void insert(const Uuid &uuid);
    };

    Set m_now;
    Set m_before;
};

} // namespace posthog
