#pragma once

#include <span>
#include <string_view>

/// The tables that a query may name, for completion and for the fields of objects. Plain data.
namespace hogql {

struct ColumnDoc {
    std::string_view name;
    std::string_view type; // String, Numeric, Boolean, DateTime, UUID, JSON, Array; Table: another table is behind it (`table`)
    std::string_view doc; // one line
    std::string_view table = {};
};

struct TableDoc {
    std::string_view name;
    std::string_view doc; // one line
    std::span<const ColumnDoc> columns; // empty where only PostHog knows them
};

std::span<const TableDoc> tables();

/// The table of that name, in any case, with or without "posthog." before it; null when there is none.
const TableDoc *findTable(std::string_view name);

/// The column of that name (case matters, as in PostHog), or null.
const ColumnDoc *findColumn(const TableDoc &table, std::string_view name);

} // namespace hogql
