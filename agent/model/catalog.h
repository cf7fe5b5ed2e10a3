#pragma once

#include "agent/model/language_model.h"
#include "agent/model/settings.h"

#include <map>
#include <mutex>

namespace model {

/// A model that can be chosen.
struct CatalogEntry {
    std::string id; // "anthropic/claude-opus-5-5": the provider's id, and the service's name for the model
    std::string provider;
    ModelFacts facts;
};

struct ModelList {
    std::vector<CatalogEntry> models; // by provider, in the order of the settings and of the service
    std::vector<ph::Error> problems; // of providers that could not be asked: what is known of theirs is in the list all the same
};

/// Which models there are, and the way to them. Any thread.
class Catalog
{
public:
    struct Options {
        ModelSettings settings;
        FactTable facts;
        std::string posthogHost = {}; // of the project, for the gateway
        /// The key of a provider, asked for at each request; "" when there is none.
        std::function<ph::Result<std::string>(const ProviderSettings &)> getKey;
    };

    Catalog(Network network, Options options);

    /// The models, without those that are blocked. A provider is asked again after 10 minutes.
    ModelList list(std::stop_token stop = {});

    /// The model of that id; "": that of the settings, or the first. A provider's model need not be listed, and the provider's id may be
    /// left out where one lists it. Asks no service for what the table knows. Error: NotFound, naming what to do; InvalidInput for a
    /// provider whose address is not known; Cancelled.
    ph::Result<std::shared_ptr<Model>> make(const std::string &id, std::stop_token stop = {});

private:
    struct Listing {
        ph::Time time;
        std::vector<CatalogEntry> models;
    };

    ph::Result<CatalogEntry> choose(const std::string &id, const std::stop_token &stop);
    /// Without asking the service.
    std::optional<CatalogEntry> known(const ProviderSettings &provider, const std::string &model);
    void addModels(const ProviderSettings &provider, ModelList &list, const std::stop_token &stop);
    ph::Result<std::vector<CatalogEntry>> modelsOf(const ProviderSettings &provider, const std::stop_token &stop);
    ph::Result<std::vector<CatalogEntry>> fetch(const ProviderSettings &provider, const std::stop_token &stop);
    std::vector<CatalogEntry> knownModels(const ProviderSettings &provider) const;
    CatalogEntry entryOf(const ProviderSettings &provider, const std::string &model) const;
    static CatalogEntry entryOf(const ProviderSettings &provider, ModelFacts facts);
    bool isBlocked(const CatalogEntry &entry) const;
    ph::Result<Service> serviceOf(const ProviderSettings &provider, bool isAnthropic) const;
    std::shared_ptr<Model> makeModel(const ProviderSettings &provider, const CatalogEntry &entry, Service service) const;

    const Network m_network;
    const Options m_options;
    std::mutex m_mutex; // Guards the one below.
    std::map<std::string, Listing> m_listings; // by provider
};

} // namespace model
