#include "agent/workflow/engine.h"

#include <QtTest>

using namespace workflow;

namespace {

const ph::Json good = ph::Json::parse(R"json({
  "id": "two-steps", "persona": "analyst", "title": "Two steps", "description": "A small one.",
  "parameters": [
    {"name": "event", "title": "Event", "type": "event", "default": "signed_up", "fromQuery": "SELECT event FROM events GROUP BY event"},
    {"name": "days", "title": "Days", "type": "days", "default": 7, "minimum": 1, "maximum": 90}
  ],
  "fragments": {"period": "timestamp > now() - toIntervalDay({{number days}})"},
  "steps": [
    {"id": "first", "title": "Count", "question": "How many?", "why": "To know.", "required": true,
     "query": {"hogql": "SELECT count() AS n FROM events WHERE event = {event} AND {{use period}}"},
     "facts": [{"name": "n", "is": "rows[0].n"}],
     "chart": {"kind": "number", "y": ["n"]},
     "finding": "{n} of {event}.",
     "choice": {"question": "Go on?", "options": [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}], "recommended": "'yes'"},
     "then": [{"name": "on", "is": "answers.first == 'yes'"}]},
    {"id": "second", "title": "Days", "question": "When?", "why": "To see.", "when": "first.on", "otherwise": "You said no.",
     "query": {"hogql": "SELECT toDate(timestamp) AS day, count() AS n FROM events WHERE event = {event} GROUP BY day"},
     "finding": [{"when": "count(rows) == 0", "text": "Never."}, {"when": "true", "text": "On {plural(count(rows), 'day')}."}],
     "warnings": [{"when": "count(rows) < 3", "text": "Few days."}],
     "offers": {"question": "Save?", "options": [{"id": "save", "label": "Save it", "kind": "insights", "body": {"name": "{event} in {days} days", "n": "=first.n"}}]}}
  ],
  "report": {"decision": ["{first.n} it is."]}
})json");

posthog::Table table(std::vector<std::string> columns, std::vector<std::vector<ph::Json>> rows)
{
    posthog::Table out;
    for (auto &name : columns)
        out.columns.push_back({name, ""});
    out.rows = std::move(rows);
    return out;
}

void answer(RunState &state, const Action &action, posthog::Table result)
{
    const auto &query = std::get<RunQuery>(action);
    state.queries[query.key] = {std::move(result), "", "call-" + query.key, query.hogql, query.values};
}

} // namespace

class DefinitionTest : public QObject
{
    Q_OBJECT

private slots:
    void readsAnExportBackInsteadOfAsking()
    {
        const auto definition = parseDefinition(R"json({"id": "w", "persona": "analyst", "title": "T", "description": "D",
            "parameters": [{"name": "path", "title": "P", "type": "text", "default": "events.csv.manifest.json"}],
            "steps": [{"id": "read", "title": "Read", "question": "?", "why": "!", "also": {"file": {"export": "path", "title": "Read {path}"}},
                       "facts": [{"name": "rows_found", "is": "tables.file[0].found_rows"}], "finding": "{rows_found} rows."}],
            "report": {"decision": ["Done."]}})json");
        QVERIFY2(definition.has_value(), definition ? "" : definition.error().message.c_str());
        RunState state;

        const auto action = std::get<RunQuery>(next(*definition, state));
        QCOMPARE(action.manifest, std::string("events.csv.manifest.json"));
        QCOMPARE(action.title, std::string("Read events.csv.manifest.json"));
        QVERIFY(action.hogql.empty());

