#include "agent/report/chart_data.h"

#include <algorithm>
#include <set>

namespace report {

namespace {

bool nameIsOneOf(const std::string &name, std::initializer_list<std::string_view> words)
{
    std::string lower;
    for (const char c : name)
        lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return std::find(words.begin(), words.end(), lower) != words.end();
}

std::size_t distinct(const posthog::Table &table, std::size_t column)
{
    std::set<std::string> values;
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        values.insert(cellLabel(cellAt(table, row, column)));
    return values.size();
}

} // namespace

workflow::ChartSpec suggestChart(const posthog::Table &table)
{
    workflow::ChartSpec spec;
    if (table.rows.empty() || table.columns.empty())
        return spec;
    std::vector<std::size_t> numbers;
    std::vector<std::size_t> times;
    std::vector<std::size_t> texts;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
        (isNumeric(table, column) ? numbers : isTime(table, column) ? times : texts).push_back(column);
    const auto name = [&](std::size_t column) { return table.columns[column].name; };
    const auto names = [&](const std::vector<std::size_t> &columns) {
        std::vector<std::string> list;
        std::transform(columns.begin(), columns.end(), std::back_inserter(list), name);
        return list;
    };
    const auto rows = table.rows.size();
    // Cohorts or weekdays against periods or hours make a grid; their numbers are places, not values.
    for (std::size_t row = 0; row < table.columns.size() && rows > 1; ++row) {
        if (!nameIsOneOf(name(row), {"cohort", "cohort_week", "cohort_month", "week_of", "weekday", "day_of_week"}))
            continue;
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            if (!nameIsOneOf(name(column), {"later", "weeks_later", "days_later", "months_later", "period", "hour", "hour_of_day"}))
                continue;
            const auto value = std::find_if(numbers.begin(), numbers.end(), [&](std::size_t each) { return each != row && each != column; });
            if (value == numbers.end())
                continue;
            spec.kind = "heat_table";
            spec.x = name(row);
            spec.series = name(column);
            spec.y = std::vector{name(*value)};
            return spec;
        }
    }
    const auto find = [&](std::initializer_list<std::string_view> words) -> std::optional<std::size_t> {
        for (const auto column : numbers)
            if (nameIsOneOf(name(column), words))
                return column;
        return {};
    };

    if (rows == 1 && numbers.size() == 1 && texts.empty() && times.empty()) {
        spec.kind = "number";
        spec.y = names(numbers);
        return spec;
    }
    if (times.size() == 1 && texts.empty() && !numbers.empty() && numbers.size() <= 6 && rows > 1) {
        const bool counts = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto &row) {
            return numbers[0] < row.size() && (row[numbers[0]].is_number_integer() || row[numbers[0]].is_null());
        });
        spec.kind = numbers.size() == 1 && rows <= 14 && counts ? "histogram" : "line";
        spec.x = name(times[0]);
        spec.y = names(numbers);
        return spec;
    }
    if (times.size() == 1 && texts.size() == 1 && numbers.size() == 1) {
        spec.kind = "line";
        spec.x = name(times[0]);
        spec.series = name(texts[0]);
        spec.y = names(numbers);
        return spec;
    }
    if (texts.size() == 2 && times.empty() && !numbers.empty()) {
        const bool path = nameIsOneOf(name(texts[0]), {"source", "from", "from_step", "previous"}) && nameIsOneOf(name(texts[1]), {"target", "to", "to_step", "next"});
        if (path) {
            spec.kind = "sankey";
            spec.source = name(texts[0]);
            spec.target = name(texts[1]);
            spec.y = std::vector{name(numbers[0])};
            return spec;
        }
        if (numbers.size() == 1 && distinct(table, texts[1]) <= 8 && rows <= 80) {
            spec.kind = "grouped_bars";
            spec.x = name(texts[0]);
            spec.series = name(texts[1]);
            spec.y = names(numbers);
            return spec;
        }
    }
    if (texts.size() == 1 && times.empty() && !numbers.empty() && rows <= 60) {
        const auto low = find({"low", "lower", "ci_low"});
        const auto high = find({"high", "upper", "ci_high"});
        const auto size = find({"n", "total", "entrants", "sample"});
        const bool steps = nameIsOneOf(name(texts[0]), {"step", "stage", "level", "step_name"}) && numbers.size() <= 2;
        spec.kind = steps ? "funnel" : "bars";
        spec.x = name(texts[0]);
        std::vector<std::size_t> values;
        for (const auto column : numbers)
            if (column != low && column != high && (column != size || numbers.size() == 1))
                values.push_back(column);
        if (values.empty())
            values.push_back(numbers[0]);
        if (low && high && nameIsOneOf(name(values[0]), {"difference", "gap", "effect", "uplift", "delta", "change"}))
            spec.kind = "interval"; // around 0, which a bar cannot show
        if (numbers.size() == 1 || values.size() == 1 || (low && high) || steps) {
            spec.y = names(values);
            if (size && *size != values[0])
                spec.n = name(*size);
            if (low && high) {
                spec.low = name(*low);
                spec.high = name(*high);
            }
            return spec;
        }
        if (values.size() <= 4) {
            spec.kind = "grouped_bars";
            spec.y = names(values);
            return spec;
        }
        return {};
    }
    // Ordered numbers against counts: step numbers make a funnel, anything else a distribution.
    if (texts.empty() && times.empty() && numbers.size() == 2 && rows > 1 && rows <= 60) {
        const bool steps = nameIsOneOf(name(numbers[0]), {"step", "level", "stage"});
        bool ascending = true;
        for (std::size_t row = 1; row < rows; ++row)
            ascending = ascending && cellNumber(cellAt(table, row, numbers[0])).value_or(0) > cellNumber(cellAt(table, row - 1, numbers[0])).value_or(0);
        if (steps || ascending) {
            spec.kind = steps ? "funnel" : "histogram";
            spec.x = name(numbers[0]);
            spec.y = std::vector{name(numbers[1])};
            return spec;
        }
    }
    return spec;
}

} // namespace report
