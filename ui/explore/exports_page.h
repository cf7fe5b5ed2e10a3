#pragma once

#include "ui/explore/exports.h"
#include "ui/shell/document.h"

#include <map>

class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QVBoxLayout;

namespace ui {

class EmptyState;
class ExportForm;

/// The exports of this window: a new one is described at the top, those that run show how far they are, and those that were cut
/// off are resumed.
class ExportsPage : public Document
{
    Q_OBJECT

public:
    /// `exports` outlives the page.
    ExportsPage(Workbench &workbench, Exports &exports, QWidget *parent = nullptr);

    QString kind() const override { return QStringLiteral("exports"); }
    QString title() const override { return tr("Exports"); }
    QString iconName() const override { return QStringLiteral("export"); }
    /// What ExportForm::fill() takes opens the form with it.
    void restore(const QJsonObject &state) override;
    QList<QAction *> documentActions() const override { return m_actions; }

    ExportForm *form() const { return m_form; }
    bool isFormShown() const;
    void showForm(const QJsonObject &what);
    void start(); // what the form says

    /// The buttons of a job's card; null where there is none.
    QPushButton *button(int job, const QString &name) const;
    QString textOf(int job) const;

private:
    struct Card {
        QWidget *box;
        QLabel *title;
        QLabel *progress;
        QLabel *text;
        QProgressBar *bar;
        QPushButton *stop;
        QPushButton *resume;
        QPushButton *show;
        QPushButton *remove;
    };

    void refresh();
    Card makeCard(int id);
    void fillCard(const Card &card, const ExportJob &job);

    Workbench &m_workbench;
    Exports &m_exports;
    ExportForm *m_form;
    QPushButton *m_new;
    QVBoxLayout *m_list;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    std::map<int, Card> m_cards;
    QList<QAction *> m_actions;
};

} // namespace ui
