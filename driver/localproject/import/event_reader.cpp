#include "driver/localproject/import/event_reader.h"

#include "driver/base/time.h"
#include "driver/localproject/import/event_record.h"
#include "driver/localproject/import/json_repair.h"

#include <charconv>
#include <cmath>

namespace localproject::ingest {

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

EventReader::EventReader()
    : m_parsers(std::make_unique<Parsers>())
{
    addKnownKeys();
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

} // namespace localproject::ingest
