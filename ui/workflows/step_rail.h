#pragma once

#include "ui/workflows/run_state.h"

#include <QAbstractListModel>
#include <QListView>

namespace ui {

/// The steps of a run as a list: state, title, the finding in a line; after them the written decision, once there is one.
class StepListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { StateRole = Qt::UserRole + 1, FindingRole, IsOldRole, IsDecisionRole, NumberRole };

    using QAbstractListModel::QAbstractListModel;

    void setRun(const RunState &run);
    int decisionRow() const { return m_hasDecision ? int(m_lines.size()) - 1 : -1; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Line {
        QString title;
        QString finding;
        StepState state = StepState::Waiting;
        bool isOld = false;
        bool isDecision = false;

        friend bool operator==(const Line &, const Line &) = default;
    };
    std::vector<Line> m_lines;
    bool m_hasDecision = false;
};

/// Shows a StepListModel.
class StepRail : public QListView
{
    Q_OBJECT

public:
    explicit StepRail(QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;
};

QString stateWord(StepState state);

} // namespace ui
