#include "ui/explore/exports_page.h"

#include "ui/explore/export_form.h"
#include "ui/shell/elided_label.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QAction>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QUrl>

namespace ui {

ExportsPage::ExportsPage(Workbench &workbench, Exports &exports, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_exports(exports)
    , m_form(new ExportForm)
    , m_new(new QPushButton(tr("New export")))
    , m_list(new QVBoxLayout)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState)
{
    setProperty("role", "page");
    setAttribute(Qt::WA_StyledBackground);
    auto *title = new QLabel(tr("Exports"));
    title->setProperty("role", "title");
    auto *note = new QLabel(tr("Complete files of a project's data. An export that is cut off, by whatever, goes on where it was."));
    note->setProperty("role", "muted");
    note->setWordWrap(true);
    m_new->setIcon(Theme::icon(QStringLiteral("plus")));
    auto *head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(m_new);

    auto *content = new QWidget;
    content->setProperty("role", "plain");
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->setSpacing(space::m);
    m_list->addStretch(1);
    content->setLayout(m_list);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    m_empty->show("export", tr("Nothing was exported yet"),
                  tr("Events of any number of days, persons, or all rows of a query, as JSON lines, CSV or Parquet, counted against the project at the end."), tr("New export"));
    m_stack->addWidget(m_empty);
    m_stack->addWidget(scroll);
    m_form->setMaximumWidth(760);
    m_form->hide();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addLayout(head);
    column->addWidget(note);
    column->addWidget(m_form);
    column->addWidget(m_stack, 1);
    setFocusProxy(m_new);

    connect(m_new, &QPushButton::clicked, this, [this] { showForm({{"object", "events"}}); });
    connect(m_empty, &EmptyState::actionTriggered, this, [this] { showForm({{"object", "events"}}); });
    connect(m_form, &ExportForm::submitted, this, &ExportsPage::start);
    connect(m_form, &ExportForm::closed, this, [this] {
        m_form->hide();
        refresh();
        m_new->setFocus();
    });
    connect(&m_exports, &Exports::changed, this, &ExportsPage::refresh);
    auto *made = new QAction(Theme::icon(QStringLiteral("plus")), tr("New export"), this);
    connect(made, &QAction::triggered, this, [this] { showForm({{"object", "events"}}); });
    m_actions << made;
    refresh();
}

void ExportsPage::restore(const QJsonObject &state)
{
    if (!state.isEmpty())
        showForm(state);
}

bool ExportsPage::isFormShown() const { return !m_form->isHidden(); }

void ExportsPage::showForm(const QJsonObject &what)
{
    m_form->fill(what);
    const auto parquet = m_exports.mayExportParquet();
    m_form->setParquetProblem(parquet ? QString() : QString::fromStdString(parquet.error().message));
    m_form->show();
    refresh();
    m_form->setFocus();
}

void ExportsPage::start()
{
    const auto request = m_form->request();
    if (!request)
        return;
    for (const ExportJob &job : m_exports.jobs()) {
        if (job.state == ExportJob::State::Running && job.request.file == request->file) {
            m_workbench.toast(tr("An export to this file is running."));
            return;
        }
    }
    m_form->hide();
    m_exports.start(m_form->title(), *request);
    m_new->setFocus();
}

void ExportsPage::refresh()
{
    for (auto card = m_cards.begin(); card != m_cards.end();) {
        if (m_exports.find(card->first)) {
            ++card;
            continue;
        }
        card->second.box->hide();
        card->second.box->deleteLater();
        card = m_cards.erase(card);
    }
    int at = 0;
    for (const ExportJob &job : m_exports.jobs()) {
        if (!m_cards.contains(job.id)) {
            m_cards[job.id] = makeCard(job.id);
            m_list->insertWidget(at, m_cards[job.id].box);
        }
        ++at;
        fillCard(m_cards[job.id], job);
    }
    m_stack->setCurrentIndex(m_cards.empty() ? 0 : 1);
    m_stack->setVisible(!m_cards.empty() || m_form->isHidden());
    m_new->setVisible(!m_cards.empty() && m_form->isHidden());
}

ExportsPage::Card ExportsPage::makeCard(int id)
{
    auto *box = new QFrame;
    box->setProperty("role", "card");
    Card card{box, new ElidedLabel, new QLabel, new QLabel, new QProgressBar, new QPushButton(tr("Stop")), new QPushButton(tr("Resume")),
              new QPushButton(tr("Show in folder")), new QPushButton(tr("Remove from list"))};
    card.title->setProperty("role", "heading");
    card.progress->setProperty("role", "muted");
    card.progress->setTextFormat(Qt::PlainText);
    card.text->setTextFormat(Qt::PlainText);
    card.text->setWordWrap(true);
    card.resume->setProperty("variant", "primary");
    card.remove->setProperty("variant", "plain");
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    for (QPushButton *button : {card.stop, card.resume, card.show, card.remove})
        buttons->addWidget(button);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(space::l, space::m, space::l, space::m);
    column->setSpacing(space::s);
    column->addWidget(card.title);
    column->addWidget(card.bar);
    column->addWidget(card.progress);
    column->addWidget(card.text);
    column->addLayout(buttons);
    connect(card.stop, &QPushButton::clicked, this, [this, id] { m_exports.stop(id); });
    connect(card.resume, &QPushButton::clicked, this, [this, id] { m_exports.resume(id); });
    connect(card.remove, &QPushButton::clicked, this, [this, id] { m_exports.remove(id); });
    connect(card.show, &QPushButton::clicked, this, [this, id] {
        if (const auto *job = m_exports.find(id))
            QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(QString::fromStdString(job->request.file.string())).path()));
    });
    return card;
}

