#include "ui/explore/relations.h"

#include "driver/hogql/parser.h"
#include "tests/support/sample_project.h"

#include <QTest>

using namespace ui;

namespace {

const Relation *find(const std::vector<Relation> &relations, const QString &title)
{
    for (const Relation &relation : relations) {
        if (relation.title == title)
            return &relation;
    }
    return nullptr;
}

const std::string cloud = "https://eu.posthog.com", local = "http://127.0.0.1:8000";

} // namespace

class RelationsTest : public QObject
{
    Q_OBJECT

private slots:
    void aPersonLeadsToEventsSessionsReplaysCohortsAndFlags()
    {
        const auto relations = relationsOf("persons", test::personItem(4), local, "1");

        QCOMPARE(relations.size(), std::size_t(5));
        const Relation *events = find(relations, "Events of this person");
        QVERIFY(events);
        QCOMPARE(events->state["object"].toString(), "events");
        QCOMPARE(events->state["where"].toString(), "person_id = {person}");
        QCOMPARE(events->state["values"].toObject()["person"].toString(), "018f4-7a2c-7000-8000-0123456789ab");
        QVERIFY(find(relations, "Replays of this person"));
    }

    void valuesNeverBecomeConditions()
    {
        ph::Json person = test::personItem(1);
        person["uuid"] = "x' OR 1=1 --";

        for (const Relation &relation : relationsOf("persons", person, local, "1")) {
            QVERIFY(!relation.state["where"].toString().contains("OR 1=1"));
            if (relation.kind == "hogql") {
                const auto parsed = hogql::parseSelect(relation.state["text"].toString().toStdString());
                QVERIFY2(parsed, qPrintable(relation.state["text"].toString()));
            }
        }
    }

    void everyHogqlReads()
    {
        std::vector<Relation> all;
        const ph::Json flag{{"id", 3}, {"key", "new-player"}}, session{{"session_id", "018f-s"}}, cohort{{"id", 12}, {"name", "Internal"}};
        for (const auto &[object, item] : std::vector<std::pair<std::string, ph::Json>>{{"persons", test::personItem(2)}, {"feature_flags", flag}, {"sessions", session}, {"cohorts", cohort}})
            for (const Relation &relation : relationsOf(object, item, local, "1"))
                all.push_back(relation);
        int queries = 0;
        for (const Relation &relation : all) {
            if (relation.kind == "hogql") {
                ++queries;
                QVERIFY2(hogql::parseSelect(relation.state["text"].toString().toStdString()), qPrintable(relation.state["text"].toString()));
            } else if (relation.kind == "explore") {
                QVERIFY2(hogql::parseExpression(relation.state["where"].toString().toStdString()), qPrintable(relation.state["where"].toString()));
            }
        }
        QVERIFY(queries >= 4);
    }

    void anEventLeadsToItsSessionAndItsPerson()
    {
        const ph::Json event{{"uuid", "e1"}, {"event", "signed_up"}, {"person_id", "p1"}, {"properties", {{"$session_id", "s1"}}}};

        const auto relations = relationsOf("events", event, local, "1");

        QCOMPARE(find(relations, "The session")->state["values"].toObject()["session"].toString(), "s1");
        QCOMPARE(find(relations, "The person")->state["values"].toObject()["person"].toString(), "p1");
        QVERIFY(find(relations, "All “signed_up” events"));
    }

    void aCohortLeadsToItsPersons()
    {
        const auto relations = relationsOf("cohorts", {{"id", 12}, {"name", "Internal"}}, local, "1");

        QCOMPARE(relations[0].state["object"].toString(), "persons");
        QCOMPARE(relations[0].state["where"].toString(), "id IN COHORT 12");
        QVERIFY(relationsOf("cohorts", {{"id", "12 OR 1"}}, local, "1").empty());
    }

    void itemsWithNothingLeadNowhere()
    {
        for (const char *object : {"events", "persons", "sessions", "cohorts", "feature_flags", "insights", "other"}) {
            QVERIFY(relationsOf(object, ph::Json::object(), cloud, "1").empty());
            QVERIFY(relationsOf(object, nullptr, cloud, "1").empty());
            QVERIFY(relationsOf(object, ph::Json::array({1}), cloud, "1").empty());
        }
    }

    void pagesOpenOnlyInPostHog()
    {
        QCOMPARE(pageOf("feature_flags", {{"id", 3}}, cloud, "12").toString(), "https://eu.posthog.com/project/12/feature_flags/3");
        QCOMPARE(pageOf("insights", {{"id", 3}, {"short_id", "aBc"}}, cloud, "12").toString(), "https://eu.posthog.com/project/12/insights/aBc");
        QVERIFY(pageOf("feature_flags", {{"id", 3}}, local, "12").isEmpty());
        QVERIFY(pageOf("feature_flags", {{"id", 3}}, "http://localhost:8000", "12").isEmpty());
        QVERIFY(pageOf("feature_flags", ph::Json::object(), cloud, "12").isEmpty());
    }

    void replaysOfRealProjectsOpenInTheBrowser()
    {
        const auto relations = relationsOf("sessions", {{"session_id", "s/1"}}, cloud, "12");

        QCOMPARE(find(relations, "Watch the replay")->url.toString(QUrl::FullyEncoded), "https://eu.posthog.com/project/12/replay/s%2F1");
    }

    void listsHaveTheirHogql()
    {
        const std::string text = listHogql("events", "sign", "properties.plan = {plan}", {{"plan", "it's"}});

        QVERIFY(hogql::parseSelect(text));
        QVERIFY2(text.find("properties.plan = 'it\\'s'") != std::string::npos || text.find("properties.plan = 'it''s'") != std::string::npos, text.c_str());
        QVERIFY(text.find("event ILIKE '%sign%'") != std::string::npos);
        QVERIFY(hogql::parseSelect(listHogql("persons", "", "", ph::Json::object())));
        QVERIFY(hogql::parseSelect(listHogql("sessions", "x", "$pageview_count > 1", ph::Json::object())));
        QVERIFY(listHogql("cohorts", "", "", ph::Json::object()).empty());
    }

    void namesAreThePeoples()
    {
        QCOMPARE(itemTitle("persons", test::personItem(4)), "person-4@example.com");
        QCOMPARE(itemTitle("events", {{"event", "$pageview"}}), "$pageview");
        QCOMPARE(itemTitle("feature_flags", {{"key", "new-player"}, {"name", "x"}}), "new-player");
        QCOMPARE(itemTitle("sessions", {{"session_id", "018f0000-1"}, {"$entry_pathname", "/pricing"}}), "Session from /pricing");
    }
};

QTEST_APPLESS_MAIN(RelationsTest)
#include "relations_test.moc"
