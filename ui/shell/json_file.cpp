#include "ui/shell/json_file.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QLoggingCategory>
#include <QSaveFile>

namespace ui {
namespace {

Q_LOGGING_CATEGORY(logFiles, "hoglet.files", QtWarningMsg)

} // namespace

JsonFile::JsonFile(QString path)
    : m_path(std::move(path))
{
    m_writer.setMaxThreadCount(1);
}

JsonFile::~JsonFile() { flush(); }

JsonFile::Loaded JsonFile::load()
{
    Loaded loaded;
    QFile file(m_path);
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
    const auto aside = m_path + ".unreadable-" + QDateTime::currentDateTimeUtc().toString("yyyyMMdd-HHmmsszzz");
    if (QFile::rename(m_path, aside))
        loaded.setAside = aside;
    else
        qCWarning(logFiles) << m_path << "cannot be read and cannot be set aside";
    return loaded;
}

void JsonFile::save(const QJsonObject &state)
{
    auto text = QJsonDocument(state).toJson(QJsonDocument::Compact);
    if (text == m_last)
        return;
    m_last = text;
    m_writer.start([target = m_path, text = std::move(text)] {
        const auto folder = QFileInfo(target).absolutePath();
        QDir().mkpath(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QSaveFile file(target);
        const bool done = file.open(QIODevice::WriteOnly) && file.write(text) == text.size()
            && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && file.commit();
        if (!done)
            qCWarning(logFiles) << "could not write" << target << file.errorString();
    });
}

void JsonFile::flush() { m_writer.waitForDone(); }

} // namespace ui
