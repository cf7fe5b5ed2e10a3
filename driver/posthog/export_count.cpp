#include "driver/posthog/export_count.h"

#include "driver/base/log.h"

#include <charconv>

namespace posthog {

namespace {

using namespace std::chrono;

constexpr ph::Time::duration finest = hours(1);

std::optional<std::int64_t> integerOf(std::string_view cell)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end == cell.data())
        return {};
    return value;
}

/// Runs `statement(from, to)`, or its halves, and gives each answer to `take`, which says whether it was one.
bool inParts(PageSource &source, ph::Time from, ph::Time to, const std::function<Statement(ph::Time, ph::Time)> &statement,
             const std::function<bool(const QueryPage &)> &take, const std::stop_token &stop)
{
    const auto page = source.fetch(statement(from, to), stop);
    if (page)
        return take(*page);
    if (page.error().kind == PageFault::Kind::TooSlow && to - from > finest) {
        const ph::Time middle = from + (to - from) / 2;
        return inParts(source, from, middle, statement, take, stop) && inParts(source, middle, to, statement, take, stop);
    }
    if (page.error().error.code != ph::ErrorCode::Cancelled)
        ph::logWarning("export", "PostHog could not count: " + page.error().error.message);
    return false;
}

bool takePair(const QueryPage &page, RowCount &count)
{
    if (page.rows() != 1 || page.columns.size() != 2)
        return false;
    const auto rows = integerOf(page.cell(0, 0));
    const auto different = integerOf(page.cell(0, 1));
    count.rows += rows.value_or(0);
    count.different += different.value_or(0);
    return rows && different;
}

} // namespace

std::optional<DayCounts> countDays(PageSource &source, const ExportQueries &queries, std::stop_token stop)
{
    DayCounts counts;
    const auto take = [&](const QueryPage &page) {
        if (page.columns.size() != 2)
            return false;
        for (std::size_t i = 0; i < page.rows(); ++i) {
            const auto day = integerOf(page.cell(i, 0));
            const auto rows = integerOf(page.cell(i, 1));
            if (!day || !rows)
                return false;
            counts[*day] += *rows;
        }
        return true;
    };
    const auto statement = [&](ph::Time from, ph::Time to) { return queries.perDay(from, to); };
    if (!inParts(source, queries.from(), queries.to(), statement, take, stop))
        return {};
    return counts;
}

std::optional<RowCount> countRows(PageSource &source, const ExportQueries &queries, std::stop_token stop)
{
    RowCount count;
    const auto statement = [&](ph::Time from, ph::Time to) { return queries.count(from, to); };
    if (!inParts(source, queries.from(), queries.to(), statement, [&](const QueryPage &page) { return takePair(page, count); }, stop))
        return {};
    return count;
}

std::optional<RowCount> countQuery(PageSource &source, const ExportQueries &queries, const std::vector<std::string> &columns, std::stop_token stop)
{
    RowCount count;
    const auto page = source.fetch(queries.countDistinct(columns), stop);
    if (!page || !takePair(*page, count))
        return {};
    return count;
}

ph::Result<ph::Time> remoteNow(PageSource &source, const ExportQueries &queries, std::stop_token stop)
{
    const auto page = source.fetch(queries.clock(), stop);
    if (!page)
        return ph::fail(page.error().error);
    const auto now = page->rows() == 1 ? integerOf(page->cell(0, 0)) : std::nullopt;
    if (!now)
        return ph::fail(ph::ErrorCode::Internal, "PostHog does not say what time it is there.");
    return ph::Time(seconds(*now));
}

} // namespace posthog
