#include "ui/shell/document_store.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QLoggingCategory>
#include <QSaveFile>

namespace ui {
namespace {

Q_LOGGING_CATEGORY(logDocuments, "hoglet.documents", QtWarningMsg)

} // namespace

DocumentStore::DocumentStore(QString folder)
    : m_folder(std::move(folder))
{
    m_writer.setMaxThreadCount(1);
}

DocumentStore::~DocumentStore() { flush(); }

QString DocumentStore::path() const { return m_folder + "/documents.json"; }

DocumentStore::Loaded DocumentStore::load()
{
    Loaded loaded;
    QFile file(path());
    if (!file.exists())
        return loaded;
    if (file.open(QIODevice::ReadOnly)) {
        const auto text = file.readAll();
        file.close();
        const auto document = QJsonDocument::fromJson(text);
        if (document.isObject()) {
            m_last = text;
            loaded.state = document.object();
            return loaded;
        }
    }
    const auto aside = path() + ".unreadable-" + QDateTime::currentDateTimeUtc().toString("yyyyMMdd-HHmmsszzz");
    if (QFile::rename(path(), aside))
        loaded.setAside = aside;
    else
        qCWarning(logDocuments) << path() << "cannot be read and cannot be set aside";
    return loaded;
}

void DocumentStore::save(const QJsonObject &state)
{
    auto text = QJsonDocument(state).toJson(QJsonDocument::Compact);
    if (text == m_last)
        return;
    m_last = text;
    m_writer.start([folder = m_folder, target = path(), text = std::move(text)] {
        QDir().mkpath(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QSaveFile file(target);
        const bool done = file.open(QIODevice::WriteOnly) && file.write(text) == text.size()
            && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.commit();
        if (!done)
            qCWarning(logDocuments) << "could not write" << target << file.errorString();
    });
}

void DocumentStore::flush() { m_writer.waitForDone(); }

} // namespace ui
