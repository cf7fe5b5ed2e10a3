#include "ui/conversation/question.h"

#include "ui/conversation/diff_text.h"

#include <algorithm>
#include <atomic>

namespace ui {
namespace {

std::uint64_t nextId()
{
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

bool isTrue(const ph::Json &json) { return json.is_boolean() && json.get<bool>(); }

/// `json[a][b]` where both exist, else null.
ph::Json inside(const std::optional<ph::Json> &json, const char *a, const char *b)
{
    if (!json || !json->is_object() || !json->contains(a))
        return nullptr;
    const auto &outer = (*json)[a];
    return outer.is_object() && outer.contains(b) ? outer[b] : ph::Json();
}

std::string textOf(const ph::Json &json, const char *key)
{
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
}

/// What the call would do, whole: nobody may have to approve what they cannot see.
Question::Detail detailOf(const std::optional<ph::Json> &rawInput, const std::vector<acp::ToolCallContent> &contents)
{
    if (rawInput && rawInput->is_object()) {
        for (const auto &[key, language] : {std::pair{"hogql", "hogql"}, std::pair{"command", "sh"}, std::pair{"url", "text"}, std::pair{"sql", "sql"}}) {
            if (auto text = textOf(*rawInput, key); !text.empty())
                return {std::move(text), language};
        }
    }
    Question::Detail detail;
    for (const auto &content : contents) {
        if (content.type == "content" && content.content && content.content->text) {
            detail.text += (detail.text.empty() ? "" : "\n") + *content.content->text;
        } else if (content.type == "diff") {
            detail.text += (detail.text.empty() ? "" : "\n\n") + content.path.value_or("") + "\n";
            detail.text += diffText(content.oldText.value_or(""), content.newText.value_or("")).toStdString();
            detail.language = "diff";
        }
    }
    if (detail.text.empty() && rawInput && rawInput->is_object() && !rawInput->empty())
        return {rawInput->dump(2, ' ', false, ph::Json::error_handler_t::replace), "json"};
    return detail;
}

} // namespace

Question::Question(const acp::RequestPermissionRequest &request)
    : m_id(nextId())
    , m_sessionId(request.sessionId)
    , m_text(request.toolCall.title.value_or(""))
    , m_toolCallId(request.toolCall.toolCallId.value)
{
    const auto isQuestion = [](const std::optional<ph::Json> &meta) {
        return meta && meta->is_object() && textOf(*meta, "twigToolKind") == "question";
    };
    m_isPermission = !isQuestion(request.meta) && !isQuestion(request.toolCall.meta);
    if (m_isPermission) {
        m_detail = detailOf(request.toolCall.rawInput, request.toolCall.content.value_or(std::vector<acp::ToolCallContent>{}));
        if (const auto reason = inside(request.meta, "hoglet", "reason"); reason.is_string())
            m_reason = reason.get<std::string>();
    } else if (request.toolCall.rawInput) {
        if (const auto text = textOf(*request.toolCall.rawInput, "question"); !text.empty())
            m_text = text;
    }
    for (const auto &option : request.options) {
        m_options.push_back({option.optionId, option.name, option.kind, option.meta ? textOf(*option.meta, "description") : std::string(),
                             isTrue(inside(option.meta, "hoglet", "recommended")),
                             option.meta && option.meta->is_object() && isTrue(option.meta->value("customInput", ph::Json()))});
    }
}

Question::Question(const acp::ElicitationRequest &request)
    : m_id(nextId())
    , m_sessionId(request.sessionId.value_or(acp::SessionId{}))
    , m_text(request.message)
    , m_isPermission(false)
    , m_isForm(true)
    , m_toolCallId(request.toolCallId.value_or(acp::ToolCallId{}).value)
{
    if (!request.requestedSchema || !request.requestedSchema->is_object() || !request.requestedSchema->contains("properties"))
        return;
    const auto &schema = *request.requestedSchema;
    if (!schema["properties"].is_object())
        return;
    for (const auto &[name, property] : schema["properties"].items()) {
        Field field;
        field.name = name;
        field.title = textOf(property, "title");
        if (field.title.empty())
            field.title = name;
        field.type = textOf(property, "type");
        if (property.is_object() && property.contains("default"))
            field.initial = property["default"];
        if (property.is_object() && property.contains("enum") && property["enum"].is_array()) {
            for (const auto &value : property["enum"]) {
                if (value.is_string())
                    field.choices.push_back({value.get<std::string>(), value.get<std::string>(), "", "", value == field.initial});
            }
        }
        if (property.is_object() && property.contains("oneOf") && property["oneOf"].is_array()) {
            for (const auto &value : property["oneOf"]) {
                if (const auto id = textOf(value, "const"); !id.empty()) {
                    const auto title = textOf(value, "title");
                    field.choices.push_back({id, title.empty() ? id : title, "", textOf(value, "description"), value["const"] == field.initial});
                }
            }
        }
        if (schema.contains("required") && schema["required"].is_array())
            field.required = std::find(schema["required"].begin(), schema["required"].end(), name) != schema["required"].end();
        m_fields.push_back(std::move(field));
    }
    if (m_fields.size() == 1 && !m_fields.front().choices.empty()) { // One choice needs no form: a click answers it.
        m_choiceField = m_fields.front().name;
        m_options = std::move(m_fields.front().choices);
        m_fields.clear();
    }
}

void Question::complete(const acp::ToolCall &call)
{
    if (m_text.empty())
        m_text = call.title;
    if (m_isPermission && m_detail.text.empty())
        m_detail = detailOf(call.rawInput, call.content.value_or(std::vector<acp::ToolCallContent>{}));
}

const Question::Option *Question::find(const std::string &optionId) const
{
    const auto found = std::find_if(m_options.begin(), m_options.end(), [&](const Option &option) { return option.id == optionId; });
    return found == m_options.end() ? nullptr : &*found;
}

const Question::Option *Question::rejection() const
{
    for (const char *kind : {"reject_once", "reject_always"}) {
        const auto found = std::find_if(m_options.begin(), m_options.end(), [&](const Option &option) { return option.kind == kind; });
        if (found != m_options.end())
            return &*found;
    }
    return nullptr;
}

bool Question::takesWords(const std::string &optionId) const
{
    const auto *option = find(optionId);
    return option && option->takesWords;
}

bool Question::settle(std::string action, std::string optionId, ph::Json content, std::string words)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_action.empty())
            return false;
        m_action = std::move(action);
        m_optionId = std::move(optionId);
        m_content = std::move(content);
        m_words = std::move(words);
    }
    m_answered.notify_all();
    return true;
}

