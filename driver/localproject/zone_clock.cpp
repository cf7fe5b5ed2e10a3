#include "driver/localproject/zone_clock.h"

#include "driver/localproject/duckdb_handles.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>

namespace localproject {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t farthest = std::int64_t(9'200'000'000'000) * second; // beyond are only infinities, and what an offset would overflow

/// Every change of the zone's offset from 1900 to 2299 as (seconds since 1970, offset from then on), the first of them at the start.
/// The zone is looked at every three days: two changes have never been as close (tz database 2025: Freetown, 1939, four days).
/// Between two looks that differ the second of the change is found by halving.
std::string changesSql(const std::string &zone)
{
    std::string quoted;
    for (const char c : zone)
        quoted += c == '\'' ? std::string("''") : std::string(1, c);
    const auto offset = [&](const std::string &seconds) {
        const std::string instant = "make_timestamp((" + seconds + ") * 1000000)";
        return "(epoch_us(timezone('" + quoted + "', timezone('UTC', " + instant + "))) // 1000000 - (" + seconds + "))";
    };
    return "WITH RECURSIVE looks AS (SELECT s, " + offset("s") + " AS o FROM range(-2208988800, 10413792000, 259200) AS r(s)), "
           "pairs AS (SELECT s AS a, lead(s) OVER (ORDER BY s) AS b, o, lead(o) OVER (ORDER BY s) AS p FROM looks), "
           "halves AS (SELECT a, b, o, p FROM pairs WHERE o <> p UNION ALL "
           "SELECT CASE WHEN m = o THEN (a + b) // 2 ELSE a END, CASE WHEN m = o THEN b ELSE (a + b) // 2 END, o, p "
           "FROM (SELECT *, " + offset("(a + b) // 2") + " AS m FROM halves WHERE b - a > 1)) "
           "SELECT s, o FROM looks WHERE s = -2208988800 UNION ALL SELECT b, p FROM halves WHERE b - a = 1 ORDER BY 1";
}

/// DuckDB of our own for a moment: a zone is asked for while a statement of the project's is prepared.
ph::Result<std::vector<ZoneClock::Span>> spansOf(const std::string &zone)
{
    duck::Database database;
    duck::Connection connection;
    duck::Result result;
    if (duckdb_open(nullptr, database.out()) == DuckDBError || duckdb_connect(database.get(), connection.out()) == DuckDBError)
        return ph::fail(ph::ErrorCode::Internal, "The time zones could not be read.");
    if (duckdb_query(connection.get(), changesSql(zone).c_str(), result.get()) == DuckDBError)
        return ph::fail(ph::ErrorCode::InvalidInput, "There is no time zone '" + zone + "'.");
    std::vector<ZoneClock::Span> spans;
    while (const duck::Chunk chunk {duckdb_fetch_chunk(*result.get())}) {
        const auto column = [&](idx_t i) { return static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), i))); };
        for (idx_t i = 0; i < duckdb_data_chunk_get_size(chunk.get()); ++i) {
            const std::int64_t from = column(0)[i] * second;
            if (!spans.empty())
                spans.back().to = from;
            spans.push_back({spans.empty() ? -farthest : from, farthest, column(1)[i] * second});
        }
    }
    return spans;
}

std::int64_t floorMod(std::int64_t value, std::int64_t by)
{
    const std::int64_t rest = value % by;
    return rest < 0 ? rest + by : rest;
}

/// What the functions are bound to.
using Zone = std::shared_ptr<const ZoneClock>;

void bindZone(duckdb_bind_info info)
{
    duckdb_client_context context = nullptr;
    duckdb_scalar_function_get_client_context(info, &context);
    duckdb_expression argument = duckdb_scalar_function_bind_get_argument(info, 0);
    duck::Value value;
    if (duckdb_expression_is_foldable(argument)) {
        duckdb_error_data ignored = duckdb_expression_fold(context, argument, value.out());
        duckdb_destroy_error_data(&ignored);
    }
    duckdb_destroy_expression(&argument);
    duckdb_destroy_client_context(&context);
    char *name = value ? duckdb_get_varchar(value.get()) : nullptr;
    const auto zone = ZoneClock::of(name ? name : "");
    duckdb_free(name);
    if (!zone)
        return duckdb_scalar_function_bind_set_error(info, zone.error().message.c_str());
    duckdb_scalar_function_set_bind_data(info, new Zone(*zone), [](void *data) { delete static_cast<Zone *>(data); });
    duckdb_scalar_function_set_bind_data_copy(info, [](void *data) -> void * { return new Zone(*static_cast<Zone *>(data)); });
}

