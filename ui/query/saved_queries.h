#pragma once

#include <QDateTime>
#include <QFileSystemWatcher>
#include <QObject>
#include <QString>

#include <vector>

namespace ui {

/// A query that somebody gave a name: a plain file NAME.hogql, so that a folder of them can be kept in git and shared.
struct SavedQuery {
    QString name;
    QString text;
    QDateTime changed;
};

/// The saved queries of one folder, by name. What changes in the folder from outside is read anew.
class SavedQueries : public QObject
{
    Q_OBJECT

public:
    /// `folder` is made when something is saved.
    explicit SavedQueries(QString folder, QObject *parent = nullptr);

    const std::vector<SavedQuery> &queries() const { return m_queries; }
    const QString &folder() const { return m_folder; }

    /// Writes the query, over an older one of that name. Returns the name it has now (characters that a file name cannot hold are
    /// left out), or an empty one, with `error` saying why, when it could not be written.
    QString save(const QString &name, const QString &text, QString *error = nullptr);
    /// Moves the file to the desktop's trash, else deletes it. False when neither worked.
    bool remove(const QString &name);

    /// The user's folder, $XDG_DATA_HOME/hoglet/queries.
    static QString standardFolder();
    /// The one that all pages share.
    static SavedQueries &shared();

signals:
    void changed();

private:
    void read();
    QString pathOf(const QString &name) const;

    QString m_folder;
    QFileSystemWatcher m_watcher;
    std::vector<SavedQuery> m_queries;
};

} // namespace ui
