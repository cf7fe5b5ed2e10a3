#include "ui/explore/explore_page.h"

#include "tests/support/sample_project.h"
#include "tests/support/test_workbench.h"
#include "ui/explore/detail_pane.h"
#include "ui/explore/filter_button.h"
#include "ui/explore/list_header.h"
#include "ui/explore/object_list.h"
#include "ui/explore/related_view.h"
#include "ui/explore/rows_model.h"
#include "ui/explore/saved_filters.h"
#include "ui/query/properties_view.h"
#include "ui/query/result_grid.h"
#include "ui/shell/banner.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextDocument>
#include <QToolButton>
#include <QVBoxLayout>

#include <set>

using namespace ui;

namespace {

struct Fixture {
    std::shared_ptr<test::SampleDriver> driver = test::sampleProject();
    test::TestWorkbench workbench{driver};
    SavedFilters filters{{}};
    std::unique_ptr<ExplorePage> page;

    Fixture()
    {
        page = std::make_unique<ExplorePage>(workbench, filters);
        page->resize(1100, 700);
        page->show();
        begin();
    }
    void begin() // with the list that a new page shows
    {
        QTRY_VERIFY(!driver->requests().empty());
        settle();
    }
    void settle()
    {
        QTRY_VERIFY_WITH_TIMEOUT(!page->isLoading(), 5'000);
    }
    void go(const QJsonObject &place)
    {
        page->go(place);
        settle();
    }
};

} // namespace

class ExplorePageTest : public QObject
{
    Q_OBJECT

private slots:
    void listsAnObject()
    {
        Fixture f;

        f.go({{"object", "persons"}});

        QCOMPARE(f.page->rows()->rowCount(), 200);
        QCOMPARE(f.page->rows()->total().value_or(0), 1'182);
        QTRY_COMPARE(f.page->title(), "Persons");
        QCOMPARE(f.driver->requests().back().object, std::string("persons"));
    }

    void theModelIsSoundWhilePagesCome()
    {
        Fixture f;
        const QAbstractItemModelTester tester(f.page->rows()); // asks for more whenever there is more

        f.go({{"object", "persons"}});

        QTRY_COMPARE_WITH_TIMEOUT(f.page->rows()->rowCount(), 1'182, 10'000);
    }

    void moreRowsComeAsOneScrolls()
    {
        Fixture f;
        f.go({{"object", "persons"}});

        for (int page = 2; page <= 6; ++page) {
            f.page->grid()->verticalScrollBar()->setValue(f.page->grid()->verticalScrollBar()->maximum());
            QTRY_VERIFY_WITH_TIMEOUT(f.page->rows()->rowCount() >= std::min(page * 200, 1'182), 5'000);
        }

        QCOMPARE(f.page->rows()->rowCount(), 1'182);
        QVERIFY(!f.page->rows()->canFetchMore({}));
        QCOMPARE(itemTitle("persons", f.page->rows()->item(1'181)), "person-1181@example.com");
        std::set<std::string> cursors; // no page is asked for twice
        int following = 0;
        for (const auto &request : f.driver->requests()) {
            if (request.object == "persons" && !request.cursor.empty()) {
                ++following;
                cursors.insert(request.cursor);
            }
        }
        QCOMPARE(following, 5);
        QCOMPARE(cursors.size(), std::size_t(5));
    }

    void itemsGoWithTheirRowsWhenSorted()
    {
        Fixture f;
        f.go({{"object", "persons"}});

        f.page->rows()->sort(0, Qt::DescendingOrder);

        QCOMPARE(itemTitle("persons", f.page->rows()->item(0)), f.page->rows()->index(0, 0).data().toString());
    }

    void aPageThatFailsIsSaidAndTriedAgain()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        const auto works = f.driver->onRows;
        f.driver->onRows = [](const posthog::RowsRequest &) -> ph::Result<posthog::RowsPage> { return ph::fail(ph::ErrorCode::Network, "The host is away."); };

        f.page->grid()->verticalScrollBar()->setValue(f.page->grid()->verticalScrollBar()->maximum());
        QTRY_COMPARE(f.page->banner()->text(), "The host is away.");
        QCOMPARE(f.page->rows()->rowCount(), 200);
        f.driver->onRows = works;
        QTest::mouseClick(f.page->banner()->findChild<QPushButton *>(), Qt::LeftButton);

        QTRY_COMPARE(f.page->rows()->rowCount(), 400);
    }

    void theConditionIsSentAndItsErrorShown()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        f.driver->onRows = [](const posthog::RowsRequest &request) -> ph::Result<posthog::RowsPage> {
            if (request.where == "plann = 1")
                return ph::fail(ph::ErrorCode::InvalidInput, "Unable to resolve field: plann.");
            return test::personsPage(0, 3, 3);
        };

        f.page->where()->setText("plann = 1");
        QTest::keyClick(f.page->where(), Qt::Key_Return);
        QTRY_COMPARE(f.page->banner()->text(), "Unable to resolve field: plann.");
        QCOMPARE(f.page->rows()->rowCount(), 200); // the old rows stay

        f.page->where()->setText("properties.plan = 'pro'");
        QTest::keyClick(f.page->where(), Qt::Key_Return);
        QTRY_COMPARE(f.page->rows()->rowCount(), 3);
        QVERIFY(f.page->banner()->text().isEmpty());
        QCOMPARE(f.driver->requests().back().where, std::string("properties.plan = 'pro'"));
    }

    void searchWaitsForTheLastKey()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        const std::size_t before = f.driver->requests().size();

        QTest::keyClicks(f.page->search(), "person");
        QTRY_VERIFY_WITH_TIMEOUT(f.driver->requests().size() > before, 3'000);
        f.settle();

        QCOMPARE(f.driver->requests().size(), before + 1);
        QCOMPARE(f.driver->requests().back().search, std::string("person"));
    }

    void anErrorOfAFirstPageCanBeTriedAgain()
    {
        Fixture f;
        const auto works = f.driver->onRows;
        f.driver->onRows = [](const posthog::RowsRequest &) -> ph::Result<posthog::RowsPage> { return ph::fail(ph::ErrorCode::Unauthorized, "The key lacks cohort:read."); };
        f.go({{"object", "cohorts"}});
        QCOMPARE(f.page->rows()->rowCount(), 0);
        f.driver->onRows = works;

        for (QPushButton *button : f.page->findChildren<QPushButton *>()) {
            if (button->isVisible() && button->text() == "Try again")
                button->click();
        }

        QTRY_COMPARE(f.page->rows()->rowCount(), 200);
    }

    void anItemShowsItsPropertiesTyped()
    {
        Fixture f;
        f.go({{"object", "persons"}});

        f.page->showItem(4);

        QVERIFY(f.page->isDetailShown());
        const auto *model = f.page->detail()->properties()->model();
        QHash<QString, QString> types;
        for (int row = 0; row < model->rowCount(); ++row)
            types[model->index(row, 0).data().toString()] = model->index(row, 2).data().toString();
        QCOMPARE(types["plan"], "text");
        QCOMPARE(types["seats"], "number");
        QCOMPARE(types["is_trial"], "yes/no");
        QCOMPARE(types["tags"], "list");
        QCOMPARE(types["company"], "object");
        QCOMPARE(types["referrer"], "null");
        QCOMPARE(types["signed_up_at"], "time");
    }

    void aPropertysValueIsCopiedWhole()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        f.page->showItem(4);
        PropertiesView *view = f.page->detail()->properties();
        for (int row = 0; row < view->model()->rowCount(); ++row) {
            if (view->model()->index(row, 0).data().toString() == "company")
                view->setCurrentIndex(view->model()->index(row, 0));
        }

        QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);

        QCOMPARE(QApplication::clipboard()->text(), R"({"name":"Igel GmbH","size":42})");
    }

    void whatLooksLikeMarkupIsShownAsItIs()
    {
        Fixture f;
        PropertiesView *view = f.page->detail()->properties();

        view->setProperties({{"<b>name</b>", ph::Json("<img src='x'>&amp;\nsecond line"), "", "", ""}});

        const auto shown = [&](int column) {
            QTextDocument read;
            read.setHtml(view->model()->index(0, column).data(Qt::ToolTipRole).toString());
            return read.toPlainText();
        };
        QCOMPARE(shown(0), "<b>name</b>");
        QCOMPARE(shown(1).replace(QChar::LineSeparator, '\n'), "<img src='x'>&amp;\nsecond line");
    }

    void relationsLeadOnAndBack()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        f.page->showItem(4);
        const auto relations = f.page->detail()->relations();

        emit f.page->detail()->relationChosen(relations[0]);
        f.settle();
        QCOMPARE(f.driver->requests().back().object, std::string("events"));
        QCOMPARE(f.driver->requests().back().where, std::string("person_id = {person}"));
        QVERIFY(f.driver->requests().back().values == ph::Json({{"person", "018f4-7a2c-7000-8000-0123456789ab"}}));
        f.page->back();
        f.settle();

        QCOMPARE(f.driver->requests().back().object, std::string("persons"));
        QTRY_VERIFY(f.page->isDetailShown()); // where one was
        f.page->forward();
        f.settle();
        QCOMPARE(f.driver->requests().back().object, std::string("events"));
    }

    void whatBelongsToAPersonIsListedByName()
    {
        Fixture f;
        f.driver->onQuery = [](const std::string &hogql, const ph::Json &values) -> ph::Result<posthog::Table> {
            posthog::Table table;
            if (values != ph::Json{{"person", "018f4-7a2c-7000-8000-0123456789ab"}})
                return ph::fail(ph::ErrorCode::InvalidInput, "Another person.");
            if (hogql.find("cohort_people") != std::string::npos)
                table.rows = {{12}, {99}};
            else if (hogql.find("$feature_flag_called") != std::string::npos)
                return ph::fail(ph::ErrorCode::RateLimited, "Come back at 14:32.");
            return table;
        };
        const auto rows = f.driver->onRows;
        f.driver->onRows = [rows](const posthog::RowsRequest &request) -> ph::Result<posthog::RowsPage> {
            if (request.object != "cohorts")
                return rows(request);
            posthog::RowsPage page;
            page.items = {{{"id", 12}, {"name", "Internal"}, {"count", 1}}};
            page.table.columns = {{"name", "String"}};
            page.table.rows = {{"Internal"}};
            return page;
        };
        f.go({{"object", "persons"}});
        f.page->showItem(4);
        QVERIFY(f.driver->queries().empty()); // nothing is asked before it shows

        f.page->detail()->showTab(1);
        QTRY_VERIFY(!f.driver->queries().empty() && !f.page->detail()->related()->isLoading());

        QStringList rowsShown, texts;
        for (auto *button : f.page->detail()->related()->findChildren<QPushButton *>())
            rowsShown << button->accessibleName();
        for (auto *label : f.page->detail()->related()->findChildren<QLabel *>())
            texts << label->text();
        QVERIFY(rowsShown.contains("Internal"));
        QVERIFY(rowsShown.contains("Cohort 99")); // deleted meanwhile, or not to be seen with this key
        QVERIFY(texts.contains("1 person"));
        QVERIFY(texts.contains("Come back at 14:32."));
        QVERIFY(texts.contains("No visit of this person was recorded."));

        for (auto *button : f.page->detail()->related()->findChildren<QPushButton *>()) {
            if (button->accessibleName() == "Internal")
                button->click();
        }
        f.settle();
        QCOMPARE(f.driver->requests().back().object, std::string("cohorts"));
        QTRY_VERIFY(f.page->isDetailShown()); // at that cohort
    }

    void whatBelongsToAnItemOpensInHogql()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        f.page->showItem(4);

        for (auto *button : f.page->detail()->related()->findChildren<QToolButton *>()) {
            if (button->accessibleName().endsWith("as a HogQL query"))
                button->click();
        }

        QCOMPARE(f.workbench.opened.size(), std::size_t(3));
        QCOMPARE(f.workbench.opened[0].first, "hogql");
    }

