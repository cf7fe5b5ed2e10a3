#pragma once

#include "ui/workflows/run_state.h"

#include <QWidget>

class QTextBrowser;

namespace ui {

/// What a run has come to: the written decision, what to keep in mind, and the findings it rests on.
class DecisionView : public QWidget
{
    Q_OBJECT

public:
    explicit DecisionView(QWidget *parent = nullptr);

    void show(const RunState &run);
    QString text() const;

private:
    QTextBrowser *m_text;
    QString m_shown;
};

} // namespace ui
