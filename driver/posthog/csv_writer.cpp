#include "driver/posthog/table_writer.h"

#include "driver/posthog/json_text.h"

#include <cstring>

namespace posthog {

namespace {

bool computes(std::string_view text)
{
    const std::size_t at = text.find_first_not_of('\'');
    return at != std::string_view::npos && std::strchr("=+-@|\t\r", text[at]) != nullptr && text[at] != '\0';
}

class CsvWriter : public TableWriter
{
public:
    explicit CsvWriter(bool formulaSafe)
        : m_formulaSafe(formulaSafe)
    {
    }

    void begin(std::span<const Column> columns, std::string &out) override
    {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i > 0)
                out += ',';
            text(columns[i].name, out);
        }
        out += "\r\n";
    }

    ph::Result<> row(std::span<const std::string_view> cells, std::string &out) override
    {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0)
                out += ',';
            const std::string_view cell = cells[i];
            switch (cell.front()) {
            case '"':
                if (quick(cell, out))
                    break;
                m_text.clear();
                if (!appendUnescaped(cell, m_text))
                    return ph::fail(ph::ErrorCode::Internal, "PostHog sent a text with an escape that is none.");
                text(m_text, out);
                break;
            case 'n': // null
                break;
            case '[':
            case '{':
                text(cell, out);
                break;
            default:
                out += cell; // a number or a truth value
            }
        }
        out += "\r\n";
        return {};
    }

private:
    /// The usual texts in one go: those that need no quotes and have no escapes, and those with quotes in them, such as JSON.
    /// False, and nothing written, for any other.
    static bool quick(std::string_view token, std::string &out)
    {
        const char first = token[1]; // the closing quote of an empty text
        if (first == '"' || first == '\'' || first == '\\' || std::strchr("=+-@|", first))
            return false;
        const std::size_t before = out.size();
        out.resize(before + token.size() + 2 + copyAhead);
        const char *at = token.data() + 1;
        const char *const end = token.data() + token.size() - 1;
        char *const start = out.data() + before;
        char *to = start + 1; // behind the quote that it may get
        at = copyUpTo(at, end, to, isBackslashOrComma);
        if (at == end) {
            std::memmove(start, start + 1, static_cast<std::size_t>(to - start - 1));
            out.resize(static_cast<std::size_t>(to - 1 - out.data()));
            return true;
        }
        bool needsQuotes = *at == ',';
        while (at != end) {
            if (*at != '\\') {
                *to++ = *at++; // the comma
            } else if (end - at >= 2 && at[1] == '"') {
                needsQuotes = true;
                *to++ = '"';
                *to++ = '"';
                at += 2;
            } else {
                const bool mayBeAnything = end - at >= 2 && at[1] == 'u';
                needsQuotes = needsQuotes || (end - at >= 2 && (at[1] == 'n' || at[1] == 'r'));
                if (mayBeAnything || !unescapeOne(at, end, to)) {
                    out.resize(before);
                    return false;
                }
            }
            at = copyUpTo(at, end, to, isBackslash);
        }
        if (!needsQuotes) {
            out.resize(before);
            return false;
        }
        *start = '"';
        *to++ = '"';
        out.resize(static_cast<std::size_t>(to - out.data()));
        return true;
    }

    void text(std::string_view cell, std::string &out)
    {
        const bool guarded = m_formulaSafe && computes(cell);
        const bool quoted = cell.empty() || cell.find_first_of(special) != std::string_view::npos;
        if (!quoted) {
            if (guarded)
                out += '\'';
            out += cell;
            return;
        }
        out += '"';
        if (guarded)
            out += '\'';
        while (!cell.empty()) {
            const auto *quote = static_cast<const char *>(std::memchr(cell.data(), '"', cell.size()));
            if (!quote)
                break;
            const auto length = static_cast<std::size_t>(quote - cell.data()) + 1;
            out.append(cell.data(), length);
            out += '"';
            cell.remove_prefix(length);
        }
        out += cell;
        out += '"';
    }

    static constexpr std::string_view special = ",\"\r\n";
    const bool m_formulaSafe;
    std::string m_text; // kept for its memory
};

} // namespace

std::unique_ptr<TableWriter> makeCsvWriter(bool formulaSafe) { return std::make_unique<CsvWriter>(formulaSafe); }

} // namespace posthog
