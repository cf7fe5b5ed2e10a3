#include "ui/query/hogql_editor.h"

#include "driver/hogql/printer.h"
#include "ui/shell/background.h"
#include "ui/query/hogql_highlighter.h"
#include "ui/query/query_text.h"
#include "ui/query/schema_completion.h"
#include "ui/shell/theme.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QHelpEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTextBlock>
#include <QTextDocumentFragment>
#include <QToolTip>

#include <algorithm>

namespace ui {

using hogql::TokenKind;

namespace {

constexpr int checkAfterMs = 250;
constexpr int completeAfterMs = 60;
constexpr int detailRole = Qt::UserRole + 1;
constexpr int insertRole = Qt::UserRole + 2;

/// A suggestion's name at the left, its detail muted at the right.
class SuggestionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        if (option.state & QStyle::State_Selected) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(colors.hover);
            painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 4, 4);
            painter->restore();
        }
        const QRect inner = option.rect.adjusted(space::s, 0, -space::s, 0);
        const QFont code = Theme::codeFont();
        const QString text = index.data().toString();
        const QString detail = index.data(detailRole).toString();
        const QFont small = Theme::textFont(0.92);
        const int detailWidth = std::min(QFontMetrics(small).horizontalAdvance(detail), inner.width() / 2);
        painter->setFont(small);
        painter->setPen(colors.muted);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, QFontMetrics(small).elidedText(detail, Qt::ElideRight, detailWidth));
        painter->setFont(code);
        painter->setPen(colors.text);
        const int room = inner.width() - (detail.isEmpty() ? 0 : detailWidth + space::l);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(code).elidedText(text, Qt::ElideMiddle, room));
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, QFontMetrics(Theme::codeFont()).height() + space::s};
    }
};

} // namespace

/// The gutter beside the text; the editor paints it.
class LineNumbers : public QWidget
{
public:
    explicit LineNumbers(HogqlEditor *editor)
        : QWidget(editor)
        , m_editor(editor)
    {
    }
    QSize sizeHint() const override { return {m_editor->gutterWidth(), 0}; }

protected:
    void paintEvent(QPaintEvent *event) override { m_editor->paintGutter(event); }

private:
    HogqlEditor *m_editor;
};

HogqlEditor::HogqlEditor(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_highlighter(new HogqlHighlighter(document()))
    , m_gutter(new LineNumbers(this))
    , m_completer(new QCompleter(this))
    , m_suggestions(new QStandardItemModel(this))
{
    setAccessibleName(tr("HogQL editor"));
    setProperty("role", "code");
    setLineWrapMode(NoWrap);
    setTabChangesFocus(false);
    setFrameShape(QFrame::NoFrame);
    // The gutter touches the edge, and the page draws the border: no padding, no rounded corners here.
    setStyleSheet(QStringLiteral("ui--HogqlEditor { border: none; border-radius: 0; padding: 0; }"));
    setPlaceholderText(tr("SELECT event, count() FROM events GROUP BY event"));

    m_completer->setModel(m_suggestions);
    m_completer->setWidget(this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setMaxVisibleItems(10);
    m_completer->popup()->setItemDelegate(new SuggestionDelegate(this));
    m_completer->popup()->setAccessibleName(tr("Completions"));
    connect(m_completer, QOverload<const QModelIndex &>::of(&QCompleter::activated), this, &HogqlEditor::insertCompletion);

    m_checkTimer.setSingleShot(true);
    m_checkTimer.setInterval(checkAfterMs);
    connect(&m_checkTimer, &QTimer::timeout, this, &HogqlEditor::check);
    m_completeTimer.setSingleShot(true);
    m_completeTimer.setInterval(completeAfterMs);
    connect(&m_completeTimer, &QTimer::timeout, this, &HogqlEditor::complete);

    connect(document(), &QTextDocument::contentsChange, this, [this](int position, int removed, int added) {
        if (removed == 0 && added == 0)
            return;
        ++m_changes;
        m_reported.clear();
        for (EditorProblem &problem : m_problems) { // underlines move with their text until the next check
            if (problem.start >= position) {
                problem.start = std::max(position, problem.start + added - removed);
                problem.end = std::max(problem.start, problem.end + added - removed);
                problem.fix.reset(); // its places are of the text before
            }
        }
        m_checkTimer.start();
    });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, &HogqlEditor::updateMarks);
    connect(this, &QPlainTextEdit::blockCountChanged, this, &HogqlEditor::placeGutter);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect &rect, int dy) {
        if (dy)
            m_gutter->scroll(0, dy);
        else
            m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
    });
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &HogqlEditor::applyTheme);
    applyTheme();
}

