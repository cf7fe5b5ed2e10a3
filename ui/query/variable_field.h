#pragma once

#include "driver/base/json_fields.h"
#include "driver/hogql/value_type.h"

#include <QWidget>

#include <optional>

class QAction;
class QComboBox;
class QLineEdit;
class QToolButton;

namespace ui {

/// What a value from outside is read as. Auto goes by its look: 12 is a number, [1] a list, all else text.
enum class VariableKind { Auto, Text, Number, Date, Boolean, List };

QString nameOf(VariableKind kind); // "Text", as shown
VariableKind kindNamed(const QString &name); // Auto when it is none
VariableKind kindOf(hogql::ValueType type);

/// A value as written: a number, true, a list or "quoted" text as JSON, anything else as text.
ph::Json valueOf(const QString &text);
QString valueText(const ph::Json &value); // the other way

/// `text` read as that kind; empty when it is none (or nothing is written).
std::optional<ph::Json> valueAs(VariableKind kind, const QString &text);

/// The field of one value: its name, its kind (a button that changes it) and an input that fits the kind.
class VariableField : public QWidget
{
    Q_OBJECT

public:
    VariableField(const QString &name, const QString &text, VariableKind kind, QWidget *parent = nullptr);

    QString text() const;
    void setText(const QString &text);
    VariableKind kind() const { return m_kind; }
    void setKind(VariableKind kind);
    std::optional<ph::Json> value() const { return valueAs(m_kind, text()); }
    void focusInput();

signals:
    void edited();
    void kindChosen(ui::VariableKind kind); // by the user
    void submitted(); // Enter

private:
    void showKind();
    void pickDate();

    QToolButton *m_kindButton;
    QLineEdit *m_line;
    QComboBox *m_choice; // of a Boolean
    QAction *m_calendar;
    VariableKind m_kind;
};

} // namespace ui
