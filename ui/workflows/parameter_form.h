#pragma once

#include "agent/workflow/definition.h"

#include <QWidget>

#include <memory>
#include <stop_token>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace posthog {
class Driver;
}

namespace ui {

class ListEditor;

/// A value as the text to edit or to show: a list's items with commas between, an item by its parts.
QString parameterText(const ph::Json &value);

/// The parameters of a workflow to fill in: defaults and choices come from the definition or the project, and a mistake is said
/// under its field. What a value may be is workflow::readParameter()'s to say.
class ParameterForm : public QWidget
{
    Q_OBJECT

public:
    explicit ParameterForm(QWidget *parent = nullptr);
    ~ParameterForm() override;

    /// Shows `parameters` with `values` where they have some, else the defaults; choices that a query gives are loaded from `driver`.
    void setParameters(const std::vector<workflow::Parameter> &parameters, const ph::Json &values, std::shared_ptr<posthog::Driver> driver);

    bool isLoading() const { return m_loading > 0; }
    /// The values when all are right; else marks what is not, gives it the focus and answers nothing.
    std::optional<ph::Json> values();
    /// Sets one field as if typed; a list of parts takes JSON.
    void setText(const std::string &name, const QString &text);
    QString text(const std::string &name) const;
    QString problem(const std::string &name) const;
    ListEditor *list(const std::string &name) const;

signals:
    void loaded();
    void submitted(); // Enter in a field, Ctrl+Enter anywhere in the form

private:
    struct Field {
        workflow::Parameter parameter;
        QComboBox *choice = nullptr; // editable unless the type is "choice"
        QLineEdit *line = nullptr;
        ListEditor *list = nullptr;  // one of the three
        QLabel *note = nullptr;
        QStringList known;           // what the project has, once loaded
        bool isTouched = false;

        QWidget *editor() const;
        ph::Json given() const;      // as written
    };
    Field *find(const std::string &name) const;
    void addField(const workflow::Parameter &parameter, const ph::Json *given);
    void setNote(Field &field, const QString &text, bool isError);
    void loadChoices(std::size_t index, std::shared_ptr<posthog::Driver> driver);
    QString unknownEvent(const Field &field, const ph::Json &value) const;

    QFormLayout *m_layout;
    std::vector<std::unique_ptr<Field>> m_fields;
    int m_loading = 0;
    std::stop_source m_stop;
};

} // namespace ui
