#pragma once

#include <QScrollArea>

namespace ui {

class ParameterForm;

/// A run's parameters, to be changed before it runs again.
class ParameterPage : public QScrollArea
{
    Q_OBJECT

public:
    explicit ParameterPage(QWidget *parent = nullptr);

    ParameterForm *form() const { return m_form; }

signals:
    void submitted();
    void left();

private:
    ParameterForm *m_form;
};

} // namespace ui
