#include "driver/localproject/import/record_names.h"
#include "driver/localproject/import/source.h"
#include "driver/localproject/import/text_file.h"

#include "driver/localproject/duckdb_json.h"

#include <simdjson.h>

#include <algorithm>

namespace localproject::ingest {

namespace {

/// Our exports put ' before cells that a spreadsheet would take for a formula; it is none of the value.
void dropFormulaGuard(std::string &cell)
{
    if (cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != std::string_view::npos)
        cell.erase(0, 1);
}

/// A CSV file (RFC 4180) with a line of names. Its records end at line ends outside of quotes.
class CsvFile : public Source
{
public:
    CsvFile(TextFile file, EventReader &reader, const SourceOptions &options)
        : m_file(std::move(file))
        , m_reader(reader)
        , m_options(options)
    {
    }

    ph::Result<> open()
    {
        const auto read = readRecord();
        if (!read)
            return ph::fail(read.error());
        if (!*read || m_cells.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, "The CSV file has no line of names.");
        if (m_cells[0].starts_with("\xEF\xBB\xBF"))
            m_cells[0].erase(0, 3);
        m_names = m_cells;
        for (const std::string &name : m_names) {
            m_members.push_back(memberOf(name));
            m_properties.emplace_back(propertyOf(name));
        }
        const bool fits = std::ranges::find(m_names, "distinct_id") != m_names.end()
            || std::ranges::find(m_names, "distinct_ids") != m_names.end() || std::ranges::find(m_names, "properties") != m_names.end()
            || std::ranges::find(m_names, "group_key") != m_names.end();
        if (!fits) {
            return ph::fail(ph::ErrorCode::InvalidInput,
                            "the first line names no distinct_id and no properties, so these are no events, persons or groups.");
        }
        // The names are read anew after a stop, the records before it are not.
        while (m_at.offset < m_options.from.offset) {
            const auto passed = readRecord();
            if (!passed)
                return ph::fail(passed.error());
            if (!*passed)
                return ph::fail(ph::ErrorCode::InvalidInput, "The CSV file is shorter than it was.");
        }
        return {};
    }

    ph::Result<bool> next(Batch &batch) override
    {
        const std::uint64_t start = m_at.offset;
        while (m_at.offset - start < m_options.batchBytes) {
            const std::uint64_t line = m_at.line + 1;
            const auto read = readRecord();
            if (!read)
                return ph::fail(read.error());
            if (!*read)
                break;
            const bool isEmptyLine = m_cells.size() == 1 && m_cells[0].empty() && !m_wasQuoted[0];
            if (!isEmptyLine)
                take(line, batch);
        }
        batch.end = m_at.offset;
        batch.endLine = m_at.line;
        return m_at.offset > start;
    }

    std::pair<std::uint64_t, std::uint64_t> progress() const override { return {m_file.packedRead(), m_file.packedSize()}; }

private:
    std::string rawRecord() const
    {
        return m_block.substr(m_recordStart, std::min<std::size_t>(m_start - m_recordStart, 1'000'000));
    }

    void take(std::uint64_t line, Batch &batch)
    {
        ++batch.records;
        const auto reject = [&](std::string why) { batch.rejects.push_back({line, std::move(why), rawRecord()}); };
        if (!m_problem.empty())
            return reject(m_problem);
        if (m_cells.size() != m_names.size()) {
            return reject("The record has " + std::to_string(m_cells.size()) + " fields, and the first line " + std::to_string(m_names.size())
                          + ".");
        }
        RecordColumns columns;
        std::string extra;
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            if (!m_members[i] && m_properties[i].empty())
                continue;
            std::string &cell = m_cells[i];
            if (!simdjson::validate_utf8(cell.data(), cell.size()))
                return reject("The text is not valid UTF-8.");
            dropFormulaGuard(cell);
            const bool isNull = cell.empty() && !m_wasQuoted[i];
            if (m_members[i] && !isNull)
                columns.*m_members[i] = cell;
            else if (!isNull)
                addProperty(extra, m_properties[i], cell);
        }
        if (!extra.empty()) {
            extra += '}';
            columns.extraProperties = extra;
        }
        if (auto why = m_reader.readColumns(columns, line, batch))
            reject(std::move(*why));
    }

    static void addProperty(std::string &object, std::string_view key, const std::string &cell)
    {
        object += object.empty() ? '{' : ',';
        duck::appendJsonText(object, key);
        object += ':';
        // Numbers, booleans and lists stand in a cell as in JSON; what is none of them is text.
        const ph::Json value = ph::Json::parse(cell, nullptr, false);
        if (!value.is_discarded() && !value.is_string())
            object += cell;
        else
            duck::appendJsonText(object, cell);
    }

