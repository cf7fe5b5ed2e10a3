#include "driver/localproject/api/api.h"

#include "driver/localproject/api/file_downloads.h"
#include "driver/localproject/api/project.h"
#include "driver/localproject/api/routes.h"
#include "driver/localproject/capture/capture.h"
#include "driver/localproject/udf.h"

#include <algorithm>
#include <array>

namespace localproject {

using api::Answer;
using api::Call;
using api::errorAnswer;
using api::Project;
using api::Route;

namespace {

std::vector<std::string_view> segmentsOf(std::string_view path)
{
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        if (path.front() == '/') {
            path.remove_prefix(1);
            continue;
        }
        segments.push_back(path.substr(0, path.find('/')));
        path.remove_prefix(segments.back().size());
    }
    return segments;
}

/// What stood for the pattern's {}, when the segments fit it.
std::optional<std::vector<std::string>> fit(std::string_view pattern, std::span<const std::string_view> segments)
{
    const auto parts = segmentsOf(pattern);
    if (parts.size() != segments.size())
        return std::nullopt;
    std::vector<std::string> arguments;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] == "{}")
            arguments.emplace_back(segments[i]);
        else if (parts[i] != segments[i])
            return std::nullopt;
    }
    return arguments;
}

/// Takes as long for a wrong key as for the right one.
bool isSame(std::string_view given, std::string_view key)
{
    unsigned difference = given.size() == key.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i)
        difference |= static_cast<unsigned char>(given[i] ^ key[i % key.size()]);
    return difference == 0;
}

constexpr std::string_view softDelete
    = "Hard delete of this model is not allowed. Use a patch API call to set \"deleted\" to true";

bool isSoftDeleted(std::string_view kind)
{
    static constexpr std::array kinds{"actions",     "annotations",   "cohorts",  "dashboards",
                                      "experiments", "feature_flags", "insights", "surveys"};
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// "thing:write" covers "thing:read", "*" everything.
bool covers(const ApiKey &key, std::string_view scope)
{
    const std::string_view thing = scope.substr(0, scope.find(':'));
    return scope.empty() || std::any_of(key.scopes.begin(), key.scopes.end(), [&](const std::string &has) {
               return has == "*" || has == scope || has == std::string(thing) + ":write";
           });
}

Answer throttled(std::chrono::milliseconds wait)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    Answer answer = errorAnswer(429, "throttled_error", "throttled",
                                "Request was throttled. Expected available in " + std::to_string(seconds)
                                    + (seconds == 1 ? " second." : " seconds."));
    answer.headers.emplace_back("Retry-After", std::to_string(seconds));
    return answer;
}

} // namespace

class Api::Impl
{
public:
    explicit Impl(std::unique_ptr<Project> opened)
        : m_project(std::move(opened))
        , m_limiter(m_project->options().limits, m_project->options().clock)
        , m_keys{{m_project->options().key, m_project->options().scopes}}
    {
        const auto &further = m_project->options().furtherKeys;
        m_keys.insert(m_keys.end(), further.begin(), further.end());
        for (const auto group : {api::projectRoutes(), api::queryRoutes(), api::eventRoutes(), api::personRoutes(),
                                 api::definitionRoutes(), api::recordingRoutes(), api::exportRoutes(), api::flagRoutes(), api::groupRoutes(), api::objectRoutes(), api::objectWriteRoutes()})
            m_routes.insert(m_routes.end(), group.begin(), group.end());
        if (!m_project->options().projectToken.empty())
            m_capture = std::make_unique<capture::Capture>(*m_project);
    }

    Answer handle(const http::ServerRequest &request, std::stop_token stop)
    {
        if (request.path == "/_health")
            return {200, {}, "text/plain", "ok"};
        if (request.path.starts_with("/files/") && (request.method == "GET" || request.method == "HEAD"))
            return m_project->downloads().fetch(request, request.path.substr(7));
        if (m_capture && capture::Capture::handles(request.path))
            return m_capture->handle(request, std::move(stop));
        const auto segments = segmentsOf(request.path);
        if (segments.empty() || (segments[0] != "api" && request.path.compare(0, 18, "/flags/definitions") != 0))
            return errorAnswer(404, "invalid_request", "not_found", "Endpoint not found.");

        Call call{request, std::move(stop), {}, {}, nullptr};
        if (auto refused = readBody(call))
            return std::move(*refused);
        if (auto refused = authenticate(call))
            return std::move(*refused);
        const bool isProjectPath = segments.size() >= 3 && (segments[1] == "projects" || segments[1] == "environments");
        if (isProjectPath) {
            if (auto refused = checkProject(segments[2], *call.key))
                return std::move(*refused);
        }
        return route(call, segments, isProjectPath);
    }

private:
    static std::optional<Answer> readBody(Call &call)
    {
        const http::ServerRequest &request = call.request;
        if (request.method != "POST" && request.method != "PATCH" && request.method != "PUT")
            return std::nullopt;
        const std::string type = request.header("content-type");
        if (!type.starts_with("application/json")) {
            return errorAnswer(415, "invalid_request", "unsupported_media_type",
                               "Unsupported media type \"" + type + "\" in request.");
        }
        if (api::isTooDeep(request.body))
            return errorAnswer(400, "invalid_request", "parse_error", "JSON parse error: the body is nested too deeply.");
        call.body = request.body.empty() ? ph::Json::object() : ph::Json::parse(request.body, nullptr, false);
        if (call.body.is_discarded())
            return errorAnswer(400, "invalid_request", "parse_error", "JSON parse error: the body is not well-formed.");
        if (!call.body.is_object())
            return api::invalid("invalid_input", "Invalid data. Expected a dictionary.");
        return std::nullopt;
    }

