#pragma once

#include "agent/model/model.h"

namespace model {

/// Puts a reply together from its pieces, and tells the listener of each.
class ReplyBuilder
{
public:
    /// `model`: the id that thoughts carry.
    ReplyBuilder(Listener &listener, std::string model);

    void addText(const std::string &piece);
    void addThought(const std::string &piece);
    void addSignature(const std::string &piece);
    /// Ends the thought that is being had, if one is.
    void endThought();
    void addRedacted(std::string data);

    /// Begins a call; returns what callInput() names it by. Without an id of the service's it gets one.
    std::size_t beginCall(std::string id, std::string name);
    /// The next piece of the input's JSON.
    void addInput(std::size_t call, const std::string &piece);

    void setUsage(const Usage &usage);

    /// Whether the listener has heard something of the answer itself.
    bool hasSpoken() const { return m_hasSpoken; }

    /// `wasCut`: the service stopped in the middle, at its limit. A call whose input is no JSON object then has a `problem`.
    Reply finish(std::string stopReason, bool wasCut);

private:
    Listener &m_listener;
    const std::string m_model;
    Reply m_reply;
    std::vector<std::string> m_inputs; // of m_reply.calls, as text
    Thought m_thought;
    bool m_isThinking = false;
    bool m_hasSpoken = false;
    std::size_t m_textBytes = 0;
};

} // namespace model
