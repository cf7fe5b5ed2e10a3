#include "ui/workflows/step_view.h"

#include "ui/charts/chart_view.h"
#include "ui/query/cell_text.h"
#include "ui/query/hogql_highlighter.h"
#include "ui/query/result_grid.h"
#include "ui/shell/theme.h"
#include "ui/workflows/fold.h"
#include "ui/workflows/parameter_form.h"

#include <QApplication>
#include <QClipboard>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

#include <cmath>

namespace ui {

namespace {

constexpr int chartHeight = 300;

QLabel *text(const char *role = nullptr)
{
    auto *label = new QLabel;
    if (role)
        label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText); // findings quote event data
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QFrame *card(const char *role, QLayout *layout)
{
    auto *frame = new QFrame;
    frame->setProperty("role", role);
    layout->setContentsMargins(space::l, space::m, space::l, space::m);
    frame->setLayout(layout);
    return frame;
}

QString q(const std::string &utf8) { return QString::fromStdString(utf8); }

} // namespace

StepView::StepView(QWidget *parent)
    : QWidget(parent)
    , m_number(text("small"))
    , m_title(text("title"))
    , m_question(text("muted"))
    , m_status(text("small"))
    , m_error(text("error"))
    , m_retry(new QPushButton(tr("Run from this step")))
    , m_finding(text("heading"))
    , m_chart(new ChartView)
    , m_chartTitle(text("heading"))
    , m_chartDefinition(text("small"))
    , m_decision(text())
    , m_warningList(new QVBoxLayout)
    , m_numbers(new QWidget)
    , m_numbersTitle(text("heading"))
    , m_model(new ResultModel(this))
    , m_grid(new ResultGrid(m_model))
    , m_next(new QWidget)
    , m_nextList(new QVBoxLayout)
    , m_hogql(new QPlainTextEdit)
    , m_values(text("small"))
    , m_why(text())
{
    setProperty("role", "plain");

    auto *errorRow = new QHBoxLayout;
    errorRow->setSpacing(space::m);
    errorRow->addWidget(m_error, 1);
    errorRow->addWidget(m_retry);
    m_errorCard = card("card", errorRow);
    m_errorCard->setProperty("banner", "error");
    connect(m_retry, &QPushButton::clicked, this, [this] { emit rerunRequested(q(m_step)); });

    m_warningList->setSpacing(space::xs);
    m_warningCard = card("card", m_warningList);
    m_warningCard->setProperty("banner", "warning");

    auto *decisionColumn = new QVBoxLayout;
    decisionColumn->setSpacing(space::xs);
    auto *decisionTitle = text("small");
    decisionTitle->setText(tr("WHAT FOLLOWS"));
    decisionColumn->addWidget(decisionTitle);
    decisionColumn->addWidget(m_decision);
    m_decisionCard = card("card", decisionColumn);

    auto *numbersColumn = new QVBoxLayout(m_numbers);
    numbersColumn->setContentsMargins(0, 0, 0, 0);
    numbersColumn->setSpacing(space::s);
    m_numbersTitle->setText(tr("Numbers"));
    auto *gridBox = new QFrame;
    gridBox->setProperty("role", "panel");
    auto *gridColumn = new QVBoxLayout(gridBox);
    gridColumn->setContentsMargins(1, 1, 1, 1);
    gridColumn->addWidget(m_grid);
    numbersColumn->addWidget(m_numbersTitle);
    numbersColumn->addWidget(gridBox);
    m_grid->setAccessibleName(tr("Numbers of this step"));
    connect(m_grid, &ResultGrid::copied, this, &StepView::copied);
    connect(m_grid, &ResultGrid::askRequested, this, [this](const QString &question, const QJsonObject &) { emit askRequested(question); });

    auto *nextColumn = new QVBoxLayout(m_next);
    nextColumn->setContentsMargins(0, 0, 0, 0);
    nextColumn->setSpacing(space::s);
    auto *nextTitle = text("heading");
    nextTitle->setText(tr("Next"));
    m_nextList->setSpacing(2);
    nextColumn->addWidget(nextTitle);
    nextColumn->addLayout(m_nextList);

    auto *hogqlBox = new QWidget;
    auto *hogqlColumn = new QVBoxLayout(hogqlBox);
    hogqlColumn->setContentsMargins(space::xl, 0, 0, 0);
    hogqlColumn->setSpacing(space::s);
    m_hogql->setReadOnly(true);
    m_hogql->setLineWrapMode(QPlainTextEdit::NoWrap); // long lines scroll, they are not cut
    m_hogql->setAccessibleName(tr("HogQL of this step"));
    m_hogql->setTabChangesFocus(true);
    new HogqlHighlighter(m_hogql->document());
    const auto setFont = [this] { m_hogql->setFont(Theme::codeFont()); };
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, setFont);
    setFont();
    auto *open = new QPushButton(tr("Open in HogQL"));
    auto *copy = new QPushButton(tr("Copy"));
    copy->setProperty("variant", "plain");
    connect(open, &QPushButton::clicked, this, [this] { emit openHogqlRequested(hogql(), m_title->text()); });
    connect(copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(hogql());
        emit copied(tr("the HogQL"));
    });
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    buttons->addWidget(open);
    buttons->addWidget(copy);
    buttons->addStretch(1);
    hogqlColumn->addWidget(m_hogql);
    hogqlColumn->addWidget(m_values);
    hogqlColumn->addLayout(buttons);
    m_hogqlFold = new Fold(tr("HogQL"), hogqlBox);

    m_why->setContentsMargins(space::xl, 0, 0, 0);
    m_whyFold = new Fold(tr("Why this step"), m_why);

    m_chartCard = makeChartCard();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::xl);
    column->setSpacing(space::m);
    auto *head = new QVBoxLayout;
    head->setSpacing(space::xs);
    head->addWidget(m_number);
    head->addWidget(m_title);
    head->addWidget(m_question);
    head->addWidget(m_status);
    column->addLayout(head);
    column->addWidget(m_errorCard);
    column->addWidget(m_finding);
    column->addWidget(m_chartCard);
    column->addWidget(m_decisionCard);
    column->addWidget(m_warningCard);
    column->addWidget(m_numbers);
    column->addWidget(m_next);
    column->addWidget(m_hogqlFold);
    column->addWidget(m_whyFold);
    column->addStretch(1);
    setMaximumWidth(1040); // lines longer than that are hard to read
}

