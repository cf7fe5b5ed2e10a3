#pragma once

#include "driver/base/result.h"
#include "ui/shell/theme.h"

#include <QJsonObject>

namespace ui {

/// Which project the window shows. The key is kept elsewhere (the keychain), never here.
struct ProjectChoice {
    bool isDemo = true;
    QString host = "https://us.posthog.com";
    QString projectId;

    friend bool operator==(const ProjectChoice &, const ProjectChoice &) = default;
};

/// What the user has chosen; `settings.json` in the config folder.
struct Settings {
    ThemeChoice theme = ThemeChoice::System;
    double fontScale = 1;
    ProjectChoice project;

    friend bool operator==(const Settings &, const Settings &) = default;
};

/// Defaults when there is no file. Error: InvalidInput names the file, and the line or the key that does not read; nothing is then
/// taken from it, and it stays as it is.
ph::Result<Settings> loadSettings(const QString &path);

/// Error: Internal with the system's reason.
ph::Result<> saveSettings(const QString &path, const Settings &settings);

} // namespace ui
