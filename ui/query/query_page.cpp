#include "ui/query/query_page.h"

#include "driver/posthog/driver.h"
#include "ui/shell/background.h"
#include "ui/query/cell_text.h"
#include "ui/query/find_bar.h"
#include "ui/query/history_panel.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/query_text.h"
#include "ui/query/result_grid.h"
#include "ui/query/saved_panel.h"
#include "ui/query/schema_completion.h"
#include "ui/query/schema_panel.h"
#include "ui/query/value_bar.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTextBlock>
#include <QToolButton>

namespace ui {

QueryPage::QueryPage(Workbench &workbench, QWidget *parent)
    : QueryPage(workbench, QueryHistory::shared(), SavedQueries::shared(), parent)
{
}

QueryPage::QueryPage(Workbench &workbench, QueryHistory &history, QWidget *parent)
    : QueryPage(workbench, history, SavedQueries::shared(), parent)
{
}

QueryPage::QueryPage(Workbench &workbench, QueryHistory &history, SavedQueries &saved, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_history(history)
    , m_saved(saved)
    , m_editor(new HogqlEditor)
    , m_find(new FindBar(m_editor))
    , m_values(new ValueBar)
    , m_results(new ResultView(workbench))
    , m_schema(new SchemaPanel)
    , m_historyPanel(new HistoryPanel(history))
    , m_savedPanel(new SavedPanel(saved))
    , m_title(new QLineEdit)
    , m_run(new QPushButton)
    , m_problemBar(new QWidget)
    , m_problem(new QPushButton)
    , m_fix(new QPushButton)
    , m_vertical(new QSplitter(Qt::Vertical))
    , m_horizontal(new QSplitter(Qt::Horizontal))
{
    setProperty("role", "page");
    setAttribute(Qt::WA_StyledBackground);
    makeActions();

    m_vertical->addWidget(makeEditorPane());
    m_vertical->addWidget(m_results);
    m_vertical->setChildrenCollapsible(false);
    m_vertical->setStretchFactor(0, 2);
    m_vertical->setStretchFactor(1, 3);
    m_vertical->setSizes({240, 360});
    m_horizontal->addWidget(m_vertical);
    m_horizontal->addWidget(makeSide());
    m_horizontal->setStretchFactor(0, 1);
    m_horizontal->setChildrenCollapsible(false);
    m_horizontal->setSizes({900, 270});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHeader());
    auto *line = new QFrame;
    line->setProperty("role", "line");
    layout->addWidget(line);
    layout->addWidget(m_horizontal, 1);
    setFocusProxy(m_editor);

    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] {
        showTitle();
        m_values->setNeeded(valuesNeededBy(m_editor->toPlainText()));
        emit stateChanged();
    });
    connect(m_values, &ValueBar::edited, this, &Document::stateChanged);
    connect(m_values, &ValueBar::submitted, this, &QueryPage::run);
    connect(m_editor, &QPlainTextEdit::cursorPositionChanged, this, &Document::stateChanged);
    connect(m_editor, &HogqlEditor::problemsChanged, this, &QueryPage::showProblem);
    connect(m_editor, &HogqlEditor::findRequested, m_find, [this] { m_find->open(); });
    connect(m_editor, &HogqlEditor::replaceRequested, m_find, [this] { m_find->open(true); });
    connect(m_results, &ResultView::retryRequested, this, [this] { runText(m_lastRun, m_lastLimit); });
    connect(m_results, &ResultView::runUnlimitedRequested, this, [this] { runText(m_lastRun, ResultView::mostRows); });
    connect(m_results, &ResultView::exportAllRequested, this, &QueryPage::exportAll);
    connect(m_results, &ResultView::jumpRequested, this, [this] {
        if (!m_editor->problems().empty())
            m_editor->goTo(m_editor->problems().front().start);
    });
    connect(m_results, &ResultView::askRequested, this, &QueryPage::ask);
    connect(m_results, &ResultView::changed, this, &Document::stateChanged);
    connect(m_schema, &SchemaPanel::insertRequested, m_editor, &HogqlEditor::insertText);
    connect(m_savedPanel, &SavedPanel::chosen, this, [this](const QString &name, const QString &text) {
        m_editor->replaceAll(text);
        m_ownTitle = name;
        m_shownTitle.clear();
        showTitle();
        m_editor->setFocus();
    });
    connect(m_historyPanel, &HistoryPanel::chosen, this, [this](const QString &text) {
        m_editor->replaceAll(text);
        m_editor->setFocus();
    });
    connect(&m_workbench, &Workbench::driverChanged, this, [this] { m_schema->load(m_workbench.driver()); });
    connect(m_schema, &SchemaPanel::loaded, this, [this] {
        const auto project = std::make_shared<const hogql::Project>(namesOf(*m_schema->schema()));
        m_editor->setProject(project);
        m_editor->setCompletions([project](const QString &text, int position) { return completeQuery(project->names(), text, position); });
    });
    m_editor->setCompletions([](const QString &text, int position) { return completeQuery({}, text, position); });
    m_schema->load(m_workbench.driver());
    showTitle();
}