    void theListsHogqlOpens()
    {
        Fixture f;
        f.go({{"object", "persons"}, {"where", "properties.plan = 'pro'"}});

        f.page->hogqlButton()->click();

        QCOMPARE(f.workbench.opened.size(), std::size_t(1));
        QVERIFY(f.workbench.opened[0].second["text"].toString().contains("properties.plan = 'pro'"));
        f.go({{"object", "cohorts"}});
        QVERIFY(!f.page->hogqlButton()->isVisible());
    }

    void pagesOpenInTheBrowserForRealHostsOnly()
    {
        Fixture f;
        f.driver->hostName = "https://eu.posthog.com";
        QList<QUrl> opened;
        f.page->openUrl = [&](const QUrl &url) { opened << url; };
        f.go({{"object", "persons"}});
        f.page->showItem(0);

        emit f.page->detail()->pageRequested(pageOf("persons", f.page->rows()->item(0), f.driver->host(), "1"));

        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0].host(), "eu.posthog.com");
    }

    void fieldsHaveTypesAndSamples()
    {
        Fixture f;
        f.go({{"object", "events"}});

        f.page->showTab(1);

        QTRY_COMPARE(f.page->fields()->rowCount(), 10);
        QCOMPARE(f.page->fields()->index(5, 0).data().toString(), "properties.$browser");
        QCOMPARE(f.page->fields()->index(5, 2).data().toString(), "Chrome");
    }

    void stateComesBack()
    {
        Fixture f;
        f.go({{"object", "persons"}, {"where", "properties.plan = 'pro'"}, {"search", "p"}});
        f.page->showItem(2);
        const QJsonObject saved = f.page->state();

        ExplorePage other(f.workbench, f.filters);
        other.restore(saved);

        QTRY_VERIFY_WITH_TIMEOUT(other.isDetailShown(), 5'000);
        QCOMPARE(other.where()->text(), "properties.plan = 'pro'");
        QCOMPARE(other.search()->text(), "p");
        QCOMPARE(other.state(), saved);
    }

    void theFocusThatComesToTheListChoosesNothing()
    {
        auto driver = test::sampleProject();
        driver->isHeld = true; // the list comes after the page has the focus, as it does beside a busy server
        test::TestWorkbench workbench(driver);
        SavedFilters filters({});
        QWidget window;
        QVBoxLayout layout(&window);
        auto *page = new ExplorePage(workbench, filters);
        layout.addWidget(page);
        page->restore({{"object", "persons"}});
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        page->setFocus();

        driver->isHeld = false;

        QTRY_VERIFY(page->objects()->view()->isVisible());
        QTRY_COMPARE(page->rows()->rowCount(), 200);
        QTRY_VERIFY(page->objects()->view()->hasFocus());
        QCOMPARE(page->title(), "Persons");
        QCOMPARE(page->objects()->view()->currentIndex().data().toString(), "Persons");
        for (const auto &request : driver->requests())
            QCOMPARE(request.object, std::string("persons")); // nor were the events asked for that nobody looks at
    }

    void aPlaceThatIsNotInTheListIsLeftAlone()
    {
        Fixture f;
        f.go({{"object", "surveys"}});
        f.page->where()->setFocus();

        f.page->objects()->view()->setFocus();

        QCOMPARE(f.page->title(), "Surveys");
        QVERIFY(!f.page->objects()->view()->currentIndex().isValid());
        QTest::keyClick(f.page->objects()->view(), Qt::Key_Down); // the user's own move does choose
        QTRY_VERIFY(f.page->title() != "Surveys");
    }

    void aFilterIsNamedChosenAndForgotten()
    {
        Fixture f;
        f.go({{"object", "persons"}, {"where", "properties.plan = {plan}"}, {"values", QJsonObject{{"plan", "pro"}}}});
        FilterButton *button = f.page->header()->filters();
        button->fillMenu();
        QVERIFY(button->nameEdit());
        button->nameEdit()->setText("  Paying & loyal ");
        QTest::keyClick(button->nameEdit(), Qt::Key_Return);

        QCOMPARE(f.filters.of("persons").size(), std::size_t(1));
        QCOMPARE(f.filters.of("persons")[0].name, "Paying & loyal");
        QCOMPARE(button->text(), "Paying && loyal");
        f.go({{"object", "persons"}});
        QCOMPARE(button->text(), "Filters");
        button->fillMenu();
        QVERIFY(!button->nameEdit()); // nothing to save in the whole list
        const auto entry = [&](const QString &text) {
            for (QAction *action : button->menu()->actions()) {
                if (action->text() == text)
                    return action;
            }
            return static_cast<QAction *>(nullptr);
        };
        entry("Paying && loyal")->trigger();
        f.settle();
        QCOMPARE(f.driver->requests().back().where, std::string("properties.plan = {plan}"));
        QVERIFY(f.driver->requests().back().values == ph::Json({{"plan", "pro"}}));

        button->fillMenu();
        entry("Delete")->menu()->actions().first()->trigger();
        QVERIFY(f.filters.of("persons").empty());
    }

    void filtersAreOfTheirObjectAndOutliveTheProgram()
    {
        QTemporaryDir folder;
        {
            SavedFilters filters(folder.filePath("filters.json"));
            filters.keep({"b", "persons", "x", "", {}});
            filters.keep({"a", "persons", "", "id = 1", {}});
            filters.keep({"a", "persons", "", "id = {n}", {{"n", 2}}}); // in the other's place
            filters.keep({"c", "events", "y", "", {}});
        }
        SavedFilters again(folder.filePath("filters.json"));

        QVERIFY(again.setAside().isEmpty());
        QCOMPARE(again.of("persons"), (std::vector<SavedFilter>{{"a", "persons", "", "id = {n}", {{"n", 2}}}, {"b", "persons", "x", "", {}}}));
        QCOMPARE(again.of("events").size(), std::size_t(1));
    }

    void anotherObjectDropsTheAnswerUnderWay()
    {
        Fixture f;
        f.driver->isHeld = true;
        f.page->go({{"object", "cohorts"}});
        f.page->go({{"object", "persons"}});
        f.driver->isHeld = false;
        f.settle();

        QCOMPARE(f.page->rows()->rowCount(), 200);
        QVERIFY(f.driver->cancelled >= 1);
    }

    void escClosesTheItem()
    {
        Fixture f;
        f.go({{"object", "persons"}});
        f.page->showItem(1);

        QTest::keyClick(f.page->grid(), Qt::Key_Escape);

        QVERIFY(!f.page->isDetailShown());
    }
};

QTEST_MAIN(ExplorePageTest)
#include "explore_page_test.moc"
