#include "agent/tools/posthog_tools.h"
#include "agent/tools/posthog_workflow.h"
#include "tests/support/compare_json.h"
#include "tests/support/fake_driver.h"
#include "tests/support/tool_context.h"

#include <QTest>

namespace {

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

#define VERIFY_HAS(text, part) QVERIFY2(has(text, part), std::string(text).substr(0, 2'000).c_str())

constexpr const char *smallWorkflow = R"json({
  "id": "small", "persona": "analyst", "title": "A small one", "description": "Counts.",
  "parameters": [{"name": "days", "title": "Days", "type": "days", "default": 7, "minimum": 1, "maximum": 90}],
  "steps": [{"id": "first", "title": "Count", "question": "How many?", "why": "To know.", "required": true,
     "query": {"hogql": "SELECT count() AS n FROM events WHERE timestamp > now() - toIntervalDay({days})"},
     "facts": [{"name": "n", "is": "rows[0].n"}],
     "finding": "{n} events.",
     "offers": {"question": "Save?", "options": [{"id": "save", "label": "Save it", "kind": "insights", "body": {"name": "Events"}}]}}],
  "report": {"decision": ["{first.n} it is."]}
})json";

} // namespace

class PosthogEntitiesTest : public QObject
{
    Q_OBJECT

private slots:
    void listsInsightsAndComputesOne()
    {
        m_driver->onRows = [](const posthog::RowsRequest &request) -> ph::Result<posthog::RowsPage> {
            posthog::RowsPage page;
            if (request.object == "insights")
                page.items = {{{"id", 7}, {"short_id", "abc"}, {"name", "Sign-ups | all"}, {"query", {{"kind", "TrendsQuery"}}}}};
            return page;
        };
        const auto list = run("posthog_insights", {{"type", "trends"}});
        VERIFY_HAS(list.text, "1 insight.");
        VERIFY_HAS(list.text, "Sign-ups \\| all");
        QVERIFY(list.isUntrusted);

        m_driver->onGet = [](const std::string &path) -> ph::Result<ph::Json> {
            if (path != "insights/7/")
                return ph::fail(ph::ErrorCode::NotFound, "There is no " + path + ".");
            return ph::Json{{"id", 7}, {"name", "Sign-ups"}, {"query", {{"kind", "TrendsQuery"}}}};
        };
        m_driver->onRunQuery = [](const ph::Json &node) -> ph::Result<ph::Json> { return ph::Json{{"results", {{{"label", "signed_up"}, {"data", {1, 2}}}}}, {"asked", node["kind"]}}; };
        const auto one = run("posthog_insights", {{"id", 7}});
        VERIFY_HAS(one.text, "Sign-ups (Trends).");
        VERIFY_HAS(one.text, "signed_up");
        QVERIFY(run("posthog_insights", {{"id", "8"}}).failed);
    }

    void findsPersons()
    {
        posthog::RowsRequest asked;
        m_driver->onRows = [&](const posthog::RowsRequest &request) -> ph::Result<posthog::RowsPage> {
            asked = request;
            posthog::RowsPage page;
            page.table.columns = {{"id", "String"}, {"email", "String"}};
            page.table.rows = {{"1", "<b>@e.com"}};
            page.next = "2";
            return page;
        };
        const auto output = run("posthog_persons", {{"email", "x' OR 1=1"}, {"limit", 5}});
        QCOMPARE(asked.object, std::string("persons"));
        QCOMPARE(asked.limit, 5);
        COMPARE_JSON(asked.values, {{"hoglet_email", "x' OR 1=1"}});
        QVERIFY(output.text.starts_with("1 person; there are more."));
        VERIFY_HAS(output.text, "\\<b\\>\\@e.com");
        QVERIFY(output.isUntrusted);
    }

    void showsFlags()
    {
        m_driver->onItems = [](const std::string &) -> ph::Result<std::vector<ph::Json>> {
            return std::vector<ph::Json>{{{"id", 1}, {"key", "new-nav"}, {"active", true}, {"filters", {{"groups", ph::Json::array()}}}}};
        };
        VERIFY_HAS(run("posthog_flags", ph::Json::object()).text, "1 feature flag.");
        VERIFY_HAS(run("posthog_flags", {{"key", "new-nav"}}).text, "\"filters\"");
        QCOMPARE(run("posthog_flags", {{"key", "none"}}).text, std::string("There is no feature flag “none”."));
    }

    void runsAWorkflowToItsDecision()
    {
        m_driver->onQuery = [](const std::string &, const ph::Json &, std::stop_token) {
            posthog::Table table;
            table.columns = {{"n", "UInt64"}};
            table.rows = {{42}};
            return table;
        };
        const auto tool = workflowTool();
        m_context.answer = "save";
        auto output = m_context.call(*tool, {{"workflow", "small"}, {"parameters", {{"days", 30}}}});
        // The offer is taken, but "save" is no leave to create.
        QVERIFY2(output.has_value() && !output->failed, output ? output->text.c_str() : output.error().message.c_str());
        VERIFY_HAS(output->text, "42 it is.");
        VERIFY_HAS(output->text, "42 events.");
        QCOMPARE(int(m_driver->creations), 0);
        QVERIFY(output->isUntrusted);
        COMPARE_JSON(output->raw["parameters"], {{"days", 30}});
        QVERIFY(!m_context.updates.empty());
        VERIFY_HAS(*m_context.updates.back().content->at(0).content->text, "Count: completed");
    }

    void saysWhyAWorkflowCannotRun()
    {
        const auto tool = workflowTool();
        VERIFY_HAS(m_context.call(*tool, {{"workflow", "large"}})->text, "There is no workflow “large”. Known: small.");
        QVERIFY(m_context.call(*tool, {{"workflow", "small"}, {"parameters", {{"days", 1000}}}})->failed);
        m_context.answer = ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        QVERIFY(!m_context.call(*tool, {{"workflow", "small"}}));
    }

private:
    tools::Project project()
    {
        return [this](std::stop_token) -> ph::Result<std::shared_ptr<posthog::Driver>> { return m_driver; };
    }
    std::shared_ptr<tools::Tool> workflowTool()
    {
        auto definition = workflow::parseDefinition(smallWorkflow);
        if (!definition)
            qFatal("%s", definition.error().message.c_str());
        return tools::makePosthogWorkflow(project(), {*std::move(definition)});
    }
    tools::Output run(const std::string &name, const ph::Json &input)
    {
        for (const auto &tool : tools::makePosthogTools(project())) {
            if (tool->name() == name)
                return *m_context.call(*tool, input);
        }
        qFatal("no tool %s", name.c_str());
    }

    std::shared_ptr<support::FakeDriver> m_driver = std::make_shared<support::FakeDriver>();
    support::ToolContext m_context;
};

QTEST_APPLESS_MAIN(PosthogEntitiesTest)
#include "posthog_entities_test.moc"
