#include "agent/mcp/server_config.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace mcp {
namespace {

tl::unexpected<ph::Error> wrong(std::size_t index, const std::string &what)
{
    return ph::fail(ph::ErrorCode::InvalidInput, "mcpServers[" + std::to_string(index) + "]" + what);
}

std::string textAt(const ph::Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// [{name, value}] as pairs; nothing when it is something else.
std::optional<std::vector<std::pair<std::string, std::string>>> pairsAt(const ph::Json &json, const char *key)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto found = json.find(key);
    if (found == json.end() || found->is_null())
        return pairs;
    if (!found->is_array())
        return {};
    for (const auto &item : *found) {
        if (!item.is_object() || textAt(item, "name").empty() || !item.contains("value") || !item["value"].is_string())
            return {};
        pairs.emplace_back(textAt(item, "name"), textAt(item, "value"));
    }
    return pairs;
}

bool isName(const std::string &name)
{
    return !name.empty() && name.size() <= 64 && name.find("__") == std::string::npos &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == ' '; });
}

ph::Result<ServerConfig> serverOf(const ph::Json &json, std::size_t index)
{
    if (!json.is_object())
        return wrong(index, ": expected an object.");
    ServerConfig config;
    config.name = textAt(json, "name");
    if (!isName(config.name))
        return wrong(index, ".name: expected up to 64 letters, digits, blanks, '-', '.' and single '_'.");
    const auto type = textAt(json, "type");
    if (type.empty() || type == "stdio") {
        config.command = textAt(json, "command");
        if (config.command.empty())
            return wrong(index, ".command: missing.");
        if (const auto arguments = json.find("args"); arguments != json.end() && !arguments->is_null()) {
            auto parsed = ph::parse<std::vector<std::string>>(*arguments);
            if (!parsed)
                return wrong(index, ".args: expected a list of texts.");
            config.arguments = *std::move(parsed);
        }
        auto environment = pairsAt(json, "env");
        if (!environment)
            return wrong(index, ".env: expected a list of {name, value}.");
        config.environment = *std::move(environment);
        return config;
    }
    if (type != "http" && type != "sse")
        return wrong(index, ".type: “" + type + "” is unknown. Known: http, sse, and none for stdio.");
    config.kind = type == "http" ? ServerConfig::Kind::Http : ServerConfig::Kind::Sse;
    config.url = textAt(json, "url");
    if (!config.url.starts_with("http://") && !config.url.starts_with("https://"))
        return wrong(index, ".url: expected an http or https address.");
    auto headers = pairsAt(json, "headers");
    if (!headers)
        return wrong(index, ".headers: expected a list of {name, value}.");
    config.headers = *std::move(headers);
    return config;
}

} // namespace

ph::Result<std::vector<ServerConfig>> serversOf(const ph::Json &mcpServers)
{
    std::vector<ServerConfig> servers;
    if (mcpServers.is_null())
        return servers;
    if (!mcpServers.is_array())
        return ph::fail(ph::ErrorCode::InvalidInput, "mcpServers: expected a list.");
    for (std::size_t i = 0; i < mcpServers.size(); ++i) {
        auto server = serverOf(mcpServers[i], i);
        if (!server)
            return ph::fail(server.error());
        if (std::any_of(servers.begin(), servers.end(), [&](const auto &other) { return other.name == server->name; }))
            return wrong(i, ".name: there is another “" + server->name + "”.");
        servers.push_back(*std::move(server));
    }
    return servers;
}

} // namespace mcp
