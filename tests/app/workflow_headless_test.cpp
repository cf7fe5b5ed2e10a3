#include "tests/support/engine_driver.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

// The embedded agent with the real workflow over the real demo project, three times: the planted truth where it is by default, moved,
// and absent. The expected numbers are golden.json's, which Python worked out from a dump.

namespace {

using Run = WorkflowRun;

Run runFunnel(const std::shared_ptr<EngineDriver> &driver, std::map<std::string, std::vector<std::string>> answers = {}, ph::Json parameters = ph::Json::object(),
              std::stop_token stop = {})
{
    return runWorkflow(driver, HOGLET_WORKFLOWS, {"funnel-drop-off", std::move(parameters), std::move(answers), {}}, stop);
}

ph::Json factsOf(const report::Report &report, const std::string &step)
{
    for (const auto &section : report.sections)
        if (section.outcome.step == step)
            return section.outcome.facts;
    return {};
}

bool near(const ph::Json &value, double expected) { return value.is_number() && std::abs(value.get<double>() - expected) < 0.0005; }

} // namespace

class WorkflowHeadlessTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        std::ifstream file(GOLDEN_FOLDER "/golden.json");
        m_golden = ph::Json::parse(file);
        auto engine = LocalEngine::make("browser=Safari,os=iOS");
        QVERIFY2(engine.has_value(), engine ? "" : engine.error().message.c_str());
        m_driver = std::make_shared<EngineDriver>(std::move(*engine));
    }
    void init()
    {
        m_driver->queries = 0;
        m_driver->failing.clear();
        m_driver->onQuery = {};
        m_driver->created.clear();
    }

    void findsThePlantedTruthsByItself()
    {
        const auto run = runFunnel(m_driver);
        QVERIFY2(run.result.report.has_value(), (run.result.error + run.progress).c_str());
        const auto &report = *run.result.report;

        QVERIFY(run.result.failedSteps.empty());
        for (const auto &section : report.sections)
            for (const auto &warning : section.outcome.warnings)
                QVERIFY2(warning.find("could not be worked out") == std::string::npos, warning.c_str());
        QCOMPARE(report.sections.size(), 11U);
        QVERIFY(factsOf(report, "funnel")["counts"] == m_golden["funnel"]);
        for (std::size_t i = 1; i < 5; ++i) {
            const auto median = report.sections[1].table.rows[i][5].get<double>();
            QVERIFY2(std::abs(median - m_golden["median seconds to step"][i - 1].get<double>()) <= 1, std::to_string(median).c_str());
        }
        const auto focus = factsOf(report, "loss")["focus"];
        QCOMPARE(focus["index"].get<int>(), 2);
        QVERIFY(focus["lost"] == m_golden["dropped after step"][1]);
        const auto worst = factsOf(report, "segments")["worst"];
        QCOMPARE(worst["value"].get<std::string>(), std::string("Safari on iOS"));
        const auto &golden = m_golden["sign-up by browser and system"]["Safari on iOS"];
        QVERIFY(near(worst["n"], golden[0]) && near(worst["converted"], golden[1]) && near(worst["rate"], 96.0 / 310));
        const auto inside = factsOf(report, "inside")["worst"];
        QCOMPARE(inside["label"].get<std::string>(), std::string("Release: 2.4.0"));
        QVERIFY(near(inside["n"], 150) && near(inside["converted"], 12));
        const auto leads = factsOf(report, "correlation")["leads"].dump();
        QVERIFY2(leads.find("TypeError") != std::string::npos && leads.find("Rage click") != std::string::npos, leads.c_str());
        QVERIFY(leads.find("ResizeObserver") == std::string::npos);
        QCOMPARE(factsOf(report, "trend")["following"]["release"].get<std::string>(), std::string("2.4.2"));
        QVERIFY(factsOf(report, "trend")["recovered"].get<bool>());
        QVERIFY2(report.decision.find("It began with release 2.4.0 and ended with 2.4.2: 52.4% → 8.0% → 52.7%.") != std::string::npos, report.decision.c_str());
        QVERIFY(run.progress.find("(recommended)") != std::string::npos);
        QVERIFY(m_driver->created.empty());
    }

    void findsTheTruthWhereItWasMovedTo()
    {
        auto engine = LocalEngine::make("browser=Firefox,os=Android");
        QVERIFY(engine.has_value());
        const auto run = runFunnel(std::make_shared<EngineDriver>(std::move(*engine)));

        QCOMPARE(factsOf(*run.result.report, "segments")["worst"]["value"].get<std::string>(), std::string("Firefox on Android"));
        QCOMPARE(factsOf(*run.result.report, "inside")["worst"]["label"].get<std::string>(), std::string("Release: 2.4.0"));
        QVERIFY(run.result.report->decision.find("Safari") == std::string::npos);
    }

    void saysThatNothingStandsOutWhereNothingIsPlanted()
    {
        auto engine = LocalEngine::make("none");
        QVERIFY(engine.has_value());
        const auto driver = std::make_shared<EngineDriver>(std::move(*engine));
        const auto run = runFunnel(driver);

        QVERIFY(factsOf(*run.result.report, "segments")["worst"].is_null());
        QVERIFY2(run.result.report->decision.find("No segment stands out") != std::string::npos, run.result.report->decision.c_str());
        // Nor at the step where it is by default.
        const auto signup = runFunnel(driver, {{"loss", {"2"}}});
        QVERIFY(factsOf(*signup.result.report, "segments")["worst"].is_null());
        QVERIFY(signup.progress.find("Sign-up form → Signed up (as told)") != std::string::npos);
    }

    void createsOnlyWhatAnAnswerAsksFor()
    {
        const auto run = runFunnel(m_driver, {{"act.offers", {"annotation", "insight"}}, {"dropped.offers", {"cohort"}}, {"nowhere", {"x"}}});

        QCOMPARE(m_driver->created.size(), 3U);
        QCOMPARE(m_driver->created[0].first, std::string("cohorts"));
        const auto cohort = m_driver->query(m_driver->created[0].second["query"]["query"], m_driver->created[0].second["query"]["values"], {});
        QVERIFY(cohort.has_value());
        QCOMPARE(m_driver->created[1].first, std::string("annotations"));
        QVERIFY(m_driver->created[1].second["date_marker"].get<std::string>().starts_with("2026-01-1"));
        QCOMPARE(m_driver->created[2].first, std::string("insights"));
        QCOMPARE(m_driver->created[2].second["query"]["source"]["series"].size(), 5U);
        QVERIFY(run.result.report->decision.find("Created: ") != std::string::npos);
        QCOMPARE(run.result.unusedAnswers, (std::vector<std::string>{"nowhere=x"}));
    }

    void leavesAFailedStepOutAndSaysSo()
    {
        m_driver->failing = "leadInFrame";
        const auto run = runFunnel(m_driver);

        QCOMPARE(run.result.failedSteps, (std::vector<std::string>{"Where they went instead"}));
        QVERIFY(ph::Json(run.result.report->caveats).dump().find("Where they went instead") != std::string::npos);
        QVERIFY(run.progress.find("What now?") != std::string::npos);
    }

    void namesTheNearestEventsForOneThatIsMissing()
    {
        const auto run = runFunnel(m_driver, {}, {{"steps", "$pageview:/, sign_up"}});

        QVERIFY(!run.result.report);
        QVERIFY2(run.result.error.find("There is no event sign\\_up in this project. The nearest are signed\\_up") != std::string::npos
                     || run.result.error.find("There is no event sign_up in this project. The nearest are signed_up") != std::string::npos,
                 run.result.error.c_str());
    }

    void takesAFunnelOfTheUsersOwn()
    {
        const auto run = runFunnel(m_driver, {}, {{"steps", "signed_up, uploaded_file, $pageview:/account/billing/:Saw the bill"}, {"window_days", "7"}, {"internal_cohort", ""}});

        QVERIFY2(run.result.report.has_value(), run.result.error.c_str());
        QCOMPARE(factsOf(*run.result.report, "funnel")["counts"].size(), 3U);
        QVERIFY(run.result.failedSteps.empty());
    }

    void isCancelledAsAUserWould()
    {
        std::stop_source stop;
        m_driver->onQuery = [&](int number) {
            if (number == 6)
                stop.request_stop();
        };
        const auto run = runFunnel(m_driver, {}, ph::Json::object(), stop.get_token());

        QVERIFY(run.result.cancelled);
        QVERIFY(!run.result.report);
        QVERIFY(m_driver->queries <= 7);
    }

    void writesAReportThatReads()
    {
        const auto run = runFunnel(m_driver);
        const QTemporaryDir folder;
        const std::filesystem::path out = folder.path().toStdString();

        QVERIFY(app::writeReport(*run.result.report, out / "new").has_value());

        std::ifstream file(out / "new/report.json");
        const auto json = ph::Json::parse(file);
        QVERIFY(ph::parse<report::Report>(json).has_value());
        for (const auto *name : {"check", "funnel", "loss", "segments", "inside", "correlation", "paths", "dropped", "time", "trend"}) {
            std::ifstream chart(out / "new/charts" / (std::string(name) + ".svg"));
            const std::string svg{std::istreambuf_iterator<char>(chart), {}};
            QXmlStreamReader reader(QByteArray::fromStdString(svg));
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!svg.empty() && !reader.hasError(), name);
        }
        std::ifstream html(out / "new/report.html");
        const std::string page{std::istreambuf_iterator<char>(html), {}};
        QVERIFY(page.find("<script") == std::string::npos && page.find("http://") == page.find("http://www.w3.org/2000/svg"));
    }

private:
    ph::Json m_golden;
    std::shared_ptr<EngineDriver> m_driver;
};

QTEST_GUILESS_MAIN(WorkflowHeadlessTest)
#include "workflow_headless_test.moc"
