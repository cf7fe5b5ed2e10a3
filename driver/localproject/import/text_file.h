#pragma once

#include "driver/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

struct gzFile_s;

namespace localproject::ingest {

/// A text file, or a gzip of one, read in blocks that end with whole lines.
class TextFile
{
public:
    /// Reading begins at `offset` of the text.
    static ph::Result<TextFile> open(const std::filesystem::path &file, std::uint64_t offset);

    TextFile(TextFile &&other) noexcept;
    TextFile &operator=(TextFile &&) = delete;
    ~TextFile();

    /// Reads on, until `block` (which may hold what was left over) has at least `wanted` bytes or the file ends. 64 further
    /// bytes behind it are readable. False at the end of the file.
    ph::Result<bool> fill(std::string &block, std::size_t wanted);

    std::uint64_t packedRead() const; // of the file itself
    std::uint64_t packedSize() const { return m_size; }

private:
    TextFile(gzFile_s *file, std::uint64_t size, std::filesystem::path path);

    gzFile_s *m_file;
    std::uint64_t m_size;
    std::filesystem::path m_path;
};

} // namespace localproject::ingest
