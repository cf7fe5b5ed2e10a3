#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace ui {

/// What stands where there is nothing to show: an icon, what it means, and what to do about it. Also the state of loading.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QWidget *parent = nullptr);

    void show(const QString &iconName, const QString &title, const QString &text, const QString &action = {});
    void showLoading(const QString &title);

signals:
    void actionTriggered();

private:
    void paintIcon();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_text;
    QProgressBar *m_progress;
    QPushButton *m_action;
};

} // namespace ui
