#pragma once

#include <filesystem>

namespace app {

/// Where resources/ is at run time: $HOGLET_RESOURCES, else share/hoglet beside the program's folder (an installed program), else
/// resources beside the program (a bundle), else the source tree that it was built from.
std::filesystem::path resourcesDir();

} // namespace app
