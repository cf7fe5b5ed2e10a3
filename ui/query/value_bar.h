#pragma once

#include "driver/base/json_fields.h"

#include <QStringList>
#include <QWidget>

#include <map>

class QHBoxLayout;
class QLineEdit;

namespace ui {

/// The {names} of a query that need a value, each once, in their order. {filters} and dotted ones ({variables.x}) are the server's.
QStringList placeholdersOf(const QString &text);

/// A value as written: a number, true, a list or "quoted" text as JSON, anything else as text.
ph::Json valueOf(const QString &text);
QString valueText(const ph::Json &value); // the other way

/// Fields for a query's placeholders. Values never become HogQL text: the driver sends them beside it.
class ValueBar : public QWidget
{
    Q_OBJECT

public:
    explicit ValueBar(QWidget *parent = nullptr);

    /// Shows these names; what was written for a name comes back with it.
    void setNames(const QStringList &names);
    void setValues(const ph::Json &values);

    ph::Json values() const;     // of the shown names that have one
    QStringList missing() const; // shown names without one
    void focusName(const QString &name);

signals:
    void edited();
    void submitted(); // Enter in a field

private:
    QHBoxLayout *m_row;
    QStringList m_names;
    std::map<QString, QLineEdit *> m_fields;
    std::map<QString, QString> m_texts; // also of names that are not shown
};

} // namespace ui
