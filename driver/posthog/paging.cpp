#include "driver/posthog/paging.h"

#include "driver/http/url.h"

#include <charconv>
#include <utility>
#include <vector>

namespace posthog {

namespace {

constexpr std::string_view cursors[] = {"cursor", "after", "before"};

using Parameters = std::vector<std::pair<std::string, std::string>>;

Parameters parametersOf(std::string_view path)
{
    const std::size_t mark = path.find('?');
    return mark == std::string_view::npos ? Parameters() : http::parseQuery(path.substr(mark + 1)).value_or(Parameters());
}

long numberOf(std::string_view path, std::string_view name, long otherwise)
{
    const std::string text = parameterOf(path, name);
    long value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string withParameter(const std::string &path, std::string_view name, const std::string &value)
{
    std::string query;
    for (const auto &[key, old] : parametersOf(path)) {
        if (key != name)
            query += (query.empty() ? "?" : "&") + http::percentEncode(key) + "=" + http::percentEncode(old);
    }
    query += (query.empty() ? "?" : "&") + std::string(name) + "=" + http::percentEncode(value);
    return path.substr(0, path.find('?')) + query;
}

/// Whether `next` comes after `path` in their list: its offset is greater, or another cursor stands in it.
bool leadsOn(const std::string &next, const std::string &path)
{
    if (numberOf(next, "offset", 0) > numberOf(path, "offset", 0))
        return true;
    for (const std::string_view cursor : cursors) {
        const std::string value = parameterOf(next, cursor);
        if (!value.empty() && value != parameterOf(path, cursor))
            return true;
    }
    return false;
}

} // namespace

std::string parameterOf(std::string_view path, std::string_view name)
{
    for (const auto &[key, value] : parametersOf(path)) {
        if (key == name)
            return value;
    }
    return {};
}

ph::Result<std::string> nextPage(const ph::Json &answer, const std::string &path, const std::string &host)
{
    if (!answer.is_object())
        return std::string();
    const auto member = [&](const char *key) {
        const auto found = answer.find(key);
        return found == answer.end() ? ph::Json() : *found;
    };
    const auto refuse
        = [&] { return ph::fail(ph::ErrorCode::Network, host + " names a following page that does not belong to this list."); };
    const auto leadsBack
        = [&] { return ph::fail(ph::ErrorCode::Network, host + " names a following page that leads back; the list is cut off here."); };
    const ph::Json next = member("next");
    if (next.is_null()) {
        if (const ph::Json more = member("has_next"); !more.is_boolean() || !more.get<bool>())
            return std::string();
        std::string following;
        if (const ph::Json cursor = member("next_cursor"); cursor.is_string() && !cursor.get_ref<const std::string &>().empty()) {
            following = withParameter(path, "after", cursor.get<std::string>());
        } else {
            const ph::Json results = member("results");
            const long came = results.is_array() ? static_cast<long>(results.size()) : 0;
            following = withParameter(path, "offset", std::to_string(numberOf(path, "offset", 0) + came));
        }
        if (!leadsOn(following, path))
            return leadsBack();
        return following;
    }
    if (!next.is_string())
        return refuse();
    std::string address = next.get<std::string>();
    if (const std::size_t scheme = address.find("://"); scheme != std::string::npos) {
        const std::size_t slash = address.find('/', scheme + 3);
        if (slash == std::string::npos)
            return refuse();
        address.erase(0, slash); // our own host, whatever host it names: a proxy may not know its public name
    }
    const std::string ownPath = path.substr(0, path.find('?'));
    std::string itsPath = address.substr(0, address.find('?'));
    constexpr std::string_view environments = "/api/environments/"; // the same list under its other name
    if (itsPath.starts_with(environments))
        itsPath.replace(0, environments.size(), "/api/projects/");
    if (itsPath != ownPath)
        return refuse();
    const std::string following = ownPath + (address.find('?') == std::string::npos ? std::string() : address.substr(address.find('?')));
    if (!leadsOn(following, path))
        return leadsBack();
    return following;
}

} // namespace posthog
