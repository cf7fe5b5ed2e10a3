#pragma once

#include "driver/hogql/parser.h"

#include <QPlainTextEdit>
#include <QTimer>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

class QCompleter;
class QStandardItemModel;

namespace ui {

class HogqlHighlighter;

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
};

/// One line of the completion list.
struct EditorSuggestion {
    QString text;    // what is shown and compared
    QString insert;  // what is written; a function ends with "("
    QString detail;  // at the right: type, signature, volume
};

/// What could stand at a place: the word's beginning and the suggestions, best first.
struct EditorCompletion {
    int from = 0; // what is replaced: from here
    int to = 0;
    std::vector<EditorSuggestion> suggestions;
};

/// A HogQL editor: line numbers, colours and brackets from the lexer, problems underlined while one types, completion, comment
/// toggle (Ctrl+/), formatting (Ctrl+Shift+F), indentation.
class HogqlEditor : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit HogqlEditor(QWidget *parent = nullptr);
    ~HogqlEditor() override;

    /// Completes at a cursor position; runs on the main thread and has to be quick.
    void setCompletions(std::function<EditorCompletion(const QString &text, int position)> completions);

    const std::vector<EditorProblem> &problems() const { return m_problems; }
    /// Shows a problem that came from elsewhere (the server) until the text changes.
    void addProblem(const EditorProblem &problem);
    void goTo(int position);
    /// As one undo step.
    void applyFix(const EditorFix &fix);
    void goToLine(int line, int column);

    /// The selection, else the statement at the cursor.
    QString runnableText() const;

    void toggleComment();
    /// Formats the selection or everything, as one undo step. A text that does not parse stays, and `problemsChanged` says why.
    bool format();
    /// Replaces everything as one undo step.
    void replaceAll(const QString &text);
    void insertText(const QString &text);
    void complete();
    bool isCompleting() const;
    void findNext(const QString &text, bool backward, bool matchCase);
    int highlightMatches(const QString &text, bool matchCase); // the number of matches; empty text: none

signals:
    void problemsChanged();
    void findRequested();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    friend class LineNumbers;

    void check();
    void placeGutter();
    int gutterWidth() const;
    void paintGutter(QPaintEvent *event);
    void updateMarks();
    void insertCompletion(const QModelIndex &index);
    bool wantsCompletion() const; // not within a comment or a number
    void newLine();
    void indent(int direction);
    void applyTheme();

    HogqlHighlighter *m_highlighter;
    QWidget *m_gutter;
    QCompleter *m_completer;
    QStandardItemModel *m_suggestions;
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
