#include "agent/acp/schema_check.h"

#include "driver/base/json_depth.h"

namespace acp {
namespace {

using Kind = Finding::Kind;

constexpr int deepest = 128; // a Connection reads no deeper either

bool isExtension(const std::string &method) { return method.starts_with('_'); }

bool isId(const ph::Json &id) { return id.is_string() || id.is_number_integer() || id.is_null(); }

} // namespace

ph::Result<SchemaCheck> SchemaCheck::load(std::string_view text)
{
    auto document = ph::Json::parse(text, nullptr, false);
    if (document.is_discarded())
        return ph::fail(ph::ErrorCode::InvalidInput, "The schema is no JSON.");
    auto schema = JsonSchema::load(std::move(document), {"SessionUpdate", "SessionConfigOption"});
    if (!schema)
        return ph::fail(schema.error());
    return SchemaCheck(*std::move(schema));
}

/// The schema marks what belongs to a method with `x-method` and, as `x-side`, the side that takes it; the definition's name ends in
/// what it is: SessionNotification, PromptRequest, PromptResponse.
SchemaCheck::SchemaCheck(JsonSchema schema)
    : m_schema(std::move(schema))
{
    for (const auto &[name, definition] : m_schema.definitions().items()) {
        const auto method = definition.find("x-method");
        const auto side = definition.find("x-side");
        if (method == definition.end() || side == definition.end())
            continue;
        const auto form = name.ends_with("Request") ? Form::Request : name.ends_with("Notification") ? Form::Notification : Form::Response;
        const auto receiver = *side == "agent" ? std::optional(Side::Agent) : *side == "client" ? std::optional(Side::Client) : std::nullopt;
        m_shapes[{method->get<std::string>(), form}] = {name, receiver};
    }
}

const SchemaCheck::Shape *SchemaCheck::find(const std::string &method, Form form) const
{
    const auto found = m_shapes.find({method, form});
    return found == m_shapes.end() ? nullptr : &found->second;
}

std::optional<Side> SchemaCheck::receiverOf(const std::string &method) const
{
    for (const auto form : {Form::Request, Form::Notification}) {
        if (const auto *shape = find(method, form))
            return shape->receiver;
    }
    return {};
}

std::vector<Finding> SchemaCheck::check(std::string_view line, Side sender, const std::string &requestMethod) const
{
    if (ph::isNestedDeeper(line, deepest))
        return {{Kind::Problem, "", "nested more than " + std::to_string(deepest) + " levels deep"}};
    const auto message = ph::Json::parse(line, nullptr, false);
    if (message.is_discarded())
        return {{Kind::Problem, "", "no JSON"}};
    if (message.is_array())
        return {{Kind::Problem, "", "a batch: ACP sends one message a line"}};
    if (!message.is_object())
        return {{Kind::Problem, "", "no message: expected an object"}};
    return checkMessage(message, sender, requestMethod);
}

std::vector<Finding> SchemaCheck::checkMessage(const ph::Json &message, Side sender, const std::string &requestMethod) const
{
    std::vector<Finding> findings;
    const auto version = message.find("jsonrpc");
    if (version == message.end())
        findings.push_back({Kind::Problem, "/jsonrpc", "missing"});
    else if (*version != "2.0")
        findings.push_back({Kind::Problem, "/jsonrpc", "expected \"2.0\""});

    const auto id = message.find("id");
    if (id != message.end() && !isId(*id))
        findings.push_back({Kind::Problem, "/id", "expected a whole number, a string or null"});
    if (message.contains("method"))
        checkCall(message, sender, findings);
    else
        checkReply(message, requestMethod, findings);
    return findings;
}

void SchemaCheck::checkCall(const ph::Json &message, Side sender, std::vector<Finding> &findings) const
{
    if (!message["method"].is_string()) {
        findings.push_back({Kind::Problem, "/method", "expected a string"});
        return;
    }
    const auto &method = message["method"].get_ref<const std::string &>();
    const auto id = message.find("id");
    if (id != message.end() && id->is_null())
        findings.push_back({Kind::Warning, "/id", "null: a reply cannot be told from others"});
    if (isExtension(method)) {
        findings.push_back({Kind::Extension, "/method", "an extension, whose content is not in the schema"});
        return;
    }
    const auto form = id == message.end() ? Form::Notification : Form::Request;
    const auto *shape = find(method, form);
    if (!shape && find(method, form == Form::Request ? Form::Notification : Form::Request)) {
        findings.push_back(form == Form::Request ? Finding{Kind::Problem, "/id", "not allowed: " + method + " is a notification"}
                                                 : Finding{Kind::Problem, "/id", "missing: " + method + " is a request"});
        return;
    }
    if (!shape) {
        findings.push_back({Kind::Unknown, "/method", "not a method of ACP 1"});
        return;
    }
    if (shape->receiver == sender) {
        const std::string receiver = sender == Side::Agent ? "the agent" : "the client";
        findings.push_back({Kind::Problem, "/method", "goes the other way: " + receiver + " takes it"});
        return;
    }
    const auto params = message.find("params");
    add(findings, shape->definition, params == message.end() ? ph::Json::object() : *params, "/params");
}

void SchemaCheck::checkReply(const ph::Json &message, const std::string &requestMethod, std::vector<Finding> &findings) const
{
    const auto result = message.find("result");
    const auto error = message.find("error");
    if (result == message.end() && error == message.end()) {
        findings.push_back({Kind::Problem, "", "no message: neither a method nor a result nor an error"});
        return;
    }
    if (!message.contains("id"))
        findings.push_back({Kind::Problem, "/id", "missing"});
    if (result != message.end() && error != message.end())
        findings.push_back({Kind::Problem, "/error", "not allowed beside a result"});
    if (error != message.end()) {
        add(findings, "Error", *error, "/error");
        return;
    }
    if (isExtension(requestMethod)) {
        findings.push_back({Kind::Extension, "/result", "the answer to an extension, whose content is not in the schema"});
        return;
    }
    const auto *shape = find(requestMethod, Form::Response);
    if (!shape) {
        findings.push_back({Kind::Unknown, "/result", requestMethod.empty() ? "the request it answers is not known" : "answers no method of ACP 1"});
        return;
    }
    const auto needs = m_schema.definitions()[shape->definition].find("required");
    if (result->is_null() && needs == m_schema.definitions()[shape->definition].end())
        findings.push_back({Kind::Warning, "/result", "null, where {} is meant"});
    else
        add(findings, shape->definition, *result, "/result");
}

void SchemaCheck::add(std::vector<Finding> &findings, const std::string &definition, const ph::Json &value, const std::string &pointer) const
{
    auto found = m_schema.check(definition, value, pointer);
    findings.insert(findings.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
}

} // namespace acp
