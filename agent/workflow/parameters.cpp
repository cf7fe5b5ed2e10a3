#include "agent/workflow/parameters.h"

#include "agent/workflow/functions.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace workflow {

namespace {

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\n");
    return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

std::vector<std::string> split(std::string_view text, char by)
{
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        auto end = text.find(by, start);
        if (end == std::string_view::npos)
            end = text.size();
        parts.push_back(trimmed(text.substr(start, end - start)));
        start = end + 1;
    }
    return parts;
}

std::optional<double> numberIn(const ph::Json &value)
{
    if (value.is_number())
        return value.get<double>();
    if (!value.is_string())
        return {};
    const auto text = trimmed(value.get_ref<const std::string &>());
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size() && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

tl::unexpected<ph::Error> wrong(const Parameter &parameter, const std::string &takes)
{
    return ph::fail(ph::ErrorCode::InvalidInput, "The parameter " + parameter.name + " (" + parameter.title + ") takes " + takes + ".");
}

std::string limits(const Parameter &parameter)
{
    const auto text = [](double value) { return toText(value == std::floor(value) ? Value(static_cast<std::int64_t>(value)) : Value(value)); };
    if (parameter.minimum && parameter.maximum)
        return " from " + text(*parameter.minimum) + " to " + text(*parameter.maximum);
    if (parameter.minimum)
        return " of at least " + text(*parameter.minimum);
    if (parameter.maximum)
        return " of at most " + text(*parameter.maximum);
    return {};
}

bool within(const Parameter &parameter, double value)
{
    return (!parameter.minimum || value >= *parameter.minimum) && (!parameter.maximum || value <= *parameter.maximum);
}

/// "signed_up, $pageview:/pricing/" -> items. A colon inside the last field stays.
ph::Json itemsFromText(const Parameter &parameter, const std::string &text)
{
    ph::Json items = ph::Json::array();
    for (const auto &part : split(text, ',')) {
        if (part.empty())
            continue;
        if (!parameter.item) {
            items.push_back(part);
            continue;
        }
        ph::Json item = ph::Json::object();
        std::string rest = part;
        for (std::size_t i = 0; i < parameter.item->size(); ++i) {
            const auto colon = i + 1 < parameter.item->size() ? rest.find(':') : std::string::npos;
            const auto field = trimmed(std::string_view(rest).substr(0, colon));
            if (!field.empty())
                item[(*parameter.item)[i].name] = field;
            if (colon == std::string::npos)
                break;
            rest = rest.substr(colon + 1);
        }
        items.push_back(item);
    }
    return items;
}

ph::Result<ph::Json> readList(const Parameter &parameter, const ph::Json &given)
{
    auto list = given;
    if (given.is_string()) {
        list = ph::Json::parse(given.get_ref<const std::string &>(), nullptr, false);
        if (!list.is_array())
            list = itemsFromText(parameter, given.get<std::string>());
    }
    std::string shape = "a list";
    if (parameter.item) {
        shape = "a list of {";
        for (const auto &field : *parameter.item)
            shape += (shape.back() == '{' ? "" : ", ") + field.name + (field.optional.value_or(false) ? "?" : "");
        shape += "}";
    }
    if (!list.is_array())
        return wrong(parameter, shape);
    if (!within(parameter, static_cast<double>(list.size())))
        return wrong(parameter, shape + limits(parameter) + (parameter.maximum ? " entries" : "") + ", not " + std::to_string(list.size()));
    for (auto &entry : list) {
        if (!parameter.item) {
            if (!entry.is_string())
                return wrong(parameter, "a list of texts");
            continue;
        }
        if (entry.is_string() && !parameter.item->empty())
            entry = ph::Json{{parameter.item->front().name, entry}};
        if (!entry.is_object())
            return wrong(parameter, shape);
        for (const auto &field : *parameter.item) {
            const auto found = entry.find(field.name);
            if (found == entry.end() || found->is_null()) {
                if (!field.optional.value_or(false))
                    return wrong(parameter, shape + "; an entry has no " + field.name);
                continue;
            }
            const bool number = field.type == "integer" || field.type == "number";
            if (number ? !found->is_number() : !found->is_string() || found->get_ref<const std::string &>().empty())
                return wrong(parameter, shape + "; " + field.name + " is a " + (number ? "number" : "text"));
        }
    }
    return list;
}

bool isDate(const std::string &text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
}

/// Events that a value names: itself, or the event fields of its items.
std::vector<std::string> eventsIn(const Parameter &parameter, const ph::Json &value)
{
    std::vector<std::string> events;
    if (parameter.type == "event" && value.is_string())
        events.push_back(value.get<std::string>());
    if (parameter.type == "list" && parameter.item)
        for (const auto &entry : value)
            for (const auto &field : *parameter.item)
                if (field.type == "event" && entry.contains(field.name))
                    events.push_back(entry[field.name].get<std::string>());
    return events;
}

/// The three names most like `name`, for the error.
std::string nearest(const std::string &name, std::vector<std::string> known)
{
    std::vector<std::string> found;
    for (int i = 0; i < 3; ++i) {
        const auto best = nearestName(name, known);
        if (best.empty())
            break;
        found.push_back(best);
        std::erase(known, best);
    }
    if (found.empty())
        for (const auto &each : known) // Nothing is spelt alike: the most frequent ones.
            if (found.size() < 3)
                found.push_back(each);
    std::string text;
    for (const auto &each : found)
        text += (text.empty() ? "" : ", ") + each;
    return text;
}

} // namespace

