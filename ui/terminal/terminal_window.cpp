#include "ui/terminal/terminal_window.h"

#include "ui/shell/elided_label.h"
#include "ui/shell/theme.h"
#include "ui/terminal/terminal_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace ui {

TerminalWindow::TerminalWindow(std::shared_ptr<const ShownTerminal> terminal, const QString &title, QWidget *parent)
    : QDialog(parent)
    , m_terminal(std::move(terminal))
    , m_state(new QLabel)
    , m_view(new TerminalView)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Terminal"));
    setSizeGripEnabled(true);
    auto *command = new ElidedLabel;
    command->setTextFormat(Qt::PlainText);
    command->setWholeText(title);
    setStyleProperty(command, "role", "code");
    setStyleProperty(m_state, "role", "muted");
    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::m, space::s, space::m, space::s);
    head->setSpacing(space::m);
    head->addWidget(command, 1);
    head->addWidget(m_state);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_view, 1);
    m_view->setFocus();
    refresh();
}

void TerminalWindow::refresh()
{
    if (m_shown == m_terminal->revision)
        return;
    m_shown = m_terminal->revision;
    m_state->setText(m_terminal->screen ? m_terminal->state() : tr("not kept"));
    if (m_view->screen() != m_terminal->screen)
        m_view->setScreen(m_terminal->screen);
    else
        m_view->refresh();
}

} // namespace ui
