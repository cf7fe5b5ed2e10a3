#pragma once

#include "driver/posthog/driver.h"

#include <span>
#include <string_view>

namespace posthog {

/// One column of a listed REST object: where it stands in the item, and what it holds.
struct ItemColumn {
    std::string_view name; // of the column and of the item's member
    std::string_view type; // as in FieldInfo
    std::string_view description;
    bool listed = true; // shown in the table of rows; else a field only
};

/// One of the objects. Those with a `table` are read through HogQL, the others through REST.
struct ObjectKind {
    std::string_view name;
    std::string_view title;
    std::string_view description;
    std::string_view table; // of HogQL; empty for REST
    std::string_view propertyType; // `type` of its property definitions; empty when it has none
    std::span<const ItemColumn> columns; // REST only
    bool always = true; // listed whether the project answers it or not
};

std::span<const ObjectKind> objectKinds();
const ObjectKind *findObject(std::string_view name);

/// NotFound, naming those there are.
ph::Error noSuchObject(const std::string &name);

/// The member of `item`, or null. "created_by" gives the name or e-mail address of the person behind it.
ph::Json valueOf(const ph::Json &item, const ItemColumn &column);

/// The listed columns of `items`, an array of the object's REST items, and the items themselves.
void fillRows(const ObjectKind &kind, const ph::Json &items, RowsPage &page);

/// "DateTime" as the ClickHouse type that a Table carries.
std::string clickHouseType(std::string_view fieldType);

} // namespace posthog
