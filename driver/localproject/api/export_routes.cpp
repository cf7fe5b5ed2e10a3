#include "driver/localproject/api/file_downloads.h"

#include "driver/base/time.h"

namespace localproject::api {

namespace {

tl::unexpected<Answer> refused(std::string_view code, const std::string &detail, const char *attribute)
{
    return tl::unexpected(invalid(code, detail, attribute));
}

tl::expected<ph::Time, Answer> momentOf(const ph::Json &body, const char *key)
{
    const auto time = ph::parseIsoTime(textIn(body, key));
    if (!time)
        return refused(body.contains(key) ? "invalid_input" : "required", "A date-time in ISO form is expected.", key);
    return *time;
}

std::string timestampOf(ph::Time time)
{
    std::string iso = ph::isoTimeMicros(time);
    iso.pop_back(); // DuckDB reads a TIMESTAMP without its Z.
    return iso;
}

std::vector<std::string> namesIn(const ph::Json &body, const char *key)
{
    std::vector<std::string> names;
    if (const ph::Json list = memberOf(body, key); list.is_array()) {
        for (const ph::Json &name : list) {
            if (name.is_string())
                names.push_back(name.get<std::string>());
        }
    }
    return names;
}

tl::expected<DownloadRequest, Answer> requestIn(const ph::Json &body)
{
    DownloadRequest request;
    request.model = textIn(body, "model").empty() ? "events" : textIn(body, "model");
    if (request.model != "events" && request.model != "persons")
        return refused("invalid_choice", "\"" + request.model + "\" is not a valid choice.", "model");
    const ph::Json file = memberOf(body, "file");
    const std::string format = textIn(file, "format").empty() ? "Parquet" : textIn(file, "format");
    const std::string compression = textIn(file, "compression");
    request.isParquet = format == "Parquet";
    if (!request.isParquet && format != "JSONLines")
        return refused("invalid_choice", "\"" + format + "\" is not a valid choice.", "file");
    const bool isKnown = compression.empty() || (request.isParquet ? compression == "zstd" : compression == "gzip");
    if (!isKnown)
        return refused("invalid_choice", "The local project packs Parquet with zstd, and JSONLines with gzip or not at all.", "file");
    request.isGzip = compression == "gzip";
    const auto from = momentOf(body, "data_interval_start");
    if (!from)
        return tl::unexpected(from.error());
    const auto to = momentOf(body, "data_interval_end");
    if (!to)
        return tl::unexpected(to.error());
    if (*to <= *from || *to - *from > std::chrono::days(7))
        return refused("invalid_input", "The interval must be longer than nothing and no longer than a week.", "data_interval_end");
    request.from = timestampOf(*from);
    request.to = timestampOf(*to);
    request.include = namesIn(body, "include");
    request.exclude = namesIn(body, "exclude");
    return request;
}

Answer start(Project &project, const Call &call)
{
    auto request = requestIn(call.body);
    if (!request)
        return std::move(request.error());
    return jsonAnswer({{"id", project.downloads().start(std::move(*request))}}, 202);
}

Answer status(Project &project, const Call &call) { return project.downloads().status(call.arguments[0]); }

/// There is one part, whatever its number.
Answer locate(Project &project, const Call &call)
{
    return project.downloads().locate(call.arguments[0], call.request.header("host"));
}

constexpr Route routes[] = {
    {"POST", "file_download_batch_exports", start, "batch_export:write"},
    {"GET", "file_download_batch_exports/{}", status, "batch_export:read"},
    {"GET", "file_download_batch_exports/{}/download", locate, "batch_export:read"},
    {"GET", "file_download_batch_exports/{}/download/{}", locate, "batch_export:read"},
};

} // namespace

std::span<const Route> exportRoutes() { return routes; }

} // namespace localproject::api
