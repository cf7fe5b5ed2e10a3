#include "agent/model/guided.h"
#include "tests/support/guided_loop.h"

#include <QtTest>

#include <fstream>
#include <sstream>

namespace {

constexpr auto document = R"json({
  "id": "small", "persona": "analyst", "title": "A small workflow", "description": "Counts.",
  "parameters": [{"name": "days", "title": "Days", "type": "days", "default": 7}],
  "steps": [
    {"id": "count", "title": "Count <b>", "question": "How many?", "why": "To know.",
     "query": {"hogql": "SELECT event, count() AS n FROM events WHERE timestamp > now() - toIntervalDay({days}) GROUP BY event", "title": "Events"},
     "facts": [{"name": "top", "is": "rows[0].event"}],
     "finding": "{rows[0].n} of {top}.",
     "chart": {"kind": "bars", "x": "event", "y": ["n"]},
     "choice": {"question": "Which one?", "header": "Event", "optionsFrom": "map(rows, r -> {id: r.event, label: r.event})", "recommended": "top"}},
    {"id": "when", "title": "Days", "question": "When?", "why": "To see.",
     "query": {"hogql": "SELECT toDate(timestamp) AS day, count() AS n FROM events WHERE event = {answers.count} GROUP BY day"},
     "finding": "{plural(count(rows), 'day')} of {answers.count}.", "warnings": ["Few."],
     "offers": {"question": "Keep it?", "options": [{"id": "keep", "label": "Keep", "kind": "insights", "body": {"name": "{answers.count}"}}]}}
  ],
  "report": {"decision": ["{count.top} is *the* event."], "caveats": ["Small."]}
})json";

posthog::Table events()
{
    posthog::Table table;
    table.columns = {{"event", "String"}, {"n", "UInt64"}};
    table.rows = {{"<script>*x*", 5}, {"b", 3}};
    return table;
}
posthog::Table days()
{
    posthog::Table table;
    table.columns = {{"day", "Date"}, {"n", "UInt64"}};
    table.rows = {{"2026-01-01", 5}};
    return table;
}

struct Fixture : GuidedLoop {
    std::map<std::string, std::string> answers; // to questions, by step; else the recommended one
    int failures = 0;                           // of the query "days", before it works
    bool declineCreate = false;
    std::vector<model::ToolRequest> calls;

    Fixture()
    {
        model = model::makeGuided({workflow::parseDefinition(document).value()});
        runTool = [this](const model::ToolRequest &call) -> model::ToolAnswer {
            calls.push_back(call);
            if (call.name == "ask_user") {
                const auto step = call.input["step"].get<std::string>();
                return {call.id, false, "", {{"answer", answers.contains(step) ? answers[step] : call.input["recommended"].get<std::string>()}}};
            }
            if (call.name == "posthog_create")
                return {call.id, declineCreate, declineCreate ? "The user declined." : "", {{"id", 7}, {"name", call.input["body"]["name"]}}};
            if (call.meta && (*call.meta)["hoglet"]["query"] == "when" && failures-- > 0)
                return {call.id, true, "The project does not answer.", {}};
            return answerTable(call, call.input["hogql"].get<std::string>().find("toDate") == std::string::npos ? events() : days());
        };
    }
    std::string text() const
    {
        std::string all;
        for (const auto &line : log)
            all += line + "\n";
        return all;
    }
};

} // namespace

class GuidedTest : public QObject
{
    Q_OBJECT

private slots:
    void conversationIsAsInTheGoldenFile()
    {
        Fixture run;
        run.answers["when.offers"] = "keep";

        run.prompt("", {{"hoglet", {{"workflow", {{"id", "small"}, {"parameters", {{"days", 14}}}}}, {"project", "Demo"}}}});

        const std::string path = std::string(HOGLET_TESTS) + "/agent/model/guided_conversation.txt";
        if (qEnvironmentVariableIsSet("HOGLET_WRITE_GOLDEN"))
            std::ofstream(path) << run.text();
        std::ifstream stream(path);
        std::stringstream golden;
        golden << stream.rdbuf();
        QCOMPARE(QString::fromStdString(run.text()), QString::fromStdString(golden.str()));
    }

