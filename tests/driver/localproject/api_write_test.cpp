#include "tests/driver/localproject/small_project.h"

using ph::Json;

#define COMPARE_TEXT(actual, expected) QCOMPARE(std::string(actual), std::string(expected))

class ApiWriteTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_project = std::make_unique<SmallProject>(); }

    void createsEachKind_data();
    void createsEachKind();
    void refusesWhatIsWrong_data();
    void refusesWhatIsWrong();
    void changesOnlyWhatIsGiven();
    void hidesWhatIsDeleted();
    void refusesASecondFlagOfOneKey();
    void countsVersionsOfAFlag();
    void fillsACohortFromIds();
    void fillsACohortFromAQuery();
    void fillsACohortFromAQueryWithValues();
    void fillsACohortFromPersonProperties();
    void leavesNothingBehindWhenACohortCannotBeFilled();
    void addsAndRemovesPersonsOfAStaticCohort();
    void makesAFlagForAnExperiment();
    void launchesAnExperiment();

private:
    std::string queried(const std::string &hogql) const { return m_project->query(hogql).body["results"].dump(); }

    std::unique_ptr<SmallProject> m_project;
};

void ApiWriteTest::createsEachKind_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("body");

    QTest::newRow("cohort") << "cohorts"
                            << R"({"name": "New", "is_static": true})";
    QTest::newRow("flag") << "feature_flags"
                          << R"({"key": "new-flag", "name": "New"})";
    QTest::newRow("experiment") << "experiments"
                                << R"({"name": "New", "feature_flag_key": "new-flag"})";
    QTest::newRow("annotation") << "annotations"
                                << R"({"content": "New", "date_marker": "2026-01-20T00:00:00Z"})";
    QTest::newRow("dashboard") << "dashboards"
                               << R"({"name": "New", "unknown": 1})";
    QTest::newRow("insight") << "insights"
                             << R"({"name": "New", "query": {"kind": "DataVisualizationNode"}})";
}

void ApiWriteTest::createsEachKind()
{
    QFETCH(QString, kind);
    QFETCH(QString, body);
    const std::string path = kind.toStdString() + "/";
    const Json given = Json::parse(body.toStdString());
    const auto before = m_project->get(path).body["count"].get<int>();

    const auto created = m_project->post(path, given);

    QVERIFY2(created.status == 201, created.body.dump().c_str());
    const int id = created.body["id"].get<int>();
    QVERIFY(id > 1);
    for (const auto &[key, value] : given.items())
        QVERIFY(key == "unknown" ? !created.body.contains(key) : created.body[key] == value);
    const auto list = m_project->get(path).body;
    QCOMPARE(list["count"].get<int>(), before + 1);
    QCOMPARE(list["results"][0]["id"].get<int>(), id); // newest first
    QVERIFY(m_project->get(path + std::to_string(id) + "/").body == created.body);
    COMPARE_TEXT(created.body["created_by"]["email"].get<std::string>(), "local@example.com");
}