QWidget *StepView::makeChartCard()
{
    m_chart->setFixedHeight(chartHeight);
    auto *column = new QVBoxLayout;
    column->setSpacing(space::s);
    column->addWidget(m_chartTitle);
    column->addWidget(m_chart);
    column->addWidget(m_chartDefinition);
    connect(m_chart, &ChartView::sceneChanged, this, [this] {
        m_chartTitle->setText(q(m_chart->scene().title));
        m_chartTitle->setVisible(!m_chartTitle->text().isEmpty());
        m_chartDefinition->setText(q(m_chart->scene().definition));
        m_chartDefinition->setVisible(!m_chartDefinition->text().isEmpty());
        const int wanted = int(std::ceil(m_chart->scene().height * Theme::fontScale())); // shown whole: the page scrolls, not the chart
        if (!m_chart->isEmpty() && wanted > 0)
            m_chart->setFixedHeight(std::clamp(wanted, 60, 640));
    });
    connect(m_chart, &ChartView::copied, this, &StepView::copied);
    connect(m_chart, &ChartView::exportRequested, this, &StepView::exportChartRequested);
    connect(m_chart, &ChartView::rowClicked, this, [this](int row) {
        for (int shown = 0; shown < m_model->rowCount(); ++shown) {
            if (m_model->sourceRow(shown) == std::uint32_t(row)) {
                m_grid->selectRow(shown);
                m_grid->scrollTo(m_model->index(shown, 0));
            }
        }
    });
    return card("panel", column);
}

QString StepView::hogql() const { return m_hogql->toPlainText(); }
QString StepView::decisionText() const { return m_decisionCard->isHidden() ? QString() : m_decision->text(); }
QString StepView::findingText() const { return m_finding->isHidden() ? QString() : m_finding->text(); }
QString StepView::statusText() const { return m_status->isHidden() ? QString() : m_status->text(); }

