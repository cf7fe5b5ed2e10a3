#include "driver/posthog/table.h"

#include <algorithm>
#include <initializer_list>

namespace posthog {

namespace {

/// The inner type of `Wrapper(...)`, or nothing.
std::optional<std::string_view> inside(std::string_view type, std::string_view wrapper)
{
    if (!type.starts_with(wrapper) || type.size() < wrapper.size() + 2 || type[wrapper.size()] != '(' || !type.ends_with(')'))
        return {};
    return type.substr(wrapper.size() + 1, type.size() - wrapper.size() - 2);
}

bool startsWithOneOf(std::string_view type, std::initializer_list<std::string_view> beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view beginning) { return type.starts_with(beginning); });
}

} // namespace

ColumnKind Column::kindOf(std::string_view type)
{
    for (bool looked = true; looked;) {
        looked = false;
        for (const std::string_view wrapper : {"Nullable", "LowCardinality"}) {
            if (const auto inner = inside(type, wrapper)) {
                type = *inner;
                looked = true;
            }
        }
    }
    if (startsWithOneOf(type, {"String", "FixedString", "Enum"}))
        return ColumnKind::Text;
    if (startsWithOneOf(type, {"Interval"})) // before Int: a span of time, sent as text or number
        return ColumnKind::Other;
    if (startsWithOneOf(type, {"Int", "UInt"}))
        return ColumnKind::Integer;
    if (startsWithOneOf(type, {"Float", "Decimal"}))
        return ColumnKind::Float;
    if (startsWithOneOf(type, {"Bool"}))
        return ColumnKind::Boolean;
    if (startsWithOneOf(type, {"DateTime"}))
        return ColumnKind::DateTime;
    if (startsWithOneOf(type, {"Date"}))
        return ColumnKind::Date;
    if (startsWithOneOf(type, {"UUID"}))
        return ColumnKind::Uuid;
    if (startsWithOneOf(type, {"Array"}))
        return ColumnKind::Array;
    if (startsWithOneOf(type, {"Tuple"}))
        return ColumnKind::Tuple;
    return ColumnKind::Other;
}

std::optional<std::size_t> Table::indexOf(std::string_view name) const
{
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name)
            return i;
    }
    return {};
}

} // namespace posthog
