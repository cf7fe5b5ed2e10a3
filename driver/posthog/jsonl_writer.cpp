#include "driver/posthog/table_writer.h"

#include "driver/posthog/json_text.h"

#include <simdjson.h>

#include <algorithm>

namespace posthog {

namespace {

class JsonlWriter : public TableWriter
{
public:
    void begin(std::span<const Column> columns, std::string &) override
    {
        m_keys.clear();
        m_holdsJson.clear();
        for (const Column &column : columns) {
            std::string key = m_keys.empty() ? "{" : ",";
            appendQuoted(column.name, key);
            m_keys.push_back(key + ":");
            m_holdsJson.push_back(column.name == "properties" || column.name.ends_with(".properties") || column.name.ends_with("_properties"));
        }
    }

    ph::Result<> row(std::span<const std::string_view> cells, std::string &out) override
    {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            out += m_keys[i];
            if (!(m_holdsJson[i] && appendObject(cells[i], out)))
                out += cells[i];
        }
        out += "}\n";
        return {};
    }

private:
    /// The object in a text cell; false when it holds none.
    bool appendObject(std::string_view cell, std::string &out)
    {
        if (!cell.starts_with("\"{"))
            return false;
        m_text.clear();
        if (!appendUnescaped(cell, m_text))
            return false;
        m_text.reserve(m_text.size() + simdjson::SIMDJSON_PADDING);
        simdjson::dom::element parsed;
        if (m_parser.parse(m_text.data(), m_text.size(), false).get(parsed) != simdjson::SUCCESS)
            return false;
        std::replace_if(m_text.begin(), m_text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' '); // between tokens only: it is valid
        out += m_text;
        return true;
    }

    std::vector<std::string> m_keys; // {"uuid": ,"event": …
    std::vector<bool> m_holdsJson;
    std::string m_text; // kept for its memory
    simdjson::dom::parser m_parser;
};

} // namespace

std::unique_ptr<TableWriter> makeJsonlWriter() { return std::make_unique<JsonlWriter>(); }

} // namespace posthog
