#pragma once

#include "driver/base/result.h"

#include <QJsonObject>
#include <QString>
#include <QThreadPool>

namespace ui {

/// Keeps the window's documents on disk, so that an exit of any kind loses at most the last second.
class DocumentStore
{
public:
    /// `folder` is made when needed, mode 0700.
    explicit DocumentStore(QString folder);
    ~DocumentStore(); // waits for the write that runs

    struct Loaded {
        QJsonObject state;  // empty when nothing was kept
        QString setAside;   // where a file that could not be read lies now; empty when all was well
    };
    Loaded load();

    /// Writes on another thread when `state` differs from what was last written; the file is replaced as a whole.
    void save(const QJsonObject &state);
    void flush();

    QString path() const;

private:
    QString m_folder;
    QByteArray m_last;
    QThreadPool m_writer; // one thread: writes keep their order
};

} // namespace ui
