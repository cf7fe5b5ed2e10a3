#pragma once

#include "agent/model/model.h"
#include "driver/posthog/table.h"

#include <functional>
#include <map>

/// A turn without ACP: asks the model, answers its tool calls from a script, and keeps all that is said.
class GuidedLoop : public model::Listener
{
public:
    std::shared_ptr<model::Model> model;
    std::function<model::ToolAnswer(const model::ToolRequest &)> runTool;
    std::vector<model::Message> history;
    std::vector<std::string> log;              // one line an event
    std::vector<ph::Json> metas;               // of the chunks
    int stopAfterCalls = -1;                   // leaves the turn in the middle, as a cancel does

    void prompt(const std::string &text, ph::Json meta = ph::Json::object())
    {
        model::Message message;
        message.text = text;
        message.meta = std::move(meta);
        history.push_back(message);
        go();
    }
    void go()
    {
        for (int calls = 0; calls < 500; ++calls) {
            m_said = {};
            const auto reply = model->ask({history, {}}, *this, {});
            if (!reply) {
                log.push_back("error: " + reply.error().message);
                return;
            }
            model::Message assistant;
            assistant.role = model::Message::Role::Assistant;
            assistant.text = m_said;
            assistant.calls = reply->calls;
            history.push_back(assistant);
            if (reply->calls.empty()) {
                log.push_back("stop: " + reply->stopReason);
                return;
            }
            if (stopAfterCalls >= 0 && calls >= stopAfterCalls)
                return;
            model::Message tool;
            tool.role = model::Message::Role::Tool;
            for (const auto &call : reply->calls) {
                log.push_back("call " + call.id.value + " " + call.name + ": " + call.title);
                tool.answers.push_back(runTool(call));
            }
            history.push_back(tool);
        }
        log.push_back("endless");
    }

    void onText(const std::string &text, const ph::Json &meta) override
    {
        m_said += text;
        log.push_back("say: " + text);
        metas.push_back(meta);
    }
    void onThought(const std::string &text) override { log.push_back("think: " + text); }
    void onPlan(const acp::Plan &plan) override
    {
        std::string line = "plan:";
        for (const auto &entry : plan.entries)
            line += " " + (entry.meta ? (*entry.meta)["hoglet"]["step"].get<std::string>() : "?") + "=" + entry.status;
        log.push_back(line);
    }
    void onTitle(const std::string &title) override { log.push_back("title: " + title); }

private:
    std::string m_said;
};

inline model::ToolAnswer answerTable(const model::ToolRequest &call, const posthog::Table &table)
{
    return {call.id, false, "", ph::Json(table)};
}
