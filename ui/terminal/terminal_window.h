#pragma once

#include "ui/terminal/shown_terminal.h"

#include <QDialog>

class QLabel;

namespace ui {

class TerminalView;

/// The whole output of an agent's terminal in a window of its own; to look at, not to type into. It stays as it is when the
/// conversation it was opened from goes.
class TerminalWindow : public QDialog
{
    Q_OBJECT

public:
    /// `title`: the command, safe to show.
    TerminalWindow(std::shared_ptr<const ShownTerminal> terminal, const QString &title, QWidget *parent);

    /// Takes in what has changed.
    void refresh();

    const ShownTerminal &terminal() const { return *m_terminal; }
    TerminalView &view() const { return *m_view; }

private:
    std::shared_ptr<const ShownTerminal> m_terminal;
    std::optional<std::uint64_t> m_shown; // the revision
    QLabel *m_state;
    TerminalView *m_view;
};

} // namespace ui
