#include "agent/model/guided.h"

#include "agent/model/guided_run.h"
#include "agent/report/escape.h"
#include "agent/report/report.h"

#include <algorithm>

namespace model {

namespace {

using report::escapeMarkdown;

class Guided : public Model
{
public:
    explicit Guided(std::vector<workflow::Definition> definitions) : m_definitions(std::move(definitions)) {}

    std::string id() const override { return "guided"; }
    std::string name() const override { return "Guided (no language model)"; }
    bool takesInstructions() const override { return false; }

    ph::Result<Reply> ask(const Request &request, Listener &listener, std::stop_token stop) override
    {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (request.history.empty())
            return ph::fail(ph::ErrorCode::Internal, "There is no prompt to answer.");
        const auto &history = request.history;
        const auto prompt = lastPrompt(history);
        const auto intent = intentOf(history[prompt]);
        if (intent.kind == Intent::Kind::Query)
            return query(history, prompt, intent, listener);
        const auto start = runStart(history);
        if (!start) {
            if (intent.kind == Intent::Kind::Continue)
                listener.onText("There is no run to go on with.\n\n");
            return help(listener);
        }
        const auto begun = intentOf(history[*start]);
        const auto definition = std::find_if(m_definitions.begin(), m_definitions.end(), [&](const auto &each) { return each.id == begun.workflow; });
        if (definition == m_definitions.end()) {
            listener.onText("There is no workflow " + escapeMarkdown(begun.workflow) + ".\n\n");
            return help(listener);
        }
        return run(*definition, history, *start, prompt, begun, listener);
    }

private:
    Reply run(const workflow::Definition &definition, const std::vector<Message> &history, std::size_t start, std::size_t prompt, const Intent &intent,
              Listener &listener)
    {
        const auto state = stateOf(history, start, history.size(), definition, intent);
        const bool first = history.size() == start + 1;
        auto now = workflow::walk(definition, state);
        std::vector<workflow::Outcome> said;
        if (!first) {
            // What the message before the last one knew has been told already.
            const auto before = workflow::walk(definition, stateOf(history, start, history.size() - 1, definition, intent));
            if (history.size() > prompt + 1)
                said = before.outcomes;
            if (history.size() == prompt + 1 && std::holds_alternative<workflow::Finish>(now.action)) {
                listener.onText("This run is finished. Start it again with /" + definition.id + ".");
                return {};
            }
            if (history.size() == prompt + 1) // "continue": most findings stand above; the last may have been cut off
                std::copy_if(now.outcomes.begin(), now.outcomes.end(), std::back_inserter(said),
                             [&](const auto &outcome) { return wasSaid(history, start, findingText(outcome)); });
        } else {
            listener.onTitle(definition.title);
        }

        const auto plan = planOf(definition, now);
        listener.onPlan(plan);
        for (const auto &outcome : now.outcomes) {
            const auto same = std::find_if(said.begin(), said.end(), [&](const auto &each) { return each.step == outcome.step; });
            if (same == said.end() || same->finding != outcome.finding || same->decision != outcome.decision)
                listener.onText(findingText(outcome), {{"hoglet", {{"workflow", definition.id}, {"outcome", outcome}}}});
        }

        Reply reply;
        const auto callId = nextCallId(history);
        const auto meta = [&](const std::string &step, const char *kind, const std::string &key) {
            return ph::Json{{"hoglet", {{"workflow", definition.id}, {"step", step}, {kind, key}}}};
        };
        std::visit(acp::Overloaded{
                       [&](const workflow::RunQuery &action) {
                           if (!action.manifest.empty()) {
                               reply.calls.push_back({callId, "check_export", {{"manifest", action.manifest}, {"title", action.title}}, action.title,
                                                      meta(action.step, "query", action.key)});
                               return;
                           }
                           reply.calls.push_back({callId, "posthog_query", {{"hogql", action.hogql}, {"values", action.values}, {"title", action.title}},
                                                  action.title, meta(action.step, "query", action.key)});
                       },
                       [&](const workflow::Ask &action) {
                           ph::Json options = ph::Json::array();
                           for (const auto &option : action.options)
                               options.push_back({{"id", option.id}, {"label", option.label}, {"description", option.description}});
                           reply.calls.push_back({callId, "ask_user",
                                                  {{"step", action.key}, {"header", action.header}, {"question", action.question}, {"options", options},
                                                   {"recommended", action.recommended}},
                                                  action.question, meta(action.step, "question", action.key)});
                       },
                       [&](const workflow::Create &action) {
                           reply.calls.push_back({callId, "posthog_create", {{"kind", action.kind}, {"body", action.body}, {"title", action.question}},
                                                  action.question, meta(action.step, "create", action.key)});
                       },
                       [&](const workflow::Finish &action) { finish(definition, state, now, action, intent, listener); },
                   },
                   now.action);
        return reply;
    }

