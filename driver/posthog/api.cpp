#include "driver/posthog/api.h"

#include "driver/base/ids.h"
#include "driver/http/url.h"
#include "driver/posthog/api_error.h"
#include "driver/posthog/paging.h"
#include "driver/posthog/query_answer.h"

#include <algorithm>
#include <limits>
#include <random>
#include <set>

namespace posthog {

namespace {

std::string trimmed(std::string text)
{
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
        text.pop_back();
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ')
        text.erase(text.begin());
    return text;
}

} // namespace

RateClasses classesOf(std::string_view path)
{
    const auto below = [&](std::string_view folder) { return path.starts_with(folder); };
    if (below("query/"))
        return only(RateClass::Query);
    if (below("events/values") || below("persons/values"))
        return only(RateClass::Values);
    const bool isCohortsPersons = below("cohorts/") && path.find("/persons/") != std::string_view::npos;
    if (below("events/") || below("persons/") || below("session_recordings/") || isCohortsPersons)
        return only(RateClass::Analytics);
    if (below("insights/")) // which of the two depends on whether PostHog computes them
        return only(RateClass::Analytics) | only(RateClass::Crud);
    return only(RateClass::Crud);
}

Api::Api(http::Client &client, Credentials credentials, DriverOptions options)
    : m_client(client)
    , m_credentials(std::move(credentials))
    , m_options(std::move(options))
    , m_budget(m_options.limits, m_options.budgetFile, *m_options.clock)
    , m_canceller([this](const std::string &id) {
        const RateBudget::Permit permit = m_budget.tryTake(only(RateClass::Query));
        if (!permit)
            return;
        http::Request request;
        request.method = "DELETE";
        request.url = m_credentials.host + projectPath("query/" + http::percentEncode(id) + "/");
        request.headers = {{"Authorization", "Bearer " + m_credentials.key}};
        request.timeout = std::chrono::seconds(1);
        static_cast<void>(m_client.send(request)); // whether it came through makes no difference to anybody
    })
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
    return sendBody("POST", path, body, std::move(stop));
}

ph::Result<ph::Json> Api::patch(const std::string &path, const ph::Json &body, std::stop_token stop)
{
    return sendBody("PATCH", path, body, std::move(stop));
}

ph::Result<ph::Json> Api::sendBody(const char *method, const std::string &path, const ph::Json &body, std::stop_token stop)
{
    http::Request request;
    request.method = method;
    request.url = path;
    // A lone surrogate or broken UTF-8 in a value becomes U+FFFD rather than an exception.
    request.body = body.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
    request.headers.emplace_back("Content-Type", "application/json");
    return send(std::move(request), stop);
}

ph::Result<http::Response> Api::exchange(http::Request request, const Sending &sending, std::stop_token stop)
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

    static thread_local std::minstd_rand random{std::random_device{}()};
    const ph::Time latest = clock().now() + sending.longestWait;
    int retries = 0; // of faults; a 429 is none, and is waited for as long as the caller allows
    for (int refusals = 0;;) {
        auto permit = m_budget.take(sending.classes, sending.urgency, latest, stop, sending.onWait);
        if (!permit)
            return ph::fail(permit.error());
        auto response = m_client.send(request, stop);
        *permit = {};
        if (!response)
            return ph::fail(response.error().code, withoutSecrets(response.error().message, m_credentials));
        if (!isPassing(response->status) || (response->status == 504 && !sending.retry.repeatsTimeouts))
            return response;
        const ph::Time now = clock().now();
        ph::Time again = now;
        if (const auto wait = retryAfter(*response, now)) {
            again += *wait; // exactly: neither before nor, for nothing, after
            if (response->status == 429)
                m_budget.refused(sending.classes, again);
        } else {
            const int number = response->status == 429 ? refusals : retries;
            again += pauseBefore(number, sending.retry, std::uniform_real_distribution<>(0, 1)(random));
        }
        const bool again429 = response->status == 429 && ++refusals > 0;
        if (again > latest || (!again429 && (!sending.repeatable || retries++ >= sending.retry.retries)))
            return response;
        if (sending.onWait)
            sending.onWait(Wait{again429 ? "PostHog's limit" : "PostHog, which answers " + std::to_string(response->status), again});
        const bool isOver = clock().waitUntil(again, stop);
        if (sending.onWait)
            sending.onWait({});
        if (!isOver)
            return ph::fail(ph::ErrorCode::Cancelled, "The request was cancelled.");
    }
}

