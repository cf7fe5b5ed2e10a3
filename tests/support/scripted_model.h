#pragma once

#include "agent/model/model.h"

#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace support {

/// A model that plays steps: each ask() takes the next, and keeps the request that it got. Without a step left it says "Done.".
class ScriptedModel final : public model::Model
{
public:
    using Step = std::function<ph::Result<model::Reply>(const model::Request &, model::Listener &, std::stop_token)>;

    explicit ScriptedModel(std::string id = "scripted")
        : m_id(std::move(id))
    {
    }

    std::string id() const override { return m_id; }
    std::string name() const override { return "Scripted " + m_id; }
    model::Info info() const override { return known; }
    bool takesInstructions() const override { return isTold; }

    ph::Result<model::Reply> ask(const model::Request &request, model::Listener &listener, std::stop_token stop) override
    {
        Step step;
        {
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(request);
            if (!m_steps.empty()) {
                step = std::move(m_steps.front());
                m_steps.pop_front();
            } else if (otherwise) {
                step = otherwise;
            }
        }
        if (step)
            return step(request, listener, std::move(stop));
        listener.onText("Done.");
        return model::Reply{};
    }

    void then(Step step)
    {
        const std::lock_guard lock(m_mutex);
        m_steps.push_back(std::move(step));
    }
    /// Says `text` (unless it is empty) and makes these calls.
    void thenCalls(std::string text, std::vector<model::ToolRequest> calls)
    {
        then([text = std::move(text), calls = std::move(calls)](const model::Request &, model::Listener &listener, std::stop_token) {
            if (!text.empty())
                listener.onText(text);
            return model::Reply{calls, "end_turn"};
        });
    }
    void thenSays(std::string text) { thenCalls(std::move(text), {}); }
    /// Says nothing until it is stopped.
    void thenThinksUntilStopped()
    {
        then([](const model::Request &, model::Listener &, std::stop_token stop) -> ph::Result<model::Reply> {
            while (!stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        });
    }

    std::vector<model::Request> requests() const
    {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

    Step otherwise;       // when no step is left
    model::Info known;    // set before the agent starts
    bool isTold = true;   // reads the system text, as language models do

private:
    const std::string m_id;
    mutable std::mutex m_mutex; // Guards both below.
    std::deque<Step> m_steps;
    std::vector<model::Request> m_requests;
};

inline model::ToolRequest callOf(std::string id, std::string name, ph::Json input = ph::Json::object())
{
    model::ToolRequest request;
    request.id = {std::move(id)};
    request.name = std::move(name);
    request.input = std::move(input);
    return request;
}

} // namespace support
