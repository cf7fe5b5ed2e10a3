#include "driver/localproject/import/event_loader.h"

#include "driver/localproject/duckdb_values.h"
#include "driver/localproject/import/connection_sql.h"
#include "driver/localproject/import/definition_writer.h"
#include "driver/localproject/import/session_sql.h"
#include "driver/localproject/store_appender_state.h"
#include "driver/localproject/store_database.h"

#include <algorithm>
#include <limits>

namespace localproject::ingest {

namespace {

/// The columns of `events` that layout.h gives it, in the order that rows are appended in.
constexpr std::string_view ownColumns
    = "uuid, event, timestamp, created_at, distinct_id, person_id, session_id, window_id, group_0, person_mode, elements_chain,"
      " properties, mat_browser, mat_os, mat_device_type, mat_pathname, mat_current_url, mat_host, mat_referring_domain, mat_country,"
      " mat_release, mat_lib, group_1, group_2, group_3, group_4, person_properties";

// What waits for a commit; of this connection alone.
constexpr const char *temporaryTables = R"sql(
CREATE TEMP TABLE IF NOT EXISTS incoming_persons AS SELECT * FROM persons LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS incoming_ids AS SELECT * FROM person_distinct_ids LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS incoming_groups AS SELECT * FROM groups LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS incoming_merges (gone UUID, stays UUID);
CREATE TEMP TABLE IF NOT EXISTS incoming_events AS SELECT * FROM event_definitions LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS incoming_properties AS SELECT * FROM property_definitions LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS touched_sessions (session_id VARCHAR, first TIMESTAMP, last TIMESTAMP);
)sql";

std::string microsecondsSql(std::int64_t time) { return "make_timestamp(" + std::to_string(time) + ")"; }

} // namespace

Loaded &Loaded::operator+=(const Loaded &other)
{
    events += other.events;
    duplicates += other.duplicates;
    persons += other.persons;
    merges += other.merges;
    newDefinitions = newDefinitions || other.newDefinitions;
    return *this;
}

class EventLoader::Impl
{
public:
    Impl(const Store &store, duckdb_connection connection, const LoaderOptions &options)
        : m_store(store)
        , m_connection(connection)
        , m_options(options)
        , m_definitions(connection)
    {
    }

    ph::Result<> open()
    {
        const std::string incoming
            = "CREATE TEMP TABLE IF NOT EXISTS incoming AS SELECT " + std::string(ownColumns) + " FROM events LIMIT 0;";
        if (const auto made = run(m_connection, incoming + temporaryTables); !made)
            return made;
        const auto timeOf = [](const ph::Json &cell) { return cell.is_null() ? 0 : cell.get<std::int64_t>(); };
        const auto persons = readRows(
            m_connection,
            "SELECT id, epoch_us(created_at), epoch_us(last_seen_at), coalesce(is_identified, false), coalesce(properties, '{}')"
            " FROM persons WHERE id IS NOT NULL",
            [&](const auto &row) {
                m_people.addStored(*parseUuid(row[0].template get_ref<const std::string &>()), timeOf(row[1]), timeOf(row[2]),
                                   row[3].template get<bool>(), row[4].template get<std::string>());
            });
        if (!persons)
            return persons;
        const auto ids = readRows(
            m_connection, "SELECT distinct_id, person_id FROM person_distinct_ids WHERE person_id IS NOT NULL AND distinct_id IS NOT NULL",
            [&](const auto &row) {
                m_people.addStoredId(row[0].template get<std::string>(), *parseUuid(row[1].template get_ref<const std::string &>()));
            });
        if (!ids)
            return ids;
        const auto types
            = readRows(m_connection, "SELECT id, body FROM objects WHERE kind = 'groups_types'", [&](const auto &row) {
                  const ph::Json body = ph::Json::parse(row[1].template get<std::string>(), nullptr, false);
                  if (body.is_object() && body.contains("group_type"))
                      m_groups.addStoredType(body["group_type"].get<std::string>(), row[0].template get<int>());
              });
        if (!types)
            return types;
        return readRows(m_connection,
                        "SELECT group_type_index, key, epoch_us(created_at), epoch_us(updated_at), coalesce(properties, '{}') FROM groups"
                        " WHERE key IS NOT NULL",
                        [&](const auto &row) {
                            m_groups.addStored(row[0].template get<int>(), row[1].template get<std::string>(), timeOf(row[2]),
                                               timeOf(row[3]), row[4].template get<std::string>());
                        });
    }

