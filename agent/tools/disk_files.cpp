#include "agent/tools/files.h"

namespace tools {
namespace {

class DiskFiles final : public Files
{
public:
    explicit DiskFiles(std::vector<std::filesystem::path> roots)
        : m_files(std::move(roots), {"List it with LS", "Search it with Grep, or take a part of it with a command"})
    {
    }

    ph::Result<FileContent> read(const std::filesystem::path &path, std::stop_token stop) override { return m_files.read(path, std::move(stop)); }
    ph::Result<FileState> write(const std::filesystem::path &path, const std::string &content, const std::optional<FileState> &before,
                                std::stop_token) override
    {
        return m_files.write(path, content, before);
    }

private:
    const ph::RootedFiles m_files;
};

} // namespace

std::unique_ptr<Files> makeDiskFiles(std::vector<std::filesystem::path> roots) { return std::make_unique<DiskFiles>(std::move(roots)); }

} // namespace tools
