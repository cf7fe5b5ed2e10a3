#pragma once

#include "ui/workflows/run_state.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace ui {

/// The head of a run's page: which workflow, how far it is and for how long, and what can be done with the whole of it.
class RunHeader : public QWidget
{
    Q_OBJECT

public:
    explicit RunHeader(QWidget *parent = nullptr);

    /// What can be done now.
    struct May {
        bool stop = false;
        bool goOn = false;
        bool runAgain = false;
    };
    void show(const RunState &run, const QString &title, May may);

    void startClock(); // from 0; nothing when it runs
    void stopClock();

    QString statusText() const;
    QPushButton *stopButton() const { return m_stop; }
    QPushButton *goOnButton() const { return m_goOn; }

signals:
    void stopClicked();
    void goOnClicked();
    void againClicked();
    void againFromHereClicked();
    void parametersClicked();
    void exportClicked(const QString &ending); // md, html, pdf, json
    void conversationClicked();

private:
    void showStatus();

    QLabel *m_title;
    QLabel *m_status;
    QPushButton *m_stop;
    QPushButton *m_goOn;
    QToolButton *m_again;
    QToolButton *m_export;
    QProgressBar *m_progress;
    RunPhase m_phase = RunPhase::Idle;
    int m_done = 0;
    int m_count = 0;
    QElapsedTimer m_elapsed;
    qint64 m_lastMs = 0;
    QTimer m_tick;
};

} // namespace ui
