#include "driver/hogql/printer.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/query_text.h"

#include <QTextBlock>
#include <QTextDocumentFragment>

#include <algorithm>

// Changes to the text, each one undo step, and finding in it.
namespace ui {

using hogql::TokenKind;

void HogqlEditor::replaceAll(const QString &text)
{
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    cursor.endEditBlock();
}

void HogqlEditor::insertText(const QString &text)
{
    textCursor().insertText(text);
    setFocus();
}

bool HogqlEditor::format()
{
    QTextCursor cursor = textCursor();
    const bool part = cursor.hasSelection();
    const std::string utf8 = (part ? cursor.selection().toPlainText() : toPlainText()).toStdString();
    QStringList formatted;
    std::size_t end = 0;
    for (const hogql::Span &statement : statementsOf(utf8)) {
        const auto text = hogql::formatText(std::string_view(utf8).substr(statement.start, statement.end - statement.start));
        if (!text) {
            check();
            return false;
        }
        formatted << QString::fromStdString(*text).trimmed();
        end = statement.end;
    }
    if (formatted.isEmpty())
        return false;
    QString whole = formatted.join(QStringLiteral(";\n\n"));
    for (const hogql::Token &token : hogql::tokenize(std::string_view(utf8).substr(end))) { // what is said behind the last statement
        if (token.kind == TokenKind::Comment)
            whole += '\n' + QString::fromStdString(token.text).trimmed();
    }
    cursor.beginEditBlock();
    if (!part)
        cursor.select(QTextCursor::Document);
    cursor.insertText(whole);
    cursor.endEditBlock();
    return true;
}

void HogqlEditor::toggleComment()
{
    QTextCursor cursor = textCursor();
    const QTextBlock first = document()->findBlock(cursor.selectionStart());
    QTextBlock last = document()->findBlock(cursor.selectionEnd());
    if (last != first && last.position() == cursor.selectionEnd())
        last = last.previous(); // a selection that ends at a line's start does not mean that line
    bool allComments = true;
    for (QTextBlock block = first; block.isValid(); block = block.next()) {
        const QString line = block.text().trimmed();
        allComments = allComments && (line.isEmpty() || line.startsWith("--"));
        if (block == last)
            break;
    }
    cursor.beginEditBlock();
    for (QTextBlock block = first; block.isValid(); block = block.next()) {
        const QString line = block.text();
        int column = 0;
        while (column < line.size() && line[column].isSpace())
            ++column;
        QTextCursor edit(block);
        edit.setPosition(block.position() + column);
        if (allComments && line.mid(column).startsWith("--")) {
            edit.setPosition(edit.position() + (line.mid(column).startsWith("-- ") ? 3 : 2), QTextCursor::KeepAnchor);
            edit.removeSelectedText();
        } else if (!allComments && column < line.size()) {
            edit.insertText(QStringLiteral("-- "));
        }
        if (block == last)
            break;
    }
    cursor.endEditBlock();
}

void HogqlEditor::indent(int direction)
{
    QTextCursor cursor = textCursor();
    const int end = document()->findBlock(cursor.selectionEnd()).blockNumber();
    cursor.beginEditBlock();
    for (int line = document()->findBlock(cursor.selectionStart()).blockNumber(); line <= end; ++line) {
        const QTextBlock block = document()->findBlockByNumber(line);
        QTextCursor edit(block);
        if (direction > 0) {
            edit.insertText(QStringLiteral("    "));
        } else {
            for (int i = 0; i < 4 && document()->characterAt(block.position()).isSpace() && block.length() > 1; ++i)
                edit.deleteChar();
        }
    }
    cursor.endEditBlock();
}

void HogqlEditor::newLine()
{
    QTextCursor cursor = textCursor();
    const QString line = cursor.block().text().left(cursor.positionInBlock());
    QString space;
    for (const QChar c : line) {
        if (!c.isSpace())
            break;
        space += c;
    }
    if (line.trimmed().endsWith('('))
        space += QStringLiteral("    ");
    cursor.insertText("\n" + space);
    ensureCursorVisible();
}

void HogqlEditor::findNext(const QString &text, bool backward, bool matchCase)
{
    if (text.isEmpty())
        return;
    QTextDocument::FindFlags flags;
    if (backward)
        flags |= QTextDocument::FindBackward;
    if (matchCase)
        flags |= QTextDocument::FindCaseSensitively;
    if (find(text, flags))
        return;
    QTextCursor wrapped(document());
    if (backward)
        wrapped.movePosition(QTextCursor::End);
    wrapped = document()->find(text, wrapped, flags);
    if (!wrapped.isNull())
        setTextCursor(wrapped);
}

int HogqlEditor::highlightMatches(const QString &text, bool matchCase)
{
    m_found = text;
    m_foundCase = matchCase;
    updateMarks();
    return text.isEmpty() ? 0 : int(toPlainText().count(text, matchCase ? Qt::CaseSensitive : Qt::CaseInsensitive));
}


bool HogqlEditor::replaceNext(const QString &text, const QString &replacement, bool matchCase)
{
    const QTextCursor selected = textCursor();
    const bool atMatch = selected.hasSelection() && selected.selectedText().compare(text, matchCase ? Qt::CaseSensitive : Qt::CaseInsensitive) == 0;
    if (atMatch)
        textCursor().insertText(replacement);
    findNext(text, false, matchCase);
    return atMatch;
}

int HogqlEditor::replaceEvery(const QString &text, const QString &replacement, bool matchCase)
{
    if (text.isEmpty())
        return 0;
    const QTextDocument::FindFlags flags = matchCase ? QTextDocument::FindCaseSensitively : QTextDocument::FindFlags();
    int count = 0;
    QTextCursor all(document());
    all.beginEditBlock();
    for (QTextCursor match = document()->find(text, 0, flags); !match.isNull(); match = document()->find(text, match, flags)) {
        match.insertText(replacement);
        ++count;
    }
    all.endEditBlock();
    return count;
}

} // namespace ui
