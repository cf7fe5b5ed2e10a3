#include "driver/localproject/import/event_reader.h"

#include "driver/base/ids.h"
#include "driver/base/json_fields.h"
#include "driver/base/time.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

namespace localproject::ingest {

namespace dom = simdjson::dom;

namespace {

/// What the reader does with the value of a key in properties, beyond the materialised ones, which come first.
enum Special : int {
    SessionId = static_cast<int>(materialisedProperties.size()),
    WindowId,
    Group0,
    Groups = Group0 + static_cast<int>(groupTypeLimit),
    Set,
    SetOnce,
    Unset,
    AnonymousId,
    Alias,
    GroupType,
    GroupKey,
    GroupSet,
    ProcessProfile,
    DistinctId,
};

constexpr std::pair<std::string_view, int> specials[] = {
    {"$session_id", SessionId},
    {"$window_id", WindowId},
    {"$group_0", Group0},
    {"$group_1", Group0 + 1},
    {"$group_2", Group0 + 2},
    {"$group_3", Group0 + 3},
    {"$group_4", Group0 + 4},
    {"$groups", Groups},
    {"$set", Set},
    {"$set_once", SetOnce},
    {"$unset", Unset},
    {"$anon_distinct_id", AnonymousId},
    {"alias", Alias},
    {"$group_type", GroupType},
    {"$group_key", GroupKey},
    {"$group_set", GroupSet},
    {"$process_person_profile", ProcessProfile},
    {"distinct_id", DistinctId},
};

/// What PostHog takes over from an event to its person, as it is and, once, with $initial_ before it.
constexpr std::string_view personal[] = {
    "$app_build", "$app_name", "$app_namespace", "$app_version", "$browser", "$browser_version", "$device_type", "$current_url",
    "$pathname", "$os", "$os_name", "$os_version", "$referring_domain", "$referrer", "$screen_height", "$screen_width",
    "$viewport_height", "$viewport_width", "$raw_user_agent", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term",
    "gclid", "gad_source", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "twclid", "li_fat_id", "mc_cid", "igshid",
    "ttclid", "rdt_cid", "epik", "qclid", "sccid", "irclid", "_kx",
};

enum class Field {
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

const TextMap<Field> &fields()
{
    static const TextMap<Field> names{{"uuid", Field::Uuid},
                                      {"id", Field::Id},
                                      {"event", Field::Name},
                                      {"timestamp", Field::Time},
                                      {"created_at", Field::CreatedAt},
                                      {"distinct_id", Field::DistinctId},
                                      {"$distinct_id", Field::DistinctId},
                                      {"distinct_ids", Field::DistinctIds},
                                      {"properties", Field::Properties},
                                      {"person_properties", Field::PersonProperties},
                                      {"person.properties", Field::PersonProperties},
                                      {"person_id", Field::PersonId},
                                      {"person", Field::Person},
                                      {"elements_chain", Field::ElementsChain},
                                      {"set", Field::Set},
                                      {"set_once", Field::SetOnce},
                                      {"$set", Field::Set},
                                      {"$set_once", Field::SetOnce},
                                      {"$session_id", Field::SessionId},
                                      {"$window_id", Field::WindowId},
                                      {"person_mode", Field::PersonMode},
                                      {"group_type_index", Field::GroupTypeIndex},
                                      {"group_key", Field::GroupKey},
                                      {"key", Field::GroupKey},
                                      {"group_properties", Field::Properties},
                                      {"last_seen_at", Field::LastSeenAt},
                                      {"is_identified", Field::IsIdentified},
                                      {"sent_at", Field::SentAt},
                                      {"offset", Field::Offset}};
    return names;
}

/// Half of a surrogate pair alone is no character: JavaScript cuts texts in the middle of one, and PostHog takes them, with
/// U+FFFD in its place. Nothing when there is none in the text.
std::optional<std::string> withoutLoneSurrogates(std::string_view json)
{
    const auto unitAt = [&](std::size_t i) -> int {
        unsigned unit = 0;
        if (i + 6 > json.size() || json[i] != '\\' || json[i + 1] != 'u')
            return -1;
        const auto [end, error] = std::from_chars(json.data() + i + 2, json.data() + i + 6, unit, 16);
        return error == std::errc() && end == json.data() + i + 6 ? static_cast<int>(unit) : -1;
    };
    const auto isHigh = [](int unit) { return unit >= 0xd800 && unit < 0xdc00; };
    const auto isLow = [](int unit) { return unit >= 0xdc00 && unit < 0xe000; };
    std::string out;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] != '\\')
            continue;
        const int unit = unitAt(i);
        if (isHigh(unit) && isLow(unitAt(i + 6))) {
            i += 11;
        } else if (isHigh(unit) || isLow(unit)) {
            out.append(json.substr(copied, i - copied)).append("\\ufffd");
            i += 5;
            copied = i + 1;
        } else {
            ++i; // what is escaped
        }
    }
    if (copied == 0)
        return std::nullopt;
    out.append(json.substr(copied));
    return out;
}

