#include "ui/query/query_page.h"

#include "tests/support/sample_project.h"
#include "tests/support/test_workbench.h"
#include "ui/charts/chart_view.h"
#include "ui/query/history_panel.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/result_grid.h"
#include "ui/query/schema_panel.h"
#include "ui/query/saved_panel.h"
#include "ui/query/value_bar.h"

#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {

/// A page over the sample project, with what it wrote and asked.
struct Fixture {
    std::shared_ptr<test::SampleDriver> driver = test::sampleProject();
    test::TestWorkbench workbench{driver};
    QueryHistory history{QString()};
    QueryPage page{workbench, history};

    void run(const QString &text)
    {
        QSignalSpy finished(&page, &QueryPage::runFinished);
        page.editor()->setPlainText(text);
        page.run();
        if (finished.isEmpty())
            finished.wait(5'000);
    }
    /// What was asked by the user: the schema panel asks too.
    std::string lastQuery() const
    {
        const auto queries = driver->queries();
        for (auto query = queries.rbegin(); query != queries.rend(); ++query) {
            if (query->find("volume") == std::string::npos)
                return *query;
        }
        return {};
    }
};

} // namespace

class QueryPageTest : public QObject
{
    Q_OBJECT

private slots:
    void showsRowsAndHowLongTheyTook()
    {
        Fixture f;

        f.run("SELECT day FROM events LIMIT 30");

        QCOMPARE(f.page.results()->model()->rowCount(), 30);
        QVERIFY2(f.page.results()->summary().startsWith("30 rows in "), qPrintable(f.page.results()->summary()));
        QVERIFY(f.page.results()->limitNotice().isEmpty());
    }

