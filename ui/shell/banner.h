#pragma once

#include "driver/base/result.h"

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;

namespace ui {

/// What went wrong or should be known, in the page where it happened: icon, sentence, an action (Retry) and a cross.
/// Hidden until something is shown; one at a time, the newest wins.
class Banner : public QFrame
{
    Q_OBJECT

public:
    enum class Severity { Info, Warning, Error };

    explicit Banner(QWidget *parent = nullptr);

    /// With `run`, a button named `action` stands at the right; it hides the banner and then runs.
    void show(Severity severity, const QString &text, const QString &action = {}, std::function<void()> run = {});

    /// An error of the driver or the agent; `retry` empty: no button.
    void show(const ph::Error &error, std::function<void()> retry = {});

    void dismiss();
    QString text() const;
    Severity severity() const { return m_severity; }

signals:
    void dismissed();

private:
    Severity m_severity = Severity::Info;
    std::function<void()> m_run;
    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_action;
};

} // namespace ui