QueryPage::~QueryPage() { m_stop.request_stop(); }

QString QueryPage::title() const
{
    if (!m_ownTitle.isEmpty())
        return m_ownTitle;
    const QString title = titleOf(m_editor->toPlainText());
    return title.isEmpty() ? tr("New query") : title;
}

void QueryPage::save()
{
    QString error;
    const QString name = m_saved.save(title(), m_editor->toPlainText(), &error);
    if (name.isEmpty()) {
        m_editor->addProblem({error, 0, 0, 1, 1, true});
        return;
    }
    m_ownTitle = name;
    m_shownTitle.clear();
    showTitle();
    m_sideButton->setChecked(true);
    m_sideTabs->setCurrentIndex(m_sidePages->indexOf(m_savedPanel)); // one sees where it went
    emit stateChanged();
}

void QueryPage::showTitle()
{
    const QString text = title();
    if (text == m_shownTitle)
        return;
    m_shownTitle = text;
    if (!m_title->hasFocus() || !m_title->isModified())
        m_title->setText(text);
    emit titleChanged();
}

QJsonObject QueryPage::state() const
{
    const QTextCursor cursor = m_editor->textCursor();
    const char *modes[] = {"grid", "chart", "both"};
    const auto sizes = [](const QSplitter *splitter) {
        QJsonArray array;
        for (const int size : splitter->sizes())
            array << size;
        return array;
    };
    return {{"text", m_editor->toPlainText()}, {"cursor", cursor.position()}, {"anchor", cursor.anchor()}, {"title", m_ownTitle},
            {"view", modes[int(m_results->mode())]}, {"chart", m_results->chartKind()}, {"side", m_sideButton->isChecked()},
            {"values", QJsonDocument::fromJson(QByteArray::fromStdString(m_values->values().dump())).object()}, {"kinds", QJsonDocument::fromJson(QByteArray::fromStdString(m_values->kinds().dump())).object()},
            {"rows", sizes(m_vertical)}, {"columns", sizes(m_horizontal)}};
}

void QueryPage::restore(const QJsonObject &state)
{
    m_values->setKinds(ph::Json::parse(QJsonDocument(state["kinds"].toObject()).toJson(QJsonDocument::Compact).toStdString(), nullptr, false));
    m_values->setValues(ph::Json::parse(QJsonDocument(state["values"].toObject()).toJson(QJsonDocument::Compact).toStdString(), nullptr, false));
    m_editor->setPlainText(state["text"].toString());
    m_ownTitle = state["title"].toString();
    const int last = m_editor->document()->characterCount() - 1;
    QTextCursor cursor = m_editor->textCursor();
    const int end = state["cursor"].toInt(last);
    cursor.setPosition(std::clamp(state["anchor"].toInt(end), 0, last));
    cursor.setPosition(std::clamp(end, 0, last), QTextCursor::KeepAnchor);
    m_editor->setTextCursor(cursor);
    const QString view = state["view"].toString();
    m_results->setChartKind(state["chart"].toString());
    m_results->setMode(view == "chart" ? ResultView::Mode::Chart : view == "both" ? ResultView::Mode::Both : ResultView::Mode::Grid);
    m_sideButton->setChecked(state["side"].toBool(true));
    const auto resize = [](QSplitter *splitter, const QJsonArray &array) {
        QList<int> sizes;
        for (const auto &size : array)
            sizes << size.toInt();
        if (sizes.size() == splitter->count() && std::any_of(sizes.begin(), sizes.end(), [](int size) { return size > 0; }))
            splitter->setSizes(sizes);
    };
    resize(m_vertical, state["rows"].toArray());
    resize(m_horizontal, state["columns"].toArray());
    m_shownTitle.clear();
    showTitle();
    if (state["run"].toBool())
        run();
}

