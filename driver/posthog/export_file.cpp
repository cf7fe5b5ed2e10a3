#include "driver/posthog/export_file.h"

#include "driver/base/atomic_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace posthog {

namespace {

tl::unexpected<ph::Error> cannot(const char *what, const std::filesystem::path &path, int error)
{
    const std::string reason = error == ENOSPC ? "no space left on the disk"
        : error == EDQUOT                      ? "the disk quota is used up"
        : error == EFBIG                       ? "the file may not grow any more"
                                               : std::generic_category().message(error);
    return ph::fail(ph::ErrorCode::Internal, std::string("Cannot ") + what + " " + path.string() + ": " + reason + ".");
}

/// Closed with its scope.
struct Descriptor {
    int fd = -1;

    Descriptor() = default;
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor()
    {
        if (fd >= 0)
            ::close(fd);
    }
};

int writeAll(int fd, const char *data, std::size_t size)
{
    while (size > 0) {
        const ssize_t written = ::write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    return 0;
}

class Sum
{
public:
    Sum()
        : m_context(EVP_MD_CTX_new(), EVP_MD_CTX_free)
    {
        EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
    }
    void add(const void *data, std::size_t size) { EVP_DigestUpdate(m_context.get(), data, size); }
    std::string hex()
    {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned length = 0;
        EVP_DigestFinal_ex(m_context.get(), digest, &length);
        std::string text;
        for (unsigned i = 0; i < length; ++i) {
            text += "0123456789abcdef"[digest[i] >> 4];
            text += "0123456789abcdef"[digest[i] & 15];
        }
        return text;
    }

private:
    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX *)> m_context;
};

/// Adds `size` bytes of the file, or all of it, to the sum. The errno of what failed, ECANCELED when `onBytes` said no, or 0; `size` becomes
/// what was read.
int addFile(int fd, Sum &sum, std::int64_t &size, const std::function<bool(std::string_view)> &onBytes = {})
{
    std::string buffer(256 * 1024, '\0');
    std::int64_t at = 0;
    while (at < size) {
        const ssize_t got = ::pread(fd, buffer.data(), std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(size - at)), at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        sum.add(buffer.data(), static_cast<std::size_t>(got));
        if (onBytes && !onBytes({buffer.data(), static_cast<std::size_t>(got)}))
            return ECANCELED;
        at += got;
    }
    size = at;
    return 0;
}

} // namespace

class ExportFile::Impl
{
public:
    explicit Impl(ExportPaths paths)
        : m_paths(std::move(paths))
    {
    }

    ph::Result<> open(const ExportState &state)
    {
        m_data.fd = ::open(m_paths.part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_data.fd < 0)
            return cannot("open", m_paths.part, errno);
        if (::flock(m_data.fd, LOCK_EX | LOCK_NB) != 0)
            return ph::fail(ph::ErrorCode::InvalidInput, "Another program is writing " + m_paths.target.string() + " just now.");
        m_list.fd = ::open(m_paths.uuids.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_list.fd < 0)
            return cannot("open", m_paths.uuids, errno);
        struct stat data = {};
        struct stat list = {};
        if (::fstat(m_data.fd, &data) != 0 || ::fstat(m_list.fd, &list) != 0)
            return cannot("read", m_paths.part, errno);
        const auto listBytes = state.uuids * static_cast<std::int64_t>(sizeof(Uuid));
        if (data.st_size < state.bytes || list.st_size < listBytes) {
            return ph::fail(ph::ErrorCode::InvalidInput,
                            m_paths.part.string() + " is not as it was left. Begin the export anew.");
        }
        // What was written behind the last checkpoint is written again.
        if ((data.st_size > state.bytes && ::ftruncate(m_data.fd, state.bytes) != 0)
            || (list.st_size > listBytes && ::ftruncate(m_list.fd, listBytes) != 0))
            return cannot("write", m_paths.part, errno);
        std::int64_t summed = state.bytes;
        if (const int error = addFile(m_data.fd, m_sum, summed))
            return cannot("read", m_paths.part, error);
        ::lseek(m_data.fd, state.bytes, SEEK_SET);
        ::lseek(m_list.fd, listBytes, SEEK_SET);
        m_bytes = state.bytes;
        m_uuids = state.uuids;
        m_keptBytes = m_bytes;
        m_keeper = std::jthread([this](std::stop_token stop) { keep(stop); });
        m_writer = std::jthread([this](std::stop_token stop) { write(stop); });
        return {};
    }

    ph::Result<> put(std::string &bytes, std::vector<Uuid> uuids, ExportState &state)
    {
        m_bytes += static_cast<std::int64_t>(bytes.size());
        m_uuids += static_cast<std::int64_t>(uuids.size());
        state.bytes = m_bytes;
        state.uuids = m_uuids;
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_error || !m_page; });
        if (m_error)
            return ph::fail(*m_error);
        m_page = Page{std::move(bytes), std::move(uuids), state};
        bytes = std::exchange(m_spare, {});
        m_changed.notify_all();
        return {};
    }

    /// Waits until everything is written; with `kept`, until the last checkpoint names it.
    ph::Result<> settle(bool kept)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_error || (!m_page && !m_isWriting && (!kept || (!m_next && !m_isKeeping))); });
        if (m_error)
            return ph::fail(*m_error);
        return {};
    }

    const ExportPaths m_paths;
    Descriptor m_data;
    Descriptor m_list;
    Sum m_sum;
    std::int64_t m_bytes = 0;
    std::int64_t m_uuids = 0;

