#include "driver/localproject/import/people.h"

#include "driver/localproject/duckdb_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <limits>

namespace localproject::ingest {

namespace dom = simdjson::dom;

namespace {

dom::parser &parser()
{
    thread_local dom::parser shared;
    return shared;
}

} // namespace

std::vector<PropertyBag::Member> PropertyBag::membersOf(std::string_view object)
{
    std::vector<Member> members;
    dom::object parsed;
    if (parser().parse(object).get(parsed) != simdjson::SUCCESS)
        return members;
    for (const auto field : parsed)
        members.emplace_back(std::string(field.key), std::string(simdjson::minify(field.value)));
    return members;
}

std::vector<PropertyBag::Member> &PropertyBag::members()
{
    if (!m_isRead) {
        m_members = membersOf(m_json);
        m_isRead = true;
    }
    return m_members;
}

bool PropertyBag::set(std::string_view object, bool once)
{
    bool changed = false;
    for (Member &given : membersOf(object)) {
        auto &mine = members();
        const auto found = std::ranges::find(mine, given.first, &Member::first);
        if (found == mine.end())
            mine.push_back(std::move(given));
        else if (!once && found->second != given.second)
            found->second = std::move(given.second);
        else
            continue;
        changed = true;
    }
    m_isWritten = m_isWritten && !changed;
    return changed;
}

bool PropertyBag::unset(std::string_view list)
{
    dom::array keys;
    if (parser().parse(list).get(keys) != simdjson::SUCCESS)
        return false;
    std::vector<std::string> names; // Reading our own members parses, too.
    for (const dom::element key : keys) {
        std::string_view name;
        if (key.get(name) == simdjson::SUCCESS)
            names.emplace_back(name);
    }
    const auto gone = std::erase_if(members(), [&](const Member &member) {
        return std::ranges::find(names, member.first) != names.end();
    });
    m_isWritten = m_isWritten && gone == 0;
    return gone > 0;
}

void PropertyBag::addMissing(const PropertyBag &other) { set(other.json(), true); }

void PropertyBag::replace(std::string_view object)
{
    m_json = object;
    m_isWritten = true;
    m_isRead = false;
    m_members.clear();
}

const std::string &PropertyBag::json() const
{
    if (m_isWritten)
        return m_json;
    m_json = "{";
    for (const auto &[key, value] : m_members) {
        if (m_json.size() > 1)
            m_json += ',';
        duck::appendJsonText(m_json, key);
        m_json.append(":").append(value);
    }
    m_json += '}';
    m_isWritten = true;
    return m_json;
}

bool isNobodysId(std::string_view distinctId)
{
    static constexpr auto caseless = std::to_array<std::string_view>(
        {"anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined", "true", "false"});
    static constexpr auto exact = std::to_array<std::string_view>(
        {"[object Object]", "NaN", "None", "none", "null", "0", "\"\"", "''", "\"undefined\"", "'undefined'", "[]", "{}"});
    std::string lowered(distinctId);
    std::ranges::transform(lowered, lowered.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool isBlank = std::ranges::all_of(distinctId, [](unsigned char c) { return std::isspace(c); });
    return isBlank || std::ranges::find(caseless, lowered) != caseless.end() || std::ranges::find(exact, distinctId) != exact.end();
}

void People::addStored(const Uuid &id, std::int64_t createdAt, std::int64_t lastSeenAt, bool isIdentified, std::string properties)
{
    Person &person = m_people[make(id, createdAt)];
    person.lastSeenAt = lastSeenAt;
    person.isIdentified = isIdentified;
    person.properties = PropertyBag(std::move(properties));
    person.hasProfile = true;
    person.isStored = true;
}

void People::addStoredId(std::string distinctId, const Uuid &person)
{
    const auto found = m_byId.find(person);
    const Place place = found == m_byId.end() ? make(person, 0) : found->second;
    m_byDistinctId.emplace(std::move(distinctId), place);
}

People::Place People::rootOf(Place place) const
{
    while (m_people[place].mergedInto != place)
        place = m_people[place].mergedInto;
    return place;
}

People::Place People::make(const Uuid &id, std::int64_t time)
{
    const auto place = static_cast<Place>(m_people.size());
    Person &person = m_people.emplace_back();
    person.id = id;
    person.createdAt = time;
    person.lastSeenAt = time;
    person.mergedInto = place;
    m_byId.emplace(id, place);
    return place;
}

People::Place People::placeOf(const Uuid &id, std::int64_t time)
{
    const auto found = m_byId.find(id);
    return rootOf(found == m_byId.end() ? make(id, time) : found->second);
}

People::Place People::placeOf(std::string_view distinctId, std::int64_t time)
{
    if (const auto found = m_byDistinctId.find(distinctId); found != m_byDistinctId.end())
        return rootOf(found->second);
    // The same id gives the same person in every store: what was imported twice stays one.
    const Place place = placeOf(namedUuid("person", distinctId), time);
    give(distinctId, place);
    return place;
}

void People::give(std::string_view distinctId, Place person)
{
    const auto found = m_byDistinctId.find(distinctId);
    if (found == m_byDistinctId.end())
        m_byDistinctId.emplace(std::string(distinctId), person);
    else if (rootOf(found->second) == rootOf(person))
        return;
    else
        found->second = person;
    m_changes.distinctIds.emplace_back(std::string(distinctId), person);
}

void People::touch(Place place)
{
    Person &person = m_people[place];
    person.hasProfile = true;
    if (!person.isDirty)
        m_changes.persons.push_back(place);
    person.isDirty = true;
}

void People::mergePeople(Place other, Place into)
{
    Person &gone = m_people[other];
    Person &stays = m_people[into];
    stays.properties.addMissing(gone.properties);
    stays.createdAt = std::min(stays.createdAt, gone.createdAt);
    stays.lastSeenAt = std::max(stays.lastSeenAt, gone.lastSeenAt);
    stays.isIdentified = stays.isIdentified || gone.isIdentified;
    gone.mergedInto = into;
    m_changes.merges.emplace_back(gone.id, stays.id);
    touch(into);
}

void People::merge(std::string_view other, std::string_view into, std::int64_t time, bool evenIdentified)
{
    if (other == into)
        return;
    if (isNobodysId(other) || isNobodysId(into)) {
        ++m_refusedMerges;
        return;
    }
    const bool knowsInto = m_byDistinctId.contains(into);
    const auto found = m_byDistinctId.find(other);
    if (found == m_byDistinctId.end()) {
        give(other, placeOf(into, time));
        return;
    }
    const Place otherPlace = rootOf(found->second);
    if (!knowsInto) {
        give(into, otherPlace);
        return;
    }
    const Place intoPlace = placeOf(into, time);
    if (otherPlace == intoPlace)
        return;
    if (m_people[otherPlace].isIdentified && !evenIdentified) {
        ++m_refusedMerges;
        return;
    }
    mergePeople(otherPlace, intoPlace);
}

void People::setProperties(Place place, const IncomingEvent &event)
{
    Person &person = m_people[place];
    if (event.personProperties.data()) {
        if (event.time.microseconds < person.propertiesAt)
            return;
        person.propertiesAt = event.time.microseconds;
        if (person.properties.json() != event.personProperties) {
            person.properties.replace(event.personProperties);
            touch(place);
        }
        return;
    }
    if (event.name == "$exception" || event.name == "$groupidentify" || event.name == "$$heatmap")
        return; // These change nobody.
    if (event.set.data() || event.setOnce.data()) {
        const std::size_t hash = std::hash<std::string_view>{}(event.set) * 31 + std::hash<std::string_view>{}(event.setOnce) + 1;
        if (hash != person.lastSet) {
            person.lastSet = hash;
            const bool once = event.setOnce.data() && person.properties.set(event.setOnce, true);
            const bool set = event.set.data() && person.properties.set(event.set, false);
            if (once || set)
                touch(place);
        }
    }
    if (event.unset.data() && person.properties.unset(event.unset)) {
        person.lastSet = 0;
        touch(place);
    }
}

People::Place People::take(const IncomingEvent &event)
{
    const std::int64_t time = event.time.microseconds;
    Place place = 0;
    if (event.person) {
        place = placeOf(*event.person, time);
        give(event.distinctId, place);
    } else {
        const bool isIdentify = event.name == "$identify" && event.anonymousId.data();
        const bool isAlias = (event.name == "$create_alias" || event.name == "$merge_dangerously") && event.alias.data();
        if (isIdentify)
            merge(event.anonymousId, event.distinctId, time, false);
        else if (isAlias && !event.alias.empty())
            merge(event.alias, event.distinctId, time, event.name == "$merge_dangerously");
        place = placeOf(event.distinctId, time);
    }
    Person &person = m_people[place];
    const bool isKnown = person.hasProfile;
    if (!event.hasPersonProfile && !isKnown)
        return place; // An anonymous event of nobody in particular: there is no person to write.
    const bool isIdentified = event.name == "$identify" || event.name == "$create_alias" || event.name == "$merge_dangerously";
    if (!isKnown || (isIdentified && !person.isIdentified) || time < person.createdAt || time > person.lastSeenAt) {
        if (!person.isStored)
            person.createdAt = std::min(person.createdAt, time);
        person.lastSeenAt = std::max(person.lastSeenAt, time);
        person.isIdentified = person.isIdentified || isIdentified;
        touch(place);
    }
    setProperties(place, event);
    return place;
}

void People::take(const IncomingPerson &given)
{
    const std::int64_t created = given.createdAt.value_or(Timestamp{0}).microseconds;
    const Place place = placeOf(given.id, created);
    for (const std::string_view id : given.distinctIds)
        give(id, place);
    Person &person = m_people[place];
    if (given.createdAt)
        person.createdAt = created;
    if (given.lastSeenAt)
        person.lastSeenAt = given.lastSeenAt->microseconds;
    if (given.isIdentified)
        person.isIdentified = *given.isIdentified;
    if (given.properties.data()) {
        person.properties.replace(given.properties);
        person.propertiesAt = std::numeric_limits<std::int64_t>::max(); // An export of persons has the last word.
    }
    touch(place);
}

People::Changes People::takeChanges()
{
    Changes changes = std::exchange(m_changes, {});
    std::erase_if(changes.persons, [&](Place place) {
        m_people[place].isDirty = false;
        return m_people[place].mergedInto != place;
    });
    for (const Place place : changes.persons)
        m_people[place].isStored = true;
    // Of several merges in a row the last word counts: a to b, b to c is a to c.
    for (auto &[gone, into] : changes.merges)
        into = m_people[rootOf(m_byId.at(gone))].id;
    // One line an id: the last one stands.
    std::unordered_set<std::string_view> seen;
    std::vector<std::pair<std::string, Place>> ids;
    for (auto entry = changes.distinctIds.rbegin(); entry != changes.distinctIds.rend(); ++entry) {
        if (seen.insert(entry->first).second)
            ids.emplace_back(entry->first, rootOf(entry->second));
    }
    changes.distinctIds = std::move(ids);
    return changes;
}

void Groups::addStoredType(std::string name, int index) { m_types[std::move(name)] = index; }

void Groups::addStored(int type, std::string key, std::int64_t createdAt, std::int64_t updatedAt, std::string properties)
{
    if (type < 0 || type >= static_cast<int>(groupTypeLimit))
        return;
    Group group{type, key, PropertyBag(std::move(properties)), createdAt, updatedAt, false};
    m_groups[static_cast<std::size_t>(type)].insert_or_assign(std::move(key), std::move(group));
}

int Groups::indexOf(std::string_view type, int wanted)
{
    if (const auto found = m_types.find(type); found != m_types.end())
        return found->second;
    const auto isTaken = [&](int index) {
        return std::ranges::any_of(m_types, [&](const auto &entry) { return entry.second == index; });
    };
    int index = wanted >= 0 && !isTaken(wanted) ? wanted : 0;
    while (index < static_cast<int>(groupTypeLimit) && isTaken(index))
        ++index;
    if (index == static_cast<int>(groupTypeLimit))
        return -1;
    m_types.emplace(std::string(type), index);
    m_newTypes.emplace_back(std::string(type), index);
    return index;
}

void Groups::take(IncomingEvent &event, Arena &arena)
{
    dom::object names;
    if (event.groupNames.data() && parser().parse(event.groupNames).get(names) == simdjson::SUCCESS) {
        for (const auto field : names) {
            std::string_view key;
            const std::string written = field.value.is_string() ? "" : std::string(simdjson::minify(field.value));
            if (field.value.get(key) != simdjson::SUCCESS)
                key = written;
            if (key.empty() || key == "null")
                continue;
            // What an export has resolved already says which type has which number.
            int wanted = -1;
            for (std::size_t i = 0; i < groupTypeLimit; ++i) {
                if (event.groups[i] == key)
                    wanted = static_cast<int>(i);
            }
            const int index = indexOf(field.key, wanted);
            if (index >= 0 && !event.groups[static_cast<std::size_t>(index)].data())
                event.groups[static_cast<std::size_t>(index)] = arena.copy(key);
        }
    }
    if (event.name != "$groupidentify" || event.groupType.empty() || event.groupKey.empty())
        return;
    const int index = indexOf(event.groupType);
    if (index < 0)
        return;
    auto &groups = m_groups[static_cast<std::size_t>(index)];
    auto found = groups.find(event.groupKey);
    const bool isNew = found == groups.end();
    if (isNew) {
        Group group{index, std::string(event.groupKey), {}, event.time.microseconds, event.time.microseconds, false};
        found = groups.emplace(std::string(event.groupKey), std::move(group)).first;
    }
    Group &group = found->second;
    const bool changed = event.groupSet.data() && group.properties.set(event.groupSet, false);
    if (!isNew && !changed)
        return;
    group.updatedAt = std::max(group.updatedAt, event.time.microseconds);
    if (!group.isDirty)
        m_dirty.push_back(&group); // Elements of an unordered_map do not move.
    group.isDirty = true;
}

void Groups::take(const IncomingGroup &given)
{
    auto &groups = m_groups[static_cast<std::size_t>(given.type)];
    Group &group = groups[std::string(given.key)];
    group.type = given.type;
    group.key = given.key;
    group.properties.replace(given.properties);
    group.createdAt = given.createdAt.microseconds;
    group.updatedAt = std::max(group.updatedAt, given.createdAt.microseconds);
    if (!group.isDirty)
        m_dirty.push_back(&group);
    group.isDirty = true;
}

std::vector<Groups::Group *> Groups::takeDirty()
{
    for (Group *group : m_dirty)
        group->isDirty = false;
    return std::exchange(m_dirty, {});
}

std::vector<std::pair<std::string, int>> Groups::takeNewTypes() { return std::exchange(m_newTypes, {}); }

} // namespace localproject::ingest
