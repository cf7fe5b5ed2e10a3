#pragma once

#include "driver/base/result.h"
#include "driver/localproject/import/definitions.h"

#include <memory>

namespace localproject::ingest {

/// A record whose parts came apart already: a row of a CSV or Parquet file. What is missing is null.
struct RecordColumns {
    MaybeText uuid;
    MaybeText name;
    MaybeText time;
    MaybeText createdAt;
    MaybeText distinctId;
    MaybeText properties;
    MaybeText elementsChain;
    MaybeText person;
    MaybeText personProperties;
    MaybeText set;
    MaybeText setOnce;
    MaybeText personMode;
    MaybeText distinctIds; // a JSON list, of a person
    MaybeText lastSeenAt;
    MaybeText isIdentified;
    MaybeText extraProperties; // an object that is added to `properties`
    MaybeText groupTypeIndex; // of a group
    MaybeText groupKey;
};

/// Makes events and persons of JSON: our own exports, those of PostHog (batch exports, events/, persons/, HogQL) and what its
/// SDKs send. Whatever the input is, it is either taken whole or refused with a sentence. Used by one thread.
class EventReader
{
public:
    EventReader();
    ~EventReader();

    /// One JSON object, an event or a person. 64 bytes beyond `line` must be readable (their content does not matter).
    /// Answers why it was not taken; nothing when it was. An event without a uuid gets one from its text and `number`.
    std::optional<std::string> readLine(std::string_view line, std::uint64_t number, Batch &batch);

    /// The same for a record in columns.
    std::optional<std::string> readColumns(const RecordColumns &columns, std::uint64_t number, Batch &batch);

    /// What the SDKs post: one event, a list of them, or an object with `batch`. Events get `received` where they have no time,
    /// and the difference to `sent_at` is taken off those that have one, as PostHog does. What is no event goes to the batch's
    /// rejects. Answers why nothing of it can be read.
    struct Posted {
        std::string token; // api_key, token; empty when there is none
    };
    ph::Result<Posted> readPosted(std::string_view body, Timestamp received, Batch &batch);

    /// Tells a batch which keys are new in it, and of when its events are. To be called when it is full.
    void endBatch(Batch &batch);

private:
    struct Parsers;
    class Record;

    /// A key of properties. Its type is that of the first value that has one.
    struct Key {
        int special = -1; // what is done with its value; < 0: nothing
        PropertyType type = PropertyType::None;
        bool isPersonal = false; // is taken over to the person, of posted events
        bool isSeen = false;
    };
    struct Span {
        std::int64_t first = 0;
        std::int64_t last = 0;
    };

    void addKnownKeys(); // those with which something is done

    std::unique_ptr<Parsers> m_parsers;
    TextMap<Key> m_keys;
    std::vector<const std::pair<const std::string, Key> *> m_newKeys; // of m_keys, not told yet
    TextMap<Span> m_spans; // of the batch
};

/// Microseconds of ISO text, or of a number of seconds, milliseconds or microseconds since 1970 (told by their size).
std::optional<Timestamp> parseMoment(std::string_view text);

} // namespace localproject::ingest
