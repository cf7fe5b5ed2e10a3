#pragma once

#include "driver/http/client.h"
#include "driver/posthog/driver.h"
#include "driver/posthog/query_slots.h"

namespace posthog {

/// Requests to one project, and what went wrong with them in words. Any thread.
class Api
{
public:
    Api(http::Client &client, Credentials credentials);

    const std::string &host() const { return m_credentials.host; }
    const std::string &projectId() const { return m_credentials.projectId; }

    /// "/api/projects/12/" + `rest`.
    std::string projectPath(const std::string &rest = {}) const;

    /// `path` begins with / and may have a query. The answer is JSON, or an error that a person can act on.
    ph::Result<ph::Json> get(const std::string &path, std::stop_token stop);
    ph::Result<ph::Json> post(const std::string &path, const ph::Json &body, std::stop_token stop);

    /// One HogQL statement, when one of the slots is free. Waits for it also where PostHog answers before it is done.
    ph::Result<Table> query(const std::string &hogql, const ph::Json &values, std::stop_token stop);

    /// The path of a list's `next` page, on our own host whatever host it names. Empty at the end of the list.
    /// Error: Network when it is no page of `path`'s list, or does not lead on from it.
    ph::Result<std::string> nextPath(const ph::Json &answer, const std::string &path) const;

private:
    ph::Result<ph::Json> send(http::Request request, std::stop_token stop);
    ph::Result<ph::Json> await(const ph::Json &status, std::stop_token stop);

    http::Client &m_client;
    Credentials m_credentials;
    QuerySlots m_slots{3};
};

} // namespace posthog