/// Writes `convert` of every time in column `column`; NULL stays NULL.
template <typename Convert>
void forEachTime(duckdb_data_chunk input, idx_t column, duckdb_vector output, Convert convert)
{
    const idx_t rows = duckdb_data_chunk_get_size(input);
    duckdb_vector times = duckdb_data_chunk_get_vector(input, column);
    const auto *from = static_cast<const std::int64_t *>(duckdb_vector_get_data(times));
    auto *to = static_cast<std::int64_t *>(duckdb_vector_get_data(output));
    if (const std::uint64_t *valid = duckdb_vector_get_validity(times)) {
        duckdb_vector_ensure_validity_writable(output);
        std::copy_n(valid, (rows + 63) / 64, duckdb_vector_get_validity(output));
    }
    for (idx_t row = 0; row < rows; ++row)
        to[row] = from[row] < -farthest || from[row] >= farthest ? from[row] : convert(from[row], row); // what lies in a NULL does not matter
}

const ZoneClock &zoneOf(duckdb_function_info info) { return **static_cast<const Zone *>(duckdb_scalar_function_get_bind_data(info)); }

void wallCallback(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const ZoneClock &zone = zoneOf(info);
    ZoneClock::Span span;
    forEachTime(input, 1, output, [&](std::int64_t instant, idx_t) {
        if (instant < span.from || instant >= span.to)
            span = zone.at(instant);
        return instant + span.offset;
    });
}

void instantCallback(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const ZoneClock &zone = zoneOf(info);
    forEachTime(input, 1, output, [&](std::int64_t wall, idx_t) { return zone.instantOf(wall); });
}

void floorCallback(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const ZoneClock &zone = zoneOf(info);
    const auto *widths = static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 1)));
    ZoneClock::Span span;
    forEachTime(input, 2, output, [&](std::int64_t instant, idx_t row) {
        if (instant < span.from || instant >= span.to)
            span = zone.at(instant);
        if (widths[row] <= 0)
            duckdb_scalar_function_set_error(info, "A time can only be brought to a multiple of more than nothing.");
        return instant - floorMod(instant + span.offset, std::max<std::int64_t>(widths[row], 1));
    });
}

bool registerOne(duckdb_connection connection, const char *name, bool hasWidth, duckdb_scalar_function_t callback)
{
    const duck::Type text {duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)};
    const duck::Type number {duckdb_create_logical_type(DUCKDB_TYPE_BIGINT)};
    const duck::Type time {duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP)};
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, name);
    duckdb_scalar_function_add_parameter(function, text.get());
    if (hasWidth)
        duckdb_scalar_function_add_parameter(function, number.get());
    duckdb_scalar_function_add_parameter(function, time.get());
    duckdb_scalar_function_set_return_type(function, time.get());
    duckdb_scalar_function_set_bind(function, bindZone);
    duckdb_scalar_function_set_function(function, callback);
    const auto state = duckdb_register_scalar_function(connection, function);
    duckdb_destroy_scalar_function(&function);
    return state == DuckDBSuccess;
}

} // namespace

ZoneClock::ZoneClock(std::vector<Span> spans)
    : m_spans(std::move(spans))
{
}

ph::Result<std::shared_ptr<const ZoneClock>> ZoneClock::of(const std::string &name)
{
    static std::mutex mutex; // Guards `known`.
    static std::map<std::string, std::shared_ptr<const ZoneClock>> known;
    const std::lock_guard lock(mutex);
    auto &clock = known[name];
    if (clock)
        return clock;
    auto spans = spansOf(name);
    if (!spans) {
        known.erase(name);
        return ph::fail(spans.error());
    }
    clock.reset(new ZoneClock(std::move(*spans)));
    return clock;
}

const ZoneClock::Span &ZoneClock::at(std::int64_t instant) const
{
    const auto after = std::ranges::upper_bound(m_spans, instant, {}, &Span::from);
    return after == m_spans.begin() ? m_spans.front() : *std::prev(after);
}

std::int64_t ZoneClock::instantOf(std::int64_t wall) const
{
    // The ends of spans as their clocks show them go up as well: no change takes a clock back over the one before.
    auto span = std::ranges::upper_bound(m_spans, wall, {}, [](const Span &each) { return each.to + each.offset; });
    if (span == m_spans.end())
        --span;
    const bool isSkipped = span != m_spans.begin() && wall < span->from + span->offset;
    return wall - (isSkipped ? std::prev(span)->offset : span->offset);
}

ph::Result<> registerZoneFunctions(_duckdb_connection *connection)
{
    if (!registerOne(connection, "hoglet_wall", false, wallCallback) || !registerOne(connection, "hoglet_instant", false, instantCallback)
        || !registerOne(connection, "hoglet_floor", true, floorCallback))
        return ph::fail(ph::ErrorCode::Internal, "The functions for time zones could not be registered.");
    return {};
}

} // namespace localproject
