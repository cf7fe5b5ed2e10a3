// Paints the Explore page in its states to PNG files, to be looked at: explore_pictures FOLDER.
#include "tests/support/picture.h"
#include "tests/support/sample_project.h"
#include "tests/support/test_workbench.h"
#include "ui/explore/detail_pane.h"
#include "ui/explore/explore_page.h"
#include "ui/explore/exports_page.h"
#include "ui/explore/related_view.h"
#include "ui/explore/saved_filters.h"

#include <QApplication>
#include <QThread>

namespace {

/// By the file's name: one that waits until it is stopped, one that fails, one that is done.
ph::Result<posthog::ExportReport> exportEvents(const posthog::ExportRequest &request, const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop)
{
    posthog::ExportProgress progress;
    progress.rows = 506'000;
    progress.expectedRows = 1'204'332;
    progress.bytes = 84'000'000;
    if (request.file.stem() == "waits")
        progress.wait = {"PostHog's limit", std::chrono::time_point_cast<ph::Time::duration>(std::chrono::system_clock::now() + std::chrono::minutes(12))};
    onProgress(progress);
    if (request.file.stem() == "fails")
        return ph::fail(ph::ErrorCode::Internal, "The disk is full: 0 bytes are free in /home/ada. The export goes on when there is room.");
    while (request.file.stem() == "waits" && !stop.stop_requested())
        QThread::msleep(10);
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    posthog::ExportReport report;
    report.rows = 1'204'332;
    report.bytes = 199'000'000;
    report.isComplete = true;
    report.verdict = "All 1,204,332 rows that PostHog counts are in the file.";
    return report;
}

} // namespace

int main(int argc, char **argv)
{
    return test::paint(argc, argv, [](const test::Pictures &pictures) {
        const auto driver = test::sampleProject();
        test::TestWorkbench workbench(driver);

        ui::SavedFilters filters({});
        filters.keep({"Paying customers", "persons", {}, "properties.plan = 'pro'", {}});

        ui::ExplorePage page(workbench, filters);
        page.go({{"object", "persons"}});
        page.setFocus();
        pictures.settle(page, {1180, 760});
        pictures.save(page, "explore-persons");
        page.showItem(4);
        pictures.settle(page);
        pictures.save(page, "explore-detail");
        page.detail()->showTab(1);
        pictures.waitFor([&] { return !page.detail()->related()->isLoading(); });
        pictures.settle(page);
        pictures.save(page, "explore-related");
        page.detail()->showTab(2);
        pictures.settle(page);
        pictures.save(page, "explore-json");
        page.go({{"object", "events"}});
        page.showTab(1);
        pictures.settle(page);
        pictures.save(page, "explore-fields");
        driver->onRows = [](const posthog::RowsRequest &) -> ph::Result<posthog::RowsPage> {
            return ph::fail(ph::ErrorCode::InvalidInput, "Unable to resolve field: plann. Did you mean plan?");
        };
        page.go({{"object", "persons"}, {"where", "properties.plann = 'pro'"}});
        pictures.settle(page);
        pictures.save(page, "explore-error");
        driver->onRows = [](const posthog::RowsRequest &) -> ph::Result<posthog::RowsPage> { return posthog::RowsPage(); };
        page.go({{"object", "persons"}, {"search", "nobody"}});
        pictures.settle(page);
        pictures.save(page, "explore-nothing");
        driver->isHeld = true;
        page.go({{"object", "cohorts"}});
        pictures.settle(page);
        pictures.save(page, "explore-loading");
        driver->isHeld = false;

        ui::Exports exports(workbench, {});
        ui::ExportsPage list(workbench, exports);
        driver->onExport = exportEvents;
        for (const char *name : {"waits", "done", "fails"}) {
            const int id = exports.start(QString("Events, 1 to 31 January 2026"), posthog::eventsExport(std::string("/home/ada/") + name + ".jsonl", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"));
            pictures.waitFor([&] { return exports.find(id)->state != ui::ExportJob::State::Running || exports.find(id)->progress.wait; });
        }
        pictures.settle(list, {1180, 760});
        pictures.save(list, "exports");
        list.restore({{"object", "persons"}, {"where", "properties.plan = 'pro'"}});
        pictures.settle(list);
        pictures.save(list, "exports-form");
    });
}
