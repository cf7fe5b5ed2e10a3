#include "driver/posthog/driver.h"

#include <algorithm>

namespace posthog {

namespace {

bool isLoopback(std::string_view host)
{
    if (host == "localhost" || host == "[::1]" || host.ends_with(".localhost"))
        return true;
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool isHostCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '[' || c == ']'
        || c == ':';
}

} // namespace

ph::Result<std::string> normaliseHost(const std::string &host)
{
    const auto refuse = [](std::string why) { return ph::fail(ph::ErrorCode::InvalidInput, std::move(why)); };
    std::string rest;
    for (const char c : host) {
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            rest += c;
    }
    std::string scheme;
    if (const std::size_t mark = rest.find("://"); mark != std::string::npos) {
        scheme = rest.substr(0, mark);
        rest.erase(0, mark + 3);
        std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (scheme != "https" && scheme != "http")
            return refuse("The address of PostHog begins with https://, such as https://us.posthog.com.");
    }
    rest.resize(std::min(rest.find_first_of("/?#\\"), rest.size())); // a pasted /project/12/ and what follows it
    if (rest.find('@') != std::string::npos)
        return refuse("Leave the user name and password out of the address of PostHog.");
    std::transform(rest.begin(), rest.end(), rest.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });

    std::string name = rest;
    std::string port;
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string::npos && (rest.empty() || rest[0] != '[' || rest.find(']') < colon)) {
        name = rest.substr(0, colon);
        port = rest.substr(colon + 1);
        if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos
            || std::stoi(port) > 65535)
            return refuse("The address of PostHog has a port that is no number from 1 to 65535.");
    }
    const bool wellFormed = !name.empty() && std::all_of(name.begin(), name.end(), isHostCharacter) && name.front() != '.'
        && name.front() != '-' && (name.front() == '[') == (name.back() == ']')
        && (name.front() == '[' || name.find(':') == std::string::npos);
    if (!wellFormed)
        return refuse("That is no address of PostHog; it looks like https://us.posthog.com.");

    if (scheme.empty())
        scheme = isLoopback(name) ? "http" : "https";
    if (name == "app.posthog.com")
        name = "us.posthog.com";
    constexpr std::string_view capture = ".i.posthog.com"; // where events are sent, not where they are read
    if (name.ends_with(capture)) {
        std::string region = name.substr(0, name.size() - capture.size());
        if (region.ends_with("-assets"))
            region.resize(region.size() - std::string_view("-assets").size());
        name = region + ".posthog.com";
    }
    if (scheme == "http" && !isLoopback(name))
        return refuse("The key would travel unprotected to " + name + "; write https:// instead of http://.");
    const bool defaultPort = port.empty() || (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
    return scheme + "://" + name + (defaultPort ? "" : ":" + port);
}

bool isThisMachine(const std::string &host)
{
    const std::size_t mark = host.find("://");
    std::string name = mark == std::string::npos ? host : host.substr(mark + 3);
    const std::size_t colon = name.rfind(':');
    if (colon != std::string::npos && (name[0] != '[' || name.find(']') < colon))
        name.resize(colon);
    return isLoopback(name);
}

} // namespace posthog
