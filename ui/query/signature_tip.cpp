#include "ui/query/signature_tip.h"

#include "driver/hogql/inspect.h"
#include "ui/shell/theme.h"

namespace ui {

SignatureTip::SignatureTip(QWidget *editor)
    : QLabel(editor)
{
    setObjectName(QStringLiteral("signatureTip"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setTextFormat(Qt::RichText);
    setMargin(space::xs);
    QLabel::hide();
}

void SignatureTip::show(const hogql::SignatureHelp &help, const QRect &line)
{
    const Colors &colors = Theme::colors();
    const auto part = [&](std::size_t from, std::size_t to) { return QString::fromStdString(help.signature.substr(from, to - from)).toHtmlEscaped(); };
    QString signature = part(0, help.signature.size());
    if (help.current.end > help.current.start)
        signature = part(0, help.current.start) + QStringLiteral("<b style='color:%1'>").arg(colors.accent.name())
            + part(help.current.start, help.current.end) + QStringLiteral("</b>") + part(help.current.end, help.signature.size());
    setText(QStringLiteral("<span style='font-family:\"%1\"'>%2</span><br><span style='color:%3'>%4</span>")
                .arg(Theme::codeFont().family(), signature, colors.muted.name(), QString::fromStdString(help.doc).toHtmlEscaped()));
    setAccessibleName(QString::fromStdString(help.signature + ". " + help.doc));
    setStyleSheet(QStringLiteral("QLabel { background: %1; color: %2; border: 1px solid %3; border-radius: 4px; }")
                      .arg(colors.raised.name(), colors.text.name(), colors.border.name()));
    adjustSize();
    const int above = line.top() - height() - 2;
    move(std::clamp(line.left(), 0, std::max(0, parentWidget()->width() - width())), above >= 0 ? above : line.bottom() + 2);
    QLabel::show();
    raise();
}

} // namespace ui
