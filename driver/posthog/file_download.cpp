#include "driver/posthog/file_download.h"

#include "driver/http/url.h"

#include <algorithm>

namespace posthog {

namespace {

using namespace std::chrono;

constexpr hours longest{7 * 24}; // of one job
constexpr std::size_t linesAtOnce = 5'000;
constexpr std::size_t bytesAtOnce = 4 * 1024 * 1024;

Sending patient()
{
    Sending sending;
    sending.classes = only(RateClass::Crud);
    sending.urgency = Urgency::Background;
    sending.longestWait = hours(24 * 365);
    sending.repeatable = false;
    return sending;
}

/// Collects lines into a page of rows.
class Lines
{
public:
    explicit Lines(const std::vector<Column> &columns)
        : m_columns(columns)
    {
    }

    bool add(std::string_view line)
    {
        m_line.assign(line);
        std::vector<std::string> cells(m_columns.size(), "null");
        const bool isObject = readObject(m_line, [&](std::string_view name, std::string_view json) {
            for (std::size_t i = 0; i < m_columns.size(); ++i) {
                if (m_columns[i].name == name)
                    cells[i] = json;
            }
        });
        if (!isObject)
            return false;
        for (const std::string &cell : cells) {
            m_ends.push_back(m_text.size() + cell.size());
            m_text += cell;
        }
        return true;
    }
    bool isFull() const { return m_ends.size() >= linesAtOnce * m_columns.size() || m_text.size() >= bytesAtOnce; }
    QueryPage take()
    {
        QueryPage page;
        page.columns = m_columns;
        page.body = std::make_unique<const std::string>(std::move(m_text));
        std::size_t at = 0;
        for (const std::size_t end : m_ends) {
            page.cells.push_back(std::string_view(*page.body).substr(at, end - at));
            at = end;
        }
        m_text.clear();
        m_ends.clear();
        return page;
    }

private:
    const std::vector<Column> &m_columns;
    std::string m_line;
    std::string m_text; // the cells behind each other
    std::vector<std::size_t> m_ends; // of each of them
};

} // namespace

FileDownload::FileDownload(Api &api, const ExportQueries &queries, const ExportRequest &request, OnWait onWait)
    : m_api(api)
    , m_queries(queries)
    , m_request(request)
    , m_onWait(std::move(onWait))
{
}

ph::Time FileDownload::end(ph::Time from) const { return std::min<ph::Time>(from + longest, m_queries.to()); }

std::string FileDownload::path(const std::string &rest) const
{
    return "/api/environments/" + http::percentEncode(m_api.projectId()) + "/file_download_batch_exports/" + rest;
}

ph::Result<http::Response> FileDownload::send(const char *method, const std::string &target, const ph::Json &body, const std::stop_token &stop)
{
    http::Request request;
    request.method = method;
    request.url = target;
    request.followsRedirects = false; // the key is for PostHog alone
    if (!body.is_null()) {
        request.body = body.dump();
        request.headers.emplace_back("Content-Type", "application/json");
    }
    Sending sending = patient();
    sending.repeatable = body.is_null();
    sending.onWait = m_onWait;
    return m_api.exchange(std::move(request), sending, stop);
}

ph::Result<std::string> FileDownload::begin(ph::Time from, std::stop_token stop)
{
    ph::Json body = {{"model", "events"},
                     {"file", {{"format", "JSONLines"}, {"compression", nullptr}}},
                     {"data_interval_start", ph::isoTimeMicros(from)},
                     {"data_interval_end", ph::isoTimeMicros(end(from))}};
    if (!m_request.events.empty())
        body["include"] = m_request.events;
    const auto response = send("POST", path(""), body, stop);
    if (!response)
        return ph::fail(response.error());
    const ph::Json answer = ph::Json::parse(response->body, nullptr, false);
    const auto id = answer.is_object() ? answer.find("id") : answer.end();
    if (response->status >= 200 && response->status < 300 && answer.is_object() && id != answer.end())
        return id->is_string() ? id->get<std::string>() : id->dump();
    return ph::fail(ph::ErrorCode::NotFound, "This project has no file download: " + m_api.errorOf(*response).message);
}

ph::Result<std::int64_t> FileDownload::wait(const std::string &job, std::stop_token stop)
{
    milliseconds pause{1'000};
    for (;;) {
        const auto response = send("GET", path(http::percentEncode(job) + "/"), nullptr, stop);
        if (!response)
            return ph::fail(response.error());
        if (response->status != 200)
            return ph::fail(m_api.errorOf(*response));
        const ph::Json answer = ph::Json::parse(response->body, nullptr, false);
        const std::string status = answer.is_object() && answer.contains("status") && answer["status"].is_string() ? answer["status"].get<std::string>() : "";
        if (status == "Completed") {
            const auto files = answer.find("files");
            return files != answer.end() && files->is_array() ? static_cast<std::int64_t>(files->size()) : 1;
        }
        if (status != "Starting" && status != "Running" && status != "FailedRetryable")
            return ph::fail(ph::ErrorCode::Internal, "PostHog could not make the files (" + (status.empty() ? "no status" : status) + ").");
        if (!m_api.clock().waitUntil(m_api.clock().now() + pause, stop))
            return ph::fail(ph::ErrorCode::Cancelled, "The export was stopped. The same command goes on with it.");
        pause = std::min(pause * 13 / 10, milliseconds(15'000));
    }
}

ph::Result<> FileDownload::read(const std::string &job, std::int64_t part, std::int64_t skipped,
                                const std::function<ph::Result<>(QueryPage page)> &onRows, std::stop_token stop)
{
    const auto signedFor = send("GET", path(http::percentEncode(job) + "/download/" + std::to_string(part) + "/"), nullptr, stop);
    if (!signedFor)
        return ph::fail(signedFor.error());
    const std::string address = signedFor->header("location");
    if (signedFor->status < 300 || signedFor->status >= 400 || address.empty())
        return ph::fail(signedFor->status >= 400 ? m_api.errorOf(*signedFor) : ph::Error{ph::ErrorCode::Internal, "PostHog does not say where its file is."});
    Lines lines(m_queries.columns());
    std::string rest; // of a line that has not come to its end
    ph::Result<> done;
    std::int64_t number = 0;
    const auto take = [&](std::string_view line) {
        const bool isBlank = line.find_first_not_of(" \t\r") == std::string_view::npos;
        if (isBlank || number++ < skipped)
            return true;
        if (!lines.add(line))
            done = ph::fail(ph::ErrorCode::Network, "A file of PostHog's holds a line that is no JSON.");
        else if (lines.isFull())
            done = onRows(lines.take());
        return done.has_value();
    };
    const auto response = m_api.download(address, [&](std::string_view piece) {
        for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
            rest += piece.substr(0, end);
            if (!take(rest))
                return false;
            rest.clear();
        }
        rest += piece;
        return true;
    }, stop);
    if (!response)
        return ph::fail(response.error());
    if (!done)
        return done;
    if (response->status != 200)
        return ph::fail(ph::ErrorCode::Network, "PostHog's file could not be fetched (" + std::to_string(response->status) + ").");
    if (!rest.empty() && !take(rest))
        return done;
    return onRows(lines.take());
}

} // namespace posthog
