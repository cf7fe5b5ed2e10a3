#include "ui/query/schema_panel.h"

#include "tests/support/sample_project.h"
#include "ui/query/schema_completion.h"
#include "ui/query/schema_model.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using namespace ui;

namespace {

QStringList names(const QAbstractItemModel &model, const QModelIndex &parent = {})
{
    QStringList all;
    for (int row = 0; row < model.rowCount(parent); ++row)
        all << model.index(row, 0, parent).data().toString();
    return all;
}

} // namespace

class SchemaTest : public QObject
{
    Q_OBJECT

private slots:
    void readsEventsFieldsAndTables()
    {
        const auto driver = test::sampleProject();

        const ProjectSchema schema = loadSchema(*driver, {});

        QVERIFY(schema.problems.empty());
        QCOMPARE(schema.groups[0].title, std::string("Event names"));
        QCOMPARE(schema.groups[0].entries[0].name, std::string("$pageview"));
        QCOMPARE(schema.groups[0].entries[0].insert, std::string("'$pageview'"));
        QCOMPARE(schema.groups[0].entries[0].volume, 812'204);
        QCOMPARE(schema.groups[2].kind, SchemaGroup::Kind::EventProperties);
        QCOMPARE(schema.groups[2].entries[0].name, std::string("$browser"));
    }

    void whatCannotBeReadLeavesTheRest()
    {
        const auto driver = test::sampleProject();
        driver->fields.erase("sessions");

        const ProjectSchema schema = loadSchema(*driver, {});

        QCOMPARE(schema.problems.size(), std::size_t(1));
        QVERIFY(schema.groups.size() > 4);
    }

    void readsCohortsActionsAndGroupTypes()
    {
        const auto names = namesOf(loadSchema(*test::sampleProject(), {}));

        QCOMPARE(names.cohorts.size(), std::size_t(1)); // what is deleted cannot be named
        QCOMPARE(names.cohorts[0].name, std::string("Film lovers"));
        QCOMPARE(names.cohorts[0].volume, 1'204);
        QCOMPARE(names.cohorts[0].id, 7);
        QCOMPARE(names.actions[0].name, std::string("Watched a film"));
        QCOMPARE(names.groupTypes.size(), std::size_t(1));
        QCOMPARE(names.groupTypes[0].index, 1);
        QCOMPARE(names.groupTypes[0].name, std::string("company"));
        QCOMPARE(names.groupTypes[0].properties[0].type, std::string("Numeric"));
        QCOMPARE(names.groupTypes[0].properties[1].name, std::string("home town"));
        QCOMPARE(names.groupTypes[0].properties[1].volume, 12);
        QCOMPARE(names.events[0].volume, 812'204);
    }

    void aKeyWithoutScopesLeavesFewerNames()
    {
        const auto driver = test::sampleProject();
        driver->onGet = [](const std::string &) { return ph::fail(ph::ErrorCode::Unauthorized, "The key lacks a scope."); };

        const ProjectSchema schema = loadSchema(*driver, {});

        QCOMPARE(schema.problems.size(), std::size_t(3));
        QVERIFY(namesOf(schema).cohorts.empty());
        QVERIFY(!namesOf(schema).events.empty());
    }

    void pagesOfAProjectReadItsSchemaOnce()
    {
        const auto driver = test::sampleProject();
        SchemaPanel first, second;
        QSignalSpy firstLoaded(&first, &SchemaPanel::loaded), secondLoaded(&second, &SchemaPanel::loaded);

        first.load(driver);
        second.load(driver);
        QVERIFY(firstLoaded.wait(5'000));
        QTRY_COMPARE(secondLoaded.size(), 1);
        {
            SchemaPanel third;
            QSignalSpy thirdLoaded(&third, &SchemaPanel::loaded);
            third.load(driver);
            QVERIFY(thirdLoaded.wait(5'000));
            QCOMPARE(third.schema(), first.schema());
        }

        QCOMPARE(driver->queries().size(), std::size_t(1));
    }

    void aProjectThatDidNotAnswerIsAskedAgain()
    {
        const auto driver = test::sampleProject();
        const auto onQuery = std::exchange(driver->onQuery, [](const std::string &, const ph::Json &) { return ph::fail(ph::ErrorCode::Network, "Away."); });
        const auto onGet = std::exchange(driver->onGet, nullptr);
        const auto fields = std::exchange(driver->fields, {});
        SchemaPanel panel;
        QSignalSpy loaded(&panel, &SchemaPanel::loaded);
        panel.load(driver);
        QVERIFY(loaded.wait(5'000));
        QVERIFY(namesOf(*panel.schema()).events.empty());
        driver->onQuery = onQuery;
        driver->onGet = onGet;
        driver->fields = fields;

        panel.load(driver);

        QVERIFY(loaded.wait(5'000));
        QVERIFY(!namesOf(*panel.schema()).events.empty());
    }

    void theReadingStopsWithTheLastPage()
    {
        const auto driver = test::sampleProject();
        driver->isHeld = true;
        auto first = std::make_unique<SchemaPanel>(), second = std::make_unique<SchemaPanel>();
        first->load(driver);
        second->load(driver);
        QTRY_COMPARE(driver->queries().size(), std::size_t(1));

        first.reset();
        QTest::qWait(20);
        QCOMPARE(driver->cancelled.load(), 0);
        second.reset();

        QTRY_COMPARE(driver->cancelled.load(), 1);
        driver->isHeld = false;
    }

    void namesAreQuotedWhereTheyHaveTo()
    {
        QCOMPARE(fieldText("properties.$browser"), std::string("properties.$browser"));
        QCOMPARE(fieldText("properties.file size"), std::string("properties.`file size`"));
        QCOMPARE(fieldText("properties.a.b"), std::string("properties.`a.b`"));
        QCOMPARE(fieldText("timestamp"), std::string("timestamp"));
    }

    void theFilterRanksAndDropsEmptyGroups()
    {
        SchemaModel model;
        const QAbstractItemModelTester tester(&model);
        model.setSchema(std::make_shared<ProjectSchema>(loadSchema(*test::sampleProject(), {})));

        model.setFilter("sgnup");

        QVERIFY(model.rowCount() >= 1);
        QCOMPARE(names(model, model.index(0, 0)).value(0), "signed_up");
        model.setFilter("no such thing at all");
        QCOMPARE(model.rowCount(), 0);
        model.setFilter("");
        QVERIFY(model.rowCount() > 4);
    }

    void fiftyThousandPropertiesAreFilteredAtOnce()
    {
        auto schema = std::make_shared<ProjectSchema>();
        schema->groups.push_back({SchemaGroup::Kind::EventProperties, "Event properties", "", {}});
        for (int i = 0; i < 50'000; ++i)
            schema->groups[0].entries.push_back({"some_property_" + std::to_string(i), "", "String", "", ""});
        SchemaModel model;
        model.setSchema(schema);
        QElapsedTimer timer;
        timer.start();

        model.setFilter("prop_49999");

        QVERIFY2(timer.elapsed() < 2'000, qPrintable(QString::number(timer.elapsed()))); // 50 ms in a release build; this one may be sanitised
        QCOMPARE(names(model, model.index(0, 0)).value(0), "some_property_49999");
    }

    void aDoubleClickInserts()
    {
        SchemaPanel panel;
        QSignalSpy loaded(&panel, &SchemaPanel::loaded);
        QSignalSpy inserted(&panel, &SchemaPanel::insertRequested);
        panel.load(test::sampleProject());
        QVERIFY(loaded.wait(5'000));
        const QModelIndex event = panel.tree()->model()->index(3, 0, panel.tree()->model()->index(0, 0));

        emit panel.tree()->activated(event);

        QCOMPARE(inserted.value(0).value(0).toString(), "'signed_up'");
    }

    void enterInTheFilterInsertsTheBest()
    {
        SchemaPanel panel;
        QSignalSpy loaded(&panel, &SchemaPanel::loaded);
        QSignalSpy inserted(&panel, &SchemaPanel::insertRequested);
        panel.load(test::sampleProject());
        QVERIFY(loaded.wait(5'000));

        QTest::keyClicks(panel.filter(), "uploaded");
        QTest::keyClick(panel.filter(), Qt::Key_Return);

        QCOMPARE(inserted.value(0).value(0).toString(), "'uploaded_file'");
    }

    void completionKnowsTheProject()
    {
        const auto project = namesOf(loadSchema(*test::sampleProject(), {}));
        const auto first = [&](const QString &text) {
            const auto completion = completeQuery(project, text, int(text.size()));
            return completion.suggestions.empty() ? QString() : completion.suggestions.front().text;
        };

        QVERIFY(first("SELECT event FROM events WHERE event = 'upl").contains("uploaded_file"));
        const QString behindDot = "SELECT properties.$cur FROM events";
        QCOMPARE(completeQuery(project, behindDot, int(behindDot.indexOf(" FROM"))).suggestions.at(0).text, "$current_url");
        QCOMPARE(first("SELECT 1 FROM per"), "persons");
    }
};

QTEST_MAIN(SchemaTest)
#include "schema_test.moc"
