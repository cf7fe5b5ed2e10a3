#include "driver/posthog/query_page.h"

#include "driver/base/utf8.h"
#include "driver/posthog/json_text.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace posthog {

namespace {

using simdjson::ondemand::array;
using simdjson::ondemand::json_type;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

constexpr std::size_t padding = simdjson::SIMDJSON_PADDING; // bytes that simdjson may read behind the text

/// Whether the token is a number as JSON writes it (RFC 8259, section 6).
bool isNumber(std::string_view token)
{
    const auto digits = [&] {
        const std::size_t end = std::min(token.find_first_not_of("0123456789"), token.size());
        token.remove_prefix(end);
        return end;
    };
    const auto take = [&](char c) {
        if (!token.starts_with(c))
            return false;
        token.remove_prefix(1);
        return true;
    };
    take('-');
    if (!take('0') && digits() == 0)
        return false;
    if (take('.') && digits() == 0)
        return false;
    if (take('e') || take('E')) {
        if (!take('+'))
            take('-');
        if (digits() == 0)
            return false;
    }
    return token.empty();
}

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
        : type == json_type::number                ? isNumber(out)
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

/// What an answer says, in whichever order. It is read once from front to back: simdjson 3.0's search for a field that it has
/// passed takes for granted that what it passed was JSON.
struct Answer {
    std::vector<Column> columns;
    std::vector<std::string> types;
    std::vector<std::string_view> cells;
    std::size_t width = 0; // of the rows
    bool isEven = true; // all rows are of that width
    bool hasResults = false;
    bool hasMore = false;
    std::string fault;
};

simdjson::error_code readColumns(value json, Answer &answer)
{
    array names;
    if (const auto error = json.get_array().get(names))
        return error;
    for (auto each : names) {
        value name;
        std::string_view text;
        if (const auto error = each.get(name))
            return error;
        if (const auto error = textOf(name, text))
            return error;
        answer.columns.push_back({unquoted(text), {}});
    }
    return simdjson::SUCCESS;
}

simdjson::error_code readTypes(value json, Answer &answer)
{
    array types;
    if (const auto error = json.get_array().get(types))
        return error;
    for (auto each : types) {
        value type;
        json_type kind;
        std::string_view text;
        if (const auto error = each.get(type))
            return error;
        if (const auto error = type.type().get(kind))
            return error;
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
        answer.types.push_back(unquoted(text));
    }
    return simdjson::SUCCESS;
}

simdjson::error_code readRows(value json, Answer &answer)
{
    array rows;
    if (const auto error = json.get_array().get(rows))
        return error;
    answer.hasResults = true;
    bool isFirst = true;
    for (auto each : rows) {
        array cells;
        if (const auto error = each.get_array().get(cells))
            return error;
        const std::size_t before = answer.cells.size();
        for (auto part : cells) {
            value cell;
            if (const auto error = part.get(cell))
                return error;
            if (const auto error = textOf(cell, answer.cells.emplace_back()))
                return error;
        }
        const std::size_t width = answer.cells.size() - before;
        if (std::exchange(isFirst, false))
            answer.width = width;
        answer.isEven = answer.isEven && width == answer.width;
    }
    return simdjson::SUCCESS;
}

simdjson::error_code readAnswer(object json, Answer &answer);

simdjson::error_code readMember(std::string_view name, value member, Answer &answer)
{
    json_type type;
    if (const auto error = member.type().get(type))
        return error;
    if (name == "columns" && type == json_type::array)
        return readColumns(member, answer);
    if (name == "types" && type == json_type::array)
        return readTypes(member, answer);
    if (name == "results" && type == json_type::array)
        return readRows(member, answer);
    const bool isWithin = name == "query_status" || name == "results"; // of a query that was put off
    if (isWithin && type == json_type::object) {
        object within;
        if (const auto error = member.get_object().get(within))
            return error;
        return readAnswer(within, answer);
    }
    std::string_view text;
    if (const auto error = textOf(member, text))
        return error;
    if (name == "hasMore")
        answer.hasMore = text == "true";
    else if (name == "error" && type == json_type::string)
        answer.fault = unquoted(text);
    return simdjson::SUCCESS;
}

simdjson::error_code readAnswer(object json, Answer &answer)
{
    for (auto each : json) {
        simdjson::ondemand::field field;
        std::string_view name;
        if (const auto error = std::move(each).get(field))
            return error;
        if (const auto error = field.unescaped_key().get(name))
            return error;
        if (const auto error = readMember(name, field.value(), answer))
            return error;
    }
    return simdjson::SUCCESS;
}

} // namespace

class QueryPageReader::Impl
{
public:
    simdjson::error_code read(const std::string &body, Answer &answer)
    {
        answer.cells.reserve(m_cells);
        if (const auto error = m_parser.iterate(body.data(), body.size(), body.capacity() + 1).get(m_document))
            return error;
        object json;
        if (const auto error = m_document.get_object().get(json))
            return error;
        if (const auto error = readAnswer(json, answer))
            return error;
        m_cells = answer.cells.size();
        return m_document.current_location().error() == simdjson::OUT_OF_BOUNDS ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
    }

private:
    simdjson::ondemand::parser m_parser;
    simdjson::ondemand::document m_document;
    std::size_t m_cells = 0; // of the answer before: the next one is likely to have as many
};

bool readObject(std::string &line, const std::function<void(std::string_view name, std::string_view json)> &onMember)
{
    thread_local simdjson::ondemand::parser parser;
    line.reserve(line.size() + padding);
    simdjson::ondemand::document document;
    object json;
    if (parser.iterate(line.data(), line.size(), line.capacity() + 1).get(document) || document.get_object().get(json))
        return false;
    for (auto each : json) {
        simdjson::ondemand::field field;
        std::string_view name;
        std::string_view text;
        if (std::move(each).get(field) || field.unescaped_key().get(name) || textOf(field.value(), text))
            return false;
        onMember(name, text);
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

QueryPageReader::QueryPageReader()
    : m_impl(std::make_unique<Impl>())
{
}

QueryPageReader::~QueryPageReader() = default;

ph::Result<QueryPage> QueryPageReader::read(std::string body, const std::string &host)
{
    if (body.starts_with("\xEF\xBB\xBF")) // a byte order mark
        body.erase(0, 3);
    bool repaired = false;
    for (;;) {
        body.reserve(body.size() + padding);
        QueryPage page;
        page.repaired = repaired;
        auto kept = std::make_unique<std::string>(std::move(body));
        std::string &text = *kept;
        page.body = std::move(kept);
        Answer answer;
        const auto error = m_impl->read(text, answer);
        if (error == simdjson::UTF8_ERROR && !repaired && ph::repairUtf8(text)) {
            body = std::move(text);
            repaired = true;
            continue;
        }
        if (error)
            return ph::fail(ph::ErrorCode::Network, "The answer of " + host + " is cut off or no JSON.");
        if (!answer.fault.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, answer.fault);
        if (!answer.hasResults || answer.columns.empty())
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the query without results.");
        if (!answer.isEven || (!answer.cells.empty() && answer.width != answer.columns.size()))
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the query with a row that has not as many cells as there are columns.");
        page.columns = std::move(answer.columns);
        for (std::size_t i = 0; i < std::min(page.columns.size(), answer.types.size()); ++i)
            page.columns[i].type = std::move(answer.types[i]);
        page.cells = std::move(answer.cells);
        page.hasMore = answer.hasMore;
        return page;
    }
}

} // namespace posthog