void ApiWriteTest::refusesWhatIsWrong_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("expected"); // code attr: detail

    const auto row = [](const char *kind, const char *body, const char *expected) {
        QTest::addRow("%s %s", kind, body) << kind << body << expected;
    };
    row("cohorts", "{}", "required name: This field is required.");
    row("cohorts", R"({"name": ""})", "blank name: This field may not be blank.");
    row("cohorts", R"({"name": 5})", "invalid_input name: Not a valid string.");
    row("cohorts", R"({"name": "a", "is_static": "yes"})", "invalid_input is_static: Must be a valid boolean.");
    row("cohorts", R"({"name": "a", "person_ids": "x"})", "invalid_input person_ids: A list of person ids is expected.");
    row("cohorts", R"({"name": "a", "query": 5})", "invalid_input query: A cohort's query is a HogQLQuery.");
    row("cohorts", R"({"name": "a", "filters": {"properties": {"type": "OR", "values": [{"type": "behavioral", "key": "x"}]}}})",
        "invalid_input filters: The local project fills cohorts from person properties; behavioral is none. Give the cohort a "
        "HogQL query instead.");
    row("cohorts", R"({"name": "a", "is_static": null})", "null is_static: This field may not be null.");
    row("cohorts", R"({"name": "a", "query": {"kind": 5}})", "invalid_input query: A cohort's query is a HogQLQuery.");
    row("feature_flags", "{}", "required key: This field is required.");
    row("feature_flags", R"({"key": "a", "filters": null})", "null filters: This field may not be null.");
    row("feature_flags", R"({"key": "a", "filters": {"groups": 5}})",
        "invalid_input filters: The groups of a flag's filters must be a list.");
    row("feature_flags", R"({"key": "a", "filters": {"groups": [5]}})",
        "invalid_input filters: A group's rollout percentage must be between 0 and 100.");
    row("feature_flags", R"({"key": "a b"})",
        "invalid_key key: Only letters, numbers, hyphens (-) & underscores (_) are allowed.");
    row("feature_flags", R"({"key": "a", "filters": []})",
        "invalid_input filters: Value must be valid JSON: an object is expected.");
    row("feature_flags", R"({"key": "a", "filters": {"groups": [{"rollout_percentage": 101}]}})",
        "invalid_input filters: A group's rollout percentage must be between 0 and 100.");
    row("feature_flags",
        R"({"key": "a", "filters": {"groups": [], "multivariate": {"variants": [{"key": "x", "rollout_percentage": 60}]}}})",
        "invalid_input filters: Invalid variant definitions: Variant rollout percentages must sum to 100.");
    row("experiments", R"({"feature_flag_key": "a"})", "required name: This field is required.");
    row("experiments", R"({"name": "a"})", "required feature_flag_key: This field is required.");
    row("experiments", R"({"name": "a", "feature_flag_key": "a", "start_date": "soon"})",
        "invalid_input start_date: Datetime has wrong format. Use one of these formats instead: "
        "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].");
    row("experiments", R"({"name": "a", "feature_flag_key": "a", "start_date": "2026-01-20", "end_date": "2026-01-10"})",
        "invalid_input end_date: End date must be after start date.");
    row("experiments",
        R"({"name": "a", "feature_flag_key": "a", "parameters": {"feature_flag_variants": [{"key": "a"}, {"key": "b"}]}})",
        "invalid_input parameters: Feature flag must have a control variant.");
    row("annotations", R"({"content": "a"})", "required date_marker: This field is required.");
    row("annotations", R"({"content": "a", "date_marker": "2026-01-01", "scope": "world"})",
        "invalid_choice scope: \"world\" is not a valid choice.");
    row("dashboards", R"({"tags": []})", "required name: This field is required.");
    row("dashboards", R"({"name": "a", "tags": {}})", "not_a_list tags: Expected a list of items but got type \"object\".");
    row("insights", R"({"name": "a"})", "required query: This field is required.");
    row("insights", R"({"name": "a", "query": "SELECT 1"})",
        "invalid_input query: Value must be valid JSON: an object is expected.");
}

void ApiWriteTest::refusesWhatIsWrong()
{
    QFETCH(QString, kind);
    QFETCH(QString, body);
    QFETCH(QString, expected);
    const std::string path = kind.toStdString() + "/";
    const auto before = m_project->get(path).body["count"];

    const auto answer = m_project->post(path, Json::parse(body.toStdString()));

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["type"].get<std::string>(), "validation_error");
    COMPARE_TEXT(answer.body["code"].get<std::string>() + " " + answer.body["attr"].get<std::string>() + ": "
                     + answer.body["detail"].get<std::string>(),
                 expected.toStdString());
    QVERIFY(m_project->get(path).body["count"] == before);
}

void ApiWriteTest::changesOnlyWhatIsGiven()
{
    const auto changed = m_project->patch("annotations/1/", {{"content", "Release 2.4.1"}, {"id", 99}});

    QCOMPARE(changed.status, 200);
    COMPARE_TEXT(changed.body["content"].get<std::string>(), "Release 2.4.1");
    COMPARE_TEXT(changed.body["date_marker"].get<std::string>(), "2026-01-18T00:00:00Z");
    QCOMPARE(changed.body["id"].get<int>(), 1);
    QVERIFY(m_project->get("annotations/1/").body == changed.body);

    QCOMPARE(m_project->patch("annotations/1/", {{"scope", "world"}}).status, 400);
    QCOMPARE(m_project->patch("annotations/77/", {{"content", "x"}}).status, 404);
    COMPARE_TEXT(m_project->get("annotations/1/").body["scope"].get<std::string>(), "project");
}

