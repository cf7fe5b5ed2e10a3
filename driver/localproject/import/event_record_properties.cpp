#include "driver/localproject/import/event_record.h"

/// What an event's properties say of its session, its groups and its person, by PostHog's rules.
namespace localproject::ingest {

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

} // namespace

void EventReader::addKnownKeys()
{
    for (std::size_t i = 0; i < materialisedProperties.size(); ++i)
        m_keys[std::string(materialisedProperties[i].property)].special = static_cast<int>(i);
    for (const auto &[key, special] : specials)
        m_keys[std::string(key)].special = special;
    for (const std::string_view key : personal)
        m_keys[std::string(key)].isPersonal = true;
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

} // namespace localproject::ingest
