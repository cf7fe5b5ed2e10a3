#pragma once

#include "ui/conversation/session_marks.h"

#include <QAbstractListModel>

namespace ui {

/// The sessions that are kept, of all agents: pinned ones first, then newest first; those whose title, id, agent or folder holds the
/// filter's words. Archived ones show only where they are asked for, and then alone.
class PastSessionModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { RunIdRole = Qt::UserRole, WhenRole, WorkflowRole, AgentRole, PlaceRole, UnreadRole, PinnedRole, ArchivedRole, WaitsRole };

    /// `marks` outlives the model.
    explicit PastSessionModel(SessionMarks &marks, QObject *parent = nullptr);

    void setSessions(std::vector<PastSession> sessions);
    void setFilter(const QString &filter);
    void setArchived(bool isArchived);
    bool hasAny() const { return !m_all.empty(); } // whatever the filter

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    /// A new title; an empty one gives the session its own back.
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;

private:
    void apply();
    QString titleOf(const PastSession &session) const;
    QString placeOf(const PastSession &session) const; // "Codex · ~/src/shop"

    SessionMarks &m_marks;
    std::vector<PastSession> m_all;
    std::vector<size_t> m_shown;
    QString m_filter;
    bool m_isArchived = false;
};

/// "Today 14:05", "Yesterday 09:12", "3 Nov 2026"; local time.
QString whenText(const QString &isoUtc, const QDateTime &now);

} // namespace ui
