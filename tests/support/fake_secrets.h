#pragma once

#include "driver/posthog/secret_store.h"

#include <map>
#include <mutex>
#include <optional>

/// Secrets in memory; `error` is what get() and put() give instead.
class FakeSecrets : public posthog::SecretStore
{
public:
    ph::Result<std::string> get(const std::string &name, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        if (error)
            return ph::fail(*error);
        const auto found = kept.find(name);
        return found == kept.end() ? ph::fail(ph::ErrorCode::NotFound, "none") : ph::Result<std::string>(found->second);
    }
    ph::Result<> put(const std::string &name, const std::string &secret, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        kept[name] = secret;
        return error ? ph::Result<>(ph::fail(*error)) : ph::Result<>();
    }
    ph::Result<> erase(const std::string &name, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        kept.erase(name);
        return {};
    }

    std::map<std::string, std::string> kept;
    std::optional<ph::Error> error;

private:
    std::mutex m_mutex; // Guards the two above while calls are under way.
};
