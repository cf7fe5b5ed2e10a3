#include "ui/conversation/composer_completion.h"

#include "ui/conversation/composer_edit.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/fuzzy.h"

#include <QEvent>
#include <QKeyEvent>

#include <algorithm>

namespace ui {

ComposerCompletion::ComposerCompletion(ComposerEdit &edit, QWidget &frame)
    : QObject(&frame)
    , m_edit(edit)
    , m_frame(frame)
    , m_list(new CompletionList(frame))
{
    connect(&m_edit, &QPlainTextEdit::textChanged, this, &ComposerCompletion::refresh);
    connect(&m_edit, &QPlainTextEdit::cursorPositionChanged, this, &ComposerCompletion::refresh);
    connect(&m_finder, &FileFinder::found, this, &ComposerCompletion::showFiles);
    m_edit.installEventFilter(this);
    m_frame.installEventFilter(this);
}

ComposerCompletion::~ComposerCompletion() { delete m_list; }

void ComposerCompletion::setCommands(const std::vector<acp::AvailableCommand> &commands)
{
    m_commands.clear();
    for (const auto &command : commands) {
        const auto hint = command.input && command.input->is_object() ? command.input->value("hint", ph::Json()) : ph::Json();
        m_commands.push_back({visibleText(command.name).simplified(), visibleText(command.description).simplified(),
                              hint.is_string() ? visibleText(hint.get<std::string>()).simplified() : QString()});
    }
    refresh();
}

void ComposerCompletion::setFiles(std::shared_ptr<FileNames> names, const QString &folder)
{
    if (folder != m_folder)
        m_accepted.clear();
    m_folder = folder;
    m_finder.setFolder(std::move(names), folder);
}

void ComposerCompletion::refresh()
{
    refreshExpected();
    const auto cursor = m_edit.textCursor();
    auto place = m_edit.hasFocus() && !cursor.hasSelection() ? completionPlace(m_edit.toPlainText(), cursor.position()) : std::nullopt;
    if (!place || (m_dismissed && (m_dismissed->kind != place->kind || m_dismissed->from != place->from)))
        m_dismissed.reset();
    if (m_dismissed)
        place.reset();
    if (place == m_place)
        return; // The text and the cursor tell of the same key.
    m_place = place;
    if (!m_place)
        m_list->hide();
    else if (m_place->kind == CompletionPlace::Kind::Command)
        showCommands();
    else if (m_finder.hasFolder())
        m_finder.find(m_place->pattern); // What it found before shows until then.
    else
        m_list->hide();
}

/// Behind a command that is whole stands what it expects.
void ComposerCompletion::refreshExpected()
{
    const auto text = m_edit.toPlainText();
    QString expected;
    for (const auto &command : m_commands) {
        if (text.startsWith('/' + command.name) && text.mid(command.name.size() + 1).trimmed().isEmpty())
            expected = text.endsWith(' ') || command.hint.isEmpty() ? command.hint : ' ' + command.hint;
    }
    m_edit.setExpected(expected);
}

void ComposerCompletion::showCommands()
{
    std::vector<std::pair<int, const Command *>> fitting;
    for (const auto &command : m_commands) {
        if (const auto score = fuzzyScore(m_place->pattern, command.name))
            fitting.emplace_back(*score, &command);
    }
    std::stable_sort(fitting.begin(), fitting.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<Choice> choices;
    for (const auto &[score, command] : fitting)
        choices.push_back({'/' + command->name, command->description, {}, "terminal", [this, text = '/' + command->name] { accept(text); }});
    m_list->show(tr("The agent's commands"), std::move(choices));
}

void ComposerCompletion::showFiles(const QString &pattern, const QStringList &names, const QString &note)
{
    if (!m_place || m_place->kind != CompletionPlace::Kind::File || m_place->pattern != pattern)
        return;
    std::vector<Choice> choices;
    for (const auto &path : names) {
        const auto slash = path.lastIndexOf('/');
        choices.push_back({path.mid(slash + 1), path.left(std::max<qsizetype>(slash, 0)), {}, "file", [this, path] {
                               m_accepted.insert(path);
                               accept(mentionOf(path));
                           }});
    }
    m_list->show(tr("Files"), std::move(choices), note);
}

void ComposerCompletion::accept(const QString &text)
{
    if (!m_place)
        return;
    auto cursor = m_edit.textCursor();
    cursor.setPosition(m_place->from);
    cursor.setPosition(m_place->to, QTextCursor::KeepAnchor);
    const bool hasBlank = m_edit.toPlainText().mid(m_place->to, 1) == " ";
    cursor.insertText(hasBlank ? text : text + ' ');
    if (hasBlank)
        cursor.movePosition(QTextCursor::NextCharacter);
    m_edit.setTextCursor(cursor);
    m_list->hide();
    m_edit.setFocus();
}

void ComposerCompletion::dismiss()
{
    m_dismissed = m_place;
    m_place.reset();
    m_list->hide();
}

/// It is typed to the end and takes nothing more: Enter sends it.
bool ComposerCompletion::isWholeCommand() const
{
    return m_place && m_place->kind == CompletionPlace::Kind::Command
        && std::any_of(m_commands.begin(), m_commands.end(),
                       [&](const Command &command) { return command.name == m_place->pattern && command.hint.isEmpty(); });
}

bool ComposerCompletion::takeKey(int key)
{
    if (!isOpen())
        return false;
    if (key == Qt::Key_Escape) {
        dismiss();
        return true;
    }
    if (!m_list->hasChoices())
        return false;
    switch (key) {
    case Qt::Key_Up:
        m_list->moveCurrent(-1);
        return true;
    case Qt::Key_Down:
        m_list->moveCurrent(1);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isWholeCommand()) {
            dismiss();
            return false;
        }
        [[fallthrough]];
    case Qt::Key_Tab:
        m_list->runCurrent();
        return true;
    default:
        return false;
    }
}

bool ComposerCompletion::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::FocusOut:
        if (watched == &m_edit) { // With the next key there it shows again.
            m_list->hide();
            m_place.reset();
        }
        break;
    case QEvent::ShortcutOverride:
        if (watched == &m_edit && isOpen() && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape)
            event->accept(); // Esc is the list's while it shows.
        break;
    case QEvent::Move:
    case QEvent::Resize:
        if (watched == &m_frame && isOpen())
            m_list->place();
        break;
    case QEvent::Hide:
        if (watched == &m_frame)
            m_list->hide();
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace ui
