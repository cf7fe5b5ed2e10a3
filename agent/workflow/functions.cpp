#include "agent/workflow/functions.h"

#include "agent/workflow/format.h"

#include <algorithm>
#include <cmath>

namespace workflow {

std::optional<double> asNumber(const Value &value)
{
    if (value.is_number()) {
        const double number = value.get<double>();
        return std::isfinite(number) ? std::optional(number) : std::nullopt;
    }
    if (value.is_boolean())
        return value.get<bool>() ? 1 : 0;
    return {};
}

const Value &listArgument(const Arguments &arguments, std::size_t index, const char *function)
{
    if (index >= arguments.size() || !arguments[index].value.is_array())
        throw Fault{std::string(function) + "() takes a list as its argument " + std::to_string(index + 1)};
    return arguments[index].value;
}

double numberArgument(const Arguments &arguments, std::size_t index, const char *function)
{
    const auto number = index < arguments.size() ? asNumber(arguments[index].value) : std::nullopt;
    if (!number)
        throw Fault{std::string(function) + "() takes a number as its argument " + std::to_string(index + 1)};
    return *number;
}

std::string nearestName(const std::string &name, const std::vector<std::string> &known)
{
    std::string nearest;
    std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
    for (const auto &candidate : known) {
        std::vector<std::size_t> row(candidate.size() + 1);
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = i;
        for (std::size_t i = 1; i <= name.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
                const std::size_t replaced = diagonal + (lower(name[i - 1]) == lower(candidate[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
            }
        }
        if (row.back() < best) {
            best = row.back();
            nearest = candidate;
        }
    }
    return nearest;
}

namespace {

Value integer(std::size_t count) { return static_cast<std::int64_t>(count); }

Value byKey(const Argument &key, const Value &item, std::size_t index)
{
    if (key.lambda)
        return key.lambda(item, index);
    if (key.value.is_string() && item.is_object())
        return item.value(key.value.get<std::string>(), Value());
    throw Fault{"expected a column's name or x -> …"};
}

bool less(const Value &a, const Value &b)
{
    const auto left = asNumber(a);
    const auto right = asNumber(b);
    if (left && right)
        return *left < *right;
    if (left.has_value() != right.has_value())
        return !left.has_value(); // what has no number comes first
    return a < b;
}

/// The item with the largest (or least) key; null keys do not count. Ties: the first.
Value extreme(const Arguments &arguments, const char *name, bool largest)
{
    const auto &list = listArgument(arguments, 0, name);
    Value best = nullptr;
    std::optional<double> bestKey;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto key = asNumber(byKey(arguments[1], list[i], i));
        if (key && (!bestKey || (largest ? *key > *bestKey : *key < *bestKey))) {
            bestKey = key;
            best = list[i];
        }
    }
    return best;
}

Value extremeOf(const Arguments &arguments, const char *name, bool largest)
{
    Value items = Value::array();
    if (arguments.size() == 1)
        items = listArgument(arguments, 0, name);
    else
        for (const auto &argument : arguments)
            items.push_back(argument.value);
    Value best = nullptr;
    for (const auto &item : items)
        if (!item.is_null() && (best.is_null() || (largest ? less(best, item) : less(item, best))))
            best = item;
    return best;
}

std::string formatted(const Arguments &arguments, const std::string &format)
{
    const auto number = asNumber(arguments[0].value);
    return number ? formatAs(format, *number) : "unknown";
}

std::map<std::string, Function> build()
{
    std::map<std::string, Function> table;
    const auto add = [&](const char *name, std::size_t least, std::size_t most, std::function<Value(const Arguments &)> call) {
        table[name] = {least, most, std::move(call)};
    };

    add("count", 1, 2, [](const Arguments &a) -> Value {
        if (a[0].value.is_null())
            return 0;
        const auto &list = listArgument(a, 0, "count");
        if (a.size() == 1)
            return integer(list.size());
        std::size_t count = 0;
        for (std::size_t i = 0; i < list.size(); ++i)
            count += isTrue(byKey(a[1], list[i], i)) ? 1 : 0;
        return integer(count);
    });
    add("sum", 1, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "sum");
        double total = 0;
        bool whole = true;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto value = a.size() > 1 ? byKey(a[1], list[i], i) : list[i];
            whole = whole && !value.is_number_float();
            total += asNumber(value).value_or(0);
        }
        return whole ? Value(static_cast<std::int64_t>(total)) : Value(total);
    });
    add("map", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "map");
        Value out = Value::array();
        for (std::size_t i = 0; i < list.size(); ++i)
            out.push_back(byKey(a[1], list[i], i));
        return out;
    });
    add("filter", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "filter");
        Value out = Value::array();
        for (std::size_t i = 0; i < list.size(); ++i)
            if (isTrue(byKey(a[1], list[i], i)))
                out.push_back(list[i]);
        return out;
    });
    add("sort", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "sort");
        std::vector<std::pair<Value, Value>> keyed;
        for (std::size_t i = 0; i < list.size(); ++i)
            keyed.emplace_back(byKey(a[1], list[i], i), list[i]);
        std::stable_sort(keyed.begin(), keyed.end(), [](const auto &left, const auto &right) { return less(left.first, right.first); });
        Value out = Value::array();
        for (auto &[key, item] : keyed)
            out.push_back(std::move(item));
        return out;
    });
    add("any", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "any");
        for (std::size_t i = 0; i < list.size(); ++i)
            if (isTrue(byKey(a[1], list[i], i)))
                return true;
        return false;
    });
    add("all", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "all");
        for (std::size_t i = 0; i < list.size(); ++i)
            if (!isTrue(byKey(a[1], list[i], i)))
                return false;
        return true;
    });
    add("argmax", 2, 2, [](const Arguments &a) { return extreme(a, "argmax", true); });
    add("argmin", 2, 2, [](const Arguments &a) { return extreme(a, "argmin", false); });
    add("max", 1, 8, [](const Arguments &a) { return extremeOf(a, "max", true); });
    add("min", 1, 8, [](const Arguments &a) { return extremeOf(a, "min", false); });
    add("find", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "find");
        for (std::size_t i = 0; i < list.size(); ++i)
            if (isTrue(byKey(a[1], list[i], i)))
                return list[i];
        return nullptr;
    });
    add("first", 1, 1, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "first");
        return list.empty() ? Value(nullptr) : list.front();
    });
    add("last", 1, 1, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "last");
        return list.empty() ? Value(nullptr) : list.back();
    });
    add("take", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "take");
        Value out = Value::array();
        for (std::size_t i = 0; i < list.size() && static_cast<double>(i) < numberArgument(a, 1, "take"); ++i)
            out.push_back(list[i]);
        return out;
    });
    add("reverse", 1, 1, [](const Arguments &a) -> Value {
        auto list = listArgument(a, 0, "reverse");
        std::reverse(list.begin(), list.end());
        return list;
    });
    add("concat", 1, 16, [](const Arguments &a) -> Value {
        Value out = Value::array();
        for (std::size_t i = 0; i < a.size(); ++i)
            for (const auto &item : listArgument(a, i, "concat"))
                out.push_back(item);
        return out;
    });
    add("distinct", 1, 1, [](const Arguments &a) -> Value {
        Value out = Value::array();
        for (const auto &item : listArgument(a, 0, "distinct"))
            if (std::find(out.begin(), out.end(), item) == out.end())
                out.push_back(item);
        return out;
    });
    /// Items that share a key, as {key, items}, in the order in which the keys come.
    add("group", 2, 2, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "group");
        Value out = Value::array();
        std::map<std::string, std::size_t> places;
        for (std::size_t i = 0; i < list.size(); ++i) {
            auto key = byKey(a[1], list[i], i);
            const auto [place, isNew] = places.emplace(key.dump(-1, ' ', false, Value::error_handler_t::replace), out.size());
            if (isNew)
                out.push_back({{"key", std::move(key)}, {"items", Value::array()}});
            out[place->second]["items"].push_back(list[i]);
        }
        return out;
    });
    add("contains", 2, 2, [](const Arguments &a) -> Value {
        if (a[0].value.is_string() && a[1].value.is_string())
            return a[0].value.get_ref<const std::string &>().find(a[1].value.get_ref<const std::string &>()) != std::string::npos;
        const auto &list = listArgument(a, 0, "contains");
        return std::find(list.begin(), list.end(), a[1].value) != list.end();
    });
    add("range", 1, 1, [](const Arguments &a) -> Value {
        Value out = Value::array();
        for (std::int64_t i = 0; static_cast<double>(i) < std::min(10'000.0, numberArgument(a, 0, "range")); ++i)
            out.push_back(i);
        return out;
    });
    add("merge", 2, 4, [](const Arguments &a) -> Value {
        Value out = Value::object();
        for (const auto &argument : a) {
            if (argument.value.is_object())
                out.update(argument.value);
            else if (!argument.value.is_null())
                throw Fault{"merge() takes objects"};
        }
        return out;
    });
    add("join", 1, 3, [](const Arguments &a) -> Value {
        const auto &list = listArgument(a, 0, "join");
        const auto between = a.size() > 1 ? toText(a[1].value) : std::string(", ");
        const auto beforeLast = a.size() > 2 ? toText(a[2].value) : between;
        std::string text;
        for (std::size_t i = 0; i < list.size(); ++i)
            text += (i == 0 ? "" : i + 1 == list.size() ? beforeLast : between) + toText(list[i]);
        return text;
    });
    add("coalesce", 1, 8, [](const Arguments &a) -> Value {
        for (const auto &argument : a)
            if (!argument.value.is_null())
                return argument.value;
        return nullptr;
    });
    add("abs", 1, 1, [](const Arguments &a) -> Value { return std::abs(numberArgument(a, 0, "abs")); });
    add("floor", 1, 1, [](const Arguments &a) -> Value { return static_cast<std::int64_t>(std::floor(numberArgument(a, 0, "floor"))); });
    add("ceil", 1, 1, [](const Arguments &a) -> Value { return static_cast<std::int64_t>(std::ceil(numberArgument(a, 0, "ceil"))); });
    add("round", 1, 2, [](const Arguments &a) -> Value {
        const double scale = std::pow(10, a.size() > 1 ? numberArgument(a, 1, "round") : 0);
        const double value = std::round(numberArgument(a, 0, "round") * scale) / scale;
        return scale == 1 ? Value(static_cast<std::int64_t>(value)) : Value(value);
    });
    add("slug", 1, 1, [](const Arguments &a) -> Value {
        std::string out;
        for (char c : toText(a[0].value)) {
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
                out += c;
            else if (!out.empty() && out.back() != '-')
                out += '-';
        }
        while (!out.empty() && out.back() == '-')
            out.pop_back();
        return out;
    });
    add("left", 2, 2, [](const Arguments &a) -> Value {
        return toText(a[0].value).substr(0, static_cast<std::size_t>(std::max(0.0, numberArgument(a, 1, "left"))));
    });
    add("after", 2, 2, [](const Arguments &a) -> Value {
        const auto text = toText(a[0].value);
        const auto mark = toText(a[1].value);
        const auto at = text.find(mark);
        return at == std::string::npos ? text : text.substr(at + mark.size());
    });
    for (const auto *format : {"number", "percent", "seconds", "points", "compact"})
        add(format, 1, 1, [name = std::string(format)](const Arguments &a) -> Value { return formatted(a, name); });
    add("p", 1, 1, [](const Arguments &a) -> Value {
        const auto number = asNumber(a[0].value);
        return formatP(number ? *number : std::nan(""));
    });
    add("text", 1, 1, [](const Arguments &a) -> Value { return toText(a[0].value); });
    add("plural", 2, 3, [](const Arguments &a) -> Value {
        const double count = numberArgument(a, 0, "plural");
        const auto one = toText(a[1].value);
        return formatNumber(count) + " " + (count == 1 ? one : a.size() > 2 ? toText(a[2].value) : one + "s");
    });
    addStatisticsFunctions(table);
    addExperimentFunctions(table);
    return table;
}

} // namespace

const std::map<std::string, Function> &functions()
{
    static const auto table = build();
    return table;
}

} // namespace workflow
