#include "ui/query/hogql_editor.h"

#include "ui/shell/background.h"
#include "ui/query/hogql_highlighter.h"
#include "ui/query/line_numbers.h"
#include "ui/query/query_text.h"
#include "ui/query/schema_completion.h"
#include "ui/query/signature_tip.h"
#include "ui/shell/theme.h"

#include <QKeyEvent>
#include <QTextBlock>
#include <QTextDocumentFragment>

#include <algorithm>

namespace ui {

using hogql::TokenKind;

namespace {

constexpr int checkAfterMs = 250;
constexpr int completeAfterMs = 60;
} // namespace

HogqlEditor::HogqlEditor(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_highlighter(new HogqlHighlighter(document()))
    , m_gutter(new LineNumbers(this))
    , m_popup(new CompletionPopup(this))
    , m_signature(new SignatureTip(this))
{
    setAccessibleName(tr("HogQL editor"));
    setProperty("role", "code");
    setLineWrapMode(NoWrap);
    setTabChangesFocus(false);
    setFrameShape(QFrame::NoFrame);
    // The gutter touches the edge, and the page draws the border: no padding, no rounded corners here.
    setStyleSheet(QStringLiteral("ui--HogqlEditor { border: none; border-radius: 0; padding: 0; }"));
    setPlaceholderText(tr("SELECT event, count() FROM events GROUP BY event"));

    connect(m_popup, &CompletionPopup::chosen, this, &HogqlEditor::insertCompletion);

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
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        if (m_signature->isVisible())
            showSignature();
    });
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

void HogqlEditor::setProject(std::shared_ptr<const hogql::Project> project)
{
    m_project = std::move(project);
    check();
}

void HogqlEditor::setCompletions(std::function<EditorCompletion(const QString &, int)> completions) { m_completions = std::move(completions); }

void HogqlEditor::check()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    inBackground([text = toPlainText(), project = m_project] { return checkQuery(text, project.get()); })
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

bool HogqlEditor::isCompleting() const { return m_popup->isVisible(); }

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
    m_completeFrom = completion.from;
    m_completeTo = completion.to;
    const QString typed = toPlainText().mid(completion.from, textCursor().position() - completion.from);
    const bool already = completion.suggestions.size() == 1 && completion.suggestions[0].text == typed;
    if (completion.suggestions.empty() || already)
        return m_popup->hide();
    QTextCursor start = textCursor();
    start.setPosition(completion.from);
    QRect rect = cursorRect(start).translated(viewport()->pos());
    rect.setWidth(std::clamp(width() / 2, 280, 460));
    rect.translate(-space::s, 2);
    m_popup->show(completion.suggestions, rect);
}

void HogqlEditor::insertCompletion(const QString &insert)
{
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
    if (insert.endsWith('('))
        showSignature();
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
            m_popup->hide();
            insertCompletion(m_popup->currentInsert());
            return;
        case Qt::Key_Escape:
            m_popup->hide();
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
    if (handleLanguageKey(event))
        return;
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
    if (typed == "(" || typed == "," || m_signature->isVisible())
        showSignature();
    const bool word = !typed.isEmpty() && (typed[0].isLetterOrNumber() || typed[0] == '_' || typed[0] == '$' || typed[0] == '.' || typed[0] == '\'');
    if ((word || (isCompleting() && event->key() == Qt::Key_Backspace)) && wantsCompletion())
        m_completeTimer.start();
    else if (isCompleting())
        m_popup->hide();
}

void HogqlEditor::focusOutEvent(QFocusEvent *event)
{
    m_completeTimer.stop();
    m_signature->hide();
    QPlainTextEdit::focusOutEvent(event);
}

} // namespace ui
