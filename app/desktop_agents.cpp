#include "app/desktop_agents.h"

#include "agent/external/agent_process.h"
#include "agent/external/codex.h"
#include "agent/external/connection_check.h"
#include "agent/journal/recorder.h"
#include "app/file_guard.h"
#include "driver/base/log.h"
#include "ui/conversation/config_choices.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/background.h"

#include <QCoreApplication>
#include <QProcess>

namespace app {
namespace {

std::string secretOf(const std::string &id) { return "agent/" + id; }

/// The agent's end of a line. A program that is asked to leave may take seconds over it: it does so behind our back.
class LeavingAlone final : public acp::Transport
{
public:
    explicit LeavingAlone(std::unique_ptr<external::AgentProcess> process)
        : m_process(std::move(process))
    {
    }
    ~LeavingAlone() override
    {
        ui::inBackground([process = std::shared_ptr<external::AgentProcess>(std::move(m_process))]() mutable { process.reset(); });
    }
    void send(const std::string &line) override { m_process->send(line); }
    std::optional<std::string> receive() override { return m_process->receive(); }
    void close() override { m_process->close(); }
    std::string ending() override { return m_process->ending(); }

private:
    std::unique_ptr<external::AgentProcess> m_process;
};

/// The environment of an agent of the user's own, as it is kept: an object of names and values.
ph::Result<std::vector<std::pair<std::string, std::string>>> environmentOf(posthog::SecretStore &secrets, const std::string &id, const std::stop_token &stop)
{
    const auto kept = secrets.get(secretOf(id), stop);
    if (!kept)
        return ph::fail(kept.error());
    std::vector<std::pair<std::string, std::string>> environment;
    const auto json = ph::Json::parse(*kept, nullptr, false);
    if (!json.is_object())
        return ph::fail(ph::ErrorCode::InvalidInput, "What the keychain has of this agent's environment does not read. Remove the agent and add it again.");
    for (const auto &[name, value] : json.items())
        environment.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    return environment;
}

/// The lines of `transport`, which we see from the client's end, in the journal, which tells them from the agent's.
std::unique_ptr<acp::Transport> journaled(std::unique_ptr<acp::Transport> transport, journal::Writer &writer)
{
    auto recorder = std::make_shared<journal::Recorder>(writer);
    return acp::tapped(std::move(transport), [recorder](acp::Direction direction, const std::string &line) {
        recorder->onLine(direction == acp::Direction::Sent ? acp::Direction::Received : acp::Direction::Sent, line);
    });
}

ui::AgentTrial trialOf(const external::AgentReport &report)
{
    using Auth = external::AgentReport::Auth;
    ui::AgentTrial trial;
    trial.name = ui::visibleText(report.name);
    trial.version = ui::visibleText(report.version);
    trial.login = report.auth == Auth::LoggedIn    ? QObject::tr("logged in")
                  : report.auth == Auth::LoggedOut ? QObject::tr("not logged in: %1").arg(ui::visibleText(report.authDetail))
                                                   : QObject::tr("no session could be opened: %1").arg(ui::visibleText(report.authDetail));
    const auto can = [&](const char *pointer) {
        const auto value = report.capabilities.is_object() ? report.capabilities.value(ph::Json::json_pointer(pointer), ph::Json()) : ph::Json();
        return value == true || value.is_object();
    };
    if (can("/loadSession"))
        trial.abilities << QObject::tr("opens past sessions");
    if (can("/promptCapabilities/image"))
        trial.abilities << QObject::tr("takes images");
    if (can("/mcpCapabilities/http"))
        trial.abilities << QObject::tr("MCP over HTTP");
    for (const auto &option : report.configOptions) {
        QStringList names;
        for (const auto &choice : ui::choicesOf(option))
            names << choice.name;
        trial.options << QObject::tr("%1: %2").arg(ui::visibleText(option.name), names.join(", "));
    }
    return trial;
}

} // namespace

DesktopAgents::DesktopAgents(std::filesystem::path file, journal::Writer &writer, posthog::SecretStore &secrets, std::vector<std::string> environment,
                             QObject *parent)
    : QObject(parent)
    , m_file(std::move(file))
    , m_writer(writer)
    , m_secrets(secrets)
    , m_environment(std::move(environment))
{
    if (auto list = external::AgentList::load(m_file)) {
        m_list = *std::move(list);
    } else {
        m_isDamaged = true;
        ph::logError("agents", list.error().message);
    }
}

DesktopAgents::~DesktopAgents()
{
    m_stop.request_stop();
    m_trial.request_stop();
    ui::backgroundPool()->waitForDone(); // Agents that are leaving, and what refers to the secrets.
}

bool DesktopAgents::isUsed(const external::Preset &preset) const
{
    if (m_list.used.contains(preset.id) || m_list.unused.contains(preset.id))
        return m_list.used.contains(preset.id);
    return ph::findProgram(preset.program, m_environment).has_value();
}

/// Without the environment that the keychain has.
std::optional<external::AgentCommand> DesktopAgents::commandOf(const std::string &id) const
{
    if (const auto *own = m_list.find(id))
        return external::AgentCommand{own->program, own->arguments, {}};
    for (const auto &preset : external::presets()) {
        if (preset.id == id)
            return external::commandOf(preset, m_environment);
    }
    return {};
}

ui::AgentChoice DesktopAgents::choiceOf(const std::string &id, const std::string &name) const
{
    ui::AgentChoice choice;
    choice.id = QString::fromStdString(id);
    choice.name = ui::visibleText(name);
    choice.offers = {true, true, whyProtected};
    const auto command = commandOf(id);
    if (command) {
        choice.command.push_back(command->program);
        choice.command.insert(choice.command.end(), command->arguments.begin(), command->arguments.end());
        choice.environment = command->environment;
    }
    const auto *own = m_list.find(id);
    const bool asksSecrets = own && !own->environmentNames.empty();
    choice.launch = [id, name, command, asksSecrets, &writer = m_writer, &secrets = m_secrets, stop = m_stop.get_token()](const ui::AgentChoice::Launched &then) {
        using Launched = ph::Result<std::unique_ptr<acp::Transport>>;
        // A launch that takes its time does not hold the window; what nobody takes ends with the box.
        auto box = std::make_shared<Launched>(ph::fail(ph::ErrorCode::NotFound, name + " is not installed. See Settings, Other agents."));
        if (!command) {
            then(std::move(*box));
            return;
        }
        ui::inBackground([=, &writer, &secrets] {
            auto whole = *command;
            if (asksSecrets) {
                auto environment = environmentOf(secrets, id, stop);
                if (!environment) {
                    *box = ph::fail(environment.error());
                    return;
                }
                whole.environment = *std::move(environment);
            }
            auto process = external::AgentProcess::start(whole);
            if (!process) {
                *box = ph::fail(process.error());
                return;
            }
            std::unique_ptr<acp::Transport> transport = std::make_unique<LeavingAlone>(*std::move(process));
            if (id == "codex")
                transport = external::filtered(std::move(transport), external::makeCodexFilter({{}, {}, true}));
            *box = journaled(std::move(transport), writer);
        }).then(QCoreApplication::instance(), [box, then] { then(std::move(*box)); });
    };
    return choice;
}

std::vector<ui::AgentChoice> DesktopAgents::choices() const
{
    std::vector<ui::AgentChoice> found;
    for (const auto &preset : external::presets()) {
        if (isUsed(preset))
            found.push_back(choiceOf(preset.id, preset.name));
    }
    for (const auto &own : m_list.custom)
        found.push_back(choiceOf(own.id, own.name));
    return found;
}

std::vector<ui::OtherAgent> DesktopAgents::agents() const
{
    const auto lineOf = [](const external::AgentCommand &command) {
        auto line = command.program;
        for (const auto &argument : command.arguments)
            line += ' ' + argument;
        return QString::fromStdString(line);
    };
    std::vector<ui::OtherAgent> found;
    for (const auto &preset : external::presets()) {
        ui::OtherAgent agent{QString::fromStdString(preset.id), QString::fromStdString(preset.name), {}, {}, false, isUsed(preset)};
        if (const auto command = external::commandOf(preset, m_environment)) {
            agent.command = lineOf(*command);
            if (command->program == "npx")
                agent.whatIsMissing = tr("Not installed: npx fetches it from the npm registry when it is first started.");
        } else {
            agent.whatIsMissing = tr("Not installed, and there is no npx here. Install Node.js, then: npm install -g %1").arg(QString::fromStdString(preset.package));
        }
        found.push_back(std::move(agent));
    }
    for (const auto &own : m_list.custom) {
        ui::OtherAgent agent{QString::fromStdString(own.id), ui::visibleText(own.name), lineOf({own.program, own.arguments, {}}), {}, true, true};
        if (!ph::findProgram(own.program, m_environment))
            agent.whatIsMissing = tr("There is no program %1 on the PATH.").arg(QString::fromStdString(own.program));
        found.push_back(std::move(agent));
    }
    return found;
}

void DesktopAgents::save()
{
    if (std::exchange(m_isDamaged, false)) {
        std::error_code ignored; // Where it cannot be set aside, writing says why.
        std::filesystem::rename(m_file, m_file.string() + ".damaged", ignored);
    }
    if (const auto saved = m_list.save(m_file); !saved)
        emit problem(saved.error());
    emit changed();
}

void DesktopAgents::setUsed(const QString &id, bool isUsed)
{
    const auto key = id.toStdString();
    (isUsed ? m_list.unused : m_list.used).erase(key);
    (isUsed ? m_list.used : m_list.unused).insert(key);
    save();
}

void DesktopAgents::add(const ui::OwnAgent &agent, std::function<void(const ph::Result<> &)> then)
{
    auto words = QProcess::splitCommand(agent.command);
    if (agent.name.trimmed().isEmpty() || words.isEmpty()) {
        then(ph::fail(ph::ErrorCode::InvalidInput, agent.name.trimmed().isEmpty() ? "Give the agent a name." : "Give the command that starts the agent."));
        return;
    }
    external::CustomAgent own;
    own.name = agent.name.trimmed().toStdString();
    own.id = external::freshId(m_list, own.name);
    own.program = words.takeFirst().toStdString();
    if (!ph::findProgram(own.program, m_environment)) {
        then(ph::fail(ph::ErrorCode::InvalidInput, "There is no program " + own.program + " on the PATH. Install it, or give its whole path."));
        return;
    }
    for (const auto &word : words)
        own.arguments.push_back(word.toStdString());
    ph::Json environment = ph::Json::object();
    for (const auto &[name, value] : agent.environment) {
        own.environmentNames.push_back(name.toStdString());
        environment[name.toStdString()] = value.toStdString();
    }
    m_list.custom.push_back(own);
    save();
    if (own.environmentNames.empty()) {
        then({});
        return;
    }
    ui::inBackground([&secrets = m_secrets, id = own.id, text = environment.dump(), stop = m_stop.get_token()] { return secrets.put(secretOf(id), text, stop); })
        .then(this, then);
}

void DesktopAgents::remove(const QString &id)
{
    const auto key = id.toStdString();
    const auto *own = m_list.find(key);
    if (!own)
        return;
    if (!own->environmentNames.empty()) {
        ui::inBackground([&secrets = m_secrets, key, stop = m_stop.get_token()] {
            return secrets.erase(secretOf(key), stop).has_value(); // One that the keychain does not give up is of no use any more.
        });
    }
    std::erase_if(m_list.custom, [&](const external::CustomAgent &agent) { return agent.id == key; });
    save();
}

void DesktopAgents::tryOut(const QString &id, std::function<void(const ph::Result<ui::AgentTrial> &)> then)
{
    m_trial.request_stop();
    m_trial = std::stop_source();
    const auto key = id.toStdString();
    const auto command = commandOf(key);
    if (!command) {
        then(ph::fail(ph::ErrorCode::NotFound, "It is not installed."));
        return;
    }
    const auto *own = m_list.find(key);
    const bool asksSecrets = own && !own->environmentNames.empty();
    const acp::Implementation client{"hoglet", QCoreApplication::applicationVersion().toStdString(), "Hoglet"};
    ui::inBackground([key, command = *command, asksSecrets, client, &secrets = m_secrets, stop = m_trial.get_token()]() -> ph::Result<external::AgentReport> {
        auto whole = command;
        if (asksSecrets) {
            auto environment = environmentOf(secrets, key, stop);
            if (!environment)
                return ph::fail(environment.error());
            whole.environment = *std::move(environment);
        }
        return external::checkConnection(whole, client, stop);
    }).then(this, [then = std::move(then), stop = m_trial.get_token()](const ph::Result<external::AgentReport> &report) {
        if (stop.stop_requested())
            return;
        then(report ? ph::Result<ui::AgentTrial>(trialOf(*report)) : ph::fail(report.error()));
    });
}

} // namespace app
