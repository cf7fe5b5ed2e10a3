#include "driver/posthog/tasks_api.h"

#include "tests/support/compare_json.h"
#include "tests/support/fake_posthog.h"

using ph::ErrorCode;
using posthog::TaskId;
using posthog::TaskRunId;

namespace {

/// As PostHog answers it.
ph::Json runJson()
{
    return {{"id", "0199-run"},
            {"task", "0199-task"},
            {"team", 1},
            {"branch", nullptr},
            {"stage", nullptr},
            {"environment", "local"},
            {"status", "in_progress"},
            {"log_url", "https://objects.example/logs?sig=1"},
            {"error_message", nullptr},
            {"output", nullptr},
            {"state", {{"mode", "interactive"}}},
            {"artifacts", ph::Json::array()},
            {"created_at", "2026-01-31T12:00:00Z"},
            {"updated_at", "2026-01-31T12:00:01Z"},
            {"completed_at", nullptr},
            {"a_field_of_tomorrow", 7}};
}

ph::Json taskJson()
{
    return {{"id", "0199-task"},
            {"task_number", 7},
            {"slug", "DEV-7"},
            {"title", "Mend the sign-up"},
            {"description", "The button does nothing on phones."},
            {"origin_product", "user_created"},
            {"github_integration", nullptr},
            {"repository", "acme/shop"},
            {"json_schema", nullptr},
            {"created_at", "2026-01-31T11:00:00Z"},
            {"updated_at", "2026-01-31T12:00:00Z"},
            {"created_by", {{"id", 1}, {"email", "ana@example.com"}}},
            {"latest_run", runJson()}};
}

} // namespace

class TasksApiTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_server = std::make_unique<FakePostHog>(); }

    void readsATaskAndItsLatestRun()
    {
        m_server->answer("GET", "tasks/0199-task/", taskJson());

        const auto task = api().getTask({"0199-task"});

        QVERIFY2(task, task ? "" : task.error().message.c_str());
        QCOMPARE(task->title, std::string("Mend the sign-up"));
        QCOMPARE(task->repository, std::optional<std::string>("acme/shop"));
        QCOMPARE(task->taskNumber, std::optional<std::int64_t>(7));
        QVERIFY(!task->githubIntegration && !task->jsonSchema && !task->internal);
        QVERIFY(task->latestRun);
        QCOMPARE(task->latestRun->id.value, std::string("0199-run"));
        QVERIFY(!task->latestRun->output);
    }

    void readsATaskThatWasNeverRun()
    {
        auto json = taskJson();
        json["latest_run"] = nullptr;
        m_server->answer("GET", "tasks/0199-task/", json);

        const auto task = api().getTask({"0199-task"});

        QVERIFY(task && !task->latestRun);
    }

    void readsARun()
    {
        m_server->answer("GET", "tasks/0199-task/runs/0199-run/", runJson());

        const auto run = api().getTaskRun({"0199-task"}, {"0199-run"});

        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->task.value, std::string("0199-task"));
        QCOMPARE(run->status, std::string("in_progress"));
        COMPARE_JSON(*run->state, {{"mode", "interactive"}});
        QVERIFY(!run->branch && !run->completedAt && !run->errorMessage);
    }

    void sendsOnlyWhatChanges()
    {
        auto after = runJson();
        after["status"] = "failed";
        m_server->answer("PATCH", "tasks/0199-task/runs/0199-run/", after);
        posthog::TaskRunChange change;
        change.status = "failed";
        change.errorMessage = "The agent ended.";
        change.stateRemoveKeys = {"pending_user_message"};

        const auto run = api().updateTaskRun({"0199-task"}, {"0199-run"}, change);

        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->status, std::string("failed"));
        const auto request = m_server->requests().at(0);
        QCOMPARE(request.method, std::string("PATCH"));
        QCOMPARE(request.header("content-type"), std::string("application/json"));
        COMPARE_JSON(ph::Json::parse(request.body),
                     {{"status", "failed"}, {"error_message", "The agent ended."}, {"state_remove_keys", {"pending_user_message"}}});
    }

    void sendsAChangeOnceWhereItMayHaveBeenDone()
    {
        m_server->answer("PATCH", "tasks/0199-task/runs/0199-run/", FakePostHog::error(500, "server_error", "error", "A fault."));

        const auto run = api().updateTaskRun({"0199-task"}, {"0199-run"}, {});

        QVERIFY(!run);
        QCOMPARE(run.error().code, ErrorCode::Internal);
        QCOMPARE(m_server->requests().size(), std::size_t(1));
    }

    void refusesWhatIsNoIdUnsent_data()
    {
        QTest::addColumn<QString>("task");
        QTest::addColumn<QString>("run");
        QTest::addColumn<QString>("message");
        QTest::newRow("no task") << "" << "r" << "The id of the task is missing.";
        QTest::newRow("no run") << "t" << "" << "The id of the task run is missing.";
        QTest::newRow("a way up") << ".." << "r" << "“..” is no id of a task; copy it from PostHog.";
        QTest::newRow("a path") << "t" << "../../users/@me" << "“../../users/@me” is no id of a task run; copy it from PostHog.";
        QTest::newRow("a query") << "t" << "r?x=1" << "“r?x=1” is no id of a task run; copy it from PostHog.";
        QTest::newRow("a line break") << "t" << "r\n" << "“r\n” is no id of a task run; copy it from PostHog.";
    }
    void refusesWhatIsNoIdUnsent()
    {
        QFETCH(QString, task);
        QFETCH(QString, run);
        QFETCH(QString, message);
        const TaskId taskId{task.toStdString()};
        const TaskRunId runId{run.toStdString()};

        const auto read = api().getTaskRun(taskId, runId);
        const auto written = api().updateTaskRun(taskId, runId, {});

        QVERIFY(!read && !written);
        QCOMPARE(read.error().code, ErrorCode::InvalidInput);
        QCOMPARE(QString::fromStdString(read.error().message), message);
        QCOMPARE(written.error(), read.error());
        QCOMPARE(m_server->requests().size(), std::size_t(0));
    }

    void namesWhatIsNotThere()
    {
        const auto task = api().getTask({"gone"});
        const auto run = api().getTaskRun({"0199-task"}, {"gone"});

        QVERIFY(!task && !run);
        QCOMPARE(task.error(), (ph::Error{ErrorCode::NotFound, "There is no task “gone” in project 1 at " + m_server->url() + ", or the key does not open it."}));
        QCOMPARE(run.error(),
                 (ph::Error{ErrorCode::NotFound,
                            "There is no run “gone” of task “0199-task” in project 1 at " + m_server->url() + ", or the key does not open it."}));
    }

    void saysThatTheKeyIsRefused()
    {
        auto credentials = m_server->credentials();
        credentials.key = "phx_another";

        const auto task = posthog::TasksApi(m_client, credentials).getTask({"0199-task"});

        QVERIFY(!task);
        QCOMPARE(task.error().code, ErrorCode::Unauthorized);
        QVERIFY(task.error().message.find("phx_another") == std::string::npos);
    }

    void saysWhatDoesNotRead()
    {
        m_server->answer("GET", "tasks/0199-task/", ph::Json{{"id", 5}});
        m_server->answer("GET", "tasks/list/", ph::Json::array());

        const auto wrongType = api().getTask({"0199-task"});
        const auto wrongForm = api().getTask({"list"});

        QVERIFY(!wrongType && !wrongForm);
        QCOMPARE(wrongType.error().code, ErrorCode::Internal);
        QVERIFY2(wrongType.error().message.starts_with("PostHog answered the task “0199-task” in a form that is not known ("),
                 wrongType.error().message.c_str());
        QCOMPARE(wrongForm.error().code, ErrorCode::Internal);
    }

private:
    posthog::TasksApi api()
    {
        posthog::DriverOptions options;
        options.longestWait = std::chrono::seconds(0);
        return {m_client, m_server->credentials(), options};
    }

    std::unique_ptr<FakePostHog> m_server;
    http::Client m_client;
};

QTEST_GUILESS_MAIN(TasksApiTest)
#include "tasks_api_test.moc"
