#pragma once

#include "ui/query/project_schema.h"

#include <QTimer>
#include <QWidget>

class QLineEdit;
class QStackedLayout;
class QTreeView;

namespace posthog {
class Driver;
}

namespace ui {

class EmptyState;
class SchemaModel;
class SchemaReading;

/// What the project holds, to look up and to insert: events with volumes, fields with types and samples.
class SchemaPanel : public QWidget
{
    Q_OBJECT

public:
    explicit SchemaPanel(QWidget *parent = nullptr);
    ~SchemaPanel() override;

    /// Loads from `driver`; null empties the panel.
    void load(std::shared_ptr<posthog::Driver> driver);
    std::shared_ptr<const ProjectSchema> schema() const;
    QLineEdit *filter() const { return m_filter; }
    QTreeView *tree() const { return m_tree; }

signals:
    void insertRequested(const QString &text);
    void loaded();

private:
    void activate(const QModelIndex &index);

    std::shared_ptr<posthog::Driver> m_driver;
    SchemaModel *m_model;
    QLineEdit *m_filter;
    QTreeView *m_tree;
    EmptyState *m_state;
    QStackedLayout *m_stack;
    QTimer m_clicked;
    std::shared_ptr<SchemaReading> m_reading; // under way or shown; of the project in m_driver
};

} // namespace ui
