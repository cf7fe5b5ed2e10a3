#include "app/desktop_models.h"

#include "driver/base/log.h"
#include "ui/shell/background.h"

#include <algorithm>
#include <array>

namespace app {
namespace {

using Kind = ui::ModelService::Kind;

/// One service a kind; its provider's id is what the environment's has, too.
struct KindInfo {
    Kind kind;
    model::ProviderSettings::Kind provider;
    const char *id;
};
constexpr std::array<KindInfo, 3> kinds{{{Kind::Anthropic, model::ProviderSettings::Kind::Anthropic, "anthropic"},
                                         {Kind::PostHogGateway, model::ProviderSettings::Kind::PostHogGateway, "posthog"},
                                         {Kind::OpenAiCompatible, model::ProviderSettings::Kind::OpenAiCompatible, "openai"}}};

const KindInfo &infoOf(Kind kind)
{
    return *std::find_if(kinds.begin(), kinds.end(), [kind](const KindInfo &info) { return info.kind == kind; });
}

} // namespace

DesktopModels::DesktopModels(std::shared_ptr<AgentModels> models, posthog::SecretStore &secrets, QObject *parent)
    : QObject(parent)
    , m_models(std::move(models))
    , m_secrets(secrets)
{
    lookForKeys();
}

DesktopModels::~DesktopModels()
{
    m_stop.request_stop();
    ui::backgroundPool()->waitForDone(); // The work refers to the secrets.
}

/// The keychain is asked about the services that are set up alone: each question may ask the user.
void DesktopModels::lookForKeys()
{
    std::vector<std::string> ids;
    for (const auto &provider : m_models->settings().providers)
        ids.push_back(provider.id);
    if (ids.empty())
        return;
    ui::inBackground([&secrets = m_secrets, ids, stop = m_stop.get_token()] {
        std::set<std::string> found;
        for (const auto &id : ids) {
            if (secrets.get(id, stop))
                found.insert(id);
        }
        return found;
    }).then(this, [this](const std::set<std::string> &found) { m_hasKey.insert(found.begin(), found.end()); });
}

ui::ModelService DesktopModels::service(Kind kind) const
{
    const auto &info = infoOf(kind);
    const auto settings = m_models->settings();
    ui::ModelService service;
    service.kind = kind;
    if (const auto *provider = settings.provider(info.id)) {
        service.isUsed = true;
        service.baseUrl = QString::fromStdString(provider->baseUrl);
        service.hasKey = m_hasKey.contains(info.id) || m_models->hasEnvironmentKey(*provider);
    }
    return service;
}

void DesktopModels::use(const ui::ModelService &service, const std::optional<std::string> &key, std::function<void(const ph::Result<QStringList> &)> then)
{
    const auto &info = infoOf(service.kind);
    auto settings = m_models->settings();
    auto provider = std::find_if(settings.providers.begin(), settings.providers.end(), [&](const auto &one) { return one.id == info.id; });
    if (provider == settings.providers.end()) {
        model::ProviderSettings fresh;
        fresh.id = info.id;
        provider = settings.providers.insert(provider, std::move(fresh));
    }
    provider->kind = info.provider;
    provider->baseUrl = service.baseUrl.toStdString();
    ui::inBackground([models = m_models, &secrets = m_secrets, settings, key, id = std::string(info.id), stop = m_stop.get_token()]() -> ph::Result<QStringList> {
        const auto kept = key ? secrets.put(id, *key, stop) : ph::Result<>();
        const auto saved = models->use(settings);
        const auto listed = models->wait(stop);
        if (!kept)
            return ph::fail(kept.error());
        if (!saved)
            return ph::fail(saved.error());
        if (!listed.problems.empty())
            return ph::fail(listed.problems.front());
        QStringList names;
        for (const auto &one : listed.models) {
            if (one->id().starts_with(id + "/"))
                names << QString::fromStdString(one->name());
        }
        return names;
    }).then(this, [this, then = std::move(then), id = std::string(info.id), hasKey = key.has_value()](const ph::Result<QStringList> &names) {
        if (hasKey)
            m_hasKey.insert(id);
        then(names);
    });
}

void DesktopModels::remove(Kind kind)
{
    const std::string id = infoOf(kind).id;
    auto settings = m_models->settings();
    std::erase_if(settings.providers, [&](const auto &provider) { return provider.id == id; });
    m_hasKey.erase(id);
    if (const auto saved = m_models->use(settings); !saved)
        ph::logWarning("models", saved.error().message);
    ui::inBackground([&secrets = m_secrets, id, stop = m_stop.get_token()] {
        return secrets.erase(id, stop).has_value(); // One that the keychain does not give up is of no use any more.
    });
}

} // namespace app
