#include "ui/query/hogql_highlighter.h"

#include "ui/query/query_text.h"
#include "ui/shell/theme.h"

#include <QStringList>
#include <QTextDocument>

#include <algorithm>

namespace ui {

using hogql::TokenKind;

HogqlHighlighter::HogqlHighlighter(QTextDocument *document)
    : QSyntaxHighlighter(static_cast<QObject *>(document))
{
    // Before the base class hears of a change: it colours at once. (revision() stands still while undo is off, as in setPlainText.)
    connect(document, &QTextDocument::contentsChange, this, [this] { m_isStale = true; });
    setDocument(document);
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &QSyntaxHighlighter::rehighlight);
}

const std::vector<HogqlHighlighter::Piece> &HogqlHighlighter::pieces()
{
    if (!m_isStale)
        return m_pieces;
    m_isStale = false;
    m_pieces.clear();
    const TextPositions positions(document()->toPlainText());
    for (hogql::Token &token : hogql::tokenize(positions.utf8())) {
        Piece piece{std::move(token), 0, 0, false};
        piece.start = positions.position(piece.token.span.start);
        piece.end = positions.position(piece.token.span.end);
        if (piece.token.kind == TokenKind::Bracket && piece.token.text == "(" && !m_pieces.empty()
            && m_pieces.back().token.kind == TokenKind::Word && !hogql::isKeyword(m_pieces.back().token.text))
            m_pieces.back().isFunction = true;
        m_pieces.push_back(std::move(piece));
    }
    return m_pieces;
}

namespace {

/// Units of time are keywords only behind a number: `INTERVAL 7 day`; elsewhere `day` is the name that everybody gives a column.
bool isPlainUnit(const std::vector<HogqlHighlighter::Piece> &pieces, std::size_t at)
{
    static const QStringList units{"second", "minute", "hour", "day", "week", "month", "quarter", "year"};
    if (!units.contains(QString::fromStdString(pieces[at].token.text).toLower()))
        return false;
    while (at > 0 && pieces[at - 1].token.kind == TokenKind::Whitespace)
        --at;
    return at == 0 || (pieces[at - 1].token.kind != TokenKind::Number && pieces[at - 1].token.text != ")" && pieces[at - 1].token.text != "}");
}

/// The name of a value from outside, whatever word it is: {from}, {variables.name}.
bool isPlaceholder(const std::vector<HogqlHighlighter::Piece> &pieces, std::size_t at)
{
    while (at >= 2 && pieces[at - 1].token.text == "." && pieces[at - 2].token.kind == TokenKind::Word)
        at -= 2;
    return at >= 1 && pieces[at - 1].token.kind == TokenKind::Bracket && pieces[at - 1].token.text == "{";
}

/// A part of a path is a name, whatever word it is: feature.key, t.left.
bool isPart(const std::vector<HogqlHighlighter::Piece> &pieces, std::size_t at) { return at >= 1 && pieces[at - 1].token.text == "."; }

} // namespace

void HogqlHighlighter::highlightBlock(const QString &text)
{
    const Colors &colors = Theme::colors();
    const int blockStart = currentBlock().position();
    const int blockEnd = blockStart + int(text.size());
    const auto &all = pieces();
    auto piece = std::lower_bound(all.begin(), all.end(), blockStart, [](const Piece &p, int position) { return p.end <= position; });
    int state = 0;
    for (; piece != all.end() && piece->start <= blockEnd; ++piece) {
        QTextCharFormat format;
        switch (piece->token.kind) {
        case TokenKind::Word:
            if (piece->isFunction)
                format.setForeground(colors.codeFunction);
            else if (const auto at = std::size_t(piece - all.begin()); isPlaceholder(all, at) || isPart(all, at))
                break;
            else if (hogql::isKeyword(piece->token.text) && !isPlainUnit(all, std::size_t(piece - all.begin())))
                format.setForeground(colors.codeKeyword);
            break;
        case TokenKind::String:
        case TokenKind::TemplateStart:
            format.setForeground(colors.codeString);
            break;
        case TokenKind::Number:
            format.setForeground(colors.codeNumber);
            break;
        case TokenKind::Comment:
            format.setForeground(colors.codeComment);
            format.setFontItalic(true);
            break;
        case TokenKind::Operator:
        case TokenKind::Bracket:
            format.setForeground(colors.muted);
            break;
        case TokenKind::Error:
            format.setForeground(colors.bad);
            break;
        default:
            break;
        }
        const int from = std::max(piece->start, blockStart), to = std::min(piece->end, blockEnd);
        if (to > from && format.hasProperty(QTextFormat::ForegroundBrush))
            setFormat(from - blockStart, to - from, format);
        if (piece->end > blockEnd && piece->token.kind != TokenKind::Whitespace)
            state = 1 + int(piece->token.kind); // a string or comment goes on below: Qt then colours the next block too
    }
    setCurrentBlockState(state);
}

} // namespace ui
