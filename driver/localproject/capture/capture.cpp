#include "driver/localproject/capture/capture.h"

#include "driver/base/ids.h"
#include "driver/localproject/api/routes.h"
#include "driver/localproject/capture/flags.h"
#include "driver/localproject/capture/payload.h"

#include <algorithm>
#include <array>

namespace localproject::capture {

using api::errorAnswer;
using http::ServerResponse;

namespace {

std::string_view withoutSlash(std::string_view path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

constexpr std::array<std::string_view, 7> eventPaths{"/i/v0/e", "/batch", "/capture", "/e", "/track", "/engage", "/i/v1/e"};
constexpr std::array<std::string_view, 2> flagPaths{"/flags", "/decide"};

template <std::size_t size>
bool isOneOf(std::string_view path, const std::array<std::string_view, size> &paths)
{
    return std::find(paths.begin(), paths.end(), path) != paths.end();
}

ServerResponse wrongToken()
{
    return errorAnswer(401, "authentication_error", "invalid_api_key",
                       "Project API key invalid. You can find your project API key in your PostHog project settings.");
}

ServerResponse refused(const ph::Error &error)
{
    switch (error.code) {
    case ph::ErrorCode::RateLimited:
        return errorAnswer(413, "invalid_request", "request_too_large", error.message);
    case ph::ErrorCode::InvalidInput:
        return errorAnswer(400, "validation_error", "invalid_payload", error.message);
    default:
        return errorAnswer(503, "server_error", "error", "The events could not be stored: " + error.message);
    }
}

} // namespace

Capture::Capture(api::Project &project)
    : m_project(project)
    , m_intake(project.store(), [&project] { (void)project.readDefinitions(); })
{
}

bool Capture::handles(std::string_view path)
{
    path = withoutSlash(path);
    return isOneOf(path, eventPaths) || isOneOf(path, flagPaths) || path.starts_with("/array/");
}

ServerResponse Capture::handle(const http::ServerRequest &request, std::stop_token stop)
{
    const std::string_view path = withoutSlash(request.path);
    if (path.starts_with("/array/")) {
        if (path != "/array/" + m_project.options().projectToken + "/config")
            return wrongToken();
        return api::jsonAnswer({{"token", m_project.options().projectToken},
                                {"supportedCompression", {"gzip", "gzip-js"}},
                                {"hasFeatureFlags", true},
                                {"sessionRecording", false},
                                {"surveys", false},
                                {"heatmaps", false}});
    }
    if (request.method != "POST" && request.method != "GET")
        return errorAnswer(405, "invalid_request", "method_not_allowed", "Method \"" + request.method + "\" not allowed.");
    return isOneOf(path, eventPaths) ? takeEvents(request, path) : answerFlags(request, path, std::move(stop));
}

ServerResponse Capture::takeEvents(const http::ServerRequest &request, std::string_view path)
{
    auto payload = payloadOf(request, bodyLimit);
    if (!payload)
        return refused(payload.error());
    auto token = tokenOf(*payload);
    if (!token)
        return refused(token.error());
    if (token->empty())
        *token = request.queryValue("token");
    if (*token != m_project.options().projectToken)
        return wrongToken();
    const auto taken = m_intake.take(std::move(*payload), std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
    if (!taken)
        return refused(taken.error());
    const bool isNew = path.starts_with("/i/") || path == "/batch";
    return isNew ? api::jsonAnswer({{"status", "Ok"}}) : api::jsonAnswer({{"status", 1}});
}

ServerResponse Capture::answerFlags(const http::ServerRequest &request, std::string_view path, std::stop_token stop)
{
    const auto payload = payloadOf(request, bodyLimit);
    if (!payload)
        return refused(payload.error());
    const ph::Json body = api::isTooDeep(*payload) ? ph::Json() : ph::Json::parse(*payload, nullptr, false);
    if (!body.is_object())
        return errorAnswer(400, "validation_error", "invalid_payload", "A JSON object is expected.");
    const std::string token = api::textIn(body, "api_key").empty() ? api::textIn(body, "token") : api::textIn(body, "api_key");
    if (token != m_project.options().projectToken)
        return wrongToken();
    const std::string version = request.queryValue("v");
    const bool isWhole = path == "/flags" && (version == "2" || version.empty());
    return answerWhoHasWhat(m_project, body, isWhole, stop);
}

} // namespace localproject::capture
