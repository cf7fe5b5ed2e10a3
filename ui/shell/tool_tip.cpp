#include "ui/shell/tool_tip.h"

#include <QTextDocument>

namespace ui {

QString plainToolTip(const QString &text) { return text.isEmpty() ? QString() : Qt::convertFromPlainText(text, Qt::WhiteSpaceNormal); }

} // namespace ui
