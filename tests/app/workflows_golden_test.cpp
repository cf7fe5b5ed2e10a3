#include "agent/report/scene.h"
#include "tests/support/engine_driver.h"

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

#include <fstream>
#include <set>

// Every workflow over the real demo project against workflows_golden.json, which Python worked out from a dump; and again where
// the planted truth is absent, in the data or in what the project answers: then nothing may claim it.

namespace {

bool near(const ph::Json &value, const ph::Json &expected, double tolerance = 1e-6)
{
    return value.is_number() && expected.is_number() && std::abs(value.get<double>() - expected.get<double>()) < tolerance;
}

std::string dump(const ph::Json &json) { return json.dump(); }

const ph::Json *rowWith(const ph::Json &list, const char *key, const ph::Json &value)
{
    if (list.is_array())
        for (const auto &row : list)
            if (row.is_object() && row.value(key, ph::Json()) == value)
                return &row;
    return nullptr;
}

/// The step's table as objects.
std::vector<ph::Json> tableOf(const WorkflowRun &run, const std::string &step)
{
    std::vector<ph::Json> rows;
    for (const auto &section : run.result.report->sections)
        if (section.outcome.step == step)
            for (const auto &row : section.table.rows) {
                ph::Json object = ph::Json::object();
                for (std::size_t i = 0; i < section.table.columns.size(); ++i)
                    object[section.table.columns[i].name] = row[i];
                rows.push_back(std::move(object));
            }
    return rows;
}

std::string decisionOf(const WorkflowRun &run, const std::string &step)
{
    for (const auto &section : run.result.report->sections)
        if (section.outcome.step == step)
            return section.outcome.decision;
    return {};
}

bool says(const WorkflowRun &run, const std::string &text) { return run.result.report->decision.find(text) != std::string::npos; }

std::size_t columnOf(const posthog::Table &table, const std::string &name)
{
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].name == name)
            return i;
    qFatal("no column %s", name.c_str());
}

bool hasColumns(const posthog::Table &table, const std::vector<std::string> &names)
{
    return std::all_of(names.begin(), names.end(), [&](const std::string &name) {
        return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto &column) { return column.name == name; });
    });
}

/// Whether a value that was not there shows in the text: null is written "none", and "unknown" by a format.
bool holdsMissingValue(std::string text)
{
    for (const std::string sentence : {"none of", "none below", "none has", "none goes", "None lies"})
        for (auto at = text.find(sentence); at != std::string::npos; at = text.find(sentence))
            text.erase(at, sentence.size());
    return text.find("none") != std::string::npos || text.find("unknown") != std::string::npos;
}

/// HogQL queries anywhere in an object's body.
void collectQueries(const ph::Json &body, std::vector<ph::Json> &queries)
{
    if (body.is_object() && body.value("kind", ph::Json()) == "HogQLQuery")
        queries.push_back(body);
    else if (body.is_structured())
        for (const auto &item : body)
            collectQueries(item, queries);
}

/// A file of as many rows as the project has on three days, and its manifest.
struct Exported {
    QTemporaryDir folder;
    std::map<std::string, int> days;
    QByteArray content;

    explicit Exported(const ph::Json &golden)
    {
        for (const auto *day : {"2026-01-05", "2026-01-06", "2026-01-07"}) {
            days[day] = golden["rows per day"][day];
            content += QByteArray("{}\n").repeated(days[day]);
        }
    }
    std::string write(const QByteArray &file)
    {
        int rows = 0;
        for (const auto &[day, n] : days)
            rows += n;
        const ph::Json manifest{{"file", "week.jsonl"}, {"rows", rows}, {"duplicates", 0}, {"bytes", content.size()},
                                {"sha256", QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex().toStdString()}, {"complete", true}, {"days", days},
                                {"written_by", "hoglet"},
                                {"request", {{"host", "local"}, {"project", "1"}, {"kind", "events"}, {"format", "jsonl"}, {"from", "2026-01-05"}, {"to", "2026-01-08"},
                                             {"events", ph::Json::array()}, {"where", ""}}}};
        put("week.jsonl", file);
        put("week.jsonl.manifest.json", QByteArray::fromStdString(manifest.dump()));
        return folder.filePath("week.jsonl.manifest.json").toStdString();
    }

private:
    void put(const char *name, const QByteArray &text) const
    {
        QFile out(folder.filePath(name));
        QVERIFY(out.open(QIODevice::WriteOnly) && out.write(text) == text.size());
    }
};

} // namespace

class WorkflowsGoldenTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        std::ifstream file(GOLDEN_FOLDER "/workflows_golden.json");
        m_golden = ph::Json::parse(file);
        auto engine = LocalEngine::make("browser=Safari,os=iOS");
        QVERIFY2(engine.has_value(), engine ? "" : engine.error().message.c_str());
        m_driver = std::make_shared<EngineDriver>(std::move(*engine));
    }
    void init()
    {
        m_driver->alter = {};
        m_driver->created.clear();
    }

    void everyWorkflowRunsThroughAndWhatItOffersWorks_data()
    {
        QTest::addColumn<QString>("id");
        const auto definitions = workflow::loadDefinitions(HOGLET_WORKFLOWS, [](const auto &file, const auto &error) { qFatal("%s: %s", file.c_str(), error.message.c_str()); });
        QVERIFY(definitions.size() >= 9);
        for (const auto &definition : definitions)
            QTest::newRow(definition.id.c_str()) << QString::fromStdString(definition.id);
    }
    void everyWorkflowRunsThroughAndWhatItOffersWorks()
    {
        QFETCH(QString, id);
        const auto definitions = workflow::loadDefinitions(HOGLET_WORKFLOWS, {});
        const auto definition = std::find_if(definitions.begin(), definitions.end(), [&](const auto &each) { return each.id == id.toStdString(); });
        std::map<std::string, std::vector<std::string>> answers;
        for (const auto &step : definition->steps)
            if (step.body.contains("offers"))
                for (const auto &option : step.body["offers"]["options"])
                    answers[step.id + ".offers"].push_back(option["id"]);

        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {id.toStdString(), ph::Json::object(), answers, {}});

        QVERIFY2(run.result.report.has_value(), (run.result.error + run.progress).c_str());
        QVERIFY2(run.result.failedSteps.empty(), run.progress.c_str());
        QVERIFY2(run.progress.find("could not be worked out") == std::string::npos, run.progress.c_str());
        QVERIFY(!run.result.report->decision.empty() && !run.result.report->caveats.empty());
        QVERIFY2(dump(run.result.report->caveats).find("could not") == std::string::npos, dump(run.result.report->caveats).c_str());
        for (const auto &section : run.result.report->sections) {
            const auto &outcome = section.outcome;
            QVERIFY2(!outcome.finding.empty() && !outcome.why.empty() && !outcome.question.empty(), outcome.step.c_str());
            for (const auto &text : {outcome.finding, outcome.decision, outcome.chart.definition.value_or("")})
                QVERIFY2(!holdsMissingValue(text), text.c_str());
            const auto svg = report::toSvg(report::layout(outcome.chart, section.table, 860, 300));
            QXmlStreamReader reader(QByteArray::fromStdString(svg));
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), outcome.step.c_str());
            QVERIFY2(svg.find("No point in time") == std::string::npos && svg.find("no column that can be drawn") == std::string::npos, outcome.step.c_str());
        }
        // What was created asks queries that the project answers.
        QVERIFY(!m_driver->created.empty());
        for (const auto &[kind, body] : m_driver->created) {
            QVERIFY2(kind != "cohorts" || body.contains("query"), dump(body).c_str());
            std::vector<ph::Json> queries;
            collectQueries(body, queries);
            for (const auto &query : queries) {
                const auto table = m_driver->query(query["query"], query["values"], {});
                QVERIFY2(table.has_value(), table ? "" : table.error().message.c_str());
                QVERIFY2(!table->rows.empty(), dump(body).c_str());
            }
        }
    }

    void nothingIsCreatedUnasked()
    {
        for (const auto *id : {"feature-impact", "retention", "data-quality"})
            runWorkflow(m_driver, HOGLET_WORKFLOWS, {id, ph::Json::object(), {}, {}});
        QVERIFY(m_driver->created.empty());
    }

    void saysSoWhereThereIsNothingToRead()
    {
        // A project with events of other names only: every workflow ends with a sentence, not with a rule that fails.
        m_driver->alter = [](const std::string &hogql, posthog::Table &table) {
            if (hogql.find("90 DAY") != std::string::npos)
                return; // the parameters' choices
            for (auto &row : table.rows)
                for (std::size_t i = 0; i < row.size(); ++i)
                    if (table.columns[i].type.find("Int") != std::string::npos || row[i].is_number())
                        row[i] = 0;
            const bool total = table.rows.size() == 1;
            if (!total)
                table.rows.clear();
        };
        for (const auto &definition : workflow::loadDefinitions(HOGLET_WORKFLOWS, {})) {
            if (definition.id == "funnel-drop-off")
                continue;
            const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {definition.id, ph::Json::object(), {}, {}});
            QVERIFY2(run.result.report.has_value(), (definition.id + run.result.error + run.progress).c_str());
            QVERIFY2(!run.result.report->decision.empty() && run.result.report->decision.find("could not") == std::string::npos,
                     (definition.id + ": " + run.result.report->decision).c_str());
            QVERIFY2(run.progress.find("could not be worked out") == std::string::npos, (definition.id + "\n" + run.progress).c_str());
        }
    }

    // Truth 2: the bug on /signup/ and the noise that is louder.

    void findsTheBugThatMeetsPeopleNotTheOneThatIsLoud()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"bug-investigation", ph::Json::object(), {}, {}});

        const auto errors = run.facts("errors");
        QCOMPARE(errors["top"]["error"], m_golden["error of most persons"]);
        for (const auto &[name, numbers] : m_golden["errors: persons, times, sessions"].items()) {
            const auto *row = rowWith(errors["list"], "error", name);
            QVERIFY2(row && (*row)["persons"] == numbers[0] && (*row)["times"] == numbers[1] && (*row)["sessions"] == numbers[2], name.c_str());
        }
        QVERIFY(errors["loudest"]["message"].get<std::string>().find("ResizeObserver") == 0);
        const auto page = run.facts("pages")["focus"];
        QCOMPARE(page["page"], ph::Json("/signup/"));
        QCOMPARE((ph::Json{page["sessions"], page["broken"]}), m_golden["visits of /signup/, with the error"]);
        const auto worst = run.facts("where")["worst"];
        QCOMPARE(worst["value"], ph::Json("Safari on iOS"));
        QVERIFY(near(worst["n"], m_golden["of Safari on iOS"][0]) && near(worst["broken"], m_golden["of Safari on iOS"][1]));
        QVERIFY(near(worst["rest_n"], m_golden["of everybody else"][0]) && near(worst["rest_error_rate"], 0));
        const auto inside = run.facts("inside");
        QCOMPARE(inside["worst"]["label"], ph::Json("Release: 2.4.0"));
        QVERIFY(near(inside["worst"]["n"], m_golden["of Safari on iOS with 2.4.0"][0]) && near(inside["worst"]["broken"], m_golden["of Safari on iOS with 2.4.0"][1]));
        QVERIFY(inside["elsewhere"]["sessions"] == m_golden["of everybody else with 2.4.0"][0] && inside["elsewhere"]["broken"] == 0);
        const auto before = run.facts("before");
        QCOMPARE(before["top"]["steps"], m_golden["most frequent way to the error"][0]);
        QCOMPARE(before["top"]["sessions"], m_golden["most frequent way to the error"][1]);
        QCOMPARE(before["raged"], m_golden["sessions with the error and a rage click after it"]);
        const auto since = run.facts("since");
        QCOMPARE(since["from"].get<std::string>().substr(0, 10), m_golden["first and last day of the error"][0].get<std::string>());
        QCOMPARE(since["to"].get<std::string>().substr(0, 10), m_golden["first and last day of the error"][1].get<std::string>());
        QVERIFY(since["over"] == true && since["release"]["release"] == "2.4.0" && since["fixed_in"]["release"] == "2.4.2");
        QVERIFY2(says(run, "when release 2.4.2 came, in 58 visits") && m_golden["visits of Safari on iOS after the last day"] == 58, run.result.report->decision.c_str());
    }

    void looksIntoTheErrorThatIsChosen()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"bug-investigation", ph::Json::object(), {{"errors", {"4"}}}, {}});

        const auto chosen = run.facts("errors")["focus"]["error"].get<std::string>();
        QVERIFY2(chosen.find("ResizeObserver") != std::string::npos, chosen.c_str());
        QVERIFY(run.facts("where")["worst"].is_null());
        QVERIFY(run.facts("before")["upset"] == false);
        QVERIFY(run.facts("since")["over"] == false);
        QVERIFY(!says(run, "Safari"));
    }

    // Truth 2 again, by its symptom.

    void findsThePageThatIsWorstNotTheOneThatIsBusiest()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"rage-clicks", ph::Json::object(), {}, {}});

        for (const auto &row : tableOf(run, "pages"))
            QVERIFY2((ph::Json{row["visits"], row["raged"]}) == m_golden["pages: visits, with rage clicks"][row["page"].get<std::string>()], dump(row).c_str());
        const auto pages = run.facts("pages");
        QCOMPARE(pages["worst"]["page"], ph::Json("/signup/"));
        QCOMPARE(pages["most"]["page"], ph::Json("/files/"));
        const auto worst = run.facts("who")["worst"];
        const auto &ios = m_golden["rage on /signup/ by iOS and by others"];
        QVERIFY(worst["value"] == "iOS" && near(worst["n"], ios[0][0]) && near(worst["raged"], ios[0][1]) && near(worst["rest_n"], ios[1][0]));
        const auto cause = run.facts("cause");
        const auto &errors = m_golden["errors in /signup/ visits with rage and in calm ones"];
        QVERIFY((ph::Json{cause["r"]["raged"], cause["r"]["raged_broken"]}) == errors[0] && (ph::Json{cause["r"]["calm"], cause["r"]["calm_broken"]}) == errors[1]);
        QVERIFY(cause["error"]["error"] == m_golden["error of most persons"] && run.facts("elements")["top"]["element"] == "Create account");
        QVERIFY(says(run, "An error stands behind it"));
    }

    void claimsNoBugWhereNoneIsPlanted()
    {
        auto engine = LocalEngine::make("none");
        QVERIFY(engine.has_value());
        const auto driver = std::make_shared<EngineDriver>(std::move(*engine));

        const auto bug = runWorkflow(driver, HOGLET_WORKFLOWS, {"bug-investigation", ph::Json::object(), {}, {}});
        QVERIFY(bug.facts("where")["worst"].is_null());
        QVERIFY2(!says(bug, "Safari") && !says(bug, "2.4.0") && says(bug, "no browser, system, country or release stands out"), bug.result.report->decision.c_str());

        for (const auto *page : {"", "/signup/"}) {
            std::map<std::string, std::vector<std::string>> answers;
            if (*page)
                answers["pages"] = {page};
            const auto rage = runWorkflow(driver, HOGLET_WORKFLOWS, {"rage-clicks", ph::Json::object(), answers, {}});
            QVERIFY(rage.facts("who")["worst"].is_null());
            QVERIFY(!rage.facts("cause")["bug"].get<bool>());
            QVERIFY2(!says(rage, "Mend ") && !says(rage, "An error stands behind it"), rage.result.report->decision.c_str());
        }
    }

    // Truth 3: an experiment that wins, one without effect, one whose split is broken.

    void shipsTheExperimentThatWins()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", ph::Json::object(), {}, {}});

        const auto &golden = m_golden["experiment signup-page-v2"];
        QCOMPARE(run.facts("exposures")["several"], golden["several"]);
        const auto split = run.facts("split");
        QVERIFY(near(split["fit"]["statistic"], golden["chi square"]) && near(split["fit"]["p"], golden["chi square p"]));
        const auto reading = run.facts("reading");
        QVERIFY(reading["base"]["persons"] == golden["control"][0] && reading["base"]["converted"] == golden["control"][1]);
        const auto &best = reading["best"];
        QVERIFY(best["variant"] == "test" && best["persons"] == golden["test"][0] && best["converted"] == golden["test"][1]);
        QVERIFY2(near(best["chance"], golden["bayes"]["chance"], 2e-5) && near(best["low"], golden["bayes"]["low"], 2e-4) && near(best["high"], golden["bayes"]["high"], 2e-4),
                 dump(best).c_str());
        const auto guards = run.facts("guards")["list"];
        for (std::size_t i = 0; i < 2; ++i)
            QVERIFY(guards[i]["harmed"] == golden["test"][2 + i] && guards[i]["worse"] == false);
        QCOMPARE(run.facts("decide")["situation"], ph::Json("ship"));
        QVERIFY(says(run, "Ship test of signup-page-v2."));
    }

    void claimsNothingForTheExperimentWithoutEffect()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", {{"flag", "pricing-order"}, {"planned_n", 400}}, {}, {}});

        const auto &golden = m_golden["experiment pricing-order"];
        const auto best = run.facts("reading")["best"];
        QVERIFY(best["converted"] == golden["test"][1] && near(best["chance"], golden["bayes"]["chance"], 2e-5) && near(best["high"], golden["bayes"]["high"], 2e-4));
        QCOMPARE(run.facts("decide")["situation"], ph::Json("inconclusive"));
        QVERIFY(!says(run, "Ship") && says(run, "Keep the simpler variant"));
        // Where more persons were planned it is not over.
        const auto early = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", {{"flag", "pricing-order"}}, {}, {}});
        QCOMPARE(early.facts("decide")["situation"], ph::Json("continue"));
    }

    void doesNotReadAResultWhoseSplitIsBroken()
    {
        const ph::Json parameters{{"flag", "fast-upload"}, {"metric", "uploaded_file"}};
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", parameters, {}, {}});

        const auto &golden = m_golden["experiment fast-upload"];
        const auto split = run.facts("split");
        QVERIFY(near(split["fit"]["statistic"], golden["chi square"], 1e-4) && near(split["fit"]["p"].get<double>() / golden["chi square p"].get<double>(), 1, 1e-4));
        QVERIFY(split["broken"] == true && split["read"] == false && run.facts("reading").empty());
        QCOMPARE(run.facts("decide")["situation"], ph::Json("unusable"));
        QVERIFY2(says(run, "The split was 997 control to 817 test where 50 to 50 was planned"), run.result.report->decision.c_str());
        QVERIFY(run.facts("cause")["odd"].is_null());

        // The user may look all the same; the decision stays.
        const auto read = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", parameters, {{"split", {"yes"}}}, {}});
        QVERIFY(near(read.facts("reading")["best"]["chance"], golden["bayes"]["chance"], 2e-5));
        QCOMPARE(read.facts("decide")["situation"], ph::Json("unusable"));

        // The same numbers are as planned where 55 to 45 was planned.
        auto planned = parameters;
        planned["control_share"] = 55;
        const auto fine = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", planned, {}, {}});
        QVERIFY(fine.facts("split")["usable"] == true && !says(fine, "split was"));
        QCOMPARE(fine.facts("decide")["situation"], ph::Json("inconclusive"));
    }

    void decidesByTheTable_data()
    {
        QTest::addColumn<int>("control");
        QTest::addColumn<int>("test");
        QTest::addColumn<int>("controlWon");
        QTest::addColumn<int>("testWon");
        QTest::addColumn<int>("harmed");
        QTest::addColumn<int>("days");
        QTest::addColumn<int>("several");
        QTest::addColumn<QString>("situation");
        QTest::newRow("ship") << 700 << 710 << 330 << 400 << 30 << 21 << 5 << "ship";
        QTest::newRow("a guardrail is worse") << 700 << 710 << 330 << 400 << 80 << 21 << 5 << "trade";
        QTest::newRow("worse") << 700 << 710 << 400 << 330 << 30 << 21 << 5 << "lost";
        QTest::newRow("no difference") << 700 << 710 << 330 << 335 << 30 << 21 << 5 << "inconclusive";
        QTest::newRow("no difference in nine days") << 700 << 710 << 330 << 335 << 30 << 9 << 5 << "continue";
        QTest::newRow("a win with few") << 300 << 310 << 120 << 160 << 10 << 21 << 2 << "continue";
        QTest::newRow("five days") << 700 << 710 << 330 << 400 << 30 << 5 << 5 << "wait";
        QTest::newRow("forty persons") << 40 << 42 << 10 << 30 << 1 << 21 << 0 << "wait";
        QTest::newRow("many in both") << 700 << 710 << 330 << 400 << 30 << 21 << 80 << "unusable";
        QTest::newRow("uneven") << 700 << 850 << 330 << 500 << 30 << 21 << 5 << "unusable";
    }
    void decidesByTheTable()
    {
        QFETCH(int, control);
        QFETCH(int, test);
        QFETCH(int, controlWon);
        QFETCH(int, testWon);
        QFETCH(int, harmed);
        QFETCH(int, days);
        QFETCH(int, several);
        QFETCH(QString, situation);
        m_driver->alter = [&](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"day", "variant", "persons"}))
                table.rows = {{"2026-01-10", "control", control, control}, {"2026-01-10", "test", test, test}};
            else if (hasColumns(table, {"persons", "several", "days"})) {
                table.rows[0][columnOf(table, "persons")] = control + test + several;
                table.rows[0][columnOf(table, "several")] = several;
                table.rows[0][columnOf(table, "days")] = days;
            } else if (hasColumns(table, {"variant", "persons", "converted"}))
                table.rows = {{"control", control, controlWon}, {"test", test, testWon}};
            else if (hasColumns(table, {"variant", "persons", "harmed_1"}))
                table.rows = {{"control", control, control / 25, control / 10}, {"test", test, harmed, test / 10}};
        };

        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"experiment-readout", ph::Json::object(), {}, {}});

        QCOMPARE(QString::fromStdString(run.facts("decide")["situation"].get<std::string>()), situation);
        QCOMPARE(says(run, "Ship test"), situation == "ship");
    }

    // Truth 4: adopters return more, in part because busy people adopt.

    void tellsSelectionFromTheFeature()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"feature-impact", ph::Json::object(), {}, {}});

        const auto release = run.facts("release");
        QCOMPARE((ph::Json{release["day"], release["uses"], release["persons"]}), m_golden["feature: first day, uses, persons"]);
        const auto adoption = run.facts("adoption");
        const auto &users = m_golden["feature: users of active persons, last seven days and before"];
        QVERIFY((ph::Json{adoption["w"]["users"], adoption["w"]["active"]}) == users[0] && (ph::Json{adoption["w"]["users_before"], adoption["w"]["active_before"]}) == users[1]);
        const auto harm = run.facts("harm");
        const auto &sessions = m_golden["sessions and those with errors, before and since"];
        QVERIFY(near(harm["change"]["rest_rate"], sessions[0][1].get<double>() / sessions[0][0].get<double>()));
        QVERIFY(near(harm["change"]["rate"], sessions[1][1].get<double>() / sessions[1][0].get<double>()));
        QVERIFY(harm["blamed"] == false);
        const auto stay = run.facts("stay");
        const auto &gaps = m_golden["adopters less others: as it looks, like with like, standard errors from 0"];
        QVERIFY2(near(stay["crude"]["gap"], gaps[0]) && near(stay["within"]["difference"], gaps[1]), dump(stay["within"]).c_str());
        QVERIFY(stay["within"]["difference"] < stay["crude"]["gap"] && stay["explained"] > 0.15);
        QVERIFY(stay["within"]["low"] < 0.06 && stay["within"]["high"] > 0.06); // six points were planted
        // Our standard error is Sato's, the script's the binomials': they differ by a hundredth.
        QVERIFY2(near(stay["within"]["z"], gaps[2], 0.05), dump(stay["within"]).c_str());
        const auto answer = stay["holds"] == true ? "holds" : stay["open"] == true ? "open" : "nothing";
        QVERIFY2(m_golden["adopters among equals"] == answer, answer);
        QVERIFY2(says(run, "That is inconclusive: part of it is who they are"), run.result.report->decision.c_str());
        QVERIFY2(decisionOf(run, "stay").find("Inconclusive: among people with the same use before") != std::string::npos, decisionOf(run, "stay").c_str());
        QVERIFY(run.progress.find("Busy people adopt more") != std::string::npos);
    }

    /// Two persons more or fewer are chance; an answer that hangs by them is none.
    void doesNotChangeItsMindForTwoPersons()
    {
        const auto &moved = m_golden["adopters among equals, two persons moved: least and most standard errors"];
        QVERIFY2(moved[0] > 1.5 && moved[1] < 2.4, dump(moved).c_str()); // 1 and 2.58 are where the answer changes
        for (const char *column : {"x1", "x2"}) {
            for (const int by : {-2, 2}) {
                m_driver->alter = [&](const std::string &, posthog::Table &table) {
                    if (hasColumns(table, {"stratum", "n1", "x1", "n2", "x2"}))
                        table.rows[0][columnOf(table, column)] = table.rows[0][columnOf(table, column)].get<int>() + by;
                };
                const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"feature-impact", ph::Json::object(), {}, {}});
                QVERIFY2(run.facts("stay")["open"] == true && says(run, "That is inconclusive"), run.result.report->decision.c_str());
            }
        }
    }

    void praisesNoFeatureForWhoItsUsersAre()
    {
        // Within each class of use adopters return exactly as often as others; busy people adopt more.
        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"stratum", "n1", "x1", "n2", "x2"}))
                table.rows = {{1, 40, 12, 200, 60}, {3, 60, 24, 100, 40}, {5, 160, 112, 60, 42}};
        };
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"feature-impact", ph::Json::object(), {}, {}});

        const auto stay = run.facts("stay");
        QVERIFY(stay["better"] == true && stay["holds"] == false && stay["open"] == false && near(stay["within"]["difference"], 0) && near(stay["explained"], 1));
        QVERIFY2(says(run, "It cannot be told from who they are."), run.result.report->decision.c_str());
        QVERIFY(run.progress.find("part may be the feature") == std::string::npos);
    }

    void blamesNoSelectionWhereThereIsNone()
    {
        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"stratum", "n1", "x1", "n2", "x2"}))
                table.rows = {{1, 100, 50, 100, 30}, {3, 100, 60, 100, 40}, {5, 100, 80, 100, 60}};
        };
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"feature-impact", ph::Json::object(), {}, {}});

        const auto stay = run.facts("stay");
        QVERIFY(stay["holds"] == true && near(stay["explained"], 0) && near(stay["within"]["difference"], 0.2));
        QVERIFY(run.progress.find("Busy people adopt more") == std::string::npos);
    }

    void asksToRollBackOnlyWhereTheFeatureIsToBlame()
    {
        const auto harm = [&](int since, int inside) {
            m_driver->alter = [=](const std::string &, posthog::Table &table) {
                if (hasColumns(table, {"day", "sessions", "broken"}))
                    table.rows = {{"2026-01-10T00:00:00Z", 4000, 60}, {"2026-01-16T00:00:00Z", 4000, since}};
                else if (hasColumns(table, {"busy", "n1", "x1", "n2", "x2"}))
                    table.rows = {{2, 1000, inside, 2000, 60}};
            };
            return runWorkflow(m_driver, HOGLET_WORKFLOWS, {"feature-impact", ph::Json::object(), {}, {}}).facts("harm")["verdict"].get<std::string>();
        };
        QCOMPARE(harm(160, 90), std::string("roll back"));
        QCOMPARE(harm(160, 30), std::string("elsewhere"));
        QCOMPARE(harm(70, 90), std::string("mend"));
        QCOMPARE(harm(62, 31), std::string("fine"));
    }

    // Truth 5: weekly retention, and people of the newsletter who leave sooner.

    void findsTheCurveAndWhoLeavesSooner()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"retention", ph::Json::object(), {}, {}});

        const auto cells = tableOf(run, "triangle");
        QCOMPARE(cells.size(), m_golden["retention: cohort, weeks later, persons"].size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto &golden = m_golden["retention: cohort, weeks later, persons"][i];
            QVERIFY2(cells[i]["later"] == golden[1] && cells[i]["persons"] == golden[2], dump(cells[i]).c_str());
            QCOMPARE(cells[i]["open"].get<bool>(), golden[0].get<int>() + golden[1].get<int>() == 4 && golden[1] > 0);
        }
        const auto points = tableOf(run, "curve");
        const auto &curve = m_golden["curve of whole weeks: n, persons"];
        QCOMPARE(points.size(), curve.size());
        for (std::size_t i = 0; i < points.size(); ++i)
            QVERIFY((ph::Json{points[i]["n"], points[i]["persons"]}) == curve[i]);
        const auto &interval = m_golden["curve of whole weeks: interval of week 1"];
        QVERIFY(near(points[1]["low"], interval[0], 2e-6) && near(points[1]["high"], interval[1], 2e-6));
        const auto groups = run.facts("groups");
        QVERIFY2(groups["worst"]["label"] == "First source: newsletter" && groups["worst"]["later"] == 2, dump(groups["worst"]).c_str());
        QVERIFY(near(groups["worst"]["n"], m_golden["newsletter in week 2"][0]) && near(groups["worst"]["converted"], m_golden["newsletter in week 2"][1]));
        QVERIFY(near(groups["worst"]["rest_n"], m_golden["others in week 2"][0]) && near(groups["worst"]["rest_converted"], m_golden["others in week 2"][1]));
        QVERIFY(near(groups["within"]["difference"], m_golden["newsletter against others within cohorts"]) && groups["holds"] == true);
        const auto week = run.facts("growth")["last_week"];
        QCOMPARE((ph::Json{week["new"], week["returning"], week["resurrected"], 0 - week["dormant"].get<int>()}), m_golden["last whole week: new, returning, resurrected, dormant"]);
        for (const auto &row : tableOf(run, "stickiness"))
            QCOMPARE(row["persons"].get<int>(), m_golden["persons by days of use"].value(std::to_string(row["active_days"].get<int>()), 0));
        QCOMPARE(run.facts("churn")["persons"], m_golden["went quiet"]);
        QVERIFY(says(run, "newsletter leaves sooner"));
    }

    void blamesNoSourceWhereAllReturnAlike()
    {
        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (!hasColumns(table, {"dimension", "value", "cohort", "later", "returned"}))
                return;
            for (auto &row : table.rows)
                if (row[columnOf(table, "value")] == "newsletter")
                    row[columnOf(table, "returned")] = std::lround(row[columnOf(table, "n")].get<double>() * 0.41);
        };
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"retention", ph::Json::object(), {}, {}});

        QVERIFY(run.facts("groups")["worst"].is_null());
        QVERIFY2(!says(run, "newsletter") && says(run, "No source, device, browser or country leaves clearly sooner"), run.result.report->decision.c_str());
    }

    // Truth 6: revenue, and three invoices that came twice.

    void reportsRevenueWithEachInvoiceOnce()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"revenue", ph::Json::object(), {}, {}});

        const auto bills = run.facts("bills");
        QVERIFY(near(bills["bills"], m_golden["bills, dollars"][0]) && near(bills["billed"], m_golden["bills, dollars"][1]));
        QVERIFY(near(bills["odd_bills"], m_golden["amounts that are text: bills, dollars"][0]) && near(bills["odd_amount"], m_golden["amounts that are text: bills, dollars"][1]));
        const auto clean = run.facts("repeats");
        QVERIFY(near(clean["clean"], m_golden["dollars with each invoice once"]) && clean["repeated"] == m_golden["invoices that came twice"].size() && near(clean["excess"], 90));
        for (const auto &invoice : m_golden["invoices that came twice"])
            QVERIFY(run.progress.find(invoice.get<std::string>()) != std::string::npos);
        std::map<std::string, double> weeks;
        for (const auto &row : tableOf(run, "period"))
            weeks[row["week"].get<std::string>().substr(0, 10)] += row["revenue"].get<double>();
        QCOMPARE(ph::Json(weeks).size(), m_golden["dollars per week"].size());
        for (const auto &[week, dollars] : m_golden["dollars per week"].items())
            QVERIFY2(near(weeks[week], dollars), week.c_str());
        const auto mrr = run.facts("mrr");
        const auto &golden = m_golden["monthly revenue: start, end, won, lost"];
        QVERIFY(near(mrr["start"], golden[0]) && near(mrr["end"], golden[1]) && near(mrr["won"], golden[2]) && near(mrr["lost"], golden[3]));
        QVERIFY(near(mrr["leavers"], m_golden["accounts that lost revenue"]));
        QVERIFY(says(run, "Report $6,630") && says(run, "Not $6,720"));
    }

    void claimsNoRepeatWhereThereIsNone()
    {
        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"invoice", "excess"}))
                table.rows.clear();
            else if (hasColumns(table, {"type", "bills", "unread"}))
                table.rows.resize(1); // the amounts that are numbers
        };
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"revenue", ph::Json::object(), {}, {}});

        QVERIFY(run.facts("act")["sound"] == true);
        QVERIFY2(!says(run, "Not $") && !says(run, "as text"), run.result.report->decision.c_str());
    }

    // Truth 7: data quality.

    void findsEveryFlawOfTheData()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"data-quality", ph::Json::object(), {}, {}});

        const auto gaps = run.facts("gaps");
        ph::Json hours = ph::Json::array();
        for (const auto &gap : gaps["gaps"])
            hours.push_back(gap["when"]);
        QCOMPARE(hours, m_golden["hours without events where each same hour of the week has 10"]);
        const auto clocks = run.facts("clocks");
        QVERIFY(clocks["late"] == m_golden["late by more than a day"] && clocks["future"] == m_golden["from the future"]);
        QCOMPARE(run.facts("repeats")["extra"], m_golden["repeats"]);
        const auto types = run.facts("types");
        QCOMPARE(types["mixed"].size(), m_golden["properties with several types"].size());
        for (const auto &[name, kinds] : m_golden["properties with several types"].items()) {
            const auto *row = rowWith(types["mixed"], "property", name);
            QVERIFY2(row && (*row)["numbers"] == kinds["number"] && (*row)["texts"] == kinds["text"], name.c_str());
        }
        QCOMPARE(types["properties"], m_golden["own properties"]);
        const auto identity = run.facts("identity");
        QCOMPARE(identity["nobody_events"], m_golden["events of nobody"]);
        QCOMPARE((ph::Json{identity["robots"].size(), identity["robot_views"]}), m_golden["machines and their page views"]);
        QCOMPARE((ph::Json{identity["internal"], identity["internal_events"]}), m_golden["internal persons and their events"]);
        for (const auto *text : {"2026-01-20 14:00", "770", "11 events dated ahead", "37 events", "paid_bill.amount_usd", "undefined", "3,600 page views", "60 persons"})
            QVERIFY2(says(run, text), text);
    }

    void findsNoFlawInCleanData()
    {
        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"hour", "events"})) {
                std::set<int> present;
                for (const auto &row : table.rows)
                    present.insert(row[0].get<int>());
                for (int hour = 0; hour < 720; ++hour)
                    if (!present.contains(hour))
                        table.rows.push_back({hour, 300});
            } else if (hasColumns(table, {"half", "late", "early"})) {
                table.rows[0][columnOf(table, "late")] = 0;
            } else if (hasColumns(table, {"events", "persons", "latest"})) {
                table.rows[0][0] = 0;
            } else if (hasColumns(table, {"event", "extra"}) || hasColumns(table, {"distinct_id", "robot"})) {
                table.rows.clear();
            } else if (hasColumns(table, {"key", "texts", "numbers"})) {
                for (auto &row : table.rows)
                    if (row[columnOf(table, "key")] == "amount_usd")
                        row[columnOf(table, "texts")] = 0;
            }
        };
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"data-quality", {{"internal_cohort", ""}}, {}, {}});

        QVERIFY2(run.facts("verdict")["problems"].empty(), dump(run.facts("verdict")["problems"]).c_str());
        QVERIFY2(says(run, "The data can be used as it is"), run.result.report->decision.c_str());
    }

    // Planning and checking an export.

    void plansAndChecksAnExport()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"export-verification", ph::Json::object(), {}, {}});

        double total = 0;
        double requests = 0;
        for (const auto &row : tableOf(run, "stock")) {
            QVERIFY2(row["rows"] == m_golden["rows per day"][row["day"].get<std::string>().substr(0, 10)], dump(row).c_str());
            total += row["rows"].get<double>();
            requests += std::ceil(row["rows"].get<double>() / 10'000);
        }
        QVERIFY(near(run.facts("stock")["rows_in_all"], total) && near(run.facts("plan")["requests"], requests));
        const auto keys = run.facts("keys");
        QVERIFY(near(keys["shared"], m_golden["rows that share a moment, the most"][0]) && near(keys["most"], m_golden["rows that share a moment, the most"][1]));
        for (const auto &row : tableOf(run, "late"))
            QVERIFY(row["rows"] == m_golden["rows by days late"][std::to_string(row["days_late"].get<int>())]);
        QCOMPARE(run.facts("late")["overlap"], ph::Json(3));
        const auto verify = run.facts("verify");
        QVERIFY(verify["agree"] == true && verify["is_key"] == true && near(verify["total"], m_golden["distinct uuids"]));
        QVERIFY2(says(run, "may be trusted for 2026-01-01 to 2026-01-27"), run.result.report->decision.c_str());
    }

    void readsAnExportBackAndHoldsItAgainstTheProject()
    {
        Exported exported(m_golden);
        const auto check = [&](const QByteArray &file) {
            return runWorkflow(m_driver, HOGLET_WORKFLOWS, {"export-verification", {{"manifest", exported.write(file)}}, {}, {}});
        };

        const auto good = check(exported.content);
        QVERIFY2(good.facts("file")["same"] == true && good.facts("days_read")["agree"] == true, dump(good.facts("days_read")).c_str());
        QVERIFY2(says(good, "week.jsonl is the file that was exported, and holds every row of the project from 2026-01-05 to 2026-01-07."), good.result.report->decision.c_str());
        QVERIFY(good.progress.find("not all of 2026-01-01 to 2026-01-31") != std::string::npos);

        const auto cut = check(exported.content.left(exported.content.size() - 30));
        QVERIFY2(says(cut, "Do not load week.jsonl") && !says(cut, "holds every row"), cut.result.report->decision.c_str());
        QVERIFY(cut.progress.find("it was cut off") != std::string::npos);
        auto changed = exported.content;
        changed[5] = ' ';
        QVERIFY(check(changed).progress.find("another SHA-256: it was changed") != std::string::npos);

        exported.days["2026-01-06"] -= 4; // rows that came in later
        exported.content.chop(4 * 3);
        const auto late = check(exported.content);
        QVERIFY2(late.facts("file")["same"] == true && near(late.facts("days_read")["missing"], 4), dump(late.facts("days_read")).c_str());
        QVERIFY2(says(late, "lacks 4 rows that the project has now"), late.result.report->decision.c_str());
    }

    void goesOnWithoutAnExportThatIsNotThere()
    {
        const auto run = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"export-verification", {{"manifest", "/nonexistent/week.jsonl.manifest.json"}}, {}, {}});
        QVERIFY2(says(run, "may be trusted for 2026-01-01 to 2026-01-27") && !says(run, "is the file that was exported"), run.result.report->decision.c_str());
        QVERIFY(run.progress.find("Left out: Cannot read /nonexistent/week.jsonl.manifest.json") != std::string::npos);
    }

    void trustsNoExportWhoseCountsDisagree()
    {
        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"event", "rows", "uuids"}))
                table.rows[0][1] = table.rows[0][1].get<std::int64_t>() - 1;
        };
        const auto counts = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"export-verification", ph::Json::object(), {}, {}});
        QVERIFY2(says(counts, "the counts disagree") && !says(counts, "may be trusted"), counts.result.report->decision.c_str());

        m_driver->alter = [](const std::string &, posthog::Table &table) {
            if (hasColumns(table, {"rows", "uuids", "keys"}))
                table.rows[0][1] = table.rows[0][1].get<std::int64_t>() - 5;
        };
        const auto ids = runWorkflow(m_driver, HOGLET_WORKFLOWS, {"export-verification", ph::Json::object(), {}, {}});
        QVERIFY2(says(ids, "uuids are not distinct"), ids.result.report->decision.c_str());
    }

private:
    ph::Json m_golden;
    std::shared_ptr<EngineDriver> m_driver;
};

QTEST_GUILESS_MAIN(WorkflowsGoldenTest)
#include "workflows_golden_test.moc"