ph::Result<http::Response> Api::download(const std::string &address, const std::function<bool(std::string_view)> &onData, std::stop_token stop)
{
    const auto origin = normaliseHost(address); // https, or this machine
    if (!origin)
        return ph::fail(ph::ErrorCode::InvalidInput, "PostHog names an address for its files that is not safe to ask.");
    http::Request request;
    request.url = address;
    request.timeout = std::chrono::milliseconds(0);
    request.maximumBody = std::numeric_limits<std::size_t>::max();
    request.followsRedirects = false;
    auto response = m_client.stream(request, onData, stop);
    if (!response)
        return ph::fail(response.error().code, withoutSecrets(response.error().message, m_credentials));
    return response;
}

ph::Error Api::errorOf(const http::Response &response) const { return posthog::errorOf(response, m_credentials); }

ph::Error Api::unreadable(const http::Response &response) const { return unreadableAnswer(response, m_credentials); }

ph::Result<ph::Json> Api::send(http::Request request, std::stop_token stop)
{
    const std::string own = projectPath();
    const std::string_view path = request.url;
    Sending sending;
    sending.classes = path.starts_with(own) ? classesOf(path.substr(own.size())) : only(RateClass::Crud);
    sending.repeatable = request.method == "GET" || path.starts_with(own + "query/");
    sending.longestWait = m_options.longestWait;
    sending.retry = m_options.retry;
    const auto response = exchange(std::move(request), sending, stop);
    if (!response)
        return ph::fail(response.error());
    if (response->status < 200 || response->status >= 300)
        return ph::fail(errorOf(*response));
    ph::Json body = ph::Json::parse(response->body, nullptr, false);
    if (body.is_discarded())
        return ph::fail(unreadable(*response));
    return body;
}

ph::Json Api::queryBody(const ph::Json &node, const std::string &id)
{
    return {{"query", node},
            {"refresh", "blocking"},
            {"name", "hoglet"}, // shows in the project's query_log
            {"client_query_id", id}};
}

ph::Result<ph::Json> Api::runQuery(const ph::Json &node, std::stop_token stop)
{
    const std::string id = ph::uuid4();
    auto answer = post(projectPath("query/"), queryBody(node, id), stop);
    if (answer && isPending(*answer))
        answer = await(answer->at("query_status"), stop);
    if (!answer && answer.error().code == ph::ErrorCode::Cancelled && stop.stop_requested())
        cancelQuery(id);
    return answer;
}

ph::Result<Table> Api::query(const std::string &hogql, const ph::Json &values, std::stop_token stop)
{
    const auto answer = runQuery(
        {{"kind", "HogQLQuery"}, {"query", hogql}, {"values", values.is_object() ? values : ph::Json::object()}}, stop);
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
        if (!clock().waitUntil(clock().now() + wait, stop)) {
            cancelQuery(id->get<std::string>());
            return ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled.");
        }
        wait = std::min(wait * 13 / 10, std::chrono::milliseconds(5'000));
        auto answer = get(path, stop);
        if (!answer)
            return answer;
        if (isPending(*answer))
            continue;
        return finishedQuery(*answer);
    }
}

ph::Result<std::vector<ph::Json>> Api::list(std::string path, std::size_t maximum, std::stop_token stop)
{
    std::vector<ph::Json> items;
    std::set<std::string> seen; // IDs: rows that move while we page come twice
    while (!path.empty() && items.size() < maximum) {
        const auto answer = get(path, stop);
        if (!answer)
            return ph::fail(answer.error());
        const auto results = answer->is_object() ? answer->find("results") : answer->end();
        if (!answer->is_object() || results == answer->end() || !results->is_array())
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the list in a form that is not known.");
        const std::size_t before = items.size();
        for (const ph::Json &item : *results) {
            const auto id = item.is_object() ? item.find("id") : item.end();
            const bool isNew = !item.is_object() || id == item.end() || seen.insert(id->dump()).second;
            if (isNew && items.size() < maximum)
                items.push_back(item);
        }
        auto next = nextPage(*answer, path, host());
        if (!next)
            return ph::fail(next.error());
        if (!next->empty() && items.size() == before)
            return ph::fail(ph::ErrorCode::Network, host() + " sends pages of a list with nothing new in them.");
        path = std::move(*next);
    }
    return items;
}

} // namespace posthog
