#include "driver/localproject/demo/objects.h"

#include "driver/localproject/demo/people.h"
#include "driver/localproject/demo/random.h"
#include "driver/localproject/duckdb_values.h"

#include <cstdlib>
#include <map>

namespace localproject::demo {

extern const char *const objectsJson;

namespace {

constexpr const char *cohortPeopleSql = R"sql(
INSERT INTO cohort_people SELECT id, 1 FROM persons WHERE is_identified;
INSERT INTO cohort_people SELECT id, 2 FROM persons WHERE json_extract_string(properties, '$.email') LIKE '%@driftboard.example';
INSERT INTO cohort_people
    SELECT person_id, 3 FROM (
        SELECT person_id, row_number() OVER (ORDER BY count(*) DESC, person_id) AS place, count(*) OVER () AS users FROM events
        WHERE event IN ('uploaded_file', 'downloaded_file', 'shared_file', 'deleted_file') GROUP BY person_id)
    WHERE place * 20 <= users;
INSERT INTO cohort_people
    SELECT person_id, 4 FROM events GROUP BY person_id
    HAVING bool_or(event = '$pageview' AND mat_pathname = '/signup/') AND NOT bool_or(event = 'signed_up');
INSERT INTO cohort_people
    SELECT person_id, 5 FROM events
    WHERE event IN ('uploaded_file', 'downloaded_file', 'shared_file', 'deleted_file') GROUP BY person_id
    HAVING max(timestamp) < (SELECT value::TIMESTAMP - INTERVAL 14 DAY FROM meta WHERE key = 'anchor');
)sql";

/// "@day18" and "@day20T14:00" become date-times of the demo's calendar.
void placeDates(ph::Json &json, const World &world)
{
    if (json.is_string()) {
        const auto &text = json.get_ref<const std::string &>();
        if (!text.starts_with("@day"))
            return;
        char *rest = nullptr;
        const long number = std::strtol(text.c_str() + 4, &rest, 10);
        Milliseconds time = world.dayStart(static_cast<int>(number));
        if (*rest == 'T')
            time += std::strtol(rest + 1, nullptr, 10) * hour;
        json = duck::isoTimestamp(time * 1000);
        return;
    }
    if (json.is_structured())
        for (ph::Json &element : json)
            placeDates(element, world);
}

Uuid definitionUuid(const World &world, std::uint64_t index)
{
    const std::uint64_t high = mix(world.seed ^ mix(0xdef1ULL << 32 | index));
    return {(high & ~std::uint64_t{0xf000}) | 0x7000, (mix(high) >> 2) | std::uint64_t{1} << 63};
}

std::string_view textOf(const ph::Json &json, const char *key) { return json.at(key).get_ref<const std::string &>(); }

ph::Result<> addDefinitions(const Store &store, const ph::Json &all, const World &world)
{
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> seen;
    const auto times = store.query("SELECT event, epoch_us(min(timestamp)), epoch_us(max(timestamp)) FROM events GROUP BY event");
    if (!times)
        return ph::fail(times.error());
    for (const auto &row : times->rows)
        seen[row[0].get<std::string>()] = {row[1].get<std::int64_t>(), row[2].get<std::int64_t>()};

    auto events = store.appender("event_definitions");
    if (!events)
        return ph::fail(events.error());
    std::uint64_t index = 0;
    for (const ph::Json &definition : all.at("event_definitions")) {
        const auto [first, last] = seen[std::string(textOf(definition, "name"))];
        events->add(definitionUuid(world, index++)).add(textOf(definition, "name")).add(textOf(definition, "description"));
        events->add(Timestamp{first}).add(Timestamp{std::min(last, world.end * 1000)}).add(definition.at("verified").get<bool>());
        events->endRow();
    }
    if (const auto done = events->finish(); !done)
        return done;

    auto properties = store.appender("property_definitions");
    if (!properties)
        return ph::fail(properties.error());
    for (const ph::Json &definition : all.at("property_definitions")) {
        const ph::Json &type = definition.at("property_type");
        properties->add(definitionUuid(world, index++)).add(textOf(definition, "name")).add(textOf(definition, "type"));
        if (type.is_null())
            properties->addNull();
        else
            properties->add(textOf(definition, "property_type"));
        properties->add(type == "Numeric").add(textOf(definition, "description"));
        properties->endRow();
    }
    return properties->finish();
}

} // namespace

ph::Result<> addObjects(const Store &store, const World &world)
{
    ph::Json all = ph::Json::parse(objectsJson, nullptr, false);
    if (all.is_discarded())
        return ph::fail(ph::ErrorCode::Internal, "The demo's objects are not readable.");
    placeDates(all, world);
    if (const auto defined = addDefinitions(store, all, world); !defined)
        return defined;
    if (const auto filled = store.execute(cohortPeopleSql); !filled)
        return filled;

    auto objects = store.appender("objects");
    if (!objects)
        return ph::fail(objects.error());
    for (auto &[kind, items] : all.items()) {
        if (kind.ends_with("_definitions"))
            continue;
        for (ph::Json &item : items) {
            const auto id = item.at("id").get<std::int64_t>();
            item.erase("id");
            if (kind == "cohorts") {
                const auto counted = store.query("SELECT count(*) FROM cohort_people WHERE cohort_id = $1", {id});
                if (!counted)
                    return ph::fail(counted.error());
                item["count"] = counted->rows[0][0];
            }
            objects->add(kind).add(id).add(item.dump()).add(Timestamp{world.dayStart(1) * 1000});
            objects->endRow();
        }
    }
    return objects->finish();
}

} // namespace localproject::demo
