#pragma once

#include "ui/shell/json_file.h"
#include "ui/shell/session_store.h"

#include <QDateTime>
#include <QHash>
#include <QObject>
#include <QTimer>

namespace ui {

/// What the user has said of one session, beside its log.
struct SessionMark {
    QString title;           // empty: the session's own
    bool isPinned = false;
    bool isArchived = false;
    QDateTime seenAt;        // when it was last looked at; invalid: never

    friend bool operator==(const SessionMark &, const SessionMark &) = default;
};

/// The marks of all sessions, kept in a file. Main thread.
class SessionMarks : public QObject
{
    Q_OBJECT

public:
    /// Sessions that ended before the file was first made count as seen.
    explicit SessionMarks(const QString &path, QObject *parent = nullptr);
    ~SessionMarks() override;

    SessionMark of(const QString &runId) const { return m_marks.value(runId); }
    bool isUnread(const PastSession &session) const;

    void rename(const QString &runId, const QString &title);
    void setPinned(const QString &runId, bool isPinned);
    void setArchived(const QString &runId, bool isArchived);
    void setSeen(const QString &runId);
    void forget(const QString &runId);

signals:
    void changed();

private:
    template <typename Change>
    void change(const QString &runId, Change apply);
    void save();

    JsonFile m_file;
    QDateTime m_since;
    QHash<QString, SessionMark> m_marks;
    QTimer m_saving;
};

} // namespace ui
