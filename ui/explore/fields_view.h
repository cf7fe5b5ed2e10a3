#pragma once

#include "driver/posthog/driver.h"

#include <QStackedWidget>

#include <memory>
#include <stop_token>

namespace ui {

class EmptyState;
class ResultGrid;
class ResultModel;

/// What an object's rows can hold: each field with its type and a value seen in the project.
class FieldsView : public QStackedWidget
{
    Q_OBJECT

public:
    explicit FieldsView(QWidget *parent = nullptr);
    ~FieldsView() override;

    void setDriver(std::shared_ptr<posthog::Driver> driver);
    void showFieldsOf(const std::string &object); // asks only when these are not shown already

    ResultModel *model() const { return m_fields; }
    ResultGrid *grid() const { return m_grid; }

private:
    std::shared_ptr<posthog::Driver> m_driver;
    ResultModel *m_fields;
    ResultGrid *m_grid;
    EmptyState *m_state;
    std::string m_wanted;
    std::string m_shown;
    std::stop_source m_stop;
};

} // namespace ui
