#pragma once

#include "driver/base/result.h"
#include "driver/posthog/table.h"

#include <QString>

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

/// Rows as text for the clipboard and for files.
namespace ui {

enum class CopyFormat { Tsv, Csv, Json, Markdown };

/// The chosen rows and columns (indices into the table, in the order wanted), headers first.
///
/// Csv and Tsv quote as RFC 4180 does and put an apostrophe before text that a spreadsheet would run as a formula
/// (= + - @ tab, carriage return at its start); numbers stay as they are. Csv ends its lines with CRLF, the others with LF.
/// Json is an array of objects with the values' own types. Markdown escapes pipes and line breaks. Null is empty, in Json null.
std::string formatRows(const posthog::Table &table, std::span<const std::uint32_t> rows, std::span<const int> columns, CopyFormat format);

/// The same for every row, in the order of `rows`, written to `path` in one piece: the file is there whole or not at all.
/// `onProgress` hears the rows written, on the calling thread. Errors: Internal when the disk refuses, Cancelled.
ph::Result<qint64> writeRows(const QString &path, const posthog::Table &table, std::span<const std::uint32_t> rows,
                             std::span<const int> columns, CopyFormat format, const std::function<void(qint64)> &onProgress,
                             std::stop_token stop);

} // namespace ui
