#include "driver/posthog/query_page.h"

#include "driver/posthog/json_text.h"

#include <simdjson.h>

namespace posthog {

namespace {

using simdjson::ondemand::array;
using simdjson::ondemand::json_type;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

constexpr std::size_t padding = simdjson::SIMDJSON_PADDING; // bytes that simdjson may read behind the text

/// A value's own text: simdjson's reaches up to the next token.
simdjson::error_code textOf(value json, std::string_view &out)
{
    json_type type;
    if (const auto error = json.type().get(type))
        return error;
    if (type == json_type::array) {
        array items;
        if (const auto error = json.get_array().get(items))
            return error;
        if (const auto error = items.raw_json().get(out))
            return error;
    } else if (type == json_type::object) {
        object members;
        if (const auto error = json.get_object().get(members))
            return error;
        if (const auto error = members.raw_json().get(out))
            return error;
    } else {
        out = json.raw_json_token();
    }
    while (!out.empty() && static_cast<unsigned char>(out.back()) <= ' ')
        out.remove_suffix(1);
    // A token that is cut off or misspelt must not travel on as data.
    const bool isWhole = type == json_type::string ? out.size() >= 2 && out.back() == '"'
        : type == json_type::boolean               ? out == "true" || out == "false"
        : type == json_type::null                  ? out == "null"
        : type == json_type::number                ? out.find_first_not_of("0123456789+-.eE") == std::string_view::npos
                                                   : true;
    return isWhole ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

std::string unquoted(std::string_view token)
{
    std::string text;
    if (token.starts_with('"'))
        appendUnescaped(token, text);
    return text;
}

} // namespace

class QueryPageReader::Impl
{
public:
    simdjson::error_code read(QueryPage &page, std::string &fault)
    {
        const std::string &body = *page.body;
        if (const auto error = m_parser.iterate(body.data(), body.size(), body.capacity() + 1).get(m_document))
            return error;
        object answer;
        if (const auto error = m_document.get_object().get(answer))
            return error;
        if (value error; answer.find_field_unordered("error").get(error) == simdjson::SUCCESS) {
            std::string_view text;
            if (const auto failed = textOf(error, text))
                return failed;
            fault = unquoted(text);
            if (!fault.empty())
                return simdjson::SUCCESS;
        }
        if (array results; answer.find_field_unordered("results").get_array().get(results) == simdjson::SUCCESS)
            return readAnswer(answer, page);
        // A query that was put off: its answer lies within its status.
        object within;
        if (const auto error = answer.find_field_unordered("query_status").get_object().find_field_unordered("results").get_object().get(within))
            return error == simdjson::INCORRECT_TYPE ? simdjson::NO_SUCH_FIELD : error;
        return readAnswer(within, page);
    }

private:
    static simdjson::error_code readAnswer(object &answer, QueryPage &page)
    {
        if (value more; answer.find_field_unordered("hasMore").get(more) == simdjson::SUCCESS)
            page.hasMore = std::string_view(more.raw_json_token()).starts_with("true");
        if (const auto error = readColumns(answer, page))
            return error;
        array rows;
        if (const auto error = answer.find_field_unordered("results").get_array().get(rows))
            return error;
        return readRows(rows, page);
    }

    static simdjson::error_code readColumns(object &answer, QueryPage &page)
    {
        array names;
        if (const auto error = answer.find_field_unordered("columns").get_array().get(names))
            return error;
        for (auto each : names) {
            std::string_view text;
            value name;
            if (const auto error = each.get(name))
                return error;
            if (const auto error = textOf(name, text))
                return error;
            page.columns.push_back({unquoted(text), {}});
        }
        array types;
        if (answer.find_field_unordered("types").get_array().get(types) != simdjson::SUCCESS)
            return simdjson::SUCCESS;
        std::size_t i = 0;
        for (auto each : types) {
            value type;
            if (const auto error = each.get(type))
                return error;
            json_type kind;
            if (const auto error = type.type().get(kind))
                return error;
            std::string_view text;
            if (kind == json_type::array) { // ["count()", "UInt64"]
                array pair;
                if (const auto error = type.get_array().get(pair))
                    return error;
                for (auto part : pair) {
                    value last;
                    if (const auto error = part.get(last))
                        return error;
                    if (const auto error = textOf(last, text))
                        return error;
                }
            } else if (const auto error = textOf(type, text)) {
                return error;
            }
            if (i < page.columns.size())
                page.columns[i++].type = unquoted(text);
        }
        return simdjson::SUCCESS;
    }

    static simdjson::error_code readRows(array &rows, QueryPage &page)
    {
        const std::size_t width = page.columns.size();
        for (auto each : rows) {
            array cells;
            if (const auto error = each.get_array().get(cells))
                return error;
            const std::size_t before = page.cells.size();
            for (auto part : cells) {
                value cell;
                if (const auto error = part.get(cell))
                    return error;
                if (const auto error = textOf(cell, page.cells.emplace_back()))
                    return error;
            }
            if (page.cells.size() - before != width)
                return simdjson::INDEX_OUT_OF_BOUNDS;
        }
        return simdjson::SUCCESS;
    }

    simdjson::ondemand::parser m_parser;
    simdjson::ondemand::document m_document;
};

QueryPageReader::QueryPageReader()
    : m_impl(std::make_unique<Impl>())
{
}

QueryPageReader::~QueryPageReader() = default;

ph::Result<QueryPage> QueryPageReader::read(std::string body, const std::string &host)
{
    bool repaired = false;
    for (;;) {
        body.reserve(body.size() + padding);
        QueryPage page;
        page.repaired = repaired;
        auto kept = std::make_unique<std::string>(std::move(body));
        std::string &text = *kept;
        page.body = std::move(kept);
        std::string fault;
        const auto error = m_impl->read(page, fault);
        if (error == simdjson::UTF8_ERROR && !repaired && repairUtf8(text)) {
            body = std::move(text);
            repaired = true;
            continue;
        }
        if (!fault.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, fault);
        if (error == simdjson::NO_SUCH_FIELD)
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the query without results.");
        if (error == simdjson::INDEX_OUT_OF_BOUNDS)
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the query with a row that has not as many cells as there are columns.");
        if (error)
            return ph::fail(ph::ErrorCode::Network, "The answer of " + host + " is cut off or no JSON.");
        return page;
    }
}

} // namespace posthog
