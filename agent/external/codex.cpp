#include "agent/external/codex.h"

#include "driver/base/json_fields.h"

#include <algorithm>
#include <map>
#include <set>

namespace external {
namespace {

/// The text at `key`, or "".
std::string textAt(const ph::Json &json, const char *key)
{
    if (!json.is_object())
        return {};
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ph::Json *memberOf(ph::Json &json, const char *key)
{
    if (!json.is_object())
        return nullptr;
    const auto found = json.find(key);
    return found != json.end() ? &*found : nullptr;
}

const ph::Json &paramsOf(const ph::Json &message)
{
    static const ph::Json none = ph::Json::object();
    const auto found = message.find("params");
    return found != message.end() && found->is_object() ? *found : none;
}

class CodexFilter final : public LineFilter
{
public:
    explicit CodexFilter(CodexSetting setting)
        : m_setting(std::move(setting))
    {
    }

    std::vector<std::string> toAgent(const std::string &line) override
    {
        const auto message = ph::Json::parse(line, nullptr, false);
        if (!message.is_object() || !message.contains("method"))
            return {line};
        const auto method = textAt(message, "method");
        const auto &params = paramsOf(message);
        const auto session = textAt(params, "sessionId");
        if (message.contains("id") && (method == "session/new" || method == "session/load" || method == "session/resume"))
            m_opening[message["id"].dump()] = {method, session};
        if (method == "session/set_config_option" && textAt(params, "configId") == effortOption)
            m_efforts[session] = textAt(params, "value");

        const auto effort = m_efforts.find(session);
        if (method != "session/prompt" || effort == m_efforts.end() || effort->second.empty())
            return {line};
        const auto id = "hoglet-effort-" + std::to_string(++m_lastId);
        m_ownRequests.insert(id);
        const ph::Json again{{"jsonrpc", "2.0"},
                             {"id", id},
                             {"method", "session/set_config_option"},
                             {"params", {{"sessionId", session}, {"configId", effortOption}, {"value", effort->second}}}};
        return {again.dump(), line};
    }

    std::vector<std::string> toClient(const std::string &line) override
    {
        auto message = ph::Json::parse(line, nullptr, false);
        if (!message.is_object())
            return {line};
        const bool isReply = message.contains("id") && !message.contains("method");
        if (isReply && message["id"].is_string() && m_ownRequests.erase(message["id"].get<std::string>()) > 0)
            return {};

        auto *result = memberOf(message, "result");
        Opening opening;
        if (isReply) {
            if (const auto node = m_opening.extract(message["id"].dump()))
                opening = node.mapped();
        }
        auto session = opening.method == "session/new" && result ? textAt(*result, "sessionId") : opening.session;

        const bool isUpdate = textAt(message, "method") == "session/update";
        if (isUpdate) {
            session = textAt(paramsOf(message), "sessionId");
            if (!m_setting.showsHistory && isLoading(session))
                return {};
        }

        bool changed = false;
        if (result)
            changed = readOptions(*result, session) || changed;
        if (isUpdate) {
            if (auto *update = memberOf(message["params"], "update"))
                changed = readOptions(*update, session) || changed;
        }
        std::vector<std::string> lines;
        if (opening.method == "session/new" && result && !m_setting.taskRunId.empty()) {
            const ph::Json told{{"jsonrpc", "2.0"},
                                {"method", "_posthog/sdk_session"},
                                {"params", {{"taskRunId", m_setting.taskRunId}, {"sessionId", session}, {"adapter", "codex"}}}};
            lines.push_back(told.dump());
        }
        lines.push_back(changed ? message.dump(-1, ' ', false, ph::Json::error_handler_t::replace) : line);
        return lines;
    }

private:
    static constexpr const char *effortOption = "reasoning_effort";

    struct Opening {
        std::string method;
        std::string session;
    };

    bool isLoading(const std::string &session) const
    {
        return std::any_of(m_opening.begin(), m_opening.end(),
                           [&](const auto &open) { return open.second.method == "session/load" && open.second.session == session; });
    }

    bool isAllowed(const ph::Json &option) const
    {
        const auto &allowed = m_setting.allowedModels;
        return allowed.empty() || std::find(allowed.begin(), allowed.end(), textAt(option, "value")) != allowed.end();
    }

    /// Remembers the effort and leaves the allowed models in `holder`'s configOptions. Whether it changed them.
    bool readOptions(ph::Json &holder, const std::string &session)
    {
        auto *options = memberOf(holder, "configOptions");
        if (!options || !options->is_array())
            return false;
        const auto before = *options;
        for (auto &option : *options) {
            if (textAt(option, "id") == effortOption && !session.empty())
                m_efforts[session] = textAt(option, "currentValue");
            if (textAt(option, "category") == "model" && !m_setting.allowedModels.empty())
                keepAllowed(option);
        }
        return *options != before;
    }

    void keepAllowed(ph::Json &option) const
    {
        auto *choices = memberOf(option, "options");
        if (!choices || !choices->is_array())
            return;
        const auto keep = [this](ph::Json &list) {
            ph::Json kept = ph::Json::array();
            for (auto &choice : list) {
                if (isAllowed(choice))
                    kept.push_back(std::move(choice));
            }
            list = std::move(kept);
        };
        std::string first;
        bool hasCurrent = false;
        const auto current = textAt(option, "currentValue");
        const auto look = [&](const ph::Json &list) {
            for (const auto &choice : list) {
                if (first.empty())
                    first = textAt(choice, "value");
                hasCurrent = hasCurrent || textAt(choice, "value") == current;
            }
        };
        const bool isGrouped = std::any_of(choices->begin(), choices->end(), [](const ph::Json &choice) { return choice.contains("group"); });
        if (isGrouped) {
            for (auto &group : *choices) {
                if (auto *list = memberOf(group, "options"); list && list->is_array()) {
                    keep(*list);
                    look(*list);
                }
            }
        } else {
            keep(*choices);
            look(*choices);
        }
        if (!hasCurrent && !first.empty())
            option["currentValue"] = first;
    }

    const CodexSetting m_setting;
    std::map<std::string, Opening> m_opening;      // by id, not answered yet
    std::map<std::string, std::string> m_efforts;  // by session
    std::set<std::string> m_ownRequests;
    int m_lastId = 0;
};

} // namespace

AgentCommand codexCommand(AgentCommand command, const std::optional<CodexGateway> &gateway, const std::string &model)
{
    const auto set = [&command](const std::string &setting) {
        command.arguments.emplace_back("-c");
        command.arguments.push_back(setting);
    };
    const auto quoted = [](const std::string &text) { return ph::Json(text).dump(); }; // A TOML basic string is written as JSON's.
    set("features.remote_models=false");
    if (gateway) {
        set("model_provider=\"posthog\"");
        set("model_providers.posthog.name=\"PostHog Gateway\"");
        set("model_providers.posthog.base_url=" + quoted(gateway->baseUrl + "/v1"));
        set("model_providers.posthog.wire_api=\"responses\"");
        set("model_providers.posthog.env_key=\"POSTHOG_GATEWAY_API_KEY\"");
        command.environment.emplace_back("POSTHOG_GATEWAY_API_KEY", gateway->key);
    }
    if (!model.empty())
        set("model=" + quoted(model));
    return command;
}

std::unique_ptr<LineFilter> makeCodexFilter(CodexSetting setting) { return std::make_unique<CodexFilter>(std::move(setting)); }

} // namespace external
