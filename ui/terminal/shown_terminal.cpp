#include "ui/terminal/shown_terminal.h"

#include <QCoreApplication>

namespace ui {

QString ShownTerminal::state() const
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("ui::ShownTerminal", text); };
    if (!screen)
        return {};
    if (!exit)
        return tr("running");
    if (exit->signal)
        return tr("ended by %1").arg(QString::fromStdString(*exit->signal).left(20));
    if (exit->exitCode)
        return tr("exit code %1").arg(*exit->exitCode);
    return tr("ended");
}

} // namespace ui
