// Paints the HogQL page in its states to PNG files, to be looked at: query_pictures FOLDER.
#include "tests/support/picture.h"
#include "tests/support/sample_project.h"
#include "tests/support/test_workbench.h"
#include "ui/query/find_bar.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/query_page.h"
#include "ui/query/result_grid.h"
#include "ui/query/saved_queries.h"

#include <QApplication>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

int main(int argc, char **argv)
{
    return test::paint(argc, argv, [](const test::Pictures &pictures) {
        const auto driver = test::sampleProject();
        test::TestWorkbench workbench(driver);
        ui::QueryHistory history({});
        QTemporaryDir savedFolder;
        ui::SavedQueries saved(savedFolder.path());

        ui::QueryPage page(workbench, history, saved);
        page.setFocus();
        pictures.settle(page, {1180, 800});
        pictures.save(page, "query-new");

        page.restore({{"text", "-- paying users by plan\nWITH paying AS (\n    SELECT person_id, count() AS n FROM events\n    WHERE timestamp >= {from} AND event IN {names}\n"
                               "    GROUP BY person_id\n)\nSELECT pdi.distinct_idd, sum(n) AS payments\nFROM events e JOIN paying p ON e.person_id = p.person_id\n"
                               "WHERE e.timestamp >= {from} AND properties.plan > {low} AND e.event = {variables.name}\nGROUP BY 1 LIMIT {limit}"},
                      {"values", QJsonObject{{"from", "2026-01-01"}, {"names", QJsonArray{"paid", "renewed"}}, {"limit", 20}}}});
        page.editor()->setFocus();
        pictures.waitFor([&] { return !page.editor()->problems().empty(); });
        page.editor()->goTo(int(page.editor()->toPlainText().indexOf("sum(n") + 4));
        QTest::keyClick(page.editor(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
        page.save();
        page.editor()->setFocus();
        pictures.settle(page);
        pictures.save(page, "query-editor");
        page.findBar()->open(true);
        pictures.settle(page);
        pictures.save(page, "query-replace");
        page.findBar()->dismiss();

        page.restore({{"text", "-- sign-ups and uploads by day\nSELECT toStartOfDay(timestamp) AS day,\n    countIf(event = 'signed_up') AS sign_ups,\n"
                               "    countIf(event = 'uploaded_file') AS uploads\nFROM events\nWHERE timestamp >= now() - INTERVAL 30 DAY\nGROUP BY day\nORDER BY day"},
                      {"view", "both"}, {"run", true}});
        pictures.waitFor([&] { return !page.isRunning(); });
        pictures.settle(page);
        pictures.save(page, "query-both");
        page.results()->setMode(ui::ResultView::Mode::Chart);
        pictures.settle(page);
        pictures.save(page, "query-chart");

        page.restore({{"text", "SELECT * FROM events"}, {"run", true}});
        pictures.waitFor([&] { return !page.isRunning(); });
        page.results()->grid()->setCurrentIndex(page.results()->model()->index(3, 2));
        pictures.settle(page);
        pictures.save(page, "query-limited");
        page.results()->showRow(3);
        pictures.settle(page);
        pictures.save(page, "query-row");

        driver->isHeld = true;
        page.run();
        pictures.settle(page);
        pictures.save(page, "query-running");
        page.cancel();
        driver->isHeld = false;
        page.restore({{"text", "SELECT event, count(\nFROM events\nWHERE properties.$browser = 'Chrome"}});
        driver->onQuery = [](const std::string &, const ph::Json &) -> ph::Result<posthog::Table> {
            return ph::fail(ph::ErrorCode::InvalidInput, "Syntax error at line 3, column 29: the string has no end.");
        };
        page.run();
        pictures.waitFor([&] { return !page.isRunning(); });
        pictures.settle(page);
        pictures.save(page, "query-error");
        page.restore({{"text", "SELECT event FROM events WHERE event = 'sig"}});
        pictures.settle(page);
        page.editor()->complete();
        pictures.settle(page);
        pictures.save(page, "query-completion");
        if (auto *popup = QApplication::activePopupWidget())
            pictures.save(*popup, "query-completion-popup");
    });
}
