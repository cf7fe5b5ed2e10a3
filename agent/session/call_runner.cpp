#include "agent/session/call_runner.h"

#include "agent/session/questions.h"
#include "driver/base/ids.h"

#include <algorithm>
#include <thread>

namespace agent {
namespace {

constexpr std::size_t maximumBeside = 8; // calls that run at a time

tools::Output failure(std::string text)
{
    tools::Output output;
    output.failed = true;
    output.text = std::move(text);
    return output;
}

tl::unexpected<ph::Error> cancelled() { return ph::fail(ph::ErrorCode::Cancelled, "Cancelled."); }

ph::Json &ours(std::optional<ph::Json> &meta)
{
    if (!meta || !meta->is_object())
        meta = ph::Json::object();
    return (*meta)["hoglet"];
}

} // namespace

/// The user's side of a running call: questions and progress.
class CallRunner::CallContext final : public tools::Context
{
public:
    CallContext(const CallSetting &setting, const tools::CallInfo &info, std::stop_token stop)
        : m_setting(setting)
        , m_info(info)
        , m_stop(std::move(stop))
    {
    }

    const tools::CallInfo &info() const override { return m_info; }
    ph::Result<std::string> ask(const acp::ToolCallId &call, const tools::Question &question) override
    {
        return askOne(m_setting.wire, m_setting.hasForms, call, question, m_stop);
    }
    ph::Result<std::vector<tools::Answer>> askAll(const acp::ToolCallId &call, const std::vector<tools::Question> &questions) override
    {
        return askSeveral(m_setting.wire, m_setting.hasForms, call, questions, m_stop);
    }
    void update(const acp::ToolCallUpdate &update) override { m_setting.wire.send({update}); }
    void plan(const acp::Plan &plan) override { m_setting.wire.send({plan}); }
    tools::Workspace &workspace() override { return m_setting.workspace; }
    tools::ModeControl &modes() override { return m_setting.modes; }
    tools::SubAgents &subAgents() override { return m_setting.subAgents; }

private:
    const CallSetting &m_setting;
    const tools::CallInfo &m_info;
    const std::stop_token m_stop;
};

CallRunner::CallRunner(const CallSetting &setting)
    : m_setting(setting)
{
}

tools::Tool *CallRunner::toolOf(const model::ToolRequest &call) const
{
    const auto &all = m_setting.tools;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto &tool) { return tool->name() == call.name; });
    return found != all.end() ? found->get() : nullptr;
}

std::string CallRunner::titleOf(const std::string &name) const
{
    model::ToolRequest call;
    call.name = name;
    const auto *tool = toolOf(call);
    return tool ? tool->describe(ph::Json::object(), m_setting.workspace).title : name;
}

void CallRunner::announce(std::vector<model::ToolRequest> &calls, const std::vector<acp::ToolCallId> &hasCard)
{
    for (auto &call : calls) {
        if (call.id.value.empty())
            call.id.value = ph::uuid4();
        if (!call.input.is_object())
            call.input = ph::Json::object();
        const auto *tool = toolOf(call);
        auto info = tool ? tool->describe(call.input, m_setting.workspace) : tools::CallInfo{call.name, "other", {}, {}, {}};
        if (call.title.empty())
            call.title = info.title;

        const auto fill = [&](auto &update) {
            update.toolCallId = call.id;
            update.title = call.title;
            update.name = call.name;
            update.kind = info.kind;
            update.status = "pending";
            if (!info.content.empty())
                update.content = std::move(info.content);
            if (!info.locations.empty())
                update.locations = std::move(info.locations);
            update.rawInput = call.input;
            update.meta = call.meta.value_or(ph::Json::object());
            (*update.meta)["claudeCode"]["toolName"] = call.name;
        };
        if (std::find(hasCard.begin(), hasCard.end(), call.id) != hasCard.end()) {
            acp::ToolCallUpdate update;
            fill(update);
            m_setting.wire.send({std::move(update)});
        } else {
            acp::ToolCall update;
            fill(update);
            m_setting.wire.send({std::move(update)});
        }
    }
}

bool CallRunner::runsBeside(const model::ToolRequest &call) const
{
    const auto *tool = toolOf(call);
    return tool && call.problem.empty() && tool->isParallel();
}

