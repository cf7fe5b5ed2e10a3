#pragma once

#include "driver/hogql/lexer.h"

#include <QString>

#include <string>
#include <utility>
#include <vector>

/// A query as text in an editor: where its statements are, where bytes are characters. Pure functions.
namespace ui {

/// Translates between byte offsets of UTF-8, in which driver/hogql speaks, and QTextCursor positions. Made once a text.
class TextPositions
{
public:
    explicit TextPositions(const QString &text);

    const std::string &utf8() const { return m_utf8; }
    int position(std::size_t byte) const; // clamped to the text
    std::size_t byte(int position) const;

private:
    std::string m_utf8;
    std::vector<std::uint32_t> m_bytes; // of each UTF-16 unit; empty when the text is ASCII and both are the same
};

/// The statements of `text`, split at semicolons outside of strings and brackets; blank ones are left out. A span holds no semicolon and
/// starts at the first token that is no space.
std::vector<hogql::Span> statementsOf(std::string_view text);

/// The statement that the byte is in or right behind; {0, 0} when there is none.
hogql::Span statementAt(std::string_view text, std::size_t byte);

/// The first statement of `text`, without its semicolon; `text` itself where there is none.
std::string firstStatement(const std::string &text);

/// `statement` with `LIMIT count` for the whole result: appended, or around a set operation, whose last arm would take it otherwise.
std::string withLimit(const std::string &statement, int count);

/// A short title for a query that has none: its first comment line, else the first table it reads; empty when there is neither.
QString titleOf(const QString &text);

/// "line 3, column 14" somewhere in an error's message, or {0, 0}.
std::pair<int, int> positionInMessage(const QString &message);

} // namespace ui