void ApiWriteTest::hidesWhatIsDeleted()
{
    for (const char *kind : {"cohorts", "feature_flags", "insights", "dashboards", "annotations", "experiments"}) {
        const std::string path = std::string(kind) + "/1/";
        QCOMPARE(m_project->patch(path, {{"deleted", true}}).status, 200);
        QCOMPARE(m_project->get(path).status, 404);
        QCOMPARE(m_project->patch(path, {{"deleted", false}}).status, 200);
        QCOMPARE(m_project->get(path).status, 200);
    }
}

void ApiWriteTest::refusesASecondFlagOfOneKey()
{
    const auto second = m_project->post("feature_flags/", {{"key", "file-previews"}});
    QCOMPARE(second.status, 400);
    COMPARE_TEXT(second.body["code"].get<std::string>(), "unique");
    COMPARE_TEXT(second.body["detail"].get<std::string>(), "There is already a feature flag with this key.");

    QCOMPARE(m_project->patch("feature_flags/1/", {{"deleted", true}}).status, 200);
    QCOMPARE(m_project->post("feature_flags/", {{"key", "file-previews"}}).status, 201);
}

void ApiWriteTest::countsVersionsOfAFlag()
{
    const auto created = m_project->post("feature_flags/", {{"key", "new"}});
    QCOMPARE(created.body["version"].get<int>(), 1);
    COMPARE_TEXT(created.body["status"].get<std::string>(), "ACTIVE");
    QVERIFY(created.body["is_simple_flag"] == true);

    const auto changed = m_project->patch("feature_flags/" + created.body["id"].dump() + "/", {{"active", false}});
    QCOMPARE(changed.body["version"].get<int>(), 2);
    COMPARE_TEXT(changed.body["status"].get<std::string>(), "INACTIVE");
}

void ApiWriteTest::fillsACohortFromIds()
{
    const auto created = m_project->post("cohorts/",
                                         {{"name", "Two"},
                                          {"is_static", true},
                                          {"person_ids", {SmallProject::ann, "CCCCCCCC-0000-4000-8000-000000000003", "nobody"}}});

    QCOMPARE(created.status, 201);
    QCOMPARE(created.body["count"].get<int>(), 2);
    const std::string id = created.body["id"].dump();
    COMPARE_TEXT(queried("SELECT count() FROM persons WHERE id IN COHORT " + id), "[[2]]");
    COMPARE_TEXT(queried("SELECT count() FROM events WHERE person_id IN COHORT 'Two' AND timestamp < now()"), "[[4]]");
    QCOMPARE(m_project->get("cohorts/" + id + "/persons/").body["results"].size(), std::size_t(2));
}

void ApiWriteTest::fillsACohortFromAQuery()
{
    for (const char *query :
         {"SELECT DISTINCT person_id FROM events WHERE event = '$pageview' AND properties.$browser = 'Chrome'",
          "SELECT id FROM persons WHERE id != '"
          "aaaaaaaa-0000-4000-8000-000000000001"
          "'",
          "SELECT distinct_id FROM events WHERE properties.$browser = 'Chrome'"}) {
        const auto created = m_project->post(
            "cohorts/", {{"name", query}, {"is_static", true}, {"query", {{"kind", "HogQLQuery"}, {"query", query}}}});

        QVERIFY2(created.status == 201, created.body.dump().c_str());
        QCOMPARE(created.body["count"].get<int>(), 2);
    }
}

void ApiWriteTest::fillsACohortFromAQueryWithValues()
{
    const auto created = m_project->post("cohorts/",
                                         {{"name", "By value"},
                                          {"is_static", true},
                                          {"query",
                                           {{"kind", "HogQLQuery"},
                                            {"query", "SELECT DISTINCT person_id FROM events WHERE properties.$browser = {browser}"},
                                            {"values", {{"browser", "Chrome"}}}}}});

    QVERIFY2(created.status == 201, created.body.dump().c_str());
    QCOMPARE(created.body["count"].get<int>(), 2);
}

