#include "agent/session/acp_agent.h"

#include "agent/journal/reader.h"
#include "agent/session/history.h"
#include "driver/base/ids.h"

#include <algorithm>
#include <array>
#include <set>

namespace agent {
namespace {

constexpr std::size_t pageLength = 100; // sessions a page of session/list

acp::Reply<acp::Empty> checkFolders(const std::string &cwd, const std::optional<std::vector<std::string>> &additional)
{
    if (!cwd.starts_with('/'))
        return acp::refuse(acp::code::invalidParams, "cwd: expected an absolute path.");
    for (const auto &folder : additional.value_or(std::vector<std::string>())) {
        if (!folder.starts_with('/'))
            return acp::refuse(acp::code::invalidParams, "additionalDirectories: expected absolute paths.");
    }
    return acp::Empty{};
}

/// What the schema asks of each kind of block, and what the capabilities leave out.
acp::Reply<acp::Empty> checkPrompt(const std::vector<acp::ContentBlock> &prompt, bool takesImages)
{
    for (std::size_t i = 0; i < prompt.size(); ++i) {
        const auto &block = prompt[i];
        const auto at = "prompt[" + std::to_string(i) + "]";
        if (block.type == "text" && !block.text)
            return acp::refuse(acp::code::invalidParams, at + ".text: missing");
        if (block.type == "resource_link" && (!block.uri || !block.name))
            return acp::refuse(acp::code::invalidParams, at + (block.uri ? ".name: missing" : ".uri: missing"));
        if (block.type == "resource" && (!block.resource || !block.resource->is_object()))
            return acp::refuse(acp::code::invalidParams, at + ".resource: missing");
        if (block.type == "image" && (!block.data || !block.mimeType))
            return acp::refuse(acp::code::invalidParams, at + (block.data ? ".mimeType: missing" : ".data: missing"));
        if (block.type == "audio" || (block.type == "image" && !takesImages))
            return acp::refuse(acp::code::invalidParams, at + ": this agent takes no " + block.type + ".");
        constexpr std::array<std::string_view, 4> known{"text", "resource_link", "resource", "image"};
        if (std::find(known.begin(), known.end(), block.type) == known.end())
            return acp::refuse(acp::code::invalidParams, at + ".type: “" + block.type + "” is unknown.");
    }
    return acp::Empty{};
}

/// Work that only has an answer left.
template <typename T>
acp::Work<T> answered(acp::Reply<T> reply)
{
    return [reply = std::move(reply)] { return reply; };
}

/// Whether the client offers something that an object, empty or not, stands for.
bool offers(const std::optional<ph::Json> &capabilities, const char *group, const char *name)
{
    if (!capabilities || !capabilities->is_object())
        return false;
    const auto found = capabilities->find(group);
    return found != capabilities->end() && found->is_object() && found->contains(name) && (*found)[name].is_object();
}

/// The member of an object, or null.
ph::Json memberOf(const std::optional<ph::Json> &json, const char *key) { return json && json->is_object() ? json->value(key, ph::Json()) : ph::Json(); }

std::string textIn(const std::optional<ph::Json> &json, const char *key)
{
    const auto value = memberOf(json, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// `_meta.systemPrompt`: a text, or {append: a text}.
std::string appendedPrompt(const std::optional<ph::Json> &meta)
{
    const auto value = memberOf(meta, "systemPrompt");
    return value.is_object() ? textIn(value, "append") : value.is_string() ? value.get<std::string>() : std::string();
}

/// A cursor names the last session of the page before, by time and id: one that is gone by then does no harm.
std::string cursorAfter(const acp::SessionInfo &session) { return session.updatedAt.value_or("") + "|" + session.sessionId.value; }

bool isAfter(const journal::RunInfo &run, const std::string &cursor)
{
    const auto bar = std::min(cursor.find('|'), cursor.size());
    const std::pair last(cursor.substr(0, bar), cursor.substr(std::min(bar + 1, cursor.size())));
    return std::pair(run.lastAt, run.runId) < last; // They come the latest first.
}

} // namespace

AcpAgent::AcpAgent(acp::Client &client, Options options)
    : m_client(client)
    , m_options(std::move(options))
{
}

acp::Reply<acp::InitializeResponse> AcpAgent::initialize(const acp::InitializeRequest &request)
{
    {
        const std::lock_guard lock(m_mutex);
        m_hasForms = offers(request.clientCapabilities, "elicitation", "form");
        m_hasCompaction = offers(request.clientCapabilities, "session", "compaction");
        // What cannot be read is not offered.
        m_offers = ph::parse<acp::ClientCapabilities>(request.clientCapabilities.value_or(ph::Json::object())).value_or(acp::ClientCapabilities{});
    }
    acp::InitializeResponse response;
    response.agentInfo = acp::Implementation{"hoglet-agent", m_options.version, "Hoglet"};
    const auto yes = ph::Json::object();
    response.agentCapabilities = {
        {"loadSession", true},
        {"promptCapabilities", {{"image", takesImages()}, {"audio", false}, {"embeddedContext", true}}},
        {"mcpCapabilities", {{"http", true}, {"sse", true}}},
        {"sessionCapabilities", {{"list", yes}, {"close", yes}, {"resume", yes}, {"delete", yes}, {"additionalDirectories", yes}}},
        {"_meta", {{"posthog", {{"resumeSession", true}}}}},
    };
    return response;
}

acp::Reply<acp::Empty> AcpAgent::authenticate(const acp::AuthenticateRequest &request)
{
    return acp::refuse(acp::code::invalidParams, "methodId: there is no way to log in called “" + request.methodId + "”; none is needed.");
}

std::shared_ptr<Session> AcpAgent::find(const acp::SessionId &id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_sessions.find(id);
    return found != m_sessions.end() ? found->second : nullptr;
}

acp::Reply<std::shared_ptr<Session>> AcpAgent::need(const acp::SessionId &id) const
{
    if (auto session = find(id))
        return session;
    return acp::refuse(acp::code::notFound, "There is no session “" + id.value + "”.");
}

bool AcpAgent::takesImages() const
{
    const auto models = m_options.parts.models();
    return std::any_of(models.begin(), models.end(), [](const auto &model) { return model->info().takesImages; });
}

std::shared_ptr<Session> AcpAgent::makeSession(const acp::SessionId &id, const std::string &cwd, const std::optional<std::vector<std::string>> &directories,
                                               std::vector<mcp::ServerConfig> servers, const std::optional<ph::Json> &meta)
{
    SessionStart start;
    start.id = id;
    start.cwd = cwd;
    start.additionalDirectories = directories.value_or(std::vector<std::string>());
    start.servers = std::move(servers);
    start.appendedPrompt = appendedPrompt(meta);
    start.mode = textIn(meta, "permissionMode");
    start.model = textIn(meta, "model");
    const std::lock_guard lock(m_mutex);
    start.offers = m_offers;
    start.hasForms = m_hasForms;
    start.hasCompaction = m_hasCompaction;
    if (const auto taskRun = textIn(meta, "taskRunId"); !taskRun.empty())
        m_taskRuns[id] = taskRun;
    else if (!id.value.empty() && id.value == m_options.taskRun)
        m_taskRuns[id] = m_options.taskRun;
    return std::make_shared<Session>(std::move(start), m_client, m_options.parts);
}

acp::SessionId AcpAgent::newSessionId() const
{
    const std::lock_guard lock(m_mutex);
    const acp::SessionId ofRun{m_options.taskRun};
    return ofRun.value.empty() || m_taskRuns.contains(ofRun) ? acp::SessionId{ph::uuid7()} : ofRun;
}

acp::Reply<acp::NewSessionResponse> AcpAgent::newSession(const acp::NewSessionRequest &request)
{
    if (const auto fits = checkFolders(request.cwd, request.additionalDirectories); !fits)
        return tl::unexpected(fits.error());
    auto servers = mcp::serversOf(request.mcpServers);
    if (!servers)
        return acp::refuse(acp::code::invalidParams, servers.error().message);
    const auto session = makeSession(newSessionId(), request.cwd, request.additionalDirectories, *std::move(servers), request.meta);
    {
        const std::lock_guard lock(m_mutex);
        m_sessions[session->id()] = session;
    }
    return acp::NewSessionResponse{session->id(), session->modes(), session->configOptions(), {}};
}

void AcpAgent::announce(const acp::SessionId &session)
{
    std::string taskRun;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_taskRuns.find(session); found != m_taskRuns.end())
            taskRun = found->second;
    }
    if (!taskRun.empty())
        m_client.notify("_posthog/sdk_session", {{"taskRunId", taskRun}, {"sessionId", session.value}, {"adapter", "hoglet"}});
    m_client.update(session, {acp::AvailableCommandsUpdate{m_options.commands}});
}

acp::Reply<std::vector<std::string>> AcpAgent::storedLines(const acp::SessionId &id) const
{
    const auto entries = m_options.dataDirectory.empty() ? ph::Result<std::vector<journal::Entry>>(ph::fail(ph::ErrorCode::NotFound, ""))
                                                         : journal::readRun(m_options.dataDirectory, id.value);
    if (!entries && entries.error().code == ph::ErrorCode::NotFound)
        return acp::refuse(acp::code::notFound, "There is no session “" + id.value + "”.");
    if (!entries)
        return tl::unexpected(acp::RpcError(entries.error()));
    std::vector<std::string> lines;
    lines.reserve(entries->size());
    for (const auto &entry : *entries)
        lines.push_back(entry.line);
    return lines;
}

acp::Reply<std::shared_ptr<Session>> AcpAgent::restore(const acp::LoadSessionRequest &request, const std::vector<std::string> &lines)
{
    auto servers = mcp::serversOf(request.mcpServers.value_or(ph::Json()));
    if (!servers)
        return acp::refuse(acp::code::invalidParams, servers.error().message);
    auto session = makeSession(request.sessionId, request.cwd, request.additionalDirectories, *std::move(servers), request.meta);
    session->restore(lines);
    const std::lock_guard lock(m_mutex);
    auto &place = m_sessions[request.sessionId];
    if (place && place->isRunning())
        return acp::refuse(acp::code::invalidRequest, "A prompt is running in this session. Cancel it or wait for its end.");
    return place = std::move(session);
}

acp::Work<acp::LoadSessionResponse> AcpAgent::loadSession(const acp::LoadSessionRequest &request, std::stop_token)
{
    return [this, request]() -> acp::Reply<acp::LoadSessionResponse> {
        if (const auto fits = checkFolders(request.cwd, request.additionalDirectories); !fits)
            return tl::unexpected(fits.error());
        const auto lines = storedLines(request.sessionId);
        if (!lines)
            return tl::unexpected(lines.error());
        const auto session = restore(request, *lines);
        if (!session)
            return tl::unexpected(session.error());
        for (const auto &update : replayFrom(*lines))
            m_client.updateRaw(request.sessionId, update);
        announce(request.sessionId);
        return acp::LoadSessionResponse{(*session)->modes(), (*session)->configOptions(), {}};
    };
}

acp::Reply<acp::ResumeSessionResponse> AcpAgent::resumeSession(const acp::ResumeSessionRequest &request)
{
    if (const auto fits = checkFolders(request.cwd, request.additionalDirectories); !fits)
        return tl::unexpected(fits.error());
    auto session = find(request.sessionId); // One that is open goes on as it is.
    if (!session) {
        const auto lines = storedLines(request.sessionId);
        if (!lines)
            return tl::unexpected(lines.error());
        auto restored = restore(request, *lines);
        if (!restored)
            return tl::unexpected(restored.error());
        session = *std::move(restored);
    }
    announce(request.sessionId);
    return acp::ResumeSessionResponse{session->modes(), session->configOptions(), {}};
}

acp::Reply<acp::ListSessionsResponse> AcpAgent::listSessions(const acp::ListSessionsRequest &request)
{
    const auto runs = m_options.dataDirectory.empty() ? std::vector<journal::RunInfo>() : journal::listRuns(m_options.dataDirectory);
    acp::ListSessionsResponse response;
    for (const auto &run : runs) {
        if ((request.cursor && !isAfter(run, *request.cursor)) || (request.cwd && run.cwd != *request.cwd))
            continue;
        if (response.sessions.size() == pageLength) {
            response.nextCursor = cursorAfter(response.sessions.back());
            break;
        }
        acp::SessionInfo info{{run.runId}, run.cwd.empty() ? "/" : run.cwd, {}, {}};
        if (!run.title.empty())
            info.title = run.title;
        if (!run.lastAt.empty())
            info.updatedAt = run.lastAt;
        response.sessions.push_back(std::move(info));
    }
    return response;
}

acp::Reply<acp::Empty> AcpAgent::closeSession(const acp::CloseSessionRequest &request)
{
    const auto session = need(request.sessionId);
    if (!session)
        return tl::unexpected(session.error());
    {
        const std::lock_guard lock(m_mutex);
        m_sessions.erase(request.sessionId);
    }
    (*session)->cancel();
    return acp::Empty{};
}

acp::Reply<acp::Empty> AcpAgent::deleteSession(const acp::DeleteSessionRequest &request)
{
    std::shared_ptr<Session> session;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto node = m_sessions.extract(request.sessionId))
            session = node.mapped();
    }
    if (session)
        session->cancel();
    if (m_options.dataDirectory.empty() || !journal::isRunId(request.sessionId.value))
        return acp::Empty{}; // There is no such session, which is what was asked for.
    const auto removed = journal::removeRun(m_options.dataDirectory, request.sessionId.value);
    if (!removed)
        return tl::unexpected(acp::RpcError(removed.error()));
    return acp::Empty{};
}

