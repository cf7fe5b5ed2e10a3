#include "driver/localproject/insights/funnel_function.h"

#include "driver/localproject/insights/funnel_walk.h"

#include <duckdb.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace localproject::insights {

namespace {

using Value = std::vector<std::string>;

struct Row {
    FunnelEvent event;
    Value value;
    std::optional<std::int64_t> bucket;
};

struct Found {
    Value value;
    FunnelPath path;
    std::optional<std::int64_t> bucket;
};

struct Rule {
    FunnelOrder order;
    int steps;
    std::int64_t window;
    std::int64_t attribution;
};

bool isBlank(const Value &value)
{
    return std::ranges::all_of(value, [](const std::string &part) { return part.empty(); });
}

/// The paths of one person and one breakdown value.
void walk(const std::vector<Row> &rows, const Value &value, const Rule &rule, std::vector<Found> &found)
{
    const auto add = [&](const std::vector<FunnelEvent> &events, std::optional<std::int64_t> bucket) {
        FunnelPath path = walkFunnel(events, rule.order, rule.steps, rule.window);
        if (path.level > 0)
            found.push_back({value, std::move(path), bucket});
    };
    std::vector<FunnelEvent> events;
    std::set<std::int64_t> buckets;
    for (const Row &row : rows) {
        events.push_back(row.event);
        if (row.bucket && (rule.order == FunnelOrder::Unordered ? row.event.steps != 0 : (row.event.steps & 1U) != 0))
            buckets.insert(*row.bucket);
    }
    if (rows.empty() || !rows.front().bucket) {
        add(events, std::nullopt);
        return;
    }
    for (const std::int64_t bucket : buckets) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            events[i].mayStart = rows[i].bucket == bucket;
        add(events, bucket);
    }
}

std::vector<Found> pathsOf(std::vector<Row> rows, const Rule &rule)
{
    std::vector<Found> found;
    if (std::ranges::all_of(rows, [](const Row &row) { return row.event.steps == 0; })) // Many, where other events come along.
        return found;
    const auto timeOf = [](const Row &row) { return row.event.time; };
    if (!std::ranges::is_sorted(rows, {}, timeOf))
        std::ranges::stable_sort(rows, {}, timeOf);
    if (rule.attribution <= static_cast<std::int64_t>(Attribution::LastTouch)) {
        const bool last = rule.attribution == static_cast<std::int64_t>(Attribution::LastTouch);
        const Row *touch = nullptr; // Of equal times the smaller value is the earlier one.
        for (const Row &row : rows) {
            if (row.event.steps == 0 || isBlank(row.value))
                continue;
            const bool later = touch && std::tie(row.event.time, row.value) > std::tie(touch->event.time, touch->value);
            if (!touch || later == last)
                touch = &row;
        }
        const Value value = touch ? touch->value : rows.empty() ? Value{} : Value(rows.front().value.size());
        walk(rows, value, rule, found);
        return found;
    }
    std::set<Value> values;
    if (rule.attribution == static_cast<std::int64_t>(Attribution::AllEvents)) {
        for (const Row &row : rows)
            if (row.event.steps != 0)
                values.insert(row.value);
        for (const Value &value : values) {
            std::vector<Row> some;
            std::ranges::copy_if(rows, std::back_inserter(some), [&](const Row &row) { return row.value == value; });
            walk(some, value, rule, found);
        }
        return found;
    }
    const std::uint32_t step = 1U << (rule.attribution - static_cast<std::int64_t>(Attribution::Step));
    for (const Row &row : rows)
        if (row.event.steps & step)
            values.insert(row.value);
    if (values.empty() && !rows.empty())
        values.insert(Value(rows.front().value.size()));
    for (const Value &value : values) {
        std::vector<Row> some = rows;
        for (Row &row : some)
            if (row.value != value)
                row.event.steps &= ~step;
        walk(some, value, rule, found);
    }
    return found;
}

/// A list argument: the entries, and what they hold.
struct ListReader {
    explicit ListReader(duckdb_vector vector)
        : entries(static_cast<const duckdb_list_entry *>(duckdb_vector_get_data(vector)))
        , validity(duckdb_vector_get_validity(vector))
        , child(duckdb_list_vector_get_child(vector))
    {
    }
    bool has(idx_t row) const { return duckdb_validity_row_is_valid(validity, row); }

    const duckdb_list_entry *entries;
    std::uint64_t *validity;
    duckdb_vector child;
};

