#include "ui/query/copy_formats.h"

#include <QSaveFile>

#include <algorithm>

namespace ui {

namespace {

std::string valueText(const ph::Json &cell)
{
    if (cell.is_null())
        return {};
    if (cell.is_string())
        return cell.get_ref<const std::string &>();
    return cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
}

/// Spreadsheets run a text that starts so as a formula (OWASP, "CSV Injection").
bool looksLikeFormula(const std::string &text)
{
    return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

std::string separatedText(const ph::Json &cell, char separator)
{
    std::string text = valueText(cell);
    if (cell.is_string() && looksLikeFormula(text))
        text.insert(text.begin(), '\'');
    if (text.find_first_of(std::string("\"\r\n") + separator) == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string markdownText(const ph::Json &cell)
{
    std::string escaped;
    for (const char c : valueText(cell)) {
        if (c == '|' || c == '\\' || c == '`' || c == '<' || c == '*' || c == '_' || c == '[')
            escaped += '\\';
        if (c == '\n')
            escaped += "<br>";
        else if (c != '\r')
            escaped += c;
    }
    return escaped;
}

/// Object keys have to differ, or a column would be lost: count(), count() 2.
std::vector<std::string> uniqueNames(const posthog::Table &table, std::span<const int> columns)
{
    std::vector<std::string> names;
    for (const int column : columns) {
        const std::string &base = table.columns[std::size_t(column)].name;
        std::string name = base;
        for (int n = 2; std::find(names.begin(), names.end(), name) != names.end(); ++n)
            name = base + " " + std::to_string(n);
        names.push_back(name);
    }
    return names;
}

class RowWriter
{
public:
    RowWriter(const posthog::Table &table, std::span<const int> columns, CopyFormat format)
        : m_table(table)
        , m_columns(columns)
        , m_format(format)
        , m_names(uniqueNames(table, columns))
    {
    }

    std::string head() const
    {
        switch (m_format) {
        case CopyFormat::Json:
            return "[";
        case CopyFormat::Markdown: {
            std::string text = "|", rule = "|";
            for (std::size_t i = 0; i < m_columns.size(); ++i) {
                const auto kind = m_table.columns[std::size_t(m_columns[i])].kind();
                const bool right = kind == posthog::ColumnKind::Integer || kind == posthog::ColumnKind::Float;
                text += " " + markdownText(m_table.columns[std::size_t(m_columns[i])].name) + " |";
                rule += right ? " ---: |" : " --- |";
            }
            return text + "\n" + rule + "\n";
        }
        default:
            return line([&](std::size_t i) { return ph::Json(m_table.columns[std::size_t(m_columns[i])].name); });
        }
    }

    std::string row(std::uint32_t row, bool first) const
    {
        const auto &cells = m_table.rows[row];
        switch (m_format) {
        case CopyFormat::Json: {
            std::string text = first ? "\n  {" : ",\n  {";
            for (std::size_t i = 0; i < m_columns.size(); ++i) {
                text += i ? ", " : "";
                text += dump(m_names[i]) + ": " + dump(cells[std::size_t(m_columns[i])]);
            }
            return text + "}";
        }
        case CopyFormat::Markdown: {
            std::string text = "|";
            for (const int column : m_columns)
                text += " " + markdownText(cells[std::size_t(column)]) + " |";
            return text + "\n";
        }
        default:
            return line([&](std::size_t i) -> const ph::Json & { return cells[std::size_t(m_columns[i])]; });
        }
    }

    std::string tail() const { return m_format == CopyFormat::Json ? "\n]\n" : ""; }

private:
    static std::string dump(const ph::Json &json) { return json.dump(-1, ' ', false, ph::Json::error_handler_t::replace); }

    template <typename CellOf>
    std::string line(CellOf cellOf) const
    {
        const char separator = m_format == CopyFormat::Csv ? ',' : '\t';
        std::string text;
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            if (i)
                text += separator;
            text += separatedText(cellOf(i), separator);
        }
        return text + (m_format == CopyFormat::Csv ? "\r\n" : "\n");
    }

    const posthog::Table &m_table;
    std::span<const int> m_columns;
    CopyFormat m_format;
    std::vector<std::string> m_names;
};

} // namespace

std::string formatRows(const posthog::Table &table, std::span<const std::uint32_t> rows, std::span<const int> columns, CopyFormat format)
{
    const RowWriter writer(table, columns, format);
    std::string text = writer.head();
    bool first = true;
    for (const std::uint32_t row : rows) {
        text += writer.row(row, first);
        first = false;
    }
    return text + writer.tail();
}

ph::Result<qint64> writeRows(const QString &path, const posthog::Table &table, std::span<const std::uint32_t> rows,
                             std::span<const int> columns, CopyFormat format, const std::function<void(qint64)> &onProgress,
                             std::stop_token stop)
{
    QSaveFile file(path);
    const auto refused = [&] {
        return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
    };
    if (!file.open(QIODevice::WriteOnly))
        return refused();

    const RowWriter writer(table, columns, format);
    std::string block = writer.head();
    constexpr std::size_t blockSize = 1 << 20;
    qint64 written = 0;
    for (const std::uint32_t row : rows) {
        block += writer.row(row, written == 0);
        ++written;
        if (block.size() < blockSize)
            continue;
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "The export was cancelled.");
        if (file.write(block.data(), qint64(block.size())) != qint64(block.size()))
            return refused();
        block.clear();
        if (onProgress)
            onProgress(written);
    }
    block += writer.tail();
    if (file.write(block.data(), qint64(block.size())) != qint64(block.size()) || !file.commit())
        return refused();
    return written;
}

} // namespace ui
