#pragma once

#include "agent/external/agent_list.h"
#include "agent/journal/writer.h"
#include "driver/posthog/secret_store.h"
#include "ui/conversation/agent_hub.h"
#include "ui/shell/agent_setup.h"

#include <stop_token>

namespace app {

/// The window's agents beside the embedded one: which there are, and how each is started, with everything that it says and hears in
/// the journal. Main thread.
class DesktopAgents : public QObject, public ui::AgentSetup
{
    Q_OBJECT

public:
    /// `file`: external::AgentList. `writer` and `secrets` outlive this and what it started; `environment` is ours ("NAME=value").
    DesktopAgents(std::filesystem::path file, journal::Writer &writer, posthog::SecretStore &secrets, std::vector<std::string> environment,
                  QObject *parent = nullptr);
    ~DesktopAgents() override;

    /// Those that are used, for AgentHub.
    std::vector<ui::AgentChoice> choices() const;

    std::vector<ui::OtherAgent> agents() const override;
    void setUsed(const QString &id, bool isUsed) override;
    void add(const ui::OwnAgent &agent, std::function<void(const ph::Result<> &)> then) override;
    void remove(const QString &id) override;
    void tryOut(const QString &id, std::function<void(const ph::Result<ui::AgentTrial> &)> then) override;
    void cancelTrial() override { m_trial.request_stop(); }

signals:
    void changed(); // what choices() says
    void problem(const ph::Error &error);

private:
    std::optional<external::AgentCommand> commandOf(const std::string &id) const;
    ui::AgentChoice choiceOf(const std::string &id, const std::string &name) const;
    bool isUsed(const external::Preset &preset) const;
    void save();

    const std::filesystem::path m_file;
    journal::Writer &m_writer;
    posthog::SecretStore &m_secrets;
    const std::vector<std::string> m_environment;
    external::AgentList m_list;
    bool m_isDamaged = false; // the file is to be set aside before it is written
    std::stop_source m_trial;
    std::stop_source m_stop;
};

} // namespace app
