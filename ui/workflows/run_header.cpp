#include "ui/workflows/run_header.h"

#include "ui/query/cell_text.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

namespace ui {

RunHeader::RunHeader(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel)
    , m_status(new QLabel)
    , m_stop(new QPushButton(tr("Stop")))
    , m_goOn(new QPushButton(tr("Continue")))
    , m_again(new QToolButton)
    , m_export(new QToolButton)
    , m_progress(new QProgressBar)
{
    m_title->setProperty("role", "title");
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_status->setProperty("role", "muted");
    m_stop->setProperty("variant", "danger");
    m_stop->setAccessibleName(tr("Stop the run"));
    m_stop->setToolTip(tr("Stop the run (Esc). What is found stays."));
    connect(m_stop, &QPushButton::clicked, this, &RunHeader::stopClicked);
    m_goOn->setProperty("variant", "primary");
    m_goOn->setAccessibleName(tr("Continue the run"));
    m_goOn->setToolTip(tr("Goes on with the step that was cut off. What is found stays."));
    connect(m_goOn, &QPushButton::clicked, this, &RunHeader::goOnClicked);

    const auto menuButton = [](QToolButton *button, const QString &icon, const QString &text) {
        button->setIcon(Theme::icon(icon));
        button->setText(text);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setPopupMode(QToolButton::InstantPopup);
        button->setAccessibleName(text);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setMenu(new QMenu(button));
    };
    menuButton(m_again, QStringLiteral("refresh"), tr("Run again"));
    m_again->menu()->addAction(tr("From the first step"), this, &RunHeader::againClicked);
    m_again->menu()->addAction(tr("From the step shown"), this, &RunHeader::againFromHereClicked);
    m_again->menu()->addAction(tr("Change the parameters…"), this, &RunHeader::parametersClicked);
    menuButton(m_export, QStringLiteral("export"), tr("Export"));
    m_export->menu()->addAction(tr("Markdown with pictures…"), this, [this] { emit exportClicked(QStringLiteral("md")); });
    m_export->menu()->addAction(tr("HTML, one file…"), this, [this] { emit exportClicked(QStringLiteral("html")); });
    m_export->menu()->addAction(tr("PDF…"), this, [this] { emit exportClicked(QStringLiteral("pdf")); });
    m_export->menu()->addAction(tr("JSON…"), this, [this] { emit exportClicked(QStringLiteral("json")); });
    auto *conversation = new QToolButton;
    conversation->setIcon(Theme::icon(QStringLiteral("agent")));
    conversation->setToolTip(tr("Show this run as a conversation"));
    conversation->setAccessibleName(conversation->toolTip());
    connect(conversation, &QToolButton::clicked, this, &RunHeader::conversationClicked);

    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(2);
    m_progress->setStyleSheet(QStringLiteral("QProgressBar { min-height: 2px; max-height: 2px; border-radius: 0; } QProgressBar::chunk { border-radius: 0; }"));
    m_progress->setAccessibleName(tr("Steps done"));

    auto *names = new QVBoxLayout;
    names->setSpacing(2);
    names->addWidget(m_title);
    names->addWidget(m_status);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(space::l, space::m, space::m, space::m);
    row->setSpacing(space::s);
    row->addLayout(names, 1);
    for (QWidget *control : std::initializer_list<QWidget *>{m_stop, m_goOn, m_again, m_export, conversation})
        row->addWidget(control);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_progress);

    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &RunHeader::showStatus);
}

void RunHeader::show(const RunState &run, const QString &title, May may)
{
    m_title->setText(title);
    m_title->setToolTip(plainToolTip(title));
    m_phase = run.phase;
    m_count = int(run.steps.size());
    m_done = run.done();
    m_progress->setRange(0, std::max(1, m_count));
    m_progress->setValue(m_done);
    m_stop->setVisible(may.stop);
    m_goOn->setVisible(may.goOn);
    m_again->setEnabled(may.runAgain);
    m_export->setEnabled(m_done > 0);
    showStatus();
}

void RunHeader::showStatus()
{
    QString text;
    switch (m_phase) {
    case RunPhase::Idle:
        text = tr("Not started");
        break;
    case RunPhase::Running:
        text = tr("Running · %1 of %2 steps done").arg(m_done).arg(m_count);
        break;
    case RunPhase::Waiting:
        text = tr("Waits for your answer · %1 of %2 steps done").arg(m_done).arg(m_count);
        break;
    case RunPhase::Done:
        text = tr("Done · %1").arg(counted(m_count, tr("step"), tr("steps")));
        break;
    case RunPhase::Stopped:
        text = tr("Stopped · %1 of %2 steps done").arg(m_done).arg(m_count);
        break;
    case RunPhase::Failed:
        text = tr("Failed · %1 of %2 steps done").arg(m_done).arg(m_count);
        break;
    }
    if (m_elapsed.isValid() && m_elapsed.elapsed() >= 1000)
        text += QStringLiteral(" · ") + durationText(m_elapsed.elapsed() / 1000 * 1000);
    else if (!m_elapsed.isValid() && m_lastMs >= 1000) // a run read from its log took no time here
        text += QStringLiteral(" · ") + durationText(m_lastMs);
    m_status->setText(text);
}

void RunHeader::startClock()
{
    if (m_elapsed.isValid())
        return;
    m_elapsed.start();
    m_tick.start();
}

void RunHeader::stopClock()
{
    m_lastMs = m_elapsed.isValid() ? m_elapsed.elapsed() : 0;
    m_elapsed.invalidate();
    m_tick.stop();
}

QString RunHeader::statusText() const { return m_status->text(); }

} // namespace ui
