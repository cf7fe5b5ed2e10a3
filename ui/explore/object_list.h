#pragma once

#include "driver/posthog/driver.h"

#include <QWidget>

#include <memory>
#include <stop_token>

class QListView;
class QModelIndex;
class QStackedWidget;
class QStandardItemModel;

namespace ui {

class EmptyState;

/// The name of the icon that stands for an object.
QString objectIcon(const std::string &object);

/// The project's objects at the left of Explore, each with its count. What is current follows the user and setCurrent() alone:
/// a focus that comes to the list chooses nothing.
class ObjectList : public QWidget
{
    Q_OBJECT

public:
    explicit ObjectList(QWidget *parent = nullptr);
    ~ObjectList() override;

    /// Null: no project. Loads the list anew.
    void setDriver(std::shared_ptr<posthog::Driver> driver);
    void load();

    void setCurrent(const QString &object);
    QString current() const;

    /// "Feature flags"; of an object that is not in the list its name as words.
    QString titleOf(const QString &object) const;

    QListView *view() const { return m_view; }

signals:
    void chosen(const QString &object); // by the user
    void loaded();

private:
    void take(const std::vector<posthog::ObjectInfo> &objects);

    std::shared_ptr<posthog::Driver> m_driver;
    QStandardItemModel *m_objects;
    QListView *m_view;
    EmptyState *m_state;
    QStackedWidget *m_stack;
    QString m_current;
    bool m_isSetting = false; // what changes now is not the user's choice
    std::stop_source m_stop;
};

} // namespace ui
