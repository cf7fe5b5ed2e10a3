#pragma once

#include "tests/support/sample_project.h"
#include "ui/workflows/workflow_runs.h"

#include <QPointer>

#include <utility>

namespace test {

/// A run that says what the test has it say.
class FakeRun : public ui::WorkflowRun
{
public:
    explicit FakeRun(QString runId)
        : m_runId(std::move(runId))
    {
    }

    QString runId() const override { return m_runId; }
    bool isRunning() const override { return m_isRunning; }
    const std::vector<std::shared_ptr<ui::Question>> &questions() const override { return m_questions; }
    void answer(quint64 id, const std::string &option) override { close(id, option); }
    void answerForm(quint64 id, const ph::Json &content) override { close(id, content.dump()); }
    void dismiss(quint64 id) override { close(id, std::nullopt); }
    void cancel() override { ++cancels; }
    bool canGoOn() const override { return isCutOff && !m_isRunning; }
    void goOn() override
    {
        isCutOff = false;
        m_isRunning = true;
        m_questions.clear();
        emit questionsChanged();
    }
    void showConversation() override { ++shown; }

    std::vector<std::optional<std::string>> answers;
    int cancels = 0;
    int shown = 0;
    bool isCutOff = false;

    void rest() { m_isRunning = false; } // as a run that is read from its log

    void plan(const std::vector<std::pair<std::string, std::string>> &steps) // id, status
    {
        acp::Plan plan;
        for (const auto &[id, status] : steps)
            plan.entries.push_back({titleOf(id), "medium", status, ph::Json{{"hoglet", {{"step", id}}}}});
        send(plan);
    }
    void call(const std::string &step, const std::string &id, const std::string &hogql, const ph::Json &values = ph::Json::object())
    {
        acp::ToolCall call;
        call.toolCallId = {id};
        call.title = "Running HogQL";
        call.status = "in_progress";
        call.rawInput = ph::Json{{"hogql", hogql}, {"values", values}};
        call.meta = ph::Json{{"hoglet", {{"workflow", "funnel-drop-off"}, {"step", step}}}};
        send(call);
    }
    void table(const std::string &id, const posthog::Table &table)
    {
        acp::ToolCallUpdate update;
        update.toolCallId = {id};
        update.status = "completed";
        update.rawOutput = ph::Json(table);
        send(update);
    }
    void fail(const std::string &id, const std::string &message)
    {
        acp::ToolCallUpdate update;
        update.toolCallId = {id};
        update.status = "failed";
        acp::ToolCallContent content;
        content.content = acp::ContentBlock::ofText(message);
        update.content = std::vector{content};
        send(update);
    }
    void outcome(const workflow::Outcome &outcome)
    {
        acp::AgentMessageChunk chunk;
        chunk.content = acp::ContentBlock::ofText(outcome.finding);
        chunk.meta = ph::Json{{"hoglet", {{"outcome", outcome}}}};
        send(chunk);
    }
    void report(const std::string &decision, const std::vector<std::string> &caveats)
    {
        acp::AgentMessageChunk chunk;
        chunk.content = acp::ContentBlock::ofText(decision);
        chunk.meta = ph::Json{{"hoglet", {{"report", {{"decision", decision}, {"caveats", caveats}}}}}};
        send(chunk);
    }
    void ask(const std::string &title, const std::vector<std::string> &options)
    {
        acp::RequestPermissionRequest request;
        request.toolCall.title = title;
        acp::ToolCallContent content;
        content.content = acp::ContentBlock::ofText("The breakdown needs one property. Only segments of at least 100 persons are shown.");
        request.toolCall.content = std::vector{content};
        for (const std::string &option : options) {
            acp::PermissionOption choice{option, option, "allow_once", std::nullopt};
            if (request.options.empty())
                choice.meta = ph::Json{{"hoglet", {{"recommended", true}}}};
            request.options.push_back(choice);
        }
        request.toolCall.meta = request.meta = ph::Json{{"twigToolKind", "question"}};
        m_questions.push_back(std::make_shared<ui::Question>(request));
        emit questionsChanged();
    }
    void end(const QString &stopReason, const std::optional<ph::Error> &error = {})
    {
        m_isRunning = false;
        m_questions.clear();
        emit finished(stopReason, error);
    }
    template <typename Update>
    void send(const Update &update)
    {
        emit updated(acp::SessionUpdate{update});
    }

    static std::string titleOf(const std::string &id)
    {
        static const std::map<std::string, std::string> titles{{"schema", "Check the events"}, {"funnel", "Count the funnel"}, {"loss", "Find the biggest loss"},
                                                               {"breakdown", "Break the step down"}, {"time", "Time to convert"}};
        const auto found = titles.find(id);
        return found == titles.end() ? id : found->second;
    }

private:
    void close(quint64 id, const std::optional<std::string> &answer)
    {
        answers.push_back(answer);
        std::erase_if(m_questions, [&](const auto &question) { return question->id() == id; });
        emit questionsChanged();
    }

