#include "driver/localproject/udf.h"

#include "driver/localproject/insights/funnel_function.h"
#include "driver/localproject/zone_clock.h"

#include <duckdb.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace localproject {
namespace {

std::int64_t floorDivide(std::int64_t value, std::int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

void windowFunnelCallback(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output)
{
    const idx_t rows = duckdb_data_chunk_get_size(input);
    duckdb_vector list = duckdb_data_chunk_get_vector(input, 0);
    const auto *entries = static_cast<const duckdb_list_entry *>(duckdb_vector_get_data(list));
    std::uint64_t *listValidity = duckdb_vector_get_validity(list);
    duckdb_vector child = duckdb_list_vector_get_child(list);
    const auto *values = static_cast<const std::int64_t *>(duckdb_vector_get_data(child));
    std::uint64_t *valueValidity = duckdb_vector_get_validity(child);
    const auto *windows = static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 1)));
    const auto *steps = static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 2)));
    const auto *modes = static_cast<const std::int64_t *>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 3)));
    auto *result = static_cast<std::int64_t *>(duckdb_vector_get_data(output));

    std::vector<std::int64_t> chain;
    for (idx_t row = 0; row < rows; ++row) {
        chain.clear();
        if (duckdb_validity_row_is_valid(listValidity, row)) // NULL rows reach a function, too.
            for (idx_t i = entries[row].offset; i < entries[row].offset + entries[row].length; ++i)
                if (duckdb_validity_row_is_valid(valueValidity, i)) // Events without a time are skipped.
                    chain.push_back(values[i]);
        result[row] = windowFunnel(chain, windows[row], static_cast<int>(steps[row]), static_cast<int>(modes[row]));
    }
}

} // namespace

int windowFunnel(std::vector<std::int64_t> &entries, std::int64_t window, int steps, int modes)
{
    struct Reached {
        std::int64_t first; // when its chain began
        std::int64_t last;  // when this step was taken
    };
    std::vector<std::optional<Reached>> reached(static_cast<std::size_t>(steps));
    std::ranges::sort(entries);
    bool begun = false;
    int previous = 0;
    for (const std::int64_t entry : entries) {
        const std::int64_t time = floorDivide(entry, 64);
        const int step = static_cast<int>(entry - time * 64);
        const int before = std::exchange(previous, step);
        if (step > steps)
            continue;
        const auto at = static_cast<std::size_t>(step) - 1;
        if (step == 0) {
            if (begun && (modes & funnelStrictOrder))
                break;
        } else if (step == 1) {
            reached[0] = Reached {time, time};
            begun = true;
        } else if (reached[at] && (modes & funnelStrictDeduplication)) {
            return before;
        } else if (!reached[at - 1]) {
            if (begun && (modes & funnelStrictOrder))
                break;
        } else if (time - reached[at - 1]->first <= window && (!(modes & funnelStrictIncrease) || reached[at - 1]->last < time)) {
            reached[at] = Reached {reached[at - 1]->first, time};
            if (step == steps)
                return steps;
        }
    }
    for (int level = steps; level > 0; --level)
        if (reached[static_cast<std::size_t>(level) - 1])
            return level;
    return 0;
}

ph::Result<> registerFunctions(_duckdb_connection *connection)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, "hoglet_window_funnel");
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_logical_type list = duckdb_create_list_type(number);
    duckdb_scalar_function_add_parameter(function, list);
    for (int i = 0; i < 3; ++i)
        duckdb_scalar_function_add_parameter(function, number);
    duckdb_scalar_function_set_return_type(function, number);
    duckdb_scalar_function_set_function(function, windowFunnelCallback);
    const auto state = duckdb_register_scalar_function(connection, function);
    duckdb_destroy_logical_type(&list);
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_scalar_function(&function);
    if (state != DuckDBSuccess)
        return ph::fail(ph::ErrorCode::Internal, "The function windowFunnel could not be registered.");
    if (const auto registered = registerZoneFunctions(connection); !registered)
        return registered;
    return insights::registerFunnel(connection);
}

} // namespace localproject