QJsonObject QueryPage::agentContext() const
{
    QString text = QStringLiteral("```sql\n%1\n```\n").arg(m_editor->toPlainText());
    for (const EditorProblem &problem : m_editor->problems())
        text += tr("Line %1, column %2: %3\n").arg(problem.line).arg(problem.column).arg(problem.message);
    if (m_results->model()->rowCount() > 0) {
        const TablePtr table = m_results->model()->table();
        auto rows = m_results->model()->sourceRows();
        rows.resize(std::min<std::size_t>(rows.size(), 20));
        std::vector<int> columns(table->columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i] = int(i);
        text += tr("\n%1; the first are:\n\n").arg(m_results->summary())
            + QString::fromStdString(formatRows(*table, rows, columns, CopyFormat::Markdown));
    }
    return {{"title", title()}, {"kind", kind()}, {"text", text}};
}

void QueryPage::ask(const QString &text, const QJsonObject &context)
{
    QJsonObject full = context;
    if (full.isEmpty())
        full = agentContext();
    else
        full["text"] = QStringLiteral("```sql\n%1\n```\n\n").arg(m_lastRun) + full["text"].toString();
    m_workbench.askAgent(text, full);
}

void QueryPage::run()
{
    const QString text = m_editor->runnableText();
    if (isReady(text))
        runText(text);
}

void QueryPage::exportAll()
{
    const QString text = m_lastRun.isEmpty() ? m_editor->runnableText() : m_lastRun;
    if (!isReady(text))
        return;
    m_workbench.open(QStringLiteral("exports"), {{"hogql", QString::fromStdString(firstStatement(withPlainVariables(text).toStdString()))},
                                                 {"values", QJsonDocument::fromJson(QByteArray::fromStdString(valuesFor(text).dump())).object()},
                                                 {"title", title()}});
}

/// Whether there is a statement and a value for each of its names; if not, says so at the editor.
bool QueryPage::isReady(const QString &text)
{
    if (text.trimmed().isEmpty()) {
        m_editor->setFocus();
        return false;
    }
    const QStringList needed = placeholdersOf(text), missing = m_values->missing();
    for (const QString &name : needed) {
        if (missing.contains(name)) {
            const VariableField *field = m_values->field(name);
            const bool isEmpty = !field || field->text().trimmed().isEmpty();
            m_editor->addProblem({isEmpty ? tr("Give {%1} a value before the query runs.").arg(name)
                                          : tr("The value of {%1} is no %2.").arg(name, nameOf(field->kind()).toLower()), 0, 0, 1, 1, true});
            m_values->focusName(name);
            return false;
        }
    }
    return true;
}

ph::Json QueryPage::valuesFor(const QString &text) const
{
    ph::Json values = ph::Json::object();
    const ph::Json all = m_values->values();
    for (const QString &name : placeholdersOf(text)) {
        if (const auto value = all.find(name.toStdString()); value != all.end())
            values[plainName(name).toStdString()] = *value;
    }
    return values;
}