/// A second chance for JSON that PostHog takes and simdjson does not: lone surrogates, integers beyond 64 bits (which become
/// the nearest double, as in JavaScript). Nothing when that is not what is wrong.
std::optional<std::string> mendedFor(simdjson::error_code error, std::string_view json)
{
    if (error == simdjson::STRING_ERROR)
        return withoutLoneSurrogates(json);
    if (error != simdjson::NUMBER_ERROR)
        return std::nullopt;
    const ph::Json value = ph::Json::parse(json, nullptr, false);
    return value.is_discarded() ? std::nullopt : std::optional(value.dump(-1, ' ', false, ph::Json::error_handler_t::replace));
}

std::string_view sayWhy(simdjson::error_code error)
{
    switch (error) {
    case simdjson::UTF8_ERROR:
        return "The text is not valid UTF-8.";
    case simdjson::EMPTY:
        return "The line is empty.";
    case simdjson::DEPTH_ERROR:
        return "The JSON is nested too deeply.";
    case simdjson::UNCLOSED_STRING:
        return "The JSON ends in the middle of a text.";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
        return "The line is too long.";
    default:
        return "The JSON is not well-formed.";
    }
}

bool isTruthy(std::string_view text) { return text == "true" || text == "1" || text == "True" || text == "t"; }

constexpr std::size_t longestDistinctId = 400; // as PostHog's
constexpr std::size_t longestName = 400;

} // namespace

std::optional<Timestamp> parseMoment(std::string_view text)
{
    if (const auto time = ph::parseIsoTime(text))
        return Timestamp{time->time_since_epoch().count()};
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number) || number <= 0
        || number > 1e17)
        return std::nullopt;
    const double microseconds = number > 1e14 ? number : number > 1e11 ? number * 1e3 : number * 1e6;
    return Timestamp{static_cast<std::int64_t>(microseconds)};
}

struct EventReader::Parsers {
    dom::parser whole;
    dom::parser part; // of JSON inside a text
    simdjson::ondemand::parser spans;
    std::string padded; // for what has no room behind it

    /// `text` with the bytes behind it that simdjson reads.
    std::string_view withPadding(std::string_view text)
    {
        padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        padded.assign(text);
        return padded;
    }
};

/// One record on its way from JSON to the batch.
class EventReader::Record
{
public:
    Record(EventReader &reader, Batch &batch)
        : m_reader(reader)
        , m_batch(batch)
    {
    }

    /// `rawProperties`: the text of its `properties`, when it is at hand.
    std::optional<std::string> read(dom::object object, std::string_view rawProperties, std::string_view whole, std::uint64_t number);
    std::optional<std::string> read(const RecordColumns &columns, std::uint64_t number);

    // For what is posted: a time to fall back on, and the sender's clock.
    std::optional<Timestamp> received;
    std::optional<Timestamp> sentAt;

private:
    Arena &arena() { return m_batch.arena; }
    std::string_view keep(std::string_view text) { return arena().copy(text); }
    /// A value's JSON, compact.
    std::string_view compact(dom::element value) { return keep(std::string(simdjson::minify(value))); }
    std::string_view compactRaw(std::string_view raw);
    /// Text as text, other values as their JSON, null as null.
    MaybeText textOf(dom::element value);

