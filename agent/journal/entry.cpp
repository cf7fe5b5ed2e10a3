#include "agent/journal/entry.h"

#include "driver/base/redact.h"

#include <algorithm>

namespace journal {
namespace {

constexpr std::string_view head = R"({"type":"notification","timestamp":")";
constexpr std::string_view middle = R"(","notification":)";

/// Whether a text of `json` holds a secret. Texts are looked at one by one, decoded: in the line itself an escape such as \n hides where a
/// word begins.
bool holdsSecret(const ph::Json &json)
{
    if (json.is_string()) {
        const auto &text = json.get_ref<const std::string &>();
        return ph::redact(text) != text;
    }
    return json.is_structured() && std::any_of(json.begin(), json.end(), holdsSecret);
}

void redactTexts(ph::Json &json)
{
    if (json.is_string()) {
        auto &text = json.get_ref<std::string &>();
        text = ph::redact(text);
    } else if (json.is_structured()) {
        for (auto &item : json)
            redactTexts(item);
    }
}

/// `line` as it is stored.
std::string withoutSecrets(const std::string &line)
{
    auto message = ph::Json::parse(line, nullptr, false);
    if (!holdsSecret(message))
        return line;
    redactTexts(message);
    return message.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
}

bool readAsWritten(std::string_view line, Entry &entry)
{
    if (!line.starts_with(head) || !line.ends_with('}'))
        return false;
    const auto timestampEnd = line.find('"', head.size());
    if (timestampEnd == std::string_view::npos || line.substr(timestampEnd, middle.size()) != middle)
        return false;
    const auto start = timestampEnd + middle.size();
    if (start >= line.size() || line[start] != '{')
        return false;
    entry = {std::string(line.substr(head.size(), timestampEnd - head.size())), std::string(line.substr(start, line.size() - start - 1))};
    return true;
}

/// Other writers order and space the members as they like, and add some.
bool readAnyForm(std::string_view line, Entry &entry)
{
    const auto json = ph::Json::parse(line, nullptr, false);
    if (!json.is_object())
        return false;
    const auto notification = json.find("notification");
    if (notification == json.end() || !notification->is_object())
        return false;
    const auto timestamp = json.find("timestamp");
    entry = {timestamp != json.end() && timestamp->is_string() ? timestamp->get<std::string>() : std::string(), notification->dump()};
    return true;
}

} // namespace

std::string storedEntry(const std::string &line, const std::string &timestamp)
{
    std::string out;
    out.reserve(line.size() + 96);
    out += head;
    out += timestamp;
    out += middle;
    if (ph::mayHoldSecret(line))
        out += withoutSecrets(line);
    else
        out += line;
    out += '}';
    return out;
}

std::vector<Entry> entriesOf(std::string_view text)
{
    std::vector<Entry> entries;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        Entry entry;
        if (readAsWritten(line, entry) ? ph::Json::accept(entry.line) : readAnyForm(line, entry))
            entries.push_back(std::move(entry));
    }
    return entries;
}

bool isRunId(std::string_view runId)
{
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; };
    return !runId.empty() && runId.size() <= 128 && runId.front() != '.' && std::all_of(runId.begin(), runId.end(), fits);
}

} // namespace journal
