#include "ui/workflows/parameter_form.h"

#include "agent/workflow/engine.h"
#include "driver/posthog/driver.h"
#include "ui/query/cell_text.h"
#include "ui/shell/background.h"
#include "ui/shell/theme.h"
#include "ui/workflows/list_editor.h"

#include <QComboBox>
#include <QCompleter>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QShortcut>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int fieldWidth = 420, listWidth = 720;

bool isChoice(const workflow::Parameter &parameter)
{
    return parameter.type != "list" && (parameter.choices || parameter.fromQuery || parameter.type == "choice" || parameter.type == "event");
}

/// "The parameter days (Days to look at) takes a whole number." -> "Takes a whole number.": the field's title stands above.
QString shortened(const std::string &message)
{
    const QString text = QString::fromStdString(message);
    const int at = int(text.indexOf(QStringLiteral(") takes ")));
    return at < 0 ? text : QObject::tr("Takes ") + text.mid(at + 8);
}

} // namespace

QString parameterText(const ph::Json &value)
{
    if (value.is_object()) {
        if (const auto label = value.find("label"); label != value.end() && label->is_string())
            return cellValue(*label);
        QStringList parts;
        for (const auto &[name, part] : value.items())
            parts << cellValue(part);
        return parts.join(QStringLiteral(" "));
    }
    if (!value.is_array())
        return cellValue(value);
    QStringList items;
    for (const ph::Json &item : value)
        items << parameterText(item);
    return items.join(QStringLiteral(", "));
}

QWidget *ParameterForm::Field::editor() const { return choice ? static_cast<QWidget *>(choice) : line ? static_cast<QWidget *>(line) : list; }

ph::Json ParameterForm::Field::given() const
{
    if (list)
        return list->items();
    return (choice ? choice->currentText() : line->text()).trimmed().toStdString();
}

ParameterForm::ParameterForm(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QFormLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setRowWrapPolicy(QFormLayout::WrapAllRows);
    m_layout->setVerticalSpacing(space::s);
    m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    // Boxes keep Enter for themselves, each in its way; this one goes before them all.
    for (const auto key : {Qt::Key_Return, Qt::Key_Enter})
        new QShortcut(QKeySequence(Qt::CTRL | key), this, this, &ParameterForm::submitted, Qt::WidgetWithChildrenShortcut);
}

ParameterForm::~ParameterForm() { m_stop.request_stop(); }

void ParameterForm::setParameters(const std::vector<workflow::Parameter> &parameters, const ph::Json &values, std::shared_ptr<posthog::Driver> driver)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_loading = 0;
    while (m_layout->rowCount() > 0)
        m_layout->removeRow(0);
    m_fields.clear();
    for (const workflow::Parameter &parameter : parameters) {
        const bool has = values.is_object() && values.contains(parameter.name);
        addField(parameter, has ? &values[parameter.name] : nullptr);
    }
    setFocusProxy(m_fields.empty() ? nullptr : m_fields.front()->list ? m_fields.front()->list->editor(0, 0) : m_fields.front()->editor());
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        if (m_fields[i]->parameter.fromQuery && driver && (m_fields[i]->choice || m_fields[i]->list))
            loadChoices(i, driver);
    }
    if (m_loading == 0)
        emit loaded();
}

void ParameterForm::addField(const workflow::Parameter &parameter, const ph::Json *given)
{
    auto field = std::make_unique<Field>();
    Field *raw = field.get();
    field->parameter = parameter;
    field->isTouched = given != nullptr;
    const ph::Json value = given ? *given : parameter.fallback.value_or(ph::Json());
    const auto touched = [this, raw] {
        raw->isTouched = true;
        setNote(*raw, {}, false);
    };
    if (parameter.type == "list" && parameter.item && !parameter.item->empty()) {
        field->list = new ListEditor(*parameter.item);
        field->list->setItems(value);
        connect(field->list, &ListEditor::edited, this, touched);
    } else if (isChoice(parameter)) {
        field->choice = new QComboBox;
        field->choice->setEditable(parameter.type != "choice");
        field->choice->setInsertPolicy(QComboBox::NoInsert);
        field->choice->setMaxVisibleItems(14);
        if (parameter.choices) {
            for (const std::string &choice : *parameter.choices)
                field->choice->addItem(QString::fromStdString(choice));
        }
        if (field->choice->isEditable()) {
            field->choice->completer()->setFilterMode(Qt::MatchContains);
            field->choice->completer()->setCompletionMode(QCompleter::PopupCompletion);
            connect(field->choice->lineEdit(), &QLineEdit::returnPressed, this, &ParameterForm::submitted);
        }
        field->choice->setCurrentText(parameterText(value));
        connect(field->choice, &QComboBox::currentTextChanged, this, [this, raw] { setNote(*raw, {}, false); });
        connect(field->choice, &QComboBox::textActivated, this, [raw] { raw->isTouched = true; });
    } else {
        field->line = new QLineEdit(parameterText(value));
        if (parameter.type == "date")
            field->line->setPlaceholderText(QStringLiteral("2026-11-03"));
        if (parameter.type == "list")
            field->line->setPlaceholderText(tr("one, two, three"));
        connect(field->line, &QLineEdit::textEdited, this, touched);
        connect(field->line, &QLineEdit::returnPressed, this, &ParameterForm::submitted);
    }
    QWidget *editor = field->editor();
    const QString title = QString::fromStdString(parameter.title.empty() ? parameter.name : parameter.title);
    editor->setAccessibleName(title);
    editor->setMaximumWidth(field->list ? listWidth : fieldWidth);
    field->note = new QLabel;
    field->note->setWordWrap(true);
    field->note->setMaximumWidth(listWidth);
    field->note->setContentsMargins(0, 0, 0, space::s);
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    column->addWidget(editor);
    column->addWidget(field->note);
    auto *label = new QLabel(title);
    label->setBuddy(editor);
    m_layout->addRow(label, box);
    setNote(*field, {}, false);
    m_fields.push_back(std::move(field));
}

