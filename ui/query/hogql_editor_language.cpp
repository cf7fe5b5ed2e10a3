#include "driver/hogql/inspect.h"
#include "ui/query/hogql_editor.h"
#include "ui/query/query_text.h"
#include "ui/query/signature_tip.h"
#include "ui/shell/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>

// What the language says of a place in the text: tips, fixes, the way to a definition.
namespace ui {

namespace {

/// The statement around a place, in bytes, and where the place is within it.
struct Place {
    std::string statement;
    std::size_t start = 0; // of the statement within the text
    std::size_t offset = 0; // of the place within the statement
};

Place placeIn(const TextPositions &positions, int position)
{
    const std::size_t byte = positions.byte(position);
    const hogql::Span span = statementAt(positions.utf8(), byte);
    if (byte < span.start || byte > span.end)
        return {};
    return {positions.utf8().substr(span.start, span.end - span.start), span.start, byte - span.start};
}

} // namespace

void HogqlEditor::showSignature()
{
    const TextPositions positions(toPlainText());
    const Place place = placeIn(positions, textCursor().position());
    const auto help = hogql::signatureHelp(place.statement, place.offset);
    if (!help)
        return m_signature->hide();
    QTextCursor name = textCursor();
    name.setPosition(positions.position(place.start + help->name.start));
    m_signature->show(*help, cursorRect(name).translated(viewport()->pos()));
}

QString HogqlEditor::tipAt(int position) const
{
    QString tip;
    for (const EditorProblem &problem : m_problems) {
        if (problem.end > 0 && position >= problem.start - 1 && position <= std::max(problem.end, problem.start + 1)) {
            tip += (tip.isEmpty() ? QString() : QStringLiteral("<br>")) + problem.message.toHtmlEscaped();
            if (problem.fix)
                tip += tr(" <i>Alt+Enter: %1</i>").arg(problem.fix->title.toHtmlEscaped());
        }
    }
    const TextPositions positions(toPlainText());
    const Place place = placeIn(positions, position);
    if (const auto hover = hogql::hover(place.statement, place.offset, m_project.get())) {
        tip += (tip.isEmpty() ? QString() : QStringLiteral("<hr>"))
            + QStringLiteral("<b>%1</b>").arg(QString::fromStdString(hover->title).toHtmlEscaped());
        if (!hover->text.empty())
            tip += "<br>" + QString::fromStdString(hover->text).toHtmlEscaped().replace('\n', QStringLiteral("<br>"));
    }
    return tip;
}

bool HogqlEditor::goToDefinition()
{
    const TextPositions positions(toPlainText());
    const Place place = placeIn(positions, textCursor().position());
    const auto span = hogql::definitionOf(place.statement, place.offset);
    if (!span)
        return false;
    QTextCursor cursor = textCursor();
    cursor.setPosition(positions.position(place.start + span->start));
    cursor.setPosition(positions.position(place.start + span->end), QTextCursor::KeepAnchor);
    setTextCursor(cursor);
    ensureCursorVisible();
    return true;
}

void HogqlEditor::goToProblem(bool backward)
{
    const int at = textCursor().position();
    std::vector<int> places;
    for (const EditorProblem &problem : m_problems) {
        if (problem.end > 0)
            places.push_back(problem.start);
    }
    if (places.empty())
        return;
    std::sort(places.begin(), places.end());
    if (backward) {
        const auto before = std::lower_bound(places.begin(), places.end(), at);
        goTo(before == places.begin() ? places.back() : *(before - 1));
    } else {
        const auto after = std::upper_bound(places.begin(), places.end(), at);
        goTo(after == places.end() ? places.front() : *after);
    }
}

std::vector<EditorFix> HogqlEditor::fixesAt(int position) const
{
    std::vector<EditorFix> here, onLine;
    const int line = document()->findBlock(position).blockNumber();
    for (const EditorProblem &problem : m_problems) {
        if (!problem.fix)
            continue;
        if (position >= problem.start && position <= std::max(problem.end, problem.start + 1))
            here.push_back(*problem.fix);
        else if (document()->findBlock(problem.start).blockNumber() == line)
            onLine.push_back(*problem.fix);
    }
    return here.empty() ? onLine : here;
}

void HogqlEditor::offerFixes()
{
    const std::vector<EditorFix> fixes = fixesAt(textCursor().position());
    if (fixes.size() == 1)
        return applyFix(fixes.front());
    if (fixes.empty()) {
        QToolTip::showText(viewport()->mapToGlobal(cursorRect().bottomLeft()), tr("There is nothing here to put right."), viewport());
        return;
    }
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const EditorFix &fix : fixes)
        connect(menu->addAction(fix.title), &QAction::triggered, this, [this, fix] { applyFix(fix); });
    menu->popup(viewport()->mapToGlobal(cursorRect().bottomLeft()));
    menu->setActiveAction(menu->actions().front());
}

/// True when the key was one of these.
bool HogqlEditor::handleLanguageKey(QKeyEvent *event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if ((enter && event->modifiers() == Qt::AltModifier) || (event->key() == Qt::Key_Period && event->modifiers() == Qt::ControlModifier)) {
        offerFixes();
        return true;
    }
    if (event->key() == Qt::Key_F12) {
        goToDefinition();
        return true;
    }
    if (event->key() == Qt::Key_F8) {
        goToProblem(event->modifiers() & Qt::ShiftModifier);
        return true;
    }
    if (event->key() == Qt::Key_Space && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
        showSignature();
        return true;
    }
    if (event->key() == Qt::Key_Escape && m_signature->isVisible()) {
        m_signature->hide();
        return true;
    }
    if (event->key() == Qt::Key_H && event->modifiers() == Qt::ControlModifier) {
        emit replaceRequested();
        return true;
    }
    return false;
}

void HogqlEditor::mouseReleaseEvent(QMouseEvent *event)
{
    QPlainTextEdit::mouseReleaseEvent(event);
    if (event->button() == Qt::LeftButton && event->modifiers() == Qt::ControlModifier)
        goToDefinition();
}

bool HogqlEditor::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString tip = tipAt(cursorForPosition(help->pos()).position());
        if (tip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), tip, viewport());
        return true;
    }
    return QPlainTextEdit::viewportEvent(event);
}

} // namespace ui
