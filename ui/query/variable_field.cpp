#include "ui/query/variable_field.h"

#include "ui/shell/theme.h"

#include <QAction>
#include <QCalendarWidget>
#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>

namespace ui {

namespace {

constexpr VariableKind kinds[] = {VariableKind::Auto, VariableKind::Text, VariableKind::Number, VariableKind::Date, VariableKind::Boolean, VariableKind::List};

QString hintOf(VariableKind kind)
{
    switch (kind) {
    case VariableKind::Auto: return VariableField::tr("value");
    case VariableKind::Text: return VariableField::tr("text");
    case VariableKind::Number: return VariableField::tr("number");
    case VariableKind::Date: return QStringLiteral("2026-01-31");
    case VariableKind::Boolean: return {};
    case VariableKind::List: return VariableField::tr("one, two");
    }
    return {};
}

} // namespace

QString nameOf(VariableKind kind)
{
    switch (kind) {
    case VariableKind::Auto: return VariableField::tr("Any");
    case VariableKind::Text: return VariableField::tr("Text");
    case VariableKind::Number: return VariableField::tr("Number");
    case VariableKind::Date: return VariableField::tr("Date");
    case VariableKind::Boolean: return VariableField::tr("Yes or no");
    case VariableKind::List: return VariableField::tr("List");
    }
    return {};
}

VariableKind kindNamed(const QString &name)
{
    for (const VariableKind kind : kinds) {
        if (nameOf(kind) == name)
            return kind;
    }
    return VariableKind::Auto;
}

VariableKind kindOf(hogql::ValueType type)
{
    using Kind = hogql::ValueType::Kind;
    switch (type.kind) {
    case Kind::Number: return VariableKind::Number;
    case Kind::String:
    case Kind::Uuid: return VariableKind::Text;
    case Kind::Date:
    case Kind::DateTime: return VariableKind::Date;
    case Kind::Boolean: return VariableKind::Boolean;
    case Kind::Array: return VariableKind::List;
    default: return VariableKind::Auto;
    }
}

ph::Json valueOf(const QString &text)
{
    const ph::Json parsed = ph::Json::parse(text.trimmed().toStdString(), nullptr, false);
    return parsed.is_discarded() || parsed.is_object() ? ph::Json(text.trimmed().toStdString()) : parsed;
}

QString valueText(const ph::Json &value)
{
    if (!value.is_string())
        return QString::fromStdString(value.dump());
    const QString text = QString::fromStdString(value.get<std::string>());
    return valueOf(text) == value ? text : QString::fromStdString(value.dump()); // "12" stays a text
}

std::optional<ph::Json> valueAs(VariableKind kind, const QString &text)
{
    const QString plain = text.trimmed();
    if (plain.isEmpty())
        return {};
    const ph::Json look = valueOf(plain);
    switch (kind) {
    case VariableKind::Auto:
        return look;
    case VariableKind::Text: // quotes that only say "this is text" are no part of it
        return plain.startsWith('"') && look.is_string() ? look : ph::Json(plain.toStdString());
    case VariableKind::Number:
        return look.is_number() ? std::optional(look) : std::nullopt;
    case VariableKind::Date: {
        const bool isDate = QDate::fromString(plain, Qt::ISODate).isValid() || QDateTime::fromString(plain, Qt::ISODate).isValid()
            || QDateTime::fromString(plain, QStringLiteral("yyyy-MM-dd HH:mm")).isValid();
        return isDate ? std::optional(ph::Json(plain.toStdString())) : std::nullopt;
    }
    case VariableKind::Boolean:
        return look.is_boolean() ? std::optional(look) : std::nullopt;
    case VariableKind::List: {
        if (look.is_array())
            return look;
        if (plain.startsWith('['))
            return {};
        ph::Json list = ph::Json::array();
        for (const QString &item : plain.split(',', Qt::SkipEmptyParts))
            list.push_back(valueOf(item));
        return list;
    }
    }
    return {};
}

VariableField::VariableField(const QString &name, const QString &text, VariableKind kind, QWidget *parent)
    : QWidget(parent)
    , m_kindButton(new QToolButton)
    , m_line(new QLineEdit(text))
    , m_choice(new QComboBox)
    , m_calendar(nullptr)
    , m_kind(kind)
{
    auto *label = new QLabel('{' + name + '}');
    label->setProperty("role", "small");
    label->setFont(Theme::codeFont());
    label->setBuddy(m_line);
    m_line->setAccessibleName(tr("Value of %1").arg(name));
    m_line->setFixedWidth(150);
    m_calendar = m_line->addAction(Theme::icon(QStringLiteral("calendar")), QLineEdit::TrailingPosition);
    m_calendar->setText(tr("Choose a day"));
    connect(m_calendar, &QAction::triggered, this, &VariableField::pickDate);
    m_choice->setAccessibleName(tr("Value of %1").arg(name));
    m_choice->addItem(QString(), QString());
    m_choice->addItem(tr("yes"), QStringLiteral("true"));
    m_choice->addItem(tr("no"), QStringLiteral("false"));

    auto *menu = new QMenu(m_kindButton);
    for (const VariableKind each : kinds) {
        connect(menu->addAction(nameOf(each)), &QAction::triggered, this, [this, each] {
            setKind(each);
            emit kindChosen(each);
            emit edited();
        });
    }
    m_kindButton->setMenu(menu);
    m_kindButton->setPopupMode(QToolButton::InstantPopup);
    m_kindButton->setToolTip(tr("What the value is read as"));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::xs);
    row->addWidget(label);
    row->addWidget(m_line);
    row->addWidget(m_choice);
    row->addWidget(m_kindButton);
    connect(m_line, &QLineEdit::textEdited, this, [this] {
        showKind();
        emit edited();
    });
    connect(m_line, &QLineEdit::returnPressed, this, &VariableField::submitted);
    connect(m_choice, &QComboBox::activated, this, [this] {
        m_line->setText(m_choice->currentData().toString());
        emit edited();
    });
    showKind();
}

