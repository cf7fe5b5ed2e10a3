#pragma once

#include <QJsonObject>
#include <QString>
#include <QThreadPool>

namespace ui {

/// A JSON object kept on disk: the open documents, the drafts. Written behind the user's back, so that an exit of any kind
/// loses at most what came after the last save().
class JsonFile
{
public:
    /// The file's folder is made when needed, mode 0700.
    explicit JsonFile(QString path);
    ~JsonFile(); // waits for the write that runs

    struct Loaded {
        QJsonObject state;  // empty when nothing was kept
        QString setAside;   // where a file that could not be read lies now; empty when all was well
    };
    Loaded load();

    /// Writes on another thread when `state` differs from what was last written; the file is replaced as a whole.
    void save(const QJsonObject &state);
    void flush();

    const QString &path() const { return m_path; }

private:
    QString m_path;
    QByteArray m_last;
    QThreadPool m_writer; // one thread: writes keep their order
};

} // namespace ui
