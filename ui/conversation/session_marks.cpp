#include "ui/conversation/session_marks.h"

namespace ui {
namespace {

QDateTime timeIn(const QJsonValue &value) { return QDateTime::fromString(value.toString(), Qt::ISODateWithMs); }
QString textOf(const QDateTime &time) { return time.isValid() ? time.toUTC().toString(Qt::ISODateWithMs) : QString(); }

} // namespace

SessionMarks::SessionMarks(const QString &path, QObject *parent)
    : QObject(parent)
    , m_file(path)
{
    const auto state = m_file.load().state;
    m_since = timeIn(state["since"]);
    if (!m_since.isValid())
        m_since = QDateTime::currentDateTimeUtc();
    const auto sessions = state["sessions"].toObject();
    for (auto it = sessions.begin(); it != sessions.end(); ++it) {
        const auto mark = it.value().toObject();
        m_marks[it.key()] = {mark["title"].toString(), mark["pinned"].toBool(), mark["archived"].toBool(), timeIn(mark["seen"])};
    }
    m_saving.setSingleShot(true);
    m_saving.setInterval(500);
    connect(&m_saving, &QTimer::timeout, this, &SessionMarks::save);
}

SessionMarks::~SessionMarks() { save(); }

bool SessionMarks::isUnread(const PastSession &session) const
{
    const auto at = QDateTime::fromString(QString::fromStdString(session.updatedAt), Qt::ISODateWithMs);
    const auto seen = of(QString::fromStdString(session.runId)).seenAt;
    return at.isValid() && at > (seen.isValid() ? seen : m_since);
}

template <typename Change>
void SessionMarks::change(const QString &runId, Change apply)
{
    if (runId.isEmpty())
        return;
    auto mark = of(runId);
    apply(mark);
    if (mark == m_marks.value(runId))
        return;
    m_marks[runId] = mark;
    m_saving.start();
    emit changed();
}

void SessionMarks::rename(const QString &runId, const QString &title)
{
    change(runId, [&](SessionMark &mark) { mark.title = title.simplified(); });
}

void SessionMarks::setPinned(const QString &runId, bool isPinned)
{
    change(runId, [&](SessionMark &mark) { mark.isPinned = isPinned; });
}

void SessionMarks::setArchived(const QString &runId, bool isArchived)
{
    change(runId, [&](SessionMark &mark) { mark.isArchived = isArchived; });
}

void SessionMarks::setSeen(const QString &runId)
{
    change(runId, [](SessionMark &mark) { mark.seenAt = QDateTime::currentDateTimeUtc(); });
}

void SessionMarks::forget(const QString &runId)
{
    if (m_marks.remove(runId) == 0)
        return;
    m_saving.start();
    emit changed();
}

void SessionMarks::save()
{
    QJsonObject sessions;
    for (auto it = m_marks.begin(); it != m_marks.end(); ++it) {
        QJsonObject mark;
        if (!it->title.isEmpty())
            mark["title"] = it->title;
        if (it->isPinned)
            mark["pinned"] = true;
        if (it->isArchived)
            mark["archived"] = true;
        if (it->seenAt.isValid())
            mark["seen"] = textOf(it->seenAt);
        sessions[it.key()] = mark;
    }
    m_file.save({{"since", textOf(m_since)}, {"sessions", sessions}});
}

} // namespace ui
