// Paints the Explore page in its states to PNG files, to be looked at: explore_pictures FOLDER.
#include "tests/support/picture.h"
#include "tests/support/sample_project.h"
#include "tests/support/test_workbench.h"
#include "ui/explore/detail_pane.h"
#include "ui/explore/explore_page.h"
#include "ui/explore/related_view.h"
#include "ui/explore/saved_filters.h"

#include <QApplication>

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const QString folder = argc > 1 ? argv[1] : ".";
    for (const auto theme : {ui::ThemeChoice::Dark, ui::ThemeChoice::Light}) {
        ui::Theme::apply(application, theme);
        const test::Pictures pictures(folder, theme);
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
    }
    return 0;
}
