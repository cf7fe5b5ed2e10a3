#include "driver/localproject/import/import_files.h"

#include "driver/base/ids.h"
#include "driver/localproject/duckdb_handles.h"
#include "driver/localproject/import/event_loader.h"
#include "driver/localproject/import/source.h"

#include <condition_variable>
#include <deque>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace localproject::ingest {

namespace fs = std::filesystem;

namespace {

/// Which state of a file is meant: an unfinished import goes on only with the same one.
std::string fingerprintOf(const fs::path &file)
{
    std::error_code problem;
    const auto size = fs::file_size(file, problem);
    if (problem)
        return "none";
    const auto time = fs::last_write_time(file, problem).time_since_epoch().count();
    return std::to_string(size) + ":" + std::to_string(time);
}

ph::Result<> removeStore(const fs::path &path)
{
    for (const char *ending : {"", ".wal"}) {
        std::error_code problem;
        fs::remove(path.string() + ending, problem);
        if (problem)
            return ph::fail(ph::ErrorCode::Internal, "Cannot remove " + path.string() + ending + ": " + problem.message() + ".");
    }
    return {};
}

/// What an unfinished import must have begun with to go on: the same store and the same files.
std::string beginningOf(const ImportOptions &options)
{
    std::string text = fingerprintOf(options.store);
    for (const fs::path &file : options.files)
        text += "\n" + file.string() + " " + fingerprintOf(file);
    return text;
}

/// The copy that an import works on: the one an earlier run left, or a new one.
ph::Result<Store> openWork(const ImportOptions &options, const fs::path &work)
{
    StoreOptions how;
    how.memoryLimit = options.memoryLimit;
    const std::string base = fingerprintOf(options.store);
    std::error_code ignored;
    if (fs::exists(work, ignored)) {
        auto store = Store::open(work, how);
        if (store && store->meta("import_base").value_or("") == beginningOf(options))
            return store;
    }
    if (const auto removed = removeStore(work); !removed)
        return ph::fail(removed.error());
    if (base != "none") {
        if (const auto whole = Store::open(options.store, how); !whole) // Opening brings in what a killed process left beside it.
            return ph::fail(whole.error());
        std::error_code problem;
        const fs::path copy = work.string() + ".copy";
        fs::copy_file(options.store, copy, fs::copy_options::overwrite_existing, problem);
        if (!problem)
            fs::rename(copy, work, problem);
        if (problem) {
            fs::remove(copy, ignored);
            return ph::fail(ph::ErrorCode::Internal, "Cannot copy " + options.store.string() + ": " + problem.message() + ".");
        }
    }
    auto store = base == "none" ? Store::create(work, how) : Store::open(work, how);
    if (!store)
        return store;
    std::vector<std::pair<std::string, std::string>> entries{{"import_base", beginningOf(options)}};
    if (base == "none") {
        entries.insert(entries.end(), {{"project_name", options.projectName}, {"timezone", options.timezone}, {"week_start_day", "0"},
                                       {"generator", "import"}});
    }
    if (const auto made = store->execute("CREATE TABLE IF NOT EXISTS imports (file VARCHAR, fingerprint VARCHAR, position UBIGINT,"
                                         " line UBIGINT, records UBIGINT, events UBIGINT, duplicates UBIGINT, rejects UBIGINT,"
                                         " rejects_bytes UBIGINT, done BOOLEAN); DELETE FROM imports");
        !made)
        return ph::fail(made.error());
    for (const auto &[key, value] : entries) {
        if (const auto set = store->setMeta(key, value); !set)
            return ph::fail(set.error());
    }
    return store;
}

/// Reads a source on a thread of its own, a few batches ahead.
class Ahead
{
public:
    Ahead(Source &source, EventReader &reader)
        : m_thread([this, &source, &reader](const std::stop_token &stop) { read(source, reader, stop); })
    {
    }

    /// The next batch; null at the end.
    ph::Result<std::unique_ptr<Batch>> next()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_ready.empty() || m_ended; });
        if (!m_ready.empty()) {
            auto batch = std::move(m_ready.front());
            m_ready.pop_front();
            m_changed.notify_all();
            return batch;
        }
        if (m_error)
            return ph::fail(*m_error);
        return std::unique_ptr<Batch>();
    }

private:
    static constexpr std::size_t mostReady = 4;

    void read(Source &source, EventReader &reader, const std::stop_token &stop)
    {
        while (true) {
            auto batch = std::make_unique<Batch>();
            const auto more = source.next(*batch);
            if (more && *more)
                reader.endBatch(*batch);
            std::unique_lock lock(m_mutex);
            if (!more)
                m_error = more.error();
            m_ended = !more || !*more;
            if (!m_ended) {
                m_changed.wait(lock, stop, [this] { return m_ready.size() < mostReady; });
                m_ready.push_back(std::move(batch));
            }
            m_changed.notify_all();
            if (m_ended || stop.stop_requested())
                return;
        }
    }

    std::mutex m_mutex; // Guards the three below.
    std::deque<std::unique_ptr<Batch>> m_ready;
    std::optional<ph::Error> m_error;
    bool m_ended = false;
    std::condition_variable_any m_changed;
    std::jthread m_thread; // Last: it uses the rest.
};

