#include "ui/conversation/question_card.h"

#include "ui/conversation/code_colors.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"

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

void QuestionCard::setQuestion(const std::shared_ptr<Question> &question, int position, int count)
{
    const bool same = question == m_question && position == m_position && count == m_count;
    m_question = question;
    m_position = position;
    m_count = count;
    if (!same)
        build();
    setVisible(question != nullptr);
}

void QuestionCard::build()
{
    delete m_body;
    m_body = nullptr;
    if (!m_question)
        return;
    m_body = new QWidget;
    auto *column = new QVBoxLayout(m_body);
    column->setContentsMargins(space::m, space::m, space::m, space::m);
    column->setSpacing(space::s);

    const auto text = visibleText(m_question->text());
    setAccessibleName(m_question->isPermission() ? tr("Permission: %1").arg(text) : tr("Question: %1").arg(text));
    auto *head = new QHBoxLayout;
    head->setSpacing(space::s);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon(m_question->isPermission() ? "shield" : "question", Theme::colors().accent).pixmap(QSize(18, 18), devicePixelRatioF()));
    icon->setAccessibleName(m_question->isPermission() ? tr("Permission") : tr("Question"));
    auto *kind = new QLabel(m_question->isPermission() ? tr("The agent asks for permission") : tr("The agent asks"));
    kind->setProperty("role", "small");
    auto *later = new QToolButton;
    later->setIcon(Theme::icon("close"));
    later->setIconSize({14, 14});
    later->setToolTip(tr("Dismiss: nothing is allowed"));
    later->setAccessibleName(tr("Dismiss this question"));
    connect(later, &QToolButton::clicked, this, [this] { emit dismissed(m_question->id()); });
    head->addWidget(icon);
    head->addWidget(kind, 1);
    if (m_count > 1) {
        auto *which = new QLabel(tr("%1 of %2").arg(m_position).arg(m_count));
        which->setProperty("role", "small");
        head->addWidget(which);
    }
    head->addWidget(later);
    column->addLayout(head);

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
    if (!m_question->fields().empty())
        buildForm(column);
    else
        buildOptions(column);
    m_column->addWidget(m_body);
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
        auto *button = new QPushButton(QString(name).replace('&', "&&"));
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
        connect(button, &QPushButton::clicked, this, [this, id = option.id] { emit chosen(m_question->id(), id); });
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
        emit chosen(m_question->id(), m_question->options()[size_t(number) - 1].id);
}

void QuestionCard::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::NoModifier && event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9) {
        chooseNumber(event->key() - Qt::Key_0);
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace ui
