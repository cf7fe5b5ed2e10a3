#pragma once

#include <QDateTime>
#include <QObject>
#include <QString>

#include <optional>
#include <vector>

namespace ui {

/// One run of a query, whatever came of it.
struct HistoryEntry {
    QString text;
    QDateTime at;
    qint64 milliseconds = 0;
    std::optional<qint64> rows; // absent: it failed or was cancelled
    QString error;
};

/// What was run, newest first, kept in a file of JSON lines that only grows at its end; read back at most 500 entries.
/// Nobody has to save anything: every run is here.
class QueryHistory : public QObject
{
    Q_OBJECT

public:
    /// `path` may not exist yet; an empty one keeps the history in memory.
    explicit QueryHistory(QString path, QObject *parent = nullptr);

    void add(const HistoryEntry &entry);
    const std::vector<HistoryEntry> &entries() const { return m_entries; }

    /// The user's history file, in $XDG_DATA_HOME/hoglet.
    static QString standardPath();

    /// The one that all pages share.
    static QueryHistory &shared();

signals:
    void changed();

private:
    void read();

    QString m_path;
    std::vector<HistoryEntry> m_entries;
};

} // namespace ui