void ApiWriteTest::fillsACohortFromPersonProperties()
{
    const Json filters = Json::parse(R"({"properties": {"type": "OR", "values": [{"type": "AND", "values": [
        {"type": "person", "key": "plan", "value": ["pro"], "operator": "exact"},
        {"type": "person", "key": "seats", "value": 4, "operator": "gt"}]},
        {"type": "AND", "values": [{"type": "person", "key": "email", "operator": "is_not_set"}]}]}})");

    const auto created = m_project->post("cohorts/", {{"name", "Some"}, {"filters", filters}});
    QVERIFY2(created.status == 201, created.body.dump().c_str());
    QCOMPARE(created.body["count"].get<int>(), 2);

    const Json narrower = Json::parse(
        R"({"properties": {"type": "AND", "values": [{"type": "person", "key": "plan", "value": "pro", "negation": true}]}})");
    const auto changed = m_project->patch("cohorts/" + created.body["id"].dump() + "/", {{"filters", narrower}});
    QVERIFY2(changed.status == 200, changed.body.dump().c_str());
    QCOMPARE(changed.body["count"].get<int>(), 2); // the two others
    const auto persons = m_project->get("cohorts/" + created.body["id"].dump() + "/persons/").body["results"];
    COMPARE_TEXT(persons[1]["uuid"].get<std::string>(), SmallProject::bob);
}

void ApiWriteTest::leavesNothingBehindWhenACohortCannotBeFilled()
{
    const auto answer
        = m_project->post("cohorts/", {{"name", "Bad"}, {"is_static", true}, {"query", "SELECT event FROM events"}});

    QCOMPARE(answer.status, 400);
    COMPARE_TEXT(answer.body["detail"].get<std::string>(),
                 "A cohort's query must answer a column person_id, actor_id, id or distinct_id.");
    QCOMPARE(m_project->get("cohorts/").body["count"].get<int>(), 1);
    COMPARE_TEXT(m_project->store().query("SELECT count(*) FROM cohort_people")->rows[0][0].dump(), "2");
}

void ApiWriteTest::addsAndRemovesPersonsOfAStaticCohort()
{
    QCOMPARE(
        m_project->patch("cohorts/1/add_persons_to_static_cohort/", {{"person_ids", {SmallProject::cleo, SmallProject::ann}}})
            .status,
        200);
    QCOMPARE(m_project->get("cohorts/1/").body["count"].get<int>(), 3);

    QCOMPARE(m_project->patch("cohorts/1/remove_person_from_static_cohort/", {{"person_id", SmallProject::ann}}).status, 200);
    QCOMPARE(m_project->get("cohorts/1/").body["count"].get<int>(), 2);

    const auto created = m_project->post("cohorts/", {{"name", "Dynamic"}});
    QCOMPARE(m_project
                 ->patch("cohorts/" + created.body["id"].dump() + "/add_persons_to_static_cohort/",
                         {{"person_ids", {SmallProject::ann}}})
                 .status,
             400);
}

void ApiWriteTest::makesAFlagForAnExperiment()
{
    const Json variants
        = Json::parse(R"([{"key": "control", "rollout_percentage": 30}, {"key": "new", "rollout_percentage": 70}])");

    const auto created = m_project->post(
        "experiments/",
        {{"name", "Colours"}, {"feature_flag_key", "colours"}, {"parameters", {{"feature_flag_variants", variants}}}});

    QVERIFY2(created.status == 201, created.body.dump().c_str());
    const Json flag = m_project->get("feature_flags/?key=colours").body["results"][0];
    QVERIFY(flag["filters"]["multivariate"]["variants"] == variants);
    QVERIFY(flag["active"] == false);
    QVERIFY(created.body["feature_flag"]["id"] == flag["id"]);
}

void ApiWriteTest::launchesAnExperiment()
{
    const auto launched = m_project->patch("experiments/1/", {{"start_date", "2026-01-20T00:00:00Z"}});
    QCOMPARE(launched.status, 200);
    const auto stopped = m_project->patch("experiments/1/", {{"end_date", "2026-01-28T00:00:00Z"}, {"conclusion", "won"}});
    QCOMPARE(stopped.status, 200);
    COMPARE_TEXT(m_project->get("experiments/1/").body["conclusion"].get<std::string>(), "won");
    QCOMPARE(m_project->patch("experiments/1/", {{"conclusion", "great"}}).status, 400);
}

QTEST_GUILESS_MAIN(ApiWriteTest)
#include "api_write_test.moc"
