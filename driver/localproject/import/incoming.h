#pragma once

#include "driver/localproject/layout.h"
#include "driver/localproject/store_appender.h"

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace localproject::ingest {

/// How many group types a project has at most, as PostHog's.
inline constexpr std::size_t groupTypeLimit = 5;

/// Text that lives as long as the arena. What is taken from it does not move.
class Arena
{
public:
    /// Room for `size` bytes; give back what is not needed with trim().
    char *reserve(std::size_t size)
    {
        if (size > m_left) {
            const std::size_t block = std::max<std::size_t>(size, 256 * 1024);
            m_blocks.push_back(std::make_unique_for_overwrite<char[]>(block));
            m_next = m_blocks.back().get();
            m_left = block;
        }
        char *room = m_next;
        m_next += size;
        m_left -= size;
        return room;
    }
    void trim(std::size_t unused)
    {
        m_next -= unused;
        m_left += unused;
    }
    std::string_view copy(std::string_view text)
    {
        char *room = reserve(text.size());
        std::memcpy(room, text.data(), text.size());
        return {room, text.size()};
    }

private:
    std::vector<std::unique_ptr<char[]>> m_blocks;
    char *m_next = nullptr;
    std::size_t m_left = 0;
};

/// Text that may be missing: then data() is null.
using MaybeText = std::string_view;

/// What PostHog's property_definitions call a value's type; None where it does not say.
enum class PropertyType : unsigned char { None, String, Numeric, Boolean, DateTime };

/// An event on its way into the store. Its texts lie in the batch's arena; JSON is compact and valid.
struct IncomingEvent {
    Uuid uuid;
    Timestamp time;
    Timestamp createdAt; // 0: when it was stored
    std::string_view name;
    std::string_view distinctId;
    std::string_view properties = "{}";
    MaybeText elementsChain;
    MaybeText sessionId;
    MaybeText windowId;
    std::array<MaybeText, materialisedProperties.size()> materialised;
    std::array<MaybeText, groupTypeLimit> groups; // $group_0 … that were resolved already
    MaybeText groupNames; // $groups: {"company": "acme"}

    // Whose it is. With a person it comes from a project that has resolved it; without, PostHog's rules decide.
    std::optional<Uuid> person;
    MaybeText personProperties; // as they were at that time, and then `set` is in them
    MaybeText set; // objects
    MaybeText setOnce;
    MaybeText unset; // a list of keys
    MaybeText anonymousId; // $anon_distinct_id
    MaybeText alias;
    MaybeText groupType; // of $groupidentify
    MaybeText groupKey;
    MaybeText groupSet; // an object
    bool hasPersonProfile = true; // $process_person_profile
};

/// A person from an export of persons.
struct IncomingPerson {
    Uuid id;
    std::vector<std::string_view> distinctIds;
    MaybeText properties; // null: as they are
    std::optional<Timestamp> createdAt;
    std::optional<Timestamp> lastSeenAt;
    std::optional<bool> isIdentified;
};

/// A group from an export of groups.
struct IncomingGroup {
    int type = 0;
    std::string_view key;
    std::string_view properties = "{}";
    Timestamp createdAt;
};

/// A record that was not taken, and why.
struct Reject {
    std::uint64_t line = 0; // counts from 1; a CSV record's first line, a Parquet file's row
    std::string reason;
    std::string text;
};

/// Some records of a file, in its order.
struct Batch {
    Arena arena;
    std::vector<IncomingEvent> events;
    std::vector<IncomingPerson> persons;
    std::vector<IncomingGroup> groups;
    std::vector<Reject> rejects;
    std::vector<std::pair<std::string, PropertyType>> newProperties; // keys of events, not seen before (or without a type then)
    struct EventSpan {
        std::string name;
        std::int64_t first = 0; // microseconds
        std::int64_t last = 0;
    };
    std::vector<EventSpan> names; // of its events
    std::uint64_t records = 0; // read, the rejected ones too
    std::uint64_t end = 0; // where the next batch begins: see Source
    std::uint64_t endLine = 0;
};

/// A UUID in one of its usual forms; nothing for any other text.
std::optional<Uuid> parseUuid(std::string_view text);

/// The same UUID for the same text, of version 8 (RFC 9562: whatever its maker wants). Different `purpose`s do not meet.
Uuid namedUuid(std::string_view purpose, std::string_view text, std::uint64_t number = 0);

} // namespace localproject::ingest
