#pragma once

#include <QToolButton>
#include <QVBoxLayout>
#include <QWidget>

namespace ui {

/// A heading that opens and closes what is under it.
class Fold : public QWidget
{
    Q_OBJECT

public:
    Fold(const QString &title, QWidget *content, QWidget *parent = nullptr);

    bool isOpen() const { return m_button->isChecked(); }
    void setOpen(bool open) { m_button->setChecked(open); }
    QToolButton *button() const { return m_button; }

private:
    QToolButton *m_button;
};

} // namespace ui
