#include "driver/localproject/import/text_file.h"

#include <cerrno>
#include <system_error>
#include <utility>
#include <zlib.h>

namespace localproject::ingest {

TextFile::TextFile(gzFile_s *file, std::uint64_t size, std::filesystem::path path)
    : m_file(file)
    , m_size(size)
    , m_path(std::move(path))
{
}
TextFile::TextFile(TextFile &&other) noexcept
    : m_file(std::exchange(other.m_file, nullptr))
    , m_size(other.m_size)
    , m_path(std::move(other.m_path))
{
}
TextFile::~TextFile()
{
    if (m_file)
        gzclose(m_file);
}

ph::Result<TextFile> TextFile::open(const std::filesystem::path &file, std::uint64_t offset)
{
    std::error_code problem;
    if (!std::filesystem::is_regular_file(file, problem))
        return ph::fail(ph::ErrorCode::NotFound, file.string() + " is no file that can be read.");
    gzFile opened = gzopen(file.c_str(), "rbe"); // Reads plain files as they are.
    if (!opened)
        return ph::fail(ph::ErrorCode::NotFound, file.string() + " cannot be read: " + std::generic_category().message(errno) + ".");
    gzbuffer(opened, 512 * 1024);
    TextFile text(opened, std::filesystem::file_size(file, problem), file);
    if (offset > 0 && gzseek(opened, static_cast<z_off_t>(offset), SEEK_SET) < 0)
        return ph::fail(ph::ErrorCode::InvalidInput, file.string() + " is shorter than it was.");
    return text;
}

ph::Result<bool> TextFile::fill(std::string &block, std::size_t wanted)
{
    constexpr std::size_t padding = 64;
    if (block.size() >= wanted)
        return true;
    const std::size_t had = block.size();
    block.reserve(wanted + padding);
    block.resize(wanted);
    const int read = gzread(m_file, block.data() + had, static_cast<unsigned>(wanted - had));
    if (read < 0) {
        int code = 0;
        const char *why = gzerror(m_file, &code);
        block.resize(had);
        return ph::fail(ph::ErrorCode::InvalidInput, m_path.string() + " cannot be read on: " + (why ? why : "damaged") + ".");
    }
    block.resize(had + static_cast<std::size_t>(read));
    int code = 0;
    gzerror(m_file, &code);
    if (block.size() < wanted && code == Z_BUF_ERROR)
        return ph::fail(ph::ErrorCode::InvalidInput, m_path.string() + " ends in the middle: it is not whole.");
    return read > 0;
}

std::uint64_t TextFile::packedRead() const { return static_cast<std::uint64_t>(std::max<z_off_t>(0, gzoffset(m_file))); }

} // namespace localproject::ingest
