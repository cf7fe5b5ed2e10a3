#include "ui/workflows/workflows_page.h"

#include "tests/support/fake_runs.h"
#include "tests/support/test_workbench.h"
#include "ui/workflows/parameter_form.h"

#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace ui;

namespace {

struct Fixture {
    test::TestWorkbench workbench{test::sampleProject()};
    test::FakeRuns runs;
    WorkflowsPage page{workbench, runs};

    Fixture()
    {
        page.resize(1000, 700);
        page.show();
    }
};

} // namespace

class WorkflowsPageTest : public QObject
{
    Q_OBJECT

private slots:
    void showsACardForEachWorkflow()
    {
        Fixture f;

        QCOMPARE(f.page.cards().size(), 6);
        QCOMPARE(f.page.cards().first()->accessibleName(), "Find the drop-off in a funnel");
        QCOMPARE(personaTitle("technical_pm"), "Technical product manager");
        QCOMPARE(personaTitle("growth_lead"), "Growth lead");
    }

    void searchNarrows()
    {
        Fixture f;

        f.page.search()->setText("a/b");

        QCOMPARE(f.page.cards().size(), 1);
        f.page.search()->setText("nothing like it");
        QVERIFY(f.page.cards().isEmpty());
    }

    void aCardOpensItsForm()
    {
        Fixture f;

        f.page.cards().first()->click();

        QVERIFY(f.page.isFormShown());
        QCOMPARE(f.page.form()->text("window"), "14");
    }

    void theFormStartsTheRun()
    {
        Fixture f;
        f.page.choose("funnel-drop-off");
        QSignalSpy loaded(f.page.form(), &ParameterForm::loaded);
        QVERIFY(loaded.wait(5'000));
        f.page.form()->setText("window", "");
        f.page.start();
        QVERIFY(f.workbench.opened.empty());
        QVERIFY(!f.page.form()->problem("window").isEmpty());

        f.page.form()->setText("window", "7");
        f.page.start();

        QCOMPARE(f.workbench.opened.size(), std::size_t(1));
        QCOMPARE(f.workbench.opened[0].first, "workflow");
        QCOMPARE(f.workbench.opened[0].second["workflow"].toString(), "funnel-drop-off");
        QCOMPARE(f.workbench.opened[0].second["parameters"].toObject()["window"].toInt(), 7);
        QVERIFY(!f.page.isFormShown());
    }

    void aWorkflowWithoutParametersStartsAtOnce()
    {
        Fixture f;

        f.page.choose("retention");

        QVERIFY(!f.page.isFormShown());
        QCOMPARE(f.workbench.opened[0].second["workflow"].toString(), "retention");
    }

    void recentRunsOpen()
    {
        Fixture f;
        f.runs.recent = {{"run-7", "funnel-drop-off", "Find the drop-off in a funnel", QDateTime::currentDateTimeUtc(), "waiting"}};
        emit f.runs.recentRunsChanged();

        for (QPushButton *button : f.page.findChildren<QPushButton *>()) {
            if (button->text().contains("waits for you"))
                button->click();
        }

        QCOMPARE(f.workbench.opened.size(), std::size_t(1));
        QCOMPARE(f.workbench.opened[0].second["runId"].toString(), "run-7");
    }

    void escLeavesTheForm()
    {
        Fixture f;
        f.page.choose("funnel-drop-off");

        QTest::keyClick(&f.page, Qt::Key_Escape);

        QVERIFY(!f.page.isFormShown());
    }
};

QTEST_MAIN(WorkflowsPageTest)
#include "workflows_page_test.moc"
