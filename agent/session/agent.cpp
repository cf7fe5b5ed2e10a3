#include "agent/session/agent.h"

#include "agent/external/codex.h"
#include "agent/permissions/command_sandbox.h"
#include "agent/tools/agent_tools.h"
#include "driver/base/child_process.h"
#include "driver/base/paths.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace agent {
namespace {

constexpr const char *embeddedAdapter = "hoglet";

/// The variables by which agents take an address and a key.
struct GatewayVariables {
    const char *url;
    const char *afterUrl; // what the address ends with here
    const char *key;
};
constexpr std::array<GatewayVariables, 2> gatewayVariables{
    {{"ANTHROPIC_BASE_URL", "", "ANTHROPIC_AUTH_TOKEN"}, {"OPENAI_BASE_URL", "/v1", "OPENAI_API_KEY"}}};

bool reads(const external::Preset &preset, const std::string &variable)
{
    return std::find(preset.keys.begin(), preset.keys.end(), variable) != preset.keys.end();
}

/// An agent that takes a key and no address would send the key to somebody else: it keeps to its own.
bool usesGateway(const external::Preset &preset)
{
    return std::any_of(gatewayVariables.begin(), gatewayVariables.end(),
                       [&](const auto &pair) { return reads(preset, pair.url) && reads(preset, pair.key); });
}

void setGateway(external::AgentCommand &command, const external::Preset &preset, const std::string &url, const std::string &key)
{
    // The user's own keys are not the gateway's to see.
    std::erase_if(command.environment, [&](const auto &variable) { return reads(preset, variable.first); });
    for (const auto &pair : gatewayVariables) {
        if (!reads(preset, pair.url) || !reads(preset, pair.key))
            continue;
        command.environment.emplace_back(pair.url, url + pair.afterUrl);
        command.environment.emplace_back(pair.key, key);
    }
}

ph::Result<const external::Preset *> presetOf(const std::string &adapter)
{
    std::string known = embeddedAdapter;
    for (const auto &preset : external::presets()) {
        if (preset.id == adapter)
            return &preset;
        known += ", " + preset.id;
    }
    return ph::fail(ph::ErrorCode::InvalidInput, "There is no adapter “" + adapter + "”. Choose one of " + known + ".");
}

ph::Result<> checkFolder(const std::string &path)
{
    std::error_code error;
    if (path.starts_with('/') && std::filesystem::is_directory(path, error))
        return {};
    return ph::fail(ph::ErrorCode::InvalidInput, "repositoryPath: “" + path + "” is no folder. Give the absolute path of the repository to work in.");
}

/// https://github.com/OWNER/REPOSITORY/pull/NUMBER, and nothing behind it.
bool isPullRequest(std::string_view url)
{
    constexpr std::string_view site = "https://github.com/";
    if (!url.starts_with(site))
        return false;
    url.remove_prefix(site.size());
    const auto take = [&url] {
        const auto part = url.substr(0, url.find('/'));
        url.remove_prefix(std::min(part.size() + 1, url.size()));
        return part;
    };
    const auto isOf = [](std::string_view text, std::string_view more) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) { return std::isalnum(c) || more.find(char(c)) != more.npos; });
    };
    const auto owner = take();
    const auto repository = take();
    const bool isPull = take() == "pull";
    return isPull && isOf(owner, "-") && isOf(repository, "-._") && !url.empty() && url.front() != '0'
        && url.find_first_not_of("0123456789") == url.npos;
}

ph::Result<> checkPullRequest(const std::string &url)
{
    constexpr std::size_t longest = 300;
    if (url.size() <= longest && isPullRequest(url))
        return {};
    return ph::fail(ph::ErrorCode::InvalidInput,
                    "“" + url.substr(0, longest) + "” is no pull request of GitHub; its address looks like https://github.com/OWNER/REPOSITORY/pull/12.");
}

/// The driver of a project, made anew when the key has changed. Any thread.
class ProjectDriver
{
public:
    ph::Result<std::shared_ptr<posthog::Driver>> get(http::Client &client, const posthog::Credentials &credentials)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_driver || m_key != credentials.key) {
            m_driver = posthog::makeDriver(client, credentials);
            m_key = credentials.key;
        }
        return m_driver;
    }

private:
    std::mutex m_mutex; // Guards both below.
    std::string m_key;
    std::shared_ptr<posthog::Driver> m_driver;
};

Options withFolder(Options options)
{
    if (options.dataDirectory.empty())
        options.dataDirectory = ph::dataDir();
    return options;
}

} // namespace

