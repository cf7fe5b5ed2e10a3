#include "ui/workflows/workflow_run_page.h"

#include "driver/posthog/driver.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_view.h"
#include "ui/conversation/question_card.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"
#include "ui/workflows/decision_view.h"
#include "ui/workflows/parameter_form.h"
#include "ui/workflows/parameter_page.h"
#include "ui/workflows/run_export.h"
#include "ui/workflows/run_header.h"
#include "ui/workflows/step_rail.h"
#include "ui/workflows/step_view.h"

#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>

namespace ui {

namespace {

QJsonObject toQt(const ph::Json &json) { return QJsonDocument::fromJson(QByteArray::fromStdString(json.dump())).object(); }

ph::Json fromQt(const QJsonObject &object)
{
    return ph::Json::parse(QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString(), nullptr, false);
}

} // namespace

WorkflowRunPage::WorkflowRunPage(Workbench &workbench, WorkflowRuns &runs, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_runs(runs)
    , m_header(new RunHeader)
    , m_banner(new Banner)
    , m_bannerBox(new QWidget)
    , m_steps(new StepListModel(this))
    , m_rail(new StepRail)
    , m_pages(new QStackedWidget)
    , m_stepPage(new QScrollArea)
    , m_view(new StepView)
    , m_decision(new DecisionView)
    , m_parameterPage(new ParameterPage)
    , m_empty(new EmptyState)
    , m_question(new QuestionCard)
    , m_questionBox(new QWidget)
{
    setProperty("role", "page");
    setAttribute(Qt::WA_StyledBackground);
    m_rail->setModel(m_steps);

    m_stepPage->setWidget(m_view);
    m_stepPage->setWidgetResizable(true);
    m_stepPage->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_stepPage->setFrameShape(QFrame::NoFrame);
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_stepPage);
    m_pages->addWidget(m_decision);
    m_pages->addWidget(m_parameterPage);
    m_empty->showLoading(tr("Starting the run"));

    auto *bannerRow = new QVBoxLayout(m_bannerBox);
    bannerRow->setContentsMargins(space::m, space::s, space::m, space::s);
    bannerRow->addWidget(m_banner);
    m_bannerBox->hide();
    connect(m_banner, &Banner::dismissed, m_bannerBox, &QWidget::hide);

    auto *questionRow = new QVBoxLayout(m_questionBox);
    questionRow->setContentsMargins(space::xl, space::s, space::xl, space::l);
    questionRow->addWidget(m_question);
    m_question->setMaximumWidth(992);
    m_questionBox->hide();

    auto *centre = new QWidget;
    auto *centreColumn = new QVBoxLayout(centre);
    centreColumn->setContentsMargins(0, 0, 0, 0);
    centreColumn->setSpacing(0);
    centreColumn->addWidget(m_bannerBox);
    centreColumn->addWidget(m_pages, 1);
    centreColumn->addWidget(m_questionBox);

    auto *railBox = new QWidget;
    auto *railColumn = new QVBoxLayout(railBox);
    railColumn->setContentsMargins(space::s, space::s, space::s, space::s);
    railColumn->addWidget(m_rail);
    railBox->setMinimumWidth(200);
    auto *split = new QSplitter(Qt::Horizontal);
    split->addWidget(railBox);
    split->addWidget(centre);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({280, 800});

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(split, 1);
    setFocusProxy(m_rail);

    connect(m_rail->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (index.isValid() && index.row() != m_selected)
            selectStep(index.row());
    });
    connect(m_rail, &QListView::clicked, this, [this](const QModelIndex &index) { selectStep(index.row()); });
    connect(m_question, &QuestionCard::chosen, this, [this](quint64 question, const std::string &option) {
        if (m_run)
            m_run->answer(question, option);
    });
    connect(m_question, &QuestionCard::formAccepted, this, [this](quint64 question, const ph::Json &content) {
        if (m_run)
            m_run->answerForm(question, content);
    });
    connect(m_question, &QuestionCard::dismissed, this, [this](quint64 question) {
        if (m_run)
            m_run->dismiss(question);
    });
    connect(m_view, &StepView::openHogqlRequested, this, [this](const QString &hogql, const QString &title) {
        const bool isStep = m_selected >= 0 && m_selected < int(m_state.steps.size());
        const QJsonObject values = isStep ? toQt(m_state.steps[std::size_t(m_selected)].values) : QJsonObject();
        m_workbench.open(QStringLiteral("hogql"), {{"text", hogql}, {"title", title}, {"values", values}, {"run", false}});
    });
    connect(m_view, &StepView::askRequested, this, &WorkflowRunPage::ask);
    connect(m_view, &StepView::rerunRequested, this, [this](const QString &step) { rerun(step.toStdString()); });
    connect(m_view, &StepView::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    connect(m_view, &StepView::exportChartRequested, this, [this] {
        const QString path = QFileDialog::getSaveFileName(this, tr("Save the chart"),
                                                          QStandardPaths::writableLocation(QStandardPaths::DownloadLocation) + QStringLiteral("/chart.png"),
                                                          tr("PNG picture (*.png);;SVG drawing (*.svg);;PDF (*.pdf)"));
        if (path.isEmpty())
            return;
        if (const auto written = writeChart(path, m_view->chart()->scene(), Theme::colors()); written) {
            m_workbench.toast(tr("Saved %1").arg(QFileInfo(path).fileName()));
        } else {
            m_bannerBox->show();
            m_banner->show(written.error());
        }
    });
    connect(m_parameterPage, &ParameterPage::submitted, this, &WorkflowRunPage::runWithParameters);
    connect(m_parameterPage, &ParameterPage::left, this, [this] { showParameters(false); });
    connect(m_header, &RunHeader::stopClicked, this, &WorkflowRunPage::stop);
    connect(m_header, &RunHeader::goOnClicked, this, &WorkflowRunPage::goOn);
    connect(m_header, &RunHeader::againClicked, this, [this] { rerun({}); });
    connect(m_header, &RunHeader::againFromHereClicked, this, &WorkflowRunPage::rerunFromHere);
    connect(m_header, &RunHeader::parametersClicked, this, [this] { showParameters(true); });
    connect(m_header, &RunHeader::exportClicked, this, &WorkflowRunPage::chooseExport);
    connect(m_header, &RunHeader::conversationClicked, this, [this] {
        if (m_run)
            m_run->showConversation();
    });
    connect(&m_runs, &WorkflowRuns::definitionsChanged, this, &WorkflowRunPage::refresh); // it may be run again now
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(30); // a log of thousands of lines is read in a burst
    connect(&m_refresh, &QTimer::timeout, this, &WorkflowRunPage::refresh);

    const auto action = [&](const QString &text, const QString &icon, auto run) {
        auto *made = new QAction(Theme::icon(icon), text, this);
        connect(made, &QAction::triggered, this, run);
        addAction(made);
        m_actions << made;
    };
    action(tr("Stop the run"), QStringLiteral("stop"), [this] { stop(); });
    action(tr("Run again from the first step"), QStringLiteral("refresh"), [this] { rerun({}); });
    action(tr("Run again from this step"), QStringLiteral("refresh"), [this] { rerunFromHere(); });
    action(tr("Continue the run"), QStringLiteral("play"), [this] { goOn(); });
    action(tr("Change the parameters"), QStringLiteral("settings"), [this] { showParameters(true); });
    action(tr("Export the report as Markdown"), QStringLiteral("export"), [this] { chooseExport(QStringLiteral("md")); });
    action(tr("Export the report as HTML"), QStringLiteral("export"), [this] { chooseExport(QStringLiteral("html")); });
    action(tr("Export the report as PDF"), QStringLiteral("export"), [this] { chooseExport(QStringLiteral("pdf")); });
    refresh();
}

WorkflowRunPage::~WorkflowRunPage() = default;

const workflow::Definition *WorkflowRunPage::definition() const
{
    for (const workflow::Definition &definition : m_runs.definitions()) {
        if (definition.id == m_state.workflowId)
            return &definition;
    }
    return nullptr;
}

QString WorkflowRunPage::title() const
{
    return m_state.title.empty() ? tr("Workflow") : QString::fromStdString(m_state.title);
}

/// The session's id comes with the agent's first answer: until then what was known before holds.
QString WorkflowRunPage::runId() const { return m_run && !m_run->runId().isEmpty() ? m_run->runId() : m_runId; }

QJsonObject WorkflowRunPage::state() const
{
    QJsonObject state{{"workflow", QString::fromStdString(m_state.workflowId)}, {"parameters", toQt(m_state.parameters)}, {"runId", runId()}};
    if (!m_follows && m_selected >= 0 && m_selected < int(m_state.steps.size()))
        state["step"] = QString::fromStdString(m_state.steps[std::size_t(m_selected)].id);
    return state;
}

void WorkflowRunPage::restore(const QJsonObject &state)
{
    m_state = RunState();
    m_state.workflowId = state["workflow"].toString().toStdString();
    m_state.parameters = fromQt(state["parameters"].toObject());
    m_runId = state["runId"].toString();
    m_wantedStep = state["step"].toString();
    m_selected = -1;
    m_follows = true;
    if (const workflow::Definition *known = definition())
        m_state = emptyRun(*known, m_state.parameters);
    if (!m_runId.isEmpty()) {
        attach(m_runs.reopen(m_runId));
        if (!m_run) {
            m_empty->show(QStringLiteral("error"), tr("This run is gone"), tr("Its log is not on this computer any more. Start the workflow anew."),
                          definition() ? tr("Start again") : QString());
            disconnect(m_empty, &EmptyState::actionTriggered, this, nullptr);
            connect(m_empty, &EmptyState::actionTriggered, this, [this] {
                m_runId.clear();
                rerun({});
            });
            m_pages->setCurrentWidget(m_empty);
        }
    } else {
        rerun({});
    }
    refresh();
    emit titleChanged();
}

void WorkflowRunPage::attach(std::unique_ptr<WorkflowRun> run)
{
    if (m_run)
        m_run->disconnect(this);
    m_run = std::move(run);
    showQuestion();
    if (!m_run)
        return;
    m_runId = m_run->runId();
    connect(m_run.get(), &WorkflowRun::updated, this, &WorkflowRunPage::onUpdate);
    connect(m_run.get(), &WorkflowRun::finished, this, &WorkflowRunPage::onFinished);
    connect(m_run.get(), &WorkflowRun::questionsChanged, this, [this] {
        followRunning(); // An answer may have set a run going again that its log had left waiting.
        showQuestion();
        refresh();
    });
    followRunning();
}

void WorkflowRunPage::followRunning()
{
    if (!m_run || !m_run->isRunning())
        return;
    if (m_state.phase != RunPhase::Waiting)
        m_state.phase = RunPhase::Running;
    m_header->startClock();
}

void WorkflowRunPage::rerun(const std::string &fromStep)
{
    if (m_run && m_run->isRunning())
        return;
    m_banner->dismiss();
    restart(m_state, fromStep, m_state.parameters);
    attach(m_runs.start(QString::fromStdString(m_state.workflowId), m_state.parameters, QString::fromStdString(fromStep), runId()));
    if (!m_run) {
        finish(m_state, {}, ph::Error{ph::ErrorCode::NotFound, "This workflow is not installed."});
        m_bannerBox->show();
        m_banner->show(Banner::Severity::Error, QString::fromStdString(m_state.error));
    }
    m_follows = true;
    if (areParametersShown())
        showParameters(false);
    refresh();
    emit stateChanged();
}

void WorkflowRunPage::rerunFromHere()
{
    if (m_selected >= 0 && m_selected < int(m_state.steps.size()))
        rerun(m_state.steps[std::size_t(m_selected)].id);
}

void WorkflowRunPage::goOn()
{
    if (!m_run || !m_run->canGoOn())
        return;
    m_banner->dismiss();
    m_run->goOn();
    m_follows = true;
    followRunning();
    refresh();
}

void WorkflowRunPage::stop()
{
    if (m_run && m_run->isRunning())
        m_run->cancel();
}

void WorkflowRunPage::onUpdate(const acp::SessionUpdate &update)
{
    const std::string before = m_state.title;
    if (!apply(m_state, update))
        return;
    if (before != m_state.title)
        emit titleChanged();
    m_refresh.start();
}

void WorkflowRunPage::onFinished(const QString &stopReason, const std::optional<ph::Error> &error)
{
    if (m_state.phase == RunPhase::Done || m_state.phase == RunPhase::Stopped || m_state.phase == RunPhase::Failed) {
        refresh(); // another turn of the same session, which was not the workflow's
        return;
    }
    finish(m_state, stopReason.toStdString(), error);
    m_header->stopClock();
    showQuestion();
    if (m_state.phase == RunPhase::Failed && !m_state.error.empty()) {
        m_bannerBox->show();
        m_banner->show(Banner::Severity::Error, QString::fromStdString(m_state.error), tr("Run again"), [this] {
            const auto failed = std::find_if(m_state.steps.begin(), m_state.steps.end(), [](const StepRun &step) { return step.state == StepState::Failed; });
            rerun(failed == m_state.steps.end() ? std::string() : failed->id);
        });
    }
    refresh();
    emit stateChanged();
}

void WorkflowRunPage::showQuestion()
{
    const bool waits = m_run && !m_run->questions().empty();
    if (!waits) {
        m_question->setQuestions({});
        m_questionBox->hide();
        if (m_state.phase == RunPhase::Waiting)
            m_state.phase = RunPhase::Running;
        return;
    }
    m_question->setQuestions(m_run->questions());
    m_questionBox->show();
    m_state.phase = RunPhase::Waiting;
}

void WorkflowRunPage::refresh()
{
    m_refresh.stop();
    m_steps->setRun(m_state);
    const bool running = m_run && m_run->isRunning();
    const bool waits = m_state.phase == RunPhase::Waiting;
    m_header->show(m_state, title(), {running, m_run && !waits && m_run->canGoOn(), !running && definition() != nullptr});
    if (!m_wantedStep.isEmpty() && m_state.indexOf(m_wantedStep.toStdString()) >= 0 && m_state.phase != RunPhase::Running) {
        const int wanted = m_state.indexOf(m_wantedStep.toStdString());
        m_wantedStep.clear();
        selectStep(wanted);
    } else if (m_follows) {
        const int current = m_steps->decisionRow() >= 0 ? m_steps->decisionRow() : m_state.current();
        if (current != m_selected) {
            m_selected = current;
            m_stepPage->verticalScrollBar()->setValue(0);
        }
    }
    showCurrent();
}

void WorkflowRunPage::showCurrent()
{
    if (m_selected >= 0 && m_rail->currentIndex().row() != m_selected) {
        const int selected = m_selected;
        m_rail->setCurrentIndex(m_steps->index(selected));
    }
    const bool isDecision = m_selected >= 0 && m_selected == m_steps->decisionRow();
    if (isDecision) {
        m_decision->show(m_state);
    } else if (m_selected >= 0 && m_selected < int(m_state.steps.size())) {
        m_view->showStep(m_state.steps[std::size_t(m_selected)], m_selected + 1, int(m_state.steps.size()));
    }
    if (areParametersShown())
        return;
    if (m_state.steps.empty()) {
        if (m_run && m_run->isRunning())
            m_empty->showLoading(tr("Starting the run"));
        m_pages->setCurrentWidget(m_empty);
    } else {
        m_pages->setCurrentWidget(isDecision ? static_cast<QWidget *>(m_decision) : m_stepPage);
    }
}

void WorkflowRunPage::selectStep(int index)
{
    if (index < 0 || index >= m_steps->rowCount())
        return;
    const int leading = m_steps->decisionRow() >= 0 ? m_steps->decisionRow() : m_state.current();
    m_follows = index == leading; // back at the front one goes along again
    if (m_selected != index)
        m_stepPage->verticalScrollBar()->setValue(0);
    m_selected = index;
    if (areParametersShown())
        m_pages->setCurrentWidget(m_stepPage);
    showCurrent();
    emit stateChanged();
}

QPushButton *WorkflowRunPage::stopButton() const { return m_header->stopButton(); }
ParameterForm *WorkflowRunPage::parameters() const { return m_parameterPage->form(); }
QString WorkflowRunPage::statusText() const { return m_header->statusText(); }
QString WorkflowRunPage::decisionText() const { return m_decision->text(); }
bool WorkflowRunPage::isDecisionShown() const { return m_pages->currentWidget() == m_decision; }
bool WorkflowRunPage::areParametersShown() const { return m_pages->currentWidget() == m_parameterPage; }

void WorkflowRunPage::showParameters(bool shown)
{
    if (!shown) {
        m_pages->setCurrentWidget(m_stepPage);
        showCurrent();
        return;
    }
    const workflow::Definition *known = definition();
    if (!known || (m_run && m_run->isRunning()))
        return;
    parameters()->setParameters(known->parameters, m_state.parameters, m_workbench.driver());
    m_pages->setCurrentWidget(m_parameterPage);
    parameters()->setFocus();
}

void WorkflowRunPage::runWithParameters()
{
    const auto values = parameters()->values();
    if (!values)
        return;
    m_state.parameters = *values;
    rerun({});
}

void WorkflowRunPage::chooseExport(const QString &ending)
{
    const QString name = title().toLower().replace(' ', '-');
    const QString path = QFileDialog::getSaveFileName(this, tr("Export the report"),
                                                      QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation) + '/' + name + '.' + ending,
                                                      QStringLiteral("%1 (*.%2)").arg(ending.toUpper(), ending));
    if (!path.isEmpty())
        exportTo(path);
}