/// The file that rejected records of one file go to. It is cut back to what was committed when an import goes on.
class RejectsFile
{
public:
    RejectsFile(fs::path path, std::uint64_t size)
        : m_path(std::move(path))
        , m_size(size)
    {
        std::error_code ignored;
        if (fs::exists(m_path, ignored) && fs::file_size(m_path, ignored) > size)
            fs::resize_file(m_path, size, ignored);
    }

    ph::Result<> add(const std::vector<Reject> &rejects)
    {
        if (rejects.empty())
            return {};
        std::error_code problem;
        fs::create_directories(m_path.parent_path(), problem);
        std::ofstream out(m_path, std::ios::binary | std::ios::app);
        for (const Reject &reject : rejects) {
            const ph::Json line{{"line", reject.line}, {"reason", reject.reason}, {"text", reject.text}};
            const std::string text = line.dump(-1, ' ', false, ph::Json::error_handler_t::replace) + "\n";
            m_size += text.size();
            out << text;
        }
        out.close();
        if (!out)
            return ph::fail(ph::ErrorCode::Internal, m_path.string() + " could not be written.");
        return {};
    }

    std::uint64_t size() const { return m_size; }
    const fs::path &path() const { return m_path; }

private:
    fs::path m_path;
    std::uint64_t m_size;
};

class Importer
{
public:
    Importer(const ImportOptions &options, const Store &store, EventLoader loader)
        : m_options(options)
        , m_store(store)
        , m_loader(std::move(loader))
    {
    }

    ph::Result<ImportReport> run()
    {
        for (const fs::path &file : m_options.files) {
            auto report = importFile(file);
            if (!report)
                return ph::fail(report.error());
            m_report.files.push_back(std::move(*report));
        }
        if (const auto made = m_loader.refreshSessions(true); !made)
            return ph::fail(made.error());
        const auto persons = m_store.query("SELECT count(*) FROM persons");
        if (!persons)
            return ph::fail(persons.error());
        m_report.persons = persons->rows[0][0].get<std::uint64_t>();
        m_report.refusedMerges = m_loader.refusedMerges();
        return m_report;
    }

private:
    struct Done {
        Position position;
        std::uint64_t rejectsBytes = 0;
        bool isWhole = false;
    };

    /// What an earlier run has brought in of a file.
    ph::Result<Done> doneOf(const fs::path &file, FileReport &report)
    {
        const auto rows = m_store.query("SELECT position, line, records, events, duplicates, rejects, rejects_bytes, done FROM imports"
                                        " WHERE file = $1 AND fingerprint = $2",
                                        {file.string(), fingerprintOf(file)});
        if (!rows)
            return ph::fail(rows.error());
        Done done;
        if (rows->rows.empty())
            return done;
        const auto &row = rows->rows[0];
        const auto number = [&](std::size_t i) { return row[i].get<std::uint64_t>(); };
        done = {{number(0), number(1)}, number(6), row[7].get<bool>()};
        report.resumedAt = report.records = number(2);
        report.events = number(3);
        report.duplicates = number(4);
        report.rejects = number(5);
        return done;
    }

    ph::Result<FileReport> importFile(const fs::path &file)
    {
        FileReport report;
        report.file = file;
        const auto done = doneOf(file, report);
        if (!done)
            return ph::fail(done.error());
        RejectsFile rejects(m_options.rejected / (file.filename().string() + ".rejected.jsonl"), done->rejectsBytes);
        if (report.rejects > 0)
            report.rejectsFile = rejects.path();
        if (done->isWhole)
            return report;

        EventReader reader;
        SourceOptions how;
        how.from = done->position;
        auto source = openSource(file, reader, how);
        if (!source)
            return ph::fail(source.error());
        Ahead ahead(**source, reader);
        Position at = done->position;
        while (true) {
            if (m_options.stop.stop_requested())
                return ph::fail(ph::ErrorCode::Cancelled, "The import was stopped. The same command goes on where it was.");
            auto batch = ahead.next();
            if (!batch)
                return ph::fail(batch.error());
            if (!*batch)
                break;
            if (const auto added = add(**batch, rejects, report); !added)
                return ph::fail(added.error());
            at = {(*batch)->end, (*batch)->endLine};
            if (m_loader.pending() >= m_options.eventsAtOnce) {
                if (const auto committed = commit(file, at, rejects, report, false); !committed)
                    return ph::fail(committed.error());
            }
            tell(file, **source, report);
        }
        if (const auto committed = commit(file, at, rejects, report, true); !committed)
            return ph::fail(committed.error());
        return report;
    }