acp::Work<acp::PromptResponse> AcpAgent::prompt(const acp::PromptRequest &request, std::stop_token stop)
{
    const auto session = need(request.sessionId);
    if (!session)
        return answered<acp::PromptResponse>(tl::unexpected(session.error()));
    if (const auto fits = checkPrompt(request.prompt, takesImages()); !fits)
        return answered<acp::PromptResponse>(tl::unexpected(fits.error()));
    auto work = (*session)->begin(request, std::move(stop));
    if (!work)
        return answered<acp::PromptResponse>(tl::unexpected(work.error()));
    return *std::move(work);
}

void AcpAgent::cancel(const acp::CancelNotification &notification)
{
    if (const auto session = find(notification.sessionId))
        session->cancel();
}

acp::Reply<acp::Empty> AcpAgent::setMode(const acp::SetModeRequest &request)
{
    const auto session = need(request.sessionId);
    if (!session)
        return tl::unexpected(session.error());
    const auto set = (*session)->set("mode", request.modeId);
    if (!set)
        return tl::unexpected(acp::RpcError(set.error()));
    return acp::Empty{};
}

acp::Reply<acp::SetConfigOptionResponse> AcpAgent::setConfigOption(const acp::SetConfigOptionRequest &request)
{
    const auto session = need(request.sessionId);
    if (!session)
        return tl::unexpected(session.error());
    if (!request.value.is_string())
        return acp::refuse(acp::code::invalidParams, "value: expected a string.");
    const auto set = (*session)->set(request.configId, request.value.get<std::string>());
    if (!set)
        return tl::unexpected(acp::RpcError(set.error()));
    return acp::SetConfigOptionResponse{(*session)->configOptions()};
}

acp::Reply<ph::Json> AcpAgent::extensionRequest(const std::string &method, const ph::Json &params)
{
    if (method == "_posthog/refresh_session")
        return ph::Json::object();
    if (method != "_posthog/session/resume")
        return acp::Agent::extensionRequest(method, params);
    const auto request = ph::parse<acp::ResumeSessionRequest>(params);
    if (!request)
        return acp::refuse(acp::code::invalidParams, request.error().message);
    const auto resumed = resumeSession(*request);
    if (!resumed)
        return tl::unexpected(resumed.error());
    return ph::Json{{"_meta", {{"configOptions", resumed->configOptions.value_or(std::vector<acp::ConfigOption>())}}}};
}

Service::Service(std::unique_ptr<acp::Transport> transport, Options options)
    : m_side(std::make_unique<acp::AgentSide>(std::move(transport)))
    , m_agent(std::make_unique<AcpAgent>(m_side->client(), std::move(options)))
{
    m_side->start(*m_agent);
}

Service::~Service()
{
    m_side.reset(); // First: its threads use the agent.
}

void Service::waitUntilClosed() { m_side->waitUntilClosed(); }

} // namespace agent
