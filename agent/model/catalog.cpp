#include "agent/model/catalog.h"

#include "agent/model/listing.h"
#include "driver/base/json_depth.h"

#include <algorithm>
#include <array>
#include <optional>

namespace model {

namespace {

using Kind = ProviderSettings::Kind;

constexpr std::chrono::minutes freshness{10};
constexpr std::size_t mostModels = 2'000; // of one provider
constexpr std::array gatewayBlocked{"gpt-5-mini", "openai/gpt-5-mini"}; // PostHog's gateway lists them, but does not serve agents with them

/// An address of nothing but a host gets the path that all servers of this kind have.
std::string withVersion(std::string url)
{
    url = withoutSlash(std::move(url));
    const std::size_t host = url.find("://");
    const bool hasPath = host != std::string::npos && url.find('/', host + 3) != std::string::npos;
    return hasPath ? url : url + "/v1";
}

std::string nameOf(const ProviderSettings &provider)
{
    if (!provider.name.empty())
        return provider.name;
    switch (provider.kind) {
    case Kind::Anthropic:
        return "Anthropic";
    case Kind::PostHogGateway:
        return "PostHog's gateway";
    case Kind::OpenAiCompatible:
        break;
    }
    return provider.baseUrl.empty() ? "OpenAI" : provider.id;
}

} // namespace

Catalog::Catalog(Network network, Options options)
    : m_network(std::move(network))
    , m_options(std::move(options))
{
}

ModelList Catalog::list(std::stop_token stop)
{
    ModelList list;
    for (const ProviderSettings &provider : m_options.settings.providers)
        addModels(provider, list, stop);
    return list;
}

void Catalog::addModels(const ProviderSettings &provider, ModelList &list, const std::stop_token &stop)
{
    auto models = modelsOf(provider, stop);
    if (!models) {
        list.problems.push_back(models.error());
        models = knownModels(provider);
    }
    std::copy_if(models->begin(), models->end(), std::back_inserter(list.models), [&](const CatalogEntry &entry) { return !isBlocked(entry); });
}

ph::Result<std::shared_ptr<Model>> Catalog::make(const std::string &id, std::stop_token stop)
{
    auto entry = choose(id.empty() ? m_options.settings.model : id, stop);
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    if (!entry)
        return ph::fail(entry.error());
    if (isBlocked(*entry))
        return ph::fail(ph::ErrorCode::NotFound, "The model \"" + entry->id + "\" is blocked by the settings. Choose another one.");
    const auto &provider = *m_options.settings.provider(entry->provider);
    auto service = serviceOf(provider, entry->facts.isAnthropic);
    if (!service)
        return ph::fail(service.error());
    return makeModel(provider, *entry, *std::move(service));
}

ph::Result<CatalogEntry> Catalog::choose(const std::string &id, const std::stop_token &stop)
{
    if (m_options.settings.providers.empty())
        return ph::fail(ph::ErrorCode::NotFound,
                        "No language model is set up. Add a provider in the settings, or set ANTHROPIC_API_KEY or OPENAI_BASE_URL.");
    if (const auto slash = id.find('/'); slash != std::string::npos) {
        if (const auto *provider = m_options.settings.provider(id.substr(0, slash))) {
            const auto model = id.substr(slash + 1);
            if (auto entry = known(*provider, model))
                return *std::move(entry);
            ModelList list;
            addModels(*provider, list, stop);
            const auto listed = std::find_if(list.models.begin(), list.models.end(), [&](const CatalogEntry &each) { return each.id == id; });
            return listed != list.models.end() ? *listed : entryOf(*provider, model);
        }
    }
    const auto models = list(stop).models;
    const auto entry = std::find_if(models.begin(), models.end(), [&](const CatalogEntry &each) { return id.empty() || each.facts.id == id; });
    if (entry == models.end())
        return ph::fail(ph::ErrorCode::NotFound,
                        id.empty() ? "No language model is known. Name one as `model` in the settings."
                                   : "There is no model \"" + id + "\". Choose one of the list in the settings.");
    return *entry;
}

std::optional<CatalogEntry> Catalog::known(const ProviderSettings &provider, const std::string &model)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto kept = m_listings.find(provider.id);
        if (kept != m_listings.end()) {
            const auto &models = kept->second.models;
            const auto found = std::find_if(models.begin(), models.end(), [&](const CatalogEntry &entry) { return entry.facts.id == model; });
            if (found != models.end())
                return *found;
        }
    }
    return m_options.facts.find(model) ? std::optional(entryOf(provider, model)) : std::nullopt;
}

std::shared_ptr<Model> Catalog::makeModel(const ProviderSettings &provider, const CatalogEntry &entry, Service service) const
{
    LanguageModel model{entry.id, entry.facts, std::move(service), provider.maximumOutput};
    return entry.facts.isAnthropic ? makeMessagesModel(m_network, std::move(model)) : makeChatModel(m_network, std::move(model));
}

ph::Result<std::vector<CatalogEntry>> Catalog::modelsOf(const ProviderSettings &provider, const std::stop_token &stop)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto kept = m_listings.find(provider.id);
        if (kept != m_listings.end() && m_network.clock.now() - kept->second.time < freshness)
            return kept->second.models;
    }
    auto models = fetch(provider, stop);
    if (models) {
        const std::lock_guard lock(m_mutex);
        m_listings[provider.id] = {m_network.clock.now(), *models};
    }
    return models;
}

