#include "ui/query/saved_queries.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QSaveFile>
#include <QStandardPaths>

namespace ui {

namespace {

constexpr qint64 longestQuery = 1024 * 1024; // a longer file is no query

QString fileName(const QString &name)
{
    QString plain;
    for (const QChar c : name.simplified().left(80)) {
        if (c.isPrint() && !QStringLiteral("/\\:*?\"<>|").contains(c))
            plain += c;
    }
    while (plain.startsWith('.'))
        plain.remove(0, 1);
    return plain.simplified();
}

} // namespace

SavedQueries::SavedQueries(QString folder, QObject *parent)
    : QObject(parent)
    , m_folder(std::move(folder))
{
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] {
        read();
        emit changed();
    });
    read();
}

QString SavedQueries::standardFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/hoglet/queries");
}

SavedQueries &SavedQueries::shared()
{
    static QPointer<SavedQueries> queries;
    if (!queries)
        queries = new SavedQueries(standardFolder(), QCoreApplication::instance());
    return *queries;
}

QString SavedQueries::pathOf(const QString &name) const { return m_folder + '/' + name + QStringLiteral(".hogql"); }

void SavedQueries::read()
{
    m_queries.clear();
    const QDir folder(m_folder);
    if (!folder.exists())
        return;
    if (m_watcher.directories().isEmpty())
        m_watcher.addPath(m_folder);
    for (const QFileInfo &info : folder.entryInfoList({QStringLiteral("*.hogql")}, QDir::Files | QDir::Readable, QDir::Name | QDir::IgnoreCase)) {
        QFile file(info.filePath());
        if (info.size() <= longestQuery && file.open(QIODevice::ReadOnly))
            m_queries.push_back({info.completeBaseName(), QString::fromUtf8(file.readAll()), info.lastModified()});
    }
}

QString SavedQueries::save(const QString &name, const QString &text, QString *error)
{
    const QString plain = fileName(name);
    const auto fail = [&](const QString &why) {
        if (error)
            *error = why;
        return QString();
    };
    if (plain.isEmpty())
        return fail(tr("Give the query a name first."));
    QDir().mkpath(m_folder);
    QSaveFile file(pathOf(plain));
    if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !file.commit())
        return fail(tr("The query could not be saved: %1").arg(file.errorString()));
    QFile::setPermissions(pathOf(plain), QFile::ReadOwner | QFile::WriteOwner); // queries may name people
    read();
    emit changed();
    return plain;
}

bool SavedQueries::remove(const QString &name)
{
    const QString path = pathOf(name);
    if (!QFile::moveToTrash(path) && !QFile::remove(path))
        return false;
    read();
    emit changed();
    return true;
}

} // namespace ui
