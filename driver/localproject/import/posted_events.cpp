#include "driver/localproject/import/event_record.h"
#include "driver/localproject/import/json_repair.h"

/// What the SDKs post.
namespace localproject::ingest {

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
