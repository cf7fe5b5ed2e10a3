#include "agent/model/settings.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace model {

namespace {

using Kind = ProviderSettings::Kind;

constexpr std::array<std::pair<Kind, const char *>, 3> kindNames{
    {{Kind::Anthropic, "anthropic"}, {Kind::PostHogGateway, "posthog-gateway"}, {Kind::OpenAiCompatible, "openai-compatible"}}};

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool isWord(const std::string &text)
{
    return !text.empty()
        && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

bool carriesKey(const std::string &header)
{
    static constexpr std::array names{"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"};
    return std::find(names.begin(), names.end(), lowered(header)) != names.end();
}

tl::unexpected<ph::Error> refuse(std::string why) { return ph::fail(ph::ErrorCode::InvalidInput, std::move(why)); }

ph::Result<ProviderSettings> providerOf(const ph::Json &json)
{
    ProviderSettings provider;
    provider.id = json.at("id").get<std::string>();
    if (!isWord(provider.id))
        return refuse("The id \"" + provider.id + "\" of a model provider must be of the letters a-z, digits, - and _.");
    const auto kind = json.at("kind").get<std::string>();
    const auto found = std::find_if(kindNames.begin(), kindNames.end(), [&](const auto &each) { return kind == each.second; });
    if (found == kindNames.end())
        return refuse("The kind of the model provider \"" + provider.id + "\" must be anthropic, posthog-gateway or openai-compatible.");
    provider.kind = found->first;
    provider.name = json.value("name", std::string());
    provider.baseUrl = json.value("baseUrl", std::string());
    provider.usesBearer = json.value("bearer", false);
    provider.headers = json.value("headers", std::map<std::string, std::string>());
    provider.models = json.value("models", std::vector<std::string>());
    provider.maximumOutput = json.value("maximumOutput", std::int64_t(0));
    for (const auto &[name, value] : provider.headers) {
        if (carriesKey(name))
            return refuse("The header " + name + " of the model provider \"" + provider.id
                          + "\" carries a key, which does not belong into the settings file. Remove it and add the key by itself.");
    }
    return provider;
}

/// The provider of that id, added where there is none.
ProviderSettings &ensure(ModelSettings &settings, const char *id, Kind kind)
{
    auto &providers = settings.providers;
    const auto found = std::find_if(providers.begin(), providers.end(), [&](const auto &each) { return each.id == id; });
    return found != providers.end() ? *found : providers.emplace_back(ProviderSettings{id, kind});
}

} // namespace

ph::Result<ModelSettings> ModelSettings::parse(const ph::Json &json)
{
    if (!json.is_object())
        return refuse("The setting \"models\" must be an object.");
    ModelSettings settings;
    try {
        settings.model = json.value("model", std::string());
        settings.blocked = json.value("blocked", std::vector<std::string>());
        for (const ph::Json &each : json.value("providers", ph::Json::array())) {
            auto provider = providerOf(each);
            if (!provider)
                return ph::fail(provider.error());
            if (settings.provider(provider->id))
                return refuse("The model provider \"" + provider->id + "\" is there twice.");
            settings.providers.push_back(*std::move(provider));
        }
    } catch (const ph::Json::exception &e) {
        return refuse("The setting \"models\" does not read: " + std::string(e.what()));
    }
    return settings;
}

ph::Json ModelSettings::toJson() const
{
    ph::Json list = ph::Json::array();
    for (const ProviderSettings &each : providers) {
        const auto kind = std::find_if(kindNames.begin(), kindNames.end(), [&](const auto &pair) { return pair.first == each.kind; });
        ph::Json provider{{"id", each.id}, {"kind", kind->second}};
        const auto put = [&](const char *key, const auto &value, bool isSet) {
            if (isSet)
                provider[key] = value;
        };
        put("name", each.name, !each.name.empty());
        put("baseUrl", each.baseUrl, !each.baseUrl.empty());
        put("bearer", each.usesBearer, each.usesBearer);
        put("headers", each.headers, !each.headers.empty());
        put("models", each.models, !each.models.empty());
        put("maximumOutput", each.maximumOutput, each.maximumOutput > 0);
        list.push_back(std::move(provider));
    }
    ph::Json json{{"providers", std::move(list)}};
    if (!model.empty())
        json["model"] = model;
    if (!blocked.empty())
        json["blocked"] = blocked;
    return json;
}

const ProviderSettings *ModelSettings::provider(const std::string &id) const
{
    const auto found = std::find_if(providers.begin(), providers.end(), [&](const auto &each) { return each.id == id; });
    return found != providers.end() ? &*found : nullptr;
}

ModelSettings withEnvironment(ModelSettings settings, const posthog::Environment &environment)
{
    const auto isSet = [&](const char *name) { return !environment.value(name).empty(); };
    if (isSet("ANTHROPIC_API_KEY") || isSet("ANTHROPIC_AUTH_TOKEN") || isSet("ANTHROPIC_BASE_URL")) {
        auto &provider = ensure(settings, "anthropic", Kind::Anthropic);
        if (isSet("ANTHROPIC_BASE_URL"))
            provider.baseUrl = environment.value("ANTHROPIC_BASE_URL");
        if (isSet("ANTHROPIC_API_KEY") || isSet("ANTHROPIC_AUTH_TOKEN"))
            provider.usesBearer = !isSet("ANTHROPIC_API_KEY");
    }
    if (isSet("OPENAI_API_KEY") || isSet("OPENAI_BASE_URL")) {
        auto &provider = ensure(settings, "openai", Kind::OpenAiCompatible);
        if (isSet("OPENAI_BASE_URL"))
            provider.baseUrl = environment.value("OPENAI_BASE_URL");
    }
    if (isSet("LLM_GATEWAY_URL"))
        ensure(settings, "posthog", Kind::PostHogGateway).baseUrl = environment.value("LLM_GATEWAY_URL");
    return settings;
}

std::string keyFromEnvironment(const ProviderSettings &provider, const posthog::Environment &environment)
{
    if (provider.id == "anthropic")
        return environment.value(provider.usesBearer ? "ANTHROPIC_AUTH_TOKEN" : "ANTHROPIC_API_KEY");
    if (provider.id == "openai")
        return environment.value("OPENAI_API_KEY");
    if (provider.kind == Kind::PostHogGateway)
        return environment.value("POSTHOG_PERSONAL_API_KEY");
    return {};
}

ph::Result<std::string> gatewayUrl(const std::string &posthogHost, const std::string &product)
{
    const std::size_t mark = posthogHost.find("://");
    const std::string scheme = lowered(posthogHost.substr(0, mark));
    if (mark == std::string::npos || (scheme != "https" && scheme != "http"))
        return refuse("\"" + posthogHost + "\" is no address of PostHog; it looks like https://us.posthog.com.");
    const std::string rest = posthogHost.substr(mark + 3);
    const std::string host = lowered(rest.substr(0, rest.find_first_of(":/?#")));
    if (host == "localhost" || host == "127.0.0.1")
        return scheme + "://localhost:3308/" + product;
    if (host == "host.docker.internal")
        return scheme + "://host.docker.internal:3308/" + product;
    for (const char *region : {"us", "eu"}) {
        const std::string name(region);
        if (host == name + ".posthog.com" || host == name + ".i.posthog.com" || (name == "us" && host == "app.posthog.com"))
            return "https://gateway." + name + ".posthog.com/" + product;
    }
    return refuse("Where the gateway of " + host + " is cannot be known. Set its address as `baseUrl` of the model provider, or in LLM_GATEWAY_URL.");
}

std::string withoutSlash(std::string url)
{
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

std::string beforeVersion(std::string url)
{
    url = withoutSlash(std::move(url));
    return url.ends_with("/v1") ? url.substr(0, url.size() - 3) : url;
}

} // namespace model
