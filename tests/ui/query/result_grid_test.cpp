#include "ui/query/result_grid.h"

#include "tests/support/sample_project.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QSignalSpy>
#include <QTest>

using namespace ui;

namespace {

std::shared_ptr<posthog::Table> small()
{
    auto table = std::make_shared<posthog::Table>();
    table->columns = {{"id", "UUID"}, {"n", "Int64"}, {"note", "Nullable(String)"}};
    table->rows = {{"018f0000-7a2c-7000-8000-0123456789ab", 1234, "a"}, {"018f0000-7a2c-7000-8000-0123456789ac", 2, nullptr}, {"x", 3, "=1+1"}};
    return table;
}

QString clipboard() { return QApplication::clipboard()->text(); }

} // namespace

class ResultGridTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { QApplication::clipboard()->clear(); }

    void oneCellIsCopiedWholeAndBare()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(small());
        grid.setCurrentIndex(model.index(0, 0));

        QTest::keyClick(&grid, Qt::Key_C, Qt::ControlModifier);

        QCOMPARE(clipboard(), "018f0000-7a2c-7000-8000-0123456789ab"); // what is shown is shortened
    }

    void severalCellsAreCopiedWithTheirHeaders()
    {
        ResultModel model;
        ResultGrid grid(&model);
        QSignalSpy copied(&grid, &ResultGrid::copied);
        model.setTable(small());
        grid.selectionModel()->select(QItemSelection(model.index(0, 1), model.index(1, 2)), QItemSelectionModel::Select);

        QTest::keyClick(&grid, Qt::Key_C, Qt::ControlModifier);

        QCOMPARE(clipboard(), "n\tnote\n1234\ta\n2\t\n");
        QCOMPARE(copied.value(0).value(0).toString(), "2 rows as TSV");
    }

    void nothingSelectedCopiesEverything()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(small());

        grid.copySelection(CopyFormat::Csv);

        QCOMPARE(clipboard().count('\n'), 4);
        QVERIFY(clipboard().contains("'=1+1"));
    }

    void copiesWhatIsShownInItsOrder()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(small());
        grid.horizontalHeader()->moveSection(2, 0);
        grid.setColumnHidden(0, true);
        model.sort(1, Qt::AscendingOrder);

        grid.copySelection(CopyFormat::Tsv);

        QCOMPARE(clipboard(), "note\tn\n\t2\n'=1+1\t3\na\t1234\n");
    }

    void aLargeSelectionIsWrittenOnAWorker()
    {
        ResultModel model;
        ResultGrid grid(&model);
        QSignalSpy copied(&grid, &ResultGrid::copied);
        model.setTable(std::make_shared<posthog::Table>(test::eventsTable(5'000)));
        grid.selectAll();

        grid.copySelection(CopyFormat::Json);

        QCOMPARE(copied.count(), 0);
        QVERIFY(copied.wait(10'000));
        QCOMPARE(ph::Json::parse(clipboard().toStdString()).size(), std::size_t(5'000));
    }

    void theAgentSeesAtMostFiftyRows()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(std::make_shared<posthog::Table>(test::eventsTable(80)));

        const QJsonObject context = grid.selectionContext();

        QCOMPARE(context["title"].toString(), "80 rows");
        QCOMPARE(context["text"].toString().count('\n'), 2 + 50 + 1 + 1);
        QVERIFY(context["text"].toString().contains("the first 50 of 80 rows"));
    }

    void columnsFitTheirTextsAndKeepTheUsersWidths()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(small());
        QVERIFY(grid.columnWidth(0) >= QFontMetrics(Theme::textFont()).horizontalAdvance("018f0000…89ab"));
        grid.setColumnWidth(1, 201);

        model.setTable(small());

        QCOMPARE(grid.columnWidth(1), 201);
    }

    void paintsAllKindsOfCells()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(std::make_shared<posthog::Table>(test::eventsTable(200)));
        grid.resize(900, 400);

        const QImage picture = grid.grab().toImage();

        const QRgb background = picture.pixel(890, 390);
        int inked = 0;
        for (int x = 0; x < 800; ++x)
            inked += picture.pixel(x, 60) != background;
        QVERIFY2(inked > 20, qPrintable(QString::number(inked)));
    }

    void enterOpensTheRow()
    {
        ResultModel model;
        ResultGrid grid(&model);
        QSignalSpy activated(&grid, &ResultGrid::rowActivated);
        model.setTable(small());
        grid.setCurrentIndex(model.index(1, 0));

        QTest::keyClick(&grid, Qt::Key_Return);

        QCOMPARE(activated.value(0).value(0).toInt(), 1);
    }

    void aNewResultComesUnsorted()
    {
        ResultModel model;
        ResultGrid grid(&model);
        model.setTable(small());
        grid.horizontalHeader()->setSortIndicator(1, Qt::DescendingOrder);
        QCOMPARE(model.sortColumn(), 1);

        model.setTable(small());

        QCOMPARE(model.sortColumn(), -1);
        QCOMPARE(grid.horizontalHeader()->sortIndicatorSection(), -1);
    }
};

QTEST_MAIN(ResultGridTest)
#include "result_grid_test.moc"