    /// Moves the block on so that at least one more byte stands at m_start; false at the end of the file.
    ph::Result<bool> more()
    {
        if (m_recordStart > 0) {
            m_block.erase(0, m_recordStart);
            m_start -= m_recordStart;
            m_recordStart = 0;
        }
        const std::size_t had = m_block.size();
        const auto read = m_file.fill(m_block, had + m_options.batchBytes);
        if (!read)
            return ph::fail(read.error());
        return m_block.size() > had;
    }

    /// Takes one record apart into m_cells. False at the end.
    ph::Result<bool> readRecord()
    {
        m_cells.clear();
        m_wasQuoted.clear();
        m_problem.clear();
        m_recordStart = m_start;
        if (m_start == m_block.size()) {
            const auto read = more();
            if (!read || !*read)
                return read;
        }
        std::string cell;
        bool isQuoted = false; // inside of quotes
        bool wasQuoted = false;
        std::size_t size = 0;
        while (true) {
            if (m_start == m_block.size()) {
                const auto read = more();
                if (!read)
                    return read;
                if (!*read) {
                    if (isQuoted)
                        m_problem = "The file ends inside of quotes.";
                    endCell(cell, wasQuoted);
                    ++m_at.line;
                    break;
                }
            }
            if (isQuoted) {
                const std::size_t quote = std::min(m_block.find('"', m_start), m_block.size());
                append(cell, quote - m_start, size);
                if (m_start < m_block.size())
                    isQuoted = !endsAtQuote(cell);
                continue;
            }
            const std::size_t end = std::min(m_block.find_first_of("\",\n", m_start), m_block.size());
            append(cell, end - m_start, size);
            if (m_start == m_block.size())
                continue;
            const char c = m_block[m_start++];
            ++m_at.offset;
            if (c == '"') {
                if (cell.empty() && !wasQuoted)
                    isQuoted = wasQuoted = true;
                else
                    cell += c;
            } else if (c == ',') {
                endCell(cell, wasQuoted);
            } else {
                ++m_at.line;
                if (!cell.empty() && cell.back() == '\r')
                    cell.pop_back();
                endCell(cell, wasQuoted);
                break;
            }
        }
        return true;
    }

    void append(std::string &cell, std::size_t length, std::size_t &size)
    {
        const std::string_view part(m_block.data() + m_start, length);
        m_at.line += static_cast<std::uint64_t>(std::ranges::count(part, '\n'));
        size += length;
        if (size <= m_options.longestRecord)
            cell += part;
        else
            m_problem = "The record is too long.";
        m_start += length;
        m_at.offset += length;
    }

    /// At a quote inside of quotes: two are one of the text, one ends it. True when it ended.
    bool endsAtQuote(std::string &cell)
    {
        ++m_start;
        ++m_at.offset;
        if (m_start == m_block.size()) {
            const auto read = more();
            if (!read || !*read)
                return true;
        }
        if (m_block[m_start] != '"')
            return true;
        cell += '"';
        ++m_start;
        ++m_at.offset;
        return false;
    }

    void endCell(std::string &cell, bool &wasQuoted)
    {
        m_cells.push_back(std::move(cell));
        m_wasQuoted.push_back(wasQuoted);
        cell.clear();
        wasQuoted = false;
    }

    TextFile m_file;
    EventReader &m_reader;
    SourceOptions m_options;
    std::string m_block;
    std::size_t m_start = 0; // of what is not read yet, in the block
    std::size_t m_recordStart = 0;
    Position m_at;
    std::vector<std::string> m_names;
    std::vector<MaybeText RecordColumns::*> m_members;
    std::vector<std::string> m_properties;
    std::vector<std::string> m_cells;
    std::vector<bool> m_wasQuoted; // an empty text has quotes, null has none
    std::string m_problem;
};

} // namespace

ph::Result<std::unique_ptr<Source>> openCsv(const std::filesystem::path &file, EventReader &reader, const SourceOptions &options)
{
    auto text = TextFile::open(file, 0);
    if (!text)
        return ph::fail(text.error());
    auto csv = std::make_unique<CsvFile>(std::move(*text), reader, options);
    if (const auto opened = csv->open(); !opened)
        return ph::fail(opened.error().code, file.string() + ": " + opened.error().message);
    return csv;
}

} // namespace localproject::ingest
