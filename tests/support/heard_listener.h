#pragma once

#include "agent/model/model.h"

#include <functional>
#include <map>

namespace support {

/// Keeps what a model said while it answered.
class HeardListener : public model::Listener
{
public:
    void onText(const std::string &piece, const ph::Json & = {}) override
    {
        text += piece;
        if (afterText)
            afterText();
    }
    void onThought(const std::string &piece) override { thought += piece; }
    void onPlan(const acp::Plan &) override { }
    void onTitle(const std::string &) override { }
    void onThoughtEnd(const model::Thought &each) override { thoughts.push_back(each); }
    void onCallBegin(const acp::ToolCallId &id, const std::string &name) override { calls.push_back(id.value + " " + name); }
    void onCallInput(const acp::ToolCallId &id, const std::string &piece) override { inputs[id.value] += piece; }
    void onUsage(const model::Usage &counted) override { usage = counted; }
    void onNotice(const std::string &each) override { notices.push_back(each); }

    std::string text;
    std::string thought;
    std::vector<model::Thought> thoughts;
    std::vector<std::string> calls; // "id name"
    std::map<std::string, std::string> inputs;
    model::Usage usage;
    std::vector<std::string> notices;
    std::function<void()> afterText;
};

} // namespace support
