#pragma once

#include "ui/conversation/file_names.h"

namespace app {

/// The files of a folder as the agent's own search sees them: without what .gitignore leaves out, without links.
class FolderFiles : public ui::FileNames
{
public:
    ph::Result<Listing> list(const std::string &folder, std::size_t most, std::stop_token stop) override;
};

} // namespace app
