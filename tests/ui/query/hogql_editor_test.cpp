#include "ui/query/hogql_editor.h"

#include "ui/query/hogql_highlighter.h"
#include "ui/query/schema_completion.h"
#include "ui/shell/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>

using namespace ui;

namespace {

/// The colour of the character at `position` as the highlighter has it.
QColor colorAt(const HogqlEditor &editor, int position)
{
    const QTextBlock block = editor.document()->findBlock(position);
    for (const QTextLayout::FormatRange &range : block.layout()->formats()) {
        if (position >= block.position() + range.start && position < block.position() + range.start + range.length)
            return range.format.foreground().color();
    }
    return {};
}

void select(HogqlEditor &editor, int from, int to)
{
    QTextCursor cursor = editor.textCursor();
    cursor.setPosition(from);
    cursor.setPosition(to, QTextCursor::KeepAnchor);
    editor.setTextCursor(cursor);
}

} // namespace

class HogqlEditorTest : public QObject
{
    Q_OBJECT

private slots:
    void problemsStandWhereTheyAre()
    {
        HogqlEditor editor;
        QSignalSpy problems(&editor, &HogqlEditor::problemsChanged);

        editor.setPlainText(QString::fromUtf8("SELECT 'ü€😀',\n    count(\nFROM events WHERE timestamp > now()"));

        QVERIFY(problems.wait(5'000));
        QVERIFY(!editor.problems().empty());
        const EditorProblem &problem = editor.problems().front();
        QVERIFY(problem.isError);
        QCOMPARE(problem.line, 3);
        QCOMPARE(problem.column, 1);
        QCOMPARE(editor.toPlainText().mid(problem.start, 4), "FROM"); // bytes and characters differ before it
        QVERIFY(!problem.message.isEmpty());
    }

    void problemsGoWhenTheTextIsRight()
    {
        HogqlEditor editor;
        QSignalSpy problems(&editor, &HogqlEditor::problemsChanged);
        editor.setPlainText("SELEC 1");
        QVERIFY(problems.wait(5'000));
        QVERIFY(!editor.problems().empty());

        editor.setPlainText("SELECT 1");

        QVERIFY(problems.wait(5'000));
        QVERIFY(editor.problems().empty());
    }

    void aFixIsOneStep()
    {
        HogqlEditor editor;
        QSignalSpy problems(&editor, &HogqlEditor::problemsChanged);
        editor.setPlainText("SELECT count() FROM events");
        QVERIFY(problems.wait(5'000));
        QVERIFY(!editor.problems().empty());
        QVERIFY(editor.problems().front().fix); // a query of all events there ever were

        editor.applyFix(*editor.problems().front().fix);
        QVERIFY(editor.toPlainText() != "SELECT count() FROM events");
        QVERIFY(problems.wait(5'000));
        QVERIFY(editor.problems().empty());
        editor.undo();

        QCOMPARE(editor.toPlainText(), "SELECT count() FROM events");
    }

    void aSecondStatementsProblemCountsFromTheTop()
    {
        const auto problems = checkQuery("SELECT 1;\n\nSELECT (");

        QVERIFY(!problems.empty());
        QCOMPARE(problems.front().line, 3);
    }

    void tokensHaveTheirColours()
    {
        Theme::apply(*qApp, ThemeChoice::Dark);
        HogqlEditor editor;
        editor.setPlainText("SELECT count() -- n\nWHERE event = 'a' AND n > 12 GROUP BY day");
        QCoreApplication::processEvents();
        const Colors &colors = Theme::colors();
        const QString text = editor.toPlainText();

        QCOMPARE(colorAt(editor, 0), colors.codeKeyword);
        QCOMPARE(colorAt(editor, int(text.indexOf("count"))), colors.codeFunction);
        QCOMPARE(colorAt(editor, int(text.indexOf("-- n"))), colors.codeComment);
        QCOMPARE(colorAt(editor, int(text.indexOf("'a'"))), colors.codeString);
        QCOMPARE(colorAt(editor, int(text.indexOf("12"))), colors.codeNumber);
        QVERIFY(colorAt(editor, int(text.indexOf("day"))) != colors.codeKeyword); // a name here
    }

    void coloursFollowAnOpenComment()
    {
        HogqlEditor editor;
        editor.setPlainText("SELECT 1\n, 2\n, 3");
        QCoreApplication::processEvents();

        QTextCursor cursor(editor.document());
        cursor.movePosition(QTextCursor::EndOfLine);
        cursor.insertText(" /*");
        QCoreApplication::processEvents();

        const QColor last = colorAt(editor, editor.document()->characterCount() - 2);
        QVERIFY(last == Theme::colors().codeComment || last == Theme::colors().bad); // no line below is code any more
    }

    void ctrlSlashTogglesComments()
    {
        HogqlEditor editor;
        editor.setPlainText("a\n    b\n\nc");
        select(editor, 0, 8);

        QTest::keyClick(&editor, Qt::Key_Slash, Qt::ControlModifier);
        QCOMPARE(editor.toPlainText(), "-- a\n    -- b\n\nc");
        QTest::keyClick(&editor, Qt::Key_Slash, Qt::ControlModifier);
        QCOMPARE(editor.toPlainText(), "a\n    b\n\nc");
    }

    void formatKeepsEachStatementAndIsOneStep()
    {
        HogqlEditor editor;
        editor.setPlainText("select 1 ; select event,count() from events group by event");
        const QString before = editor.toPlainText();

        QVERIFY(editor.format());
        QVERIFY(editor.toPlainText().contains("SELECT"));
        QVERIFY(editor.toPlainText().contains(";\n\n"));
        editor.undo();

        QCOMPARE(editor.toPlainText(), before);
    }

    void formatKeepsComments()
    {
        HogqlEditor editor;
        editor.setPlainText("-- sums\nselect 1 -- why\n; select 2 /* two */ -- end\n;\n-- later");

        QVERIFY(editor.format());

        QCOMPARE(editor.toPlainText(), "-- sums\nSELECT 1 -- why;\n\nSELECT 2 /* two */ -- end\n-- later");
    }

    void altEnterPutsRightWhatIsAtTheCursor()
    {
        HogqlEditor editor;
        QSignalSpy problems(&editor, &HogqlEditor::problemsChanged);
        editor.setPlainText("SELECT evnt, distinct_idd FROM events LIMIT 3");
        QVERIFY(problems.wait(5'000));
        QTextCursor cursor = editor.textCursor();
        cursor.setPosition(9);
        editor.setTextCursor(cursor);

        QCOMPARE(editor.fixesAt(9).size(), std::size_t(1)); // the one on the line is not asked for
        QTest::keyClick(&editor, Qt::Key_Return, Qt::AltModifier);

        QCOMPARE(editor.toPlainText(), "SELECT event, distinct_idd FROM events LIMIT 3");
    }

    void f8GoesFromProblemToProblem()
    {
        HogqlEditor editor;
        QSignalSpy problems(&editor, &HogqlEditor::problemsChanged);
        editor.setPlainText("SELECT evnt, distinct_idd FROM events LIMIT 3");
        QVERIFY(problems.wait(5'000));

        QTest::keyClick(&editor, Qt::Key_F8);
        QCOMPARE(editor.textCursor().position(), 7);
        QTest::keyClick(&editor, Qt::Key_F8);
        QCOMPARE(editor.textCursor().position(), 13);
        QTest::keyClick(&editor, Qt::Key_F8, Qt::ShiftModifier);
        QCOMPARE(editor.textCursor().position(), 7);
    }

    void f12GoesToTheWith()
    {
        HogqlEditor editor;
        editor.setPlainText("SELECT 1;\nWITH people AS (SELECT 1 AS a) SELECT a FROM people");
        QTextCursor cursor = editor.textCursor();
        cursor.setPosition(int(editor.toPlainText().lastIndexOf("people")) + 2);
        editor.setTextCursor(cursor);

        QTest::keyClick(&editor, Qt::Key_F12);

        QCOMPARE(editor.textCursor().selectedText(), "people");
        QCOMPARE(editor.textCursor().selectionStart(), 15);
    }

    void tipsTellTypesAndProblems()
    {
        HogqlEditor editor;
        hogql::ProjectNames names;
        names.eventProperties = {{"plan", "free or paid", "String", 1'200}};
        QSignalSpy problems(&editor, &HogqlEditor::problemsChanged);
        editor.setPlainText("SELECT properties.plan, evnt FROM events LIMIT 3");
        editor.setProject(std::make_shared<const hogql::Project>(names));
        QVERIFY(problems.wait(5'000));

        QVERIFY2(editor.tipAt(20).contains("properties.plan: String") && editor.tipAt(20).contains("1 200"), qPrintable(editor.tipAt(20)));
        QVERIFY2(editor.tipAt(26).contains("Did you mean event?") && editor.tipAt(26).contains("Alt+Enter"), qPrintable(editor.tipAt(26)));
        QVERIFY(editor.tipAt(2).isEmpty());
    }

    void aSignatureShowsWhileItsCallIsWritten()
    {
        HogqlEditor editor;
        editor.resize(600, 300);
        editor.show();
        editor.setFocus();
        auto *tip = editor.findChild<QLabel *>("signatureTip");
        QVERIFY(tip && !tip->isVisible());

        QTest::keyClicks(&editor, "SELECT sumIf(");
        QVERIFY(tip->isVisible());
        QVERIFY(tip->text().contains("<b style"));
        QTest::keyClicks(&editor, "1, 2");
        QVERIFY(tip->text().contains(">condition</b>"));
        QTest::keyClicks(&editor, ")");
        QVERIFY(!tip->isVisible());
    }

    void replacesOneOrAll()
    {
        HogqlEditor editor;
        editor.setPlainText("a B a b a");

        QVERIFY(!editor.replaceNext("b", "xx", false)); // nothing is selected yet: it goes to the first
        QVERIFY(editor.replaceNext("b", "xx", false));
        QCOMPARE(editor.toPlainText(), "a xx a b a");
        QCOMPARE(editor.replaceEvery("a", "aa", true), 3);
        QCOMPARE(editor.toPlainText(), "aa xx aa b aa");
        editor.undo();
        QCOMPARE(editor.toPlainText(), "a xx a b a");
    }

    void theSelectionRunsElseTheStatement()
    {
        HogqlEditor editor;
        editor.setPlainText("SELECT 1;\nSELECT 2 + 3;");
        QTextCursor cursor = editor.textCursor();
        cursor.setPosition(14);
        editor.setTextCursor(cursor);
        QCOMPARE(editor.runnableText(), "SELECT 2 + 3");

        select(editor, 0, 8);
        QCOMPARE(editor.runnableText(), "SELECT 1");
    }

    void completionReplacesWhatWasTyped()
    {
        HogqlEditor editor;
        editor.setCompletions([](const QString &text, int position) {
            hogql::ProjectNames names;
            names.events = {{"signed_up", "14,981"}};
            return completeQuery(names, text, position);
        });
        editor.show();
        editor.setPlainText("SELECT event FROM events WHERE event = 'sig");
        editor.moveCursor(QTextCursor::End);

        editor.complete();
        QVERIFY(editor.isCompleting());
        QTest::keyClick(&editor, Qt::Key_Return);

        QVERIFY(!editor.isCompleting());
        QVERIFY2(editor.toPlainText().startsWith("SELECT event FROM events WHERE event = 'signed_up'"), qPrintable(editor.toPlainText()));
    }

    void completionInAnUnclosedTextLeavesWhatIsBelow()
    {
        hogql::ProjectNames names;
        names.events = {{"signed_up", ""}, {"watched", ""}};
        const QString text = "SELECT 1 FROM events WHERE event = 'wat\nGROUP BY event";

        const EditorCompletion completion = completeQuery(names, text, int(text.indexOf('\n')));

        QCOMPARE(completion.suggestions.size(), std::size_t(1));
        QCOMPARE(completion.suggestions[0].insert, "'watched'");
        QCOMPARE(text.mid(completion.from, completion.to - completion.from), "'wat");
    }

    void escapeClosesTheCompletionOnly()
    {
        HogqlEditor editor;
        editor.setCompletions([](const QString &, int position) { return EditorCompletion{position, position, {{"a", "a", ""}, {"b", "b", ""}}}; });
        editor.show();
        editor.complete();
        QVERIFY(editor.isCompleting());

        QTest::keyClick(&editor, Qt::Key_Escape);

        QVERIFY(!editor.isCompleting());
    }

    void newLinesKeepTheIndent()
    {
        HogqlEditor editor;
        editor.setPlainText("    a(");
        editor.moveCursor(QTextCursor::End);

        QTest::keyClick(&editor, Qt::Key_Return);

        QCOMPARE(editor.toPlainText(), "    a(\n        ");
    }

    void findWrapsAround()
    {
        HogqlEditor editor;
        editor.setPlainText("one two One");
        editor.moveCursor(QTextCursor::End);
        QCOMPARE(editor.highlightMatches("one", false), 2);
        QCOMPARE(editor.highlightMatches("one", true), 1);

        editor.findNext("one", false, false);

        QCOMPARE(editor.textCursor().selectionStart(), 0);
    }
};

QTEST_MAIN(HogqlEditorTest)
#include "hogql_editor_test.moc"
