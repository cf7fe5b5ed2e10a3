#include "ui/query/result_model.h"

#include "tests/support/sample_project.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace ui;

namespace {

std::shared_ptr<posthog::Table> small()
{
    auto table = std::make_shared<posthog::Table>();
    table->columns = {{"event", "String"}, {"n", "Int64"}, {"at", "DateTime64(6, 'Europe/Berlin')"}};
    table->rows = {{"b", 20, "2026-11-02T00:00:00+01:00"}, {"a", 3, nullptr}, {"c", nullptr, "2026-11-01T00:00:00+01:00"}, {"a", 100, ""}};
    return table;
}

QStringList column(const ResultModel &model, int at)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts << model.index(row, at).data().toString();
    return texts;
}

} // namespace

class ResultModelTest : public QObject
{
    Q_OBJECT

private slots:
    void showsEachCellAndItsKind()
    {
        ResultModel model;
        const QAbstractItemModelTester tester(&model);

        model.setTable(small());

        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(column(model, 0), QStringList({"b", "a", "c", "a"}));
        QVERIFY(model.index(0, 1).data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(model.index(0, 0).data(Qt::TextAlignmentRole).toInt() & Qt::AlignLeft);
    }

    void timesSayTheirZoneInTheHeader()
    {
        ResultModel model;
        model.setTable(small());

        QCOMPARE(model.headerData(2, Qt::Horizontal).toString(), "at (Europe/Berlin)");
        QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), "event");
    }

    void sortsByValueWithNothingLast()
    {
        ResultModel model;
        const QAbstractItemModelTester tester(&model);
        model.setTable(small());

        model.sort(1, Qt::AscendingOrder);
        QCOMPARE(column(model, 1), QStringList({"3", "20", "100", "null"}));
        model.sort(1, Qt::DescendingOrder);
        QCOMPARE(column(model, 1), QStringList({"100", "20", "3", "null"}));
        model.sort(-1);
        QCOMPARE(column(model, 1), QStringList({"20", "3", "null", "100"}));
    }

    void keepsWhatIsSelectedWhenItSorts()
    {
        ResultModel model;
        model.setTable(small());
        const QPersistentModelIndex third(model.index(2, 0));

        model.sort(1, Qt::AscendingOrder);

        QCOMPARE(third.row(), 3);
        QCOMPARE(third.data().toString(), "c");
    }

    void sortsManyRowsWithoutBlocking()
    {
        ResultModel model;
        model.setTable(std::make_shared<posthog::Table>(test::eventsTable(30'000)));
        QSignalSpy sorted(&model, &ResultModel::sorted);

        model.sort(11, Qt::DescendingOrder);

        QCOMPARE(sorted.count(), 0);
        QVERIFY(sorted.wait(10'000));
        QCOMPARE(model.index(0, 11).data().toString(), "29,996");
    }

    void aNewResultDropsASortUnderWay()
    {
        ResultModel model;
        model.setTable(std::make_shared<posthog::Table>(test::eventsTable(30'000)));
        model.sort(1, Qt::AscendingOrder);

        model.setTable(small());
        QTest::qWait(300);

        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(column(model, 0), QStringList({"b", "a", "c", "a"}));
    }

    void aFollowingPageGoesBelowWhatIsSorted()
    {
        ResultModel model;
        const QAbstractItemModelTester tester(&model);
        model.setTable(small());
        model.sort(1, Qt::AscendingOrder);
        const TablePtr before = model.table();

        model.appendRows({{"z", 1, nullptr}});

        QCOMPARE(column(model, 1), QStringList({"3", "20", "100", "null", "1"}));
        QCOMPARE(before->rows.size(), std::size_t(4)); // who holds the old table keeps it
    }

    void aStoppedSortGivesNothing()
    {
        std::stop_source stop;
        stop.request_stop();

        QVERIFY(!sortedRows(test::eventsTable(30'000), 1, Qt::AscendingOrder, stop.get_token()));
    }
};

QTEST_GUILESS_MAIN(ResultModelTest)
#include "result_model_test.moc"
