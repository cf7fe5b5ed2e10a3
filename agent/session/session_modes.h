#pragma once

#include "agent/session/wire.h"
#include "agent/tools/tool.h"

#include <functional>
#include <mutex>

namespace agent {

/// The one owner of a session's permission mode: who wants to know it asks here at each call, who changes it does so here, and the
/// client is told. Any thread.
class SessionModes final : public tools::ModeControl
{
public:
    /// `onChange` is told after each change, on the thread that made it; `lastSaid` is what the agent said last in the running turn.
    SessionModes(const Wire &wire, std::function<void()> onChange, std::function<std::string()> lastSaid);

    permissions::Mode mode() const override;

    /// Error InvalidInput: there is no such mode, or it is not to be had here (bypass as root).
    ph::Result<> set(const std::string &modeId);
    /// As it was stored: nobody is told, and one that is not to be had here is passed over.
    void restore(const std::string &modeId);

    void enterPlan() override;
    ph::Result<PlanVerdict> leavePlan(const acp::ToolCallId &call, const std::string &plan, std::stop_token stop) override;
    std::string lastSaid() const override { return m_lastSaid(); }

private:
    void change(permissions::Mode mode);

    const Wire &m_wire;
    const std::function<void()> m_onChange;
    const std::function<std::string()> m_lastSaid;
    mutable std::mutex m_mutex; // Guards the two below.
    permissions::Mode m_mode = permissions::Mode::Default;
    permissions::Mode m_beforePlan = permissions::Mode::Default;
};

} // namespace agent