void QueryPage::runText(const QString &text, std::optional<int> limit)
{
    m_stop.request_stop(); // a new run ends the one before
    m_stop = std::stop_source();
    m_lastRun = text;
    m_lastLimit = limit;
    const auto driver = m_workbench.driver();
    if (!driver) {
        m_results->showNotConnected();
        return;
    }
    m_results->showRunning();
    m_run->setText(tr("Cancel"));
    m_run->setToolTip(tr("Stop the query (Esc)"));
    setStyleProperty(m_run, "variant", QStringLiteral("danger"));
    const std::string statement = withPlainVariables(text).toStdString();
    inBackground([driver, hogql = limit ? withLimit(statement, *limit) : statement, values = valuesFor(text), stop = m_stop.get_token()]() -> ph::Result<std::shared_ptr<posthog::Table>> {
        auto table = driver->query(hogql, values, stop);
        if (!table)
            return ph::fail(table.error());
        return std::make_shared<posthog::Table>(std::move(*table));
    }).then(this, [this, stop = m_stop.get_token()](const ph::Result<std::shared_ptr<posthog::Table>> &result) {
        if (!stop.stop_requested()) // a later run or a cancel has had its own say
            finished(result);
    });
}

void QueryPage::finished(const ph::Result<std::shared_ptr<posthog::Table>> &result)
{
    const qint64 elapsed = m_results->elapsed();
    m_run->setText(tr("Run"));
    m_run->setToolTip(tr("Run the selection, or the statement at the cursor (Ctrl+Enter)"));
    setStyleProperty(m_run, "variant", QStringLiteral("primary"));
    HistoryEntry entry{m_lastRun, QDateTime::currentDateTimeUtc(), elapsed, std::nullopt, {}};
    if (result) {
        entry.rows = qint64((*result)->rows.size());
        m_results->showResult(*result, elapsed);
    } else if (result.error().code == ph::ErrorCode::Cancelled) {
        m_results->showCancelled();
    } else {
        const ph::Error &error = result.error();
        entry.error = QString::fromStdString(error.message);
        const auto [line, column] = positionInMessage(entry.error);
        if (line > 0) { // the server counts within what was sent
            const int offset = std::max(0, int(m_editor->toPlainText().indexOf(m_lastRun)));
            const int firstLine = int(m_editor->toPlainText().left(offset).count('\n'));
            const QTextBlock block = m_editor->document()->findBlockByNumber(firstLine + line - 1);
            const int before = line == 1 ? offset - block.position() : 0;
            const int start = block.position() + std::min(before + column - 1, std::max(0, block.length() - 1));
            m_editor->addProblem({entry.error, start, start + 1, firstLine + line, column, true});
        }
        m_results->showError(error, line > 0 || !m_editor->problems().empty());
    }
    m_history.add(entry);
    emit runFinished();
}

void QueryPage::cancel()
{
    if (!isRunning())
        return;
    m_stop.request_stop(); // the driver answers within 200 ms; the page does not wait for it
    finished(ph::fail(ph::ErrorCode::Cancelled, "The query was cancelled."));
}

void QueryPage::showProblem()
{
    const auto &problems = m_editor->problems();
    m_problemBar->setVisible(!problems.empty());
    if (problems.empty())
        return;
    const EditorProblem &first = problems.front();
    QString text = first.end > 0 ? tr("Line %1, column %2: %3").arg(first.line).arg(first.column).arg(first.message) : first.message;
    if (problems.size() > 1)
        text += tr("  (and %1 more)").arg(problems.size() - 1);
    m_problem->setText(text);
    m_problem->setAccessibleName(text);
    m_fix->setVisible(first.fix.has_value());
    if (first.fix) {
        m_fix->setText(first.fix->title);
        m_fix->setAccessibleName(first.fix->title);
    }
    m_problem->setIcon(Theme::icon(first.isError ? QStringLiteral("error") : QStringLiteral("warning"),
                                   first.isError ? Theme::colors().bad : Theme::colors().warning));
}

void QueryPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) { // one thing at a time, the topmost first
        if (isRunning()) {
            cancel();
            return;
        }
        if (m_results->isRowShown()) {
            m_results->showRow(-1);
            m_results->grid()->setFocus();
            return;
        }
    }
    Document::keyPressEvent(event);
}

} // namespace ui