void ExportsPage::fillCard(const Card &card, const ExportJob &job)
{
    using State = ExportJob::State;
    const bool runs = job.state == State::Running;
    const bool isCutOff = job.state == State::Stopped || job.state == State::Failed;
    const QString file = QString::fromStdString(job.request.file.string());
    static_cast<ElidedLabel *>(card.title)->setWholeText(QStringLiteral("%1 → %2").arg(job.title, file));
    const int percent = percentOf(job);
    card.bar->setRange(0, runs && percent < 0 ? 0 : 100);
    card.bar->setValue(std::max(0, percent));
    card.bar->setVisible(runs || isCutOff);
    card.bar->setAccessibleName(tr("Progress of %1").arg(job.title));
    card.progress->setText(progressText(job));
    card.text->setText(job.text);
    card.text->setVisible(!job.text.isEmpty());
    setStyleProperty(card.text, "role", job.state == State::Failed || (job.state == State::Done && !job.isComplete) ? QStringLiteral("error") : QStringLiteral("small"));
    card.stop->setVisible(runs);
    card.stop->setAccessibleName(tr("Stop the export %1; it can be resumed").arg(job.title));
    card.resume->setVisible(isCutOff);
    card.resume->setAccessibleName(tr("Resume the export %1").arg(job.title));
    card.show->setVisible(job.state == State::Done);
    card.show->setAccessibleName(tr("Show %1 in its folder").arg(file));
    card.remove->setVisible(!runs);
    card.remove->setAccessibleName(tr("Remove the export %1 from the list; its files stay").arg(job.title));
}

QPushButton *ExportsPage::button(int job, const QString &name) const
{
    const auto card = m_cards.find(job);
    if (card == m_cards.end())
        return nullptr;
    for (QPushButton *button : {card->second.stop, card->second.resume, card->second.show, card->second.remove}) {
        if (button->text() == name && !button->isHidden())
            return button;
    }
    return nullptr;
}

QString ExportsPage::textOf(int job) const
{
    const auto card = m_cards.find(job);
    return card == m_cards.end() ? QString() : card->second.progress->text() + '\n' + card->second.text->text();
}

} // namespace ui
