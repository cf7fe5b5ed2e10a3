#include "app/resources.h"

#include <array>
#include <cstdlib>

namespace app {

std::filesystem::path resourcesDir()
{
    if (const char *given = std::getenv("HOGLET_RESOURCES"); given && *given)
        return given;
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (const auto &candidate : std::array{program.parent_path() / "share" / "hoglet", program / "resources"}) {
        if (std::filesystem::is_directory(candidate / "workflows", error))
            return candidate;
    }
    return HOGLET_SOURCE_RESOURCES;
}

} // namespace app
