#pragma once

#include "app/local_project_process.h"
#include "driver/http/client.h"
#include "driver/posthog/environment.h"
#include "ui/shell/project_connection.h"

#include <QTimer>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace app {

/// The window's project: connected in the background, watched while it is there, changed from the settings.
class DesktopProject : public QObject, public ui::ProjectConnection
{
    Q_OBJECT

public:
    /// `secrets` keeps the keys of projects and must outlive this. `demo`: which local project "demo" is, and where its program lies.
    DesktopProject(QString settingsPath, ui::Settings settings, posthog::SecretStore &secrets, LocalProjectOptions demo, QObject *parent = nullptr);
    ~DesktopProject() override;

    /// Connects to the chosen project; what was connected stays until the new one answers.
    void start() { connectTo(m_demo); }

    /// Makes the demo's store anew; the damaged file is kept beside it as .old. To be called when the user has said so.
    void rebuildDemo();

    const ui::Settings &settings() const { return m_settings; }
    void setLook(ui::ThemeChoice theme, double fontScale);

    /// For the agent's tools: waits for the connection that is being made. Any thread.
    ph::Result<std::shared_ptr<posthog::Driver>> driver(std::stop_token stop);

    // ui::ProjectConnection
    ui::ProjectChoice choice() const override { return m_settings.project; }
    bool hasKey() const override { return m_hasKey; }
    void test(const ui::ProjectChoice &choice, const std::optional<std::string> &key,
              std::function<void(const ph::Result<posthog::ProjectInfo> &)> then) override;
    void use(const ui::ProjectChoice &choice, const std::optional<std::string> &key, std::function<void(const ph::Result<> &)> then) override;

signals:
    void connecting(const QString &text);
    void connected(const std::shared_ptr<posthog::Driver> &driver, const posthog::ProjectInfo &info);
    void failed(const ph::Error &error);
    void demoDamaged(const QString &what); // it is left as it is: ask, then rebuildDemo()
    void lost(const ph::Error &error); // it answered before
    void foundAgain();
    void settingsProblem(const ph::Error &error);

private:
    struct Connected {
        std::shared_ptr<posthog::Driver> driver;
        posthog::ProjectInfo info;
    };

    ph::Result<std::string> keyOf(const ui::ProjectChoice &choice, const std::stop_token &stop);
    void connectTo(const LocalProjectOptions &demo);
    ph::Result<Connected> connectDemo(const LocalProjectOptions &options, std::stop_token stop);
    ph::Result<Connected> connectPosthog(const ui::ProjectChoice &choice, const std::optional<std::string> &given, std::stop_token stop);
    void settle(int attempt, const ph::Result<Connected> &result);
    void keepSettings();
    void look(); // whether the project still answers

    const QString m_settingsPath;
    ui::Settings m_settings;
    const LocalProjectOptions m_demo;
    http::Client m_client;
    posthog::SecretStore &m_secrets;
    std::atomic<bool> m_hasKey = false;
    int m_attempt = 0; // the newest; the answers of older ones are dropped
    std::stop_source m_stop;
    std::stop_source m_keeping; // a key that is being kept is not given up for another attempt
    QTimer m_watch;
    bool m_looking = false;
    bool m_isLost = false;

    std::mutex m_mutex; // Guards what follows.
    std::condition_variable_any m_changed;
    bool m_connecting = true;
    std::shared_ptr<posthog::Driver> m_driver;
    std::optional<ph::Error> m_error;
    std::optional<LocalProject> m_local; // a project started here lives as long as the window
};

} // namespace app
