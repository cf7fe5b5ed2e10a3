#include "agent/workflow/engine.h"

#include "agent/workflow/hogql_template.h"
#include "agent/workflow/parameters.h"
#include "agent/workflow/text_template.h"

#include <algorithm>

namespace workflow {

namespace {

const ph::Json &member(const ph::Json &object, const char *name)
{
    static const ph::Json none;
    const auto found = object.find(name);
    return found == object.end() ? none : *found;
}

/// Rows as objects by column name, for the rules.
Value rowsOf(const posthog::Table &table)
{
    Value rows = Value::array();
    for (const auto &row : table.rows) {
        Value object = Value::object();
        for (std::size_t i = 0; i < table.columns.size() && i < row.size(); ++i)
            object[table.columns[i].name] = row[i];
        rows.push_back(std::move(object));
    }
    return rows;
}

/// Names that a query runs under.
struct StepQuery {
    std::string key;
    std::string name; // "" for the step's own
    const ph::Json *body = nullptr;
};

std::vector<StepQuery> queriesOf(const Step &step)
{
    std::vector<StepQuery> queries;
    if (const auto &own = member(step.body, "query"); own.is_object())
        queries.push_back({step.id, "", &own});
    if (const auto &also = member(step.body, "also"); also.is_object())
        for (const auto &[name, body] : also.items())
            queries.push_back({step.id + "/" + name, name, &body});
    return queries;
}

class Walker
{
public:
    Walker(const Definition &definition, const RunState &state) : m_definition(definition), m_state(state), m_fragments(member(definition.body, "fragments")) {}

    Walk run()
    {
        for (const auto &step : m_definition.steps)
            m_walk.steps.push_back({step.id, step.title, "pending"});
        auto parameters = resolveParameters(m_definition, m_state);
        m_walk.parameters = parameters.values;
        if (parameters.action) {
            m_walk.action = *parameters.action;
            return std::move(m_walk);
        }
        for (const auto &[name, value] : parameters.values.items())
            m_scope.names[name] = value;
        m_scope.names["answers"] = Value::object();
        for (const auto &step : m_definition.steps)
            m_scope.names[step.id] = nullptr;

        for (std::size_t i = 0; i < m_definition.steps.size(); ++i) {
            if (m_state.stopped)
                break;
            m_progress = &m_walk.steps[i];
            if (auto action = walkStep(m_definition.steps[i])) {
                m_progress->status = "in_progress";
                m_walk.action = std::move(*action);
                return std::move(m_walk);
            }
        }
        m_walk.action = finish();
        return std::move(m_walk);
    }

private:
    /// The value, or null with the problem noted: a rule that fails must be seen, and must not end the run.
    Value compute(const std::string &expression, const Scope &scope)
    {
        auto value = workflow::evaluate(expression, scope);
        if (value)
            return std::move(*value);
        m_problems.push_back(value.error().message);
        return nullptr;
    }
    std::string render(const ph::Json &text, const Scope &scope)
    {
        const auto whole = textOf(text);
        if (!whole)
            return {};
        auto rendered = renderText(*whole, scope);
        if (rendered)
            return std::move(*rendered);
        m_problems.push_back(rendered.error().message);
        return {};
    }
    bool holds(const ph::Json &object, const Scope &scope)
    {
        const auto condition = textOf(member(object, "when"));
        return !condition || isTrue(compute(*condition, scope));
    }
    /// A text, or the first of a list of {when, text} that holds.
    std::string firstOf(const ph::Json &cases, const Scope &scope)
    {
        if (!cases.is_array() || cases.empty() || cases.front().is_string())
            return render(cases, scope);
        for (const auto &each : cases)
            if (holds(each, scope))
                return render(member(each, "text"), scope);
        return {};
    }
    /// All of a list of texts and {when, text} that hold.
    std::vector<std::string> allOf(const ph::Json &cases, const Scope &scope)
    {
        std::vector<std::string> texts;
        if (!cases.is_array())
            return texts;
        for (const auto &each : cases) {
            if (each.is_object() && !holds(each, scope))
                continue;
            if (auto text = render(each.is_object() ? member(each, "text") : each, scope); !text.empty())
                texts.push_back(std::move(text));
        }
        return texts;
    }

