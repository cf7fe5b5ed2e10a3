#include "ui/inspector/message_head.h"

#include "ui/conversation/visible_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <simdjson.h>

#include <array>

namespace ui {
namespace {

using simdjson::dom::element;

constexpr qsizetype longestPart = 240;

/// A parser keeps its buffers: one a thread. What it returns is good until it reads the next line.
simdjson::simdjson_result<element> read(const std::string &line)
{
    thread_local simdjson::dom::parser parser;
    return parser.parse(line);
}

std::string textAt(const element &object, std::string_view key)
{
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

/// Where the telling parts of messages stand, in the order in which they are shown.
constexpr std::array tellingParts = std::to_array<const char *>({
    "/params/update/sessionUpdate", "/params/update/title", "/params/update/status", "/params/update/content/text", "/params/update/currentModeId",
    "/params/protocolVersion", "/params/clientInfo/name", "/params/cwd", "/params/prompt/0/text", "/params/path", "/params/command", "/params/terminalId",
    "/params/toolCall/title", "/params/message", "/params/modeId", "/params/configId", "/params/value", "/params/requestId",
    "/result/protocolVersion", "/result/agentInfo/name", "/result/sessionId", "/result/stopReason", "/result/outcome/outcome", "/result/outcome/optionId",
    "/result/action", "/result/terminalId", "/result/exitCode", "/result/output", "/result/content",
    "/error/code", "/error/message",
});
constexpr std::array tellingLists = std::to_array<const char *>({
    "/params/update/entries", "/params/update/availableCommands", "/params/update/configOptions", "/result/sessions",
});

QString scalarText(const element &value)
{
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS)
        return visibleText(QString::fromUtf8(text.data(), qsizetype(std::min<std::size_t>(text.size(), longestPart * 4)))).simplified().left(longestPart);
    if (value.is_object() || value.is_array() || value.is_null())
        return {};
    return QString::fromStdString(simdjson::minify(value));
}

} // namespace

MessageHead headOf(const std::string &line)
{
    MessageHead head;
    element message;
    if (read(line).get(message) != simdjson::SUCCESS || !message.is_object())
        return head;
    element id;
    const bool hasId = message["id"].get(id) == simdjson::SUCCESS;
    if (hasId)
        head.id = simdjson::minify(id);
    element part;
    if (message["method"].get(part) == simdjson::SUCCESS) {
        head.method = textAt(message, "method");
        if (head.method.empty())
            return {};
        head.kind = hasId ? MessageKind::Request : MessageKind::Notification;
        if (message["params"].get(part) == simdjson::SUCCESS)
            head.session = textAt(part, "sessionId");
    } else if (message["error"].get(part) == simdjson::SUCCESS) {
        head.kind = MessageKind::Error;
    } else if (message["result"].get(part) == simdjson::SUCCESS) {
        head.kind = MessageKind::Response;
        head.session = textAt(part, "sessionId");
    }
    return head;
}

QString summaryOf(const std::string &line)
{
    element message;
    if (read(line).get(message) != simdjson::SUCCESS)
        return visibleText(line.substr(0, longestPart * 4)).simplified().left(longestPart);
    QStringList parts;
    for (const char *pointer : tellingParts) {
        element value;
        if (message.at_pointer(pointer).get(value) != simdjson::SUCCESS)
            continue;
        if (const auto text = scalarText(value); !text.isEmpty())
            parts << text;
    }
    for (const char *pointer : tellingLists) {
        simdjson::dom::array list;
        if (message.at_pointer(pointer).get(list) == simdjson::SUCCESS)
            parts << QCoreApplication::translate("ui::WireModel", "%n items", nullptr, int(list.size()));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace ui
