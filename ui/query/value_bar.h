#pragma once

#include "ui/query/variable_field.h"

#include <QStringList>
#include <QWidget>

#include <map>
#include <optional>
#include <vector>

class QGridLayout;

namespace ui {

/// A value that a query needs: {name} or {variables.name}.
struct NeededValue {
    QString name;
    VariableKind kind = VariableKind::Auto; // by what it is compared with

    friend bool operator==(const NeededValue &, const NeededValue &) = default;
};

/// The values that a text needs, each once, in their order. {filters} is the server's, and so are other dotted ones.
std::vector<NeededValue> valuesNeededBy(const QString &text);
QStringList placeholdersOf(const QString &text); // their names

/// `text` as it is sent: {variables.name} as {variables_name}, a plain value of that name, at the same place.
QString withPlainVariables(const QString &text);
QString plainName(const QString &name); // "variables.x" -> "variables_x"

/// Fields for a query's placeholders, each with an input that fits what it is compared with. Values never become HogQL text: the
/// driver sends them beside it.
class ValueBar : public QWidget
{
    Q_OBJECT

public:
    explicit ValueBar(QWidget *parent = nullptr);

    /// Shows these; what was written for a name, and the kind chosen for it, come back with it.
    void setNeeded(const std::vector<NeededValue> &needed);
    void setValues(const ph::Json &values);

    ph::Json values() const;     // of the shown names that have one
    QStringList missing() const; // shown names without one, or with one that is not of its kind
    ph::Json kinds() const;      // those the user chose, by name
    void setKinds(const ph::Json &kinds);
    VariableField *field(const QString &name) const; // null when it is not shown
    void focusName(const QString &name);

signals:
    void edited();
    void submitted(); // Enter in a field

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    VariableKind kindFor(const NeededValue &needed) const;
    void place();

    QGridLayout *m_grid;
    std::vector<VariableField *> m_order; // as shown
    std::vector<NeededValue> m_needed;
    std::map<QString, VariableField *> m_fields;
    std::map<QString, QString> m_texts; // also of names that are not shown
    std::map<QString, VariableKind> m_chosen;
};

} // namespace ui
