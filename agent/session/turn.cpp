#include "agent/session/turn.h"

#include "agent/session/speaker.h"

#include <algorithm>
#include <utility>

namespace agent {
namespace {

class Turn
{
public:
    Turn(std::vector<model::Message> &history, const TurnSetting &setting, std::stop_token stop)
        : m_history(history)
        , m_setting(setting)
        , m_stop(std::move(stop))
        , m_runner(setting.calls)
        , m_titleOf([this](const std::string &tool) { return m_runner.titleOf(tool); })
    {
    }

    ph::Result<std::string> run()
    {
        for (int step = 0; step < m_setting.maximumSteps; ++step) {
            if (m_setting.meter.isNearlyFull() && !compact("auto"))
                return ended();
            auto reply = ask();
            if (reply && reply->windowIsFull) {
                if (!compact("auto"))
                    return ended();
                reply = ask();
                if (reply && reply->windowIsFull)
                    return ph::fail(ph::ErrorCode::InvalidInput, "The conversation is longer than the model takes, even when it is summed up. Start a new session.");
            }
            if (!reply)
                return m_stop.stop_requested() || reply.error().code == ph::ErrorCode::Cancelled ? ph::Result<std::string>("cancelled") : ph::fail(reply.error());
            if (reply->calls.empty())
                return m_stop.stop_requested() ? "cancelled" : reply->stopReason;
            std::vector<model::ToolAnswer> answers;
            const bool goesOn = m_runner.run(reply->calls, answers, m_stop);
            keepAnswers(std::move(answers));
            if (!goesOn)
                return "cancelled";
        }
        return "max_turn_requests";
    }

private:
    /// One step of the model. What it said and called is in the history then, whatever became of it; only calls of a reply are to run.
    ph::Result<model::Reply> ask()
    {
        Speaker speaker(m_setting.calls.wire, m_titleOf);
        model::Request request;
        request.history = m_history;
        request.system = m_setting.system;
        request.effort = m_setting.effort;
        for (const auto &tool : m_setting.calls.tools)
            request.tools.push_back({tool->name(), tool->description(), tool->inputSchema()});
        auto reply = m_setting.model.ask(request, speaker, m_stop);
        if (reply && reply->windowIsFull)
            return reply;

        model::Message message;
        message.role = model::Message::Role::Assistant;
        message.text = speaker.said();
        message.thoughts = speaker.thoughts();
        std::vector<acp::ToolCallId> hasCard;
        for (const auto &begun : speaker.begun())
            hasCard.push_back(begun.id);
        if (reply) {
            m_setting.meter.add(reply->usage);
            m_runner.announce(reply->calls, hasCard);
            message.calls = reply->calls;
        }
        // Cards whose call is not in the reply were cut off.
        m_cut.clear();
        for (const auto &begun : speaker.begun()) {
            if (std::any_of(message.calls.begin(), message.calls.end(), [&](const auto &call) { return call.id == begun.id; }))
                continue;
            model::ToolRequest call;
            call.id = begun.id;
            call.name = begun.name;
            call.title = m_runner.titleOf(begun.name);
            message.calls.push_back(std::move(call));
            m_cut.push_back(m_runner.interrupt(begun.id, "Interrupted."));
        }
        if (!message.text.empty() || !message.calls.empty() || !message.thoughts.empty())
            m_history.push_back(std::move(message));
        if ((!reply || reply->calls.empty()) && !m_cut.empty())
            keepAnswers({});
        return reply;
    }

    /// The answers of a step's calls, with those of the calls that were cut off.
    void keepAnswers(std::vector<model::ToolAnswer> answers)
    {
        model::Message message;
        message.role = model::Message::Role::Tool;
        message.answers = std::move(answers);
        for (auto &answer : std::exchange(m_cut, {}))
            message.answers.push_back(std::move(answer));
        m_history.push_back(std::move(message));
    }

    bool compact(const char *trigger)
    {
        m_compacted = m_setting.compaction.run(m_history, m_setting.model, m_setting.system, m_setting.calls.wire, m_setting.meter, trigger, m_stop);
        return m_compacted.has_value();
    }
    ph::Result<std::string> ended() const
    {
        if (m_stop.stop_requested() || m_compacted.error().code == ph::ErrorCode::Cancelled)
            return "cancelled";
        return ph::fail(m_compacted.error());
    }

    std::vector<model::Message> &m_history;
    const TurnSetting &m_setting;
    const std::stop_token m_stop;
    CallRunner m_runner;
    const std::function<std::string(const std::string &)> m_titleOf;
    std::vector<model::ToolAnswer> m_cut; // of the step's calls that were cut off
    ph::Result<> m_compacted;
};

} // namespace

ph::Result<std::string> runTurn(std::vector<model::Message> &history, const TurnSetting &setting, std::stop_token stop)
{
    return Turn(history, setting, std::move(stop)).run();
}

} // namespace agent
