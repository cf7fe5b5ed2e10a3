#include "driver/http/url.h"
#include "driver/localproject/api/routes.h"

#include "driver/base/log.h"

#include <algorithm>
#include <charconv>

namespace localproject::api {

namespace {

std::int64_t numberOr(const std::string &text, std::int64_t otherwise)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

} // namespace

Answer jsonAnswer(const ph::Json &body, int status)
{
    return {status, {}, "application/json", body.dump(-1, ' ', false, ph::Json::error_handler_t::replace)};
}

Answer errorAnswer(int status, std::string_view type, std::string_view code, const std::string &detail, const ph::Json &attribute,
                   const ph::Json &extra)
{
    ph::Json body{{"type", type}, {"code", code}, {"detail", detail}, {"attr", attribute}};
    if (!extra.is_null())
        body["extra"] = extra;
    return jsonAnswer(body, status);
}

Answer invalid(std::string_view code, const std::string &detail, const ph::Json &attribute)
{
    return errorAnswer(400, "validation_error", code, detail, attribute);
}

Answer notFound() { return errorAnswer(404, "invalid_request", "not_found", "Not found."); }

Answer storeFailed(const ph::Error &error)
{
    switch (error.code) {
    case ph::ErrorCode::InvalidInput:
        return invalid("invalid_input", error.message);
    case ph::ErrorCode::Cancelled:
        return invalid("query_cancelled", error.message);
    case ph::ErrorCode::RateLimited:
        return errorAnswer(429, "throttled_error", "throttled", error.message);
    default:
        ph::logError("localproject", error.message);
        return errorAnswer(500, "server_error", "error", "A server error occurred. " + error.message);
    }
}

Page pageOf(const Call &call, std::int64_t defaultLimit)
{
    constexpr std::int64_t maximumLimit = 1000;
    Page page;
    page.limit = numberOr(call.request.queryValue("limit"), defaultLimit);
    if (page.limit <= 0)
        page.limit = defaultLimit;
    page.limit = std::min(page.limit, maximumLimit);
    page.offset = std::max<std::int64_t>(0, numberOr(call.request.queryValue("offset"), 0));
    return page;
}

std::string linkTo(const Call &call, std::string_view name, const std::string &value)
{
    std::string link = "http://" + call.request.header("host") + call.request.target.substr(0, call.request.target.find('?'));
    char separator = '?';
    const auto append = [&](const std::string &key, const std::string &text) {
        link += separator + http::percentEncode(key) + "=" + http::percentEncode(text);
        separator = '&';
    };
    for (const auto &[key, text] : call.request.query) {
        if (key != name && key != "personal_api_key")
            append(key, text);
    }
    if (!value.empty())
        append(std::string(name), value);
    return link;
}

ph::Json listOf(const Call &call, ph::Json items, const Page &page, bool hasNext, std::int64_t count)
{
    ph::Json list{{"next", nullptr}, {"previous", nullptr}, {"results", std::move(items)}};
    if (hasNext)
        list["next"] = linkTo(call, "offset", std::to_string(page.offset + page.limit));
    if (page.offset > 0) {
        const std::int64_t before = std::max<std::int64_t>(0, page.offset - page.limit);
        list["previous"] = linkTo(call, "offset", before > 0 ? std::to_string(before) : "");
    }
    if (count >= 0)
        list["count"] = count;
    return list;
}

ph::Json parsed(const ph::Json &text)
{
    ph::Json json = text.is_string() ? ph::Json::parse(text.get_ref<const std::string &>(), nullptr, false) : ph::Json();
    return json.is_object() || json.is_array() ? json : ph::Json::object();
}

ph::Json memberOf(const ph::Json &json, const char *key)
{
    const auto found = json.is_object() ? json.find(key) : json.end();
    return json.is_object() && found != json.end() ? *found : ph::Json();
}

std::string textIn(const ph::Json &json, const char *key)
{
    const ph::Json member = memberOf(json, key);
    return member.is_string() ? member.get<std::string>() : "";
}

bool isTrueIn(const ph::Json &json, const char *key) { return memberOf(json, key) == true; }

bool isUuid(std::string_view text)
{
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        if (isDash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i])))
            return false;
    }
    return true;
}

/// Writing JSON out again costs stack for each level.
bool isTooDeep(std::string_view json)
{
    constexpr int deepest = 128;
    int depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText && c == '\\')
            ++i;
        else if (c == '"')
            inText = !inText;
        else if (!inText && (c == '[' || c == '{') && ++depth > deepest)
            return true;
        else if (!inText && (c == ']' || c == '}'))
            --depth;
    }
    return false;
}

void Conditions::add(std::string_view condition, const std::vector<ph::Json> &values)
{
    m_text += m_text.empty() ? " WHERE (" : " AND (";
    std::size_t next = 0;
    for (const char c : condition) {
        if (c == '?')
            m_text += bind(values.at(next++));
        else
            m_text += c;
    }
    m_text += ")";
}

std::string Conditions::where() const { return m_text; }

std::string Conditions::bind(ph::Json value)
{
    m_values.push_back(std::move(value));
    return "$" + std::to_string(m_values.size());
}

ph::Json localUser()
{
    return {{"id", 1},
            {"uuid", "00000000-0000-4000-8000-000000000001"},
            {"distinct_id", "local-user"},
            {"first_name", "Local"},
            {"last_name", "User"},
            {"email", "local@example.com"}};
}

} // namespace localproject::api
