#pragma once

#include "agent/mcp/channel.h"
#include "agent/mcp/server_config.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace mcp {

/// A tool as its server describes it. `readOnly` is what the server claims, which decides nothing by itself.
struct ToolInfo {
    std::string name;
    std::string title;
    std::string description;
    ph::Json inputSchema = ph::Json::object();
    bool readOnly = false;
};

struct PromptInfo {
    std::string name;
    std::string description;
    std::vector<std::string> arguments; // their names, in order
};

/// `content`: MCP's blocks, which have ACP's shape (text, image, audio, resource, resource_link).
struct CallResult {
    ph::Json content = ph::Json::array();
    std::optional<ph::Json> structuredContent;
    bool isError = false;
};

struct ClientSetting {
    std::string version;                                    // of this program
    std::string directory = {};                             // where a stdio server runs, and the one root it is told of
    std::chrono::milliseconds startTimeout{60'000};         // npx may have to fetch the server first
    std::chrono::milliseconds callTimeout{10 * 60'000};
};

/// One connection to one server. Any thread; calls wait.
class Client
{
public:
    /// Starts the server or connects to it, and says hello. Error: NotFound (no such program), Network (with the server's last words),
    /// Unauthorized, InvalidInput (a version that is not spoken here), Cancelled.
    static ph::Result<std::unique_ptr<Client>> connect(const ServerConfig &config, const ClientSetting &setting, std::stop_token stop);
    ~Client();

    bool isAlive() const { return !m_hasEnded; }
    const std::string &serverVersion() const { return m_serverVersion; }

    /// All pages; at most 1,000 of them are kept. A server without tools or prompts has none.
    ph::Result<std::vector<ToolInfo>> listTools(std::stop_token stop);
    ph::Result<std::vector<PromptInfo>> listPrompts(std::stop_token stop);
    /// Whether the server has said that its tools are others now; asking takes the news.
    bool takeToolsChanged() { return m_toolsChanged.exchange(false); }

    /// `onProgress`: what the server says while it works. Error: the server's own as InvalidInput or Internal; Network when it has gone or
    /// does not answer in time; Cancelled, which the server is told.
    ph::Result<CallResult> callTool(const std::string &name, const ph::Json &arguments, const std::function<void(const std::string &)> &onProgress,
                                    std::stop_token stop);
    /// The texts of the prompt's messages, one after another.
    ph::Result<std::string> getPrompt(const std::string &name, const std::map<std::string, std::string> &arguments, std::stop_token stop);

private:
    struct Slot;

    Client(std::string name, std::string directory, std::chrono::milliseconds timeout, std::unique_ptr<Channel> channel);
    ph::Result<> initialize(const std::string &version, std::chrono::milliseconds timeout, std::stop_token stop);
    ph::Result<ph::Json> call(const std::string &method, ph::Json params, std::stop_token stop, std::chrono::milliseconds timeout,
                              const std::function<void(const std::string &)> &onProgress = {});
    ph::Result<std::vector<ph::Json>> listAll(const std::string &method, const std::string &key, std::stop_token stop);
    void tellOfTheEnd(std::int64_t id, const char *reason);
    void readLoop();
    void answer(const ph::Json &request);

    const std::string m_name;
    const std::string m_directory;
    const std::chrono::milliseconds m_timeout;
    std::unique_ptr<Channel> m_channel;
    ph::Json m_capabilities = ph::Json::object();
    std::string m_serverVersion;
    std::atomic<bool> m_hasEnded = false;
    std::atomic<bool> m_toolsChanged = false;

    std::mutex m_mutex; // Guards what follows.
    std::condition_variable_any m_changed;
    std::map<std::int64_t, std::shared_ptr<Slot>> m_waiting;
    std::int64_t m_lastId = 0;
    std::thread m_reader;
};

} // namespace mcp
