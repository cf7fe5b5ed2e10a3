#include "app/agent_models.h"

#include "driver/base/atomic_file.h"
#include "driver/base/log.h"

namespace app {
namespace {

model::ModelSettings settingsIn(const std::filesystem::path &file)
{
    const auto text = ph::readFile(file);
    if (!text) {
        if (text.error().code != ph::ErrorCode::NotFound)
            ph::logError("models", text.error().message);
        return {};
    }
    const auto json = ph::Json::parse(*text, nullptr, false);
    auto settings = json.is_discarded() ? ph::Result<model::ModelSettings>(ph::fail(ph::ErrorCode::InvalidInput, "it is not JSON"))
                                        : model::ModelSettings::parse(json);
    if (settings)
        return *std::move(settings);
    ph::logError("models", file.string() + " is passed over: " + settings.error().message);
    return {};
}

model::FactTable factsIn(const std::filesystem::path &file)
{
    const auto text = ph::readFile(file);
    auto facts = text ? model::FactTable::parse(*text) : ph::Result<model::FactTable>(ph::fail(text.error()));
    if (facts)
        return *std::move(facts);
    ph::logError("models", facts.error().message);
    return {};
}

} // namespace

AgentModels::AgentModels(AgentModelsOptions options)
    : m_options(std::move(options))
    , m_facts(factsIn(m_options.factsFile))
    , m_settings(model::withEnvironment(settingsIn(m_options.settingsFile), m_options.environment))
    , m_listed{{m_options.guided}, {}}
    , m_thread([this](const std::stop_token &stop) { listLoop(stop); })
{
}

AgentModels::~AgentModels() = default;

agent::Models AgentModels::now() const
{
    const std::lock_guard lock(m_mutex);
    return m_listed.models;
}

model::ModelSettings AgentModels::settings() const
{
    const std::lock_guard lock(m_mutex);
    return m_settings;
}

ph::Result<> AgentModels::use(const model::ModelSettings &settings)
{
    {
        const std::lock_guard lock(m_mutex);
        m_settings = model::withEnvironment(settings, m_options.environment);
    }
    refresh();
    return ph::writeFileAtomically(m_options.settingsFile, settings.toJson().dump(2) + "\n");
}

void AgentModels::refresh()
{
    const std::lock_guard lock(m_mutex);
    ++m_asked;
    m_changed.notify_all();
}

AgentModels::Listed AgentModels::wait(std::stop_token stop) const
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, stop, [this] { return m_answered == m_asked; });
    return m_listed;
}

ph::Result<std::string> AgentModels::keyOf(const model::ProviderSettings &provider, std::stop_token stop) const
{
    if (auto key = model::keyFromEnvironment(provider, m_options.environment); !key.empty())
        return key;
    if (!m_options.secrets)
        return std::string();
    auto key = m_options.secrets->get(provider.id, std::move(stop));
    if (!key && key.error().code == ph::ErrorCode::NotFound)
        return std::string();
    return key;
}

void AgentModels::listLoop(const std::stop_token &stop)
{
    while (!stop.stop_requested()) {
        model::ModelSettings settings;
        int asked = 0;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [this] { return m_answered < m_asked; }))
                return;
            settings = m_settings;
            asked = m_asked;
        }
        auto listed = list(settings, stop);
        for (const auto &problem : listed.problems)
            ph::logWarning("models", problem.message);
        const std::lock_guard lock(m_mutex);
        m_listed = std::move(listed);
        m_answered = asked;
        m_changed.notify_all();
    }
}

AgentModels::Listed AgentModels::list(const model::ModelSettings &settings, const std::stop_token &stop)
{
    Listed listed{{m_options.guided}, {}};
    if (settings.providers.empty())
        return listed;
    model::Catalog::Options options;
    options.settings = settings;
    options.facts = m_facts;
    options.posthogHost = m_options.posthogHost ? m_options.posthogHost() : std::string();
    options.getKey = [this, stop](const model::ProviderSettings &provider) { return keyOf(provider, stop); }; // A keychain may not answer.
    model::Catalog catalog(model::Network{m_client}, std::move(options)); // Its models do without it.
    auto list = catalog.list(stop);
    listed.problems = std::move(list.problems);
    for (const auto &entry : list.models) {
        if (auto made = catalog.make(entry.id, stop))
            listed.models.push_back(*std::move(made));
        else
            listed.problems.push_back(made.error());
    }
    return listed;
}

} // namespace app