    std::optional<Action> walkStep(const Step &step)
    {
        m_problems.clear();
        Outcome outcome;
        outcome.step = step.id;
        outcome.title = step.title;
        outcome.question = render(step.question, m_scope);
        outcome.why = render(step.why, m_scope);
        outcome.chart = step.chart;

        if (m_state.skipped.contains(step.id)) {
            m_progress->status = "failed";
            for (const auto &query : queriesOf(step))
                if (const auto record = m_state.queries.find(query.key); record != m_state.queries.end() && !record->second.table) {
                    outcome.finding = "Left out: " + record->second.error;
                    outcome.hogql = record->second.hogql;
                    outcome.toolCallId = record->second.toolCallId;
                }
            outcome.warnings.push_back("This step failed and was left out; what follows does not know its result.");
            m_walk.outcomes.push_back(std::move(outcome));
            return {};
        }
        if (!holds(step.body, m_scope)) {
            m_progress->status = "skipped";
            outcome.finding = render(member(step.body, "otherwise"), m_scope);
            if (outcome.finding.empty())
                outcome.finding = "Not needed here.";
            noteProblems(outcome);
            m_walk.outcomes.push_back(std::move(outcome));
            return {};
        }

        Scope scope{&m_scope, {{"rows", nullptr}, {"tables", Value::object()}}};
        for (const auto &query : queriesOf(step)) {
            if (!holds(*query.body, m_scope))
                continue;
            const auto record = m_state.queries.find(query.key);
            RunQuery wanted{step.id, query.key, {}, ph::Json::object(), {}, {}};
            if (const auto manifest = textOf(member(*query.body, "export"))) {
                wanted.manifest = toText(compute(*manifest, m_scope));
            } else {
                auto rendered = renderHogql(textOf(member(*query.body, "hogql")).value_or(""), m_fragments, m_scope);
                if (!rendered)
                    return failedAction(step, query, "The query could not be made: " + rendered.error().message);
                wanted.hogql = std::move(rendered->hogql);
                wanted.values = std::move(rendered->values);
            }
            // A record of another query is of an earlier run with other parameters or answers.
            const bool isOther = record != m_state.queries.end()
                && (record->second.hogql != wanted.hogql || record->second.values != wanted.values || record->second.manifest != wanted.manifest);
            if (record == m_state.queries.end() || isOther) {
                wanted.title = render(member(*query.body, "title"), m_scope);
                if (wanted.title.empty())
                    wanted.title = step.title;
                return wanted;
            }
            if (!record->second.table)
                return failedAction(step, query, record->second.error);
            auto rows = rowsOf(*record->second.table);
            if (record->second.table->hasMore.value_or(false))
                outcome.warnings.push_back("The result was cut off after " + toText(record->second.table->limit.value_or(100)) + " rows.");
            if (query.name.empty()) {
                outcome.hogql = record->second.hogql;
                outcome.values = record->second.values;
                outcome.toolCallId = record->second.toolCallId;
                scope.names["rows"] = std::move(rows);
            } else {
                scope.names["tables"][query.name] = std::move(rows);
            }
        }

        Value facts = Value::object();
        const auto computeFacts = [&](const ph::Json &list) {
            if (!list.is_array())
                return;
            for (const auto &fact : list) {
                const auto name = fact.value("name", std::string());
                facts[name] = compute(textOf(member(fact, "is")).value_or("null"), scope);
                scope.names[name] = facts[name];
            }
        };
        computeFacts(member(step.body, "facts"));
        m_scope.names[step.id] = facts;

        outcome.finding = firstOf(member(step.body, "finding"), scope);
        outcome.decision = firstOf(member(step.body, "decision"), scope);
        for (auto &warning : allOf(member(step.body, "warnings"), scope))
            outcome.warnings.push_back(std::move(warning));
        outcome.nextActions = allOf(member(step.body, "nextActions"), scope);
        if (outcome.chart.title)
            outcome.chart.title = render(*outcome.chart.title, scope);
        if (outcome.chart.definition)
            outcome.chart.definition = render(*outcome.chart.definition, scope);
        outcome.table = tableOf(step, facts);
        outcome.facts = withoutTables(facts);
        noteProblems(outcome);
        const auto at = m_walk.outcomes.size();
        m_walk.outcomes.push_back(std::move(outcome));
        m_progress->status = "completed";

        if (auto action = choiceAction(step, scope))
            return action;
        computeFacts(member(step.body, "then"));
        m_scope.names[step.id] = facts;
        m_walk.outcomes[at].facts = withoutTables(facts);
        if (auto action = offerAction(step, scope))
            return action;
        noteProblems(m_walk.outcomes[at]);
        return {};
    }

