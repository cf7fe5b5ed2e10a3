#pragma once

#include "agent/workflow/definition.h"
#include "driver/base/result.h"
#include "ui/query/copy_formats.h"
#include "ui/query/result_model.h"

#include <QElapsedTimer>
#include <QJsonObject>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedLayout;
class QToolButton;

namespace ui {

class Banner;
class ChartView;
class EmptyState;
class PropertiesView;
class ResultGrid;
class Workbench;

/// One query's result: a bar that says what there is, rows, chart or both, and the row one looks at. Keeps the old rows while a
/// query runs and after it failed, and says so.
class ResultView : public QWidget
{
    Q_OBJECT

public:
    enum class Mode { Grid, Chart, Both };
    /// The most rows that one query may answer with (PostHog's own cap).
    static constexpr int mostRows = 50'000;

    explicit ResultView(Workbench &workbench, QWidget *parent = nullptr);

    void showRunning();
    void showResult(std::shared_ptr<posthog::Table> table, qint64 milliseconds);
    void showError(const ph::Error &error, bool canJump);
    void showCancelled();
    void showNotConnected();

    bool isRunning() const { return m_timer.isActive(); }
    qint64 elapsed() const { return m_elapsed.isValid() ? m_elapsed.elapsed() : 0; }

    ResultModel *model() const { return m_model; }
    ResultGrid *grid() const { return m_grid; }
    ChartView *chart() const { return m_chart; }
    QString summary() const;
    QString limitNotice() const; // empty: nothing was cut off

    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    QString chartKind() const; // empty: what suits the result
    void setChartKind(const QString &kind);

    /// Shows one row whole at the side; -1 closes it.
    void showRow(int row);
    bool isRowShown() const;

    /// Writes all loaded rows in the shown order, on a worker, as a background task.
    void exportTo(const QString &path, CopyFormat format);

signals:
    void runUnlimitedRequested();
    void exportAllRequested(); // every row of the query, loaded or not
    void retryRequested();
    void jumpRequested();
    void askRequested(const QString &text, const QJsonObject &context);
    void changed(); // mode or chart kind
    void exported(const QString &path, qint64 rows);

private:
    bool isAtCap() const;
    QWidget *makeBar();
    QWidget *makeDetail();
    void tick();
    void refreshSummary();
    void refreshChart();
    void chooseFile(CopyFormat format);
    void saveChart();

    Workbench &m_workbench;
    ResultModel *m_model;
    ResultGrid *m_grid;
    ChartView *m_chart;
    QWidget *m_chartPane;
    QLabel *m_chartTitle;
    QLabel *m_chartDefinition;
    QWidget *m_bannerBox;
    Banner *m_banner;
    EmptyState *m_state;
    QStackedLayout *m_stack;
    QSplitter *m_content;
    QProgressBar *m_progress;
    QLabel *m_summary;
    QPushButton *m_unlimited;
    QPushButton *m_exportAll;
    QLabel *m_note; // sorting
    QComboBox *m_chartKind;
    QList<QToolButton *> m_modes;
    QList<QWidget *> m_needRows;
    QWidget *m_detail;
    QLabel *m_detailTitle;
    PropertiesView *m_detailView;
    Mode m_mode = Mode::Grid;
    bool m_hasResult = false;
    bool m_isStale = false; // the rows are of the run before: the last one failed
    qint64 m_lastMs = 0;
    QElapsedTimer m_elapsed;
    QTimer m_timer;
};

} // namespace ui
