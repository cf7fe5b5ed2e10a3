#pragma once

#include "agent/tools/posthog_tools.h"

namespace posthog {
struct Table;
}

namespace tools {

/// A tool that asks the project. Its calls change nothing unless their description says so.
class PosthogTool : public Tool
{
public:
    explicit PosthogTool(Project project)
        : m_project(std::move(project))
    {
    }

protected:
    CallInfo only(std::string title, const char *kind) const
    {
        CallInfo info;
        info.title = std::move(title);
        info.kind = kind;
        info.permission.tool = name();
        return info;
    }
    ph::Result<std::shared_ptr<posthog::Driver>> project(std::stop_token stop) const { return m_project(std::move(stop)); }

private:
    Project m_project;
};

/// Leaves as many rows as a call may carry (maximumRows, maximumBytes).
void cutToSize(posthog::Table &table);

/// The tools on what a project holds besides events: insights, persons, flags, recordings.
std::vector<std::shared_ptr<Tool>> makePosthogEntityTools(const Project &project);

} // namespace tools