ph::Result<std::vector<CatalogEntry>> Catalog::fetch(const ProviderSettings &provider, const std::stop_token &stop)
{
    const auto inContext = [&](const ph::Error &error) {
        return ph::fail(error.code, "The models of " + nameOf(provider) + " could not be listed: " + error.message);
    };
    const bool isAnthropic = provider.kind == Kind::Anthropic;
    const auto service = serviceOf(provider, isAnthropic);
    if (!service)
        return inContext(service.error());
    const std::string path = isAnthropic ? "/v1/models?limit=1000" : "/models";
    auto request = requestTo(*service, path);
    if (!request)
        return inContext(request.error());
    if (isAnthropic)
        request->http.headers.emplace_back("anthropic-version", "2023-06-01");
    request->http.timeout = std::chrono::seconds(15);
    request->http.maximumBody = 8 * 1024 * 1024;
    const auto response = m_network.client.send(request->http, stop);
    if (!response)
        return inContext({response.error().code, withoutSecrets(response.error().message, *request)});
    if (response->status != 200)
        return inContext(refusalOf(*service, *request, *response).error);
    const ph::Json answer = ph::isNestedDeeper(response->body, 64) ? ph::Json() : ph::Json::parse(response->body, nullptr, false);
    auto listed = listedModels(answer, m_options.facts, isAnthropic);
    if (listed.empty())
        return inContext({ph::ErrorCode::InvalidInput, "the answer names none. Check the address."});

    listed.resize(std::min(listed.size(), mostModels));
    std::vector<CatalogEntry> entries;
    for (ModelFacts &facts : listed)
        entries.push_back(entryOf(provider, std::move(facts)));
    for (const std::string &model : provider.models) {
        auto entry = entryOf(provider, model);
        if (std::none_of(entries.begin(), entries.end(), [&](const CatalogEntry &each) { return each.id == entry.id; }))
            entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<CatalogEntry> Catalog::knownModels(const ProviderSettings &provider) const
{
    std::vector<CatalogEntry> entries;
    for (const std::string &model : provider.models)
        entries.push_back(entryOf(provider, model));
    if (provider.kind != Kind::OpenAiCompatible) {
        for (const ModelFacts &facts : m_options.facts.all()) {
            if (facts.isAnthropic)
                entries.push_back(entryOf(provider, facts));
        }
    }
    return entries;
}

/// One that is named and not listed.
CatalogEntry Catalog::entryOf(const ProviderSettings &provider, const std::string &model) const
{
    const ph::Json listing{{"data", {{{"id", model}}}}};
    auto listed = listedModels(listing, m_options.facts, provider.kind == Kind::Anthropic);
    ModelFacts facts;
    if (!listed.empty())
        facts = std::move(listed.front());
    facts.id = model;
    if (facts.name.empty())
        facts.name = displayName(model);
    return entryOf(provider, std::move(facts));
}

CatalogEntry Catalog::entryOf(const ProviderSettings &provider, ModelFacts facts)
{
    if (provider.kind == Kind::OpenAiCompatible) {
        facts.isAnthropic = false; // Whatever the model is called, the API is that of its kind.
        if (provider.baseUrl.empty())
            facts.info.takesImages = true; // OpenAI's list does not say so; its models do.
    }
    CatalogEntry entry{provider.id + "/" + facts.id, provider.id, {}};
    entry.facts = std::move(facts);
    return entry;
}

bool Catalog::isBlocked(const CatalogEntry &entry) const
{
    const auto &blocked = m_options.settings.blocked;
    const auto names = [&](const std::string &each) { return each == entry.id || each == entry.facts.id; };
    if (std::any_of(blocked.begin(), blocked.end(), names))
        return true;
    const auto *provider = m_options.settings.provider(entry.provider);
    return provider && provider->kind == Kind::PostHogGateway
        && std::find(gatewayBlocked.begin(), gatewayBlocked.end(), entry.facts.id) != gatewayBlocked.end();
}

ph::Result<Service> Catalog::serviceOf(const ProviderSettings &provider, bool isAnthropic) const
{
    Service service;
    service.name = nameOf(provider);
    service.headers.assign(provider.headers.begin(), provider.headers.end());
    service.getKey = [getKey = m_options.getKey, provider]() -> ph::Result<std::string> { return getKey ? getKey(provider) : std::string(); };
    switch (provider.kind) {
    case Kind::Anthropic:
        service.baseUrl = provider.baseUrl.empty() ? "https://api.anthropic.com" : beforeVersion(provider.baseUrl);
        service.keyHeader = provider.usesBearer ? Service::KeyHeader::Authorization : Service::KeyHeader::XApiKey;
        service.needsKey = provider.baseUrl.empty();
        break;
    case Kind::PostHogGateway: {
        const auto url = provider.baseUrl.empty() ? gatewayUrl(m_options.posthogHost) : beforeVersion(provider.baseUrl);
        if (!url)
            return ph::fail(url.error());
        service.baseUrl = isAnthropic ? *url : *url + "/v1";
        service.needsKey = true;
        break;
    }
    case Kind::OpenAiCompatible:
        service.baseUrl = provider.baseUrl.empty() ? "https://api.openai.com/v1" : withVersion(provider.baseUrl);
        service.needsKey = provider.baseUrl.empty();
        break;
    }
    return service;
}

} // namespace model
