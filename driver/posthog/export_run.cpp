#include "driver/posthog/export_run.h"

#include "driver/base/atomic_file.h"
#include "driver/posthog/export_count.h"
#include "driver/posthog/export_file.h"
#include "driver/posthog/export_pages.h"
#include "driver/posthog/file_download.h"
#include "driver/posthog/json_text.h"
#include "driver/posthog/table_writer.h"

#include <algorithm>

namespace posthog {

namespace {

using namespace std::chrono;

constexpr hours overlap{1}; // how long an event may be on its way in PostHog before it is seen
constexpr milliseconds reportEvery{250};
constexpr int latePasses = 3;
constexpr std::int64_t queryRows = 50'000; // of one answer, the most PostHog gives (HogQL docs, "Limits")

ph::Error stopped() { return {ph::ErrorCode::Cancelled, "The export was stopped. The same command goes on with it."}; }

std::string grouped(std::int64_t number)
{
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string dayText(std::int64_t day) { return ph::isoTimeMicros(sys_days(days(day))).substr(0, 10); }

/// One export from its beginning or its checkpoint to its end.
class Run
{
public:
    Run(Api &api, const ExportRequest &request, const ExportQueries &queries, const std::function<void(const ExportProgress &)> &onProgress,
        std::stop_token stop)
        : m_api(api)
        , m_request(request)
        , m_queries(queries)
        , m_onProgress(onProgress)
        , m_stop(std::move(stop))
        , m_onWait([this](const std::optional<Wait> &wait) { tell(wait); })
        , m_source(api, m_onWait)
        , m_paths(request.file)
        , m_writer(request.format == ExportFormat::Csv ? makeCsvWriter(request.formulaSafe) : makeJsonlWriter())
    {
    }

    ph::Result<ExportReport> go();

private:
    ph::Result<> prepare();
    ph::Result<> prepareQuery();
    ph::Result<> chooseKey(const QueryPage &first, std::int64_t rows);
    ph::Result<std::optional<ExportReport>> alreadyPublished() const;
    ph::Result<> openFile();
    ph::Result<> readPages(std::optional<ph::Time> since);
    ph::Result<bool> readFiles();
    ph::Result<> write(const ExportPage &page, bool isLate);
    ph::Result<std::vector<bool>> known(const QueryPage &page);
    ph::Result<> checkColumns(const QueryPage &page);
    ph::Result<ExportReport> finish();
    ExportReport reconciled(const std::optional<DayCounts> &counts, const std::optional<RowCount> &distinct) const;
    void countDay(const QueryPage &page, std::size_t row);
    void report(const std::string &doing);
    void tell(const std::optional<Wait> &wait);

    Api &m_api;
    const ExportRequest &m_request;
    ExportQueries m_queries;
    const std::function<void(const ExportProgress &)> &m_onProgress;
    const std::stop_token m_stop;
    const OnWait m_onWait; // of what is asked on this thread
    PageSource m_source;
    const ExportPaths m_paths;
    const std::unique_ptr<TableWriter> m_writer;
    ExportState m_state;
    std::optional<ExportFile> m_file;
    std::optional<DayCounts> m_days;
    RecentUuids m_recent;
    bool m_resumed = false;
    bool m_hasBegun = false; // the writer knows the columns
    std::string m_out; // kept for their memory
    std::vector<Uuid> m_uuids;
    std::vector<std::optional<Uuid>> m_pageUuids;
    std::string m_day; // of the row before
    std::int64_t *m_dayRows = nullptr;
    steady_clock::time_point m_started = steady_clock::now();
    steady_clock::time_point m_reported{};
    std::string m_doing;
    std::optional<Wait> m_wait;
    std::int64_t m_rowsBefore = 0;
};

ph::Result<ExportReport> Run::go()
{
    if (const auto published = alreadyPublished(); !published || *published)
        return published ? ph::Result<ExportReport>(**published) : ph::fail(published.error());
    if (const auto prepared = prepare(); !prepared)
        return ph::fail(prepared.error());
    if (const auto opened = openFile(); !opened)
        return ph::fail(opened.error());
    m_rowsBefore = m_state.rows;
    bool isRead = m_state.phase == "late";
    if (!isRead) {
        const auto files = readFiles();
        if (!files)
            return ph::fail(files.error());
        isRead = *files;
    }
    if (!isRead) {
        if (const auto read = readPages({}); !read)
            return ph::fail(read.error());
    }
    return finish();
}

/// A run that was killed between giving the file its name and tidying up.
ph::Result<std::optional<ExportReport>> Run::alreadyPublished() const
{
    std::error_code ignored;
    if (m_request.anew || !std::filesystem::exists(m_paths.checkpoint, ignored) || std::filesystem::exists(m_paths.part, ignored))
        return std::nullopt;
    const auto state = loadState(m_paths, identityOf(m_request, m_api.host(), m_api.projectId()));
    if (!state)
        return ph::fail(state.error());
    const auto text = ph::readFile(m_paths.manifest);
    const auto sum = sha256Of(m_paths.target);
    auto report = ph::parse<ExportReport>(text ? ph::Json::parse(*text, nullptr, false) : ph::Json());
    if (!sum || !report || report->sha256 != *sum)
        return ph::fail(ph::ErrorCode::InvalidInput, m_paths.part.string() + " is not as it was left. Begin the export anew.");
    std::filesystem::remove(m_paths.checkpoint, ignored);
    std::filesystem::remove(m_paths.uuids, ignored);
    report->file = m_paths.target;
    report->manifest = m_paths.manifest;
    report->resumed = true;
    return std::optional(*report);
}

ph::Result<> Run::prepare()
{
    if (m_request.anew) {
        std::error_code ignored; // the open that follows says what is wrong
        for (const auto &path : {m_paths.checkpoint, m_paths.part, m_paths.uuids})
            std::filesystem::remove(path, ignored);
    }
    const ph::Json identity = identityOf(m_request, m_api.host(), m_api.projectId());
    auto state = loadState(m_paths, identity);
    if (!state)
        return ph::fail(state.error());
    m_resumed = state->has_value();
    if (*state)
        m_state = std::move(**state);
    m_state.request = identity;
    report("counting");
    if (!m_queries.hasTimes())
        return prepareQuery();
    if (!m_resumed) {
        m_state.from = ph::isoTimeMicros(m_queries.from());
        const auto now = remoteNow(m_source, m_queries, m_stop);
        if (!now)
            return ph::fail(now.error()); // and whatever else is wrong with the key or the project
        m_state.since = ph::isoTimeMicros(*now - overlap);
    }
    m_days = countDays(m_source, m_queries, m_stop);
    if (m_stop.stop_requested())
        return ph::fail(stopped());
    m_state.expected.reset();
    if (m_days) {
        m_state.expected = 0;
        for (const auto &[day, rows] : *m_days)
            *m_state.expected += rows;
    }
    return {};
}

/// A query of the user's: read as a whole where it fits into one answer, else by columns that tell its rows apart.
ph::Result<> Run::prepareQuery()
{
    if (m_resumed && m_state.key.empty())
        return {}; // one page, and it was not written: it is read again
    const auto first = m_source.fetch(m_queries.firstPage(1), m_stop);
    if (!first)
        return ph::fail(first.error().error);
    std::int64_t rows = 0;
    if (m_state.key.empty()) {
        const auto counted = countQuery(m_source, m_queries, {}, m_stop);
        if (m_stop.stop_requested())
            return ph::fail(stopped());
        if (!counted && m_request.key.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, "PostHog cannot count the rows of this query; name columns (a key) by which it can be read in parts.");
        if (counted) {
            rows = counted->rows;
            m_state.expected = rows;
        }
        if (m_request.key.empty() && rows <= queryRows)
            return {};
    }
    return chooseKey(*first, rows);
}

ph::Result<> Run::chooseKey(const QueryPage &first, std::int64_t rows)
{
    std::vector<std::string> names = m_state.key.empty() ? m_request.key : m_state.key;
    if (names.empty()) {
        for (const Column &column : first.columns) {
            const ColumnKind kind = column.kind();
            const bool orders = kind == ColumnKind::Text || kind == ColumnKind::Integer || kind == ColumnKind::DateTime
                || kind == ColumnKind::Date || kind == ColumnKind::Uuid;
            if (orders && column.type.find("Nullable") == std::string::npos && column.name != "properties")
                names.push_back(column.name);
        }
        const auto counted = countQuery(m_source, m_queries, names, m_stop);
        if (!counted || names.empty() || counted->different != counted->rows) {
            return ph::fail(ph::ErrorCode::InvalidInput,
                            "This query has " + grouped(rows) + " rows and PostHog gives " + grouped(queryRows)
                                + " at once. Name columns of it (a key) that are different in each row, so that it can be read in parts.");
        }
    }
    std::vector<Column> key;
    for (const std::string &name : names) {
        const auto found = std::find_if(first.columns.begin(), first.columns.end(), [&](const Column &column) { return column.name == name; });
        if (found == first.columns.end())
            return ph::fail(ph::ErrorCode::InvalidInput, "The query's result has no column \"" + name + "\".");
        key.push_back(*found);
    }
    m_queries.setKey(key);
    m_state.key = names;
    return {};
}

ph::Result<> Run::openFile()
{
    auto file = ExportFile::open(m_paths, m_state);
    if (!file)
        return ph::fail(file.error());
    m_file = std::move(*file);
    // The same generations as before, so that the same duplicates are found.
    constexpr auto generation = static_cast<std::int64_t>(RecentUuids::generation);
    const std::int64_t first = std::max<std::int64_t>((m_state.uuids - 1) / generation - 1, 0) * generation;
    return m_file->readUuids(first, [this](const Uuid &uuid) { m_recent.add(uuid); });
}

/// Reads the events by PostHog's file download; false where that is not asked for, or the project does not have it.
ph::Result<bool> Run::readFiles()
{
    const bool isAsked = m_request.asFiles.value_or(!isThisMachine(m_api.host()));
    const bool isBegun = m_state.phase == "files";
    if (!isBegun && (!isAsked || m_resumed || m_request.kind != ExportKind::Events || !m_request.where.empty()))
        return false;
    FileDownload download(m_api, m_queries, m_request, m_onWait);
    for (;;) {
        const ph::Time from = ph::parseIsoTime(m_state.from).value_or(m_queries.from());
        if (from >= m_queries.to())
            return true;
        report("waiting for PostHog's files from " + ph::isoTimeMicros(from).substr(0, 10));
        if (m_state.job.empty()) {
            const auto job = download.begin(from, m_stop);
            if (!job && m_state.phase == "rows" && job.error().code == ph::ErrorCode::NotFound && !m_request.asFiles)
                return false; // by queries, then
            if (!job)
                return ph::fail(job.error());
            m_state.phase = "files";
            m_state.job = *job;
            m_state.part = 0;
            m_state.lines = 0;
            m_out.clear();
            if (const auto kept = m_file->put(m_out, {}, m_state); !kept)
                return ph::fail(kept.error());
        }
        const auto parts = download.wait(m_state.job, m_stop);
        if (!parts)
            return ph::fail(parts.error());
        while (m_state.part < *parts) {
            const auto onRows = [&](QueryPage page) -> ph::Result<> {
                m_state.lines += static_cast<std::int64_t>(page.rows());
                report(ph::isoTimeMicros(from).substr(0, 10) + ", file " + std::to_string(m_state.part + 1));
                return write({std::move(page), m_state.from, {}}, false);
            };
            ph::Result<> read;
            for (int attempt = 0; attempt < 5; ++attempt) { // each goes on behind the lines that came
                read = download.read(m_state.job, m_state.part, m_state.lines, onRows, m_stop);
                if (read || read.error().code != ph::ErrorCode::Network)
                    break;
            }
            if (!read)
                return ph::fail(read.error());
            ++m_state.part;
            m_state.lines = 0;
        }
        m_state.from = ph::isoTimeMicros(download.end(from));
        m_state.job.clear();
        m_state.part = 0;
    }
}

ph::Result<> Run::readPages(std::optional<ph::Time> since)
{
    ExportPages pages(m_api, m_queries, m_state, m_request, since, since ? std::nullopt : m_days);
    for (;;) {
        auto page = pages.take(reportEvery, m_stop);
        if (!page)
            return ph::fail(page.error());
        if (!*page)
            return {};
        if ((*page)->page.body) {
            if (const auto written = write(**page, since.has_value()); !written)
                return written;
        }
        m_wait = pages.waiting();
        report(pages.doing());
    }
}

ph::Result<> Run::checkColumns(const QueryPage &page)
{
    std::vector<std::string> names;
    for (const Column &column : page.columns)
        names.push_back(column.name);
    if (m_state.columns.empty())
        m_state.columns = names;
    if (m_state.columns != names)
        return ph::fail(ph::ErrorCode::Internal, "PostHog answers with other columns than before; begin the export anew.");
    if (!m_hasBegun) {
        m_writer->begin(page.columns, m_out);
        if (m_file->bytes() > 0)
            m_out.clear(); // it stands in the file already
        m_hasBegun = true;
    }
    return {};
}

/// Which rows of a late page are in the file already.
ph::Result<std::vector<bool>> Run::known(const QueryPage &page)
{
    std::vector<std::pair<Uuid, std::size_t>> wanted;
    for (std::size_t i = 0; i < page.rows(); ++i) {
        if (const auto uuid = uuidOf(page.cell(i, 0)))
            wanted.emplace_back(*uuid, i);
    }
    std::sort(wanted.begin(), wanted.end());
    std::vector<bool> known(page.rows());
    const auto read = m_file->readUuids(0, [&](const Uuid &uuid) {
        for (auto it = std::lower_bound(wanted.begin(), wanted.end(), std::pair(uuid, std::size_t(0))); it != wanted.end() && it->first == uuid; ++it)
            known[it->second] = true;
    });
    if (!read)
        return ph::fail(read.error());
    return known;
}

/// Counts the row's day of UTC. Most rows have the day of the one before.
void Run::countDay(const QueryPage &page, std::size_t row)
{
    const std::string_view cell = page.cell(row, m_request.kind == ExportKind::Events ? 2 : 1);
    if (cell.size() < 12)
        return;
    const bool isUtc = cell.ends_with("Z\"") || cell.ends_with("+00:00\"");
    std::string_view text = cell.substr(1, 10);
    std::string converted;
    if (!isUtc) {
        const auto time = ph::parseIsoTime(cell.substr(1, cell.size() - 2));
        if (!time)
            return;
        converted = ph::isoTimeMicros(*time);
        text = std::string_view(converted).substr(0, 10);
    }
    if (!m_dayRows || text != m_day) {
        m_day = text;
        m_dayRows = &m_state.days[m_day];
    }
    ++*m_dayRows;
}

ph::Result<> Run::write(const ExportPage &next, bool isLate)
{
    const QueryPage &page = next.page;
    m_out.clear();
    m_uuids.clear();
    m_uuids.reserve(page.rows());
    if (const auto checked = checkColumns(page); !checked)
        return checked;
    std::vector<bool> skipped;
    if (isLate) {
        auto inFile = known(page);
        if (!inFile)
            return ph::fail(inFile.error());
        skipped = std::move(*inFile);
    }
    const std::size_t width = page.columns.size();
    const bool hasUuids = m_request.kind == ExportKind::Events;
    m_pageUuids.clear();
    for (std::size_t i = 0; hasUuids && i < page.rows(); ++i)
        m_pageUuids.push_back(uuidOf(page.cell(i, 0)));
    for (std::size_t i = 0; i < page.rows(); ++i) {
        if (isLate && skipped[i])
            continue;
        if (m_queries.hasTimes())
            countDay(page, i);
        if (hasUuids) {
            if (i + 2 < m_pageUuids.size() && m_pageUuids[i + 2])
                m_recent.expect(*m_pageUuids[i + 2]);
            const auto &uuid = m_pageUuids[i];
            if (uuid && !m_recent.add(*uuid)) {
                ++m_state.duplicates;
                continue;
            }
            if (uuid)
                m_uuids.push_back(*uuid);
        }
        if (const auto written = m_writer->row(std::span(page.cells).subspan(i * width, width), m_out); !written)
            return written;
        ++m_state.rows;
        m_state.late += isLate;
    }
    m_state.repaired += page.repaired;
    m_state.from = next.from;
    m_state.after = next.after;
    return m_file->put(m_out, std::move(m_uuids), m_state);
}

ph::Result<ExportReport> Run::finish()
{
    if (!m_hasBegun && m_file->bytes() == 0) { // there was no row at all: the file says what there would be
        m_out.clear();
        m_writer->begin(m_queries.columns(), m_out);
        if (const auto put = m_file->put(m_out, {}, m_state); !put)
            return ph::fail(put.error());
    }
    ExportReport result;
    for (int pass = 0; pass < latePasses; ++pass) {
        const auto since = ph::parseIsoTime(m_state.since);
        if (m_request.kind == ExportKind::Events && since) {
            if (m_state.phase != "late" || pass > 0) {
                m_state.phase = "late";
                m_state.from = ph::isoTimeMicros(m_queries.from());
                m_state.after.clear();
                m_out.clear();
                if (const auto kept = m_file->put(m_out, {}, m_state); !kept)
                    return ph::fail(kept.error());
            }
            if (const auto read = readPages(since); !read)
                return ph::fail(read.error());
        }
        report("comparing with PostHog's own count");
        if (m_queries.hasTimes()) {
            const auto counts = countDays(m_source, m_queries, m_stop);
            result = reconciled(counts, countRows(m_source, m_queries, m_stop));
        } else {
            const auto counted = countQuery(m_source, m_queries, {}, m_stop);
            result = reconciled({}, counted);
        }
        if (m_stop.stop_requested())
            return ph::fail(stopped());
        const bool mayHaveMore = m_request.kind == ExportKind::Events && result.counted && *result.counted > result.rows + result.duplicates;
        if (!mayHaveMore)
            break;
    }
    const auto sum = m_file->finish();
    if (!sum)
        return ph::fail(sum.error());
    result.sha256 = *sum;
    ph::Json manifest = result;
    manifest["file"] = m_paths.target.filename().string();
    manifest["request"] = m_state.request;
    manifest["columns"] = m_state.columns;
    manifest["days"] = m_state.days; // of UTC
    manifest["finished"] = ph::isoTimeMicros(m_api.clock().now());
    manifest["written_by"] = "hoglet";
    if (const auto written = ph::writeFileAtomically(m_paths.sum, *sum + "  " + m_paths.target.filename().string() + "\n", 0644); !written)
        return ph::fail(written.error());
    if (const auto written = ph::writeFileAtomically(m_paths.manifest, manifest.dump(2, ' ', false, ph::Json::error_handler_t::replace) + "\n", 0644); !written)
        return ph::fail(written.error());
    if (const auto published = m_file->publish(); !published)
        return ph::fail(published.error());
    return result;
}

ExportReport Run::reconciled(const std::optional<DayCounts> &counts, const std::optional<RowCount> &distinct) const
{
    ExportReport result;
    result.file = m_paths.target;
    result.manifest = m_paths.manifest;
    result.rows = m_state.rows;
    result.bytes = m_file->bytes();
    result.duplicates = m_state.duplicates;
    result.late = m_state.late;
    result.repaired = m_state.repaired;
    result.resumed = m_resumed;
    if (counts) {
        result.counted = 0;
        for (const auto &[day, rows] : *counts)
            *result.counted += rows;
    } else if (distinct) {
        result.counted = distinct->rows;
    }
    const std::string written = grouped(result.rows) + (result.rows == 1 ? " row is" : " rows are") + " in the file";
    if (!result.counted) {
        result.verdict = written + "; PostHog could not count them, so nothing is known of their being complete.";
        return result;
    }
    result.isComplete = result.rows + result.duplicates == *result.counted;
    if (!result.isComplete) {
        result.verdict = written + ", PostHog counts " + grouped(*result.counted)
            + (result.duplicates > 0 ? " (" + grouped(result.duplicates) + " duplicates were left out)" : "") + ".";
        int named = 0;
        for (const auto &[day, rows] : counts.value_or(DayCounts{})) {
            const auto ours = m_state.days.find(dayText(day));
            const std::int64_t here = ours == m_state.days.end() ? 0 : ours->second;
            if (here != rows && named++ < 3)
                result.verdict += " " + dayText(day) + ": " + grouped(here) + " of " + grouped(rows) + ".";
        }
        return result;
    }
    result.verdict = written + ", as many as PostHog counts";
    if (result.duplicates > 0)
        result.verdict += " without the " + grouped(result.duplicates) + " whose uuid came twice";
    const bool hasTwins = m_request.kind == ExportKind::Events && distinct && result.rows > distinct->different;
    result.verdict += hasTwins ? "; " + grouped(result.rows - distinct->different) + " uuids stand in it more than once." : ".";
    return result;
}

/// What waits on this thread is told when it begins: nothing else is told until it is over.
void Run::tell(const std::optional<Wait> &wait)
{
    m_wait = wait;
    if (wait)
        m_reported = {};
    report(m_doing);
}

void Run::report(const std::string &doing)
{
    m_doing = doing;
    const auto now = steady_clock::now();
    if (!m_onProgress || now - m_reported < reportEvery)
        return;
    m_reported = now;
    ExportProgress progress;
    progress.rows = m_state.rows;
    progress.bytes = m_file ? m_file->bytes() : m_state.bytes;
    progress.expectedRows = m_state.expected;
    const double elapsed = duration<double>(now - m_started).count();
    progress.rowsPerSecond = elapsed > 0 ? static_cast<double>(m_state.rows - m_rowsBefore) / elapsed : 0;
    if (progress.expectedRows && progress.rowsPerSecond > 0) {
        const auto left = std::max<std::int64_t>(*progress.expectedRows - m_state.rows - m_state.duplicates, 0);
        progress.left = seconds(static_cast<std::int64_t>(static_cast<double>(left) / progress.rowsPerSecond));
    }
    progress.doing = m_doing;
    progress.wait = m_wait;
    m_onProgress(progress);
}

} // namespace

ph::Result<ExportReport> runExport(Api &api, const ExportRequest &request, const std::function<void(const ExportProgress &)> &onProgress,
                                   std::stop_token stop)
{
    if (request.file.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "The export has no file to write to.");
    if (request.format == ExportFormat::Parquet)
        return ph::fail(ph::ErrorCode::InvalidInput, "Parquet is made from JSON lines by hoglet-project convert.");
    const auto queries = ExportQueries::make(request);
    if (!queries)
        return ph::fail(queries.error());
    return Run(api, request, *queries, onProgress, std::move(stop)).go();
}

} // namespace posthog
