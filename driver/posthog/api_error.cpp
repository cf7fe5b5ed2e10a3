#include "driver/posthog/api_error.h"

#include "driver/base/redact.h"

#include <algorithm>
#include <charconv>

namespace posthog {

namespace {

std::string textOf(const ph::Json &body, const char *key)
{
    if (!body.is_object())
        return {};
    const auto found = body.find(key);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// One sentence of PostHog's own, ended with a full stop and not endless.
std::string sentence(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    constexpr std::size_t longest = 1'000;
    if (text.size() > longest) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            --end;
        text = text.substr(0, end) + "\u2026";
    }
    if (!text.empty() && text.back() != '.' && text.back() != '!' && text.back() != '?')
        text += ".";
    return text;
}

/// The text between the first pair of ' behind `before`.
std::string quotedAfter(const std::string &text, std::string_view before)
{
    const std::size_t at = text.find(before);
    const std::size_t open = at == std::string::npos ? at : text.find('\'', at);
    const std::size_t close = open == std::string::npos ? open : text.find('\'', open + 1);
    return close == std::string::npos ? std::string() : text.substr(open + 1, close - open - 1);
}

std::optional<long> leadingNumber(std::string_view text)
{
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end == text.data() || value < 0)
        return {};
    return value;
}

/// Retry-After in seconds, else what the detail says: "Expected available in 37 seconds."
std::optional<long> secondsToWait(const http::Response &response, const std::string &detail)
{
    if (const auto seconds = leadingNumber(response.header("retry-after")))
        return seconds;
    constexpr std::string_view mark = "available in ";
    const std::size_t at = detail.find(mark);
    return at == std::string::npos ? std::nullopt : leadingNumber(std::string_view(detail).substr(at + mark.size()));
}

std::string duration(long seconds)
{
    if (seconds < 120)
        return std::to_string(seconds) + (seconds == 1 ? " second" : " seconds");
    return std::to_string((seconds + 59) / 60) + " minutes";
}

ph::Error rateLimited(const http::Response &response, const std::string &detail)
{
    if (const auto seconds = secondsToWait(response, detail))
        return {ph::ErrorCode::RateLimited, "PostHog takes no more requests for now; try again in " + duration(*seconds) + "."};
    const std::string date = response.header("retry-after"); // Retry-After may also be a date (RFC 9110, 10.2.3)
    if (!date.empty())
        return {ph::ErrorCode::RateLimited, "PostHog takes no more requests for now; try again after " + date + "."};
    return {ph::ErrorCode::RateLimited,
            "Too many queries of this project run at once; try again in a moment." + (detail.empty() ? "" : " (" + detail + ")")};
}

ph::Error unauthorized(const Credentials &credentials)
{
    return {ph::ErrorCode::Unauthorized,
            "PostHog at " + credentials.host
                + " does not accept the personal API key. It may be mistyped, revoked, or made in another region (us or eu)."};
}

ph::Error forbidden(const std::string &detail, const Credentials &credentials)
{
    if (const std::string scope = quotedAfter(detail, "scope"); !scope.empty()) {
        return {ph::ErrorCode::Unauthorized,
                "The personal API key lacks the scope " + scope + "; add it in PostHog under Settings, Personal API keys."};
    }
    if (detail.find("access to the requested project") != std::string::npos)
        return {ph::ErrorCode::Unauthorized,
                "The personal API key does not open project " + credentials.projectId + "; choose another project or key."};
    return {ph::ErrorCode::Unauthorized,
            detail.empty() ? "PostHog does not allow this with the personal API key." : "PostHog does not allow this: " + detail};
}

} // namespace

std::string withoutSecrets(std::string text, const Credentials &credentials)
{
    if (!credentials.key.empty()) {
        for (std::size_t at = 0; (at = text.find(credentials.key, at)) != std::string::npos;)
            text.replace(at, credentials.key.size(), "\u00abredacted\u00bb");
    }
    return ph::redact(text);
}

ph::Error unreadableAnswer(const http::Response &response, const Credentials &credentials)
{
    std::string start = response.body.substr(0, 512);
    std::transform(start.begin(), start.end(), start.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool isPage = response.header("content-type").find("html") != std::string::npos
        || start.find("<html") != std::string::npos || start.find("<!doctype") != std::string::npos;
    if (isPage)
        return {ph::ErrorCode::Network,
                credentials.host + " answered with a web page instead of data; check that it is the address of PostHog."};
    return {ph::ErrorCode::Network,
            credentials.host + " answered with something that is no JSON; check that it is the address of PostHog."};
}

ph::Error errorOf(const http::Response &response, const Credentials &credentials)
{
    const ph::Json body = ph::Json::parse(response.body, nullptr, false);
    std::string detail = withoutSecrets(textOf(body, "detail"), credentials);
    if (detail.empty())
        detail = withoutSecrets(textOf(body, "error"), credentials);
    detail = sentence(std::move(detail));
    const bool isData = body.is_object();
    switch (response.status) {
    case 400:
    case 422: {
        if (!isData)
            return unreadableAnswer(response, credentials);
        const std::string field = withoutSecrets(textOf(body, "attr"), credentials);
        if (detail.empty())
            return {ph::ErrorCode::InvalidInput, "PostHog refused the request without giving a reason."};
        return {ph::ErrorCode::InvalidInput, field.empty() ? detail : field + ": " + detail};
    }
    case 401:
        return unauthorized(credentials);
    case 403:
        return isData ? forbidden(detail, credentials) : unreadableAnswer(response, credentials);
    case 404:
        if (!isData)
            return unreadableAnswer(response, credentials);
        return {ph::ErrorCode::NotFound,
                "PostHog at " + credentials.host + " has no project " + credentials.projectId
                    + " that this key opens, or no such object in it."};
    case 405:
        return {ph::ErrorCode::InvalidInput, detail.empty() ? "PostHog does not allow this on such an object." : detail};
    case 413:
        return {ph::ErrorCode::InvalidInput, "That is more than PostHog takes at once (20 MB)."};
    case 429:
        return rateLimited(response, detail);
    case 502:
    case 503:
        return {ph::ErrorCode::Network,
                "PostHog at " + credentials.host + " cannot be reached for the moment (" + std::to_string(response.status)
                    + "); try again."};
    case 504:
        return {ph::ErrorCode::Network, "PostHog took too long to answer (504); try again with a shorter time or fewer rows."};
    default:
        break;
    }
    if (response.status >= 300 && response.status < 400)
        return {ph::ErrorCode::Network, credentials.host + " sends requests elsewhere; check that it is the address of PostHog."};
    const std::string status = std::to_string(response.status);
    if (response.status >= 500)
        return {ph::ErrorCode::Internal, "PostHog at " + credentials.host + " had a fault (" + status + "). " + detail};
    return {ph::ErrorCode::Internal, "PostHog at " + credentials.host + " refused the request (" + status + "). " + detail};
}

} // namespace posthog
