#pragma once

#include "driver/localproject/import/definitions.h"

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace localproject::ingest {

/// The keys and values of one person or group, as JSON, in the order they came.
class PropertyBag
{
public:
    PropertyBag() = default;
    explicit PropertyBag(std::string json)
        : m_json(std::move(json))
    {
    }

    /// Takes over each member of `object` (JSON); true when something changed. `once`: only keys that are not there yet.
    bool set(std::string_view object, bool once);
    bool unset(std::string_view list);
    /// Takes over what `other` has and we have not.
    void addMissing(const PropertyBag &other);
    void replace(std::string_view object);
    const std::string &json() const;

private:
    using Member = std::pair<std::string, std::string>; // key as text, value as JSON

    static std::vector<Member> membersOf(std::string_view object);
    std::vector<Member> &members();

    mutable std::string m_json = "{}";
    mutable bool m_isWritten = true; // m_json says what m_members do
    std::vector<Member> m_members;
    bool m_isRead = false; // m_members say what m_json does
};

struct Person {
    Uuid id;
    std::int64_t createdAt = 0;
    std::int64_t lastSeenAt = 0;
    PropertyBag properties;
    std::int64_t propertiesAt = 0; // the time of the event that they came with
    std::size_t lastSet = 0; // hash of the $set and $set_once taken over last: most events repeat the one before
    std::uint32_t mergedInto = 0; // another person's place, or its own
    bool isIdentified = false;
    bool hasProfile = false; // a row in `persons`: not so for people of anonymous events alone
    bool isStored = false;
    bool isDirty = false;
};

/// Whose an event is, by PostHog's rules: who is merged with whom, which properties a person has. Knows every person of the
/// store; what changed is collected until it is written. One thread.
class People
{
public:
    using Place = std::uint32_t;

    // From the store, before anything else.
    void addStored(const Uuid &id, std::int64_t createdAt, std::int64_t lastSeenAt, bool isIdentified, std::string properties);
    void addStoredId(std::string distinctId, const Uuid &person);

    /// Takes an event's part in it over: identifies, merges, sets properties. Answers whose it is for now; see idOf().
    Place take(const IncomingEvent &event);
    void take(const IncomingPerson &person);

    /// The person that stands for a place, after all merges so far.
    const Uuid &idOf(Place place) const { return m_people[rootOf(place)].id; }
    const Person &personAt(Place place) const { return m_people[rootOf(place)]; }

    /// What changed since the last time, and forgets it.
    struct Changes {
        std::vector<Place> persons; // rows to write
        std::vector<std::pair<std::string, Place>> distinctIds; // new, or of another person than before
        std::vector<std::pair<Uuid, Uuid>> merges; // who has gone, and into whom
        bool isEmpty() const { return persons.empty() && distinctIds.empty() && merges.empty(); }
    };
    Changes takeChanges();

    /// People that were not merged because both were identified, or an id that is nobody's ("undefined").
    std::uint64_t refusedMerges() const { return m_refusedMerges; }

private:
    struct IdHash {
        std::size_t operator()(const Uuid &id) const { return id.high ^ (id.low * 0x9e3779b97f4a7c15ULL); }
    };

    Place rootOf(Place place) const;
    Place make(const Uuid &id, std::int64_t time);
    Place placeOf(const Uuid &id, std::int64_t time);
    Place placeOf(std::string_view distinctId, std::int64_t time);
    void give(std::string_view distinctId, Place person);
    void touch(Place place);
    void merge(std::string_view other, std::string_view into, std::int64_t time, bool evenIdentified);
    void mergePeople(Place other, Place into);
    void setProperties(Place place, const IncomingEvent &event);

    std::vector<Person> m_people;
    TextMap<Place> m_byDistinctId;
    std::unordered_map<Uuid, Place, IdHash> m_byId;
    Changes m_changes;
    std::uint64_t m_refusedMerges = 0;
};

/// Ids that programs send by mistake, which PostHog merges nobody by.
bool isNobodysId(std::string_view distinctId);

/// Groups: their types, in the order they were met, and their properties.
class Groups
{
public:
    struct Group {
        int type = 0;
        std::string key;
        PropertyBag properties;
        std::int64_t createdAt = 0;
        std::int64_t updatedAt = 0;
        bool isDirty = false;
    };

    void addStoredType(std::string name, int index);
    void addStored(int type, std::string key, std::int64_t createdAt, std::int64_t updatedAt, std::string properties);

    /// Fills in `groups` from `groupNames`, learns the types, and takes over what $groupidentify says. A sixth type is
    /// passed over, as PostHog does.
    void take(IncomingEvent &event, Arena &arena);

    void take(const IncomingGroup &group);

    std::vector<Group *> takeDirty();
    /// Types that are new since the last time.
    std::vector<std::pair<std::string, int>> takeNewTypes();

private:
    int indexOf(std::string_view type, int wanted = -1);

    TextMap<int> m_types;
    std::vector<std::pair<std::string, int>> m_newTypes;
    std::array<TextMap<Group>, groupTypeLimit> m_groups;
    std::vector<Group *> m_dirty;
};

} // namespace localproject::ingest
