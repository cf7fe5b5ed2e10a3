#include "driver/base/atomic_file.h"

#include "driver/base/descriptor.h"
#include "driver/base/ids.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ph {

namespace {

tl::unexpected<Error> cannotWrite(const std::filesystem::path &path, int error)
{
    return fail(ErrorCode::Internal, "Cannot write " + path.string() + ": " + systemReason(error) + ".");
}

int writeTemporary(const std::filesystem::path &path, std::string_view content, unsigned mode)
{
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.isOpen())
        return errno;
    if (const int error = writeAll(file.get(), content))
        return error;
    if (::fsync(file.get()) != 0)
        return errno;
    return file.close() == 0 ? 0 : errno;
}

void syncFolder(const std::filesystem::path &folder)
{
    const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.isOpen())
        ::fsync(opened.get()); // Some file systems refuse it; the rename is done either way.
}

} // namespace

Result<> writeFileAtomically(const std::filesystem::path &path, std::string_view content, unsigned mode)
{
    const std::filesystem::path temporary = path.string() + "." + randomHex(6) + ".tmp";
    int error = writeTemporary(temporary, content, mode);
    if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0)
        error = errno;
    if (error != 0) {
        ::unlink(temporary.c_str());
        return cannotWrite(path, error);
    }
    syncFolder(path.parent_path());
    return {};
}

Result<std::string> readFile(const std::filesystem::path &path, std::size_t maximumBytes)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen()) {
        return fail(errno == ENOENT || errno == ENOTDIR ? ErrorCode::NotFound : ErrorCode::Internal,
                    "Cannot read " + path.string() + ": " + systemReason(errno) + ".");
    }
    std::string content;
    for (char buffer[64 * 1024];;) {
        const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
        if (got == 0)
            return content;
        if (got < 0) {
            if (errno == EINTR)
                continue;
            return fail(ErrorCode::Internal, "Cannot read " + path.string() + ": " + systemReason(errno) + ".");
        }
        content.append(buffer, static_cast<std::size_t>(got));
        if (content.size() > maximumBytes)
            return fail(ErrorCode::Internal, path.string() + " is longer than " + std::to_string(maximumBytes) + " bytes.");
    }
}

} // namespace ph
