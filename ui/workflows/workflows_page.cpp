#include "ui/workflows/workflows_page.h"

#include "driver/posthog/driver.h"
#include "ui/query/cell_text.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"
#include "ui/workflows/parameter_form.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>

#include <map>

namespace ui {

namespace {

constexpr int cardWidth = 300;
constexpr std::size_t recentShown = 4;

QString q(const std::string &text) { return QString::fromStdString(text); }

QLabel *text(const QString &value, const char *role, bool wraps = true)
{
    auto *label = new QLabel(value);
    label->setProperty("role", role);
    label->setWordWrap(wraps);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QString runStateWord(const QString &state)
{
    if (state == "running")
        return QObject::tr("running");
    if (state == "waiting")
        return QObject::tr("waits for you");
    if (state == "failed")
        return QObject::tr("failed");
    return state == "stopped" ? QObject::tr("stopped") : QObject::tr("done");
}

} // namespace

QString personaTitle(const std::string &persona)
{
    static const std::map<std::string, const char *> titles{{"product_engineer", QT_TRANSLATE_NOOP("QObject", "Product engineer")},
                                                            {"technical_pm", QT_TRANSLATE_NOOP("QObject", "Technical product manager")},
                                                            {"analyst", QT_TRANSLATE_NOOP("QObject", "Data analyst")},
                                                            {"support", QT_TRANSLATE_NOOP("QObject", "Support")}};
    const auto found = titles.find(persona);
    if (found != titles.end())
        return QObject::tr(found->second);
    QString title = q(persona).replace('_', ' ');
    return title.left(1).toUpper() + title.mid(1);
}

WorkflowsPage::WorkflowsPage(Workbench &workbench, WorkflowRuns &runs, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_runs(runs)
    , m_pages(new QStackedWidget)
    , m_search(new QLineEdit)
    , m_sections(new QVBoxLayout)
    , m_empty(new EmptyState)
    , m_formTitle(text({}, "title"))
    , m_formText(text({}, "muted"))
    , m_formSteps(text({}, "small"))
    , m_form(new ParameterForm)
{
    setProperty("role", "page");
    setAttribute(Qt::WA_StyledBackground);
    m_listPage = makeList();
    m_formPage = makeForm();
    m_pages->addWidget(m_listPage);
    m_pages->addWidget(m_formPage);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    setFocusProxy(m_search);
    connect(&m_runs, &WorkflowRuns::definitionsChanged, this, &WorkflowsPage::fill);
    connect(&m_runs, &WorkflowRuns::recentRunsChanged, this, &WorkflowsPage::fill);
    fill();
}

QWidget *WorkflowsPage::makeList()
{
    auto *page = new QWidget;
    m_search->setPlaceholderText(tr("Find a workflow"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(280);
    m_search->addAction(Theme::icon(QStringLiteral("search"), Theme::colors().muted), QLineEdit::LeadingPosition);
    connect(m_search, &QLineEdit::textChanged, this, &WorkflowsPage::fill);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::xl, space::l, space::xl, space::s);
    head->addWidget(text(tr("Workflows"), "title", false));
    head->addStretch(1);
    head->addWidget(m_search, 1);

    auto *content = new QWidget;
    content->setProperty("role", "plain");
    m_sections->setContentsMargins(space::xl, 0, space::xl, space::xl);
    m_sections->setSpacing(space::m);
    content->setLayout(m_sections);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(scroll, 1);
    column->addWidget(m_empty, 1);
    return page;
}

QWidget *WorkflowsPage::makeForm()
{
    auto *content = new QWidget;
    content->setProperty("role", "plain");
    auto *back = new QPushButton(tr("All workflows"));
    back->setProperty("variant", "plain");
    back->setIcon(Theme::icon(QStringLiteral("chevron-left")));
    connect(back, &QPushButton::clicked, this, [this] {
        m_pages->setCurrentWidget(m_listPage);
        m_search->setFocus();
        emit stateChanged();
    });
    auto *begin = new QPushButton(tr("Start"));
    begin->setProperty("variant", "primary");
    begin->setMinimumWidth(96);
    begin->setAccessibleName(tr("Start the workflow"));
    connect(begin, &QPushButton::clicked, this, &WorkflowsPage::start);
    connect(m_form, &ParameterForm::submitted, this, &WorkflowsPage::start);
    m_formText->setMaximumWidth(640);

    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(space::xl, space::m, space::xl, space::xl);
    column->setSpacing(space::m);
    column->addWidget(back, 0, Qt::AlignLeft);
    column->addWidget(m_formTitle);
    column->addWidget(m_formText);
    column->addWidget(m_formSteps);
    column->addSpacing(space::s);
    column->addWidget(m_form);
    column->addWidget(begin, 0, Qt::AlignLeft);
    column->addStretch(1);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    return scroll;
}

QPushButton *WorkflowsPage::makeCard(const workflow::Definition &definition)
{
    auto *button = new QPushButton;
    button->setProperty("role", "quickCard");
    button->setAccessibleName(q(definition.title));
    button->setAccessibleDescription(q(definition.description));
    auto *title = text(q(definition.title), "heading");
    auto *description = text(q(definition.description), "muted");
    description->setAlignment(Qt::AlignTop);
    auto *steps = text(definition.steps.empty() ? QString() : counted(qint64(definition.steps.size()), tr("step"), tr("steps")), "small", false);
    auto *column = new QVBoxLayout(button);
    column->setContentsMargins(space::l, space::m, space::l, space::m);
    column->setSpacing(space::xs);
    column->addWidget(title);
    column->addWidget(description, 1);
    column->addSpacing(space::xs);
    column->addWidget(steps);
    for (QLabel *label : {title, description, steps})
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    const QFontMetrics metrics(Theme::textFont());
    button->setMinimumHeight(metrics.height() * 6 + 2 * space::m + space::s);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(button, &QPushButton::clicked, this, [this, id = definition.id] { choose(id); });
    return button;
}

void WorkflowsPage::fill()
{
    m_cards.clear();
    while (QLayoutItem *item = m_sections->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    m_columns = std::max(1, (width() - 2 * space::xl + space::m) / (cardWidth + space::m));
    const QString wanted = m_search->text().trimmed();

    const auto recent = m_runs.recentRuns();
    if (wanted.isEmpty() && !recent.empty()) {
        auto *box = new QWidget;
        auto *column = new QVBoxLayout(box);
        column->setContentsMargins(0, 0, 0, space::s);
        column->setSpacing(2);
        column->addWidget(text(tr("Recent runs"), "heading"));
        for (std::size_t i = 0; i < recent.size() && i < recentShown; ++i) {
            const RunSummary &run = recent[i];
            auto *button = new QPushButton;
            button->setProperty("role", "row");
            button->setText(QStringLiteral("%1   ·   %2   ·   %3").arg(run.title, runStateWord(run.state), QLocale().toString(run.startedAt.toLocalTime(), QStringLiteral("d MMM HH:mm"))));
            const bool waits = run.state == "waiting" || run.state == "running";
            const QString icon = run.state == "failed" ? QStringLiteral("error") : waits ? QStringLiteral("play") : run.state == "stopped" ? QStringLiteral("stop") : QStringLiteral("check");
            button->setIcon(Theme::icon(icon, run.state == "failed" ? Theme::colors().bad : waits ? Theme::colors().accent : Theme::colors().muted));
            button->setAccessibleName(button->text());
            connect(button, &QPushButton::clicked, this, [this, run] {
                m_workbench.open(QStringLiteral("workflow"), {{"workflow", run.workflowId}, {"runId", run.runId}});
            });
            column->addWidget(button);
        }
        m_sections->addWidget(box);
    }

    std::vector<std::pair<std::string, std::vector<const workflow::Definition *>>> personas;
    for (const std::string known : {"technical_pm", "product_engineer", "analyst", "support"})
        personas.push_back({known, {}});
    for (const workflow::Definition &definition : m_runs.definitions()) {
        if (!wanted.isEmpty() && !(q(definition.title) + ' ' + q(definition.description)).contains(wanted, Qt::CaseInsensitive))
            continue;
        auto persona = std::find_if(personas.begin(), personas.end(), [&](const auto &entry) { return entry.first == definition.persona; });
        if (persona == personas.end())
            persona = personas.insert(personas.end(), {definition.persona, {}});
        persona->second.push_back(&definition);
    }
    for (const auto &[persona, definitions] : personas) {
        if (definitions.empty())
            continue;
        auto *box = new QWidget;
        auto *grid = new QGridLayout(box);
        grid->setContentsMargins(0, 0, 0, space::s);
        grid->setSpacing(space::m);
        grid->addWidget(text(personaTitle(persona), "heading"), 0, 0, 1, m_columns);
        for (std::size_t i = 0; i < definitions.size(); ++i) {
            QPushButton *button = makeCard(*definitions[i]);
            grid->addWidget(button, 1 + int(i) / m_columns, int(i) % m_columns);
            m_cards << button;
        }
        for (int column = 0; column < m_columns; ++column)
            grid->setColumnStretch(column, 1);
        m_sections->addWidget(box);
    }
    m_sections->addStretch(1);
    const bool none = m_cards.isEmpty();
    if (none && wanted.isEmpty())
        m_empty->show(QStringLiteral("workflow"), tr("No workflows"), tr("No workflow is installed beside this program."));
    else if (none)
        m_empty->show(QStringLiteral("search"), tr("No workflow fits"), tr("None has “%1” in its title or description.").arg(wanted));
    m_empty->setVisible(none);
}

QJsonObject WorkflowsPage::state() const
{
    return {{"workflow", isFormShown() ? q(m_chosen) : QString()}, {"search", m_search->text()}};
}

void WorkflowsPage::restore(const QJsonObject &state)
{
    m_search->setText(state["search"].toString());
    if (const QString workflow = state["workflow"].toString(); !workflow.isEmpty())
        choose(workflow.toStdString());
}

bool WorkflowsPage::isFormShown() const { return m_pages->currentWidget() == m_formPage; }

void WorkflowsPage::choose(const std::string &workflowId)
{
    for (const workflow::Definition &definition : m_runs.definitions()) {
        if (definition.id != workflowId)
            continue;
        m_chosen = workflowId;
        if (definition.parameters.empty()) {
            m_workbench.open(QStringLiteral("workflow"), {{"workflow", q(workflowId)}, {"parameters", QJsonObject()}});
            return;
        }
        m_formTitle->setText(q(definition.title));
        m_formText->setText(q(definition.description));
        QStringList steps;
        for (const workflow::Step &step : definition.steps)
            steps << q(step.title);
        m_formSteps->setText(steps.join(QStringLiteral("  →  ")));
        m_form->setParameters(definition.parameters, ph::Json::object(), m_workbench.driver());
        m_pages->setCurrentWidget(m_formPage);
        m_form->setFocus();
        emit stateChanged();
        return;
    }
}

void WorkflowsPage::start()
{
    const auto values = m_form->values();
    if (!values)
        return;
    m_workbench.open(QStringLiteral("workflow"),
                     {{"workflow", q(m_chosen)}, {"parameters", QJsonDocument::fromJson(QByteArray::fromStdString(values->dump())).object()}});
    m_pages->setCurrentWidget(m_listPage);
}

void WorkflowsPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && isFormShown()) {
        m_pages->setCurrentWidget(m_listPage);
        m_search->setFocus();
        return;
    }
    Document::keyPressEvent(event);
}

void WorkflowsPage::resizeEvent(QResizeEvent *event)
{
    Document::resizeEvent(event);
    if (std::max(1, (width() - 2 * space::xl + space::m) / (cardWidth + space::m)) != m_columns)
        fill();
}

} // namespace ui