ph::Result<ph::Json> readParameter(const Parameter &parameter, const ph::Json &given)
{
    const auto &type = parameter.type;
    if (type == "list")
        return readList(parameter, given);
    if (type == "integer" || type == "days" || type == "number") {
        const auto number = numberIn(given);
        const bool whole = type != "number";
        if (!number || (whole && *number != std::floor(*number)) || !within(parameter, *number))
            return wrong(parameter, (whole ? "a whole number" : "a number") + limits(parameter));
        return whole ? ph::Json(static_cast<std::int64_t>(*number)) : ph::Json(*number);
    }
    if (!given.is_string())
        return wrong(parameter, type == "date" ? "a date such as 2026-01-31" : "a text");
    const auto text = given.get<std::string>();
    if (type == "date" && !isDate(text))
        return wrong(parameter, "a date such as 2026-01-31");
    if (parameter.choices && std::find(parameter.choices->begin(), parameter.choices->end(), text) == parameter.choices->end()) {
        std::string choices;
        for (const auto &choice : *parameter.choices)
            choices += (choices.empty() ? "" : ", ") + choice;
        return wrong(parameter, "one of " + choices);
    }
    return ph::Json(text);
}

ResolvedParameters resolveParameters(const Definition &definition, const RunState &state)
{
    ResolvedParameters resolved;
    const auto refuse = [&](const std::string &message) {
        Finish finish;
        finish.error = message;
        resolved.action = finish;
        return resolved;
    };
    for (const auto &[name, value] : state.given.items()) {
        std::vector<std::string> names;
        for (const auto &parameter : definition.parameters)
            names.push_back(parameter.name);
        if (std::find(names.begin(), names.end(), name) != names.end())
            continue;
        std::string known;
        for (const auto &each : names)
            known += (known.empty() ? "" : ", ") + each;
        return refuse("There is no parameter " + name + " in " + definition.title + "; it has " + known + ".");
    }
    for (const auto &parameter : definition.parameters) {
        const auto given = state.given.find(parameter.name);
        const bool has = given != state.given.end() && !given->is_null();
        std::vector<std::string> known;
        if (parameter.fromQuery) {
            const auto key = "parameters/" + parameter.name;
            const auto record = state.queries.find(key);
            if (record == state.queries.end()) {
                resolved.action = RunQuery{"parameters", key, *parameter.fromQuery, ph::Json::object(), "Choices for " + parameter.title};
                return resolved;
            }
            if (!record->second.table) {
                if (!has && !parameter.fallback)
                    return refuse("The choices for " + parameter.title + " could not be read: " + record->second.error);
            } else {
                for (const auto &row : record->second.table->rows)
                    if (!row.empty() && row[0].is_string())
                        known.push_back(row[0].get<std::string>());
            }
        }
        ph::Json raw = has ? *given : parameter.fallback.value_or(known.empty() ? ph::Json() : ph::Json(known.front()));
        if (raw.is_null())
            return refuse("The parameter " + parameter.name + " (" + parameter.title + ") has no value, and the project offers none.");
        auto value = readParameter(parameter, raw);
        if (!value)
            return refuse(value.error().message);
        if (!known.empty())
            for (const auto &event : eventsIn(parameter, *value))
                if (std::find(known.begin(), known.end(), event) == known.end())
                    return refuse("There is no event " + event + " in this project" + (has ? "" : " (it is the default of " + parameter.name + ")")
                                  + ". The nearest are " + nearest(event, known) + ". Set " + parameter.name + " to events that the project has.");
        resolved.values[parameter.name] = std::move(*value);
    }
    return resolved;
}

} // namespace workflow