QString VariableField::text() const { return m_line->text(); }

void VariableField::setText(const QString &text)
{
    m_line->setText(text);
    showKind();
}

void VariableField::setKind(VariableKind kind)
{
    m_kind = kind;
    showKind();
}

void VariableField::focusInput() { (m_kind == VariableKind::Boolean ? static_cast<QWidget *>(m_choice) : m_line)->setFocus(); }

void VariableField::showKind()
{
    const bool isChoice = m_kind == VariableKind::Boolean;
    m_line->setVisible(!isChoice);
    m_choice->setVisible(isChoice);
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(text())));
    m_line->setPlaceholderText(hintOf(m_kind));
    m_calendar->setVisible(m_kind == VariableKind::Date);
    m_kindButton->setText(nameOf(m_kind));
    m_kindButton->setAccessibleName(tr("Read as %1").arg(nameOf(m_kind)));
    const bool isWrong = !text().trimmed().isEmpty() && !value();
    m_line->setStyleSheet(isWrong ? QStringLiteral("QLineEdit { border-color: %1; }").arg(Theme::colors().bad.name()) : QString());
    m_line->setToolTip(isWrong              ? tr("This is no %1.").arg(nameOf(m_kind).toLower())
                           : m_kind == VariableKind::Auto ? tr("A number, a date, a text, or a list such as [\"a\", \"b\"]")
                                                          : nameOf(m_kind));
}

void VariableField::pickDate()
{
    auto *calendar = new QCalendarWidget(this);
    calendar->setWindowFlag(Qt::Popup);
    calendar->setAttribute(Qt::WA_DeleteOnClose);
    if (const QDate day = QDate::fromString(text().left(10), Qt::ISODate); day.isValid())
        calendar->setSelectedDate(day);
    const auto take = [this, calendar](const QDate &day) {
        setText(day.toString(Qt::ISODate));
        calendar->close();
        emit edited();
    };
    connect(calendar, &QCalendarWidget::clicked, this, take);
    connect(calendar, &QCalendarWidget::activated, this, take);
    calendar->move(m_line->mapToGlobal(QPoint(0, -calendar->sizeHint().height())));
    calendar->show();
    calendar->setFocus();
}

} // namespace ui