    void metaTellsWhatEachMessageIs()
    {
        Fixture run;
        run.prompt("/small");

        QCOMPARE(run.metas.size(), 3U);
        const auto outcome = ph::parse<workflow::Outcome>(run.metas[0]["hoglet"]["outcome"]).value();
        QCOMPARE(outcome.step, std::string("count"));
        QCOMPARE(outcome.toolCallId, std::string("guided-1"));
        QCOMPARE(outcome.finding, std::string("5 of <script>*x*."));
        const auto &report = run.metas[2]["hoglet"]["report"];
        QCOMPARE(report["workflowId"].get<std::string>(), std::string("small"));
        QCOMPARE(report["sections"][0]["table"]["rows"].size(), 2U);
        for (const auto &call : run.calls)
            QCOMPARE((*call.meta)["hoglet"]["workflow"].get<std::string>(), std::string("small"));
        QVERIFY(run.calls[0].meta->dump().find("\"step\":\"count\"") != std::string::npos);
    }

    void nothingIsSaidTwiceAndEveryStateFollowsFromTheHistory()
    {
        Fixture whole;
        whole.prompt("/small");

        // The same history, asked by a new model at each point, goes on in the same way.
        for (std::size_t length = 1; length < whole.history.size(); ++length) {
            if (whole.history[length].role != model::Message::Role::Assistant)
                continue;
            GuidedLoop again;
            auto fresh = model::makeGuided({workflow::parseDefinition(document).value()});
            const auto reply = fresh->ask({{whole.history.begin(), whole.history.begin() + static_cast<std::ptrdiff_t>(length)}, {}}, again, {});
            QCOMPARE(reply->calls.size(), whole.history[length].calls.size());
            for (std::size_t i = 0; i < reply->calls.size(); ++i) {
                QVERIFY(reply->calls[i].id == whole.history[length].calls[i].id);
                QVERIFY(reply->calls[i].input == whole.history[length].calls[i].input);
            }
        }
        QCOMPARE(std::count_if(whole.log.begin(), whole.log.end(), [](const std::string &line) { return line.starts_with("say: ### Count"); }), 1);
    }

    void goesOnAfterAnInterruption()
    {
        Fixture run;
        run.stopAfterCalls = 1;
        run.prompt("/small");
        run.stopAfterCalls = -1;
        run.log.clear();

        run.prompt("continue");

        QVERIFY2(run.text().find("call guided-3 ask_user: Which one?") != std::string::npos, run.text().c_str());
        QVERIFY(run.text().find("say: ### Count") == std::string::npos); // said before
        QVERIFY(run.text().find("stop: end_turn") != std::string::npos);
        run.log.clear();
        run.prompt("continue");
        QVERIFY(run.text().find("This run is finished") != std::string::npos);
    }

    void aQuestionThatWasCutOffIsAskedAgain()
    {
        Fixture run;
        const auto answered = run.runTool;
        run.runTool = [&](const model::ToolRequest &call) -> model::ToolAnswer {
            if (call.name == "ask_user")
                return {call.id, true, "Interrupted.", {}, true};
            return answered(call);
        };
        run.stopAfterCalls = 3;
        run.prompt("/small");
        run.stopAfterCalls = -1;
        run.runTool = answered;
        run.answers["count"] = "b"; // not the recommended one
        run.calls.clear();
        run.log.clear();

        run.prompt("continue");

        QVERIFY2(!run.calls.empty() && run.calls[0].name == "ask_user", run.text().c_str());
        QVERIFY2(run.text().find("1 day of b.") != std::string::npos, run.text().c_str());
    }

    void aFindingThatWasCutOffIsTold()
    {
        Fixture run;
        run.stopAfterCalls = 1;
        run.prompt("/small");
        run.stopAfterCalls = -1;
        run.history.pop_back(); // the message with the finding was never sent
        run.log.clear();

        run.prompt("continue");

        QCOMPARE(std::count_if(run.log.begin(), run.log.end(), [](const std::string &line) { return line.starts_with("say: ### Count"); }), 1);
    }