    void saysThatRowsWereCutOffAndRunsAgainWithout()
    {
        Fixture f;
        f.run("SELECT * FROM events;");
        QCOMPARE(f.page.results()->limitNotice(), "Limited to 100 rows.");
        QCOMPARE(f.page.results()->summary(), "Limited to 100 rows.");
        QSignalSpy finished(&f.page, &QueryPage::runFinished);

        emit f.page.results()->runUnlimitedRequested();

        QVERIFY(finished.wait(20'000));
        QCOMPARE(f.lastQuery(), std::string("SELECT * FROM events\nLIMIT 50000"));
        QCOMPARE(f.page.results()->model()->rowCount(), 50'000);
        QCOMPARE(f.page.results()->limitNotice(), "The first 50,000 rows: one query gives no more."); // as many as the cap: there may be more
        QCOMPARE(f.page.editor()->toPlainText(), "SELECT * FROM events;"); // the text is the user's
        QCOMPARE(f.history.entries().front().text, "SELECT * FROM events"); // what was run, without the limit
    }

    void allRowsAreExportedByOneClickWhereSomeWereCutOff()
    {
        Fixture f;
        const auto button = [&](const char *name) {
            for (auto *each : f.page.results()->findChildren<QPushButton *>())
                if (each->text() == name)
                    return each;
            return static_cast<QPushButton *>(nullptr);
        };
        f.run("SELECT day FROM events LIMIT 30");
        QVERIFY(button("Export all rows")->isHidden()); // nothing was cut off
        f.page.restore({{"text", "SELECT person_id FROM events WHERE event = {variables.event};"}, {"title", "Persons"},
                        {"values", QJsonObject{{"variables.event", "it's"}, {"old", 1}}}});
        QSignalSpy finished(&f.page, &QueryPage::runFinished);
        f.page.run();
        QVERIFY(!finished.isEmpty() || finished.wait(5'000));
        QVERIFY(!button("Export all rows")->isHidden());

        button("Export all rows")->click();

        QCOMPARE(f.workbench.opened.size(), std::size_t(1));
        QCOMPARE(f.workbench.opened[0].first, "exports");
        QCOMPARE(f.workbench.opened[0].second, QJsonObject({{"hogql", "SELECT person_id FROM events WHERE event = {variables_event}"}, {"title", "Persons"}, {"values", QJsonObject{{"variables_event", "it's"}}}}));
        emit f.page.results()->runUnlimitedRequested();
        QVERIFY(finished.wait(20'000));
        QVERIFY(button("Run without the limit")->isHidden()); // it has been
        QVERIFY(!button("Export all rows")->isHidden());
    }

    void theOldRowsStayWhileNewOnesCome()
    {
        Fixture f;
        f.run("SELECT day FROM events");
        f.driver->isHeld = true;

        f.page.run();

        QVERIFY(f.page.isRunning());
        QCOMPARE(f.page.results()->model()->rowCount(), 30);
        QTRY_VERIFY(f.page.results()->summary().startsWith("Running"));
        f.driver->isHeld = false;
        QTRY_VERIFY(!f.page.isRunning());
    }

    void cancelFreesThePageAtOnceAndStopsTheQuery()
    {
        Fixture f;
        f.driver->isHeld = true;
        f.page.editor()->setPlainText("SELECT 1");
        f.page.run();
        QTRY_COMPARE(f.lastQuery(), std::string("SELECT 1"));
        QElapsedTimer timer;
        timer.start();

        QTest::keyClick(f.page.editor(), Qt::Key_Escape);

        QVERIFY(!f.page.isRunning());
        QVERIFY(timer.elapsed() < 200);
        QTRY_VERIFY(f.driver->cancelled > 0);
        QVERIFY(f.history.entries().front().error.isEmpty());
        QVERIFY(!f.history.entries().front().rows);
    }

    void aNewRunEndsTheOneBefore()
    {
        Fixture f;
        QTRY_VERIFY(!f.driver->queries().empty()); // the schema's own query is not what is held
        QTest::qWait(50);
        f.driver->isHeld = true;
        f.page.editor()->setPlainText("SELECT 1");
        f.page.run();
        QTRY_COMPARE(f.lastQuery(), std::string("SELECT 1"));

        f.page.editor()->setPlainText("SELECT day");
        f.page.run();

        QTRY_COMPARE(f.driver->cancelled.load(), 1);
        QVERIFY(f.page.isRunning());
        f.driver->isHeld = false;
        QTRY_VERIFY(!f.page.isRunning());
        QCOMPARE(f.page.results()->model()->rowCount(), 30);
    }

    void anErrorIsMarkedWhereTheServerSaysAndCanBeTriedAgain()
    {
        Fixture f;
        const auto works = f.driver->onQuery;
        f.driver->onQuery = [](const std::string &, const ph::Json &) -> ph::Result<posthog::Table> {
            return ph::fail(ph::ErrorCode::InvalidInput, "Unable to resolve field: plann, at line 2, column 8.");
        };
        QSignalSpy failed(&f.page, &QueryPage::runFinished);
        f.page.editor()->setPlainText("-- first\nSELECT 1;\n\nSELECT event,\n       plann\nFROM events WHERE timestamp > now()");
        f.page.editor()->moveCursor(QTextCursor::End);
        f.page.run();
        QVERIFY(!failed.isEmpty() || failed.wait(5'000));
        QTest::qWait(500); // the checks as one types do not take the server's word away

        const auto &problems = f.page.editor()->problems();
        QVERIFY(!problems.empty());
        QCOMPARE(problems.front().line, 5);
        QCOMPARE(f.page.editor()->toPlainText().mid(problems.front().start, 5), "plann");
        QCOMPARE(f.history.entries().front().error, "Unable to resolve field: plann, at line 2, column 8.");

        f.driver->onQuery = works;
        QSignalSpy finished(&f.page, &QueryPage::runFinished);
        emit f.page.results()->retryRequested();
        QVERIFY(finished.wait(5'000));
        QCOMPARE(f.page.results()->model()->rowCount(), 100);
    }

    void anErrorKeepsTheOldRowsAndSaysSo()
    {
        Fixture f;
        f.run("SELECT day FROM events");
        f.driver->onQuery = [](const std::string &, const ph::Json &) -> ph::Result<posthog::Table> {
            return ph::fail(ph::ErrorCode::Network, "The host could not be reached.");
        };

        f.run("SELECT day FROM events WHERE 1");

        QCOMPARE(f.page.results()->model()->rowCount(), 30);
        QCOMPARE(f.page.results()->summary(), "30 rows of the run before");
    }

    void stateComesBackWhole()
    {
        Fixture f;
        f.page.restore({{"text", "SELECT 'ü'\nFROM events"}, {"cursor", 4}, {"anchor", 1}, {"title", "Mine"}, {"view", "both"}, {"chart", "bars"}, {"side", false}});
        const QJsonObject saved = f.page.state();

        QueryPage other(f.workbench, f.history);
        other.restore(saved);

        QCOMPARE(other.editor()->toPlainText(), "SELECT 'ü'\nFROM events");
        QCOMPARE(other.editor()->textCursor().position(), 4);
        QCOMPARE(other.editor()->textCursor().anchor(), 1);
        QCOMPARE(other.title(), "Mine");
        QCOMPARE(other.results()->mode(), ResultView::Mode::Both);
        QCOMPARE(other.results()->chartKind(), "bars");
        QCOMPARE(other.state()["side"].toBool(), false);
        QVERIFY(!other.isRunning()); // restoring is not running
    }

    void anyStateOfAnotherVersionIsNoCrash()
    {
        Fixture f;

        f.page.restore({{"text", 5}, {"cursor", 900}, {"anchor", -3}, {"view", "sideways"}, {"rows", "x"}});

        QCOMPARE(f.page.editor()->toPlainText(), "");
    }

    void theTitleFollowsTheTextUntilItIsGiven()
    {
        Fixture f;
        f.page.editor()->setPlainText("-- Errors by release\nSELECT 1");
        QCOMPARE(f.page.title(), "Errors by release");

        f.page.restore({{"text", "SELECT 1"}, {"title", "Given"}});
        QCOMPARE(f.page.title(), "Given");
    }

    void theChartShowsTheResult()
    {
        Fixture f;
        f.page.resize(1000, 700);
        f.page.show();
        f.page.results()->setMode(ResultView::Mode::Chart);

        f.run("SELECT day FROM events");

        QTRY_VERIFY(!f.page.results()->chart()->scene().marks.empty());
        QCOMPARE(QString::fromStdString(f.page.results()->chart()->spec().kind), "line");
        f.page.results()->setChartKind("bars");
        QCOMPARE(QString::fromStdString(f.page.results()->chart()->spec().kind), "bars");
    }

    void everyRowGoesToTheFile()
    {
        Fixture f;
        const QTemporaryDir folder;
        f.run("SELECT * FROM events");
        QSignalSpy exported(f.page.results(), &ResultView::exported);

        f.page.results()->exportTo(folder.filePath("rows.csv"), CopyFormat::Csv);

        QVERIFY(exported.wait(5'000));
        QFile file(folder.filePath("rows.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), 101);
        QVERIFY2(f.workbench.toasts.last().contains("Limited to 100 rows."), qPrintable(f.workbench.toasts.last())); // the file is not more than it seems
        QCOMPARE(f.workbench.tasks.size(), 1);
    }

    void aRowIsShownWholeAndEscClosesIt()
    {
        Fixture f;
        f.run("SELECT * FROM events");
        f.page.results()->grid()->setCurrentIndex(f.page.results()->model()->index(2, 0));

        QTest::keyClick(f.page.results()->grid(), Qt::Key_Return);
        QVERIFY(f.page.results()->isRowShown());
        QTest::keyClick(f.page.results()->grid(), Qt::Key_Escape);

        QVERIFY(!f.page.results()->isRowShown());
    }

    void theAgentIsAskedWithTheQueryAndItsRows()
    {
        Fixture f;
        f.run("SELECT day FROM events");

        emit f.page.results()->askRequested("Why?", f.page.results()->grid()->selectionContext());

        QCOMPARE(f.workbench.asked.size(), std::size_t(1));
        QCOMPARE(f.workbench.asked[0].first, "Why?");
        const QString text = f.workbench.asked[0].second["text"].toString();
        QVERIFY(text.contains("SELECT day FROM events"));
        QVERIFY(text.contains("| 2026-10-22 |"));
        QVERIFY(f.page.agentContext()["text"].toString().contains("SELECT day FROM events"));
    }

    void historyKeepsEachRun()
    {
        Fixture f;
        f.run("SELECT day FROM events");
        f.run("SELECT * FROM events");

        QCOMPARE(f.history.entries().size(), std::size_t(2));
        QCOMPARE(f.history.entries()[0].text, "SELECT * FROM events");
        QCOMPARE(f.history.entries()[1].rows.value_or(-1), 30);
        f.page.history()->filter()->setText("day");
        QCOMPARE(f.page.history()->shownCount(), 1);
        emit f.page.history()->chosen("SELECT day FROM events");
        QCOMPARE(f.page.editor()->toPlainText(), "SELECT day FROM events");
    }

    void historySurvivesAndATornLineIsNoHarm()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("deep/history.ndjson");
        {
            QueryHistory history(path);
            history.add({"SELECT 'ü'", QDateTime::currentDateTimeUtc(), 12, 3, {}});
            history.add({"SELECT 2", QDateTime::currentDateTimeUtc(), 1, std::nullopt, "No."});
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"text\": \"SELECT 3\", \"at");
        file.close();

        QueryHistory again(path);

        QCOMPARE(again.entries().size(), std::size_t(2));
        QCOMPARE(again.entries()[0].error, "No.");
        QCOMPARE(again.entries()[1].text, "SELECT 'ü'");
        QCOMPARE(again.entries()[1].rows.value_or(0), 3);
    }

    void placeholdersTakeValuesThatNeverBecomeText()
    {
        Fixture f;
        f.page.editor()->setPlainText("SELECT day FROM events WHERE event = {event} AND n > {n}");
        f.page.run();
        QVERIFY(!f.page.isRunning());
        QVERIFY(f.lastQuery().empty()); // not without values
        QVERIFY(f.page.editor()->problems().front().message.contains("{event}"));

        f.page.restore({{"text", "SELECT day FROM events WHERE event = {event} AND n > {n}"}, {"values", QJsonObject{{"event", "it's"}, {"n", 12}, {"old", 1}}}});
        QSignalSpy finished(&f.page, &QueryPage::runFinished);
        f.page.run();
        QVERIFY(!finished.isEmpty() || finished.wait(5'000));

        QCOMPARE(f.lastQuery(), std::string("SELECT day FROM events WHERE event = {event} AND n > {n}"));
        QVERIFY(f.driver->lastValues() == ph::Json({{"event", "it's"}, {"n", 12}}));
        QCOMPARE(f.page.state()["values"].toObject()["n"].toInt(), 12);
    }

    void fieldsFitWhatAValueIsComparedWith()
    {
        ValueBar bar;
        bar.setNeeded(valuesNeededBy("SELECT 1 FROM events WHERE timestamp > {from} AND event IN {names} AND person.is_identified = {known} LIMIT {n}; SELECT {x}"));

        QCOMPARE(bar.field("from")->kind(), VariableKind::Date);
        QCOMPARE(bar.field("names")->kind(), VariableKind::List);
        QCOMPARE(bar.field("known")->kind(), VariableKind::Boolean);
        QCOMPARE(bar.field("n")->kind(), VariableKind::Number);
        QCOMPARE(bar.field("x")->kind(), VariableKind::Auto);
        bar.field("from")->setText("yesterday");
        bar.field("names")->setText("$pageview, paid");
        bar.field("known")->setText("true");
        bar.field("n")->setText("many");
        QCOMPARE(bar.missing(), QStringList({"from", "n", "x"})); // no date, no number, nothing
        bar.field("from")->setText("2026-01-31");
        bar.field("n")->setText("12");
        bar.field("x")->setText("12");
        QVERIFY(bar.values() == ph::Json::parse(R"({"from": "2026-01-31", "names": ["$pageview", "paid"], "known": true, "n": 12, "x": 12})"));
    }

    void aChosenKindStays()
    {
        Fixture f;
        f.page.restore({{"text", "SELECT {x}"}, {"values", QJsonObject{{"x", 12}}}, {"kinds", QJsonObject{{"x", "Text"}}}});

        QCOMPARE(f.page.values()->field("x")->kind(), VariableKind::Text);
        QVERIFY(f.page.values()->values() == ph::Json({{"x", "12"}}));
        QCOMPARE(f.page.state()["kinds"].toObject()["x"].toString(), "Text");
    }

    void variablesAreSentAsValues()
    {
        Fixture f;
        f.page.restore({{"text", "SELECT day FROM events WHERE event = {variables.name}"}, {"values", QJsonObject{{"variables.name", "paid"}}}});
        QSignalSpy finished(&f.page, &QueryPage::runFinished);
        f.page.run();
        QVERIFY(!finished.isEmpty() || finished.wait(5'000));

        QCOMPARE(f.lastQuery(), std::string("SELECT day FROM events WHERE event = {variables_name}"));
        QVERIFY(f.driver->lastValues() == ph::Json({{"variables_name", "paid"}}));
    }

    void savedQueriesAreFiles()
    {
        QTemporaryDir folder;
        SavedQueries saved(folder.filePath("queries"));
        Fixture f;
        QueryHistory history({});
        QueryPage page(f.workbench, history, saved);
        page.restore({{"text", "-- paid / by day\nSELECT 1"}});

        page.save();

        QCOMPARE(saved.queries().size(), std::size_t(1));
        QCOMPARE(saved.queries().front().name, "paid by day"); // what a file name cannot hold is left out
        QFile file(folder.filePath("queries/paid by day.hogql"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("-- paid / by day\nSELECT 1"));
        QCOMPARE(page.saved()->shownCount(), 1);
        page.saved()->filter()->setText("select 1");
        QCOMPARE(page.saved()->shownCount(), 1);
        page.saved()->filter()->setText("nothing");
        QCOMPARE(page.saved()->shownCount(), 0);
        QVERIFY(saved.remove("paid by day"));
        QVERIFY(saved.queries().empty());
    }

    void aFileFromElsewhereShows()
    {
        QTemporaryDir folder;
        SavedQueries saved(folder.path());
        QSignalSpy changed(&saved, &SavedQueries::changed);

        QFile file(folder.filePath("shared.hogql"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("SELECT 2");
        file.close();
        QTRY_VERIFY_WITH_TIMEOUT(!saved.queries().empty(), 5'000);
        QVERIFY(!changed.isEmpty());

        QString error;
        QVERIFY(saved.save("///", "x", &error).isEmpty());
        QVERIFY(!error.isEmpty());
    }

    void valuesAreReadByTheirLook()
    {
        QCOMPARE(placeholdersOf("SELECT {a}, {b}, {a}, '{c}', {filters}, {filters.dateRange.from}, {variables.x}, {a.b} -- {d}"), QStringList({"a", "b", "variables.x"}));
        QVERIFY(valueOf("12") == 12);
        QVERIFY(valueOf("true") == true);
        QVERIFY(valueOf("[\"a\", 2]") == ph::Json::array({"a", 2}));
        QVERIFY(valueOf("2026-11-03") == "2026-11-03");
        QVERIFY(valueOf("pro plan") == "pro plan");
        for (const ph::Json &value : {ph::Json("12"), ph::Json(12), ph::Json("true"), ph::Json("x"), ph::Json::array({1, "b"})})
            QVERIFY(valueOf(valueText(value)) == value);
    }

    void withoutAProjectItSaysSo()
    {
        test::TestWorkbench workbench;
        QueryHistory history{QString()};
        QueryPage page(workbench, history);
        page.editor()->setPlainText("SELECT 1");

        page.run();

        QVERIFY(!page.isRunning());
        QVERIFY(history.entries().empty());
    }

    void closingWhileAQueryRunsIsNoCrash()
    {
        const auto driver = test::sampleProject();
        driver->isHeld = true;
        {
            test::TestWorkbench workbench(driver);
            QueryHistory history{QString()};
            QueryPage page(workbench, history);
            page.editor()->setPlainText("SELECT 1");
            page.run();
            QTest::qWait(20);
        }
        QTRY_VERIFY(driver->cancelled >= 1);
    }

    void keyboardAlone()
    {
        Fixture f;
        f.page.resize(1000, 700);
        f.page.show();
        QVERIFY(QTest::qWaitForWindowActive(&f.page));
        f.page.setFocus();
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget *>(f.page.editor()));

        QTest::keyClicks(f.page.editor(), "SELECT day");
        QTest::keyClick(f.page.editor(), Qt::Key_Escape); // whatever the completion offers
        QSignalSpy finished(&f.page, &QueryPage::runFinished);
        QTest::keyClick(f.page.editor(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(!finished.isEmpty() || finished.wait(5'000));
        QCOMPARE(f.page.results()->model()->rowCount(), 30);

        f.page.results()->grid()->setFocus();
        QTest::keyClick(f.page.results()->grid(), Qt::Key_Down);
        QTest::keyClick(f.page.results()->grid(), Qt::Key_Return);
        QVERIFY(f.page.results()->isRowShown());
    }
};

QTEST_MAIN(QueryPageTest)
#include "query_page_test.moc"