    bool readField(Field field, dom::element value, std::string_view rawProperties);
    bool readMoment(dom::element value, std::optional<Timestamp> &out);
    bool readPerson(dom::element value);
    bool readProperties(dom::element value, std::string_view raw);
    bool readPersonProperties(dom::element value);
    bool readPropertiesText();
    bool readExtraProperties();
    void readPropertyValues(dom::object object);
    void readSpecial(int special, dom::element value);
    void addPersonal(std::string_view key, dom::element value);
    void addDerived();
    std::optional<std::string> finish(std::string_view whole, std::uint64_t number);
    std::optional<std::string> finishEvent(std::string_view whole, std::uint64_t number);
    std::optional<std::string> finishPerson();
    std::optional<std::string> finishGroup();
    bool readGroupType(MaybeText text);
    Timestamp timeOfPosted() const;

    EventReader &m_reader;
    Batch &m_batch;
    IncomingEvent m_event;
    MaybeText m_uuid;
    MaybeText m_id;
    MaybeText m_distinctIdInProperties;
    std::optional<Timestamp> m_time;
    std::optional<Timestamp> m_createdAt;
    std::optional<Timestamp> m_lastSeenAt;
    std::optional<bool> m_isIdentified;
    std::optional<double> m_offset;
    std::vector<std::string_view> m_distinctIds;
    std::string m_derivedSet; // members of an object
    std::string m_derivedSetOnce;
    std::optional<dom::object> m_values; // of the properties
    MaybeText m_propertiesText;
    MaybeText m_extraProperties;
    std::optional<int> m_groupType;
    MaybeText m_groupKey;
    bool m_hasName = false;
    bool m_hasProperties = false;
};

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

void EventReader::Record::readSpecial(int special, dom::element value)
{
    const auto object = [&](MaybeText &out) {
        if (value.is_object())
            out = compact(value);
    };
    if (special < SessionId) {
        if (MaybeText &out = m_event.materialised[static_cast<std::size_t>(special)]; !out.data())
            out = textOf(value);
    } else if (special == SessionId) {
        m_event.sessionId = textOf(value);
    } else if (special == WindowId) {
        m_event.windowId = textOf(value);
    } else if (special >= Group0 && special < Groups) {
        m_event.groups[static_cast<std::size_t>(special - Group0)] = textOf(value);
    } else if (special == Groups) {
        object(m_event.groupNames);
    } else if (special == Set) {
        object(m_event.set);
    } else if (special == SetOnce) {
        object(m_event.setOnce);
    } else if (special == Unset) {
        if (value.is_array())
            m_event.unset = compact(value);
    } else if (special == AnonymousId) {
        m_event.anonymousId = textOf(value);
    } else if (special == Alias) {
        m_event.alias = textOf(value);
    } else if (special == GroupType) {
        m_event.groupType = textOf(value);
    } else if (special == GroupKey) {
        m_event.groupKey = textOf(value);
    } else if (special == GroupSet) {
        object(m_event.groupSet);
    } else if (special == ProcessProfile) {
        bool has = true;
        m_event.hasPersonProfile = value.get(has) != simdjson::SUCCESS || has;
    } else if (special == DistinctId) {
        m_distinctIdInProperties = textOf(value);
    }
}

/// Those that had columns of their own.
bool EventReader::Record::readExtraProperties()
{
    if (m_extraProperties.empty())
        return true;
    dom::object object;
    if (m_reader.m_parsers->part.parse(m_extraProperties).get(object) != simdjson::SUCCESS)
        return false;
    const std::string_view extra = compactRaw(m_extraProperties);
    readPropertyValues(object);
    const std::string_view mine = m_event.properties;
    m_event.properties
        = mine.size() <= 2 ? extra : keep(std::string(mine.substr(0, mine.size() - 1)) + "," + std::string(extra.substr(1)));
    return true;
}

void EventReader::Record::readPropertyValues(dom::object object)
{
    for (const auto field : object) {
        auto &known = m_reader.m_keys;
        auto found = known.find(field.key);
        if (found == known.end())
            found = known.try_emplace(std::string(field.key)).first;
        Key &key = found->second;
        if (key.type == PropertyType::None) {
            std::string_view text;
            if (field.value.is_bool())
                key.type = PropertyType::Boolean;
            else if (field.value.is_number())
                key.type = typeOfNumber(field.key);
            else if (field.value.get(text) == simdjson::SUCCESS)
                key.type = typeOfText(field.key, text);
            if (!key.isSeen || key.type != PropertyType::None)
                m_reader.m_newKeys.push_back(&*found);
            key.isSeen = true;
        }
        if (key.special >= 0)
            readSpecial(key.special, field.value);
        if (key.isPersonal && received && !field.value.is_null())
            addPersonal(field.key, field.value);
    }
}

