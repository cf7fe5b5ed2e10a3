#include "ui/query/query_history.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QStandardPaths>

namespace ui {

namespace {

constexpr std::size_t maximumEntries = 500;
constexpr qint64 longestFile = 4 * 1024 * 1024; // of which only the end is read

QJsonObject jsonOf(const HistoryEntry &entry)
{
    QJsonObject json{{"text", entry.text}, {"at", entry.at.toUTC().toString(Qt::ISODateWithMs)}, {"ms", entry.milliseconds}};
    if (entry.rows)
        json["rows"] = *entry.rows;
    if (!entry.error.isEmpty())
        json["error"] = entry.error;
    return json;
}

HistoryEntry entryOf(const QJsonObject &json)
{
    HistoryEntry entry{json["text"].toString(), QDateTime::fromString(json["at"].toString(), Qt::ISODateWithMs),
                       json["ms"].toInteger(), std::nullopt, json["error"].toString()};
    if (json.contains("rows"))
        entry.rows = json["rows"].toInteger();
    return entry;
}

} // namespace

QueryHistory::QueryHistory(QString path, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
{
    read();
}

QString QueryHistory::standardPath()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/hoglet/query-history.ndjson");
}

QueryHistory &QueryHistory::shared()
{
    static QPointer<QueryHistory> history;
    if (!history)
        history = new QueryHistory(standardPath(), QCoreApplication::instance());
    return *history;
}

void QueryHistory::read()
{
    QFile file(m_path);
    if (m_path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return;
    if (file.size() > longestFile) {
        file.seek(file.size() - longestFile);
        file.readLine(); // the rest of a line that was cut
    }
    while (!file.atEnd()) {
        const QJsonObject json = QJsonDocument::fromJson(file.readLine()).object(); // a torn last line reads as {}
        if (!json["text"].toString().isEmpty())
            m_entries.insert(m_entries.begin(), entryOf(json));
        if (m_entries.size() > maximumEntries)
            m_entries.pop_back();
    }
}

void QueryHistory::add(const HistoryEntry &entry)
{
    m_entries.insert(m_entries.begin(), entry);
    if (m_entries.size() > maximumEntries)
        m_entries.pop_back();
    if (!m_path.isEmpty()) {
        QDir().mkpath(QFileInfo(m_path).path());
        QFile file(m_path);
        if (file.open(QIODevice::Append)) {
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner); // queries may name people
            file.write(QJsonDocument(jsonOf(entry)).toJson(QJsonDocument::Compact) + '\n');
        } else {
            qWarning("query history: %s", qPrintable(file.errorString()));
        }
    }
    emit changed();
}

} // namespace ui