    ph::Result<> add(Batch &batch, RejectsFile &rejects, FileReport &report)
    {
        if (const auto kept = rejects.add(batch.rejects); !kept)
            return kept;
        report.records += batch.records;
        report.rejects += batch.rejects.size();
        if (!batch.rejects.empty())
            report.rejectsFile = rejects.path();
        return m_loader.add(batch);
    }

    ph::Result<> commit(const fs::path &file, const Position &at, const RejectsFile &rejects, FileReport &report, bool isWhole)
    {
        const auto committed = m_loader.commit([&](duckdb_connection connection, const Loaded &loaded) {
            report.events += loaded.events;
            report.duplicates += loaded.duplicates;
            return note(connection, file, at, rejects, report, isWhole);
        });
        if (!committed)
            return ph::fail(committed.error());
        return {};
    }

    ph::Result<> note(duckdb_connection connection, const fs::path &file, const Position &at, const RejectsFile &rejects,
                      const FileReport &report, bool isWhole)
    {
        duck::Prepared gone;
        duck::Result ignored;
        if (duckdb_prepare(connection, "DELETE FROM imports WHERE file = $1", gone.out()) == DuckDBError
            || duckdb_bind_varchar(gone.get(), 1, file.c_str()) == DuckDBError
            || duckdb_execute_prepared(gone.get(), ignored.get()) == DuckDBError)
            return ph::fail(ph::ErrorCode::Internal, "The state of the import could not be written.");
        duck::Prepared row;
        duck::Result written;
        const std::string fingerprint = fingerprintOf(file);
        bool bound = duckdb_prepare(connection,
                                    "INSERT INTO imports VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                                    row.out())
            != DuckDBError;
        bound = bound && duckdb_bind_varchar(row.get(), 1, file.c_str()) == DuckDBSuccess
            && duckdb_bind_varchar(row.get(), 2, fingerprint.c_str()) == DuckDBSuccess;
        const std::uint64_t numbers[] = {at.offset, at.line, report.records, report.events, report.duplicates, report.rejects,
                                         rejects.size()};
        for (std::size_t i = 0; i < std::size(numbers); ++i)
            bound = bound && duckdb_bind_uint64(row.get(), i + 3, numbers[i]) == DuckDBSuccess;
        bound = bound && duckdb_bind_boolean(row.get(), 10, isWhole) == DuckDBSuccess;
        if (!bound || duckdb_execute_prepared(row.get(), written.get()) == DuckDBError)
            return ph::fail(ph::ErrorCode::Internal, "The state of the import could not be written.");
        return {};
    }

    void tell(const fs::path &file, const Source &source, const FileReport &report) const
    {
        if (!m_options.onProgress)
            return;
        std::uint64_t records = report.records;
        for (const FileReport &before : m_report.files)
            records += before.records;
        const auto [read, total] = source.progress();
        m_options.onProgress({file.string(), read, total, records});
    }

    const ImportOptions &m_options;
    const Store &m_store;
    EventLoader m_loader;
    ImportReport m_report;
};

/// The copy takes the store's place.
ph::Result<> finish(const ImportOptions &options, const fs::path &work)
{
    const int file = ::open(work.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (!synced)
        return ph::fail(ph::ErrorCode::Internal, work.string() + " could not be written to the disk.");
    std::error_code problem;
    fs::rename(work, options.store, problem);
    if (problem)
        return ph::fail(ph::ErrorCode::Internal, options.store.string() + " could not be replaced: " + problem.message() + ".");
    return {};
}

} // namespace

ph::Result<ImportReport> importFiles(const ImportOptions &options)
{
    for (const fs::path &file : options.files) {
        if (const auto known = formatOf(file); !known)
            return ph::fail(known.error());
        std::error_code ignored;
        if (!fs::is_regular_file(file, ignored))
            return ph::fail(ph::ErrorCode::NotFound, file.string() + " is not there.");
    }
    const fs::path work = options.store.string() + ".new";
    ph::Result<ImportReport> report = ph::fail(ph::ErrorCode::Internal, "");
    {
        const auto store = openWork(options, work);
        if (!store)
            return ph::fail(store.error());
        const auto done = store->withConnection([&](duckdb_connection connection) -> ph::Result<> {
            auto loader = EventLoader::open(*store, connection);
            if (!loader)
                return ph::fail(loader.error());
            report = Importer(options, *store, std::move(*loader)).run();
            if (!report)
                return ph::fail(report.error());
            return {};
        });
        if (!done)
            return ph::fail(done.error());
        if (const auto cleaned = store->execute("DROP TABLE imports; DELETE FROM meta WHERE key = 'import_base'; CHECKPOINT"); !cleaned)
            return ph::fail(cleaned.error());
    }
    if (const auto finished = finish(options, work); !finished)
        return ph::fail(finished.error());
    return report;
}

} // namespace localproject::ingest
