#include "driver/localproject/import/source.h"
#include "driver/localproject/import/text_file.h"

#include <algorithm>

namespace localproject::ingest {

namespace {

std::string_view trimmed(std::string_view line)
{
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
        line.remove_suffix(1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
        line.remove_prefix(1);
    return line;
}

/// One JSON object a line. Empty lines are no records.
class JsonLines : public Source
{
public:
    JsonLines(TextFile file, EventReader &reader, const SourceOptions &options)
        : m_file(std::move(file))
        , m_reader(reader)
        , m_options(options)
        , m_at(options.from)
    {
    }

    ph::Result<bool> next(Batch &batch) override
    {
        auto lines = findLines();
        if (!lines)
            return ph::fail(lines.error());
        std::string_view rest = *lines;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = trimmed(rest.substr(0, end));
            ++m_at.line;
            if (!line.empty())
                take(line, batch);
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        if (lines->empty() && !m_tooLong)
            return false;
        m_at.offset += lines->size();
        m_block.erase(0, lines->size());
        if (m_tooLong) {
            if (const auto passed = passLongLine(batch); !passed)
                return ph::fail(passed.error());
        }
        batch.end = m_at.offset;
        batch.endLine = m_at.line;
        return true;
    }

    std::pair<std::uint64_t, std::uint64_t> progress() const override { return {m_file.packedRead(), m_file.packedSize()}; }

private:
    void take(std::string_view line, Batch &batch)
    {
        ++batch.records;
        if (m_at.line == 1 && line.starts_with("\xEF\xBB\xBF"))
            line.remove_prefix(3);
        if (auto why = m_reader.readLine(line, m_at.line, batch))
            batch.rejects.push_back({m_at.line, std::move(*why), std::string(line)});
    }

    /// The whole lines at the block's start; empty at the end, or when a line is too long (then m_tooLong).
    ph::Result<std::string_view> findLines()
    {
        for (std::size_t wanted = m_options.batchBytes;; wanted = m_block.size() * 2) {
            const auto more = m_file.fill(m_block, wanted);
            if (!more)
                return ph::fail(more.error());
            const std::size_t end = m_block.rfind('\n');
            if (!*more && m_block.size() < wanted)
                return std::string_view(m_block); // The last line need not end.
            if (end != std::string::npos)
                return std::string_view(m_block).substr(0, end + 1);
            if (m_block.size() > m_options.longestRecord) {
                m_tooLong = true;
                return std::string_view();
            }
        }
    }

    /// A line that nobody can hold: its beginning is kept aside.
    ph::Result<> passLongLine(Batch &batch)
    {
        m_tooLong = false;
        ++m_at.line;
        ++batch.records;
        batch.rejects.push_back({m_at.line, "The line is too long.", m_block.substr(0, 1000)});
        while (true) {
            const std::size_t end = m_block.find('\n');
            const std::size_t gone = end == std::string::npos ? m_block.size() : end + 1;
            m_at.offset += gone;
            m_block.erase(0, gone);
            if (end != std::string::npos)
                return {};
            const auto more = m_file.fill(m_block, m_options.batchBytes);
            if (!more)
                return ph::fail(more.error());
            if (!*more && m_block.empty())
                return {};
        }
    }

    TextFile m_file;
    EventReader &m_reader;
    SourceOptions m_options;
    std::string m_block;
    Position m_at;
    bool m_tooLong = false;
};

} // namespace

ph::Result<std::unique_ptr<Source>> openJsonLines(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options)
{
    auto text = TextFile::open(file, options.from.offset);
    if (!text)
        return ph::fail(text.error());
    return std::make_unique<JsonLines>(std::move(*text), reader, options);
}

ph::Result<Format> formatOf(const std::filesystem::path &file)
{
    std::string name = file.filename().string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name.ends_with(".parquet"))
        return Format::Parquet;
    if (name.ends_with(".gz"))
        name.resize(name.size() - 3);
    for (const char *ending : {".jsonl", ".ndjson", ".json"}) {
        if (name.ends_with(ending))
            return Format::JsonLines;
    }
    if (name.ends_with(".csv"))
        return Format::Csv;
    return ph::fail(ph::ErrorCode::InvalidInput,
                    file.string() + ": its name says no format. Known are .jsonl, .ndjson, .json, .csv (each also with .gz) and .parquet.");
}

ph::Result<std::unique_ptr<Source>> openSource(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options)
{
    const auto format = formatOf(file);
    if (!format)
        return ph::fail(format.error());
    switch (*format) {
    case Format::JsonLines:
        return openJsonLines(file, reader, options);
    case Format::Csv:
        return openCsv(file, reader, options);
    case Format::Parquet:
        break;
    }
    return openParquet(file, reader, options);
}

} // namespace localproject::ingest
