#include "ui/conversation/question_card.h"

#include "ui/conversation/code_colors.h"
#include "ui/conversation/growing_edit.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBlock>
#include <QTextLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

QuestionCard::QuestionCard(QWidget *parent)
    : QFrame(parent)
    , m_column(new QVBoxLayout(this))
{
    setProperty("role", "question");
    setFocusPolicy(Qt::ClickFocus);
    m_column->setContentsMargins(0, 0, 0, 0);
    hide();
}

void QuestionCard::setQuestions(const std::vector<std::shared_ptr<Question>> &waiting)
{
    keepWords();
    m_waiting = waiting;
    const auto found = std::find(m_waiting.begin(), m_waiting.end(), m_question);
    if (found != m_waiting.end())
        m_position = size_t(found - m_waiting.begin());
    else if (!m_waiting.empty())
        m_position = std::min(m_position, m_waiting.size() - 1);
    display(m_waiting.empty() ? nullptr : m_waiting[m_position]);
    for (auto written = m_written.begin(); written != m_written.end();) {
        const bool waits = std::any_of(m_waiting.begin(), m_waiting.end(), [&](const auto &question) { return question->id() == written->first; });
        if (waits) {
            ++written;
            continue;
        }
        const auto words = written->second;
        written = m_written.erase(written);
        emit leftOver(words);
    }
}

void QuestionCard::showNext(int step)
{
    const auto next = qptrdiff(m_position) + step;
    if (next < 0 || next >= qptrdiff(m_waiting.size()))
        return;
    const bool hadFocus = isAncestorOf(QApplication::focusWidget()) || hasFocus();
    keepWords();
    m_position = size_t(next);
    display(m_waiting[m_position]);
    if (hadFocus)
        setFocus(); // What had it went with the question before.
}

void QuestionCard::display(const std::shared_ptr<Question> &question)
{
    if (m_question != question) {
        m_question = question;
        build();
    }
    refreshPosition();
    setVisible(m_question != nullptr);
}

/// What was written so far is the question's, until it is answered.
void QuestionCard::keepWords()
{
    if (!m_words || !m_question)
        return;
    m_written.erase(m_question->id());
    if (const auto words = m_words->toPlainText().trimmed(); !words.isEmpty())
        m_written[m_question->id()] = words;
}

void QuestionCard::build()
{
    if (m_body) {
        m_body->setParent(nullptr);
        m_body->deleteLater(); // A key or a click in it may have led here.
        m_body = nullptr;
        m_words = nullptr;
    }
    if (!m_question)
        return;
    m_body = new QWidget;
    auto *column = new QVBoxLayout(m_body);
    column->setContentsMargins(space::m, space::m, space::m, space::m);
    column->setSpacing(space::s);

    const auto text = visibleText(m_question->text());
    setAccessibleName(m_question->isPermission() ? tr("Permission: %1").arg(text) : tr("Question: %1").arg(text));
    buildHead(column);
    auto *title = new QLabel(text);
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    title->setProperty("role", "heading");
    title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(title);

    if (const auto &what = m_question->detail(); !what.text.empty()) {
        // The whole of it, wrapped and scrolling: nobody approves what they cannot read.
        const auto detail = visibleText(what.text);
        auto *box = new QPlainTextEdit(detail);
        box->setReadOnly(true);
        box->setTabChangesFocus(true);
        box->setAccessibleName(tr("What it would do"));
        box->setFont(what.language.empty() ? Theme::textFont() : Theme::codeFont());
        const int lines = std::clamp(int(detail.count('\n')) + 1 + int(detail.size()) / 60, 1, 12);
        const int lineHeight = QFontMetrics(box->font()).lineSpacing(), around = 24;
        box->setMinimumHeight(std::min(lines, 4) * lineHeight + around); // where the panel is low, it scrolls
        box->setMaximumHeight(lines * lineHeight + around);
        for (const auto &range : codeColors(detail, QString::fromStdString(what.language))) {
            QTextCursor cursor(box->document());
            cursor.setPosition(range.start);
            cursor.setPosition(range.start + range.length, QTextCursor::KeepAnchor);
            QTextCharFormat format;
            format.setForeground(range.color);
            cursor.mergeCharFormat(format);
        }
        column->addWidget(box);
    }
    if (!m_question->reason().empty()) {
        auto *reason = new QLabel(tr("Why it asks: %1").arg(visibleText(m_question->reason()).simplified()));
        reason->setTextFormat(Qt::PlainText);
        reason->setWordWrap(true);
        reason->setProperty("role", "small");
        column->addWidget(reason);
    }
    if (!m_question->fields().empty())
        buildForm(column);
    else
        buildOptions(column);
    if (m_takesWords && m_question->isPermission() && m_question->rejection())
        buildWords(column);
    m_column->addWidget(m_body);
}

