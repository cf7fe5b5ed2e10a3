#include "ui/query/value_bar.h"

#include "driver/hogql/inspect.h"
#include "ui/query/query_text.h"
#include "ui/shell/theme.h"

#include <QGridLayout>

#include <QResizeEvent>

#include <algorithm>

namespace ui {

std::vector<NeededValue> valuesNeededBy(const QString &text)
{
    std::vector<NeededValue> needed;
    if (!text.contains('{'))
        return needed;
    const std::string utf8 = text.toStdString();
    for (const hogql::Span &statement : statementsOf(utf8)) {
        for (const hogql::PlaceholderUse &use : hogql::placeholdersIn(std::string_view(utf8).substr(statement.start, statement.end - statement.start))) {
            const QString name = QString::fromStdString(use.name);
            const bool isVariable = name.startsWith(QLatin1String("variables.")) && name.count('.') == 1;
            if (name == QLatin1String("filters") || (name.contains('.') && !isVariable))
                continue;
            const auto known = std::find_if(needed.begin(), needed.end(), [&](const NeededValue &each) { return each.name == name; });
            if (known == needed.end())
                needed.push_back({name, kindOf(use.type)});
            else if (known->kind == VariableKind::Auto)
                known->kind = kindOf(use.type);
        }
    }
    return needed;
}

QStringList placeholdersOf(const QString &text)
{
    QStringList names;
    for (const NeededValue &needed : valuesNeededBy(text))
        names << needed.name;
    return names;
}

QString plainName(const QString &name) { return QString(name).replace('.', '_'); }

QString withPlainVariables(const QString &text)
{
    std::string utf8 = text.toStdString();
    for (const hogql::PlaceholderUse &use : hogql::placeholdersIn(utf8)) {
        const std::size_t dot = utf8.find('.', use.span.start);
        if (use.name.starts_with("variables.") && dot < use.span.end)
            utf8[dot] = '_';
    }
    return QString::fromStdString(utf8);
}

ValueBar::ValueBar(QWidget *parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(space::m, space::xs, space::s, space::xs);
    m_grid->setHorizontalSpacing(space::l);
    m_grid->setVerticalSpacing(space::xs);
    setMinimumWidth(1); // it wraps
    hide();
}

VariableKind ValueBar::kindFor(const NeededValue &needed) const
{
    const auto chosen = m_chosen.find(needed.name);
    return chosen == m_chosen.end() ? needed.kind : chosen->second;
}

void ValueBar::setNeeded(const std::vector<NeededValue> &needed)
{
    if (needed == m_needed)
        return;
    const bool sameNames = std::equal(needed.begin(), needed.end(), m_needed.begin(), m_needed.end(),
                                      [](const NeededValue &a, const NeededValue &b) { return a.name == b.name; });
    std::vector<NeededValue> before = std::exchange(m_needed, needed);
    if (sameNames) { // a text that cannot be read for a moment tells no kinds: keep those known
        for (std::size_t i = 0; i < m_needed.size(); ++i) {
            if (m_needed[i].kind == VariableKind::Auto)
                m_needed[i].kind = before[i].kind;
            m_fields.at(m_needed[i].name)->setKind(kindFor(m_needed[i]));
        }
        return;
    }
    for (VariableField *field : m_order) {
        m_grid->removeWidget(field);
        field->hide();
        field->deleteLater();
    }
    m_order.clear();
    m_fields.clear();
    for (const NeededValue &each : m_needed) {
        const QString name = each.name;
        auto *field = new VariableField(name, m_texts[name], kindFor(each));
        connect(field, &VariableField::edited, this, [this, name, field] {
            m_texts[name] = field->text();
            emit edited();
        });
        connect(field, &VariableField::kindChosen, this, [this, name](VariableKind kind) { m_chosen[name] = kind; });
        connect(field, &VariableField::submitted, this, &ValueBar::submitted);
        m_order.push_back(field);
        m_fields[name] = field;
    }
    place();
    setVisible(!m_needed.empty());
}

/// As many beside each other as there is room for, the others below.
void ValueBar::place()
{
    int widest = 1;
    for (VariableField *field : m_order)
        widest = std::max(widest, field->sizeHint().width());
    const int columns = std::clamp((width() - 2 * space::m + space::l) / (widest + space::l), 1, std::max(1, int(m_order.size())));
    for (VariableField *field : m_order)
        m_grid->removeWidget(field);
    for (int column = 0; column < m_grid->columnCount(); ++column)
        m_grid->setColumnStretch(column, 0);
    for (std::size_t i = 0; i < m_order.size(); ++i)
        m_grid->addWidget(m_order[i], int(i) / columns, int(i) % columns, Qt::AlignLeft);
    m_grid->setColumnStretch(columns, 1);
}

void ValueBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        place();
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
        if (const auto value = field->value())
            values[name.toStdString()] = *value;
    }
    return values;
}

QStringList ValueBar::missing() const
{
    QStringList names;
    for (const NeededValue &each : m_needed) {
        if (!m_fields.at(each.name)->value())
            names << each.name;
    }
    return names;
}

ph::Json ValueBar::kinds() const
{
    ph::Json kinds = ph::Json::object();
    for (const auto &[name, kind] : m_chosen)
        kinds[name.toStdString()] = nameOf(kind).toStdString();
    return kinds;
}

void ValueBar::setKinds(const ph::Json &kinds)
{
    m_chosen.clear();
    if (kinds.is_object()) {
        for (const auto &[name, kind] : kinds.items()) {
            if (kind.is_string())
                m_chosen[QString::fromStdString(name)] = kindNamed(QString::fromStdString(kind.get<std::string>()));
        }
    }
    for (const NeededValue &each : m_needed)
        m_fields.at(each.name)->setKind(kindFor(each));
}

VariableField *ValueBar::field(const QString &name) const
{
    const auto found = m_fields.find(name);
    return found == m_fields.end() ? nullptr : found->second;
}

void ValueBar::focusName(const QString &name)
{
    if (VariableField *shown = field(name))
        shown->focusInput();
}

} // namespace ui