    void noteProblems(Outcome &outcome)
    {
        for (auto &problem : m_problems)
            outcome.warnings.push_back("A rule of this step could not be worked out: " + problem + ".");
        if (!m_problems.empty() && outcome.finding.empty())
            outcome.finding = "This step could not be worked out.";
        m_problems.clear();
    }

    /// Lists of rows stay behind: they are the table's business, and would make every message heavy.
    static Value withoutTables(const Value &facts)
    {
        Value out = Value::object();
        for (const auto &[name, value] : facts.items()) {
            if (value.is_array() && value.size() > 12)
                continue;
            out[name] = value.is_object() ? withoutTables(value) : value;
        }
        return out;
    }

    static std::optional<posthog::Table> tableOf(const Step &step, const Value &facts)
    {
        const auto &spec = member(step.body, "table");
        if (!spec.is_object())
            return {};
        posthog::Table table;
        for (const auto &column : member(spec, "columns"))
            table.columns.push_back({column.value("name", ""), column.value("type", "String")});
        const auto &rows = member(facts, spec.value("rows", "").c_str());
        if (!rows.is_array())
            return table;
        for (const auto &row : rows) {
            std::vector<ph::Json> cells;
            for (const auto &column : table.columns)
                cells.push_back(row.is_object() ? row.value(column.name, ph::Json()) : ph::Json());
            table.rows.push_back(std::move(cells));
        }
        return table;
    }

    Action failedAction(const Step &step, const StepQuery &query, const std::string &error)
    {
        const bool required = step.body.value("required", false);
        Ask ask{step.id, "failed:" + query.key, "Step failed", "\"" + step.title + "\" failed: " + error + " What now?", {}, required ? "stop" : "skip"};
        ask.options.push_back({"retry", "Try again", "Runs the query once more."});
        if (!required)
            ask.options.push_back({"skip", "Leave this step out", "The report says that it is missing."});
        ask.options.push_back({"stop", "Stop here", "Ends the run with what is known so far."});
        return ask;
    }

    std::optional<Action> choiceAction(const Step &step, Scope &scope)
    {
        const auto &choice = member(step.body, "choice");
        if (!choice.is_object())
            return {};
        const auto recommended = toText(compute(textOf(member(choice, "recommended")).value_or("''"), scope));
        std::vector<Choice> options;
        const auto listed = textOf(member(choice, "optionsFrom"));
        const auto list = listed ? compute(*listed, scope) : member(choice, "options");
        if (list.is_array())
            for (const auto &option : list) {
                const auto part = [&](const char *name) { return listed ? (option.contains(name) ? toText(option[name]) : "") : render(member(option, name), scope); };
                options.push_back({part("id"), part("label"), part("description")});
            }
        const auto isOption = [&](const std::string &id) {
            return std::any_of(options.begin(), options.end(), [&](const Choice &option) { return option.id == id; });
        };
        std::string answer = recommended;
        if (options.size() > 1 && holds(choice, scope)) {
            const auto given = m_state.answers.find(step.id);
            if (given == m_state.answers.end() || !isOption(given->second.back()))
                return Ask{step.id, step.id, render(member(choice, "header"), scope), render(member(choice, "question"), scope), options,
                           isOption(recommended) ? recommended : options.front().id};
            answer = given->second.back();
        }
        m_scope.names["answers"][step.id] = answer;
        return {};
    }

