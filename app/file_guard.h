#pragma once

#include "ui/conversation/client_files.h"

namespace app {

/// Keeps agents that use the window's fs/* methods from what is protected (agent/permissions/protected_paths.h): secrets are neither
/// read nor written, and what runs later or says what may run is not written. A ui::FileGuard.
std::string whyProtected(const std::filesystem::path &path, ui::FileAccess access);

} // namespace app
