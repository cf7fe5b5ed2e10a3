#pragma once

#include <QString>

namespace app {

class Desktop;

/// Writes pictures of the pages, dark and light, into `folder` once the project is connected. Returns the program's exit code.
int takeScreenshots(Desktop &desktop, const QString &folder);

} // namespace app
