#pragma once

#include "driver/posthog/driver.h"
#include "driver/posthog/secret_store.h"

#include <filesystem>
#include <map>

namespace posthog {

/// The variables of this process and, where it has none of a name, those of a file that the user named. No file is looked for:
/// one that lies in a repository may be anybody's. What a file holds does not reach the processes that this one starts.
class Environment
{
public:
    /// Adds the NAME=value lines of a file; "export ", quotes and lines with # are as in a shell.
    /// Errors: NotFound, no such file; Internal, it cannot be read or is larger than 1 MB.
    ph::Result<> addFile(const std::filesystem::path &path);

    /// Without the space around it; empty when it is not set.
    std::string value(const std::string &variable) const;

    /// Whether one of POSTHOG_API_URL, POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID is set.
    bool namesAProject() const;

    /// From these three. NotFound names those that are missing; InvalidInput, no address of PostHog.
    ph::Result<Credentials> credentials() const;

private:
    std::map<std::string, std::string> m_file;
};

/// Keys in the environment: POSTHOG_PERSONAL_API_KEY for each posthogSecret(…) of the host that POSTHOG_API_URL names (of any, when
/// it names none); for the others NAME_API_KEY, such as ANTHROPIC_API_KEY. It is read only: put() and erase() give InvalidInput.
class EnvironmentSecrets : public SecretStore
{
public:
    explicit EnvironmentSecrets(Environment environment = {})
        : m_environment(std::move(environment))
    {
    }

    ph::Result<std::string> get(const std::string &name, std::stop_token stop = {}) override;
    ph::Result<> put(const std::string &name, const std::string &secret, std::stop_token stop = {}) override;
    ph::Result<> erase(const std::string &name, std::stop_token stop = {}) override;

private:
    const Environment m_environment;
};

} // namespace posthog