    void runsAgainFromAStepWithWhatIsKnown()
    {
        Fixture run;
        run.prompt("/small");
        run.calls.clear();

        run.prompt("", {{"hoglet", {{"workflow", {{"id", "small"}, {"fromStep", "when"}}}}}});
        QCOMPARE(run.calls.size(), 2U); // the query of the step, and its offer
        QVERIFY(run.calls[0].input["hogql"].get<std::string>().starts_with("SELECT toDate"));

        // Another parameter changes the query of the first step, so it is asked again too.
        run.calls.clear();
        run.prompt("", {{"hoglet", {{"workflow", {{"id", "small"}, {"fromStep", "when"}, {"parameters", {{"days", 30}}}}}}}});
        QCOMPARE(run.calls[0].input["values"]["days"].get<int>(), 30);
    }

    void offersRetrySkipAndStopWhenAQueryFails()
    {
        Fixture retry;
        retry.failures = 1;
        retry.answers["failed:when"] = "retry";
        retry.prompt("/small");
        QVERIFY2(retry.text().find("\"Days\" failed: The project does not answer. What now?") != std::string::npos, retry.text().c_str());
        QVERIFY(retry.text().find("1 day of") != std::string::npos);

        Fixture skip;
        skip.failures = 1;
        skip.prompt("/small");
        QVERIFY(skip.text().find("Left out: The project does not answer.") != std::string::npos);
        QVERIFY(skip.text().find("The step \"Days\" failed and is missing.") != std::string::npos);
        QVERIFY(skip.text().find("is \\*the\\* event.") != std::string::npos);

        Fixture stop;
        stop.failures = 1;
        stop.answers["failed:when"] = "stop";
        stop.prompt("/small");
        QVERIFY(stop.text().find("The run was stopped before its end") != std::string::npos);
    }

    void tellsThatTheUserDeclinedACreation()
    {
        Fixture run;
        run.answers["when.offers"] = "keep";
        run.declineCreate = true;

        run.prompt("/small");

        QVERIFY2(run.text().find("Not created: The user declined.") != std::string::npos, run.text().c_str());
    }

    void sayWhichParameterIsWrong()
    {
        Fixture run;
        run.prompt("/small days=soon");

        QVERIFY(run.text().find("The parameter days (Days) takes a whole number.") != std::string::npos);
        QVERIFY(run.calls.empty());
    }

    void runsHogql()
    {
        Fixture run;
        run.prompt("select event, count() from events group by event");

        QCOMPARE(run.calls.size(), 1U);
        QCOMPARE(run.calls[0].name, std::string("posthog_query"));
        QCOMPARE(run.calls[0].input["hogql"].get<std::string>(), std::string("select event, count() from events group by event"));
        QVERIFY2(run.text().find("| event | n |\n| --- | ---: |\n| &lt;script&gt;\\*x\\* | 5 |") != std::string::npos, run.text().c_str());
    }

    void helpsWhenItDoesNotUnderstand_data()
    {
        QTest::addColumn<QString>("prompt");
        QTest::newRow("question") << "Why do people leave?";
        QTest::newRow("word that begins like a query") << "selected users?";
        QTest::newRow("with in a sentence") << "with whom do I speak";
        QTest::newRow("unknown workflow") << "/nothing";
        QTest::newRow("nothing to go on with") << "continue";
        QTest::newRow("empty") << "";
        QTest::newRow("slash") << "/";
    }
    void helpsWhenItDoesNotUnderstand()
    {
        QFETCH(QString, prompt);
        Fixture run;
        run.prompt(prompt.toStdString());

        QVERIFY(run.calls.empty());
        QVERIFY2(run.text().find("**A small workflow** `/small`") != std::string::npos, run.text().c_str());
        QVERIFY(run.text().find("SELECT") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(GuidedTest)
#include "guided_test.moc"
