#include "agent/model/partial_json.h"

#include "driver/base/json_depth.h"

#include <string>
#include <vector>

namespace model {

namespace {

constexpr int deepest = 100;

/// An object or list that is not closed.
struct Open {
    char closer;
    std::size_t whole;     // up to here all its members are
    bool hasValue = false; // of the member that is being read
};

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

} // namespace

ph::Json parsePartial(std::string_view text)
{
    if (ph::isNestedDeeper(text, deepest))
        return nullptr;
    std::vector<Open> open;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            inString = c != '"';
            continue;
        }
        if (isBlank(c))
            continue;
        if (c == ',' && !open.empty()) {
            open.back().whole = i;
            open.back().hasValue = false;
        } else if (c == ':' && !open.empty()) {
            open.back().hasValue = text.find_first_not_of(" \t\r\n", i + 1) != std::string_view::npos;
        } else if (c == '}' || c == ']') {
            if (open.empty() || open.back().closer != c)
                return nullptr;
            open.pop_back();
        } else {
            if (!open.empty() && open.back().closer == ']')
                open.back().hasValue = true;
            if (c == '{' || c == '[')
                open.push_back({c == '{' ? '}' : ']', i + 1});
            inString = c == '"';
        }
    }
    std::string closed(text);
    if (!open.empty() && !open.back().hasValue)
        closed.resize(open.back().whole);
    else if (inString)
        closed += '"';
    for (auto each = open.rbegin(); each != open.rend(); ++each)
        closed += each->closer;
    const ph::Json json = ph::Json::parse(closed, nullptr, false);
    return json.is_discarded() ? ph::Json() : json;
}

} // namespace model