    ph::Result<> add(Batch &batch)
    {
        for (const IncomingPerson &person : batch.persons)
            m_people.take(person);
        for (const IncomingGroup &group : batch.groups)
            m_groups.take(group);
        m_definitions.take(batch);
        if (batch.events.empty())
            return {};
        if (!m_appender) {
            auto appender = Appender::ofTemporary(m_connection, "incoming");
            if (!appender)
                return ph::fail(appender.error());
            m_appender.emplace(std::move(*appender));
        }
        const std::int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count();
        for (IncomingEvent &event : batch.events) {
            m_groups.take(event, batch.arena);
            if (!m_uuids.insert(event.uuid).second) {
                ++m_duplicates;
                continue;
            }
            append(event, m_people.take(event), now);
        }
        return {};
    }

    std::size_t pending() const { return m_uuids.size(); }
    std::uint64_t refusedMerges() const { return m_people.refusedMerges(); }

    ph::Result<Loaded> commit(const Alongside &alongside)
    {
        if (m_appender) {
            if (const auto finished = m_appender->finish(); !finished)
                return ph::fail(finished.error());
            m_appender.reset();
        }
        const auto adding = m_store.startAdding();
        if (const auto begun = run(m_connection, "BEGIN"); !begun)
            return ph::fail(begun.error());
        auto loaded = write(*adding);
        if (loaded && alongside) {
            if (const auto done = alongside(m_connection, *loaded); !done)
                loaded = ph::fail(done.error());
        }
        if (loaded) {
            if (const auto committed = run(m_connection, "COMMIT"); !committed)
                loaded = ph::fail(committed.error());
        }
        if (!loaded) {
            (void)run(m_connection, "ROLLBACK"); // DuckDB may have rolled back itself.
            return loaded;
        }
        m_uuids.clear();
        m_duplicates = 0;
        m_first = std::numeric_limits<std::int64_t>::max();
        m_last = std::numeric_limits<std::int64_t>::min();
        for (const char *table : {"incoming", "incoming_persons", "incoming_ids", "incoming_groups", "incoming_merges",
                                  "incoming_events", "incoming_properties"}) {
            if (const auto emptied = run(m_connection, std::string("TRUNCATE temp.") + table); !emptied)
                return ph::fail(emptied.error());
        }
        return loaded;
    }

