#include "agent/session/compaction.h"

#include "driver/base/ids.h"

#include <algorithm>

namespace agent {
namespace {

/// Keeps what a model says and shows nothing of it.
class Scribe final : public model::Listener
{
public:
    void onText(const std::string &text, const ph::Json &) override { said += text; }
    void onThought(const std::string &) override {}
    void onPlan(const acp::Plan &) override {}
    void onTitle(const std::string &) override {}

    std::string said;
};

const model::Message *lastRequest(const std::vector<model::Message> &history)
{
    const auto found = std::find_if(history.rbegin(), history.rend(), [](const auto &message) { return message.role == model::Message::Role::User; });
    return found != history.rend() ? &*found : nullptr;
}

/// The history with its longest outputs cut, for a model that took no more of it.
std::vector<model::Message> shortened(std::vector<model::Message> history)
{
    constexpr std::size_t kept = 2'000;
    for (auto &message : history) {
        for (auto &answer : message.answers) {
            if (answer.text.size() > kept)
                answer.text = answer.text.substr(0, kept) + "\n… (cut)";
            answer.images.clear();
        }
    }
    return history;
}

} // namespace

Compaction::Compaction(std::string instructions, bool hasUpdates)
    : m_instructions(std::move(instructions))
    , m_hasUpdates(hasUpdates)
{
}

model::Message summaryMessage(const std::string &text)
{
    model::Message message;
    message.text = text;
    message.blocks = {acp::ContentBlock::ofText(text)};
    return message;
}

ph::Result<> Compaction::run(std::vector<model::Message> &history, model::Model &model, const std::string &system, const Wire &wire, Meter &meter,
                             const std::string &trigger, std::stop_token stop) const
{
    const auto tell = [&, id = ph::uuid4()](const char *status, std::optional<std::string> error = {}) {
        if (m_hasUpdates)
            wire.send({acp::CompactionUpdate{id, status, std::move(error)}});
    };
    tell("in_progress");
    auto done = sumUp(history, model, system, wire, meter, trigger, stop);
    if (done)
        tell("completed");
    else if (done.error().code == ph::ErrorCode::Cancelled)
        tell("cancelled");
    else
        tell("failed", done.error().message);
    return done;
}

ph::Result<> Compaction::sumUp(std::vector<model::Message> &history, model::Model &model, const std::string &system, const Wire &wire, Meter &meter,
                               const std::string &trigger, std::stop_token stop) const
{
    const auto before = meter.used();
    wire.client().notify("_posthog/status", {{"sessionId", wire.session().value}, {"status", "compacting"}});

    model::Request request;
    request.history = history;
    request.system = system;
    request.mayCallTools = false;
    if (!request.history.empty() && request.history.back().role == model::Message::Role::User)
        request.history.back().text += "\n\n" + m_instructions;
    else
        request.history.push_back(summaryMessage(m_instructions));
    if (!request.history.empty())
        request.history.back().blocks = {acp::ContentBlock::ofText(request.history.back().text)};

    Scribe scribe;
    auto reply = model.ask(request, scribe, stop);
    if (reply && reply->windowIsFull) {
        request.history = shortened(std::move(request.history));
        scribe.said.clear();
        reply = model.ask(request, scribe, stop);
    }
    if (!reply)
        return ph::fail(reply.error());
    if (reply->windowIsFull || scribe.said.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, "The conversation has grown longer than the model takes, and it could not be summed up. Start a new session.");
    meter.addCost(reply->usage.cost);

    auto text = "This conversation goes on from an earlier part that no longer fits. Its summary:\n\n" + scribe.said;
    if (const auto *asked = lastRequest(history))
        text += "\n\nWhat the user asked for last, word for word:\n\n" + asked->text;
    text += "\n\nGo on with the work from here.";
    history = {summaryMessage(text)};
    meter.setUsed(std::max<std::int64_t>(reply->usage.output, std::int64_t(text.size() / 4)));
    wire.client().notify("_posthog/compact_boundary", {{"sessionId", wire.session().value},
                                                       {"trigger", trigger},
                                                       {"preTokens", before},
                                                       {"contextSize", meter.window()},
                                                       {"_meta", {{"hoglet", {{"summary", text}}}}}});
    return {};
}

} // namespace agent