struct EventReader {
    EventReader(duckdb_vector list, int members)
        : lists(list)
        , times(static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_struct_vector_get_child(lists.child, 0))))
        , timeValidity(duckdb_vector_get_validity(duckdb_struct_vector_get_child(lists.child, 0)))
        , masks(static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_struct_vector_get_child(lists.child, 1))))
    {
        if (members < 3)
            return;
        values.emplace(duckdb_struct_vector_get_child(lists.child, 2));
        texts = static_cast<duckdb_string_t *>(duckdb_vector_get_data(values->child));
        textValidity = duckdb_vector_get_validity(values->child);
        if (members < 4)
            return;
        const duckdb_vector bucket = duckdb_struct_vector_get_child(lists.child, 3);
        buckets = static_cast<const std::int64_t *>(duckdb_vector_get_data(bucket));
        bucketValidity = duckdb_vector_get_validity(bucket);
    }

    std::vector<Row> read(idx_t row) const
    {
        std::vector<Row> rows;
        if (!lists.has(row))
            return rows;
        const auto [offset, length] = lists.entries[row];
        rows.reserve(length);
        for (idx_t i = offset; i < offset + length; ++i) {
            if (!duckdb_validity_row_is_valid(timeValidity, i)) // Events without a time are skipped.
                continue;
            Row one;
            one.event.time = times[i];
            one.event.steps = static_cast<std::uint32_t>(masks[i]);
            one.event.exclusions = static_cast<std::uint32_t>(static_cast<std::uint64_t>(masks[i]) >> 32);
            if (values && values->has(i)) {
                const auto [first, count] = values->entries[i];
                for (idx_t k = first; k < first + count; ++k) {
                    duckdb_string_t text = texts[k];
                    one.value.emplace_back(duckdb_validity_row_is_valid(textValidity, k)
                                               ? std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text))
                                               : std::string());
                }
            }
            if (buckets && duckdb_validity_row_is_valid(bucketValidity, i))
                one.bucket = buckets[i];
            rows.push_back(std::move(one));
        }
        return rows;
    }

    ListReader lists;
    const std::int64_t *times;
    std::uint64_t *timeValidity;
    const std::int64_t *masks;
    std::optional<ListReader> values;
    duckdb_string_t *texts = nullptr;
    std::uint64_t *textValidity = nullptr;
    const std::int64_t *buckets = nullptr;
    std::uint64_t *bucketValidity = nullptr;
};

void writeTexts(duckdb_vector list, const std::vector<Found> &found)
{
    idx_t total = 0;
    for (const Found &one : found)
        total += one.value.size();
    duckdb_list_vector_reserve(list, total);
    duckdb_list_vector_set_size(list, total);
    auto *entries = static_cast<duckdb_list_entry *>(duckdb_vector_get_data(list));
    duckdb_vector texts = duckdb_list_vector_get_child(list);
    idx_t at = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        entries[i] = {at, found[i].value.size()};
        for (const std::string &text : found[i].value)
            duckdb_vector_assign_string_element_len(texts, at++, text.data(), text.size());
    }
}

void writeTimes(duckdb_vector list, const std::vector<Found> &found)
{
    idx_t total = 0;
    for (const Found &one : found)
        total += one.path.times.size();
    duckdb_list_vector_reserve(list, total);
    duckdb_list_vector_set_size(list, total);
    auto *entries = static_cast<duckdb_list_entry *>(duckdb_vector_get_data(list));
    auto *times = static_cast<std::int64_t *>(duckdb_vector_get_data(duckdb_list_vector_get_child(list)));
    idx_t at = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        entries[i] = {at, found[i].path.times.size()};
        for (const std::int64_t time : found[i].path.times)
            times[at++] = time;
    }
}

void write(duckdb_vector output, const std::vector<idx_t> &counts, const std::vector<Found> &found)
{
    duckdb_list_vector_reserve(output, found.size());
    duckdb_list_vector_set_size(output, found.size());
    auto *entries = static_cast<duckdb_list_entry *>(duckdb_vector_get_data(output));
    idx_t at = 0;
    for (std::size_t row = 0; row < counts.size(); ++row) {
        entries[row] = {at, counts[row]};
        at += counts[row];
    }
    const duckdb_vector paths = duckdb_list_vector_get_child(output);
    writeTexts(duckdb_struct_vector_get_child(paths, 0), found);
    auto *levels = static_cast<std::int64_t *>(duckdb_vector_get_data(duckdb_struct_vector_get_child(paths, 1)));
    writeTimes(duckdb_struct_vector_get_child(paths, 2), found);
    const duckdb_vector bucketVector = duckdb_struct_vector_get_child(paths, 3);
    auto *buckets = static_cast<std::int64_t *>(duckdb_vector_get_data(bucketVector));
    duckdb_vector_ensure_validity_writable(bucketVector);
    std::uint64_t *validity = duckdb_vector_get_validity(bucketVector);
    for (std::size_t i = 0; i < found.size(); ++i) {
        levels[i] = found[i].path.level;
        buckets[i] = found[i].bucket.value_or(0);
        duckdb_validity_set_row_validity(validity, i, found[i].bucket.has_value());
    }
}

