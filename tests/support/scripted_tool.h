#pragma once

#include "agent/tools/tool.h"

#include <functional>

namespace support {

/// A tool that does what a test says.
class ScriptedTool final : public tools::Tool
{
public:
    using Run = std::function<ph::Result<tools::Output>(const acp::ToolCallId &, const ph::Json &, tools::Context &, std::stop_token)>;

    ScriptedTool(std::string name, permissions::Group group, Run run, bool isParallel = false)
        : m_name(std::move(name))
        , m_group(group)
        , m_run(std::move(run))
        , m_isParallel(isParallel)
    {
    }

    std::string name() const override { return m_name; }
    std::string description() const override { return "Does what a test says."; }
    ph::Json inputSchema() const override { return {{"type", "object"}}; }
    tools::CallInfo describe(const ph::Json &input, tools::Workspace &) const override
    {
        tools::CallInfo info;
        info.title = m_name;
        info.permission.tool = m_name;
        info.permission.group = m_group;
        info.permission.command = input.value("command", "");
        info.permission.changes = m_group == permissions::Group::Other;
        return info;
    }
    bool isParallel() const override { return m_isParallel; }
    ph::Result<tools::Output> run(const acp::ToolCallId &id, const ph::Json &input, tools::Context &context, std::stop_token stop) override
    {
        return m_run(id, input, context, std::move(stop));
    }

private:
    const std::string m_name;
    const permissions::Group m_group;
    const Run m_run;
    const bool m_isParallel;
};

inline tools::Output outputOf(std::string text)
{
    tools::Output output;
    output.text = std::move(text);
    return output;
}

} // namespace support
