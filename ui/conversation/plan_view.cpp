#include "ui/conversation/plan_view.h"

#include "ui/conversation/visible_text.h"
#include "ui/shell/elided_label.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

PlanView::PlanView(QWidget *parent)
    : QFrame(parent)
    , m_head(new QToolButton)
    , m_count(new QLabel)
    , m_current(new ElidedLabel)
    , m_list(new QWidget)
    , m_rows(new QVBoxLayout(m_list))
{
    setProperty("role", "card");
    setAccessibleName(tr("Plan"));
    m_head->setIcon(Theme::icon("chevron-right"));
    m_head->setIconSize({14, 14});
    m_head->setAccessibleName(tr("Show the plan's steps"));
    m_count->setProperty("role", "heading");
    m_current->setProperty("role", "muted");
    m_rows->setContentsMargins(30, 0, space::m, space::s);
    m_rows->setSpacing(space::xs);
    m_list->hide();

    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::xs, space::xs, space::m, space::xs);
    head->setSpacing(space::s);
    head->addWidget(m_head);
    head->addWidget(m_count);
    head->addWidget(m_current, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_list);

    connect(m_head, &QToolButton::clicked, this, [this] {
        m_isOpen = !m_isOpen;
        m_head->setIcon(Theme::icon(m_isOpen ? "chevron-down" : "chevron-right"));
        m_list->setVisible(m_isOpen);
        m_head->setAccessibleName(m_isOpen ? tr("Hide the plan's steps") : tr("Show the plan's steps"));
    });
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &PlanView::rebuild);
    hide();
}

void PlanView::setPlan(const std::vector<acp::PlanEntry> &plan)
{
    if (plan == m_plan)
        return;
    m_plan = plan;
    rebuild();
}

QString PlanView::summary() const { return m_count->text(); }

void PlanView::rebuild()
{
    setVisible(!m_plan.empty());
    const auto done = std::count_if(m_plan.begin(), m_plan.end(), [](const auto &entry) { return entry.status == "completed"; });
    m_count->setText(tr("Plan %1/%2").arg(done).arg(m_plan.size()));
    const auto current = std::find_if(m_plan.begin(), m_plan.end(), [](const auto &entry) { return entry.status == "in_progress"; });
    const auto text = current == m_plan.end() ? QString() : visibleText(current->content).simplified();
    m_current->setWholeText(size_t(done) == m_plan.size() ? tr("done") : text);

    while (auto *item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto &c = Theme::colors();
    for (const auto &entry : m_plan) {
        auto *row = new QWidget;
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins(0, 0, 0, 0);
        line->setSpacing(space::s);
        const bool isDone = entry.status == "completed";
        const bool isCurrent = entry.status == "in_progress";
        auto *icon = new QLabel;
        icon->setPixmap(Theme::icon(isDone ? "check" : isCurrent ? "dot" : "circle", isDone ? c.good : isCurrent ? c.accent : c.muted)
                            .pixmap(QSize(15, 15), devicePixelRatioF()));
        icon->setAccessibleName(isDone ? tr("done") : isCurrent ? tr("running") : tr("waiting"));
        auto *label = new QLabel(visibleText(entry.content));
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        if (!isCurrent)
            label->setProperty("role", "muted");
        line->addWidget(icon, 0, Qt::AlignTop);
        line->addWidget(label, 1);
        m_rows->addWidget(row);
    }
}

} // namespace ui
