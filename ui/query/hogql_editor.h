#pragma once

#include "driver/hogql/parser.h"
#include "driver/hogql/project_names.h"
#include "ui/query/completion_popup.h"

#include <QPlainTextEdit>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace ui {

class HogqlHighlighter;
class SignatureTip;

/// What would put a problem right: the text from `start` to `end` becomes `replacement`.
struct EditorFix {
    QString title; // "Write WHERE"
    int start = 0;
    int end = 0;
    QString replacement;
};

/// Something to underline. Positions are cursor positions; line and column count from 1.
struct EditorProblem {
    QString message;
    int start = 0;
    int end = 0;
    int line = 1;
    int column = 1;
    bool isError = true; // else a warning
    std::optional<EditorFix> fix = {};
    bool isHint = false; // a warning that may well be meant so
};

/// What could stand at a place: the word's beginning and the suggestions, best first.
struct EditorCompletion {
    int from = 0; // what is replaced: from here
    int to = 0;
    std::vector<EditorSuggestion> suggestions;
};

/// A HogQL editor: line numbers, colours and brackets from the lexer, problems underlined while one types with their fixes
/// (Alt+Enter, F8 to the next), completion, help with arguments, tips, the way to a definition (F12), comment toggle (Ctrl+/),
/// formatting (Ctrl+Shift+F), indentation.
class HogqlEditor : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit HogqlEditor(QWidget *parent = nullptr);
    ~HogqlEditor() override;

    /// Completes at a cursor position; runs on the main thread and has to be quick.
    void setCompletions(std::function<EditorCompletion(const QString &text, int position)> completions);

    /// What the project has, for checks and tips.
    void setProject(std::shared_ptr<const hogql::Project> project);

    const std::vector<EditorProblem> &problems() const { return m_problems; }
    /// Shows a problem that came from elsewhere (the server) until the text changes.
    void addProblem(const EditorProblem &problem);
    void goTo(int position);
    /// As one undo step.
    void applyFix(const EditorFix &fix);
    void goToLine(int line, int column);
    void goToProblem(bool backward);
    /// To the WITH, alias or sub-select that defines the name at the cursor. False when it is none.
    bool goToDefinition();
    /// What would put right what is wrong at `position`, else elsewhere on its line.
    std::vector<EditorFix> fixesAt(int position) const;
    /// Applies the only fix at the cursor, or lets one choose.
    void offerFixes();
    /// What is known of the place, as rich text; empty where nothing is.
    QString tipAt(int position) const;

    /// The selection, else the statement at the cursor.
    QString runnableText() const;

    void toggleComment();
    /// Formats the selection or everything, with its comments, as one undo step. A text that does not parse stays, and
    /// `problemsChanged` says why.
    bool format();
    /// Replaces everything as one undo step.
    void replaceAll(const QString &text);
    void insertText(const QString &text);
    void complete();
    bool isCompleting() const;
    void findNext(const QString &text, bool backward, bool matchCase);
    /// Replaces the match that is selected, then goes to the next one. False when none was selected.
    bool replaceNext(const QString &text, const QString &replacement, bool matchCase);
    /// Replaces all matches as one undo step; says how many.
    int replaceEvery(const QString &text, const QString &replacement, bool matchCase);
    int highlightMatches(const QString &text, bool matchCase); // the number of matches; empty text: none

signals:
    void problemsChanged();
    void findRequested();
    void replaceRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    friend class LineNumbers;

    void check();
    void placeGutter();
    int gutterWidth() const;
    void paintGutter(QPaintEvent *event);
    void updateMarks();
    void insertCompletion(const QString &insert);
    void showSignature();
    bool handleLanguageKey(QKeyEvent *event);
    bool wantsCompletion() const; // not within a comment or a number
    void newLine();
    void indent(int direction);
    void applyTheme();

    HogqlHighlighter *m_highlighter;
    QWidget *m_gutter;
    CompletionPopup *m_popup;
    SignatureTip *m_signature;
    std::shared_ptr<const hogql::Project> m_project;
    int m_completeFrom = 0;
    int m_completeTo = 0;
    std::function<EditorCompletion(const QString &, int)> m_completions;
    std::vector<EditorProblem> m_problems;
    std::vector<EditorProblem> m_reported; // those of addProblem(), first in m_problems; gone with the next edit
    QString m_found;
    bool m_foundCase = false;
    int m_changes = 0; // counts edits: an answer about an older text is dropped
    QTimer m_checkTimer;
    QTimer m_completeTimer;
    std::stop_source m_stop;
};

} // namespace ui
