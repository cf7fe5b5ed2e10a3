#include "ui/shell/settings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSaveFile>

namespace ui {
namespace {

constexpr const char *themeNames[] = {"system", "dark", "light"};

ph::Result<QString> textIn(const QJsonObject &object, const QString &key, const QString &otherwise, const QString &file)
{
    const auto value = object.value(key);
    if (value.isUndefined() || value.isNull())
        return otherwise;
    if (!value.isString())
        return ph::fail(ph::ErrorCode::InvalidInput, QString("%1: \"%2\" must be a text.").arg(file, key).toStdString());
    return value.toString();
}

} // namespace

ph::Result<Settings> loadSettings(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return Settings{};
    if (!file.open(QIODevice::ReadOnly))
        return ph::fail(ph::ErrorCode::InvalidInput, QString("%1: %2").arg(path, file.errorString()).toStdString());
    const auto text = file.readAll();
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(text, &problem);
    if (!document.isObject()) {
        const auto line = text.left(problem.offset).count('\n') + 1;
        return ph::fail(ph::ErrorCode::InvalidInput,
                        QString("%1, line %2: %3.").arg(path).arg(line).arg(problem.error ? problem.errorString() : "not an object").toStdString());
    }
    const auto object = document.object();
    Settings settings;
    const auto theme = textIn(object, "theme", "system", path);
    if (!theme)
        return ph::fail(theme.error());
    const auto known = std::find(std::begin(themeNames), std::end(themeNames), *theme);
    if (known == std::end(themeNames))
        return ph::fail(ph::ErrorCode::InvalidInput, QString("%1: \"theme\" is \"system\", \"dark\" or \"light\".").arg(path).toStdString());
    settings.theme = ThemeChoice(known - std::begin(themeNames));
    settings.fontScale = std::clamp(object.value("fontScale").toDouble(1), 0.8, 2.0);
    const auto project = object.value("project").toObject();
    const auto kind = textIn(project, "kind", "demo", path);
    const auto host = textIn(project, "host", settings.project.host, path);
    const auto id = textIn(project, "id", {}, path);
    for (const auto *read : {&kind, &host, &id}) {
        if (!*read)
            return ph::fail(read->error());
    }
    settings.project.isDemo = *kind != "posthog";
    settings.project.host = *host;
    settings.project.projectId = *id;
    return settings;
}

ph::Result<> saveSettings(const QString &path, const Settings &settings)
{
    // Keys that this version does not know stay in the file.
    QFile old(path);
    auto object = old.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(old.readAll()).object() : QJsonObject();
    object["theme"] = themeNames[int(settings.theme)];
    object["fontScale"] = settings.fontScale;
    object["project"] = QJsonObject{{"kind", settings.project.isDemo ? "demo" : "posthog"},
                                    {"host", settings.project.host},
                                    {"id", settings.project.projectId}};
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    const auto text = QJsonDocument(object).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return ph::fail(ph::ErrorCode::Internal, QString("%1 could not be written: %2").arg(path, file.errorString()).toStdString());
    return {};
}

} // namespace ui