    /// The key stands in the header, the body or the query: the first that is there counts.
    std::optional<Answer> authenticate(Call &call) const
    {
        std::string key;
        std::string place;
        const std::string header = call.request.header("authorization");
        if (header.starts_with("Bearer ")) {
            key = header.substr(7);
            place = "Authorization header";
        } else if (call.body.is_object() && call.body.contains("personal_api_key") && call.body["personal_api_key"].is_string()) {
            key = call.body["personal_api_key"].get<std::string>();
            place = "body";
        } else if (key = call.request.queryValue("personal_api_key"); !key.empty()) {
            place = "query string";
        }
        if (place.empty()) {
            return errorAnswer(401, "authentication_error", "not_authenticated", "Authentication credentials were not provided.");
        }
        for (const ApiKey &known : m_keys) {
            if (isSame(key, known.key))
                call.key = &known;
        }
        if (!call.key) {
            return errorAnswer(401, "authentication_error", "authentication_failed",
                               "Personal API key found in request " + place + " is invalid.");
        }
        return std::nullopt;
    }

    std::optional<Answer> checkProject(std::string_view given, const ApiKey &key) const
    {
        const std::string_view id = given == "@current" ? m_project->options().projectId : given;
        const bool isAllowed = key.projects.empty() || std::find(key.projects.begin(), key.projects.end(), id) != key.projects.end();
        if (id == m_project->options().projectId && isAllowed)
            return std::nullopt;
        if (id.find_first_not_of("0123456789") != std::string_view::npos)
            return api::notFound();
        return errorAnswer(403, "authentication_error", "permission_denied",
                           "API key does not have access to the requested project: ID " + std::string(id) + ".");
    }

    Answer route(Call &call, std::span<const std::string_view> segments, bool isProjectPath)
    {
        // HEAD is answered like GET; the server leaves the body out.
        const std::string method = call.request.method == "HEAD" ? "GET" : call.request.method;
        bool isKnown = false;
        for (const Route &route : m_routes) {
            const bool isWhole = route.pattern.starts_with('/');
            if (!isWhole && !isProjectPath)
                continue;
            auto arguments = fit(route.pattern, isWhole ? segments : segments.subspan(3));
            if (!arguments)
                continue;
            isKnown = true;
            if (route.method != method)
                continue;
            call.arguments = std::move(*arguments);
            return run(route, call);
        }
        if (!isKnown)
            return errorAnswer(404, "invalid_request", "not_found", "Endpoint not found.");
        if (method == "DELETE" && segments.size() == 5 && isSoftDeleted(segments[3]))
            return errorAnswer(405, "invalid_request", "method_not_allowed", std::string(softDelete));
        return errorAnswer(405, "invalid_request", "method_not_allowed", "Method \"" + call.request.method + "\" not allowed.");
    }

    /// As on the cloud, who may not do a thing is told so before it counts.
    Answer run(const Route &route, const Call &call)
    {
        if (!covers(*call.key, route.scope)) {
            return errorAnswer(403, "authentication_error", "permission_denied",
                               "API key missing required scope '" + std::string(route.scope) + "'");
        }
        const bool computes = route.pattern.starts_with("insights") && !call.request.queryValue("refresh").empty();
        if (const auto wait = m_limiter.take(computes ? RequestClass::Analytics : route.limits, call.key->key))
            return throttled(*wait);
        return route.handler(*m_project, call);
    }

    std::unique_ptr<Project> m_project;
    RateLimiter m_limiter;
    std::vector<ApiKey> m_keys;
    std::vector<Route> m_routes;
    std::unique_ptr<capture::Capture> m_capture;
};

Api::Api(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
Api::Api(Api &&) noexcept = default;
Api &Api::operator=(Api &&) noexcept = default;
Api::~Api() = default;

ph::Result<Api> Api::open(const Store &store, ApiOptions options)
{
    if (const auto registered = store.withConnection(registerFunctions); !registered)
        return ph::fail(registered.error());
    auto project = Project::load(store, std::move(options));
    if (!project)
        return ph::fail(project.error());
    return Api(std::make_unique<Impl>(std::move(*project)));
}

http::ServerResponse Api::handle(const http::ServerRequest &request, std::stop_token stop) const
{
    return m_impl->handle(request, std::move(stop));
}

} // namespace localproject