HogqlEditor::~HogqlEditor() { m_stop.request_stop(); }

void HogqlEditor::applyTheme()
{
    setFont(Theme::codeFont());
    m_gutter->setFont(Theme::codeFont());
    setTabStopDistance(QFontMetricsF(Theme::codeFont()).horizontalAdvance(' ') * 4);
    placeGutter();
    updateMarks();
}

void HogqlEditor::setCompletions(std::function<EditorCompletion(const QString &, int)> completions) { m_completions = std::move(completions); }

void HogqlEditor::check()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    inBackground([text = toPlainText()] { return checkQuery(text); })
        .then(this, [this, stop = m_stop.get_token(), asked = m_changes](const std::vector<EditorProblem> &problems) {
            if (stop.stop_requested() || asked != m_changes)
                return;
            m_problems = m_reported;
            m_problems.insert(m_problems.end(), problems.begin(), problems.end());
            updateMarks();
            emit problemsChanged();
        });
}

void HogqlEditor::addProblem(const EditorProblem &problem)
{
    m_reported.insert(m_reported.begin(), problem);
    m_problems.insert(m_problems.begin(), problem);
    updateMarks();
    emit problemsChanged();
}

void HogqlEditor::goTo(int position)
{
    QTextCursor cursor = textCursor();
    cursor.setPosition(std::clamp(position, 0, document()->characterCount() - 1));
    setTextCursor(cursor);
    ensureCursorVisible();
    setFocus();
}

void HogqlEditor::applyFix(const EditorFix &fix)
{
    QTextCursor cursor(document());
    const int last = document()->characterCount() - 1;
    cursor.setPosition(std::clamp(fix.start, 0, last));
    cursor.setPosition(std::clamp(fix.end, 0, last), QTextCursor::KeepAnchor);
    cursor.insertText(fix.replacement);
    setFocus();
}

void HogqlEditor::goToLine(int line, int column)
{
    const QTextBlock block = document()->findBlockByNumber(std::max(0, line - 1));
    if (block.isValid())
        goTo(block.position() + std::clamp(column - 1, 0, block.length() - 1));
}

QString HogqlEditor::runnableText() const
{
    const QTextCursor cursor = textCursor();
    if (cursor.hasSelection() && !cursor.selectedText().trimmed().isEmpty())
        return cursor.selection().toPlainText();
    const TextPositions positions(toPlainText());
    const hogql::Span statement = statementAt(positions.utf8(), positions.byte(cursor.position()));
    return QString::fromStdString(positions.utf8().substr(statement.start, statement.end - statement.start));
}

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
    const QString text = part ? cursor.selection().toPlainText() : toPlainText();
    const std::string utf8 = text.toStdString();
    for (const hogql::Token &token : hogql::tokenize(utf8)) {
        if (token.kind == TokenKind::Comment) { // the printer knows none: formatting would lose them
            addProblem({tr("Formatting would lose the comments: select a part without any."), 0, 0, 1, 1, false});
            return false;
        }
    }
    QStringList formatted;
    for (const hogql::Span &statement : statementsOf(utf8)) {
        const auto parsed = hogql::parseSelect(std::string_view(utf8).substr(statement.start, statement.end - statement.start));
        if (!parsed) {
            check();
            return false;
        }
        formatted << QString::fromStdString(hogql::format(**parsed)).trimmed();
    }
    if (formatted.isEmpty())
        return false;
    cursor.beginEditBlock();
    if (!part)
        cursor.select(QTextCursor::Document);
    cursor.insertText(formatted.join(QStringLiteral(";\n\n")));
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

bool HogqlEditor::isCompleting() const { return m_completer->popup()->isVisible(); }

bool HogqlEditor::wantsCompletion() const
{
    const int position = textCursor().position();
    for (const auto &piece : m_highlighter->pieces()) {
        if (piece.start < position && position <= piece.end)
            return piece.token.kind != TokenKind::Comment && piece.token.kind != TokenKind::Number && piece.token.kind != TokenKind::Whitespace
                && (piece.token.kind != TokenKind::Operator || piece.token.text == ".");
    }
    return false;
}