    ph::Result<> refreshSessions(bool all)
    {
        if (all) {
            // Sessions that no event speaks of stay: they came from elsewhere.
            return script({"DELETE FROM sessions WHERE session_id IN (SELECT DISTINCT session_id FROM events WHERE session_id <> '')",
                           insertSessionsSql("session_id <> ''"), "TRUNCATE temp.touched_sessions"});
        }
        std::int64_t first = 0;
        std::int64_t last = 0;
        bool any = false;
        const auto read = readRows(m_connection, "SELECT epoch_us(min(first)), epoch_us(max(last)) FROM temp.touched_sessions",
                                   [&](const auto &row) {
                                       any = !row[0].is_null();
                                       if (any) {
                                           first = row[0].template get<std::int64_t>();
                                           last = row[1].template get<std::int64_t>();
                                       }
                                   });
        if (!read || !any)
            return read;
        constexpr std::int64_t day = std::int64_t{86'400} * 1'000'000; // A session ends after a day at the latest.
        const std::string touched = "session_id IN (SELECT session_id FROM temp.touched_sessions)";
        return script({"DELETE FROM sessions WHERE " + touched,
                       insertSessionsSql("timestamp BETWEEN " + microsecondsSql(first - day) + " AND " + microsecondsSql(last + day)
                                         + " AND " + touched),
                       "TRUNCATE temp.touched_sessions"});
    }

private:
    struct UuidHash {
        std::size_t operator()(const Uuid &id) const { return id.high ^ (id.low * 0x9e3779b97f4a7c15ULL); }
    };

    ph::Result<> script(const std::vector<std::string> &statements)
    {
        if (const auto begun = run(m_connection, "BEGIN"); !begun)
            return begun;
        for (const std::string &sql : statements) {
            if (const auto done = run(m_connection, sql); !done) {
                (void)run(m_connection, "ROLLBACK");
                return done;
            }
        }
        return run(m_connection, "COMMIT");
    }

    void append(const IncomingEvent &event, People::Place place, std::int64_t now)
    {
        Appender &rows = *m_appender;
        const auto addMaybe = [&](MaybeText text) {
            if (text.data())
                rows.add(text);
            else
                rows.addNull();
        };
        m_first = std::min(m_first, event.time.microseconds);
        m_last = std::max(m_last, event.time.microseconds);
        rows.add(event.uuid).add(event.name).add(event.time);
        rows.add(event.createdAt.microseconds ? event.createdAt : Timestamp{now});
        rows.add(event.distinctId).add(m_people.idOf(place));
        addMaybe(event.sessionId);
        addMaybe(event.windowId);
        addMaybe(event.groups[0]);
        rows.add(event.hasPersonProfile ? "full" : "propertyless");
        rows.add(event.elementsChain.data() ? event.elementsChain : std::string_view(""));
        rows.add(event.properties);
        for (const MaybeText value : event.materialised) {
            if (value.empty() || value == "null") // HogQL reads these as NULL, and the columns hold what it reads.
                rows.addNull();
            else
                rows.add(value);
        }
        for (std::size_t i = 1; i < groupTypeLimit; ++i)
            addMaybe(event.groups[i]);
        if (event.personProperties.data() || !m_options.keepsPersonProperties || !event.hasPersonProfile)
            addMaybe(event.personProperties);
        else
            rows.add(m_people.personAt(place).properties.json());
        rows.endRow();
    }

    ph::Result<Loaded> write(AddingEvents &adding)
    {
        Loaded loaded;
        if (adding.hasColumns()) {
            if (const auto begun = adding.begin(m_connection); !begun)
                return ph::fail(begun.error());
        }
        const People::Changes changes = m_people.takeChanges();
        if (const auto merged = writeMerges(changes); !merged)
            return ph::fail(merged.error());
        if (!m_uuids.empty()) {
            const auto written = changeRows(m_connection, newEventsSql());
            if (!written)
                return ph::fail(written.error());
            if (adding.hasColumns()) {
                if (const auto filled = adding.fill(m_connection); !filled)
                    return ph::fail(filled.error());
            }
            loaded.events = *written;
            loaded.duplicates = m_duplicates + m_uuids.size() - *written;
            const auto touched = run(m_connection,
                                     "INSERT INTO temp.touched_sessions SELECT session_id, min(timestamp), max(timestamp) FROM"
                                     " temp.incoming WHERE session_id <> '' GROUP BY session_id");
            if (!touched)
                return ph::fail(touched.error());
        }
        loaded.persons = changes.persons.size();
        loaded.merges = changes.merges.size();
        for (const auto &step : {writePersons(changes), writeGroups()}) {
            if (!step)
                return ph::fail(step.error());
        }
        const auto areNew = m_definitions.write();
        if (!areNew)
            return ph::fail(areNew.error());
        loaded.newDefinitions = *areNew;
        return loaded;
    }

    /// Only where the new events are in time can one of them be there already.
    std::string newEventsSql() const
    {
        return "INSERT INTO events (" + std::string(ownColumns) + ") SELECT " + std::string(ownColumns)
            + " FROM temp.incoming AS i WHERE NOT EXISTS (SELECT 1 FROM events AS e WHERE e.timestamp"
               " BETWEEN "
            + microsecondsSql(m_first) + " AND " + microsecondsSql(m_last) + " AND e.uuid = i.uuid)";
    }

    ph::Result<> writeMerges(const People::Changes &changes)
    {
        if (changes.merges.empty())
            return {};
        auto rows = Appender::ofTemporary(m_connection, "incoming_merges");
        if (!rows)
            return ph::fail(rows.error());
        for (const auto &[gone, stays] : changes.merges) {
            rows->add(gone).add(stays);
            rows->endRow();
        }
        if (const auto finished = rows->finish(); !finished)
            return finished;
        for (const char *table : {"temp.incoming", "events", "person_distinct_ids", "sessions", "cohort_people"}) {
            const auto moved = run(m_connection, std::string("UPDATE ") + table
                                       + " AS t SET person_id = m.stays FROM temp.incoming_merges AS m WHERE t.person_id = m.gone");
            if (!moved)
                return moved;
        }
        return run(m_connection, "DELETE FROM persons WHERE id IN (SELECT gone FROM temp.incoming_merges)");
    }

    ph::Result<> writePersons(const People::Changes &changes)
    {
        if (!changes.persons.empty()) {
            auto rows = Appender::ofTemporary(m_connection, "incoming_persons");
            if (!rows)
                return ph::fail(rows.error());
            for (const People::Place place : changes.persons) {
                const Person &person = m_people.personAt(place);
                rows->add(person.id).add(Timestamp{person.createdAt}).add(Timestamp{person.lastSeenAt}).add(person.isIdentified);
                rows->add(person.properties.json());
                rows->endRow();
            }
            if (const auto finished = rows->finish(); !finished)
                return finished;
            for (const char *sql : {"DELETE FROM persons WHERE id IN (SELECT id FROM temp.incoming_persons)",
                                    "INSERT INTO persons SELECT * FROM temp.incoming_persons"}) {
                if (const auto done = run(m_connection, sql); !done)
                    return done;
            }
            if (const auto defined = m_definitions.defineKeysOf("incoming_persons", "person"); !defined)
                return defined;
        }
        if (changes.distinctIds.empty())
            return {};
        auto rows = Appender::ofTemporary(m_connection, "incoming_ids");
        if (!rows)
            return ph::fail(rows.error());
        for (const auto &[id, place] : changes.distinctIds) {
            if (!m_people.personAt(place).hasProfile)
                continue;
            rows->add(id).add(m_people.idOf(place));
            rows->endRow();
        }
        if (const auto finished = rows->finish(); !finished)
            return finished;
        for (const char *sql : {"DELETE FROM person_distinct_ids WHERE distinct_id IN (SELECT distinct_id FROM temp.incoming_ids)",
                                "INSERT INTO person_distinct_ids SELECT * FROM temp.incoming_ids"}) {
            if (const auto done = run(m_connection, sql); !done)
                return done;
        }
        return {};
    }

    ph::Result<> writeGroups()
    {
        for (const auto &[name, index] : m_groups.takeNewTypes()) {
            const ph::Json body{{"group_type", name}, {"group_type_index", index}, {"name_singular", nullptr}, {"name_plural", nullptr}};
            auto rows = Appender::ofMain(m_connection, "objects");
            if (!rows)
                return ph::fail(rows.error());
            rows->add("groups_types").add(std::int64_t{index}).add(body.dump()).addNull();
            rows->endRow();
            if (const auto finished = rows->finish(); !finished)
                return finished;
        }
        const auto dirty = m_groups.takeDirty();
        if (dirty.empty())
            return {};
        auto rows = Appender::ofTemporary(m_connection, "incoming_groups");
        if (!rows)
            return ph::fail(rows.error());
        for (const Groups::Group *group : dirty) {
            rows->add(std::int64_t{group->type}).add(group->key).add(Timestamp{group->createdAt}).add(Timestamp{group->updatedAt});
            rows->add(group->properties.json());
            rows->endRow();
        }
        if (const auto finished = rows->finish(); !finished)
            return finished;
        for (const char *sql : {"DELETE FROM groups AS g USING temp.incoming_groups AS i WHERE g.group_type_index = i.group_type_index AND g.key = i.key",
                                "INSERT INTO groups SELECT * FROM temp.incoming_groups"}) {
            if (const auto done = run(m_connection, sql); !done)
                return done;
        }
        return m_definitions.defineKeysOf("incoming_groups", "group");
    }

    const Store &m_store;
    duckdb_connection m_connection;
    LoaderOptions m_options;
    People m_people;
    Groups m_groups;
    std::optional<Appender> m_appender;
    std::unordered_set<Uuid, UuidHash> m_uuids; // of what is pending
    DefinitionWriter m_definitions;
    std::uint64_t m_duplicates = 0;
    std::int64_t m_first = std::numeric_limits<std::int64_t>::max();
    std::int64_t m_last = std::numeric_limits<std::int64_t>::min();
};

EventLoader::EventLoader(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
EventLoader::EventLoader(EventLoader &&) noexcept = default;
EventLoader::~EventLoader() = default;

ph::Result<EventLoader> EventLoader::open(const Store &store, _duckdb_connection *connection, const LoaderOptions &options)
{
    auto impl = std::make_unique<Impl>(store, connection, options);
    if (const auto opened = impl->open(); !opened)
        return ph::fail(opened.error());
    return EventLoader(std::move(impl));
}

ph::Result<> EventLoader::add(Batch &batch) { return m_impl->add(batch); }
std::size_t EventLoader::pending() const { return m_impl->pending(); }
ph::Result<Loaded> EventLoader::commit(const EventLoader::Alongside &alongside)
{
    return m_impl->commit(alongside);
}
ph::Result<> EventLoader::refreshSessions(bool all) { return m_impl->refreshSessions(all); }
std::uint64_t EventLoader::refusedMerges() const { return m_impl->refusedMerges(); }

} // namespace localproject::ingest
