#include "app/project_connection.h"

#include "driver/base/log.h"

namespace app {

ProjectConnection::ProjectConnection(Options options)
    : m_options(std::move(options))
{
}

ProjectConnection::~ProjectConnection() = default;

ph::Result<std::shared_ptr<posthog::Driver>> ProjectConnection::driver(std::stop_token stop)
{
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, stop, [this] { return !m_connecting; }))
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (m_driver)
            return m_driver;
        m_connecting = true;
    }
    auto connected = connect(std::move(stop));
    const std::lock_guard lock(m_mutex);
    m_connecting = false;
    if (connected)
        m_driver = *connected;
    m_changed.notify_all();
    return connected;
}

ph::Result<std::shared_ptr<posthog::Driver>> ProjectConnection::connect(std::stop_token stop)
{
    if (m_options.project.empty() && m_options.environment.namesAProject()) {
        auto credentials = m_options.environment.credentials();
        if (!credentials)
            return ph::fail(credentials.error());
        return std::shared_ptr<posthog::Driver>(posthog::makeDriver(m_client, *std::move(credentials)));
    }
    LocalProjectOptions options;
    if (!m_options.project.empty() && m_options.project != "demo") {
        options.choice.store = m_options.project;
        std::error_code ignored;
        if (!std::filesystem::exists(localproject::storePathOf(options.choice), ignored)) {
            return ph::fail(ph::ErrorCode::NotFound,
                            "“" + m_options.project + "” is neither demo nor the folder of a local project; hoglet-agent import FILE… --store DIR makes one.");
        }
    }
    auto local = LocalProject::findOrStart(m_client, options, [](const std::string &text) { ph::logInfo("project", text); }, std::move(stop));
    if (!local)
        return ph::fail(local.error());
    auto driver = std::shared_ptr<posthog::Driver>(posthog::makeDriver(m_client, local->credentials()));
    const std::lock_guard lock(m_mutex);
    m_local = *std::move(local);
    return driver;
}

} // namespace app