void QuestionCard::buildHead(QVBoxLayout *column)
{
    auto *head = new QHBoxLayout;
    head->setSpacing(space::xs);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon(m_question->isPermission() ? "shield" : "question", Theme::colors().accent).pixmap(QSize(18, 18), devicePixelRatioF()));
    icon->setAccessibleName(m_question->isPermission() ? tr("Permission") : tr("Question"));
    auto *kind = new QLabel(m_question->isPermission() ? tr("The agent asks for permission") : tr("The agent asks"));
    kind->setProperty("role", "small");
    const auto button = [](const QString &iconName, const QString &toolTip, const QString &name) {
        auto *tool = new QToolButton;
        tool->setIcon(Theme::icon(iconName));
        tool->setIconSize({14, 14});
        tool->setToolTip(toolTip);
        tool->setAccessibleName(name);
        return tool;
    };
    m_previous = button("chevron-left", tr("The question before (Left)"), tr("The question before"));
    m_which = new QLabel;
    m_which->setProperty("role", "small");
    m_next = button("chevron-right", tr("The next question (Right)"), tr("The next question"));
    auto *dismiss = button("close", tr("Dismiss: nothing is allowed"), tr("Dismiss this question"));
    connect(m_previous, &QToolButton::clicked, this, [this] { showNext(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { showNext(1); });
    connect(dismiss, &QToolButton::clicked, this, [this] { emit dismissed(m_question->id()); });
    head->addWidget(icon);
    head->addSpacing(space::xs);
    head->addWidget(kind, 1);
    for (auto *widget : {static_cast<QWidget *>(m_previous), static_cast<QWidget *>(m_which), static_cast<QWidget *>(m_next), static_cast<QWidget *>(dismiss)})
        head->addWidget(widget);
    column->addLayout(head);
}

GrowingEdit *QuestionCard::words() const { return m_words; }

void QuestionCard::refreshPosition()
{
    if (!m_question)
        return;
    const bool several = m_waiting.size() > 1;
    for (auto *widget : {static_cast<QWidget *>(m_previous), static_cast<QWidget *>(m_which), static_cast<QWidget *>(m_next)})
        widget->setVisible(several);
    m_which->setText(tr("%1 of %2").arg(m_position + 1).arg(m_waiting.size()));
    m_previous->setEnabled(m_position > 0);
    m_next->setEnabled(m_position + 1 < m_waiting.size());
}

void QuestionCard::buildWords(QVBoxLayout *column)
{
    m_words = new GrowingEdit(1, 6);
    m_words->setPlaceholderText(tr("Tell the agent what to do instead"));
    m_words->setAccessibleName(tr("What the agent should do instead"));
    m_words->setToolTip(tr("Enter says no and tells the agent this"));
    m_words->installEventFilter(this);
    if (const auto written = m_written.find(m_question->id()); written != m_written.end()) {
        m_words->setPlainText(written->second);
        m_words->moveCursor(QTextCursor::End);
    }
    column->addWidget(m_words);
}

void QuestionCard::buildOptions(QVBoxLayout *column)
{
    int number = 0;
    bool marked = false;
    const bool anyRecommended = std::any_of(m_question->options().begin(), m_question->options().end(), [](const auto &o) { return o.recommended; });
    for (const auto &option : m_question->options()) {
        ++number;
        auto *row = new QHBoxLayout;
        row->setSpacing(space::s);
        const auto name = option.recommended ? tr("%1 (recommended)").arg(visibleText(option.name)) : visibleText(option.name);
        auto *button = new QPushButton;
        button->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
        auto *label = new QLabel(name); // A button's own text does not wrap, and nobody says yes to half a sentence.
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setAlignment(Qt::AlignCenter);
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        auto *inside = new QVBoxLayout(button);
        inside->setContentsMargins(space::m, 6, space::m, 6);
        inside->addWidget(label);
        // Filled is the recommended answer; where nothing is recommended, allowing once is the narrowest yes.
        const bool isPrimary = !marked && (option.recommended || (!anyRecommended && option.kind == "allow_once"));
        if (isPrimary) {
            button->setProperty("variant", "primary");
            marked = true;
        }
        const auto keys = number <= 9 ? tr("Alt+%1").arg(number) : QString();
        button->setToolTip(keys);
        button->setAccessibleName(name);
        button->setAccessibleDescription(visibleText(option.description));
        connect(button, &QPushButton::clicked, this, [this, id = option.id] { choose(id); });
        row->addWidget(button, 1);
        auto *hint = new QLabel(keys);
        hint->setProperty("role", "small");
        hint->setMinimumWidth(36);
        row->addWidget(hint);
        column->addLayout(row);
        if (!option.description.empty()) {
            auto *note = new QLabel(visibleText(option.description));
            note->setTextFormat(Qt::PlainText);
            note->setWordWrap(true);
            note->setProperty("role", "small");
            column->addWidget(note);
        }
    }
}

void QuestionCard::buildForm(QVBoxLayout *column)
{
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::m);
    form->setVerticalSpacing(space::s);
    std::vector<std::pair<std::string, std::function<ph::Json()>>> readers;
    for (const auto &field : m_question->fields()) {
        const auto title = visibleText(field.title);
        QWidget *control = nullptr;
        if (!field.choices.empty()) {
            auto *combo = new QComboBox;
            for (const auto &choice : field.choices) {
                combo->addItem(visibleText(choice.name), QString::fromStdString(choice.id));
                if (choice.recommended)
                    combo->setCurrentIndex(combo->count() - 1);
            }
            readers.emplace_back(field.name, [combo]() -> ph::Json { return combo->currentData().toString().toStdString(); });
            control = combo;
        } else if (field.type == "boolean") {
            auto *box = new QCheckBox;
            box->setChecked(field.initial.is_boolean() && field.initial.get<bool>());
            readers.emplace_back(field.name, [box]() -> ph::Json { return box->isChecked(); });
            control = box;
        } else {
            auto *edit = new QLineEdit;
            if (field.initial.is_string())
                edit->setText(QString::fromStdString(field.initial.get<std::string>()));
            else if (field.initial.is_number())
                edit->setText(QString::fromStdString(field.initial.dump()));
            readers.emplace_back(field.name, [edit, type = field.type]() -> ph::Json {
                const auto text = edit->text();
                bool ok = false;
                if (type == "integer") {
                    const auto value = text.toLongLong(&ok);
                    return ok ? ph::Json(value) : ph::Json();
                }
                if (type == "number") {
                    const auto value = text.toDouble(&ok);
                    return ok ? ph::Json(value) : ph::Json();
                }
                return text.toStdString();
            });
            control = edit;
        }
        control->setAccessibleName(title);
        form->addRow(field.required ? title + " *" : title, control);
    }
    column->addLayout(form);
    auto *buttons = new QHBoxLayout;
    auto *send = new QPushButton(tr("Send"));
    send->setProperty("variant", "primary");
    send->setAccessibleName(tr("Send the answers"));
    connect(send, &QPushButton::clicked, this, [this, readers] {
        ph::Json content = ph::Json::object();
        for (const auto &[name, read] : readers) {
            auto value = read();
            if (!value.is_null())
                content[name] = std::move(value);
        }
        emit formAccepted(m_question->id(), content);
    });
    buttons->addStretch(1);
    buttons->addWidget(send);
    column->addLayout(buttons);
}

