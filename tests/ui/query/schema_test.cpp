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
        QCOMPARE(schema.groups[0].entries[0].detail, std::string("812,204"));
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
