#include "agent/tools/mcp_tools.h"

#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/text.h"

#include <algorithm>
#include <cctype>

namespace tools {
namespace {

constexpr std::size_t maximumText = 100'000;
constexpr std::size_t maximumImages = 8;

/// What model services take in a tool's name.
std::string nameOf(const std::string &server, const std::string &tool)
{
    auto name = "mcp__" + server + "__" + tool;
    std::replace_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
    return name.substr(0, 128);
}

/// The text of one block of an answer.
std::string textOf(const ph::Json &block)
{
    const auto type = textAt(block, "type");
    if (type == "text")
        return textAt(block, "text");
    if (type == "resource")
        return textAt(block.value("resource", ph::Json()), "text");
    if (type == "resource_link")
        return textAt(block, "name") + " (" + textAt(block, "uri") + ")";
    return {};
}

class McpTool final : public Tool
{
public:
    McpTool(std::shared_ptr<mcp::Servers> servers, std::string server, mcp::ToolInfo info)
        : m_servers(std::move(servers))
        , m_server(std::move(server))
        , m_info(std::move(info))
    {
    }

    std::string name() const override { return nameOf(m_server, m_info.name); }
    std::string description() const override { return m_info.description; }
    ph::Json inputSchema() const override { return m_info.inputSchema; }
    CallInfo describe(const ph::Json &, Workspace &) const override
    {
        CallInfo info;
        info.title = m_server + ": " + (m_info.title.empty() ? m_info.name : m_info.title);
        info.permission.tool = name();
        info.permission.group = permissions::Group::Mcp;
        info.permission.changes = !m_info.readOnly;
        return info;
    }
    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto tell = [&](const std::string &words) {
            acp::ToolCallUpdate update;
            update.toolCallId = id;
            update.content = {acp::ToolCallContent::ofText(words)};
            context.update(update);
        };
        const auto result = m_servers->callTool(m_server, m_info.name, input, tell, std::move(stop));
        if (!result && result.error().code == ph::ErrorCode::Cancelled)
            return ph::fail(result.error());
        Output output;
        output.isUntrusted = true;
        if (!result) {
            output.failed = true;
            output.text = result.error().message;
            return output;
        }
        output.failed = result->isError;
        for (const auto &block : result->content) {
            if (textAt(block, "type") == "image" && output.images.size() < maximumImages) {
                if (auto image = ph::parse<acp::ContentBlock>(block); image && image->data && image->mimeType)
                    output.images.push_back(*std::move(image));
            } else if (const auto text = textOf(block); !text.empty()) {
                output.text += (output.text.empty() ? "" : "\n") + text;
            }
        }
        if (output.text.empty() && result->structuredContent)
            output.text = result->structuredContent->dump();
        if (const auto size = output.text.size(); size > maximumText)
            output.text = std::string(headOf(output.text, maximumText)) + "\n… (cut: " + withSeparators(size) + " bytes in all)";
        return output;
    }

private:
    const std::shared_ptr<mcp::Servers> m_servers;
    const std::string m_server;
    const mcp::ToolInfo m_info;
};

} // namespace

std::vector<std::shared_ptr<Tool>> makeMcpTools(const std::shared_ptr<mcp::Servers> &servers, const std::vector<mcp::Servers::State> &states)
{
    std::vector<std::shared_ptr<Tool>> tools;
    for (const auto &state : states) {
        for (const auto &info : state.tools) {
            auto tool = std::make_shared<McpTool>(servers, state.name, info);
            // Two names that differ in what services do not take would be one: the first stays.
            if (std::none_of(tools.begin(), tools.end(), [&](const auto &other) { return other->name() == tool->name(); }))
                tools.push_back(std::move(tool));
        }
    }
    return tools;
}

} // namespace tools
