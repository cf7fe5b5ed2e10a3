#include "ui/explore/related_lists.h"
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

namespace {

/// One item of every object, as PostHog gives them.
const std::vector<std::pair<std::string, ph::Json>> &items()
{
    static const std::vector<std::pair<std::string, ph::Json>> all{
        {"events", {{"uuid", "e1"}, {"event", "signed_up"}, {"person_id", "p1"}, {"properties", {{"$session_id", "s1"}}}}},
        {"persons", test::personItem(2)},
        {"sessions", {{"session_id", "018f-s"}}},
        {"cohorts", {{"id", 12}, {"name", "Internal"}}},
        {"feature_flags", {{"id", 3}, {"key", "new-player"}, {"experiment_set", {7}}}},
        {"insights", {{"id", 4}, {"short_id", "aBc"}, {"name", "Sign-ups"}, {"dashboards", {1}}, {"query", {{"kind", "HogQLQuery"}, {"query", "SELECT 1"}}}}},
        {"session_recordings", {{"id", "018f-r"}, {"distinct_id", "ana"}, {"person", {{"id", 5}, {"uuid", "p1"}, {"name", "ana@example.com"}}}}},
        {"actions", {{"id", 1}, {"name", "Interacted with a file"}}},
        {"dashboards", {{"id", 2}, {"name", "Product"}}},
        {"experiments", {{"id", 7}, {"name", "Shorter form"}, {"feature_flag_key", "new-player"}}},
        {"surveys", {{"id", "0190d3b0-0001"}, {"name", "Would you recommend us?"}}},
        {"annotations", {{"id", 3}, {"content", "Release 2.4.0"}, {"date_marker", "2026-01-18T00:00:00Z"}}},
        {"groups", {{"key", "acme"}, {"index", 0}, {"properties", {{"name", "Acme"}}}}},
        {"event_definitions", {{"id", "0190-e"}, {"name", "signed_up"}}},
        {"property_definitions", {{"id", "0190-p"}, {"name", "$browser"}}},
    };
    return all;
}

} // namespace

class RelationsTest : public QObject
{
    Q_OBJECT

private slots:
    void aPersonLeadsToEventsSessionsReplaysCohortsAndFlags()
    {
        const auto relations = relationsOf("persons", test::personItem(4), local, "1");

        QCOMPARE(relations.size(), std::size_t(2));
        const Relation *events = find(relations, "Events of this person");
        QVERIFY(events);
        QCOMPARE(events->state["object"].toString(), "events");
        QCOMPARE(events->state["where"].toString(), "person_id = {person}");
        QCOMPARE(events->state["values"].toObject()["person"].toString(), "018f4-7a2c-7000-8000-0123456789ab");
        QVERIFY(find(relations, "Sessions of this person"));
        QStringList lists;
        for (const RelatedList &list : relatedListsOf("persons", test::personItem(4)))
            lists << list.title;
        QCOMPARE(lists, (QStringList{"Cohorts", "Feature flags", "Replays"}));
    }

    void valuesNeverBecomeConditions()
    {
        ph::Json person = test::personItem(1);
        person["uuid"] = "x' OR 1=1 --";

        auto all = relationsOf("persons", person, local, "1");
        for (const RelatedList &list : relatedListsOf("persons", person))
            all.push_back(list.whole.value());
        QCOMPARE(all.size(), std::size_t(5));
        for (const Relation &relation : all) {
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
        for (const auto &[object, item] : items()) {
            for (const Relation &relation : relationsOf(object, item, local, "1"))
                all.push_back(relation);
            for (const RelatedList &list : relatedListsOf(object, item)) {
                if (list.whole)
                    all.push_back(*list.whole);
            }
        }
        int queries = 0;
        for (const Relation &relation : all) {
            if (relation.kind == "hogql") {
                ++queries;
                QVERIFY2(hogql::parseSelect(relation.state["text"].toString().toStdString()), qPrintable(relation.state["text"].toString()));
            } else if (relation.kind == "explore" && relation.state.contains("where")) {
                QVERIFY2(hogql::parseExpression(relation.state["where"].toString().toStdString()), qPrintable(relation.state["where"].toString()));
            }
        }
        QVERIFY(queries >= 12);
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

    void everyEntityHasANameAnIdAPageAndAWayOn()
    {
        for (const auto &[object, item] : items()) {
            QVERIFY2(!itemTitle(object, item).isEmpty(), object.c_str());
            QVERIFY2(!itemId(object, item).empty(), object.c_str());
            QVERIFY2(pageOf(object, item, cloud, "12").toString().startsWith("https://eu.posthog.com/project/12/"), object.c_str());
            QVERIFY2(!relationsOf(object, item, cloud, "12").empty() || !relatedListsOf(object, item).empty(), object.c_str());
        }
        QCOMPARE(pageOf("groups", {{"key", "acme/1"}, {"index", 0}}, cloud, "12").toString(QUrl::FullyEncoded), "https://eu.posthog.com/project/12/groups/0/acme%2F1");
    }

    void anEntityWithOddNamesStaysWithinItsCondition()
    {
        for (const char *object : {"event_definitions", "property_definitions"}) {
            for (const Relation &relation : relationsOf(object, {{"name", "it's `a` \\ {x} --"}}, local, "1")) {
                if (relation.kind == "hogql")
                    QVERIFY2(hogql::parseSelect(relation.state["text"].toString().toStdString()), qPrintable(relation.state["text"].toString()));
                else
                    QVERIFY2(hogql::parseExpression(relation.state["where"].toString().toStdString()), qPrintable(relation.state["where"].toString()));
            }
        }
        QVERIFY(relationsOf("groups", {{"key", "a"}, {"index", "0` OR 1"}}, local, "1").empty());
        QVERIFY(relationsOf("actions", {{"id", "1) OR (1"}}, local, "1").empty());
        QVERIFY(relatedListsOf("dashboards", {{"id", "../users"}}).empty());
    }

    void itemsWithNothingLeadNowhere()
    {
        for (const char *object : {"events", "persons", "sessions", "cohorts", "feature_flags", "insights", "session_recordings", "actions", "dashboards",
                                   "experiments", "surveys", "annotations", "groups", "event_definitions", "property_definitions", "other"}) {
            for (const ph::Json &item : {ph::Json::object(), ph::Json(), ph::Json::array({1})}) {
                QVERIFY(relationsOf(object, item, cloud, "1").empty());
                QVERIFY(relatedListsOf(object, item).empty());
            }
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
