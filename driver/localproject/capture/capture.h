#pragma once

#include "driver/http/server.h"
#include "driver/localproject/api/project.h"
#include "driver/localproject/capture/intake.h"

namespace localproject::capture {

inline constexpr std::size_t bodyLimit = 20 * 1024 * 1024; // PostHog's, and also of what a body unpacks to

/// The addresses that PostHog's SDKs send to. They know the project's public token, and no personal key:
///   /i/v0/e/ /batch/ /capture/ /e/ /track/ /engage/   events
///   /flags/ /decide/                                   which feature flags are on for somebody
///   /array/{token}/config                              what posthog-js asks for first
class Capture
{
public:
    explicit Capture(api::Project &project);

    static bool handles(std::string_view path);
    http::ServerResponse handle(const http::ServerRequest &request, std::stop_token stop);

private:
    http::ServerResponse takeEvents(const http::ServerRequest &request, std::string_view path);
    http::ServerResponse answerFlags(const http::ServerRequest &request, std::string_view path, std::stop_token stop);

    api::Project &m_project;
    Intake m_intake;
};

} // namespace localproject::capture