    /// Offers are asked again after each one taken, until none is left or the user has enough.
    std::optional<Action> offerAction(const Step &step, Scope &scope)
    {
        const auto &offers = member(step.body, "offers");
        if (!offers.is_object() || !holds(offers, scope))
            return {};
        const auto key = step.id + ".offers";
        const auto answered = m_state.answers.find(key);
        const auto &answers = answered == m_state.answers.end() ? std::vector<std::string>() : answered->second;
        const auto made = m_state.created.find(key);
        const std::size_t created = made == m_state.created.end() ? 0 : made->second.size();
        std::size_t wanted = 0;
        for (const auto &answer : answers) {
            if (answer == "none")
                return {};
            if (++wanted <= created)
                continue;
            for (const auto &option : member(offers, "options"))
                if (option.value("id", "") == answer) {
                    auto body = renderJson(member(option, "body"), scope);
                    if (!body) {
                        m_problems.push_back(body.error().message);
                        return {};
                    }
                    inlineQueries(*body);
                    return Create{step.id, key, option.value("kind", ""), std::move(*body), render(member(option, "label"), scope)};
                }
        }
        std::vector<Choice> options;
        for (const auto &option : member(offers, "options")) {
            const auto id = option.value("id", "");
            if (std::find(answers.begin(), answers.end(), id) == answers.end() && holds(option, scope))
                options.push_back({id, render(member(option, "label"), scope), render(member(option, "description"), scope)});
        }
        if (options.empty())
            return {};
        options.push_back({"none", answers.empty() ? "Nothing now" : "Nothing more", "Goes on without creating anything."});
        return Ask{step.id, key, render(member(offers, "header"), scope), render(member(offers, "question"), scope), options, "none"};
    }

    /// {"$hogql": "fragment text"} in an object's body becomes {"kind": "HogQLQuery", "query", "values"}: a saved query with its values.
    void inlineQueries(ph::Json &body)
    {
        if (!body.is_structured())
            return;
        if (body.is_object() && body.contains("$fragment")) {
            auto rendered = renderHogql("{{use " + body["$fragment"].get<std::string>() + "}}", m_fragments, m_scope);
            if (rendered)
                body = ph::Json{{"kind", "HogQLQuery"}, {"query", rendered->hogql}, {"values", rendered->values}};
            else
                m_problems.push_back(rendered.error().message);
            return;
        }
        for (auto &item : body)
            inlineQueries(item);
    }

    Finish finish()
    {
        Finish finish;
        finish.stopped = m_state.stopped;
        m_problems.clear();
        const auto &report = member(m_definition.body, "report");
        if (!m_state.stopped)
            finish.decision = allOf(member(report, "decision"), m_scope);
        else
            finish.decision.push_back("The run was stopped before its end; the steps below are what was found until then.");
        for (const auto &step : m_walk.steps)
            if (step.status == "failed")
                finish.caveats.push_back("The step \"" + step.title + "\" failed and is missing.");
        for (auto &caveat : allOf(member(report, "caveats"), m_scope))
            finish.caveats.push_back(std::move(caveat));
        for (const auto &problem : m_problems)
            finish.caveats.push_back("A part of the decision could not be worked out: " + problem + ".");
        return finish;
    }

    const Definition &m_definition;
    const RunState &m_state;
    const ph::Json &m_fragments;
    Walk m_walk;
    Scope m_scope;
    StepProgress *m_progress = nullptr;
    std::vector<std::string> m_problems;
};

} // namespace

Walk walk(const Definition &definition, const RunState &state) { return Walker(definition, state).run(); }

Action next(const Definition &definition, const RunState &state) { return walk(definition, state).action; }

ph::Result<Outcome> evaluate(const Definition &definition, const std::string &step, const RunState &state)
{
    for (auto &outcome : walk(definition, state).outcomes)
        if (outcome.step == step)
            return outcome;
    return ph::fail(ph::ErrorCode::NotFound, "The step " + step + " is not done yet.");
}

void recordAnswer(RunState &state, const std::string &key, const std::string &answer)
{
    constexpr std::string_view failed = "failed:";
    if (!key.starts_with(failed)) {
        state.answers[key].push_back(answer);
        return;
    }
    const auto query = key.substr(failed.size());
    if (answer == "retry")
        state.queries.erase(query);
    else if (answer == "skip")
        state.skipped.insert(query.substr(0, query.find('/')));
    else
        state.stopped = true;
}

} // namespace workflow