bool Question::choose(const std::string &optionId, const std::string &words)
{
    const auto *option = find(optionId);
    if (!option)
        return false;
    return m_isForm ? settle("accept", optionId, {{m_choiceField, optionId}}) : settle("selected", optionId, nullptr, option->takesWords ? words : "");
}

bool Question::accept(ph::Json content) { return settle("accept", {}, std::move(content)); }

bool Question::replay(const ph::Json &content)
{
    if (!m_choiceField.empty() && content.is_object() && content.contains(m_choiceField) && content[m_choiceField].is_string())
        return choose(content[m_choiceField].get<std::string>());
    return accept(content);
}

bool Question::dismiss()
{
    if (m_isForm)
        return settle("decline", {}, nullptr);
    // "Cancelled" would say that the turn was cancelled (ACP, request_permission).
    if (const auto *option = rejection())
        return settle("selected", option->id, nullptr);
    return settle("cancelled", {}, nullptr);
}

bool Question::cancel() { return settle("cancelled", {}, nullptr); }

bool Question::isOpen() const
{
    const std::lock_guard lock(m_mutex);
    return m_action.empty();
}

std::string Question::answerName() const
{
    const std::lock_guard lock(m_mutex);
    if (const auto *option = m_optionId.empty() ? nullptr : find(m_optionId))
        return m_words.empty() ? option->name : option->name + ": " + m_words;
    return m_action == "accept" ? "Sent" : m_action == "decline" ? "Declined" : "";
}

void Question::wait(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    m_answered.wait(lock, stop, [this] { return !m_action.empty(); });
    if (m_action.empty())
        m_action = "cancelled";
}

acp::RequestPermissionResponse Question::waitForPermission(std::stop_token stop)
{
    wait(stop);
    const std::lock_guard lock(m_mutex);
    acp::RequestPermissionResponse response;
    if (m_action == "selected") {
        response.outcome.outcome = "selected";
        response.outcome.optionId = m_optionId;
        if (!m_words.empty())
            response.meta = ph::Json{{"customInput", m_words}};
    }
    return response;
}

acp::ElicitationResponse Question::waitForForm(std::stop_token stop)
{
    wait(stop);
    const std::lock_guard lock(m_mutex);
    acp::ElicitationResponse response;
    if (m_action == "accept") {
        response.action = "accept";
        response.content = m_content;
    } else if (m_action == "decline") {
        response.action = "decline";
    }
    return response;
}

} // namespace ui
