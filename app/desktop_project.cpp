#include "app/desktop_project.h"

#include "ui/shell/background.h"

#include <QUrl>

namespace app {
namespace {

std::string keyName(const ui::ProjectChoice &choice) { return posthog::posthogSecret(choice.host.toStdString(), choice.projectId.toStdString()); }

} // namespace

DesktopProject::DesktopProject(QString settingsPath, ui::Settings settings, posthog::SecretStore &secrets, LocalProjectOptions demo, QObject *parent)
    : QObject(parent)
    , m_settingsPath(std::move(settingsPath))
    , m_settings(std::move(settings))
    , m_demo(std::move(demo))
    , m_secrets(secrets)
{
    m_watch.setInterval(15'000);
    connect(&m_watch, &QTimer::timeout, this, &DesktopProject::look);
}

DesktopProject::~DesktopProject()
{
    m_stop.request_stop();
    m_keeping.request_stop();
    ui::backgroundPool()->waitForDone(); // The work refers to this object.
}

void DesktopProject::rebuildDemo()
{
    auto options = m_demo;
    options.rebuild = true;
    connectTo(options);
}

void DesktopProject::connectTo(const LocalProjectOptions &demo)
{
    const int attempt = ++m_attempt;
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_watch.stop();
    {
        const std::lock_guard lock(m_mutex);
        m_connecting = true;
        m_error.reset();
    }
    const auto choice = m_settings.project;
    emit connecting(choice.isDemo ? tr("Starting the demo project…") : tr("Connecting to %1…").arg(QUrl(choice.host).host()));
    if (choice.isDemo) {
        ui::inBackground([this, demo, stop = m_stop.get_token()] { return connectDemo(demo, stop); })
            .then(this, [this, attempt](const ph::Result<Connected> &result) { settle(attempt, result); });
        return;
    }
    ui::inBackground([this, choice, stop = m_stop.get_token()] { return connectPosthog(choice, std::nullopt, stop); })
        .then(this, [this, attempt](const ph::Result<Connected> &result) { settle(attempt, result); });
}

ph::Result<std::string> DesktopProject::keyOf(const ui::ProjectChoice &choice, const std::stop_token &stop)
{
    auto key = m_secrets.get(keyName(choice), stop);
    if (!key && key.error().code != ph::ErrorCode::Cancelled) {
        if (auto set = posthog::EnvironmentSecrets().get(keyName(choice)))
            key = std::move(set);
    }
    m_hasKey = key.has_value();
    if (!key && key.error().code == ph::ErrorCode::NotFound)
        return ph::fail(ph::ErrorCode::Unauthorized, "There is no API key for this project. Enter one in the settings.");
    return key;
}

ph::Result<DesktopProject::Connected> DesktopProject::connectDemo(const LocalProjectOptions &options, std::stop_token stop)
{
    const auto progress = [this](const std::string &text) {
        QMetaObject::invokeMethod(this, [this, text = QString::fromStdString(text)] { emit connecting(text); }, Qt::QueuedConnection);
    };
    auto local = LocalProject::findOrStart(m_client, options, progress, stop);
    if (!local)
        return ph::fail(local.error());
    std::shared_ptr<posthog::Driver> driver = posthog::makeDriver(m_client, local->credentials());
    auto info = driver->project(stop);
    if (!info)
        return ph::fail(info.error());
    info->isDemo = true;
    const std::lock_guard lock(m_mutex);
    m_local = *std::move(local);
    return Connected{std::move(driver), *std::move(info)};
}

ph::Result<DesktopProject::Connected> DesktopProject::connectPosthog(const ui::ProjectChoice &choice, const std::optional<std::string> &given,
                                                                     std::stop_token stop)
{
    if (choice.projectId.isEmpty())
        return ph::fail(ph::ErrorCode::InvalidInput, "The project id is missing. Enter it in the settings.");
    const auto host = posthog::normaliseHost(choice.host.toStdString());
    if (!host)
        return ph::fail(host.error());
    const auto key = given ? ph::Result<std::string>(*given) : keyOf(choice, stop);
    if (!key)
        return ph::fail(key.error());
    std::shared_ptr<posthog::Driver> driver = posthog::makeDriver(m_client, {*host, *key, choice.projectId.toStdString()});
    auto info = driver->project(stop);
    if (!info)
        return ph::fail(info.error());
    return Connected{std::move(driver), *std::move(info)};
}

void DesktopProject::settle(int attempt, const ph::Result<Connected> &result)
{
    if (attempt != m_attempt)
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_connecting = false;
        if (result)
            m_driver = result->driver;
        else
            m_error = result.error();
    }
    m_changed.notify_all();
    if (!result) {
        const auto &error = result.error();
        // Of a local project InvalidInput says that its store does not open (LocalProject::findOrStart); the second line is for a terminal.
        if (m_settings.project.isDemo && error.code == ph::ErrorCode::InvalidInput)
            emit demoDamaged(QString::fromStdString(error.message).section('\n', 0, 0));
        else if (error.code != ph::ErrorCode::Cancelled)
            emit failed(error);
        return;
    }
    m_isLost = false;
    m_watch.start();
    emit connected(result->driver, result->info);
}

ph::Result<std::shared_ptr<posthog::Driver>> DesktopProject::driver(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [this] { return !m_connecting; }))
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    if (m_error)
        return ph::fail(*m_error);
    return m_driver;
}

void DesktopProject::look()
{
    if (m_looking)
        return;
    m_looking = true;
    std::shared_ptr<posthog::Driver> driver;
    {
        const std::lock_guard lock(m_mutex);
        driver = m_driver;
    }
    ui::inBackground([driver, stop = m_stop.get_token()] { return driver->project(stop); })
        .then(this, [this, attempt = m_attempt](const ph::Result<posthog::ProjectInfo> &info) {
            m_looking = false;
            if (attempt != m_attempt)
                return;
            const bool isLost = !info && info.error().code == ph::ErrorCode::Network;
            if (isLost == m_isLost)
                return;
            m_isLost = isLost;
            if (isLost)
                emit lost(info.error());
            else
                emit foundAgain();
        });
}

void DesktopProject::test(const ui::ProjectChoice &choice, const std::optional<std::string> &key,
                          std::function<void(const ph::Result<posthog::ProjectInfo> &)> then)
{
    ui::inBackground([this, choice, key, stop = m_stop.get_token()] { return connectPosthog(choice, key, stop); })
        .then(this, [then = std::move(then)](const ph::Result<Connected> &result) {
            if (result)
                then(result->info);
            else
                then(ph::fail(result.error()));
        });
}

void DesktopProject::use(const ui::ProjectChoice &choice, const std::optional<std::string> &key, std::function<void(const ph::Result<> &)> then)
{
    m_settings.project = choice;
    keepSettings();
    if (!key || choice.isDemo) {
        start();
        then({});
        return;
    }
    m_hasKey = true;
    ui::inBackground([this, name = keyName(choice), key = *key, stop = m_keeping.get_token()] { return m_secrets.put(name, key, stop); })
        .then(this, [this, then = std::move(then)](const ph::Result<> &kept) {
            start();
            then(kept);
        });
}

void DesktopProject::setLook(ui::ThemeChoice theme, double fontScale)
{
    m_settings.theme = theme;
    m_settings.fontScale = fontScale;
    keepSettings();
}

void DesktopProject::keepSettings()
{
    if (const auto saved = ui::saveSettings(m_settingsPath, m_settings); !saved)
        emit settingsProblem(saved.error());
}

} // namespace app