private:
    struct Page {
        std::string bytes;
        std::vector<Uuid> uuids;
        ExportState state;
    };

    ph::Result<> writeOne(const Page &page)
    {
        if (const int error = writeAll(m_data.fd, page.bytes.data(), page.bytes.size()))
            return cannot("write", m_paths.part, error);
        if (const int error = writeAll(m_list.fd, reinterpret_cast<const char *>(page.uuids.data()), page.uuids.size() * sizeof(Uuid)))
            return cannot("write", m_paths.uuids, error);
        m_sum.add(page.bytes.data(), page.bytes.size());
        return {};
    }

    void write(const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        while (m_changed.wait(lock, stop, [this] { return m_page.has_value(); })) {
            Page page = *std::exchange(m_page, std::nullopt);
            m_isWriting = true;
            m_changed.notify_all();
            lock.unlock();
            const auto written = writeOne(page);
            page.bytes.clear();
            lock.lock();
            m_spare = std::move(page.bytes);
            if (written) {
                m_changed.wait(lock, [&] { return m_error || page.state.bytes - m_keptBytes <= unkept; });
                m_next = std::move(page.state);
            } else if (!m_error) {
                m_error = written.error();
            }
            m_isWriting = false;
            m_changed.notify_all();
        }
    }

    ph::Result<> keepOne(const ExportState &state)
    {
        if (::fdatasync(m_data.fd) != 0)
            return cannot("write", m_paths.part, errno);
        if (::fdatasync(m_list.fd) != 0)
            return cannot("write", m_paths.uuids, errno);
        return ph::writeFileAtomically(m_paths.checkpoint, ph::Json(state).dump());
    }

    void keep(const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        while (m_changed.wait(lock, stop, [this] { return m_next.has_value(); })) {
            const ExportState state = *std::exchange(m_next, std::nullopt);
            m_isKeeping = true;
            lock.unlock();
            const auto kept = keepOne(state);
            lock.lock();
            m_isKeeping = false;
            if (kept)
                m_keptBytes = state.bytes;
            else if (!m_error)
                m_error = kept.error();
            m_changed.notify_all();
        }
    }

    std::mutex m_mutex; // Guards the seven below.
    std::optional<Page> m_page; // to be written
    std::string m_spare; // written, and empty again
    bool m_isWriting = false;
    std::optional<ExportState> m_next; // to be kept
    bool m_isKeeping = false;
    std::int64_t m_keptBytes = 0;
    std::optional<ph::Error> m_error;
    std::condition_variable_any m_changed;
    std::jthread m_keeper;
    std::jthread m_writer; // ends first; both finish what was handed over before
};

ExportFile::ExportFile(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

ExportFile::ExportFile(ExportFile &&) noexcept = default;
ExportFile &ExportFile::operator=(ExportFile &&) noexcept = default;
ExportFile::~ExportFile() = default;

ph::Result<ExportFile> ExportFile::open(const ExportPaths &paths, const ExportState &state)
{
    auto impl = std::make_unique<Impl>(paths);
    if (const auto opened = impl->open(state); !opened)
        return ph::fail(opened.error());
    return ExportFile(std::move(impl));
}

ph::Result<> ExportFile::put(std::string &bytes, std::vector<Uuid> uuids, ExportState &state)
{
    return m_impl->put(bytes, std::move(uuids), state);
}

std::int64_t ExportFile::bytes() const { return m_impl->m_bytes; }

ph::Result<> ExportFile::readUuids(std::int64_t from, const std::function<void(const Uuid &)> &onUuid)
{
    if (const auto written = m_impl->settle(false); !written)
        return written;
    std::vector<Uuid> buffer(16 * 1024);
    for (std::int64_t at = from; at < m_impl->m_uuids;) {
        const auto count = std::min<std::int64_t>(static_cast<std::int64_t>(buffer.size()), m_impl->m_uuids - at);
        const auto size = static_cast<std::size_t>(count) * sizeof(Uuid);
        if (::pread(m_impl->m_list.fd, buffer.data(), size, at * static_cast<std::int64_t>(sizeof(Uuid))) != static_cast<ssize_t>(size))
            return cannot("read", m_impl->m_paths.uuids, errno);
        for (std::int64_t i = 0; i < count; ++i)
            onUuid(buffer[static_cast<std::size_t>(i)]);
        at += count;
    }
    return {};
}

ph::Result<std::string> ExportFile::finish()
{
    if (const auto settled = m_impl->settle(true); !settled)
        return ph::fail(settled.error());
    return m_impl->m_sum.hex();
}

ph::Result<> ExportFile::publish()
{
    const ExportPaths &paths = m_impl->m_paths;
    if (::rename(paths.part.c_str(), paths.target.c_str()) != 0)
        return cannot("write", paths.target, errno);
    std::error_code ignored; // left over, they are taken for an export of which nothing is written yet
    std::filesystem::remove(paths.checkpoint, ignored);
    std::filesystem::remove(paths.uuids, ignored);
    return {};
}

ph::Result<std::string> sha256Of(const std::filesystem::path &path, const std::function<bool(std::string_view)> &onBytes)
{
    Descriptor file;
    file.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file.fd < 0 && errno == ENOENT)
        return ph::fail(ph::ErrorCode::NotFound, path.string() + " is missing.");
    if (file.fd < 0)
        return cannot("read", path, errno);
    Sum sum;
    std::int64_t size = std::numeric_limits<std::int64_t>::max();
    const int error = addFile(file.fd, sum, size, onBytes);
    if (error == ECANCELED)
        return ph::fail(ph::ErrorCode::Cancelled, "Reading " + path.string() + " was cancelled.");
    if (error)
        return cannot("read", path, error);
    return sum.hex();
}

} // namespace posthog