bool CallRunner::run(const std::vector<model::ToolRequest> &calls, std::vector<model::ToolAnswer> &answers, std::stop_token stop)
{
    bool goesOn = true;
    for (std::size_t first = 0; first < calls.size();) {
        std::size_t last = first + 1;
        while (runsBeside(calls[first]) && last < calls.size() && last - first < maximumBeside && runsBeside(calls[last]))
            ++last;

        // All are asked for before one of them runs: whoever cancels the first wants none of them.
        std::vector<ph::Result<tools::Output>> outputs(last - first, ph::Result<tools::Output>(cancelled()));
        std::vector<tools::CallInfo> infos(last - first); // What is decided on is what runs.
        std::vector<bool> runs(last - first, false);
        for (std::size_t i = first; goesOn && i < last; ++i) {
            const auto refusal = stop.stop_requested() ? ph::Result<std::string>(cancelled()) : refusalOf(calls[i], infos[i - first], stop);
            goesOn = refusal.has_value();
            if (refusal && refusal->empty())
                runs[i - first] = true;
            else if (refusal)
                outputs[i - first] = failure(*refusal);
        }
        if (goesOn) {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < runs.size(); ++i) {
                if (!runs[i])
                    continue;
                if (runs.size() == 1)
                    outputs[i] = runOne(calls[first], infos[i], stop);
                else
                    threads.emplace_back([&, i] { outputs[i] = runOne(calls[first + i], infos[i], stop); });
            }
        }
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            // Only a call that was cut off ends with an error; what failed by itself is an output.
            const bool isInterrupted = !outputs[i];
            goesOn = goesOn && !isInterrupted;
            answers.push_back(settle(calls[first + i].id, isInterrupted ? failure(outputs[i].error().message) : *std::move(outputs[i]), isInterrupted));
        }
        goesOn = goesOn && !stop.stop_requested();
        first = last;
    }
    return goesOn;
}

/// Empty when the call is to run as `info` then says, else what the model reads instead of its output. Error Cancelled: the turn is over.
ph::Result<std::string> CallRunner::refusalOf(const model::ToolRequest &call, tools::CallInfo &info, const std::stop_token &stop)
{
    const auto *tool = toolOf(call);
    if (!tool) {
        std::string names;
        for (const auto &one : m_setting.tools)
            names += (names.empty() ? "" : ", ") + one->name();
        return "There is no tool " + call.name + ". The tools are: " + names + ".";
    }
    if (!call.problem.empty())
        return call.problem;
    info = tool->describe(call.input, m_setting.workspace);
    return m_setting.gate.mayRun(m_setting.wire, call, info, stop);
}

ph::Result<tools::Output> CallRunner::runOne(const model::ToolRequest &call, const tools::CallInfo &info, const std::stop_token &stop)
{
    acp::ToolCallUpdate begun;
    begun.toolCallId = call.id;
    begun.status = "in_progress";
    m_setting.wire.send({begun});
    CallContext context(m_setting, info, stop);
    try {
        auto output = toolOf(call)->run(call.id, call.input, context, stop);
        if (!output && output.error().code != ph::ErrorCode::Cancelled)
            return failure(output.error().message);
        if (output && output->isUntrusted)
            m_setting.gate.sawUntrustedData();
        return output;
    } catch (const std::exception &e) {
        return failure("The tool failed: " + std::string(e.what()));
    }
}

model::ToolAnswer CallRunner::interrupt(const acp::ToolCallId &call, const std::string &reason) { return settle(call, failure(reason), true); }

/// Ends the call for the client and for the model.
model::ToolAnswer CallRunner::settle(const acp::ToolCallId &call, tools::Output output, bool isInterrupted)
{
    acp::ToolCallUpdate update;
    update.toolCallId = call;
    update.status = output.failed ? "failed" : "completed";
    if (!output.raw.is_null())
        update.rawOutput = output.raw;
    update.meta = output.meta;
    if (!output.title.empty())
        update.title = output.title;
    if (!output.content.empty()) {
        update.content = output.content;
        ours(update.meta)["text"] = output.text; // The card shows something else than the model reads.
    } else if (!output.text.empty() || !output.images.empty()) {
        update.content.emplace();
        if (!output.text.empty())
            update.content->push_back(acp::ToolCallContent::ofText(output.text));
        for (const auto &image : output.images)
            update.content->push_back(acp::ToolCallContent::ofBlock(image));
    }
    if (isInterrupted)
        ours(update.meta)["interrupted"] = true;
    if (output.isUntrusted)
        ours(update.meta)["untrusted"] = true;
    m_setting.wire.send({std::move(update)});
    return {call, output.failed, std::move(output.text), std::move(output.raw), isInterrupted, std::move(output.images)};
}

} // namespace agent
