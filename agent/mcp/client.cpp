#include "agent/mcp/client.h"

#include "agent/mcp/http_channel.h"
#include "agent/mcp/stdio_channel.h"

#include <algorithm>
#include <array>
#include <set>

namespace mcp {

using namespace std::chrono_literals;

namespace {

constexpr const char *newestVersion = "2025-06-18";
constexpr std::array<std::string_view, 3> knownVersions{"2025-06-18", "2025-03-26", "2024-11-05"};
constexpr std::size_t maximumItems = 1'000;
constexpr auto goodbyeTime = 1s; // for telling a server that a call is over: whoever made it waits for that

std::string textAt(const ph::Json &json, const char *key)
{
    if (!json.is_object())
        return {};
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ph::Json objectAt(const ph::Json &json, const char *key)
{
    if (!json.is_object())
        return ph::Json::object();
    const auto found = json.find(key);
    return found != json.end() && found->is_object() ? *found : ph::Json::object();
}

ph::Result<std::unique_ptr<Channel>> open(const ServerConfig &config, const std::string &directory, const std::stop_token &stop)
{
    switch (config.kind) {
    case ServerConfig::Kind::Stdio: return openStdio(config, directory);
    case ServerConfig::Kind::Http: return openHttp(config);
    case ServerConfig::Kind::Sse: return openSse(config, stop);
    }
    return ph::fail(ph::ErrorCode::Internal, "There is no such kind of server.");
}

} // namespace

struct Client::Slot {
    std::optional<ph::Json> reply;
    std::function<void(const std::string &)> onProgress;
};

Client::Client(std::string name, std::string directory, std::chrono::milliseconds timeout, std::unique_ptr<Channel> channel)
    : m_name(std::move(name))
    , m_directory(std::move(directory))
    , m_timeout(timeout)
    , m_channel(std::move(channel))
    , m_reader([this] { readLoop(); })
{
}

Client::~Client()
{
    m_channel->close();
    m_reader.join();
}

ph::Result<std::unique_ptr<Client>> Client::connect(const ServerConfig &config, const ClientSetting &setting, std::stop_token stop)
{
    auto channel = open(config, setting.directory, stop);
    if (!channel)
        return ph::fail(channel.error());
    std::unique_ptr<Client> client(new Client(config.name, setting.directory, setting.callTimeout, *std::move(channel)));
    if (const auto ready = client->initialize(setting.version, setting.startTimeout, std::move(stop)); !ready)
        return ph::fail(ready.error());
    return client;
}

ph::Result<> Client::initialize(const std::string &version, std::chrono::milliseconds timeout, std::stop_token stop)
{
    const auto reply = call("initialize",
                            {{"protocolVersion", newestVersion},
                             {"capabilities", {{"roots", ph::Json::object()}}},
                             {"clientInfo", {{"name", "hoglet"}, {"title", "Hoglet"}, {"version", version}}}},
                            stop, timeout);
    if (!reply)
        return ph::fail(reply.error());
    const auto spoken = textAt(*reply, "protocolVersion");
    if (std::find(knownVersions.begin(), knownVersions.end(), spoken) == knownVersions.end())
        return ph::fail(ph::ErrorCode::InvalidInput, m_name + " speaks version “" + spoken + "” of the Model Context Protocol, which Hoglet does not know.");
    m_capabilities = objectAt(*reply, "capabilities");
    m_serverVersion = textAt(objectAt(*reply, "serverInfo"), "version");
    m_channel->setProtocolVersion(spoken);
    return m_channel->send({{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}, {"params", ph::Json::object()}}, timeout, std::move(stop));
}

ph::Result<ph::Json> Client::call(const std::string &method, ph::Json params, std::stop_token stop, std::chrono::milliseconds timeout,
                                  const std::function<void(const std::string &)> &onProgress)
{
    const auto slot = std::make_shared<Slot>();
    slot->onProgress = onProgress;
    std::int64_t id = 0;
    {
        const std::lock_guard lock(m_mutex);
        id = ++m_lastId;
        m_waiting[id] = slot;
    }
    if (onProgress)
        params["_meta"]["progressToken"] = id;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const auto sent = m_channel->send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}}, timeout, stop);

    std::unique_lock lock(m_mutex);
    if (sent)
        m_changed.wait_until(lock, stop, deadline, [&] { return slot->reply || m_hasEnded; });
    m_waiting.erase(id);
    lock.unlock();
    if (!slot->reply) {
        const bool isLate = std::chrono::steady_clock::now() >= deadline;
        if (stop.stop_requested() || (isLate && !m_hasEnded))
            tellOfTheEnd(id, stop.stop_requested() ? "The user cancelled." : "It took too long.");
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (m_hasEnded) {
            const auto ending = m_channel->ending();
            return ph::fail(ph::ErrorCode::Network, ending.empty() ? m_name + " has gone." : ending);
        }
        if (!sent && !isLate)
            return ph::fail(sent.error());
        return ph::fail(ph::ErrorCode::Network, m_name + " did not answer within " + std::to_string(std::chrono::ceil<std::chrono::seconds>(timeout).count()) + " s.");
    }
    if (const auto error = slot->reply->find("error"); error != slot->reply->end()) {
        const bool isOurs = error->is_object() && error->value("code", ph::Json()) == -32602;
        const auto message = textAt(*error, "message");
        return ph::fail(isOurs ? ph::ErrorCode::InvalidInput : ph::ErrorCode::Internal, m_name + ": " + (message.empty() ? error->dump() : message));
    }
    return objectAt(*slot->reply, "result");
}

