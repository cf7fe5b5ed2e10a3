#include "driver/localproject/import/event_record.h"

#include "driver/base/ids.h"

#include <charconv>

/// A record as a JSON object, and what every record ends as: an event, a person or a group.
namespace localproject::ingest {

enum class RecordField {
    Uuid,
    Id,
    Name,
    Time,
    CreatedAt,
    DistinctId,
    DistinctIds,
    Properties,
    PersonProperties,
    PersonId,
    Person,
    ElementsChain,
    Set,
    SetOnce,
    SessionId,
    WindowId,
    PersonMode,
    GroupTypeIndex,
    GroupKey,
    LastSeenAt,
    IsIdentified,
    SentAt,
    Offset,
};

namespace {

const TextMap<RecordField> &fields()
{
    static const TextMap<RecordField> names{{"uuid", RecordField::Uuid},
                                      {"id", RecordField::Id},
                                      {"event", RecordField::Name},
                                      {"timestamp", RecordField::Time},
                                      {"created_at", RecordField::CreatedAt},
                                      {"distinct_id", RecordField::DistinctId},
                                      {"$distinct_id", RecordField::DistinctId},
                                      {"distinct_ids", RecordField::DistinctIds},
                                      {"properties", RecordField::Properties},
                                      {"person_properties", RecordField::PersonProperties},
                                      {"person.properties", RecordField::PersonProperties},
                                      {"person_id", RecordField::PersonId},
                                      {"person", RecordField::Person},
                                      {"elements_chain", RecordField::ElementsChain},
                                      {"set", RecordField::Set},
                                      {"set_once", RecordField::SetOnce},
                                      {"$set", RecordField::Set},
                                      {"$set_once", RecordField::SetOnce},
                                      {"$session_id", RecordField::SessionId},
                                      {"$window_id", RecordField::WindowId},
                                      {"person_mode", RecordField::PersonMode},
                                      {"group_type_index", RecordField::GroupTypeIndex},
                                      {"group_key", RecordField::GroupKey},
                                      {"key", RecordField::GroupKey},
                                      {"group_properties", RecordField::Properties},
                                      {"last_seen_at", RecordField::LastSeenAt},
                                      {"is_identified", RecordField::IsIdentified},
                                      {"sent_at", RecordField::SentAt},
                                      {"offset", RecordField::Offset}};
    return names;
}

constexpr std::size_t longestDistinctId = 400; // as PostHog's
constexpr std::size_t longestName = 400;

} // namespace

std::string_view EventReader::Record::compactRaw(std::string_view raw)
{
    char *room = arena().reserve(raw.size() + simdjson::SIMDJSON_PADDING);
    std::size_t size = 0;
    if (simdjson::minify(raw.data(), raw.size(), room, size) != simdjson::SUCCESS)
        size = 0; // It was parsed before: this does not happen.
    arena().trim(raw.size() + simdjson::SIMDJSON_PADDING - size);
    return {room, size};
}

MaybeText EventReader::Record::textOf(dom::element value)
{
    if (value.is_null())
        return {};
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? keep(text) : compact(value);
}

bool EventReader::Record::readMoment(dom::element value, std::optional<Timestamp> &out)
{
    if (value.is_null())
        return true;
    out = parseMoment(textOf(value));
    return out.has_value();
}

bool EventReader::Record::readPersonProperties(dom::element value)
{
    if (value.is_null())
        return true;
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
        if (text.empty())
            return true;
        dom::element parsed;
        if (m_reader.m_parsers->part.parse(text).get(parsed) != simdjson::SUCCESS || !parsed.is_object())
            return false;
        m_event.personProperties = compact(parsed);
        return true;
    }
    if (!value.is_object())
        return false;
    m_event.personProperties = compact(value);
    return true;
}

/// As events/ answers it: {"uuid", "properties", "is_identified"}.
bool EventReader::Record::readPerson(dom::element value)
{
    dom::object person;
    if (value.get(person) != simdjson::SUCCESS)
        return value.is_null();
    for (const auto field : person) {
        std::string_view text;
        if ((field.key == "uuid" || field.key == "id") && field.value.get(text) == simdjson::SUCCESS) {
            if (const auto id = parseUuid(text))
                m_event.person = id;
        } else if (field.key == "properties" && !readPersonProperties(field.value)) {
            return false;
        }
    }
    return true;
}