    static void finish(const workflow::Definition &definition, const workflow::RunState &state, const workflow::Walk &walk, const workflow::Finish &finish,
                       const Intent &intent, Listener &listener)
    {
        if (!finish.error.empty()) {
            listener.onText(escapeMarkdown(finish.error), {{"hoglet", {{"workflow", definition.id}, {"error", finish.error}}}});
            return;
        }
        report::Report report;
        report.workflowId = definition.id;
        report.title = definition.title;
        report.project = intent.project;
        report.parameters = walk.parameters;
        report.caveats = finish.caveats;
        for (const auto &paragraph : finish.decision)
            report.decision += (report.decision.empty() ? "" : "\n\n") + paragraph;
        for (const auto &[key, records] : state.created)
            for (const auto &record : records)
                report.decision += "\n\n" + (record.created ? "Created: " + record.text + (record.text.ends_with('.') ? "" : ".") : "Not created: " + record.text);
        for (const auto &outcome : walk.outcomes) {
            report::Section section{outcome, {}};
            if (outcome.table) {
                section.table = *outcome.table;
            } else if (const auto record = state.queries.find(outcome.step); record != state.queries.end() && record->second.table) {
                section.table = *record->second.table;
            }
            section.outcome.table.reset(); // It is in the section.
            report.sections.push_back(std::move(section));
        }
        auto json = ph::Json::parse(report::toJson(report));
        listener.onText(report::toMarkdown(report, {}), {{"hoglet", {{"workflow", definition.id}, {"report", std::move(json)}}}});
    }

    static bool wasSaid(const std::vector<Message> &history, std::size_t start, const std::string &text)
    {
        return std::any_of(history.begin() + std::ptrdiff_t(start), history.end(), [&](const Message &message) {
            return message.role == Message::Role::Assistant && message.text.find(text) != std::string::npos;
        });
    }

    static acp::Plan planOf(const workflow::Definition &definition, const workflow::Walk &walk)
    {
        acp::Plan plan;
        for (const auto &step : walk.steps) {
            const bool done = step.status == "completed" || step.status == "skipped" || step.status == "failed";
            auto title = step.title;
            if (step.status == "skipped")
                title += " (not needed)";
            if (step.status == "failed")
                title += " (left out)";
            plan.entries.push_back({title, "medium", done ? "completed" : step.status, ph::Json{{"hoglet", {{"step", step.step}, {"status", step.status}}}}});
        }
        plan.meta = ph::Json{{"hoglet", {{"workflow", definition.id}}}};
        return plan;
    }

    static std::string findingText(const workflow::Outcome &outcome)
    {
        auto text = "### " + escapeMarkdown(outcome.title) + "\n\n**" + escapeMarkdown(outcome.finding) + "**\n\n";
        if (!outcome.decision.empty())
            text += escapeMarkdown(outcome.decision) + "\n\n";
        for (const auto &warning : outcome.warnings)
            text += "> " + escapeMarkdown(warning) + "\n>\n";
        if (!outcome.warnings.empty())
            text += "\n";
        for (const auto &action : outcome.nextActions)
            text += "- " + escapeMarkdown(action) + "\n";
        if (!outcome.nextActions.empty())
            text += "\n";
        return text;
    }

    static acp::ToolCallId nextCallId(const std::vector<Message> &history)
    {
        std::size_t calls = 1;
        for (const auto &message : history)
            calls += message.calls.size();
        return {"guided-" + std::to_string(calls)};
    }

    static Reply query(const std::vector<Message> &history, std::size_t prompt, const Intent &intent, Listener &listener)
    {
        for (std::size_t i = history.size(); i-- > prompt + 1;)
            for (const auto &answer : history[i].answers) {
                if (answer.failed) {
                    listener.onText("The query failed: " + escapeMarkdown(answer.text));
                    return {};
                }
                const auto table = ph::parse<posthog::Table>(answer.output);
                if (!table) {
                    listener.onText("The result could not be read: " + escapeMarkdown(table.error().message));
                    return {};
                }
                auto text = std::to_string(table->rows.size()) + (table->rows.size() == 1 ? " row" : " rows");
                if (table->hasMore.value_or(false))
                    text += ", limited to " + std::to_string(table->limit.value_or(100)) + ": add a LIMIT of your own for more";
                listener.onText(text + ".\n\n" + report::markdownTable(*table, 20));
                return {};
            }
        Reply reply;
        reply.calls.push_back({nextCallId(history), "posthog_query", {{"hogql", intent.text}, {"title", "HogQL query"}}, "HogQL query", {}});
        return reply;
    }

    Reply help(Listener &listener) const
    {
        std::string text = "I work without a language model: I run guided workflows over your PostHog project, step by step, with their HogQL shown.\n\n";
        for (const auto &definition : m_definitions) {
            text += "- **" + escapeMarkdown(definition.title) + "** `/" + definition.id + "`  \n  " + escapeMarkdown(definition.description) + "\n";
            std::string settings;
            for (const auto &parameter : definition.parameters)
                settings += (settings.empty() ? "" : ", ") + ("`" + parameter.name + "`");
            if (!settings.empty())
                text += "  Settings: " + settings + ", as in `/" + definition.id + " " + definition.parameters.back().name + "=…`\n";
        }
        if (m_definitions.empty())
            text += "No workflow could be loaded.\n";
        text += "\nA prompt that begins with SELECT or WITH runs as HogQL and shows its table, for example `SELECT event, count() FROM events GROUP BY event ORDER BY "
                "count() DESC LIMIT 10`.\n\nFor free questions connect a language model in the settings.";
        listener.onText(text);
        return {};
    }

    std::vector<workflow::Definition> m_definitions;
};

} // namespace

std::shared_ptr<Model> makeGuided(std::vector<workflow::Definition> definitions) { return std::make_shared<Guided>(std::move(definitions)); }

} // namespace model
