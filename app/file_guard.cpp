#include "app/file_guard.h"

#include "agent/permissions/protected_paths.h"

namespace app {

std::string whyProtected(const std::filesystem::path &path, ui::FileAccess access)
{
    const auto protection = permissions::protectionOf(path);
    if (protection.guard == permissions::Guard::Everything)
        return path.string() + " may hold secrets (" + protection.name + "): it is neither read nor written for an agent.";
    if (protection.guard == permissions::Guard::Changes && access == ui::FileAccess::Write)
        return path.string() + " is protected (" + protection.name + "), because it decides what runs later: it is not written for an agent.";
    return {};
}

} // namespace app
