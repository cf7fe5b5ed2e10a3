#include "ui/shell/empty_state.h"

#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {

EmptyState::EmptyState(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel)
    , m_title(new QLabel)
    , m_text(new QLabel)
    , m_progress(new QProgressBar)
    , m_action(new QPushButton)
{
    m_title->setProperty("role", "heading");
    m_text->setProperty("role", "muted");
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setMaximumWidth(420);
    m_progress->setRange(0, 0);
    m_progress->setFixedWidth(160);
    m_progress->setAccessibleName(tr("Loading"));
    m_icon->setFixedSize(40, 40);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    column->setSpacing(space::s);
    column->addStretch(2);
    column->addWidget(m_icon, 0, Qt::AlignHCenter);
    column->addWidget(m_title, 0, Qt::AlignHCenter);
    auto *textRow = new QHBoxLayout; // A wrapped label that is merely aligned would take its narrowest shape.
    textRow->addStretch(1);
    textRow->addWidget(m_text, 100);
    textRow->addStretch(1);
    column->addLayout(textRow);
    column->addWidget(m_progress, 0, Qt::AlignHCenter);
    column->addSpacing(space::xs);
    column->addWidget(m_action, 0, Qt::AlignHCenter);
    column->addStretch(3);

    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionTriggered);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &EmptyState::paintIcon);
    showLoading(tr("Loading"));
}

void EmptyState::show(const QString &iconName, const QString &title, const QString &text, const QString &action)
{
    m_iconName = iconName;
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    m_action->setText(action);
    m_action->setAccessibleName(action);
    m_action->setVisible(!action.isEmpty());
    m_icon->setVisible(!iconName.isEmpty());
    m_progress->hide();
    setAccessibleName(title);
    paintIcon();
}

void EmptyState::showLoading(const QString &title)
{
    show({}, title, {});
    m_progress->show();
}

void EmptyState::paintIcon()
{
    if (!m_iconName.isEmpty())
        m_icon->setPixmap(Theme::icon(m_iconName, Theme::colors().muted).pixmap(QSize(40, 40), devicePixelRatioF()));
}

} // namespace ui