void QuestionCard::chooseNumber(int number)
{
    if (m_question && number >= 1 && size_t(number) <= m_question->options().size())
        choose(m_question->options()[size_t(number) - 1].id);
}

/// Only a no takes words along; with any other answer they are left over.
void QuestionCard::choose(std::string option)
{
    const auto &options = m_question->options();
    const bool isNo = std::any_of(options.begin(), options.end(), [&](const auto &one) { return one.id == option && one.kind.starts_with("reject"); });
    QString words;
    if (m_words && isNo) {
        words = m_words->toPlainText().trimmed();
        m_words->clear();
    }
    emit chosen(m_question->id(), option, words);
}

bool QuestionCard::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_words || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter)
        return false;
    if (key->modifiers() & Qt::ShiftModifier)
        m_words->insertPlainText("\n"); // By itself it would be a line separator inside the paragraph.
    else if (!m_words->toPlainText().trimmed().isEmpty()) // Without words Enter is a slip, and no answer.
        choose(m_question->rejection()->id);
    return true;
}

void QuestionCard::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::NoModifier && event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9)
        chooseNumber(event->key() - Qt::Key_0);
    else if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right))
        showNext(event->key() == Qt::Key_Left ? -1 : 1);
    else
        QFrame::keyPressEvent(event);
}

} // namespace ui