bool EventReader::Record::readField(RecordField field, dom::element value, std::string_view rawProperties)
{
    const auto once = [&](MaybeText &out) {
        if (!out.data())
            out = textOf(value);
        return true;
    };
    switch (field) {
    case RecordField::Uuid:
        return once(m_uuid);
    case RecordField::Id:
        return once(m_id);
    case RecordField::Name:
        m_hasName = !value.is_null();
        return once(m_event.name);
    case RecordField::Time:
        return readMoment(value, m_time);
    case RecordField::CreatedAt:
        return readMoment(value, m_createdAt);
    case RecordField::LastSeenAt:
        return readMoment(value, m_lastSeenAt);
    case RecordField::SentAt:
        if (!readMoment(value, sentAt))
            sentAt.reset();
        return true;
    case RecordField::Offset: {
        double milliseconds = 0;
        if (value.get(milliseconds) == simdjson::SUCCESS)
            m_offset = milliseconds;
        return true;
    }
    case RecordField::DistinctId:
        return once(m_event.distinctId);
    case RecordField::DistinctIds: {
        dom::array ids;
        if (value.get(ids) != simdjson::SUCCESS)
            return value.is_null();
        for (const dom::element id : ids) {
            if (const MaybeText text = textOf(id); !text.empty())
                m_distinctIds.push_back(text);
        }
        return true;
    }
    case RecordField::Properties:
        return readProperties(value, rawProperties);
    case RecordField::PersonProperties:
        return readPersonProperties(value);
    case RecordField::PersonId: {
        const MaybeText text = textOf(value);
        if (text.empty())
            return true;
        m_event.person = parseUuid(text);
        return m_event.person.has_value();
    }
    case RecordField::Person:
        return readPerson(value);
    case RecordField::ElementsChain:
        return once(m_event.elementsChain);
    case RecordField::Set:
        if (value.is_object() && !m_event.set.data())
            m_event.set = compact(value);
        return true;
    case RecordField::SetOnce:
        if (value.is_object() && !m_event.setOnce.data())
            m_event.setOnce = compact(value);
        return true;
    case RecordField::SessionId:
        return once(m_event.sessionId);
    case RecordField::WindowId:
        return once(m_event.windowId);
    case RecordField::PersonMode:
        if (textOf(value) == "propertyless")
            m_event.hasPersonProfile = false;
        return true;
    case RecordField::GroupTypeIndex:
        return readGroupType(textOf(value));
    case RecordField::GroupKey:
        return once(m_groupKey);
    case RecordField::IsIdentified: {
        bool is = false;
        if (value.get(is) == simdjson::SUCCESS)
            m_isIdentified = is;
        return true;
    }
    }
    return true;
}

std::optional<std::string> EventReader::Record::read(dom::object object, std::string_view rawProperties, std::string_view whole,
                                                     std::uint64_t number)
{
    const TextMap<RecordField> &known = fields();
    for (const auto field : object) {
        const auto found = known.find(field.key);
        if (found != known.end() && !readField(found->second, field.value, rawProperties))
            return "Its " + std::string(field.key) + " is not one.";
    }
    return finish(whole, number);
}

std::optional<std::string> EventReader::Record::finish(std::string_view whole, std::uint64_t number)
{
    if (!readPropertiesText())
        return "Its properties is not one.";
    if (m_hasName)
        return finishEvent(whole, number);
    if (m_groupType)
        return finishGroup();
    const bool hasId = m_event.person || parseUuid(m_uuid.data() ? m_uuid : m_id);
    const bool isPerson = hasId && !m_time && (m_hasProperties || !m_distinctIds.empty() || !m_event.distinctId.empty());
    if (isPerson)
        return finishPerson();
    return "It is no event (it has no event's name), and no person or group either.";
}

bool EventReader::Record::readGroupType(MaybeText text)
{
    int index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || index < 0
        || index >= static_cast<int>(groupTypeLimit))
        return false;
    m_groupType = index;
    return true;
}

std::optional<std::string> EventReader::Record::finishGroup()
{
    if (m_groupKey.empty())
        return "The group has no key.";
    m_batch.groups.push_back({*m_groupType, m_groupKey, m_event.properties, m_createdAt.value_or(Timestamp{0})});
    return std::nullopt;
}

std::optional<std::string> EventReader::Record::finishEvent(std::string_view whole, std::uint64_t number)
{
    if (m_event.name.empty())
        return "Its event has no name.";
    if (m_event.name.size() > longestName)
        return "Its event's name is too long.";
    if (m_values)
        readPropertyValues(*m_values);
    if (!readExtraProperties())
        return "Its properties is not one.";
    addDerived();
    if (m_event.distinctId.empty())
        m_event.distinctId = m_distinctIdInProperties;
    if (m_event.distinctId.empty())
        return "It has no distinct_id.";
    if (m_event.distinctId.size() > longestDistinctId)
        return "Its distinct_id is too long.";
    if (!m_time && !received)
        return "It has no timestamp.";
    m_event.time = received ? timeOfPosted() : *m_time;
    m_event.createdAt = m_createdAt.value_or(Timestamp{0});

    const MaybeText given = m_uuid.data() ? m_uuid : m_id;
    if (const auto uuid = parseUuid(given))
        m_event.uuid = *uuid;
    else if (m_uuid.data() && !m_uuid.empty() && !received)
        return "Its uuid is not one.";
    else if (received)
        m_event.uuid = *parseUuid(ph::uuid7());
    else
        m_event.uuid = whole.empty() ? namedUuid(m_event.distinctId, m_event.properties, number)
                                     : namedUuid("line", whole, number);

    const std::int64_t time = m_event.time.microseconds;
    auto span = m_reader.m_spans.find(m_event.name);
    if (span == m_reader.m_spans.end())
        span = m_reader.m_spans.emplace(std::string(m_event.name), Span{time, time}).first;
    span->second.first = std::min(span->second.first, time);
    span->second.last = std::max(span->second.last, time);
    m_batch.events.push_back(m_event);
    return std::nullopt;
}

std::optional<std::string> EventReader::Record::finishPerson()
{
    IncomingPerson person;
    auto id = m_event.person;
    if (!id)
        id = parseUuid(m_uuid.data() ? m_uuid : m_id);
    if (!id)
        return "The person has no uuid.";
    person.id = *id;
    if (m_hasProperties)
        person.properties = m_event.properties;
    person.distinctIds = std::move(m_distinctIds);
    if (!m_event.distinctId.empty())
        person.distinctIds.push_back(m_event.distinctId);
    person.createdAt = m_createdAt;
    person.lastSeenAt = m_lastSeenAt;
    person.isIdentified = m_isIdentified;
    m_batch.persons.push_back(std::move(person));
    return std::nullopt;
}

} // namespace localproject::ingest
