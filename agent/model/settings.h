#pragma once

#include "driver/base/json_fields.h"
#include "driver/posthog/environment.h"

#include <map>
#include <string>
#include <vector>

namespace model {

/// A service that models are taken from. Never holds a key.
struct ProviderSettings {
    enum class Kind { Anthropic, PostHogGateway, OpenAiCompatible };

    std::string id; // lower-case word: the start of its models' ids ("anthropic/…"), and what its key is asked for by
    Kind kind = Kind::OpenAiCompatible;
    std::string name = {}; // shown; empty: by its kind
    std::string baseUrl = {}; // empty: Anthropic's own, OpenAI's own, or PostHog's gateway for the project's host
    bool usesBearer = false; // Anthropic: the key goes into Authorization instead of X-Api-Key
    std::map<std::string, std::string> headers = {};
    std::vector<std::string> models = {}; // offered beside what the service lists
    std::int64_t maximumOutput = 0; // tokens of one answer; 0: a default

    friend bool operator==(const ProviderSettings &, const ProviderSettings &) = default;
};

/// Which models there may be. In the settings file, as the value of "models":
///   {"model": "anthropic/claude-opus-5-5", "blocked": ["…"], "providers": [{"id", "kind": "anthropic" | "posthog-gateway" |
///    "openai-compatible", "name", "baseUrl", "bearer", "headers": {}, "models": [], "maximumOutput"}]}
/// Everything but a provider's id and kind may be left out.
struct ModelSettings {
    std::vector<ProviderSettings> providers;
    std::string model = {}; // of new sessions; empty: the first
    std::vector<std::string> blocked = {}; // ids, with or without the provider

    /// Error: InvalidInput, naming what does not read; also for a header that carries a key.
    static ph::Result<ModelSettings> parse(const ph::Json &json);
    ph::Json toJson() const;

    const ProviderSettings *provider(const std::string &id) const;

    friend bool operator==(const ModelSettings &, const ModelSettings &) = default;
};

/// The settings with what the environment says, which goes before the file: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN and
/// ANTHROPIC_BASE_URL make the provider "anthropic", OPENAI_API_KEY and OPENAI_BASE_URL "openai", LLM_GATEWAY_URL "posthog".
ModelSettings withEnvironment(ModelSettings settings, const posthog::Environment &environment);

/// The provider's key in the environment; "" when there is none. Of a provider that has another id than those above: none.
std::string keyFromEnvironment(const ProviderSettings &provider, const posthog::Environment &environment);

/// The address of PostHog's gateway for the project's host: us, eu, or this machine's. Error: InvalidInput for any other host (it is
/// never guessed), naming the setting to make, and for what is no address.
ph::Result<std::string> gatewayUrl(const std::string &posthogHost, const std::string &product = "posthog_code");

/// A service's address without a "/" at its end.
std::string withoutSlash(std::string url);
/// The address before "/v1", whether it was given with it or not.
std::string beforeVersion(std::string url);

} // namespace model
