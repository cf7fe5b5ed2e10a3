#pragma once

#include "ui/shell/document.h"
#include "ui/workflows/workflow_runs.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace ui {

class EmptyState;
class ParameterForm;
class Workbench;

/// The workflows by persona, and the form that starts one.
class WorkflowsPage : public Document
{
    Q_OBJECT

public:
    WorkflowsPage(Workbench &workbench, WorkflowRuns &runs, QWidget *parent = nullptr);

    QString kind() const override { return QStringLiteral("workflows"); }
    QString title() const override { return tr("Workflows"); }
    QString iconName() const override { return QStringLiteral("workflow"); }
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override; // {"workflow", "search"}

    /// Shows the form of one workflow; one without parameters is started at once.
    void choose(const std::string &workflowId);
    /// Starts what the form shows. Does nothing but mark the mistakes while there are some.
    void start();

    ParameterForm *form() const { return m_form; }
    bool isFormShown() const;
    const QList<QPushButton *> &cards() const { return m_cards; }
    QLineEdit *search() const { return m_search; }

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeList();
    QWidget *makeForm();
    void fill();
    QPushButton *makeCard(const workflow::Definition &definition);

    Workbench &m_workbench;
    WorkflowRuns &m_runs;
    QStackedWidget *m_pages;
    QWidget *m_listPage;
    QWidget *m_formPage;
    QLineEdit *m_search;
    QVBoxLayout *m_sections;
    EmptyState *m_empty;
    QList<QPushButton *> m_cards;
    int m_columns = 0;
    QLabel *m_formTitle;
    QLabel *m_formText;
    QLabel *m_formSteps;
    ParameterForm *m_form;
    std::string m_chosen;
};

/// "product_engineer" -> "Product engineer".
QString personaTitle(const std::string &persona);

} // namespace ui
