#include "driver/localproject/import/event_record.h"

/// A record as a row of a CSV or Parquet file.
namespace localproject::ingest {

namespace {

bool isTruthy(std::string_view text) { return text == "true" || text == "1" || text == "True" || text == "t"; }

} // namespace

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

} // namespace localproject::ingest