void EventReader::Record::addPersonal(std::string_view key, dom::element value)
{
    const std::string json = simdjson::minify(value);
    const std::string_view bare = key.starts_with('$') ? key.substr(1) : key;
    m_derivedSet.append(m_derivedSet.empty() ? "" : ",").append("\"").append(key).append("\":").append(json);
    m_derivedSetOnce.append(m_derivedSetOnce.empty() ? "" : ",").append("\"$initial_").append(bare).append("\":").append(json);
}

/// What the event says of its person itself goes before what follows from its other properties.
void EventReader::Record::addDerived()
{
    if (m_derivedSet.empty() || !m_event.hasPersonProfile)
        return;
    const auto inside = [](MaybeText object) { return object.size() > 2 ? std::string(object.substr(1, object.size() - 2)) : ""; };
    const std::string own = inside(m_event.set);
    const std::string ownOnce = inside(m_event.setOnce);
    m_event.set = keep("{" + m_derivedSet + (own.empty() ? "" : ",") + own + "}"); // The last word counts,
    m_event.setOnce = keep("{" + ownOnce + (ownOnce.empty() ? "" : ",") + m_derivedSetOnce + "}"); // and here the first.
}

bool EventReader::Record::readProperties(dom::element value, std::string_view raw)
{
    if (value.is_null())
        return true;
    std::string_view text;
    dom::object object;
    if (value.get(text) == simdjson::SUCCESS) { // JSON in a text, as HogQL answers it.
        m_propertiesText = text.empty() ? MaybeText() : keep(text);
        return true;
    }
    if (value.get(object) != simdjson::SUCCESS)
        return false;
    m_event.properties = raw.empty() ? compact(value) : compactRaw(raw);
    m_hasProperties = true;
    m_values = object;
    return true;
}

/// What came as text is parsed when it is known that its record is whole.
bool EventReader::Record::readPropertiesText()
{
    if (!m_propertiesText.data())
        return true;
    dom::object object;
    if (m_reader.m_parsers->part.parse(m_propertiesText).get(object) != simdjson::SUCCESS)
        return false;
    m_event.properties = compactRaw(m_propertiesText);
    m_hasProperties = true;
    m_values = object;
    return true;
}

