#pragma once

#include "agent/acp/types.h"

#include <QFrame>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace ui {

class ElidedLabel;

/// The session's plan, pinned over the conversation: "3 of 9" and the current step; opens to the whole list. Hidden without a
/// plan.
class PlanView : public QFrame
{
    Q_OBJECT

public:
    explicit PlanView(QWidget *parent = nullptr);

    void setPlan(const std::vector<acp::PlanEntry> &plan);
    QString summary() const;

private:
    void rebuild();

    std::vector<acp::PlanEntry> m_plan;
    QToolButton *m_head;
    QLabel *m_count;
    ElidedLabel *m_current;
    QWidget *m_list;
    QVBoxLayout *m_rows;
    bool m_isOpen = false;
};

} // namespace ui
