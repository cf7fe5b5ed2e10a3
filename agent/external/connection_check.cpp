#include "agent/external/connection_check.h"

#include "agent/acp/client_side.h"
#include "agent/external/agent_process.h"
#include "driver/base/ids.h"

#include <filesystem>

namespace external {
namespace {

/// A client that gives nothing and answers every question with no.
class Listener final : public acp::ClientHandler
{
public:
    void sessionUpdate(const acp::SessionNotification &) override {}
    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &, std::stop_token) override
    {
        return []() -> acp::Reply<acp::RequestPermissionResponse> { return acp::RequestPermissionResponse{}; };
    }
    void closed(const std::string &) override {}
};

/// An empty folder that goes with its scope.
class Folder
{
public:
    Folder()
        : path(std::filesystem::temp_directory_path() / ("hoglet-check-" + ph::uuid4()))
    {
        std::error_code ignored;
        std::filesystem::create_directory(path, ignored);
        std::filesystem::permissions(path, std::filesystem::perms::owner_all, ignored);
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    const std::filesystem::path path;
};

/// Hands the lines on; the process stays ours, to be asked why it ended.
class Borrowed final : public acp::Transport
{
public:
    explicit Borrowed(acp::Transport &inner)
        : m_inner(inner)
    {
    }
    void send(const std::string &line) override { m_inner.send(line); }
    std::optional<std::string> receive() override { return m_inner.receive(); }
    void close() override { m_inner.close(); }
    std::string ending() override { return m_inner.ending(); }

private:
    acp::Transport &m_inner;
};

} // namespace

ph::Result<AgentReport> checkConnection(const AgentCommand &command, const acp::Implementation &client, std::stop_token stop, std::chrono::milliseconds timeout)
{
    const Folder folder;
    const auto process = AgentProcess::start(command, folder.path.string());
    if (!process)
        return ph::fail(process.error());
    Listener listener;
    acp::ClientSide side(std::make_unique<Borrowed>(**process), listener);
    side.start();

    const auto gone = [&](const ph::Error &error) -> ph::Result<AgentReport> {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        const auto words = (*process)->ending();
        const auto ending = words.substr(0, words.find("\n\n"));
        return ph::fail(ph::ErrorCode::Network, ending.empty() ? command.program + " does not answer: " + error.message : ending);
    };

    acp::InitializeRequest hello; // Exactly version 1: agents that know a draft of the next one would otherwise speak it.
    hello.clientInfo = client;
    const auto answer = side.initialize(hello, stop, timeout);
    if (!answer)
        return gone(answer.error());
    if (answer->protocolVersion != acp::protocolVersion)
        return ph::fail(ph::ErrorCode::InvalidInput, command.program + " speaks version " + std::to_string(answer->protocolVersion) +
                                                         " of the Agent Client Protocol; Hoglet speaks version 1. Install another version of it.");
    AgentReport report;
    report.protocolVersion = answer->protocolVersion;
    report.capabilities = answer->agentCapabilities;
    report.authMethods = answer->authMethods;
    if (answer->agentInfo) {
        report.name = answer->agentInfo->title.value_or(answer->agentInfo->name);
        report.version = answer->agentInfo->version;
    }

    // Whether somebody is logged in shows only when a session is asked for.
    acp::NewSessionRequest request;
    request.cwd = folder.path.string();
    const auto session = side.newSession(request, stop, timeout);
    if (session) {
        report.auth = AgentReport::Auth::LoggedIn;
        report.configOptions = session->configOptions.value_or(std::vector<acp::ConfigOption>());
    } else if (session.error().code == ph::ErrorCode::Unauthorized) {
        report.auth = AgentReport::Auth::LoggedOut;
        report.authDetail = session.error().message;
    } else if (stop.stop_requested()) {
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    } else {
        report.authDetail = session.error().message;
    }
    side.close();
    return report;
}

} // namespace external