Agent::Agent(PostHogConfig posthog, Options embedded)
    : m_posthog(std::move(posthog))
    , m_embedded(withFolder(std::move(embedded)))
    , m_writer(m_embedded.dataDirectory, journal::logProblem)
{
}

Agent::~Agent()
{
    cleanup(); // The writer tries once more, and has said in the log what went wrong.
}

ph::Result<std::unique_ptr<acp::Transport>> Agent::run(const posthog::TaskId &task, const posthog::TaskRunId &run, const RunOptions &options,
                                                       std::stop_token stop)
{
    const external::Preset *preset = nullptr; // of another's agent
    if (options.adapter != embeddedAdapter) {
        const auto found = presetOf(options.adapter);
        if (!found)
            return ph::fail(found.error());
        preset = *found;
    }
    if (const auto fits = checkFolder(options.repositoryPath); !fits)
        return ph::fail(fits.error());
    const auto project = credentials();
    if (!project)
        return ph::fail(project.error());
    std::optional<Gateway> gateway;
    if (preset ? usesGateway(*preset) : !m_embedded.parts.models) {
        auto known = gatewayOf(*project);
        if (!known)
            return ph::fail(known.error());
        gateway = *std::move(known);
    }
    if (const auto found = posthog::TasksApi(m_client, *project).getTaskRun(task, run, stop); !found)
        return ph::fail(found.error());

    end(run);
    auto connection = preset ? connectExternal(run, *preset, options, gateway, stop) : connectEmbedded(run, gateway, stop);
    if (!connection)
        return ph::fail(connection.error());
    auto transport = connection->takeTransport();
    const std::lock_guard lock(m_mutex);
    m_lastRuns[task] = run;
    m_connections.insert_or_assign(run, *std::move(connection));
    return transport;
}

ph::Result<AcpConnection> Agent::connectEmbedded(const posthog::TaskRunId &run, const std::optional<Gateway> &gateway, std::stop_token stop)
{
    auto options = m_embedded;
    options.taskRun = run.value;
    auto &parts = options.parts;
    if (gateway) {
        const auto models = embeddedModels(*gateway, std::move(stop));
        if (!models)
            return ph::fail(models.error());
        parts.models = [models = *models] { return models; };
    }
    if (parts.tools.empty()) {
        const auto project = [this, driver = std::make_shared<ProjectDriver>()](const std::stop_token &) -> ph::Result<std::shared_ptr<posthog::Driver>> {
            const auto now = credentials();
            if (!now)
                return ph::fail(now.error());
            return driver->get(m_client, *now);
        };
        parts.tools = tools::makeAgentTools({project, m_client, {}, {}});
        parts.gate.sandboxWorks = [] { return permissions::sandboxSupport().works; }; // Trying it takes longer than all else at the start.
    }
    if (parts.gate.dataFolder.empty())
        parts.gate.dataFolder = options.dataDirectory;
    return createAcpConnection(m_writer, std::move(options));
}

ph::Result<AcpConnection> Agent::connectExternal(const posthog::TaskRunId &run, const external::Preset &preset, const RunOptions &options,
                                                 const std::optional<Gateway> &gateway, std::stop_token stop)
{
    auto command = options.command ? options.command : external::commandOf(preset, ph::childEnvironment());
    if (!command)
        return ph::fail(ph::ErrorCode::NotFound,
                        preset.name + " is not installed: there is neither " + preset.program + " nor npx. Install Node.js, or " + preset.package + " from npm.");
    ExternalAgent agent{*std::move(command), options.repositoryPath, run.value};
    if (gateway)
        setGateway(agent.command, preset, gateway->url, gateway->key);
    if (preset.id == "codex") {
        auto allowed = codexModels(*gateway, std::move(stop));
        if (!allowed)
            return ph::fail(allowed.error());
        agent.command = external::codexCommand(std::move(agent.command), external::CodexGateway{gateway->url, gateway->key}, {});
        agent.filter = external::makeCodexFilter({run.value, *std::move(allowed)});
    }
    return createAcpConnection(m_writer, std::move(agent));
}

ph::Result<std::string> Agent::key() const
{
    auto key = m_posthog.getApiKey ? m_posthog.getApiKey() : std::string();
    if (key && key->empty())
        return ph::fail(ph::ErrorCode::Unauthorized, "There is no personal API key. Make one (phx_…) in PostHog under Settings, Personal API keys.");
    return key;
}

ph::Result<posthog::Credentials> Agent::credentials() const
{
    const auto host = posthog::normaliseHost(m_posthog.apiUrl);
    if (!host)
        return ph::fail(host.error());
    if (m_posthog.projectId.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "The id of the project is missing; it is the number in the address of its pages.");
    auto now = key();
    if (!now)
        return ph::fail(now.error());
    return posthog::Credentials{*host, *std::move(now), m_posthog.projectId};
}

