#pragma once

#include "driver/http/server.h"
#include "driver/posthog/driver.h"

#include <deque>
#include <map>
#include <mutex>

/// A PostHog on loopback with canned answers. It accepts one key (others get PostHog's 401), answers what a test told it to,
/// 404 in PostHog's words otherwise, and keeps each request. Any thread.
class FakePostHog
{
public:
    using Handler = http::Server::Handler;

    FakePostHog();

    std::string url() const;
    posthog::Credentials credentials() const { return {url(), key, projectId}; }

    /// Answers every `method` request of `path` (without the query) from now on. `path` is relative to /api/projects/1/
    /// unless it begins with a slash.
    void answer(const std::string &method, const std::string &path, http::ServerResponse response);
    void answer(const std::string &method, const std::string &path, const ph::Json &body, int status = 200);
    void handle(const std::string &method, const std::string &path, Handler handler);

    /// Answers the next query (one each, in order; the last goes on) with these columns and rows.
    /// Beware that ph::Json{{"a", 1}} is an object: an array of pairs is ph::Json::array({{"a", 1}}) or parsed text.
    void answerQuery(const ph::Json &columns, const ph::Json &types, const ph::Json &results);
    void answerQuery(http::ServerResponse response);

    std::vector<http::ServerRequest> requests() const;
    /// Bodies of the requests to query/, in order, each as JSON.
    std::vector<ph::Json> queries() const;

    /// An error in PostHog's form.
    static http::ServerResponse error(int status, const std::string &type, const std::string &code, const std::string &detail);

    inline static const std::string key = "phx_fakeKey0123456789abcdef";
    inline static const std::string projectId = "1";

private:
    http::ServerResponse respond(const http::ServerRequest &request, std::stop_token stop);

    mutable std::mutex m_mutex; // Guards the three below.
    std::vector<http::ServerRequest> m_requests;
    std::map<std::pair<std::string, std::string>, Handler> m_handlers;
    std::deque<http::ServerResponse> m_queryAnswers;
    http::Server m_server; // last: its threads use the members above
};
