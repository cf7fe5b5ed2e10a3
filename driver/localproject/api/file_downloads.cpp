#include "driver/localproject/api/file_downloads.h"

#include "driver/base/atomic_file.h"
#include "driver/base/ids.h"
#include "driver/base/paths.h"
#include "driver/base/time.h"
#include "driver/localproject/convert/convert.h"

#include <algorithm>
#include <fstream>
#include <zlib.h>

namespace localproject::api {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largestFile = std::size_t{1} << 30; // it is answered from memory

/// The columns of PostHog's own files, in their order.
std::string selectOf(const DownloadRequest &request, Conditions &conditions)
{
    if (request.model == "persons") {
        conditions.add("p.created_at >= ?::TIMESTAMP AND p.created_at < ?::TIMESTAMP", {request.from, request.to});
        return "SELECT 1 AS team_id, d.distinct_id, p.id AS person_id, p.properties, p.created_at FROM persons p"
               " JOIN person_distinct_ids d ON d.person_id = p.id"
            + conditions.where() + " ORDER BY p.created_at, d.distinct_id";
    }
    conditions.add("e.timestamp >= ?::TIMESTAMP AND e.timestamp < ?::TIMESTAMP", {request.from, request.to});
    if (!request.include.empty())
        conditions.add("list_contains(?, e.event)", {request.include});
    if (!request.exclude.empty())
        conditions.add("NOT list_contains(?, e.event)", {request.exclude});
    return "SELECT e.uuid, e.event, e.properties, e.distinct_id, 1 AS team_id, e.person_id, coalesce(e.person_properties, p.properties)"
           " AS person_properties, e.elements_chain, e.timestamp, e.created_at FROM events e LEFT JOIN persons p ON p.id = e.person_id"
        + conditions.where() + " ORDER BY e.timestamp, e.uuid";
}

} // namespace

struct FileDownloads::Download {
    DownloadRequest request;
    std::string status = "Starting";
    std::string problem;
    std::string secret = ph::randomHex(24);
    fs::path file;
    std::jthread thread;
};

FileDownloads::FileDownloads(const Store &store)
    : m_store(store)
    , m_folder(fs::temp_directory_path() / ("hoglet-files-" + ph::randomHex(8)))
{
}

FileDownloads::~FileDownloads()
{
    std::vector<std::jthread> threads;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &[id, download] : m_downloads) {
            download->thread.request_stop();
            threads.push_back(std::move(download->thread));
        }
    }
    threads.clear(); // joins
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

std::string FileDownloads::start(DownloadRequest request)
{
    const std::string id = ph::uuid4();
    auto download = std::make_shared<Download>();
    download->request = std::move(request);
    download->file = m_folder / (id + (download->request.isParquet ? ".parquet" : download->request.isGzip ? ".jsonl.gz" : ".jsonl"));
    const std::lock_guard lock(m_mutex);
    m_downloads[id] = download;
    download->thread = std::jthread([this, download](std::stop_token stop) {
        {
            const std::lock_guard guard(m_mutex);
            download->status = "Running";
        }
        const auto written = write(download->request, download->file, std::move(stop));
        const std::lock_guard guard(m_mutex);
        download->status = written ? "Completed" : "Failed";
        download->problem = written ? "" : written.error().message;
    });
    return id;
}

ph::Result<> FileDownloads::write(const DownloadRequest &request, const fs::path &file, std::stop_token stop) const
{
    std::error_code problem;
    fs::create_directories(m_folder, problem);
    fs::permissions(m_folder, fs::perms::owner_all, problem);
    const fs::path lines = request.isParquet ? fs::path(file.string() + ".jsonl") : file;
    gzFile out = gzopen(lines.c_str(), request.isGzip ? "wb6e" : "wbTe");
    if (!out)
        return ph::fail(ph::ErrorCode::Internal, lines.string() + " cannot be written.");
    Conditions conditions;
    const std::string sql = selectOf(request, conditions);
    std::vector<std::string> columns;
    std::string line;
    bool wrote = true;
    const auto read = m_store.forEachRow(
        sql, conditions.values(), [&](const auto &names, const auto &) { columns = names; },
        [&](std::vector<ph::Json> &row) {
            line = "{";
            for (std::size_t i = 0; i < row.size(); ++i) {
                const bool isObject = columns[i].ends_with("properties") && row[i].is_string();
                line.append(i > 0 ? ",\"" : "\"").append(columns[i]).append("\":");
                line += isObject ? row[i].get_ref<const std::string &>() : row[i].dump(-1, ' ', false, ph::Json::error_handler_t::replace);
            }
            line += "}\n";
            wrote = gzwrite(out, line.data(), static_cast<unsigned>(line.size())) == static_cast<int>(line.size());
            return wrote;
        },
        stop);
    const bool closed = gzclose(out) == Z_OK;
    if (!read)
        return read;
    if (!wrote || !closed)
        return ph::fail(ph::ErrorCode::Internal, lines.string() + " could not be written.");
    if (!request.isParquet)
        return {};
    const auto converted = convertFile(lines, file);
    fs::remove(lines, problem);
    if (!converted)
        return ph::fail(converted.error());
    return {};
}

Answer FileDownloads::status(const std::string &id)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_downloads.find(id);
    if (found == m_downloads.end())
        return notFound();
    const Download &download = *found->second;
    const bool isWhole = download.status == "Completed";
    return jsonAnswer({{"id", id},
                       {"status", download.status},
                       {"files", isWhole ? ph::Json::array({download.file.filename().string()}) : ph::Json::array()},
                       {"error", download.problem.empty() ? ph::Json() : ph::Json(download.problem)}});
}

Answer FileDownloads::locate(const std::string &id, const std::string &host)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_downloads.find(id);
    if (found == m_downloads.end())
        return notFound();
    if (found->second->status != "Completed")
        return invalid("invalid_input", "The export is not completed: its status is " + found->second->status + ".");
    return {302, {{"Location", "http://" + host + "/files/" + found->second->secret}}, "application/json", {}};
}

Answer FileDownloads::fetch(const http::ServerRequest &request, const std::string &secret)
{
    // A storage that has signed its address takes no second authorisation: a client that passes its key on is told so.
    if (!request.header("authorization").empty())
        return errorAnswer(400, "invalid_request", "invalid_argument", "Only one auth mechanism allowed.");
    fs::path file;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::find_if(m_downloads.begin(), m_downloads.end(),
                                        [&](const auto &entry) { return entry.second->secret == secret && entry.second->status == "Completed"; });
        if (found == m_downloads.end())
            return notFound();
        file = found->second->file;
    }
    auto bytes = ph::readFile(file, largestFile);
    if (!bytes)
        return errorAnswer(500, "server_error", "error", "The file cannot be read.");
    return {200, {}, "application/octet-stream", std::move(*bytes)};
}

} // namespace localproject::api
