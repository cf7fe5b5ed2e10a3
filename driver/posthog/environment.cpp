#include "driver/posthog/environment.h"

#include "driver/base/atomic_file.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

namespace posthog {

namespace {

constexpr const char *urlVariable = "POSTHOG_API_URL";
constexpr const char *keyVariable = "POSTHOG_PERSONAL_API_KEY";
constexpr const char *projectVariable = "POSTHOG_PROJECT_ID";
constexpr std::string_view posthogPrefix = "posthog key of ";

std::string trimmed(std::string text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && isSpace(text.back()))
        text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), isSpace));
    return text;
}

std::string variableOf(const std::string &name)
{
    if (name.starts_with(posthogPrefix))
        return keyVariable;
    std::string variable;
    for (const char c : name)
        variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    return variable + "_API_KEY";
}

tl::unexpected<ph::Error> readOnly(const std::string &name)
{
    return ph::fail(ph::ErrorCode::InvalidInput,
                    "The environment keeps no keys: set " + variableOf(name) + " yourself, or in the file that --env-file names.");
}

} // namespace

std::string posthogSecret(const std::string &host, const std::string &projectId)
{
    return std::string(posthogPrefix) + host + " project " + projectId;
}

ph::Result<> Environment::addFile(const std::filesystem::path &path)
{
    const auto text = ph::readFile(path, 1024 * 1024);
    if (!text)
        return ph::fail(text.error());
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        line = trimmed(line);
        if (line.starts_with("export "))
            line = trimmed(line.substr(7));
        const auto equals = line.find('=');
        if (equals == std::string::npos || line.starts_with('#'))
            continue;
        auto value = trimmed(line.substr(equals + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        m_file[trimmed(line.substr(0, equals))] = value;
    }
    return {};
}

std::string Environment::value(const std::string &variable) const
{
    if (const char *set = std::getenv(variable.c_str()); set && !trimmed(set).empty())
        return trimmed(set);
    const auto found = m_file.find(variable);
    return found == m_file.end() ? std::string() : trimmed(found->second);
}

bool Environment::namesAProject() const
{
    return !value(urlVariable).empty() || !value(keyVariable).empty() || !value(projectVariable).empty();
}

ph::Result<Credentials> Environment::credentials() const
{
    Credentials credentials{value(urlVariable), value(keyVariable), value(projectVariable)};
    std::string missing;
    for (const char *variable : {urlVariable, keyVariable, projectVariable}) {
        if (value(variable).empty())
            missing += (missing.empty() ? "" : ", ") + std::string(variable);
    }
    if (!missing.empty())
        return ph::fail(ph::ErrorCode::NotFound, "Not set in the environment: " + missing + ".");
    const auto host = normaliseHost(credentials.host);
    if (!host)
        return ph::fail(host.error().code, std::string(urlVariable) + ": " + host.error().message);
    credentials.host = *host;
    return credentials;
}

ph::Result<std::string> EnvironmentSecrets::get(const std::string &name, std::stop_token)
{
    const std::string variable = variableOf(name);
    const std::string secret = m_environment.value(variable);
    if (secret.empty())
        return ph::fail(ph::ErrorCode::NotFound, variable + " is not set in the environment.");
    if (const auto url = m_environment.value(urlVariable); variable == keyVariable && !url.empty()) {
        const auto host = normaliseHost(url); // The key of one host is not for another to see.
        if (!host || !name.starts_with(std::string(posthogPrefix) + *host + " "))
            return ph::fail(ph::ErrorCode::NotFound, std::string(keyVariable) + " is the key of another host: the one in " + urlVariable + ".");
    }
    return secret;
}

ph::Result<> EnvironmentSecrets::put(const std::string &name, const std::string &, std::stop_token) { return readOnly(name); }

ph::Result<> EnvironmentSecrets::erase(const std::string &name, std::stop_token) { return readOnly(name); }

} // namespace posthog
