#pragma once

#include "agent/model/model.h"
#include "agent/session/wire.h"

#include <functional>

namespace agent {

/// What a model says in one step goes straight on to the client; what of it belongs to the history is kept.
class Speaker final : public model::Listener
{
public:
    /// `titleOf` gives the line of a card whose call has only begun, by the tool's name. Both outlive the speaker.
    Speaker(const Wire &wire, const std::function<std::string(const std::string &tool)> &titleOf);

    void onText(const std::string &text, const ph::Json &meta) override;
    void onThought(const std::string &text) override;
    void onThoughtEnd(const model::Thought &thought) override;
    void onPlan(const acp::Plan &plan) override;
    void onTitle(const std::string &title) override;
    void onCallBegin(const acp::ToolCallId &id, const std::string &name) override;
    void onNotice(const std::string &text) override;

    const std::string &said() const { return m_said; }
    const std::vector<model::Thought> &thoughts() const { return m_thoughts; }

    struct Begun {
        acp::ToolCallId id;
        std::string name;
    };
    /// The calls whose cards the client has, whether they are in the reply or were cut off.
    const std::vector<Begun> &begun() const { return m_begun; }

private:
    const Wire &m_wire;
    const std::function<std::string(const std::string &)> &m_titleOf;
    const std::string m_messageId;
    std::string m_thoughtId;
    std::string m_said;
    std::vector<model::Thought> m_thoughts;
    std::vector<Begun> m_begun;
};

} // namespace agent
