#pragma once

#include "agent/model/catalog.h"
#include "agent/session/session.h"
#include "driver/posthog/secret_store.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace app {

/// Where models come from, beside the guided one. `settingsFile` holds model::ModelSettings; the environment goes before it.
struct AgentModelsOptions {
    std::shared_ptr<model::Model> guided;
    std::filesystem::path settingsFile;              // may not exist
    std::filesystem::path factsFile;                 // resources/models.json
    posthog::Environment environment = {};           // its keys go before the kept ones
    posthog::SecretStore *secrets = nullptr;         // keys by provider id; null: the environment alone
    std::function<std::string()> posthogHost = {};   // of the project, for its gateway; "" when there is none
};

/// The models that the embedded agent offers: the guided one first, then those of the services that are set up. Services are asked in the
/// background; until one has answered, what is known of its models without asking is offered. Any thread.
class AgentModels
{
public:
    explicit AgentModels(AgentModelsOptions options);
    ~AgentModels(); // ends what is asked

    /// At least the guided one. Answers at once.
    agent::Models now() const;

    model::ModelSettings settings() const;
    /// Whether the environment has the provider's key.
    bool hasEnvironmentKey(const model::ProviderSettings &provider) const { return !model::keyFromEnvironment(provider, m_options.environment).empty(); }
    /// Keeps the settings in the file and asks the services anew. Error: Internal, the file cannot be written; they hold until the program ends.
    ph::Result<> use(const model::ModelSettings &settings);
    /// Asks the services anew: a key has changed.
    void refresh();

    /// For what else the agent fetches.
    http::Client &client() { return m_client; }

    /// Waits until the services have answered, or `stop` is requested; the list as it is then, with what went wrong.
    struct Listed {
        agent::Models models;
        std::vector<ph::Error> problems;
    };
    Listed wait(std::stop_token stop) const;

private:
    ph::Result<std::string> keyOf(const model::ProviderSettings &provider, std::stop_token stop) const;
    void listLoop(const std::stop_token &stop);
    Listed list(const model::ModelSettings &settings, const std::stop_token &stop);

    const AgentModelsOptions m_options;
    model::FactTable m_facts;
    http::Client m_client;
    mutable std::mutex m_mutex; // Guards what follows.
    mutable std::condition_variable_any m_changed;
    model::ModelSettings m_settings;
    Listed m_listed;
    int m_asked = 1;    // lists that were asked for
    int m_answered = 0;
    std::jthread m_thread; // the last: it uses what stands above
};

} // namespace app