    std::vector<std::shared_ptr<ui::Question>> m_questions;
    QString m_runId;
    bool m_isRunning = true;
};

inline workflow::Outcome funnelOutcome()
{
    workflow::Outcome outcome;
    outcome.step = "funnel";
    outcome.title = "Count the funnel";
    outcome.question = "How many of those who come in get through each step?";
    outcome.why = "Everything after compares with these counts. The order of steps is kept, within 14 days of the first.";
    outcome.finding = "402 of 18,204 visitors upgraded (2.2%); most are lost before sign-up opens.";
    outcome.decision = "Work on the way from the home page to sign-up: 12,084 persons leave there, more than at all other steps together.";
    outcome.warnings = {"The last 14 days cannot have finished yet: their entrants look worse than they are."};
    outcome.nextActions = {"Watch five replays of persons who left at sign-up", "Save those who left as a cohort"};
    outcome.chart.kind = "funnel";
    outcome.chart.title = "From visit to upgrade";
    outcome.chart.x = "step";
    outcome.chart.y = std::vector<std::string>{"persons"};
    outcome.chart.definition = "Unique persons, steps in order, 14-day window, 21 Oct to 20 Nov 2026, internal users left out. n = 18,204";
    outcome.hogql = "SELECT level, count() AS persons\nFROM (\n    SELECT person_id, windowFunnel(1209600)(timestamp,\n        event = '$pageview' AND properties.$pathname = '/',\n"
                    "        event = '$pageview' AND properties.$pathname = '/signup/',\n        event = 'signed_up') AS level\n    FROM events\n"
                    "    WHERE timestamp >= {from} AND timestamp < {to}\n    GROUP BY person_id\n)\nGROUP BY level\nORDER BY level";
    outcome.values = {{"from", "2026-10-21"}, {"to", "2026-11-20"}};
    outcome.toolCallId = "call-funnel";
    return outcome;
}

/// Workflows as a program would have them, and runs that the test plays.
class FakeRuns : public ui::WorkflowRuns
{
public:
    FakeRuns()
    {
        auto funnel = definition("funnel-drop-off", "technical_pm", "Find the drop-off in a funnel",
                                 "Count the steps, find where most people are lost, break that step down and watch what happened.");
        funnel.parameters.push_back(parameter("steps", "Steps of the funnel, in order", "list", ph::Json::parse(R"([{"event": "$pageview", "pathname": "/", "label": "Home page"}, {"event": "signed_up"}])")));
        funnel.parameters.back().item = std::vector<workflow::ItemField>{{"event", "event", std::nullopt}, {"pathname", "text", true}, {"label", "text", true}};
        funnel.parameters.back().fromQuery = "SELECT event, count() AS volume FROM events GROUP BY event";
        funnel.parameters.back().minimum = 2;
        funnel.parameters.push_back(parameter("window", "Window in days", "days", 14));
        funnel.parameters.back().help = "How long somebody may take.";
        funnel.parameters.back().minimum = 1;
        funnel.parameters.back().maximum = 90;
        funnel.parameters.push_back(parameter("from", "From", "date", "2026-10-21"));
        funnel.parameters.push_back(parameter("unit", "Count by", "choice", "persons"));
        funnel.parameters.back().choices = std::vector<std::string>{"persons", "accounts"};
        for (const char *id : {"schema", "funnel", "loss", "breakdown", "time"})
            funnel.steps.push_back({id, FakeRun::titleOf(id), "", "", {}, {}});
        m_definitions = {funnel,
                         definition("ab-read-out", "technical_pm", "Read out an A/B test", "Exposures, sample ratio, effect with its interval, guardrails, and a decision that says its n."),
                         definition("retention", "technical_pm", "Who comes back", "Retention by week of first use, with what those who stay did first."),
                         definition("release-impact", "product_engineer", "What did the release change?", "Compares adoption, errors and the key event before and after a deploy."),
                         definition("bug-replays", "product_engineer", "From an error to its replays", "Finds who met an error, what they had in common, and the five recordings worth watching."),
                         definition("sql-explore", "analyst", "Get to know a project's data", "Events, properties, volumes and gaps, with the queries to go on from.")};
    }

    static workflow::Definition definition(const char *id, const char *persona, const char *title, const char *description)
    {
        workflow::Definition made;
        made.id = id;
        made.persona = persona;
        made.title = title;
        made.description = description;
        return made;
    }
    static workflow::Parameter parameter(const char *name, const char *title, const char *type, ph::Json fallback)
    {
        workflow::Parameter made;
        made.name = name;
        made.title = title;
        made.type = type;
        made.fallback = std::move(fallback);
        return made;
    }

    const std::vector<workflow::Definition> &definitions() const override { return m_definitions; }
    std::vector<ui::RunSummary> recentRuns() const override { return recent; }
    std::unique_ptr<ui::WorkflowRun> start(const QString &id, const ph::Json &parameters, const QString &fromStep, const QString &runId) override
    {
        started.push_back({id, parameters, fromStep, runId});
        auto run = std::make_unique<FakeRun>(runId.isEmpty() ? QStringLiteral("run-%1").arg(started.size()) : runId);
        last = run.get();
        return run;
    }
    std::unique_ptr<ui::WorkflowRun> reopen(const QString &runId) override
    {
        if (runId == "gone")
            return nullptr;
        auto run = std::make_unique<FakeRun>(runId);
        last = run.get();
        return run;
    }

    struct Started {
        QString workflowId;
        ph::Json parameters;
        QString fromStep;
        QString runId;
    };
    std::vector<Started> started;
    std::vector<ui::RunSummary> recent;
    QPointer<FakeRun> last;

private:
    std::vector<workflow::Definition> m_definitions;
};

} // namespace test
