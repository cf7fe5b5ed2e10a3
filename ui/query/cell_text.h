#pragma once

#include "driver/posthog/table.h"

#include <QString>

/// How a cell reads: in the grid (short, one line) and in the clipboard (whole). Pure functions.
namespace ui {

/// What a cell looks like apart from its text.
enum class CellStyle { Plain, Null, Empty, Number, Id, Structured };

/// The cell on one line, shortened for the grid: numbers with thousands separators, null as «null», ids shortened in the middle,
/// date-times without the T and the fraction's zeroes, arrays and objects as compact JSON. At most `maximumCellLength` characters.
QString cellText(const ph::Json &cell, posthog::ColumnKind kind);
inline constexpr int maximumCellLength = 400;

CellStyle cellStyle(const ph::Json &cell, posthog::ColumnKind kind);

/// The whole value as text: what is copied and shown on hover. Null is empty here; numbers are unformatted.
QString cellValue(const ph::Json &cell);

/// "018f0000-7a2c-7000-8000-0123456789ab" -> "018f0000…89ab"; text of up to `keep` characters stays.
QString shortenMiddle(const QString &text, int keep = 13);

/// 1234567 -> "1,234,567", -0.5 -> "-0.5". Fractions keep at most six digits.
QString groupedNumber(const ph::Json &number);
QString groupedNumber(qint64 number);

/// "1 row", "1,182 rows".
QString counted(qint64 count, const QString &one, const QString &many);

/// "12 ms", "1.4 s", "2 min 05 s".
QString durationText(qint64 milliseconds);

/// The zone of a ClickHouse type, "DateTime64(6, 'Europe/Berlin')" -> "Europe/Berlin"; empty without one.
QString zoneOf(const std::string &type);

/// Whether the column's values align right.
bool isNumeric(posthog::ColumnKind kind);

/// One word for a column's type: "text", "number", "time", "date", "yes/no", "id", "list", "object".
QString typeWord(posthog::ColumnKind kind);

} // namespace ui
