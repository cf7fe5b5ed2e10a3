#include "driver/localproject/import/definition_writer.h"

#include "driver/localproject/import/connection_sql.h"
#include "driver/localproject/store_appender_state.h"

#include <algorithm>
#include <utility>

namespace localproject::ingest {

namespace {

/// RFC 6901: the path of one key, whatever characters it has.
std::string pointerTo(const std::string &key)
{
    std::string path = "/";
    for (const char c : key)
        path += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return path;
}

} // namespace

void DefinitionWriter::take(const Batch &batch)
{
    for (const auto &[name, type] : batch.newProperties)
        m_properties[name] = type;
    for (const Batch::EventSpan &span : batch.names) {
        const auto known = m_names.try_emplace(span.name, span).first;
        known->second.first = std::min(known->second.first, span.first);
        known->second.last = std::max(known->second.last, span.last);
    }
}

ph::Result<> DefinitionWriter::defineKeysOf(const std::string &table, const std::string &kind)
{
    std::vector<std::string> names;
    const auto read = readRows(m_connection,
                               "SELECT DISTINCT name FROM (SELECT unnest(json_keys(properties)) AS name FROM temp." + table
                                   + ") WHERE name NOT IN (SELECT name FROM property_definitions WHERE type = '" + kind + "')",
                               [&](const auto &row) { names.push_back(row[0].template get<std::string>()); });
    if (!read || names.empty())
        return read;
    auto rows = Appender::ofMain(m_connection, "property_definitions");
    if (!rows)
        return ph::fail(rows.error());
    for (const std::string &name : names) {
        const auto value = readOne(m_connection,
                                   "SELECT v FROM (SELECT json_extract(properties, $1)::VARCHAR AS v FROM temp." + table
                                       + ") WHERE v <> 'null' LIMIT 1",
                                   pointerTo(name));
        if (!value)
            return ph::fail(value.error());
        const ph::Json json = *value && (**value).is_string() ? ph::Json::parse((**value).get<std::string>(), nullptr, false) : ph::Json();
        const PropertyType type = json.is_boolean() ? PropertyType::Boolean
            : json.is_number()                      ? typeOfNumber(name)
            : json.is_string()                      ? typeOfText(name, json.get_ref<const std::string &>())
                                                    : PropertyType::None;
        rows->add(namedUuid(kind + " property definition", name)).add(name).add(kind);
        if (type == PropertyType::None)
            rows->addNull();
        else
            rows->add(nameOf(type));
        rows->add(type == PropertyType::Numeric).addNull();
        rows->endRow();
    }
    m_areNew = true;
    return rows->finish();
}

ph::Result<bool> DefinitionWriter::write()
{
    auto events = Appender::ofTemporary(m_connection, "incoming_events");
    if (!events)
        return ph::fail(events.error());
    for (const auto &[name, span] : m_names) {
        events->add(namedUuid("event definition", name)).add(name).addNull();
        events->add(Timestamp{span.first}).add(Timestamp{span.last}).add(false);
        events->endRow();
    }
    if (const auto finished = events->finish(); !finished)
        return ph::fail(finished.error());
    std::vector<const char *> statements;
    if (!m_names.empty()) {
        statements.insert(
            statements.end(),
            {"UPDATE event_definitions AS d SET last_seen_at = i.last_seen_at FROM temp.incoming_events AS i"
             " WHERE d.name = i.name AND (d.last_seen_at IS NULL OR d.last_seen_at < i.last_seen_at)",
             "INSERT INTO event_definitions SELECT * FROM temp.incoming_events AS i"
             " WHERE i.name NOT IN (SELECT name FROM event_definitions)"});
    }

    auto properties = Appender::ofTemporary(m_connection, "incoming_properties");
    if (!properties)
        return ph::fail(properties.error());
    for (const auto &[name, type] : m_properties) {
        properties->add(namedUuid("property definition", name)).add(name).add("event");
        if (type == PropertyType::None)
            properties->addNull();
        else
            properties->add(nameOf(type));
        properties->add(type == PropertyType::Numeric).addNull();
        properties->endRow();
    }
    if (const auto finished = properties->finish(); !finished)
        return ph::fail(finished.error());
    if (!m_properties.empty()) {
        m_areNew = true;
        statements.insert(
            statements.end(),
            {"UPDATE property_definitions AS d SET property_type = i.property_type, is_numerical = i.is_numerical"
             " FROM temp.incoming_properties AS i WHERE d.name = i.name AND d.type = i.type AND d.property_type IS NULL",
             "INSERT INTO property_definitions SELECT * FROM temp.incoming_properties AS i"
             " WHERE (i.name, i.type) NOT IN (SELECT (name, type) FROM property_definitions)"});
    }
    for (const char *sql : statements) {
        if (const auto done = run(m_connection, sql); !done)
            return ph::fail(done.error());
    }
    m_names.clear();
    m_properties.clear();
    return std::exchange(m_areNew, false);
}

} // namespace localproject::ingest
