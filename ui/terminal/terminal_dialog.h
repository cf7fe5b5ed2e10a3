#pragma once

#include "driver/base/child_process.h"

#include <QByteArray>
#include <QDialog>
#include <QTimer>

#include <memory>
#include <mutex>

class QLabel;
class QPushButton;

namespace ui {

class PtyProcess;
class TerminalScreen;
class TerminalView;

/// Runs one program on a terminal that the user types into, as the log-in of an agent. Closes by itself when the program ends with
/// exit code 0; else it stays, so that what went wrong can be read. Closing it ends the program.
class TerminalDialog : public QDialog
{
    Q_OBJECT

public:
    /// `title`: what the user does here, as "Log in to Claude Code". Of `command` the terminal's part is set here; its environment
    /// should be ph::childEnvironment(…).
    TerminalDialog(const QString &title, ph::ChildOptions command, QWidget *parent);
    ~TerminalDialog() override;

    /// How the program ended; nothing while it runs, and when it could not be started.
    const std::optional<ph::ChildExit> &exit() const { return m_exit; }
    TerminalView &view() const { return *m_view; }

    /// The whole of it, modal: the exit code, or nothing when the program did not start, was ended or left by the user.
    static std::optional<int> run(const QString &title, ph::ChildOptions command, QWidget *parent);

private:
    void start(ph::ChildOptions command);
    void take();
    void ended(const ph::ChildExit &exit);
    void sendReplies();

    std::shared_ptr<TerminalScreen> m_screen;
    TerminalView *m_view;
    QLabel *m_state;
    QPushButton *m_close;
    QTimer m_pickUp;
    std::optional<ph::ChildExit> m_exit;

    std::mutex m_mutex; // Guards what the program wrote and nobody has taken yet.
    QByteArray m_written;

    std::unique_ptr<PtyProcess> m_process; // the last: its thread uses what stands above
};

} // namespace ui