        state.queries[action.key] = {table({"found_rows"}, {{7}}), "", "call", "", ph::Json::object(), action.manifest};
        QCOMPARE(evaluate(*definition, "read", state)->finding, std::string("7 rows."));
        state.queries[action.key].manifest = "another.manifest.json"; // of an earlier run
        QCOMPARE(std::get<RunQuery>(next(*definition, state)).key, std::string("read/file"));
    }

    void namesTheFieldThatIsWrong_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value"); // JSON; empty removes
        QTest::addColumn<QString>("message");
        QTest::newRow("no id") << "/id" << "" << "id: expected a text";
        QTest::newRow("id with blanks") << "/id" << "\"a b\"" << "id: expected lower-case letters, digits and hyphens";
        QTest::newRow("persona") << "/persona" << "\"boss\"" << "persona: expected one of product_engineer, technical_pm, analyst, support";
        QTest::newRow("no steps") << "/steps" << "[]" << "steps: expected at least one step";
        QTest::newRow("steps is no list") << "/steps" << "{}" << "steps: expected a list";
        QTest::newRow("query") << "/steps/1/query/hogql" << "7" << "steps[1].query.hogql: expected a text";
        QTest::newRow("unknown key") << "/steps/1/chrat" << "{}" << "steps[1].chrat: not known here; expected one of id, title";
        QTest::newRow("chart kind") << "/steps/0/chart/kind" << "\"pie\"" << "steps[0].chart.kind: expected one of funnel, grouped_bars";
        QTest::newRow("chart columns") << "/steps/0/chart/y" << "\"n\"" << "steps[0].chart: ";
        QTest::newRow("no finding") << "/steps/0/finding" << "" << "steps[0].finding: expected a text or a list of {when, text}";
        QTest::newRow("expression") << "/steps/0/facts/0/is" << "\"rows[0\"" << "steps[0].facts[0].is: expected ']' at character 7";
        QTest::newRow("fact named as a parameter") << "/steps/0/facts/0/name" << "\"days\"" << "steps[0].facts[0].name: 'days' is the name of a parameter";
        QTest::newRow("unknown name") << "/steps/0/finding" << "\"{m} of them\"" << "steps[0].finding: there is no 'm' here";
        QTest::newRow("unknown name in HogQL") << "/steps/1/query/hogql" << "\"SELECT {evnt}\"" << "steps[1].query.hogql: there is no 'evnt' here";
        QTest::newRow("unknown fragment") << "/steps/1/query/hogql" << "\"SELECT {{use nothing}}\"" << "steps[1].query.hogql: there is no fragment 'nothing'";
        QTest::newRow("condition") << "/steps/1/warnings/0/when" << "\"count(\"" << "steps[1].warnings[0].when: expected a value, found the end";
        QTest::newRow("body") << "/steps/1/offers/options/0/body/n" << "\"=frist.n\"" << "steps[1].offers.options[0].body.n: there is no 'frist' here";
        QTest::newRow("parameter type") << "/parameters/0/type" << "\"colour\"" << "parameters[0].type: expected one of event, text, integer";
        QTest::newRow("parameter without value") << "/parameters/1/default" << "" << "parameters[1].default: expected a value, or fromQuery";
        QTest::newRow("parameter twice") << "/parameters/1/name" << "\"event\"" << "parameters[1].name: 'event' is used twice";
        QTest::newRow("step twice") << "/steps/1/id" << "\"first\"" << "steps[1].id: 'first' is used twice";
        QTest::newRow("step named as a parameter") << "/steps/1/id" << "\"days\"" << "steps[1].id: 'days' is the name of a parameter";
        QTest::newRow("table") << "/steps/0/table" << R"({"rows": "x", "columns": []})" << "steps[0].table.rows: expected the name of one of the step's facts";
        QTest::newRow("decision") << "/report/decision/0" << "\"{third.n}\"" << "report.decision: there is no 'third' here";
        QTest::newRow("required") << "/steps/0/required" << "\"yes\"" << "steps[0].required: expected true or false";
    }
    void namesTheFieldThatIsWrong()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, message);
        auto document = good;
        const ph::Json::json_pointer at(pointer.toStdString());
        if (value.isEmpty())
            document[at.parent_pointer()].erase(at.back());
        else
            document[at] = ph::Json::parse(value.toStdString());

        const auto definition = parseDefinition(document.dump());

        QVERIFY(!definition);
        QVERIFY2(QString::fromStdString(definition.error().message).startsWith(message), definition.error().message.c_str());
    }

    void readsEveryDocumentThatShips()
    {
        int problems = 0;
        const auto definitions = loadDefinitions(HOGLET_WORKFLOWS, [&](const std::string &file, const ph::Error &error) {
            qWarning("%s: %s", file.c_str(), error.message.c_str());
            ++problems;
        });

        QCOMPARE(problems, 0);
        QVERIFY(!definitions.empty());
    }

    void walksToTheEnd()
    {
        const auto definition = parseDefinition(good.dump()).value();
        RunState state;

        auto action = next(definition, state);
        QCOMPARE(std::get<RunQuery>(action).key, std::string("parameters/event"));
        answer(state, action, table({"event"}, {{"signed_up"}, {"$pageview"}}));
        action = next(definition, state);
        QCOMPARE(std::get<RunQuery>(action).hogql, std::string("SELECT count() AS n FROM events WHERE event = {event} AND timestamp > now() - toIntervalDay(7)"));
        QCOMPARE(std::get<RunQuery>(action).values, (ph::Json{{"event", "signed_up"}}));
        answer(state, action, table({"n"}, {{1234}}));
        action = next(definition, state);
        QCOMPARE(std::get<Ask>(action).key, std::string("first"));
        QCOMPARE(std::get<Ask>(action).recommended, std::string("yes"));
        QCOMPARE(evaluate(definition, "first", state).value().finding, std::string("1,234 of signed_up."));
        QVERIFY(!evaluate(definition, "second", state));
        recordAnswer(state, "first", "yes");
        action = next(definition, state);
        answer(state, action, table({"day", "n"}, {{"2026-01-01", 5}}));
        action = next(definition, state);
        QCOMPARE(std::get<Ask>(action).key, std::string("second.offers"));
        QCOMPARE(std::get<Ask>(action).options.back().id, std::string("none"));
        recordAnswer(state, "second.offers", "save");
        action = next(definition, state);
        QCOMPARE(std::get<Create>(action).body, (ph::Json{{"name", "signed_up in 7 days"}, {"n", 1234}}));
        state.created["second.offers"].push_back({true, "signed_up in 7 days"});
        const auto end = walk(definition, state);

        QCOMPARE(std::get<Finish>(end.action).decision, (std::vector<std::string>{"1,234 it is."}));
        QCOMPARE(end.outcomes[1].finding, std::string("On 1 day."));
        QCOMPARE(end.outcomes[1].warnings, (std::vector<std::string>{"Few days."}));
        for (const auto &step : end.steps)
            QCOMPARE(step.status, std::string("completed"));
    }

    void skipsWhatIsNotNeeded()
    {
        const auto definition = parseDefinition(good.dump()).value();
        RunState state;
        answer(state, next(definition, state), table({"event"}, {{"signed_up"}}));
        answer(state, next(definition, state), table({"n"}, {{1}}));
        recordAnswer(state, "first", "no");

        const auto end = walk(definition, state);

        QCOMPARE(end.steps[1].status, std::string("skipped"));
        QCOMPARE(end.outcomes[1].finding, std::string("You said no."));
        QVERIFY(std::holds_alternative<Finish>(end.action));
    }

    void asksWhatToDoAboutAFailure()
    {
        const auto definition = parseDefinition(good.dump()).value();
        RunState state;
        answer(state, next(definition, state), table({"event"}, {{"signed_up"}}));
        const auto failing = std::get<RunQuery>(next(definition, state));
        state.queries[failing.key] = {std::nullopt, "The project does not answer.", "call-2", failing.hogql, failing.values};

        const auto ask = std::get<Ask>(next(definition, state));
        QCOMPARE(ask.key, std::string("failed:first"));
        QCOMPARE(ask.recommended, std::string("stop")); // a required step
        QVERIFY(ask.question.find("The project does not answer.") != std::string::npos);

        auto again = state;
        recordAnswer(again, ask.key, "retry");
        QCOMPARE(std::get<RunQuery>(next(definition, again)).key, std::string("first"));
        auto stopped = state;
        recordAnswer(stopped, ask.key, "stop");
        QVERIFY(std::get<Finish>(next(definition, stopped)).stopped);
    }

    void saysWhenARuleCannotBeWorkedOut()
    {
        auto document = good;
        document["steps"][0]["facts"][0]["is"] = "sum(rows[0].n)";
        const auto definition = parseDefinition(document.dump()).value();
        RunState state;
        answer(state, next(definition, state), table({"event"}, {{"signed_up"}}));
        answer(state, next(definition, state), table({"n"}, {{1}}));

        const auto outcome = evaluate(definition, "first", state).value();

        QCOMPARE(outcome.warnings.size(), 1U);
        QVERIFY(outcome.warnings[0].find("sum() takes a list") != std::string::npos);
    }

    void asksAgainWhenAParameterChanged()
    {
        const auto definition = parseDefinition(good.dump()).value();
        RunState state;
        answer(state, next(definition, state), table({"event"}, {{"signed_up"}}));
        answer(state, next(definition, state), table({"n"}, {{1}}));
        state.given["days"] = 30;

        const auto action = next(definition, state);

        QCOMPARE(std::get<RunQuery>(action).key, std::string("first"));
    }

    void refusesParameters_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("error");
        QTest::newRow("unknown event") << R"({"event": "signd_up"})"
                                       << "There is no event signd_up in this project. The nearest are signed_up. Set event to events that the project has.";
        QTest::newRow("unknown parameter") << R"({"dayz": 3})" << "There is no parameter dayz in Two steps; it has event, days.";
        QTest::newRow("not a number") << R"({"days": "many"})" << "The parameter days (Days) takes a whole number from 1 to 90.";
        QTest::newRow("too large") << R"({"days": 91})" << "The parameter days (Days) takes a whole number from 1 to 90.";
        QTest::newRow("fraction") << R"({"days": "2.5"})" << "The parameter days (Days) takes a whole number from 1 to 90.";
    }
    void refusesParameters()
    {
        QFETCH(QString, given);
        QFETCH(QString, error);
        const auto definition = parseDefinition(good.dump()).value();
        RunState state;
        state.given = ph::Json::parse(given.toStdString());
        state.queries["parameters/event"] = {table({"event"}, {{"signed_up"}, {"uploaded_file"}}), "", "", "", {}};

        const auto action = next(definition, state);

        QVERIFY(std::holds_alternative<Finish>(action));
        QCOMPARE(QString::fromStdString(std::get<Finish>(action).error), error);
    }

    void readsListsFromText()
    {
        Parameter parameter;
        parameter.name = "steps";
        parameter.type = "list";
        parameter.item = {{"event", "event", {}}, {"pathname", "text", true}, {"label", "text", true}};
        parameter.minimum = 2;

        QCOMPARE(readParameter(parameter, "$pageview:/a/:Saw: a, signed_up").value(),
                 ph::Json::parse(R"([{"event": "$pageview", "pathname": "/a/", "label": "Saw: a"}, {"event": "signed_up"}])"));
        QCOMPARE(readParameter(parameter, R"([{"event": "a"}, {"event": "b"}])").value(), ph::Json::parse(R"([{"event": "a"}, {"event": "b"}])"));
        QVERIFY(!readParameter(parameter, "only_one"));
        QVERIFY(!readParameter(parameter, R"([{"event": "a"}, {"path": "b"}])"));
        QVERIFY(!readParameter(parameter, R"([{"event": "a"}, {"event": 3}])"));
    }
};

QTEST_APPLESS_MAIN(DefinitionTest)
#include "definition_test.moc"