template <int members>
void callback(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const idx_t rows = duckdb_data_chunk_get_size(input);
    const auto numbers = [&](idx_t column) {
        return static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, column)));
    };
    const EventReader reader(duckdb_data_chunk_get_vector(input, 4), members);
    std::vector<Found> found;
    std::vector<idx_t> counts;
    for (idx_t row = 0; row < rows; ++row) {
        const Rule rule{static_cast<FunnelOrder>(numbers(0)[row]), static_cast<int>(numbers(1)[row]), numbers(2)[row], numbers(3)[row]};
        const bool isOrder = numbers(0)[row] >= 0 && numbers(0)[row] <= static_cast<std::int64_t>(FunnelOrder::Unordered);
        if (!isOrder || numbers(1)[row] < 1 || numbers(1)[row] > maximumFunnelSteps || rule.attribution < 0
            || rule.attribution >= static_cast<std::int64_t>(Attribution::Step) + rule.steps) {
            duckdb_scalar_function_set_error(info, "hogletFunnel() was called with an order, number of steps or attribution that there is not.");
            return;
        }
        std::vector<Found> ofOne = pathsOf(reader.read(row), rule);
        counts.push_back(ofOne.size());
        std::ranges::move(ofOne, std::back_inserter(found));
    }
    write(output, counts, found);
}

/// Owns a logical type.
class LogicalType
{
public:
    explicit LogicalType(duckdb_logical_type type)
        : m_type(type)
    {
    }
    explicit LogicalType(duckdb_type type)
        : m_type(duckdb_create_logical_type(type))
    {
    }
    LogicalType(const LogicalType &) = delete;
    LogicalType &operator=(const LogicalType &) = delete;
    ~LogicalType() { duckdb_destroy_logical_type(&m_type); }
    duckdb_logical_type get() const { return m_type; }

private:
    duckdb_logical_type m_type;
};

template <int members>
bool registerOne(duckdb_connection connection, const char *name)
{
    const LogicalType number(DUCKDB_TYPE_BIGINT);
    const LogicalType time(DUCKDB_TYPE_TIMESTAMP);
    const LogicalType text(DUCKDB_TYPE_VARCHAR);
    const LogicalType texts(duckdb_create_list_type(text.get()));
    const LogicalType numbers(duckdb_create_list_type(number.get()));

    duckdb_logical_type eventMembers[] = {time.get(), number.get(), texts.get(), time.get()};
    const char *names[] = {"t", "m", "v", "b"};
    const LogicalType event(duckdb_create_struct_type(eventMembers, names, members));
    const LogicalType events(duckdb_create_list_type(event.get()));

    duckdb_logical_type resultMembers[] = {texts.get(), number.get(), numbers.get(), time.get()};
    const char *resultNames[] = {"value", "level", "times", "bucket"};
    const LogicalType path(duckdb_create_struct_type(resultMembers, resultNames, 4));
    const LogicalType paths(duckdb_create_list_type(path.get()));

    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, name);
    for (int i = 0; i < 4; ++i)
        duckdb_scalar_function_add_parameter(function, number.get());
    duckdb_scalar_function_add_parameter(function, events.get());
    duckdb_scalar_function_set_return_type(function, paths.get());
    duckdb_scalar_function_set_function(function, callback<members>);
    const auto state = duckdb_register_scalar_function(connection, function);
    duckdb_destroy_scalar_function(&function);
    return state == DuckDBSuccess;
}

} // namespace

ph::Result<> registerFunnel(_duckdb_connection *connection)
{
    if (!registerOne<2>(connection, "hoglet_funnel") || !registerOne<3>(connection, "hoglet_funnel_by")
        || !registerOne<4>(connection, "hoglet_funnel_by_bucket"))
        return ph::fail(ph::ErrorCode::Internal, "The function hogletFunnel could not be registered.");
    return {};
}

} // namespace localproject::insights
