#pragma once

#include "ui/query/query_history.h"
#include "ui/query/result_view.h"
#include "ui/shell/document.h"

#include <QElapsedTimer>

#include <memory>
#include <optional>
#include <stop_token>

class QLabel;
class QLineEdit;
class QSplitter;
class QTabBar;
class QStackedWidget;
class QToolButton;

namespace posthog {
class Driver;
}

namespace ui {

class FindBar;
class HistoryPanel;
class HogqlEditor;
class SavedPanel;
class SavedQueries;
class SchemaPanel;
class ValueBar;
class Workbench;

/// A HogQL query and its result. The text, the cursor, the title and the choice of chart are its state, saved every second.
class QueryPage : public Document
{
    Q_OBJECT

public:
    explicit QueryPage(Workbench &workbench, QWidget *parent = nullptr);
    QueryPage(Workbench &workbench, QueryHistory &history, QWidget *parent = nullptr);
    QueryPage(Workbench &workbench, QueryHistory &history, SavedQueries &saved, QWidget *parent = nullptr);
    ~QueryPage() override;

    QString kind() const override { return QStringLiteral("hogql"); }
    QString title() const override;
    QString iconName() const override { return QStringLiteral("hogql"); }
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;
    QJsonObject agentContext() const override;
    QList<QAction *> documentActions() const override { return m_actions; }

    /// Runs the selection, else the statement at the cursor. A run that is under way is cancelled first.
    void run();
    void cancel();
    /// Keeps the text under its title among the saved queries; says at the editor when it cannot.
    void save();
    /// Asks for a file for all rows of the last run's statement, or of the one at the cursor where none ran.
    void exportAll();
    bool isRunning() const { return m_results->isRunning(); }

    HogqlEditor *editor() const { return m_editor; }
    ResultView *results() const { return m_results; }
    ValueBar *values() const { return m_values; }
    SchemaPanel *schema() const { return m_schema; }
    HistoryPanel *history() const { return m_historyPanel; }
    SavedPanel *saved() const { return m_savedPanel; }
    FindBar *findBar() const { return m_find; }

signals:
    void runFinished();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeHeader();
    QWidget *makeEditorPane();
    QWidget *makeSide();
    void makeActions();
    /// With a limit, `text` runs as it is but for that many rows.
    void runText(const QString &text, std::optional<int> limit = std::nullopt);
    bool isReady(const QString &text);
    ph::Json valuesFor(const QString &text) const; // those that this statement names
    void finished(const ph::Result<std::shared_ptr<posthog::Table>> &result);
    void showProblem();
    void showTitle();
    void ask(const QString &text, const QJsonObject &context);

    Workbench &m_workbench;
    QueryHistory &m_history;
    SavedQueries &m_saved;
    HogqlEditor *m_editor;
    FindBar *m_find;
    ValueBar *m_values;
    ResultView *m_results;
    SchemaPanel *m_schema;
    HistoryPanel *m_historyPanel;
    SavedPanel *m_savedPanel;
    QTabBar *m_sideTabs;
    QStackedWidget *m_sidePages;
    QWidget *m_side;
    QToolButton *m_sideButton;
    QLineEdit *m_title;
    QPushButton *m_run;
    QWidget *m_problemBar;
    QPushButton *m_problem;
    QPushButton *m_fix;
    QSplitter *m_vertical;
    QSplitter *m_horizontal;
    QList<QAction *> m_actions;
    QAction *m_runAction = nullptr;
    QString m_ownTitle; // what the user called it; empty: from the text
    QString m_lastRun; // as the editor has it
    std::optional<int> m_lastLimit;
    QString m_shownTitle;
    std::stop_source m_stop;
};

} // namespace ui