bool EventReader::Record::readField(Field field, dom::element value, std::string_view rawProperties)
{
    const auto once = [&](MaybeText &out) {
        if (!out.data())
            out = textOf(value);
        return true;
    };
    switch (field) {
    case Field::Uuid:
        return once(m_uuid);
    case Field::Id:
        return once(m_id);
    case Field::Name:
        m_hasName = !value.is_null();
        return once(m_event.name);
    case Field::Time:
        return readMoment(value, m_time);
    case Field::CreatedAt:
        return readMoment(value, m_createdAt);
    case Field::LastSeenAt:
        return readMoment(value, m_lastSeenAt);
    case Field::SentAt:
        if (!readMoment(value, sentAt))
            sentAt.reset();
        return true;
    case Field::Offset: {
        double milliseconds = 0;
        if (value.get(milliseconds) == simdjson::SUCCESS)
            m_offset = milliseconds;
        return true;
    }
    case Field::DistinctId:
        return once(m_event.distinctId);
    case Field::DistinctIds: {
        dom::array ids;
        if (value.get(ids) != simdjson::SUCCESS)
            return value.is_null();
        for (const dom::element id : ids) {
            if (const MaybeText text = textOf(id); !text.empty())
                m_distinctIds.push_back(text);
        }
        return true;
    }
    case Field::Properties:
        return readProperties(value, rawProperties);
    case Field::PersonProperties:
        return readPersonProperties(value);
    case Field::PersonId: {
        const MaybeText text = textOf(value);
        if (text.empty())
            return true;
        m_event.person = parseUuid(text);
        return m_event.person.has_value();
    }
    case Field::Person:
        return readPerson(value);
    case Field::ElementsChain:
        return once(m_event.elementsChain);
    case Field::Set:
        if (value.is_object() && !m_event.set.data())
            m_event.set = compact(value);
        return true;
    case Field::SetOnce:
        if (value.is_object() && !m_event.setOnce.data())
            m_event.setOnce = compact(value);
        return true;
    case Field::SessionId:
        return once(m_event.sessionId);
    case Field::WindowId:
        return once(m_event.windowId);
    case Field::PersonMode:
        if (textOf(value) == "propertyless")
            m_event.hasPersonProfile = false;
        return true;
    case Field::GroupTypeIndex:
        return readGroupType(textOf(value));
    case Field::GroupKey:
        return once(m_groupKey);
    case Field::IsIdentified: {
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
    const TextMap<Field> &known = fields();
    for (const auto field : object) {
        const auto found = known.find(field.key);
        if (found != known.end() && !readField(found->second, field.value, rawProperties))
            return "Its " + std::string(field.key) + " is not one.";
    }
    return finish(whole, number);
}

std::optional<std::string> EventReader::Record::read(const RecordColumns &columns, std::uint64_t number)
{
    const auto keepMaybe = [&](MaybeText text) { return text.data() ? keep(text) : MaybeText(); };
    const auto moment = [&](MaybeText text, std::optional<Timestamp> &out) {
        out = text.empty() ? std::nullopt : parseMoment(text);
        return text.empty() || out;
    };
    dom::parser &parser = m_reader.m_parsers->part;
    const auto json = [&](MaybeText text, dom::element &out) {
        return parser.parse(text).get(out) == simdjson::SUCCESS;
    };
    m_uuid = keepMaybe(columns.uuid);
    m_hasName = columns.name.data() != nullptr;
    m_event.name = keepMaybe(columns.name);
    m_event.distinctId = keepMaybe(columns.distinctId);
    m_event.elementsChain = keepMaybe(columns.elementsChain);
    if (!moment(columns.time, m_time))
        return "Its timestamp is not one.";
    if (!moment(columns.createdAt, m_createdAt))
        return "Its created_at is not one.";
    if (!moment(columns.lastSeenAt, m_lastSeenAt))
        return "Its last_seen_at is not one.";
    if (!columns.person.empty()) {
        m_event.person = parseUuid(columns.person);
        if (!m_event.person)
            return "Its person_id is not one.";
    }
    m_event.hasPersonProfile = columns.personMode != "propertyless";
    m_groupKey = keepMaybe(columns.groupKey);
    if (!columns.groupTypeIndex.empty() && !readGroupType(columns.groupTypeIndex))
        return "Its group_type_index is not one.";
    if (!columns.isIdentified.empty())
        m_isIdentified = isTruthy(columns.isIdentified);

    dom::element parsed;
    m_propertiesText = columns.properties.empty() ? MaybeText() : columns.properties;
    m_extraProperties = columns.extraProperties;
    for (const auto &[text, out] : {std::pair(columns.personProperties, &m_event.personProperties),
                                    std::pair(columns.set, &m_event.set), std::pair(columns.setOnce, &m_event.setOnce)}) {
        if (text.empty() || text == "null")
            continue;
        if (!json(text, parsed) || !parsed.is_object())
            return "A column of person properties is no JSON object.";
        *out = compactRaw(text);
    }
    if (!columns.distinctIds.empty()) {
        dom::array ids;
        if (!json(columns.distinctIds, parsed) || parsed.get(ids) != simdjson::SUCCESS)
            return "Its distinct_ids is not one.";
        for (const dom::element id : ids) {
            if (const MaybeText text = textOf(id); !text.empty())
                m_distinctIds.push_back(text);
        }
    }
    return finish({}, number);
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

/// As PostHog: the sender's clock is not trusted, only how long ago it says; nothing comes from more than a day ahead.
Timestamp EventReader::Record::timeOfPosted() const
{
    Timestamp time = *received;
    if (m_offset)
        time.microseconds -= static_cast<std::int64_t>(*m_offset * 1000);
    else if (m_time && sentAt)
        time.microseconds += m_time->microseconds - sentAt->microseconds;
    else if (m_time)
        time = *m_time;
    constexpr std::int64_t mostAhead = std::int64_t{23} * 3600 * 1'000'000;
    return time.microseconds > received->microseconds + mostAhead || time.microseconds <= 0 ? *received : time;
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

EventReader::EventReader()
    : m_parsers(std::make_unique<Parsers>())
{
    for (std::size_t i = 0; i < materialisedProperties.size(); ++i)
        m_keys[std::string(materialisedProperties[i].property)].special = static_cast<int>(i);
    for (const auto &[key, special] : specials)
        m_keys[std::string(key)].special = special;
    for (const std::string_view key : personal)
        m_keys[std::string(key)].isPersonal = true;
}

EventReader::~EventReader() = default;

void EventReader::endBatch(Batch &batch)
{
    for (const auto *key : m_newKeys)
        batch.newProperties.emplace_back(key->first, key->second.type);
    m_newKeys.clear();
    for (const auto &[name, span] : m_spans)
        batch.names.push_back({name, span.first, span.last});
    m_spans.clear();
}

std::optional<std::string> EventReader::readLine(std::string_view line, std::uint64_t number, Batch &batch)
{
    Parsers &parsers = *m_parsers;
    dom::element root;
    std::optional<std::string> mended;
    auto error = parsers.whole.parse(line.data(), line.size(), false).get(root);
    if (error && (mended = mendedFor(error, line))) {
        line = parsers.withPadding(*mended);
        error = parsers.whole.parse(line.data(), line.size(), false).get(root);
    }
    if (error)
        return std::string(sayWhy(error));
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return "The line is no JSON object.";

    // The properties go in as they were written, not as a parser would write them again: 1.50 stays 1.50.
    std::string_view raw;
    simdjson::ondemand::document document;
    simdjson::ondemand::object properties;
    if (parsers.spans.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING).get(document)
            != simdjson::SUCCESS
        || document.find_field_unordered("properties").get(properties) != simdjson::SUCCESS
        || properties.raw_json().get(raw) != simdjson::SUCCESS)
        raw = {};
    return Record(*this, batch).read(object, raw, line, number);
}

std::optional<std::string> EventReader::readColumns(const RecordColumns &columns, std::uint64_t number, Batch &batch)
{
    return Record(*this, batch).read(columns, number);
}

ph::Result<EventReader::Posted> EventReader::readPosted(std::string_view body, Timestamp received, Batch &batch)
{
    dom::element root;
    auto error = m_parsers->whole.parse(body).get(root);
    std::optional<std::string> mended;
    if (error && (mended = mendedFor(error, body)))
        error = m_parsers->whole.parse(*mended).get(root);
    if (error)
        return ph::fail(ph::ErrorCode::InvalidInput, std::string(sayWhy(error)));

    Posted posted;
    const auto takeToken = [&](dom::object object) {
        std::string_view text;
        for (const char *key : {"api_key", "token", "$token"}) {
            if (posted.token.empty() && object[key].get(text) == simdjson::SUCCESS)
                posted.token = text;
        }
        dom::object properties;
        if (posted.token.empty() && object["properties"].get(properties) == simdjson::SUCCESS
            && properties["token"].get(text) == simdjson::SUCCESS)
            posted.token = text;
    };
    std::optional<Timestamp> sentAt;
    dom::array events;
    dom::object object;
    const auto readOne = [&](dom::element event, std::uint64_t number) {
        ++batch.records;
        dom::object one;
        if (event.get(one) != simdjson::SUCCESS) {
            batch.rejects.push_back({number, "It is no JSON object.", std::string(simdjson::minify(event))});
            return;
        }
        takeToken(one);
        Record record(*this, batch);
        record.received = received;
        record.sentAt = sentAt;
        if (auto why = record.read(one, {}, {}, number))
            batch.rejects.push_back({number, std::move(*why), std::string(simdjson::minify(event))});
    };
    if (root.get(object) == simdjson::SUCCESS) {
        takeToken(object);
        std::string_view text;
        if (object["sent_at"].get(text) == simdjson::SUCCESS)
            sentAt = parseMoment(text);
        if (object["batch"].get(events) != simdjson::SUCCESS && object["data"].get(events) != simdjson::SUCCESS) {
            readOne(root, 1);
            return posted;
        }
    } else if (root.get(events) != simdjson::SUCCESS) {
        return ph::fail(ph::ErrorCode::InvalidInput, "Events are expected, as an object or a list.");
    }
    std::uint64_t number = 0;
    for (const dom::element event : events)
        readOne(event, ++number);
    return posted;
}

} // namespace localproject::ingest
