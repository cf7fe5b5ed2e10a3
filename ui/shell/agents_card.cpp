#include "ui/shell/agents_card.h"

#include "ui/shell/elided_label.h"
#include "ui/shell/theme.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {
namespace {

QLabel *small(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("role", "small");
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString inWords(const AgentTrial &trial)
{
    QStringList first{AgentsCard::tr("It answers: %1 %2").arg(trial.name, trial.version).trimmed(), trial.login};
    first << trial.abilities;
    QStringList lines{first.join(" · ")};
    for (const auto &option : trial.options)
        lines << (option.size() > 160 ? option.left(160) + "…" : option);
    return lines.join('\n');
}

/// "NAME=value" lines; nothing when one of them is none.
std::optional<std::vector<std::pair<QString, QString>>> environmentIn(const QString &text)
{
    std::vector<std::pair<QString, QString>> environment;
    for (const auto &line : text.split('\n', Qt::SkipEmptyParts)) {
        const auto equals = line.indexOf('=');
        if (line.trimmed().isEmpty())
            continue;
        if (equals < 1)
            return {};
        environment.emplace_back(line.left(equals).trimmed(), line.mid(equals + 1));
    }
    return environment;
}

} // namespace

AgentsCard::AgentsCard(AgentSetup &setup, QWidget *parent)
    : QWidget(parent)
    , m_setup(setup)
    , m_rows(new QVBoxLayout)
    , m_name(new QLineEdit)
    , m_command(new QLineEdit)
    , m_environment(new QPlainTextEdit)
    , m_problem(small({}))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::m);
    m_rows->setSpacing(space::m);
    column->addLayout(m_rows);
    column->addWidget(form());
    refresh();
}

AgentsCard::~AgentsCard() { m_setup.cancelTrial(); }

QWidget *AgentsCard::form()
{
    auto *body = new QWidget;
    auto *lines = new QFormLayout(body);
    lines->setContentsMargins(0, space::s, 0, 0);
    lines->setHorizontalSpacing(space::xl);
    lines->setVerticalSpacing(space::m);
    lines->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    lines->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *heading = new QLabel(tr("Another program that speaks ACP"));
    heading->setProperty("role", "strong");
    m_name->setPlaceholderText(tr("as it is to be called here"));
    m_name->setAccessibleName(tr("Name of the agent"));
    m_command->setPlaceholderText(tr("goose acp"));
    m_command->setAccessibleName(tr("Command that starts the agent"));
    m_environment->setPlaceholderText(tr("NAME=value, a line each; kept in the keychain"));
    m_environment->setAccessibleName(tr("Environment of the agent"));
    m_environment->setTabChangesFocus(true);
    m_environment->setFixedHeight(QFontMetrics(m_environment->font()).lineSpacing() * 3 + 16);
    auto *addButton = new QPushButton(tr("Add"));
    addButton->setAccessibleName(tr("Add this agent"));
    m_problem->hide();
    lines->addRow(heading);
    lines->addRow(tr("Name"), m_name);
    lines->addRow(tr("Command"), m_command);
    lines->addRow(tr("Environment"), m_environment);
    lines->addRow(m_problem);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(addButton);
    buttons->addStretch(1);
    lines->addRow(buttons);
    connect(addButton, &QPushButton::clicked, this, &AgentsCard::add);
    connect(m_command, &QLineEdit::returnPressed, this, &AgentsCard::add);
    return body;
}

void AgentsCard::refresh()
{
    while (auto *item = m_rows->takeAt(0)) {
        item->widget()->deleteLater(); // A button of it may be what brought us here.
        delete item;
    }
    for (const auto &agent : m_setup.agents())
        m_rows->addWidget(row(agent));
}

QWidget *AgentsCard::row(const OtherAgent &agent)
{
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    auto *line = new QHBoxLayout;
    line->setSpacing(space::s);
    const bool isTried = m_tried == agent.id;
    if (agent.isOwn) {
        line->addWidget(new QLabel(agent.name));
    } else {
        auto *use = new QCheckBox(QString(agent.name).replace('&', "&&"));
        use->setAccessibleName(tr("Offer %1 for new sessions").arg(agent.name));
        use->setToolTip(tr("Offer it for new sessions"));
        use->setChecked(agent.isUsed);
        use->setEnabled(!agent.command.isEmpty());
        connect(use, &QCheckBox::toggled, this, [this, id = agent.id](bool isOn) { m_setup.setUsed(id, isOn); });
        line->addWidget(use);
    }
    auto *command = new ElidedLabel;
    command->setProperty("role", "small");
    command->setWholeText(agent.command);
    line->addWidget(command, 1);
    auto *test = new QPushButton(isTried && m_isTrying ? tr("Cancel") : tr("Test connection"));
    test->setAccessibleName(tr("Test the connection to %1").arg(agent.name));
    test->setEnabled(!agent.command.isEmpty() && (!m_isTrying || isTried));
    connect(test, &QPushButton::clicked, this, [this, id = agent.id] { tryOut(id); });
    line->addWidget(test);
    if (agent.isOwn) {
        auto *remove = new QPushButton(tr("Remove"));
        remove->setAccessibleName(tr("Remove %1").arg(agent.name));
        connect(remove, &QPushButton::clicked, this, [this, id = agent.id] {
            m_setup.remove(id);
            refresh();
        });
        line->addWidget(remove);
    }
    column->addLayout(line);
    if (!agent.whatIsMissing.isEmpty())
        column->addWidget(small(agent.whatIsMissing));
    if (isTried && !m_answer.isEmpty()) {
        auto *answer = small(m_answer);
        if (m_hasFailed)
            answer->setProperty("tone", "bad");
        column->addWidget(answer);
    }
    return body;
}

void AgentsCard::tryOut(const QString &id)
{
    if (m_isTrying) {
        m_setup.cancelTrial();
        m_isTrying = false;
        m_answer = tr("Cancelled.");
        refresh();
        return;
    }
    m_tried = id;
    m_isTrying = true;
    m_hasFailed = false;
    m_answer = tr("Starting it… The first start may take a minute.");
    refresh();
    m_setup.tryOut(id, [guard = QPointer(this)](const ph::Result<AgentTrial> &trial) {
        if (!guard)
            return;
        guard->m_isTrying = false;
        guard->m_hasFailed = !trial;
        guard->m_answer = trial ? inWords(*trial) : QString::fromStdString(trial.error().message);
        guard->refresh();
    });
}

void AgentsCard::add()
{
    const auto say = [guard = QPointer(this)](const QString &problem) {
        if (!guard)
            return;
        guard->m_problem->setText(problem);
        guard->m_problem->setVisible(!problem.isEmpty());
    };
    const auto environment = environmentIn(m_environment->toPlainText());
    if (!environment) {
        say(tr("Environment: each line is NAME=value."));
        return;
    }
    m_setup.add({m_name->text(), m_command->text(), *environment}, [guard = QPointer(this), say](const ph::Result<> &added) {
        if (!guard)
            return;
        say(added ? QString() : QString::fromStdString(added.error().message));
        if (!added && added.error().code == ph::ErrorCode::InvalidInput)
            return; // What was typed is there to be mended.
        guard->m_name->clear();
        guard->m_command->clear();
        guard->m_environment->clear();
        guard->refresh();
    });
}

} // namespace ui