void HogqlEditor::complete()
{
    if (!m_completions)
        return;
    const EditorCompletion completion = m_completions(toPlainText(), textCursor().position());
    m_suggestions->clear();
    m_completeFrom = completion.from;
    m_completeTo = completion.to;
    const QString typed = toPlainText().mid(completion.from, textCursor().position() - completion.from);
    for (const EditorSuggestion &suggestion : completion.suggestions) {
        auto *item = new QStandardItem(suggestion.text);
        item->setData(suggestion.detail, detailRole);
        item->setData(suggestion.insert.isEmpty() ? suggestion.text : suggestion.insert, insertRole);
        item->setToolTip(suggestion.detail);
        m_suggestions->appendRow(item);
    }
    const bool already = completion.suggestions.size() == 1 && completion.suggestions[0].text == typed;
    if (completion.suggestions.empty() || already) {
        m_completer->popup()->hide();
        return;
    }
    QTextCursor start = textCursor();
    start.setPosition(completion.from);
    QRect rect = cursorRect(start).translated(viewport()->pos());
    rect.setWidth(std::clamp(width() / 2, 280, 460));
    rect.translate(-space::s, 2);
    m_completer->complete(rect);
    m_completer->popup()->setCurrentIndex(m_suggestions->index(0, 0));
}

void HogqlEditor::insertCompletion(const QModelIndex &index)
{
    const QString insert = index.data(insertRole).toString();
    QTextCursor cursor = textCursor();
    cursor.beginEditBlock();
    cursor.setPosition(m_completeFrom);
    cursor.setPosition(m_completeTo, QTextCursor::KeepAnchor);
    cursor.insertText(insert);
    if (insert.endsWith('(')) {
        cursor.insertText(QStringLiteral(")"));
        cursor.movePosition(QTextCursor::Left);
    }
    cursor.endEditBlock();
    setTextCursor(cursor);
}

void HogqlEditor::keyPressEvent(QKeyEvent *event)
{
    if (isCompleting()) {
        switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Tab:
            if (event->modifiers() & Qt::ControlModifier)
                break; // Ctrl+Enter runs, whatever is open
            m_completer->popup()->hide();
            insertCompletion(m_completer->popup()->currentIndex());
            return;
        case Qt::Key_Escape:
            m_completer->popup()->hide();
            return;
        default:
            break;
        }
    }
    if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_Space) {
        complete();
        return;
    }
    if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_Slash) {
        toggleComment();
        return;
    }
    if (event->matches(QKeySequence::Find)) {
        emit findRequested();
        return;
    }
    if (event->key() == Qt::Key_Tab && event->modifiers() == Qt::NoModifier) {
        if (textCursor().hasSelection())
            indent(1);
        else
            textCursor().insertText(QStringLiteral("    "));
        return;
    }
    if (event->key() == Qt::Key_Backtab && textCursor().hasSelection()) {
        indent(-1);
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() == Qt::NoModifier) {
        newLine();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() & Qt::ControlModifier) {
        event->ignore(); // the page runs the query
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
    const QString typed = event->text();
    const bool word = !typed.isEmpty() && (typed[0].isLetterOrNumber() || typed[0] == '_' || typed[0] == '$' || typed[0] == '.' || typed[0] == '\'');
    if ((word || (isCompleting() && event->key() == Qt::Key_Backspace)) && wantsCompletion())
        m_completeTimer.start();
    else if (isCompleting())
        m_completer->popup()->hide();
}

void HogqlEditor::focusOutEvent(QFocusEvent *event)
{
    m_completeTimer.stop();
    QPlainTextEdit::focusOutEvent(event);
}

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
        selection.format.setUnderlineColor(problem.isError ? colors.bad : colors.warning);
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

bool HogqlEditor::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int position = cursorForPosition(help->pos()).position();
        for (const EditorProblem &problem : m_problems) {
            if (problem.end > 0 && position >= problem.start - 1 && position <= std::max(problem.end, problem.start + 1)) {
                QToolTip::showText(help->globalPos(), problem.message, viewport());
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QPlainTextEdit::viewportEvent(event);
}

} // namespace ui