bool WorkflowRunPage::exportTo(const QString &path)
{
    std::string project;
    if (const auto driver = m_workbench.driver())
        project = driver->projectId();
    const auto written = writeReport(path, reportOf(m_state, project, QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString()));
    if (!written) {
        m_bannerBox->show();
        m_banner->show(written.error());
        return false;
    }
    m_workbench.toast(tr("Saved %1").arg(QFileInfo(path).fileName()));
    emit exported(path);
    return true;
}

QJsonObject WorkflowRunPage::agentContext() const
{
    QString text = tr("Workflow “%1”: %2\n\n").arg(title(), statusText());
    for (const StepRun &step : m_state.steps) {
        if (step.outcome && !step.isOld)
            text += QStringLiteral("- %1: %2\n").arg(QString::fromStdString(step.title), QString::fromStdString(step.outcome->finding));
    }
    if (m_selected >= 0 && m_selected < int(m_state.steps.size()))
        text += tr("\nOn the screen:\n\n") + StepView::textOf(m_state.steps[std::size_t(m_selected)]);
    return {{"title", title()}, {"kind", kind()}, {"text", text}};
}

void WorkflowRunPage::ask(const QString &text) { m_workbench.askAgent(text, agentContext()); }

void WorkflowRunPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        if (areParametersShown()) {
            showParameters(false);
            return;
        }
        if (m_run && m_run->isRunning()) {
            stop();
            return;
        }
    }
    Document::keyPressEvent(event);
}

} // namespace ui
