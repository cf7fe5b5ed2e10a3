#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;

namespace ui {

/// A short note at the bottom of its parent that goes by itself. It takes neither focus nor clicks.
class Toast : public QFrame
{
    Q_OBJECT

public:
    explicit Toast(QWidget *parent);

    void say(const QString &text);
    QString text() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();

    QLabel *m_text;
    QTimer m_timer;
};

} // namespace ui
