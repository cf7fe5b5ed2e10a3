#pragma once

#include "driver/base/result.h"

#include <QString>
#include <QStringList>

namespace app {

/// What the command line of `hoglet` asks for.
struct DesktopOptions {
    bool help = false;
    bool version = false;
    QString project;        // "demo", or empty: as in the settings
    bool newQuery = false;
    QString workflow;       // opens this one's form
    QString screenshots;    // a folder: pictures of the pages, then the end
    bool sayFirstPaint = false;
};

/// `arguments` without the program's name. Qt's own (-platform, -style, …) have a value each and are passed over.
/// Error: InvalidInput names the argument.
ph::Result<DesktopOptions> readDesktopOptions(const QStringList &arguments);

QString desktopHelp();

} // namespace app