void ParameterForm::loadChoices(std::size_t index, std::shared_ptr<posthog::Driver> driver)
{
    ++m_loading;
    Field &field = *m_fields[index];
    setNote(field, tr("Loading choices from the project…"), false);
    inBackground([driver, hogql = *field.parameter.fromQuery, stop = m_stop.get_token()] { return driver->query(hogql, ph::Json::object(), stop); })
        .then(this, [this, index, stop = m_stop.get_token()](const ph::Result<posthog::Table> &table) {
            if (stop.stop_requested())
                return;
            Field &filled = *m_fields[index];
            if (!table) {
                setNote(filled, tr("The choices could not be loaded: %1 Write the value yourself.").arg(QString::fromStdString(table.error().message)), true);
            } else {
                QStringList choices;
                for (const auto &row : table->rows) {
                    if (!row.empty() && !row[0].is_null())
                        choices << parameterText(row[0]);
                }
                filled.known = choices;
                if (filled.list) {
                    filled.list->setEventChoices(choices);
                } else {
                    const QString before = filled.choice->currentText();
                    const QSignalBlocker quiet(filled.choice);
                    filled.choice->clear();
                    filled.choice->addItems(choices);
                    const bool takesFirst = before.isEmpty() && !filled.isTouched && !filled.parameter.fallback;
                    filled.choice->setCurrentText(takesFirst ? choices.value(0) : before);
                }
                setNote(filled, {}, false);
            }
            if (--m_loading == 0)
                emit loaded();
        });
}

void ParameterForm::setNote(Field &field, const QString &text, bool isError)
{
    const QString help = field.parameter.help ? QString::fromStdString(*field.parameter.help) : QString();
    const QString shown = text.isEmpty() ? help : text;
    field.note->setText(shown);
    setStyleProperty(field.note, "role", isError ? QStringLiteral("error") : QStringLiteral("small"));
    field.note->setVisible(!shown.isEmpty());
    field.editor()->setAccessibleDescription(shown);
}

ParameterForm::Field *ParameterForm::find(const std::string &name) const
{
    for (const auto &field : m_fields) {
        if (field->parameter.name == name)
            return field.get();
    }
    return nullptr;
}

void ParameterForm::setText(const std::string &name, const QString &text)
{
    Field *field = find(name);
    if (!field)
        return;
    field->isTouched = true;
    if (field->list)
        field->list->setItems(ph::Json::parse(text.toStdString(), nullptr, false));
    else if (field->choice)
        field->choice->setCurrentText(text);
    else
        field->line->setText(text);
    setNote(*field, {}, false);
}

QString ParameterForm::text(const std::string &name) const
{
    const Field *field = find(name);
    return field ? parameterText(field->given()) : QString();
}

QString ParameterForm::problem(const std::string &name) const
{
    const Field *field = find(name);
    return field && field->note->property("role") == "error" ? field->note->text() : QString();
}

ListEditor *ParameterForm::list(const std::string &name) const
{
    const Field *field = find(name);
    return field ? field->list : nullptr;
}

/// An event that the project does not have, so that the run need not begin to say so.
QString ParameterForm::unknownEvent(const Field &field, const ph::Json &value) const
{
    if (field.known.isEmpty())
        return {};
    const auto isUnknown = [&](const ph::Json &event) { return event.is_string() && !field.known.contains(QString::fromStdString(event.get<std::string>())); };
    if (field.parameter.type == "event" && isUnknown(value))
        return cellValue(value);
    if (field.list && value.is_array()) {
        for (const ph::Json &item : value) {
            for (const workflow::ItemField &part : *field.parameter.item) {
                if (part.type == "event" && item.is_object() && item.contains(part.name) && isUnknown(item[part.name]))
                    return cellValue(item[part.name]);
            }
        }
    }
    return {};
}

std::optional<ph::Json> ParameterForm::values()
{
    ph::Json all = ph::Json::object();
    QWidget *firstWrong = nullptr;
    for (const auto &field : m_fields) {
        const ph::Json given = field->given();
        QString wrong;
        const bool mayBeEmpty = field->parameter.type == "text";
        if (given == "" && !mayBeEmpty) {
            wrong = tr("Needed to start.");
        } else if (const auto value = workflow::readParameter(field->parameter, given); !value) {
            wrong = shortened(value.error().message);
        } else if (const QString event = unknownEvent(*field, *value); !event.isEmpty()) {
            wrong = tr("This project has no event “%1”.").arg(event);
        } else {
            all[field->parameter.name] = *value;
            continue;
        }
        setNote(*field, wrong, true);
        if (!firstWrong)
            firstWrong = field->list ? field->list->editor(0, 0) : field->editor();
    }
    if (firstWrong) {
        firstWrong->setFocus();
        return std::nullopt;
    }
    return all;
}

} // namespace ui