void Client::tellOfTheEnd(std::int64_t id, const char *reason)
{
    // A server that does not take it goes on in vain.
    (void)m_channel->send({{"jsonrpc", "2.0"}, {"method", "notifications/cancelled"}, {"params", {{"requestId", id}, {"reason", reason}}}}, goodbyeTime, {});
}

void Client::readLoop()
{
    while (const auto message = m_channel->receive()) {
        const auto id = message->find("id");
        const auto method = textAt(*message, "method");
        if (!method.empty() && id != message->end()) {
            answer(*message);
        } else if (method == "notifications/tools/list_changed") {
            m_toolsChanged = true;
        } else if (method == "notifications/progress") {
            const auto params = objectAt(*message, "params");
            const auto token = params.value("progressToken", ph::Json());
            std::function<void(const std::string &)> onProgress;
            {
                const std::lock_guard lock(m_mutex);
                const auto slot = token.is_number_integer() ? m_waiting.find(token.get<std::int64_t>()) : m_waiting.end();
                if (slot != m_waiting.end())
                    onProgress = slot->second->onProgress;
            }
            if (const auto text = textAt(params, "message"); onProgress && !text.empty())
                onProgress(text);
        } else if (method.empty() && id != message->end() && id->is_number_integer()) {
            const std::lock_guard lock(m_mutex);
            if (const auto slot = m_waiting.find(id->get<std::int64_t>()); slot != m_waiting.end() && !slot->second->reply)
                slot->second->reply = *message;
            m_changed.notify_all();
        }
    }
    const std::lock_guard lock(m_mutex);
    m_hasEnded = true;
    m_changed.notify_all();
}

/// What a server may ask of us: whether we are there, and where the work is.
void Client::answer(const ph::Json &request)
{
    const auto method = textAt(request, "method");
    ph::Json reply{{"jsonrpc", "2.0"}, {"id", request["id"]}};
    if (method == "ping") {
        reply["result"] = ph::Json::object();
    } else if (method == "roots/list") {
        reply["result"]["roots"] = ph::Json::array();
        if (!m_directory.empty())
            reply["result"]["roots"].push_back({{"uri", "file://" + m_directory}});
    } else {
        reply["error"] = {{"code", -32601}, {"message", "Unknown method: " + method}};
    }
    (void)m_channel->send(reply, m_timeout, {}); // A server that has gone needs no answer.
}

