#include "ui/query/value_bar.h"

#include "driver/hogql/lexer.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>

namespace ui {

QStringList placeholdersOf(const QString &text)
{
    using hogql::TokenKind;
    std::vector<hogql::Token> tokens;
    for (hogql::Token &token : hogql::tokenize(text.toStdString())) {
        if (token.kind != TokenKind::Whitespace && token.kind != TokenKind::Comment)
            tokens.push_back(std::move(token));
    }
    QStringList names;
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        const bool isPlaceholder = tokens[i].kind == TokenKind::Bracket && tokens[i].text == "{" && tokens[i + 1].kind == TokenKind::Word
            && tokens[i + 2].kind == TokenKind::Bracket && tokens[i + 2].text == "}";
        const QString name = isPlaceholder ? QString::fromStdString(tokens[i + 1].text) : QString();
        if (!name.isEmpty() && name != QLatin1String("filters") && !names.contains(name))
            names << name;
    }
    return names;
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

ValueBar::ValueBar(QWidget *parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
{
    m_row->setContentsMargins(space::m, space::xs, space::s, space::xs);
    m_row->setSpacing(space::s);
    m_row->addStretch(1);
    hide();
}

void ValueBar::setNames(const QStringList &names)
{
    if (names == m_names)
        return;
    m_names = names;
    while (m_row->count() > 0) {
        QLayoutItem *item = m_row->takeAt(0);
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    m_fields.clear();
    for (const QString &name : names) {
        auto *label = new QLabel('{' + name + '}');
        label->setProperty("role", "small");
        label->setFont(Theme::codeFont());
        auto *field = new QLineEdit(m_texts[name]);
        field->setPlaceholderText(tr("value"));
        field->setAccessibleName(tr("Value of %1").arg(name));
        field->setToolTip(tr("A number, a date, a text, or a list such as [\"a\", \"b\"]"));
        field->setMaximumWidth(200);
        label->setBuddy(field);
        connect(field, &QLineEdit::textEdited, this, [this, name](const QString &text) {
            m_texts[name] = text;
            emit edited();
        });
        connect(field, &QLineEdit::returnPressed, this, &ValueBar::submitted);
        m_row->addWidget(label);
        m_row->addWidget(field);
        m_fields[name] = field;
    }
    m_row->addStretch(1);
    setVisible(!names.isEmpty());
}

void ValueBar::setValues(const ph::Json &values)
{
    m_texts.clear();
    if (values.is_object()) {
        for (const auto &[name, value] : values.items())
            m_texts[QString::fromStdString(name)] = valueText(value);
    }
    for (const auto &[name, field] : m_fields)
        field->setText(m_texts[name]);
}

ph::Json ValueBar::values() const
{
    ph::Json values = ph::Json::object();
    for (const auto &[name, field] : m_fields) {
        if (!field->text().trimmed().isEmpty())
            values[name.toStdString()] = valueOf(field->text());
    }
    return values;
}

QStringList ValueBar::missing() const
{
    QStringList names;
    for (const QString &name : m_names) {
        if (m_fields.at(name)->text().trimmed().isEmpty())
            names << name;
    }
    return names;
}

void ValueBar::focusName(const QString &name)
{
    if (const auto found = m_fields.find(name); found != m_fields.end())
        found->second->setFocus();
}

} // namespace ui
