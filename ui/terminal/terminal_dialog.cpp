#include "ui/terminal/terminal_dialog.h"

#include "ui/shell/theme.h"
#include "ui/terminal/pty_process.h"
#include "ui/terminal/terminal_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <cstring>

namespace ui {
namespace {

constexpr int pickUpMs = 20;
constexpr qsizetype mostWritten = 4 * 1024 * 1024; // nobody reads that much at once

QString howItEnded(const ph::ChildExit &exit)
{
    if (exit.signal)
        return TerminalDialog::tr("Ended by a signal: %1.").arg(QString::fromLocal8Bit(::strsignal(*exit.signal)));
    return TerminalDialog::tr("Ended with exit code %1.").arg(exit.code.value_or(0));
}

} // namespace

TerminalDialog::TerminalDialog(const QString &title, ph::ChildOptions command, QWidget *parent)
    : QDialog(parent)
    , m_screen(std::make_shared<TerminalScreen>())
    , m_view(new TerminalView)
    , m_state(new QLabel)
    , m_close(new QPushButton(tr("Cancel")))
{
    setWindowTitle(title);
    setSizeGripEnabled(true);
    auto *heading = new QLabel(title);
    heading->setTextFormat(Qt::PlainText);
    setStyleProperty(heading, "role", "heading");
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    m_close->setAutoDefault(false); // Enter belongs to the program.
    auto *foot = new QHBoxLayout;
    foot->setSpacing(space::m);
    foot->addWidget(m_state, 1);
    foot->addWidget(m_close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::l, space::l, space::l, space::l);
    column->setSpacing(space::m);
    column->addWidget(heading);
    column->addWidget(m_view, 1);
    column->addLayout(foot);

    m_view->setScreen(m_screen);
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_view, &TerminalView::typed, this, &TerminalDialog::sendReplies);
    connect(m_view, &TerminalView::resized, this, [this] {
        m_screen->resize(m_view->fittingSize());
        if (m_process)
            m_process->resize(m_screen->size());
    });
    m_pickUp.setSingleShot(true);
    m_pickUp.setInterval(pickUpMs);
    connect(&m_pickUp, &QTimer::timeout, this, &TerminalDialog::take);
    start(std::move(command));
    m_view->setFocus();
}

TerminalDialog::~TerminalDialog() = default;

void TerminalDialog::start(ph::ChildOptions command)
{
    command.terminal = m_screen->size();
    command.hasInput = true;
    std::erase_if(command.environment, [](const std::string &entry) { return entry.starts_with("TERM=") || entry.starts_with("COLORTERM="); });
    command.environment.insert(command.environment.end(), {"TERM=xterm-256color", "COLORTERM=truecolor"});
    auto process = PtyProcess::start(command, {[this](std::string_view bytes) {
                                                   const std::lock_guard lock(m_mutex);
                                                   if (m_written.isEmpty()) // Else it is on its way.
                                                       QMetaObject::invokeMethod(&m_pickUp, qOverload<>(&QTimer::start));
                                                   if (m_written.size() < mostWritten)
                                                       m_written.append(bytes.data(), qsizetype(bytes.size()));
                                               },
                                               [this](const ph::ChildExit &exit) { QMetaObject::invokeMethod(this, [this, exit] { ended(exit); }); }});
    if (!process) {
        m_state->setText(QString::fromStdString(process.error().message));
        setStyleProperty(m_state, "role", "error");
        m_close->setText(tr("Close"));
        return;
    }
    m_process = *std::move(process);
    m_view->setInput(true);
}

void TerminalDialog::take()
{
    QByteArray written;
    {
        const std::lock_guard lock(m_mutex);
        written = std::exchange(m_written, {});
    }
    m_screen->feed({written.constData(), std::size_t(written.size())});
    sendReplies();
    m_view->refresh();
}

void TerminalDialog::sendReplies()
{
    const auto replies = m_screen->takeReplies();
    if (m_process && !replies.empty())
        m_process->write(replies);
}

void TerminalDialog::ended(const ph::ChildExit &exit)
{
    take();
    m_exit = exit;
    m_view->setInput(false);
    if (exit.code == 0) {
        accept();
        return;
    }
    m_state->setText(howItEnded(exit));
    setStyleProperty(m_state, "role", "error");
    m_close->setText(tr("Close"));
    m_close->setFocus();
}

std::optional<int> TerminalDialog::run(const QString &title, ph::ChildOptions command, QWidget *parent)
{
    TerminalDialog dialog(title, std::move(command), parent);
    dialog.exec();
    return dialog.exit() ? dialog.exit()->code : std::nullopt;
}

} // namespace ui