ph::Result<std::vector<ph::Json>> Client::listAll(const std::string &method, const std::string &key, std::stop_token stop)
{
    std::vector<ph::Json> items;
    std::set<std::string> cursors; // A page that comes again is the end.
    std::string cursor;
    do {
        const auto page = call(method, cursor.empty() ? ph::Json::object() : ph::Json{{"cursor", cursor}}, stop, std::min<std::chrono::milliseconds>(m_timeout, 60s));
        if (!page)
            return ph::fail(page.error());
        for (const auto &item : page->value(key, ph::Json::array())) {
            if (item.is_object() && !textAt(item, "name").empty() && items.size() < maximumItems)
                items.push_back(item);
        }
        cursor = textAt(*page, "nextCursor");
    } while (!cursor.empty() && cursors.insert(cursor).second && items.size() < maximumItems);
    return items;
}

ph::Result<std::vector<ToolInfo>> Client::listTools(std::stop_token stop)
{
    std::vector<ToolInfo> tools;
    if (!m_capabilities.contains("tools"))
        return tools;
    const auto items = listAll("tools/list", "tools", std::move(stop));
    if (!items)
        return ph::fail(items.error());
    for (const auto &item : *items) {
        const auto annotations = objectAt(item, "annotations");
        ToolInfo tool;
        tool.name = textAt(item, "name");
        tool.title = !textAt(item, "title").empty() ? textAt(item, "title") : textAt(annotations, "title");
        tool.description = textAt(item, "description");
        tool.inputSchema = objectAt(item, "inputSchema");
        if (!tool.inputSchema.contains("type"))
            tool.inputSchema["type"] = "object";
        tool.readOnly = annotations.value("readOnlyHint", ph::Json()) == true;
        tools.push_back(std::move(tool));
    }
    return tools;
}

ph::Result<std::vector<PromptInfo>> Client::listPrompts(std::stop_token stop)
{
    std::vector<PromptInfo> prompts;
    if (!m_capabilities.contains("prompts"))
        return prompts;
    const auto items = listAll("prompts/list", "prompts", std::move(stop));
    if (!items)
        return ph::fail(items.error());
    for (const auto &item : *items) {
        PromptInfo prompt{textAt(item, "name"), textAt(item, "description"), {}};
        for (const auto &argument : item.value("arguments", ph::Json::array())) {
            if (const auto name = textAt(argument, "name"); !name.empty())
                prompt.arguments.push_back(name);
        }
        prompts.push_back(std::move(prompt));
    }
    return prompts;
}

ph::Result<CallResult> Client::callTool(const std::string &name, const ph::Json &arguments, const std::function<void(const std::string &)> &onProgress,
                                        std::stop_token stop)
{
    const auto reply = call("tools/call", {{"name", name}, {"arguments", arguments}}, std::move(stop), m_timeout, onProgress);
    if (!reply)
        return ph::fail(reply.error());
    CallResult result;
    if (const auto content = reply->find("content"); content != reply->end() && content->is_array())
        result.content = *content;
    if (const auto structured = reply->find("structuredContent"); structured != reply->end() && structured->is_object())
        result.structuredContent = *structured;
    result.isError = reply->value("isError", ph::Json()) == true;
    return result;
}

ph::Result<std::string> Client::getPrompt(const std::string &name, const std::map<std::string, std::string> &arguments, std::stop_token stop)
{
    const auto reply = call("prompts/get", {{"name", name}, {"arguments", arguments}}, std::move(stop), std::min<std::chrono::milliseconds>(m_timeout, 60s));
    if (!reply)
        return ph::fail(reply.error());
    std::string text;
    for (const auto &message : reply->value("messages", ph::Json::array())) {
        if (!message.is_object())
            continue;
        if (const auto part = textAt(objectAt(message, "content"), "text"); !part.empty())
            text += (text.empty() ? "" : "\n\n") + part;
    }
    return text;
}

} // namespace mcp
