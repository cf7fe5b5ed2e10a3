#include "ui/query/hogql_editor.h"
#include "ui/query/hogql_highlighter.h"
#include "ui/shell/theme.h"

#include <QPainter>
#include <QTextBlock>

#include <algorithm>

// The gutter and what is marked in the text.
namespace ui {

using hogql::TokenKind;

int HogqlEditor::gutterWidth() const
{
    const int digits = std::max(2, int(QString::number(blockCount()).size()));
    return QFontMetrics(Theme::codeFont()).horizontalAdvance('9') * digits + space::m + space::m;
}

void HogqlEditor::placeGutter()
{
    setViewportMargins(gutterWidth(), space::s, 0, 0);
    const QRect inside = contentsRect();
    m_gutter->setGeometry(inside.left(), inside.top(), gutterWidth(), inside.height());
}

void HogqlEditor::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    placeGutter();
}

void HogqlEditor::paintGutter(QPaintEvent *event)
{
    const Colors &colors = Theme::colors();
    QPainter painter(m_gutter);
    painter.setFont(Theme::codeFont());
    const int current = textCursor().blockNumber();
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF box = blockBoundingGeometry(block).translated(contentOffset()).translated(0, viewport()->y() - m_gutter->y());
        if (box.top() > event->rect().bottom())
            break;
        const bool hasProblem = std::any_of(m_problems.begin(), m_problems.end(), [&](const EditorProblem &problem) {
            return problem.end > 0 && problem.isError && problem.start >= block.position() && problem.start < block.position() + block.length();
        });
        painter.setPen(hasProblem ? colors.bad : block.blockNumber() == current ? colors.text : colors.muted);
        painter.drawText(QRectF(0, box.top(), m_gutter->width() - space::m, box.height()), Qt::AlignRight | Qt::AlignTop,
                         QString::number(block.blockNumber() + 1));
    }
}

void HogqlEditor::updateMarks()
{
    const Colors &colors = Theme::colors();
    QList<QTextEdit::ExtraSelection> marks;
    const auto mark = [&](int start, int end) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(document());
        const int last = document()->characterCount() - 1;
        selection.cursor.setPosition(std::clamp(start, 0, last));
        selection.cursor.setPosition(std::clamp(end, 0, last), QTextCursor::KeepAnchor);
        return selection;
    };

    QTextEdit::ExtraSelection line;
    QColor wash = colors.hover;
    wash.setAlphaF(0.45);
    line.format.setBackground(wash);
    line.format.setProperty(QTextFormat::FullWidthSelection, true);
    line.cursor = textCursor();
    line.cursor.clearSelection();
    marks << line;

    if (!m_found.isEmpty()) {
        QTextCursor match(document());
        const QTextDocument::FindFlags flags = m_foundCase ? QTextDocument::FindCaseSensitively : QTextDocument::FindFlags();
        for (int n = 0; n < 1000 && !(match = document()->find(m_found, match, flags)).isNull(); ++n) {
            QTextEdit::ExtraSelection selection;
            selection.cursor = match;
            QColor found = colors.warning;
            found.setAlphaF(0.3);
            selection.format.setBackground(found);
            marks << selection;
        }
    }

    for (const EditorProblem &problem : m_problems) {
        if (problem.end == 0 && problem.start == 0)
            continue; // about the whole text
        int start = problem.start, end = std::max(problem.end, problem.start + 1);
        if (start >= document()->characterCount() - 1) // at the end there is nothing to underline: the last character stands for it
            start = std::max(0, document()->characterCount() - 2);
        auto selection = mark(start, end);
        selection.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        selection.format.setUnderlineColor(problem.isError ? colors.bad : problem.isHint ? colors.muted : colors.warning);
        if (problem.isHint)
            selection.format.setUnderlineStyle(QTextCharFormat::DotLine);
        marks << selection;
    }

    // The bracket beside the cursor and its partner.
    const auto &pieces = m_highlighter->pieces();
    const int position = textCursor().position();
    const auto isBracket = [&](std::size_t i) { return pieces[i].token.kind == TokenKind::Bracket; };
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (!isBracket(i) || (pieces[i].start != position && pieces[i].end != position))
            continue;
        const bool opens = std::string_view("([{").find(pieces[i].token.text) != std::string_view::npos;
        int depth = 0;
        for (std::size_t j = i;; j += opens ? 1 : std::size_t(-1)) {
            if (isBracket(j))
                depth += (std::string_view("([{").find(pieces[j].token.text) != std::string_view::npos) == opens ? 1 : -1;
            if (depth == 0) {
                for (const std::size_t end : {i, j}) {
                    auto selection = mark(pieces[end].start, pieces[end].end);
                    selection.format.setForeground(colors.accent);
                    selection.format.setFontWeight(QFont::Bold);
                    marks << selection;
                }
                break;
            }
            if (j == (opens ? pieces.size() - 1 : 0))
                break;
        }
        break;
    }
    setExtraSelections(marks);
    m_gutter->update();
}

} // namespace ui
