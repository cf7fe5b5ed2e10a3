#include "ui/charts/chart_view.h"

#include "tests/support/sample_project.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/scene_painter.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

namespace {

workflow::ChartSpec funnelSpec()
{
    workflow::ChartSpec spec;
    spec.kind = "funnel";
    spec.title = "From visit <to> upgrade";
    spec.x = "step";
    spec.y = std::vector<std::string>{"persons"};
    spec.definition = "Unique persons, n = 18,204";
    return spec;
}

std::shared_ptr<posthog::Table> funnel() { return std::make_shared<posthog::Table>(test::funnelTable()); }

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class ChartViewTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { Theme::apply(*qApp, ThemeChoice::Dark); }

    void laysItselfOutAgainWhenItGrows()
    {
        ChartView view;
        view.resize(400, 300);
        view.show();
        view.setChart(funnelSpec(), funnel());
        const double narrow = view.scene().width;

        view.resize(800, 300);

        QTRY_VERIFY(view.scene().width > narrow + 200);
        for (const report::Mark &mark : view.scene().marks)
            QVERIFY(areaOf(mark).boundingRect().right() <= view.scene().width + 1);
    }

    void saysWhatItShows()
    {
        ChartView view;
        view.resize(500, 300);
        view.show();
        view.setChart(funnelSpec(), funnel());

        QVERIFY(view.accessibleName().contains("From visit"));
        QVERIFY(view.accessibleDescription().contains("18,204"));
    }

    void theKeyboardWalksTheMarks()
    {
        ChartView view;
        view.resize(600, 320);
        view.show();
        view.setChart(funnelSpec(), funnel());
        QSignalSpy clicked(&view, &ChartView::rowClicked);
        const auto marks = focusableMarks(view.scene());
        QVERIFY(marks.size() >= 5);

        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(view.focusedMark(), marks.front());
        QVERIFY(!view.accessibleDescription().isEmpty());
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.focusedMark(), marks[1]);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.focusedMark(), marks.back());
        QTest::keyClick(&view, Qt::Key_Return);

        QCOMPARE(clicked.count(), 1);
        QCOMPARE(clicked[0][0].toInt(), rowOf(view.scene().marks[std::size_t(marks.back())]));
    }

    void aClickOnABarIsItsRow()
    {
        ChartView view;
        view.resize(600, 320);
        view.show();
        view.setChart(funnelSpec(), funnel());
        QSignalSpy clicked(&view, &ChartView::rowClicked);
        for (const report::Mark &mark : view.scene().marks) {
            if (rowOf(mark) != 2)
                continue;
            const QPointF centre = areaOf(mark).boundingRect().center();
            const int found = markAt(view.scene(), centre);
            QVERIFY(found >= 0);
            const int expected = rowOf(view.scene().marks[std::size_t(found)]);

            QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, centre.toPoint());

            QCOMPARE(clicked.value(0).value(0).toInt(), expected);
            return;
        }
        QFAIL("no mark of row 2");
    }

    void manyRowsAreLaidOutAside()
    {
        auto table = std::make_shared<posthog::Table>();
        table->columns = {{"n", "UInt64"}, {"v", "Float64"}};
        for (int i = 0; i < 20'000; ++i)
            table->rows.push_back({i, i % 97});
        ChartView view;
        view.resize(500, 300);
        view.show();
        QSignalSpy changed(&view, &ChartView::sceneChanged);
        workflow::ChartSpec spec;
        spec.kind = "line";

        view.setChart(spec, table);

        QVERIFY(changed.wait(20'000));
        QVERIFY(!view.scene().marks.empty());
    }

    void filesHoldTheChart()
    {
        const QTemporaryDir folder;
        const auto scene = report::layout(funnelSpec(), *funnel(), 600, 320);

        QVERIFY(writeChart(folder.filePath("chart.svg"), scene, Theme::colors()));
        QVERIFY(writeChart(folder.filePath("chart.png"), scene, Theme::colors()));
        QVERIFY(writeChart(folder.filePath("chart.pdf"), scene, Theme::colors()));

        const QByteArray svg = contents(folder.filePath("chart.svg"));
        QVERIFY(svg.contains("From visit &lt;to&gt; upgrade")); // escaped
        QVERIFY(svg.contains("18,204"));
        const QImage png(folder.filePath("chart.png"));
        QVERIFY(png.width() >= 1200);
        QVERIFY(contents(folder.filePath("chart.pdf")).startsWith("%PDF"));
    }

    void anotherEndingIsRefused()
    {
        const auto written = writeChart("/tmp/chart.bmp", {}, Theme::colors());

        QVERIFY(!written);
        QCOMPARE(written.error().code, ph::ErrorCode::InvalidInput);
    }

    void copiesAPicture()
    {
        ChartView view;
        view.resize(500, 300);
        view.show();
        view.setChart(funnelSpec(), funnel());
        QSignalSpy copied(&view, &ChartView::copied);

        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);

        QCOMPARE(copied.count(), 1);
        QVERIFY(!QApplication::clipboard()->image().isNull());
    }

    void darkAndLightDiffer()
    {
        const auto scene = report::layout(funnelSpec(), *funnel(), 600, 320);

        const QImage dark = chartImage(scene, Theme::darkColors(), 1), light = chartImage(scene, Theme::lightColors(), 1);

        QCOMPARE(dark.pixelColor(2, 2), Theme::darkColors().surface);
        QCOMPARE(light.pixelColor(2, 2), Theme::lightColors().surface);
    }
};

QTEST_MAIN(ChartViewTest)
#include "chart_view_test.moc"
