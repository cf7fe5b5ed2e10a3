// How long the result grid takes to repaint a viewport of a large table, beside a plain QTableView over a naive model.
//
//     grid_bench [ROWS] [VIEWPORTS]        default 1000000 rows of 12 columns, 300 viewports
//
// Both views are 1400 × 900 and drawn by the raster engine; each viewport is at a random row, scrolled to and painted whole. The
// naive model keeps a QStandardItem a cell, which 12 million cells do not fit: it gets 50,000 rows, and the line says so.
#include "tests/support/sample_project.h"
#include "ui/query/result_grid.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QScrollBar>
#include <QStandardItemModel>

#include <algorithm>
#include <cstdio>
#include <random>

namespace {

struct Figures {
    double median = 0;
    double p99 = 0;
    double worst = 0;
};

Figures scroll(QTableView &view, int viewports)
{
    view.resize(1400, 900);
    view.show();
    QCoreApplication::processEvents();
    std::mt19937 random(11);
    std::vector<double> times;
    QPixmap picture(view.viewport()->size());
    for (int i = 0; i < viewports; ++i) {
        QElapsedTimer timer;
        timer.start();
        view.verticalScrollBar()->setValue(int(random() % unsigned(view.verticalScrollBar()->maximum() + 1)));
        view.viewport()->render(&picture);
        times.push_back(double(timer.nsecsElapsed()) / 1e6);
        QCoreApplication::processEvents();
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[times.size() * 99 / 100], times.back()};
}

void print(const char *what, const Figures &figures)
{
    std::printf("%-64s median %6.2f ms   p99 %6.2f ms   worst %6.2f ms\n", what, figures.median, figures.p99, figures.worst);
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    ui::Theme::apply(application, ui::ThemeChoice::Dark);
    const int rows = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    const int viewports = argc > 2 ? std::atoi(argv[2]) : 300;
    constexpr int naiveRows = 50'000;

    QElapsedTimer timer;
    auto table = std::make_shared<posthog::Table>(test::eventsTable(rows));
    ui::ResultModel model;
    ui::ResultGrid grid(&model);
    timer.start();
    model.setTable(table);
    std::printf("%d rows x %d columns shown in %.1f ms\n", rows, model.columnCount(), double(timer.nsecsElapsed()) / 1e6);
    print(qPrintable(QString("ResultGrid, %1 rows").arg(rows)), scroll(grid, viewports));
    timer.restart();
    const auto order = ui::sortedRows(*table, 2, Qt::AscendingOrder, {});
    std::printf("sorting by a text column, on a worker: %.0f ms\n", double(timer.nsecsElapsed()) / 1e6);
    grid.hide();

    QStandardItemModel naive(std::min(rows, naiveRows), model.columnCount());
    for (int row = 0; row < naive.rowCount(); ++row) {
        for (int column = 0; column < naive.columnCount(); ++column)
            naive.setItem(row, column, new QStandardItem(model.index(row, column).data().toString()));
    }
    QTableView plain;
    plain.setModel(&naive);
    print(qPrintable(QString("QTableView over QStandardItemModel, %1 rows, same style sheet").arg(naive.rowCount())), scroll(plain, viewports));
    application.setStyleSheet({});
    print(qPrintable(QString("QTableView over QStandardItemModel, %1 rows, no style sheet").arg(naive.rowCount())), scroll(plain, viewports));
    return order && !order->empty() ? 0 : 1;
}
