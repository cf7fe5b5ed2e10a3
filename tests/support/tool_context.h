#pragma once

#include "agent/tools/tool.h"
#include "agent/tools/workspace.h"

#include <optional>

namespace support {

/// The user and the session of a call: keeps what the call tells, and answers what it asks.
class ToolContext final : public tools::Context, public tools::ModeControl, public tools::SubAgents
{
public:
    explicit ToolContext(const tools::WorkspaceSetting &setting = {"/", {}, nullptr, {}, {}})
        : m_workspace(setting)
    {
    }

    const tools::CallInfo &info() const override { return decided; }
    ph::Result<std::string> ask(const acp::ToolCallId &, const tools::Question &question) override
    {
        asked.push_back(question);
        return answer;
    }
    ph::Result<std::vector<tools::Answer>> askAll(const acp::ToolCallId &, const std::vector<tools::Question> &questions) override
    {
        asked.insert(asked.end(), questions.begin(), questions.end());
        return answers;
    }
    void update(const acp::ToolCallUpdate &update) override { updates.push_back(update); }
    void plan(const acp::Plan &plan) override { plans.push_back(plan); }
    tools::Workspace &workspace() override { return m_workspace; }
    tools::ModeControl &modes() override { return *this; }
    tools::SubAgents &subAgents() override { return *this; }

    permissions::Mode mode() const override { return currentMode; }
    void enterPlan() override { currentMode = permissions::Mode::Plan; }
    ph::Result<PlanVerdict> leavePlan(const acp::ToolCallId &, const std::string &plan, std::stop_token) override
    {
        shownPlan = plan;
        return verdict;
    }
    std::string lastSaid() const override { return said; }
    ph::Result<std::string> run(const Task &task, const acp::ToolCallId &, std::stop_token) override
    {
        tasks.push_back(task);
        return report;
    }

    /// Runs a call as a turn does that may.
    ph::Result<tools::Output> call(tools::Tool &tool, const ph::Json &input, std::stop_token stop = {})
    {
        decided = tool.describe(input, m_workspace);
        return tool.run({"call-1"}, input, *this, std::move(stop));
    }

    tools::CallInfo decided;
    std::vector<tools::Question> asked;
    ph::Result<std::string> answer = "a";
    ph::Result<std::vector<tools::Answer>> answers;
    std::vector<acp::ToolCallUpdate> updates;
    std::vector<acp::Plan> plans;
    permissions::Mode currentMode = permissions::Mode::Default;
    std::string shownPlan;
    ph::Result<PlanVerdict> verdict;
    std::string said;
    std::vector<Task> tasks;
    ph::Result<std::string> report = "Found it.";

private:
    tools::Workspace m_workspace;
};

} // namespace support
