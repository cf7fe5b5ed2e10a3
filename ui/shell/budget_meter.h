#pragma once

#include "driver/posthog/rate_budget.h"

#include <QWidget>

class QLabel;
class QProgressBar;

namespace ui {

/// How much of PostHog's limits is left, in the status line: a bar and a sentence about the class that is nearest to its end, all
/// of them on hover. Hidden where nothing limits (the demo).
class BudgetMeter : public QWidget
{
    Q_OBJECT

public:
    explicit BudgetMeter(QWidget *parent = nullptr);

    void setUse(const std::vector<posthog::BudgetUse> &use);
    QString text() const;
    bool isLow() const { return m_isLow; }

private:
    QProgressBar *m_bar;
    QLabel *m_text;
    bool m_isLow = false;
};

/// "1,182 of 2,400 queries left this hour" of the window that is nearest to its end; "Queries wait until 14:32:10 UTC" when the
/// next one may not go yet; empty when nothing limits the class.
QString budgetText(const posthog::BudgetUse &use);

/// The share that is left of the window nearest to its end, 0 to 1; 1 when nothing limits.
double budgetLeft(const posthog::BudgetUse &use);

} // namespace ui
