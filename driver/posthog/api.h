#pragma once

#include "driver/http/client.h"
#include "driver/posthog/driver.h"
#include "driver/posthog/query_canceller.h"
#include "driver/posthog/rate_budget.h"
#include "driver/posthog/retry.h"

namespace posthog {

/// How one request is sent.
struct Sending {
    RateClasses classes;
    bool repeatable = true; // may be sent again after an answer that leaves open whether it was done
    Urgency urgency = Urgency::Interactive;
    std::chrono::seconds longestWait{10}; // for the budget and for Retry-After; a longer one is an error RateLimited
    RetryPolicy retry = {};
    OnWait onWait = {};
};

/// Requests to one project, and what went wrong with them in words. Any thread.
class Api
{
public:
    Api(http::Client &client, Credentials credentials, DriverOptions options);

    const std::string &host() const { return m_credentials.host; }
    const std::string &projectId() const { return m_credentials.projectId; }
    RateBudget &budget() { return m_budget; }
    ph::Clock &clock() { return *m_options.clock; }
    const RetryPolicy &retry() const { return m_options.retry; }

    /// "/api/projects/12/" + `rest`.
    std::string projectPath(const std::string &rest = {}) const;

    /// `path` begins with / and may have a query. The answer is JSON, or an error that a person can act on.
    ph::Result<ph::Json> get(const std::string &path, std::stop_token stop);
    ph::Result<ph::Json> post(const std::string &path, const ph::Json &body, std::stop_token stop);
    ph::Result<ph::Json> patch(const std::string &path, const ph::Json &body, std::stop_token stop);

    /// One HogQL statement, when one of the slots is free. Waits for it also where PostHog answers before it is done.
    /// A query that is stopped is cancelled in PostHog too.
    ph::Result<Table> query(const std::string &hogql, const ph::Json &values, std::stop_token stop);

    /// The same for any node: the answer as PostHog gives it.
    ph::Result<ph::Json> runQuery(const ph::Json &node, std::stop_token stop);

    /// The items of a list, page by page, each once; at most `maximum` of them. Errors: also Network, when a page repeats or
    /// belongs to another list.
    ph::Result<std::vector<ph::Json>> list(std::string path, std::size_t maximum, std::stop_token stop);

    /// One request within the budget, again while it is refused for the moment. The key is added; `request.url` is a path.
    /// The answer may have any status. Errors: those of http::Client, RateLimited, Unauthorized (no key that may be sent).
    ph::Result<http::Response> exchange(http::Request request, const Sending &sending, std::stop_token stop);

    /// Fetches from an address that PostHog gave, without the key: it is signed for whoever has it. Pieces go to `onData` until that
    /// returns false. Error: InvalidInput for an address that is neither https nor this machine's own.
    ph::Result<http::Response> download(const std::string &address, const std::function<bool(std::string_view)> &onData, std::stop_token stop);

    /// What an answer other than 2xx means.
    ph::Error errorOf(const http::Response &response) const;
    ph::Error unreadable(const http::Response &response) const;

    /// The body of a request to query/, and the ID by which it is cancelled.
    static ph::Json queryBody(const ph::Json &node, const std::string &id);
    void cancelQuery(const std::string &id) { m_canceller.cancel(id); }

private:
    ph::Result<ph::Json> send(http::Request request, std::stop_token stop);
    ph::Result<ph::Json> sendBody(const char *method, const std::string &path, const ph::Json &body, std::stop_token stop);
    ph::Result<ph::Json> await(const ph::Json &status, std::stop_token stop);

    http::Client &m_client;
    Credentials m_credentials;
    DriverOptions m_options;
    RateBudget m_budget;
    QueryCanceller m_canceller; // last: its thread uses the members above
};

/// What a request counts as; `path` is below the project's: "query/", "persons/values/?key=email".
RateClasses classesOf(std::string_view path);

} // namespace posthog
