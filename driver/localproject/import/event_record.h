#pragma once

#include "driver/localproject/import/event_reader.h"

#include <simdjson.h>

/// What the reader's sources share among themselves: a record on its way, and the parsers. Nobody else includes it.
namespace localproject::ingest {

namespace dom = simdjson::dom;

enum class RecordField; // a member of a record, see event_record.cpp

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

    bool readField(RecordField field, dom::element value, std::string_view rawProperties);
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

} // namespace localproject::ingest
