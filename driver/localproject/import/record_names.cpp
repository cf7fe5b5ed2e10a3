#include "driver/localproject/import/record_names.h"

#include <algorithm>
#include <array>

namespace localproject::ingest {

namespace {

struct Name {
    std::string_view column;
    MaybeText RecordColumns::*member;
};

constexpr auto names = std::to_array<Name>({
    {"uuid", &RecordColumns::uuid},
    {"id", &RecordColumns::uuid},
    {"event", &RecordColumns::name},
    {"timestamp", &RecordColumns::time},
    {"created_at", &RecordColumns::createdAt},
    {"distinct_id", &RecordColumns::distinctId},
    {"properties", &RecordColumns::properties},
    {"elements_chain", &RecordColumns::elementsChain},
    {"person_id", &RecordColumns::person},
    {"person_properties", &RecordColumns::personProperties},
    {"person.properties", &RecordColumns::personProperties},
    {"set", &RecordColumns::set},
    {"set_once", &RecordColumns::setOnce},
    {"person_mode", &RecordColumns::personMode},
    {"distinct_ids", &RecordColumns::distinctIds},
    {"last_seen_at", &RecordColumns::lastSeenAt},
    {"is_identified", &RecordColumns::isIdentified},
    {"group_type_index", &RecordColumns::groupTypeIndex},
    {"group_key", &RecordColumns::groupKey},
    {"key", &RecordColumns::groupKey},
    {"group_properties", &RecordColumns::properties},
});

} // namespace

MaybeText RecordColumns::*memberOf(std::string_view column)
{
    const auto found = std::ranges::find(names, column, &Name::column);
    return found == names.end() ? nullptr : found->member;
}

std::string_view propertyOf(std::string_view column)
{
    constexpr std::string_view prefix = "properties.";
    return column.starts_with(prefix) ? column.substr(prefix.size()) : std::string_view();
}

} // namespace localproject::ingest