void StepView::showStep(const StepRun &step, int number, int count)
{
    const bool isOther = m_step != step.id;
    m_step = step.id;
    m_number->setText(tr("Step %1 of %2").arg(number).arg(count));
    m_title->setText(q(step.title.empty() ? step.id : step.title));
    m_question->setText(q(step.question));
    m_question->setVisible(!step.question.empty());

    QString status;
    if (step.state == StepState::Running)
        status = step.activity.empty() ? tr("Running…") : q(step.activity) + QStringLiteral("…");
    else if (step.state == StepState::Skipped)
        status = tr("This step was not needed.");
    else if (step.state == StepState::Waiting && !step.outcome)
        status = tr("Not reached yet.");
    if (step.isOld)
        status += (status.isEmpty() ? "" : " ") + tr("What stands here is of the run before.");
    m_status->setText(status);
    m_status->setVisible(!status.isEmpty());

    m_errorCard->setVisible(step.state == StepState::Failed);
    m_error->setText(step.error.empty() ? tr("This step failed.") : q(step.error));

    const workflow::Outcome outcome = step.outcome.value_or(workflow::Outcome());
    m_finding->setText(q(outcome.finding));
    m_finding->setVisible(!outcome.finding.empty());
    m_decision->setText(q(outcome.decision));
    m_decisionCard->setVisible(!outcome.decision.empty());

    m_warnings.clear();
    for (const std::string &warning : outcome.warnings)
        m_warnings << q(warning);
    fillList(m_warningList, m_warnings);
    m_warningCard->setVisible(!m_warnings.isEmpty());

    const bool hasTable = step.table && !step.table->columns.empty();
    const bool hasChart = hasTable && !step.table->rows.empty() && step.outcome && outcome.chart.kind != "table";
    m_chartCard->setVisible(hasChart);
    if (hasChart && (isOther || m_table != step.table || m_chart->spec() != outcome.chart)) {
        m_chart->setFixedHeight(chartHeight); // some fill it, others take what they need
        m_chart->setChart(outcome.chart, step.table);
    }
    m_numbers->setVisible(hasTable);
    if (hasTable && m_table != step.table)
        m_model->setTable(std::make_shared<posthog::Table>(*step.table));
    m_table = step.table;
    if (hasTable) {
        m_numbersTitle->setText(tr("Numbers · %1").arg(counted(m_model->rowCount(), tr("row"), tr("rows"))));
        const int rows = std::clamp(m_model->rowCount(), 1, 9);
        m_grid->setFixedHeight(m_grid->horizontalHeader()->sizeHint().height() + rows * m_grid->verticalHeader()->defaultSectionSize() + space::m);
    }

    for (QPushButton *button : m_nextButtons) {
        button->hide();
        button->deleteLater();
    }
    m_nextButtons.clear();
    for (const std::string &action : outcome.nextActions) {
        auto *button = new QPushButton(q(action));
        button->setProperty("role", "row");
        button->setIcon(Theme::icon(QStringLiteral("agent"), Theme::colors().accent));
        button->setToolTip(tr("Hand this to the agent"));
        connect(button, &QPushButton::clicked, this, [this, action] { emit askRequested(q(action)); });
        m_nextList->addWidget(button);
        m_nextButtons << button;
    }
    m_next->setVisible(!m_nextButtons.isEmpty());

    if (m_hogql->toPlainText() != q(step.hogql))
        m_hogql->setPlainText(q(step.hogql));
    const int lines = std::clamp(int(m_hogql->blockCount()), 2, 16);
    m_hogql->setFixedHeight(lines * QFontMetrics(Theme::codeFont()).lineSpacing() + 2 * space::m + m_hogql->horizontalScrollBar()->sizeHint().height());
    m_hogqlFold->setVisible(!step.hogql.empty());
    QStringList values;
    if (step.values.is_object()) {
        for (const auto &[name, value] : step.values.items())
            values << QStringLiteral("{%1} = %2").arg(q(name), parameterText(value));
    }
    m_values->setText(values.join(QStringLiteral("   ")));
    m_values->setVisible(!values.isEmpty());
    m_why->setText(q(step.why));
    m_whyFold->setVisible(!step.why.empty());
}

void StepView::fillList(QVBoxLayout *layout, const QStringList &texts)
{
    while (QLayoutItem *item = layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString &line : texts) {
        auto *label = text();
        label->setText(line);
        layout->addWidget(label);
    }
}

QString StepView::textOf(const StepRun &step)
{
    QString markdown = QStringLiteral("## %1\n").arg(q(step.title));
    const auto add = [&](const QString &name, const std::string &value) {
        if (!value.empty())
            markdown += QStringLiteral("%1: %2\n").arg(name, q(value));
    };
    add(tr("Question"), step.question);
    add(tr("Error"), step.error);
    if (step.outcome) {
        add(tr("Finding"), step.outcome->finding);
        add(tr("Decision"), step.outcome->decision);
        for (const std::string &warning : step.outcome->warnings)
            add(tr("Warning"), warning);
    }
    if (!step.hogql.empty())
        markdown += QStringLiteral("\n```sql\n%1\n```\n").arg(q(step.hogql));
    if (step.table && !step.table->rows.empty()) {
        std::vector<std::uint32_t> rows(std::min<std::size_t>(step.table->rows.size(), 30));
        std::vector<int> columns(step.table->columns.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i] = std::uint32_t(i);
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i] = int(i);
        markdown += '\n' + q(formatRows(*step.table, rows, columns, CopyFormat::Markdown));
    }
    return markdown;
}

} // namespace ui
