#pragma once

#include "driver/posthog/export_queries.h"
#include "driver/posthog/export_state.h"
#include "driver/posthog/page_source.h"

namespace posthog {

/// Events as PostHog's file download gives them (API docs, "file_download_batch_exports"): a job for a week at most, its files as
/// JSON lines behind addresses that are signed and get no key. Not every project has it.
class FileDownload
{
public:
    FileDownload(Api &api, const ExportQueries &queries, const ExportRequest &request, OnWait onWait = {});

    /// Begins the job of the interval from `from` on. NotFound, where the project does not have it (or the key may not use it).
    ph::Result<std::string> begin(ph::Time from, std::stop_token stop);

    /// Waits until the job is done. How many files it has.
    ph::Result<std::int64_t> wait(const std::string &job, std::stop_token stop);

    /// The lines of one file from `skipped` on, some thousand at a time, as rows of `columns`. What `onRows` returns ends it.
    ph::Result<> read(const std::string &job, std::int64_t part, std::int64_t skipped, const std::function<ph::Result<>(QueryPage page)> &onRows,
                      std::stop_token stop);

    /// Where the interval that begins at `from` ends.
    ph::Time end(ph::Time from) const;

private:
    std::string path(const std::string &rest) const;
    ph::Result<http::Response> send(const char *method, const std::string &path, const ph::Json &body, const std::stop_token &stop);

    Api &m_api;
    const ExportQueries &m_queries;
    const ExportRequest &m_request;
    const OnWait m_onWait;
};

} // namespace posthog
