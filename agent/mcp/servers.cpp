#include "agent/mcp/servers.h"

#include <algorithm>

namespace mcp {

using namespace std::chrono_literals;

/// One server with the thread that starts it.
class Servers::Server
{
public:
    Server(ServerConfig config, ClientSetting setting)
        : m_config(std::move(config))
        , m_setting(std::move(setting))
    {
        m_state.name = m_config.name;
        const std::lock_guard lock(m_mutex);
        start();
    }
    ~Server()
    {
        m_stop.request_stop();
        m_starter = {};
    }

    const std::string &name() const { return m_config.name; }

    /// Starts it again where it has died and may be, and asks for its tools again where they have changed.
    void refresh(const std::stop_token &stop)
    {
        std::shared_ptr<Client> client;
        {
            const std::lock_guard lock(m_mutex);
            if (m_state.phase == State::Phase::Starting)
                return;
            if (!m_client || !m_client->isAlive()) {
                if (mayStartAgain())
                    start();
                return;
            }
            if (!m_client->takeToolsChanged())
                return;
            client = m_client;
        }
        if (auto tools = client->listTools(stop)) {
            const std::lock_guard lock(m_mutex);
            m_state.tools = *std::move(tools);
        }
    }

    State state(std::chrono::steady_clock::time_point deadline, const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_until(lock, stop, deadline, [this] { return m_state.phase != State::Phase::Starting; });
        return m_state;
    }

    /// A connection that is alive.
    ph::Result<std::shared_ptr<Client>> client(const std::stop_token &stop)
    {
        refresh(stop);
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, stop, m_setting.startTimeout, [this] { return m_state.phase != State::Phase::Starting; });
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (m_client && m_client->isAlive())
            return m_client;
        return ph::fail(ph::ErrorCode::Network, m_state.problem.empty() ? m_config.name + " is not running." : m_state.problem);
    }

private:
    bool mayStartAgain() const { return m_attempts < 5 && std::chrono::steady_clock::now() - m_startedAt > (m_attempts > 1 ? 10s : 0s); }

    /// With the mutex held.
    void start()
    {
        ++m_attempts;
        m_startedAt = std::chrono::steady_clock::now();
        m_state.phase = State::Phase::Starting;
        m_state.problem.clear();
        m_client.reset();
        m_starter = std::jthread([this] { run(); });
    }

    void run()
    {
        const auto stop = m_stop.get_token();
        auto connected = Client::connect(m_config, m_setting, stop);
        auto tools = connected ? (*connected)->listTools(stop) : ph::Result<std::vector<ToolInfo>>(ph::fail(connected.error()));
        auto prompts = tools ? (*connected)->listPrompts(stop) : ph::Result<std::vector<PromptInfo>>(ph::fail(tools.error()));
        const std::lock_guard lock(m_mutex);
        if (prompts) {
            m_client = *std::move(connected);
            m_state.tools = *std::move(tools);
            m_state.prompts = *std::move(prompts);
            m_state.phase = State::Phase::Ready;
            m_attempts = 0;
        } else {
            m_state.phase = State::Phase::Failed;
            m_state.problem = prompts.error().message;
        }
        m_changed.notify_all();
    }

    const ServerConfig m_config;
    const ClientSetting m_setting;
    std::stop_source m_stop;
    std::mutex m_mutex; // Guards what follows.
    std::condition_variable_any m_changed;
    State m_state;
    std::shared_ptr<Client> m_client;
    int m_attempts = 0; // in a row that failed, with the one under way
    std::chrono::steady_clock::time_point m_startedAt;
    std::jthread m_starter; // the last: it uses what stands above
};

Servers::Servers(std::vector<ServerConfig> configs, ClientSetting setting)
{
    for (auto &config : configs)
        m_servers.push_back(std::make_unique<Server>(std::move(config), setting));
}

Servers::~Servers() = default;

Servers::Server *Servers::find(const std::string &name) const
{
    const auto found = std::find_if(m_servers.begin(), m_servers.end(), [&](const auto &server) { return server->name() == name; });
    return found != m_servers.end() ? found->get() : nullptr;
}

std::vector<Servers::State> Servers::states(std::chrono::milliseconds patience, std::stop_token stop)
{
    for (const auto &server : m_servers)
        server->refresh(stop);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::vector<State> states;
    for (const auto &server : m_servers)
        states.push_back(server->state(deadline, stop));
    return states;
}

ph::Result<CallResult> Servers::callTool(const std::string &server, const std::string &tool, const ph::Json &arguments,
                                         const std::function<void(const std::string &)> &onProgress, std::stop_token stop)
{
    auto *found = find(server);
    if (!found)
        return ph::fail(ph::ErrorCode::NotFound, "There is no server “" + server + "”.");
    const auto client = found->client(stop);
    if (!client)
        return ph::fail(client.error());
    return (*client)->callTool(tool, arguments, onProgress, std::move(stop));
}

ph::Result<std::string> Servers::getPrompt(const std::string &server, const std::string &prompt, const std::map<std::string, std::string> &arguments,
                                           std::stop_token stop)
{
    auto *found = find(server);
    if (!found)
        return ph::fail(ph::ErrorCode::NotFound, "There is no server “" + server + "”.");
    const auto client = found->client(stop);
    if (!client)
        return ph::fail(client.error());
    return (*client)->getPrompt(prompt, arguments, std::move(stop));
}

} // namespace mcp
