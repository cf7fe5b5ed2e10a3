#include "ui/query/result_view.h"

#include "agent/report/scene.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_view.h"
#include "ui/shell/background.h"
#include "ui/query/cell_text.h"
#include "ui/query/properties_view.h"
#include "ui/query/result_grid.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QStandardPaths>
#include <QToolButton>

namespace ui {

namespace {

struct ChartKindName {
    const char *kind;
    const char *name;
};
constexpr ChartKindName chartKinds[] = {{"", QT_TRANSLATE_NOOP("ResultView", "Chart: automatic")}, {"line", QT_TRANSLATE_NOOP("ResultView", "Line")},
                                        {"bars", QT_TRANSLATE_NOOP("ResultView", "Bars")}, {"grouped_bars", QT_TRANSLATE_NOOP("ResultView", "Grouped bars")},
                                        {"stacked_bars", QT_TRANSLATE_NOOP("ResultView", "Stacked bars")}, {"area", QT_TRANSLATE_NOOP("ResultView", "Stacked area")},
                                        {"funnel", QT_TRANSLATE_NOOP("ResultView", "Funnel")}, {"histogram", QT_TRANSLATE_NOOP("ResultView", "Histogram")},
                                        {"heat_table", QT_TRANSLATE_NOOP("ResultView", "Heat table")}, {"interval", QT_TRANSLATE_NOOP("ResultView", "Intervals")},
                                        {"sankey", QT_TRANSLATE_NOOP("ResultView", "Flow")}, {"number", QT_TRANSLATE_NOOP("ResultView", "Big number")}};

QToolButton *iconButton(const QString &icon, const QString &name)
{
    auto *button = new QToolButton;
    button->setIcon(Theme::icon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

QString downloads() { return QStandardPaths::writableLocation(QStandardPaths::DownloadLocation); }

} // namespace

ResultView::ResultView(Workbench &workbench, QWidget *parent)
    : QWidget(parent)
    , m_workbench(workbench)
    , m_model(new ResultModel(this))
    , m_grid(new ResultGrid(m_model))
    , m_chart(new ChartView)
    , m_chartPane(new QWidget)
    , m_chartTitle(new QLabel)
    , m_chartDefinition(new QLabel)
    , m_bannerBox(new QWidget)
    , m_banner(new Banner)
    , m_state(new EmptyState)
    , m_stack(new QStackedLayout)
    , m_content(new QSplitter(Qt::Horizontal))
    , m_progress(new QProgressBar)
    , m_summary(new QLabel)
    , m_unlimited(new QPushButton)
    , m_exportAll(new QPushButton)
    , m_note(new QLabel)
    , m_chartKind(new QComboBox)
{
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(2);
    m_progress->setStyleSheet(QStringLiteral("QProgressBar { min-height: 2px; max-height: 2px; border-radius: 0; }"));
    QSizePolicy keep = m_progress->sizePolicy();
    keep.setRetainSizeWhenHidden(true); // nothing below moves when a query starts
    m_progress->setSizePolicy(keep);
    m_progress->hide();

    m_chartTitle->setProperty("role", "heading");
    m_chartDefinition->setProperty("role", "small");
    m_chartDefinition->setWordWrap(true);
    auto *chartColumn = new QVBoxLayout(m_chartPane);
    chartColumn->setContentsMargins(space::l, space::m, space::l, space::m);
    chartColumn->setSpacing(space::s);
    chartColumn->addWidget(m_chartTitle);
    chartColumn->addWidget(m_chart, 1);
    chartColumn->addWidget(m_chartDefinition);

    m_content->setChildrenCollapsible(false);
    m_content->addWidget(m_grid);
    m_content->addWidget(m_chartPane);
    m_detail = makeDetail();
    m_content->addWidget(m_detail);
    m_content->setStretchFactor(0, 3);
    m_content->setStretchFactor(1, 3);
    m_content->setStretchFactor(2, 2);
    m_chartPane->hide();
    m_detail->hide();

    m_stack->addWidget(m_state);
    m_stack->addWidget(m_content);

    auto *bannerRow = new QVBoxLayout(m_bannerBox);
    bannerRow->setContentsMargins(space::m, space::s, space::m, space::s);
    bannerRow->addWidget(m_banner);
    m_bannerBox->hide();
    connect(m_banner, &Banner::dismissed, m_bannerBox, &QWidget::hide);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeBar());
    layout->addWidget(m_progress);
    layout->addWidget(m_bannerBox);
    layout->addLayout(m_stack, 1);

    m_state->show(QStringLiteral("hogql"), tr("No result yet"), tr("Write a query above and press Ctrl+Enter. Double-click a name at the side to insert it."));
    m_timer.setInterval(100);
    connect(&m_timer, &QTimer::timeout, this, &ResultView::tick);
    connect(m_grid, &ResultGrid::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    connect(m_grid, &ResultGrid::askRequested, this, &ResultView::askRequested);
    connect(m_grid, &ResultGrid::rowActivated, this, &ResultView::showRow);
    connect(m_grid, &ResultGrid::currentRowChanged, this, [this](int row) {
        if (isRowShown() && row >= 0)
            showRow(row);
    });
    connect(m_chart, &ChartView::rowClicked, this, [this](int row) {
        for (int shown = 0; shown < m_model->rowCount(); ++shown) {
            if (m_model->sourceRow(shown) == std::uint32_t(row)) {
                m_grid->setCurrentIndex(m_model->index(shown, 0));
                m_grid->selectRow(shown);
                showRow(shown);
                return;
            }
        }
    });
    connect(m_chart, &ChartView::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    connect(m_chart, &ChartView::exportRequested, this, &ResultView::saveChart);
    connect(m_chart, &ChartView::sceneChanged, this, [this] {
        m_chartTitle->setText(QString::fromStdString(m_chart->scene().title));
        m_chartTitle->setVisible(!m_chartTitle->text().isEmpty());
        m_chartDefinition->setText(QString::fromStdString(m_chart->scene().definition));
        m_chartDefinition->setVisible(!m_chartDefinition->text().isEmpty());
    });
    connect(m_model, &ResultModel::sorted, this, &ResultView::refreshSummary);
    refreshSummary();
}

QWidget *ResultView::makeBar()
{
    auto *bar = new QWidget;
    bar->setObjectName(QStringLiteral("resultBar"));
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(space::l, space::xs, space::s, space::xs);
    row->setSpacing(space::s);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setAccessibleName(tr("Result"));
    m_summary->setMinimumHeight(30);
    m_note->setProperty("role", "small");
    m_unlimited->setText(tr("Run without the limit"));
    m_unlimited->setAccessibleName(m_unlimited->text());
    m_unlimited->hide();
    connect(m_unlimited, &QPushButton::clicked, this, &ResultView::runUnlimitedRequested);
    m_exportAll->setText(tr("Export all rows"));
    m_exportAll->setAccessibleName(m_exportAll->text());
    m_exportAll->setToolTip(tr("Writes every row of this query to a file, however many there are"));
    m_exportAll->hide();
    connect(m_exportAll, &QPushButton::clicked, this, &ResultView::exportAllRequested);
    row->addWidget(m_summary);
    row->addWidget(m_unlimited);
    row->addWidget(m_exportAll);
    row->addWidget(m_note);
    row->addStretch(1);

    for (const ChartKindName &kind : chartKinds)
        m_chartKind->addItem(tr(kind.name), QString::fromLatin1(kind.kind));
    m_chartKind->setAccessibleName(tr("Kind of chart"));
    m_chartKind->hide();
    connect(m_chartKind, &QComboBox::activated, this, [this] {
        refreshChart();
        emit changed();
    });
    row->addWidget(m_chartKind);

    auto *group = new QButtonGroup(this);
    const auto addMode = [&](const QString &icon, const QString &name, Mode mode) {
        auto *button = iconButton(icon, name);
        button->setCheckable(true);
        button->setChecked(mode == m_mode);
        group->addButton(button);
        row->addWidget(button);
        m_modes << button;
        connect(button, &QToolButton::clicked, this, [this, mode] { setMode(mode); });
    };
    addMode(QStringLiteral("table"), tr("Rows"), Mode::Grid);
    addMode(QStringLiteral("chart"), tr("Chart"), Mode::Chart);
    addMode(QStringLiteral("panel"), tr("Rows and chart"), Mode::Both);

    auto *line = new QFrame;
    line->setProperty("role", "vline");
    line->setFixedHeight(18);
    row->addWidget(line);

    auto *copy = iconButton(QStringLiteral("copy"), tr("Copy rows as"));
    copy->setPopupMode(QToolButton::InstantPopup);
    copy->setMenu(m_grid->makeCopyMenu(copy));
    auto *save = iconButton(QStringLiteral("export"), tr("Export to a file"));
    save->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(save);
    menu->addAction(tr("All rows of the query…"), this, &ResultView::exportAllRequested);
    menu->addSeparator();
    menu->addAction(tr("Rows as CSV…"), this, [this] { chooseFile(CopyFormat::Csv); });
    menu->addAction(tr("Rows as JSON…"), this, [this] { chooseFile(CopyFormat::Json); });
    menu->addAction(tr("Rows as Markdown…"), this, [this] { chooseFile(CopyFormat::Markdown); });
    menu->addSeparator();
    menu->addAction(tr("Chart as a picture…"), this, &ResultView::saveChart);
    save->setMenu(menu);
    auto *ask = iconButton(QStringLiteral("agent"), tr("Ask the agent about these rows"));
    connect(ask, &QToolButton::clicked, this, [this] { emit askRequested(tr("What stands out in this result?"), m_grid->selectionContext()); });
    for (QToolButton *button : {copy, save, ask}) {
        row->addWidget(button);
        m_needRows << button;
    }
    return bar;
}

QWidget *ResultView::makeDetail()
{
    auto *pane = new QWidget;
    m_detailTitle = new QLabel;
    m_detailTitle->setProperty("role", "heading");
    m_detailView = new PropertiesView;
    auto *close = iconButton(QStringLiteral("close"), tr("Close the row (Esc)"));
    connect(close, &QToolButton::clicked, this, [this] { showRow(-1); });
    connect(m_detailView, &PropertiesView::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::m, space::xs, space::xs, space::xs);
    head->addWidget(m_detailTitle, 1);
    head->addWidget(close);
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_detailView, 1);
    pane->setMinimumWidth(260);
    return pane;
}

void ResultView::showRunning()
{
    m_banner->dismiss();
    m_elapsed.start();
    m_timer.start();
    m_progress->show();
    m_unlimited->hide();
    m_exportAll->hide();
    m_note->clear();
    if (!m_hasResult) {
        m_state->showLoading(tr("Running the query"));
        m_stack->setCurrentWidget(m_state);
    }
    tick();
}

void ResultView::tick()
{
    m_summary->setText(tr("Running · %1").arg(durationText(m_elapsed.elapsed() / 100 * 100)));
}

void ResultView::showResult(std::shared_ptr<posthog::Table> table, qint64 milliseconds)
{
    m_timer.stop();
    m_progress->hide();
    m_banner->dismiss();
    m_lastMs = milliseconds;
    m_hasResult = true;
    m_isStale = false;
    showRow(-1);
    m_model->setTable(std::move(table));
    if (m_model->rowCount() == 0) {
        m_state->show(QStringLiteral("search"), tr("No rows"),
                      tr("The query ran in %1 and matched nothing. Widen the time range, or loosen a condition.").arg(durationText(milliseconds)));
        m_stack->setCurrentWidget(m_state);
    } else {
        m_stack->setCurrentWidget(m_content);
    }
    refreshChart();
    refreshSummary();
}

void ResultView::showError(const ph::Error &error, bool canJump)
{
    m_timer.stop();
    m_progress->hide();
    m_isStale = m_hasResult;
    m_bannerBox->show();
    if (canJump)
        m_banner->show(Banner::Severity::Error, QString::fromStdString(error.message), tr("Go to the place"), [this] { emit jumpRequested(); });
    else
        m_banner->show(error, [this] { emit retryRequested(); });
    if (!m_hasResult) {
        m_state->show(QStringLiteral("error"), tr("The query did not run"), tr("Correct it and press Ctrl+Enter, or try it again as it is."), tr("Try again"));
        disconnect(m_state, &EmptyState::actionTriggered, nullptr, nullptr);
        connect(m_state, &EmptyState::actionTriggered, this, &ResultView::retryRequested);
        m_stack->setCurrentWidget(m_state);
    }
    refreshSummary();
}

void ResultView::showCancelled()
{
    m_timer.stop();
    m_progress->hide();
    if (!m_hasResult) {
        m_state->show(QStringLiteral("stop"), tr("Cancelled"), tr("The query was stopped after %1.").arg(durationText(elapsed())));
        m_stack->setCurrentWidget(m_state);
    }
    m_isStale = m_hasResult;
    refreshSummary();
}

void ResultView::showNotConnected()
{
    m_timer.stop();
    m_progress->hide();
    m_state->show(QStringLiteral("plug"), tr("No project"), tr("Connect a project in the settings, or open the demo project, to run queries."));
    m_stack->setCurrentWidget(m_state);
    refreshSummary();
}

QString ResultView::limitNotice() const
{
    const TablePtr table = m_model->table();
    if (m_hasResult && isAtCap())
        return tr("The first %1 rows: one query gives no more.").arg(groupedNumber(qint64(mostRows)));
    if (!m_hasResult || !table->hasMore.value_or(false))
        return {};
    return tr("Limited to %1.").arg(counted(table->limit.value_or(int(table->rows.size())), tr("row"), tr("rows")));
}

/// A query with a LIMIT of its own says nothing of the rows behind the cap.
bool ResultView::isAtCap() const { return m_model->table()->rows.size() >= std::size_t(mostRows); }

QString ResultView::summary() const { return m_summary->text(); }

void ResultView::refreshSummary()
{
    const bool hasRows = m_hasResult && m_model->rowCount() > 0;
    for (QWidget *widget : m_needRows)
        widget->setEnabled(hasRows);
    if (isRunning())
        return;
    const QString notice = limitNotice();
    if (!m_hasResult) {
        m_summary->setText({});
    } else if (m_isStale) {
        m_summary->setText(tr("%1 of the run before").arg(counted(m_model->rowCount(), tr("row"), tr("rows"))));
    } else if (!notice.isEmpty()) {
        m_summary->setText(notice);
    } else {
        m_summary->setText(tr("%1 in %2").arg(counted(m_model->rowCount(), tr("row"), tr("rows")), durationText(m_lastMs)));
    }
    m_unlimited->setVisible(!notice.isEmpty() && !m_isStale && !isAtCap());
    m_exportAll->setVisible(!notice.isEmpty() && !m_isStale);
    const int column = m_model->sortColumn();
    QString note;
    if (column >= 0)
        note = tr("loaded rows sorted by %1").arg(QString::fromStdString(m_model->table()->columns[std::size_t(column)].name));
    else if (!notice.isEmpty() && !m_isStale)
        note = durationText(m_lastMs);
    m_note->setText(note);
}

void ResultView::setMode(Mode mode)
{
    m_mode = mode;
    m_modes[int(mode)]->setChecked(true);
    m_grid->setVisible(mode != Mode::Chart);
    m_chartPane->setVisible(mode != Mode::Grid);
    m_chartKind->setVisible(mode != Mode::Grid);
    if (mode == Mode::Both)
        m_content->setSizes({m_content->width() / 2, m_content->width() / 2, isRowShown() ? m_content->width() / 3 : 0});
    refreshChart();
    emit changed();
}

QString ResultView::chartKind() const { return m_chartKind->currentData().toString(); }

void ResultView::setChartKind(const QString &kind)
{
    m_chartKind->setCurrentIndex(std::max(0, m_chartKind->findData(kind)));
    refreshChart();
}

void ResultView::refreshChart()
{
    if (m_mode == Mode::Grid || !m_hasResult)
        return;
    const TablePtr table = m_model->table();
    workflow::ChartSpec spec = report::suggestChart(*table);
    if (!chartKind().isEmpty())
        spec.kind = chartKind().toStdString();
    m_chart->setChart(spec, table);
}

void ResultView::showRow(int row)
{
    if (row < 0 || row >= m_model->rowCount()) {
        m_detail->hide();
        return;
    }
    std::vector<Property> properties;
    for (int column = 0; column < m_model->columnCount(); ++column)
        properties.push_back({m_model->table()->columns[std::size_t(column)].name, m_model->cell(row, column), typeWord(m_model->kind(column)).toStdString()});
    m_detailTitle->setText(tr("Row %1 of %2").arg(groupedNumber(qint64(row) + 1), groupedNumber(qint64(m_model->rowCount()))));
    m_detailView->setProperties(properties);
    if (!isRowShown()) {
        m_detail->show();
        const int width = std::max(300, m_content->width() / 3);
        m_content->setSizes({m_content->width() - width, m_chartPane->isVisible() ? m_content->width() / 3 : 0, width});
    }
}

bool ResultView::isRowShown() const { return !m_detail->isHidden(); }

void ResultView::chooseFile(CopyFormat format)
{
    const bool csv = format == CopyFormat::Csv, json = format == CopyFormat::Json;
    const QString ending = csv ? QStringLiteral("csv") : json ? QStringLiteral("json") : QStringLiteral("md");
    const QString path = QFileDialog::getSaveFileName(this, tr("Export rows"), downloads() + QStringLiteral("/result.") + ending,
                                                      QStringLiteral("%1 (*.%2)").arg(ending.toUpper(), ending));
    if (!path.isEmpty())
        exportTo(path, format);
}

void ResultView::exportTo(const QString &path, CopyFormat format)
{
    const std::shared_ptr<Task> task = m_workbench.startTask(tr("Export to %1").arg(QFileInfo(path).fileName()));
    std::vector<int> columns;
    for (int visual = 0; visual < m_model->columnCount(); ++visual)
        columns.push_back(m_grid->horizontalHeader()->logicalIndex(visual));
    const QString cut = limitNotice();
    inBackground([table = m_model->table(), rows = m_model->sourceRows(), columns, path, format, task] {
        const auto progress = [&](qint64 written) { task->setProgress(int(written * 100 / qint64(rows.size())), {}); };
        return writeRows(path, *table, rows, columns, format, progress, task->stop());
    }).then(this, [this, path, cut](const ph::Result<qint64> &written) {
        if (written) {
            m_workbench.toast(tr("Wrote %1 to %2. %3").arg(counted(*written, tr("row"), tr("rows")), QFileInfo(path).fileName(), cut).trimmed());
            emit exported(path, *written);
        } else if (written.error().code != ph::ErrorCode::Cancelled) {
            m_bannerBox->show();
            m_banner->show(written.error());
        }
    });
}

void ResultView::saveChart()
{
    if (m_chart->isEmpty()) {
        const Mode before = m_mode;
        setMode(Mode::Both);
        if (m_chart->isEmpty()) {
            setMode(before);
            return;
        }
    }
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the chart"), downloads() + QStringLiteral("/chart.png"),
                                                      tr("PNG picture (*.png);;SVG drawing (*.svg);;PDF (*.pdf)"));
    if (path.isEmpty())
        return;
    if (const auto written = writeChart(path, m_chart->scene(), Theme::colors()); written)
        m_workbench.toast(tr("Saved %1").arg(QFileInfo(path).fileName()));
    else {
        m_bannerBox->show();
        m_banner->show(written.error());
    }
}

} // namespace ui
