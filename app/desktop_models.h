#pragma once

#include "app/agent_models.h"
#include "ui/shell/model_setup.h"

#include <QObject>

#include <set>

namespace app {

/// The window's language models: what is set up, with its keys in the keychain. Main thread.
class DesktopModels : public QObject, public ui::ModelSetup
{
    Q_OBJECT

public:
    /// `secrets` outlives this.
    DesktopModels(std::shared_ptr<AgentModels> models, posthog::SecretStore &secrets, QObject *parent = nullptr);
    ~DesktopModels() override;

    ui::ModelService service(ui::ModelService::Kind kind) const override;
    void use(const ui::ModelService &service, const std::optional<std::string> &key, std::function<void(const ph::Result<QStringList> &)> then) override;
    void remove(ui::ModelService::Kind kind) override;

private:
    void lookForKeys();

    const std::shared_ptr<AgentModels> m_models;
    posthog::SecretStore &m_secrets;
    std::set<std::string> m_hasKey; // ids of providers whose key is kept
    std::stop_source m_stop;
};

} // namespace app
