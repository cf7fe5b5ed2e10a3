#pragma once

#include "driver/localproject/api/routes.h"

#include <filesystem>
#include <map>
#include <memory>
#include <thread>

namespace localproject::api {

/// What a file download was asked for with; checked.
struct DownloadRequest {
    std::string model; // "events" or "persons"
    bool isParquet = false;
    bool isGzip = false; // of JSON lines
    std::string from; // ISO text without its Z, as DuckDB reads it
    std::string to;
    std::vector<std::string> include; // names of events; empty: all
    std::vector<std::string> exclude;
};

/// PostHog's exports as files to fetch: they are written on threads of their own, and handed out under an address that nobody
/// can guess and that takes no key, as the cloud's pre-signed ones. Files are gone with the project's process.
class FileDownloads
{
public:
    explicit FileDownloads(const Store &store);
    ~FileDownloads();
    FileDownloads(const FileDownloads &) = delete;
    FileDownloads &operator=(const FileDownloads &) = delete;

    std::string start(DownloadRequest request); // its id
    Answer status(const std::string &id);
    /// 302 to where the file is; 400 while it is not whole.
    Answer locate(const std::string &id, const std::string &host);
    /// The file itself, by the unguessable part of its address.
    Answer fetch(const http::ServerRequest &request, const std::string &secret);

private:
    struct Download;
    ph::Result<> write(const DownloadRequest &request, const std::filesystem::path &file, std::stop_token stop) const;

    const Store &m_store;
    std::filesystem::path m_folder;
    std::mutex m_mutex; // Guards the one below, and what each Download says of itself.
    std::map<std::string, std::shared_ptr<Download>> m_downloads;
};

} // namespace localproject::api
