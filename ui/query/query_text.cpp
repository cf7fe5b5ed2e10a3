#include "ui/query/query_text.h"

#include "driver/hogql/parser.h"

#include <QRegularExpression>

#include <algorithm>

namespace ui {

TextPositions::TextPositions(const QString &text)
    : m_utf8(text.toStdString())
{
    if (m_utf8.size() == std::size_t(text.size()))
        return;
    m_bytes.reserve(std::size_t(text.size()) + 1);
    std::uint32_t byte = 0;
    for (int i = 0; i < text.size(); ++i) {
        m_bytes.push_back(byte);
        const ushort unit = text[i].unicode();
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            m_bytes.push_back(byte);
            ++i;
            byte += 4;
        } else {
            byte += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
        }
    }
    m_bytes.push_back(byte);
}

int TextPositions::position(std::size_t byte) const
{
    byte = std::min(byte, m_utf8.size());
    if (m_bytes.empty())
        return int(byte);
    return int(std::lower_bound(m_bytes.begin(), m_bytes.end(), std::uint32_t(byte)) - m_bytes.begin());
}

std::size_t TextPositions::byte(int position) const
{
    if (m_bytes.empty())
        return std::min(std::size_t(std::max(position, 0)), m_utf8.size());
    return m_bytes[std::min(std::size_t(std::max(position, 0)), m_bytes.size() - 1)];
}

namespace {

bool isBlank(const hogql::Token &token)
{
    return token.kind == hogql::TokenKind::Whitespace || token.kind == hogql::TokenKind::Comment || token.kind == hogql::TokenKind::End;
}

bool isSemicolon(const hogql::Token &token) { return token.kind == hogql::TokenKind::Operator && token.text == ";"; }

} // namespace

std::vector<hogql::Span> statementsOf(std::string_view text)
{
    std::vector<hogql::Span> statements;
    hogql::Span current;
    bool hasCode = false, started = false;
    const auto finish = [&] {
        if (hasCode)
            statements.push_back(current);
        hasCode = started = false;
    };
    for (const hogql::Token &token : hogql::tokenize(text)) {
        if (isSemicolon(token)) {
            finish();
            continue;
        }
        if (token.kind == hogql::TokenKind::Whitespace || token.kind == hogql::TokenKind::End)
            continue;
        if (!started)
            current.start = token.span.start;
        started = true;
        hasCode = hasCode || !isBlank(token);
        current.end = token.span.end;
    }
    finish();
    return statements;
}

hogql::Span statementAt(std::string_view text, std::size_t byte)
{
    const auto statements = statementsOf(text);
    hogql::Span best;
    for (const hogql::Span &statement : statements) {
        if (best.end == 0 || statement.start <= byte)
            best = statement; // the last one that starts before the cursor: between two, the one just written
    }
    return best;
}

std::string firstStatement(const std::string &text)
{
    const auto statements = statementsOf(text);
    return statements.empty() ? text : text.substr(statements.front().start, statements.front().end - statements.front().start);
}

std::string withLimit(const std::string &statement, int count)
{
    const std::string text = firstStatement(statement);
    const std::string limit = "LIMIT " + std::to_string(count);
    const auto parsed = hogql::parseSelect(text);
    if (parsed && !(*parsed)->arms.empty())
        return "SELECT * FROM (\n" + text + "\n)\n" + limit;
    return text + "\n" + limit; // on its own line: the text may end in a comment
}

QString titleOf(const QString &text)
{
    const auto tokens = hogql::tokenize(text.toStdString());
    for (const hogql::Token &token : tokens) {
        if (token.kind == hogql::TokenKind::Whitespace)
            continue;
        if (token.kind != hogql::TokenKind::Comment)
            break;
        QString line = QString::fromStdString(token.text).section('\n', 0, 0);
        line.remove(QRegularExpression(QStringLiteral("^(--|#|//|/\\*)\\s*|\\s*\\*/$")));
        if (!line.trimmed().isEmpty())
            return line.trimmed().left(60);
    }
    bool afterFrom = false;
    for (const hogql::Token &token : tokens) {
        if (isBlank(token))
            continue;
        const bool isWord = token.kind == hogql::TokenKind::Word;
        if (afterFrom && (isWord || token.kind == hogql::TokenKind::QuotedIdentifier))
            return QString::fromStdString(token.text).left(60);
        afterFrom = isWord && QString::fromStdString(token.text).compare(QLatin1String("from"), Qt::CaseInsensitive) == 0;
    }
    return {};
}

std::pair<int, int> positionInMessage(const QString &message)
{
    static const QRegularExpression place(QStringLiteral("line (\\d+)[,:]? (?:column|col) (\\d+)"), QRegularExpression::CaseInsensitiveOption);
    const auto match = place.match(message);
    return match.hasMatch() ? std::pair{match.captured(1).toInt(), match.captured(2).toInt()} : std::pair{0, 0};
}

} // namespace ui
