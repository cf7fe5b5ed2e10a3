#include "ui/shell/elided_label.h"

#include <QResizeEvent>

namespace ui {

void ElidedLabel::setWholeText(const QString &text)
{
    setTextFormat(Qt::PlainText);
    m_text = text;
    fit();
    updateGeometry();
}

QSize ElidedLabel::sizeHint() const { return {fontMetrics().horizontalAdvance(m_text) + 4, QLabel::sizeHint().height()}; }

void ElidedLabel::resizeEvent(QResizeEvent *event)
{
    QLabel::resizeEvent(event);
    fit();
}

void ElidedLabel::fit()
{
    const auto shown = fontMetrics().elidedText(m_text, Qt::ElideRight, std::max(0, width() - 2));
    setText(shown);
    setAccessibleName(m_text);
    setToolTip(shown == m_text ? QString() : m_text.toHtmlEscaped());
}

} // namespace ui
