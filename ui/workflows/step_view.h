#pragma once

#include "ui/workflows/run_state.h"

#include <QJsonObject>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace ui {

class ChartView;
class Fold;
class ResultGrid;
class ResultModel;

/// One step of a run, read from top to bottom: what was asked, what the data say, what follows, and how it was found.
class StepView : public QWidget
{
    Q_OBJECT

public:
    explicit StepView(QWidget *parent = nullptr);

    void showStep(const StepRun &step, int number, int count);

    ChartView *chart() const { return m_chart; }
    ResultGrid *grid() const { return m_grid; }
    Fold *hogqlFold() const { return m_hogqlFold; }
    QString hogql() const;
    QStringList warnings() const { return m_warnings; }
    QList<QPushButton *> nextActions() const { return m_nextButtons; }
    QString decisionText() const;
    QString findingText() const;
    QString statusText() const;

    /// The step as Markdown, for the agent.
    static QString textOf(const StepRun &step);

signals:
    void openHogqlRequested(const QString &hogql, const QString &title);
    void askRequested(const QString &text);
    void rerunRequested(const QString &step);
    void copied(const QString &what);
    void exportChartRequested();

private:
    QWidget *makeChartCard();
    void fillList(QVBoxLayout *layout, const QStringList &texts);

    QLabel *m_number;
    QLabel *m_title;
    QLabel *m_question;
    QLabel *m_status; // running, waiting, of the run before
    QWidget *m_errorCard;
    QLabel *m_error;
    QPushButton *m_retry;
    QLabel *m_finding;
    QWidget *m_chartCard;
    ChartView *m_chart;
    QLabel *m_chartTitle;
    QLabel *m_chartDefinition;
    QWidget *m_decisionCard;
    QLabel *m_decision;
    QWidget *m_warningCard;
    QVBoxLayout *m_warningList;
    QWidget *m_numbers;
    QLabel *m_numbersTitle;
    ResultModel *m_model;
    ResultGrid *m_grid;
    QWidget *m_next;
    QVBoxLayout *m_nextList;
    QList<QPushButton *> m_nextButtons;
    Fold *m_hogqlFold;
    QPlainTextEdit *m_hogql;
    QLabel *m_values;
    Fold *m_whyFold;
    QLabel *m_why;
    QStringList m_warnings;
    std::string m_step;
    std::shared_ptr<const posthog::Table> m_table;
};

} // namespace ui
