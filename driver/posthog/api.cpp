#include "driver/posthog/api.h"

#include "driver/base/ids.h"
#include "driver/http/url.h"
#include "driver/posthog/api_error.h"
#include "driver/posthog/query_answer.h"

#include <algorithm>
#include <charconv>

namespace posthog {

namespace {

/// Sleeps, but no longer than until `stop`. False when stopped.
bool pause(std::chrono::milliseconds time, std::stop_token stop)
{
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

std::string trimmed(std::string text)
{
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
        text.pop_back();
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ')
        text.erase(text.begin());
    return text;
}

/// `offset` of a list's path; 0 when it has none.
long offsetOf(std::string_view path)
{
    const std::size_t mark = path.find('?');
    if (mark == std::string_view::npos)
        return 0;
    const auto parameters = http::parseQuery(path.substr(mark + 1));
    long offset = 0;
    for (const auto &[name, value] : parameters.value_or(std::vector<std::pair<std::string, std::string>>{})) {
        if (name == "offset")
            std::from_chars(value.data(), value.data() + value.size(), offset);
    }
    return offset;
}

} // namespace

Api::Api(http::Client &client, Credentials credentials)
    : m_client(client)
    , m_credentials(std::move(credentials))
{
    m_credentials.key = trimmed(std::move(m_credentials.key));
    m_credentials.projectId = trimmed(std::move(m_credentials.projectId));
}

std::string Api::projectPath(const std::string &rest) const
{
    return "/api/projects/" + http::percentEncode(m_credentials.projectId) + "/" + rest;
}

ph::Result<ph::Json> Api::get(const std::string &path, std::stop_token stop)
{
    http::Request request;
    request.url = path;
    return send(std::move(request), stop);
}

ph::Result<ph::Json> Api::post(const std::string &path, const ph::Json &body, std::stop_token stop)
{
    http::Request request;
    request.method = "POST";
    request.url = path;
    // A lone surrogate or broken UTF-8 in a value becomes U+FFFD rather than an exception.
    request.body = body.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
    request.headers.emplace_back("Content-Type", "application/json");
    return send(std::move(request), stop);
}

ph::Result<ph::Json> Api::send(http::Request request, std::stop_token stop)
{
    const auto host = normaliseHost(m_credentials.host); // also what keeps the key off unprotected lines
    if (!host)
        return ph::fail(host.error());
    if (m_credentials.key.starts_with("phc_")) {
        return ph::fail(ph::ErrorCode::Unauthorized,
                        "This is a project token (phc_\u2026), which can only send events. Make a personal API key (phx_\u2026) "
                        "in PostHog under Settings, "
                        "Personal API keys.");
    }
    if (m_credentials.key.find_first_of("\r\n") != std::string::npos)
        return ph::fail(ph::ErrorCode::InvalidInput, "The personal API key has a line break in it; copy it again.");
    request.url = *host + request.url;
    request.headers.emplace_back("Authorization", "Bearer " + m_credentials.key);
    request.headers.emplace_back("Accept", "application/json");
    const auto response = m_client.send(request, stop);
    if (!response)
        return ph::fail(response.error().code, withoutSecrets(response.error().message, m_credentials));
    if (response->status < 200 || response->status >= 300)
        return ph::fail(errorOf(*response, m_credentials));
    ph::Json body = ph::Json::parse(response->body, nullptr, false);
    if (body.is_discarded())
        return ph::fail(unreadableAnswer(*response, m_credentials));
    return body;
}

ph::Result<Table> Api::query(const std::string &hogql, const ph::Json &values, std::stop_token stop)
{
    const QuerySlots::Slot slot = m_slots.take(stop);
    if (!slot)
        return ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled.");
    const ph::Json body
        = {{"query", {{"kind", "HogQLQuery"}, {"query", hogql}, {"values", values.is_object() ? values : ph::Json::object()}}},
           {"refresh", "blocking"},
           {"name", "hoglet"}, // shows in the project's query_log
           {"client_query_id", ph::uuid4()}};
    auto answer = post(projectPath("query/"), body, stop);
    if (answer && isPending(*answer))
        answer = await(answer->at("query_status"), stop);
    if (!answer)
        return ph::fail(answer.error());
    auto table = tableOf(*answer);
    if (!table)
        return ph::fail(table.error().code, withoutSecrets(table.error().message, m_credentials));
    return table;
}

/// Asks again until the query is done (202 Accepted, API docs "Asynchronous queries").
ph::Result<ph::Json> Api::await(const ph::Json &status, std::stop_token stop)
{
    const auto id = status.find("id");
    if (id == status.end() || !id->is_string())
        return ph::fail(ph::ErrorCode::Internal, "PostHog put the query off but did not say where its result will be.");
    const std::string path = projectPath("query/" + http::percentEncode(id->get<std::string>()) + "/");
    std::chrono::milliseconds wait{500};
    for (;;) {
        if (!pause(wait, stop))
            return ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled.");
        wait = std::min(wait * 13 / 10, std::chrono::milliseconds(5'000));
        auto answer = get(path, stop);
        if (!answer)
            return answer;
        if (isPending(*answer))
            continue;
        return finishedQuery(*answer);
    }
}

ph::Result<std::string> Api::nextPath(const ph::Json &answer, const std::string &path) const
{
    const auto found = answer.is_object() ? answer.find("next") : answer.end();
    if (!answer.is_object() || found == answer.end() || found->is_null())
        return std::string();
    const auto refuse
        = [&] { return ph::fail(ph::ErrorCode::Network, host() + " names a following page that does not belong to this list."); };
    if (!found->is_string())
        return refuse();
    std::string next = found->get<std::string>();
    if (const std::size_t scheme = next.find("://"); scheme != std::string::npos) {
        const std::size_t slash = next.find('/', scheme + 3);
        if (slash == std::string::npos)
            return refuse();
        next.erase(0, slash); // our own host, whatever host it names: a proxy may not know its public name
    }
    const std::string ownPath = path.substr(0, path.find('?'));
    std::string itsPath = next.substr(0, next.find('?'));
    constexpr std::string_view environments = "/api/environments/"; // the same list under its other name
    if (itsPath.starts_with(environments))
        itsPath.replace(0, environments.size(), "/api/projects/");
    if (itsPath != ownPath)
        return refuse();
    const std::string query = next.find('?') == std::string::npos ? std::string() : next.substr(next.find('?'));
    if (offsetOf(next) <= offsetOf(path))
        return ph::fail(ph::ErrorCode::Network, host() + " names a following page that leads back; the list is cut off here.");
    return ownPath + query;
}

} // namespace posthog
