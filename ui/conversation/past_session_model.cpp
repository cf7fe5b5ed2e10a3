#include "ui/conversation/past_session_model.h"

#include "ui/conversation/visible_text.h"

#include <QDir>
#include <QLocale>

#include <algorithm>

namespace ui {

QString whenText(const QString &isoUtc, const QDateTime &now)
{
    const auto at = QDateTime::fromString(isoUtc, Qt::ISODateWithMs).toLocalTime();
    if (!at.isValid())
        return {};
    const auto time = QLocale().toString(at.time(), "HH:mm");
    const auto days = at.date().daysTo(now.date());
    if (days == 0)
        return QObject::tr("Today %1").arg(time);
    if (days == 1)
        return QObject::tr("Yesterday %1").arg(time);
    return QLocale().toString(at.date(), at.date().year() == now.date().year() ? "d MMM" : "d MMM yyyy") + ' ' + time;
}

PastSessionModel::PastSessionModel(SessionMarks &marks, QObject *parent)
    : QAbstractListModel(parent)
    , m_marks(marks)
{
    connect(&marks, &SessionMarks::changed, this, [this] {
        beginResetModel();
        apply();
        endResetModel();
    });
}

void PastSessionModel::setSessions(std::vector<PastSession> sessions)
{
    beginResetModel();
    m_all = std::move(sessions);
    apply();
    endResetModel();
}

void PastSessionModel::setFilter(const QString &filter)
{
    beginResetModel();
    m_filter = filter;
    apply();
    endResetModel();
}

void PastSessionModel::setArchived(bool isArchived)
{
    beginResetModel();
    m_isArchived = isArchived;
    apply();
    endResetModel();
}

QString PastSessionModel::titleOf(const PastSession &session) const
{
    auto title = m_marks.of(QString::fromStdString(session.runId)).title;
    if (title.isEmpty())
        title = visibleText(session.title).simplified();
    return title.isEmpty() ? tr("Session without a message") : title;
}

QString PastSessionModel::placeOf(const PastSession &session) const
{
    auto folder = visibleText(session.folder);
    if (const auto home = QDir::homePath(); folder == home)
        folder.clear();
    else if (folder.startsWith(home + '/'))
        folder.replace(0, home.size(), "~");
    QStringList words{visibleText(session.agentName), folder};
    words.removeAll(QString());
    return words.join(QString::fromUtf8(" · "));
}

void PastSessionModel::apply()
{
    m_shown.clear();
    const auto words = m_filter.split(' ', Qt::SkipEmptyParts);
    for (size_t i = 0; i < m_all.size(); ++i) {
        const auto &session = m_all[i];
        if (m_marks.of(QString::fromStdString(session.runId)).isArchived != m_isArchived)
            continue;
        const auto text = titleOf(session) + ' ' + QString::fromStdString(session.runId + ' ' + session.workflow) + ' ' + placeOf(session);
        if (std::all_of(words.begin(), words.end(), [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); }))
            m_shown.push_back(i);
    }
    std::stable_partition(m_shown.begin(), m_shown.end(), [&](size_t i) { return m_marks.of(QString::fromStdString(m_all[i].runId)).isPinned; });
}

Qt::ItemFlags PastSessionModel::flags(const QModelIndex &index) const 
{
    return index.isValid() ? QAbstractListModel::flags(index) | Qt::ItemIsEditable : Qt::NoItemFlags;
}

bool PastSessionModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    const auto title = value.toString().simplified();
    if (title == index.data().toString())
        return false;
    m_marks.rename(index.data(RunIdRole).toString(), title); // which resets this model
    return true;
}

int PastSessionModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_shown.size()); }

QVariant PastSessionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &session = m_all[m_shown[size_t(index.row())]];
    const auto runId = QString::fromStdString(session.runId);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        return titleOf(session);
    case Qt::ToolTipRole:
        return runId.toHtmlEscaped();
    case Qt::AccessibleDescriptionRole: {
        QStringList words{placeOf(session), whenText(QString::fromStdString(session.updatedAt), QDateTime::currentDateTime())};
        if (session.waits)
            words << tr("waits for an answer");
        if (m_marks.isUnread(session))
            words << tr("unread");
        if (m_marks.of(runId).isPinned)
            words << tr("pinned");
        words.removeAll(QString());
        return words.join(", ");
    }
    case RunIdRole:
        return runId;
    case WhenRole:
        return whenText(QString::fromStdString(session.updatedAt), QDateTime::currentDateTime());
    case WorkflowRole:
        return QString::fromStdString(session.workflow);
    case AgentRole:
        return QString::fromStdString(session.agent);
    case PlaceRole:
        return placeOf(session);
    case UnreadRole:
        return m_marks.isUnread(session);
    case PinnedRole:
        return m_marks.of(runId).isPinned;
    case ArchivedRole:
        return m_marks.of(runId).isArchived;
    case WaitsRole:
        return session.waits;
    default:
        return {};
    }
}

} // namespace ui
