#include "tests/support/fake_posthog.h"

namespace {

std::string fullPath(const std::string &path)
{
    return path.starts_with('/') ? path : "/api/projects/" + FakePostHog::projectId + "/" + path;
}

} // namespace

FakePostHog::FakePostHog()
    : m_server({}, [this](const http::ServerRequest &request, std::stop_token stop) { return respond(request, stop); })
{
    handle("POST", "query/", [this](const http::ServerRequest &, std::stop_token) {
        const std::lock_guard lock(m_mutex);
        if (m_queryAnswers.empty())
            return error(400, "validation_error", "hogql_query_error", "No answer was prepared for this query");
        const http::ServerResponse response = m_queryAnswers.front();
        if (m_queryAnswers.size() > 1)
            m_queryAnswers.pop_front();
        return response;
    });
    if (const auto started = m_server.start(); !started)
        throw std::runtime_error(started.error().message); // a test cannot go on without it
}

std::string FakePostHog::url() const { return "http://127.0.0.1:" + std::to_string(m_server.port()); }

void FakePostHog::answer(const std::string &method, const std::string &path, http::ServerResponse response)
{
    handle(method, path, [response](const http::ServerRequest &, std::stop_token) { return response; });
}

void FakePostHog::answer(const std::string &method, const std::string &path, const ph::Json &body, int status)
{
    http::ServerResponse response;
    response.status = status;
    response.body = body.dump();
    answer(method, path, std::move(response));
}

void FakePostHog::handle(const std::string &method, const std::string &path, Handler handler)
{
    const std::lock_guard lock(m_mutex);
    m_handlers[{method, fullPath(path)}] = std::move(handler);
}

void FakePostHog::answerQuery(const ph::Json &columns, const ph::Json &types, const ph::Json &results)
{
    http::ServerResponse response;
    response.body = ph::Json{{"columns", columns}, {"types", types}, {"results", results}, {"hogql", "SELECT"}}.dump();
    answerQuery(std::move(response));
}

void FakePostHog::answerQuery(http::ServerResponse response)
{
    const std::lock_guard lock(m_mutex);
    m_queryAnswers.push_back(std::move(response));
}

std::vector<http::ServerRequest> FakePostHog::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

std::vector<ph::Json> FakePostHog::queries() const
{
    std::vector<ph::Json> bodies;
    for (const http::ServerRequest &request : requests()) {
        if (request.path == fullPath("query/"))
            bodies.push_back(ph::Json::parse(request.body, nullptr, false));
    }
    return bodies;
}

http::ServerResponse FakePostHog::error(int status, const std::string &type, const std::string &code, const std::string &detail)
{
    http::ServerResponse response;
    response.status = status;
    response.body = ph::Json{{"type", type}, {"code", code}, {"detail", detail}, {"attr", nullptr}}.dump();
    return response;
}

http::ServerResponse FakePostHog::respond(const http::ServerRequest &request, std::stop_token stop)
{
    Handler handler;
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
        const auto found = m_handlers.find({request.method, request.path});
        if (found != m_handlers.end())
            handler = found->second;
    }
    if (request.header("authorization") != "Bearer " + key)
        return error(401, "authentication_error", "authentication_failed",
                     "Personal API key found in request Authorization header is invalid.");
    if (!handler)
        return error(404, "invalid_request", "not_found", "Not found.");
    return handler(request, stop);
}
