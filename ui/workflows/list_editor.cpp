#include "ui/workflows/list_editor.h"

#include "ui/query/cell_text.h"
#include "ui/shell/theme.h"

#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

namespace ui {

namespace {

QString titleOf(const workflow::ItemField &field)
{
    QString name = QString::fromStdString(field.name);
    name.replace('_', ' ');
    name = name.left(1).toUpper() + name.mid(1);
    return field.optional.value_or(false) ? QObject::tr("%1 (optional)").arg(name) : name;
}

} // namespace

ListEditor::ListEditor(std::vector<workflow::ItemField> fields, QWidget *parent)
    : QWidget(parent)
    , m_fields(std::move(fields))
    , m_rows(new QVBoxLayout)
{
    m_rows->setSpacing(space::xs);
    auto *add = new QPushButton(tr("Add"));
    add->setProperty("variant", "plain");
    add->setIcon(Theme::icon(QStringLiteral("plus")));
    add->setAccessibleName(tr("Add an entry"));
    connect(add, &QPushButton::clicked, this, [this] {
        addLine();
        m_lines.back().editors.front()->setFocus();
        emit edited();
    });
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    column->addLayout(m_rows);
    column->addWidget(add, 0, Qt::AlignLeft);
}

int ListEditor::lineOf(const QWidget *row) const
{
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        if (m_lines[i].row == row)
            return int(i);
    }
    return -1;
}

void ListEditor::addLine(const ph::Json &item)
{
    Line line;
    line.row = new QWidget;
    auto *layout = new QHBoxLayout(line.row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::xs);
    for (const workflow::ItemField &field : m_fields) {
        QWidget *editor = nullptr;
        if (field.type == "event") {
            auto *combo = new QComboBox;
            combo->setEditable(true);
            combo->setInsertPolicy(QComboBox::NoInsert);
            combo->addItems(m_choices);
            combo->completer()->setFilterMode(Qt::MatchContains);
            combo->completer()->setCompletionMode(QCompleter::PopupCompletion);
            combo->lineEdit()->setPlaceholderText(titleOf(field));
            combo->setMinimumContentsLength(12);
            connect(combo, &QComboBox::currentTextChanged, this, &ListEditor::edited);
            editor = combo;
        } else {
            auto *edit = new QLineEdit;
            edit->setPlaceholderText(titleOf(field));
            connect(edit, &QLineEdit::textChanged, this, &ListEditor::edited);
            editor = edit;
        }
        editor->setAccessibleName(tr("%1 of entry %2").arg(titleOf(field)).arg(m_lines.size() + 1));
        const auto found = item.is_object() ? item.find(field.name) : item.end();
        setTextOf(editor, item.is_object() && found != item.end() ? cellValue(*found) : QString());
        layout->addWidget(editor, field.type == "event" ? 3 : 2);
        line.editors.push_back(editor);
    }
    const auto button = [&](const QString &icon, const QString &name, auto run) {
        auto *made = new QToolButton;
        made->setIcon(Theme::icon(icon));
        made->setIconSize({14, 14});
        made->setToolTip(name);
        made->setAccessibleName(name);
        made->setFocusPolicy(Qt::StrongFocus);
        connect(made, &QToolButton::clicked, this, run);
        layout->addWidget(made);
    };
    button(QStringLiteral("chevron-up"), tr("Move up"), [this, row = line.row] { moveLine(lineOf(row), -1); });
    button(QStringLiteral("chevron-down"), tr("Move down"), [this, row = line.row] { moveLine(lineOf(row), 1); });
    button(QStringLiteral("close"), tr("Remove"), [this, row = line.row] { removeLine(lineOf(row)); });
    m_rows->addWidget(line.row);
    m_lines.push_back(std::move(line));
}

void ListEditor::removeLine(int line)
{
    if (line < 0 || line >= lineCount())
        return;
    m_lines[std::size_t(line)].row->hide();
    m_lines[std::size_t(line)].row->deleteLater();
    m_lines.erase(m_lines.begin() + line);
    emit edited();
}

void ListEditor::moveLine(int line, int by)
{
    const int to = line + by;
    if (line < 0 || line >= lineCount() || to < 0 || to >= lineCount())
        return;
    std::swap(m_lines[std::size_t(line)], m_lines[std::size_t(to)]);
    m_rows->removeWidget(m_lines[std::size_t(to)].row);
    m_rows->insertWidget(to, m_lines[std::size_t(to)].row);
    emit edited();
}

void ListEditor::setItems(const ph::Json &items)
{
    while (lineCount() > 0)
        removeLine(0);
    if (items.is_array()) {
        for (const ph::Json &item : items)
            addLine(item.is_string() && !m_fields.empty() ? ph::Json{{m_fields.front().name, item}} : item);
    }
    if (m_lines.empty())
        addLine();
}

ph::Json ListEditor::items() const
{
    ph::Json items = ph::Json::array();
    for (const Line &line : m_lines) {
        ph::Json item = ph::Json::object();
        for (std::size_t i = 0; i < m_fields.size(); ++i) {
            const QString text = textOf(line.editors[i]).trimmed();
            if (text.isEmpty())
                continue;
            bool isNumber = false;
            const double number = text.toDouble(&isNumber);
            if (m_fields[i].type == "integer" && isNumber)
                item[m_fields[i].name] = qint64(number);
            else if (m_fields[i].type == "number" && isNumber)
                item[m_fields[i].name] = number;
            else
                item[m_fields[i].name] = text.toStdString();
        }
        if (!item.empty())
            items.push_back(std::move(item));
    }
    return items;
}

void ListEditor::setEventChoices(const QStringList &choices)
{
    m_choices = choices;
    for (const Line &line : m_lines) {
        for (QWidget *editor : line.editors) {
            if (auto *combo = qobject_cast<QComboBox *>(editor)) {
                const QSignalBlocker quiet(combo);
                const QString text = combo->currentText();
                combo->clear();
                combo->addItems(choices);
                combo->setCurrentText(text);
            }
        }
    }
}

QWidget *ListEditor::editor(int line, int field) const { return m_lines[std::size_t(line)].editors[std::size_t(field)]; }

QString ListEditor::textOf(QWidget *editor) const
{
    if (const auto *combo = qobject_cast<QComboBox *>(editor))
        return combo->currentText();
    return static_cast<QLineEdit *>(editor)->text();
}

void ListEditor::setTextOf(QWidget *editor, const QString &text)
{
    if (auto *combo = qobject_cast<QComboBox *>(editor))
        combo->setCurrentText(text);
    else
        static_cast<QLineEdit *>(editor)->setText(text);
}

} // namespace ui