ph::Result<Agent::Gateway> Agent::gatewayOf(const posthog::Credentials &project) const
{
    std::string url = model::beforeVersion(m_posthog.gatewayUrl);
    if (url.empty()) {
        const auto known = model::gatewayUrl(project.host);
        if (!known)
            return ph::fail(ph::ErrorCode::InvalidInput,
                            "Where the LLM gateway of " + project.host + " is cannot be known. Give its address as PostHogConfig::gatewayUrl.");
        url = *known;
    } else if (const auto safe = posthog::normaliseHost(url); !safe) { // The key goes there: https, or this machine.
        return ph::fail(ph::ErrorCode::InvalidInput, "PostHogConfig::gatewayUrl: “" + url + "” is no https:// address, nor one of this machine.");
    }
    return Gateway{std::move(url), project.key};
}

model::Catalog::Options Agent::modelsOf(const Gateway &gateway) const
{
    model::Catalog::Options options;
    options.settings.providers = {{"posthog", model::ProviderSettings::Kind::PostHogGateway, {}, gateway.url}};
    options.getKey = [this](const model::ProviderSettings &) { return key(); }; // At each request: it may change.
    return options;
}

ph::Result<Models> Agent::embeddedModels(const Gateway &gateway, std::stop_token stop)
{
    model::Catalog catalog(model::Network{m_client}, modelsOf(gateway)); // Its models do without it.
    const auto list = catalog.list(stop);
    if (!list.problems.empty())
        return ph::fail(list.problems.front());
    Models models;
    for (const auto &entry : list.models) {
        auto made = catalog.make(entry.id, stop);
        if (!made)
            return ph::fail(made.error());
        models.push_back(*std::move(made));
    }
    if (models.empty())
        return ph::fail(ph::ErrorCode::NotFound, "The LLM gateway at " + gateway.url + " has no model for the agent.");
    return models;
}

ph::Result<std::vector<std::string>> Agent::codexModels(const Gateway &gateway, std::stop_token stop)
{
    const auto list = model::Catalog(model::Network{m_client}, modelsOf(gateway)).list(std::move(stop));
    if (!list.problems.empty())
        return ph::fail(list.problems.front());
    std::vector<std::string> ids;
    for (const auto &entry : list.models) {
        if (!entry.facts.isAnthropic)
            ids.push_back(entry.facts.id);
    }
    if (ids.empty()) // To the filter, no names are all names.
        return ph::fail(ph::ErrorCode::NotFound, "The LLM gateway at " + gateway.url + " has no model for Codex.");
    return ids;
}

std::string Agent::ending(const posthog::TaskRunId &run) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_connections.find(run);
    return found != m_connections.end() ? found->second.ending() : std::string();
}

ph::Result<> Agent::attachPullRequestToTask(const posthog::TaskId &task, const std::string &prUrl, const std::string &branch, std::stop_token stop)
{
    if (const auto fits = checkPullRequest(prUrl); !fits)
        return fits;
    auto project = credentials();
    if (!project)
        return ph::fail(project.error());
    posthog::TasksApi tasks(m_client, *std::move(project));
    posthog::TaskRunId run;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_lastRuns.find(task); found != m_lastRuns.end())
            run = found->second;
    }
    if (run.value.empty()) {
        const auto found = tasks.getTask(task, stop);
        if (!found)
            return ph::fail(found.error());
        if (!found->latestRun)
            return ph::fail(ph::ErrorCode::NotFound, "The task “" + task.value + "” was never run, and a pull request belongs to a run. Start one first.");
        run = found->latestRun->id;
    }
    posthog::TaskRunChange change;
    change.output = ph::Json{{"pr_url", prUrl}};
    if (!branch.empty())
        change.branch = branch;
    const auto changed = tasks.updateTaskRun(task, run, change, std::move(stop));
    if (!changed)
        return ph::fail(changed.error());
    return {};
}

ph::Result<> Agent::cleanup()
{
    std::map<posthog::TaskRunId, AcpConnection> leaving;
    {
        const std::lock_guard lock(m_mutex);
        leaving.swap(m_connections);
    }
    leaving.clear(); // Without the lock: an agent may take seconds to leave.
    return m_writer.flush();
}

void Agent::end(const posthog::TaskRunId &run)
{
    std::map<posthog::TaskRunId, AcpConnection>::node_type leaving; // goes after the lock, likewise
    const std::lock_guard lock(m_mutex);
    leaving = m_connections.extract(run);
}

} // namespace agent
