#include "ui/conversation/growing_edit.h"

#include "ui/shell/theme.h"

#include <QTextBlock>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace ui {

GrowingEdit::GrowingEdit(int leastLines, int mostLines, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_leastLines(leastLines)
    , m_mostLines(mostLines)
{
    setTabChangesFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QPlainTextEdit::textChanged, this, &GrowingEdit::grow);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &GrowingEdit::grow);
    grow();
}

void GrowingEdit::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    grow();
}

void GrowingEdit::grow()
{
    int lines = 0;
    for (auto block = document()->firstBlock(); block.isValid(); block = block.next())
        lines += std::max(1, block.layout()->lineCount());
    const double line = QFontMetricsF(font()).lineSpacing();
    const int around = 4 + int(2 * document()->documentMargin()) + 2 * frameWidth();
    const int most = m_mostLines > 0 ? int(line * m_mostLines) + around : std::max(int(line * 4), window()->height() / 3);
    const int wanted = std::clamp(int(std::ceil(line * lines)) + around, int(line * m_leastLines) + around, std::max(most, int(line * m_leastLines) + around));
    if (height() != wanted || maximumHeight() != wanted)
        setFixedHeight(wanted);
    setVerticalScrollBarPolicy(wanted >= most ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
}

} // namespace ui
