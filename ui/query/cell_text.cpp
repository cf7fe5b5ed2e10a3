#include "ui/query/cell_text.h"

#include <QStringList>

#include <cmath>

namespace ui {

using posthog::ColumnKind;

namespace {

/// Puts a comma before every third digit from the right of the whole part.
QString withSeparators(QString digits)
{
    const int start = digits.startsWith('-') ? 1 : 0;
    int end = digits.indexOf('.');
    if (end < 0)
        end = int(digits.size());
    for (int position = end - 3; position > start; position -= 3)
        digits.insert(position, ',');
    return digits;
}

QString withoutTrailingZeroes(QString text)
{
    if (!text.contains('.'))
        return text;
    while (text.endsWith('0'))
        text.chop(1);
    if (text.endsWith('.'))
        text.chop(1);
    return text;
}

QString oneLine(QString text)
{
    if (text.size() > maximumCellLength)
        text = text.left(maximumCellLength - 1) + QStringLiteral("…");
    for (QChar &c : text) {
        if (c == '\n' || c == '\r' || c == '\t')
            c = QChar(0x21B5); // ↵: a line break is seen, and the row stays one line high
    }
    return text;
}

/// "2026-11-03T09:41:00.000000+00:00" -> "2026-11-03 09:41:00": the zone stands in the column's header.
QString momentText(const QString &iso)
{
    if (iso.size() < 19 || iso[4] != '-' || iso[10] != 'T')
        return iso;
    QString text = iso.left(10) + ' ' + iso.mid(11, 8);
    if (iso.size() > 19 && iso[19] == '.') {
        int end = 20;
        while (end < iso.size() && iso[end].isDigit())
            ++end;
        const QString fraction = withoutTrailingZeroes(iso.mid(19, qMin(end - 19, 4)));
        if (fraction != QLatin1String("."))
            text += fraction;
    }
    return text;
}

} // namespace

QString groupedNumber(qint64 number) { return withSeparators(QString::number(number)); }

QString groupedNumber(const ph::Json &number)
{
    if (number.is_number_unsigned())
        return withSeparators(QString::number(number.get<quint64>()));
    if (number.is_number_integer())
        return withSeparators(QString::number(number.get<qint64>()));
    const double value = number.get<double>();
    if (std::isnan(value))
        return QStringLiteral("nan");
    if (std::isinf(value))
        return value < 0 ? QStringLiteral("-inf") : QStringLiteral("inf");
    const double size = std::abs(value);
    if (size != 0 && (size >= 1e15 || size < 1e-6))
        return QString::number(value, 'g', 6);
    return withSeparators(withoutTrailingZeroes(QString::number(value, 'f', 6)));
}

QString counted(qint64 count, const QString &one, const QString &many)
{
    return groupedNumber(count) + ' ' + (count == 1 ? one : many);
}

QString durationText(qint64 milliseconds)
{
    if (milliseconds < 1000)
        return QStringLiteral("%1 ms").arg(milliseconds);
    if (milliseconds < 60'000)
        return QStringLiteral("%1 s").arg(double(milliseconds) / 1000, 0, 'f', 1);
    return QStringLiteral("%1 min %2 s").arg(milliseconds / 60'000).arg(milliseconds / 1000 % 60, 2, 10, QChar('0'));
}

QString shortenMiddle(const QString &text, int keep)
{
    if (text.size() <= keep)
        return text;
    const int tail = keep / 3;
    return text.left(keep - tail - 1) + QStringLiteral("…") + text.right(tail);
}

QString cellText(const ph::Json &cell, ColumnKind kind)
{
    switch (cell.type()) {
    case ph::Json::value_t::null:
        return QStringLiteral("null");
    case ph::Json::value_t::boolean:
        return cell.get<bool>() ? QStringLiteral("true") : QStringLiteral("false");
    case ph::Json::value_t::number_integer:
    case ph::Json::value_t::number_unsigned:
        if (kind == ColumnKind::Boolean) // ClickHouse answers 1 and 0 for some boolean expressions
            return cell == 0 ? QStringLiteral("false") : QStringLiteral("true");
        return groupedNumber(cell);
    case ph::Json::value_t::number_float:
        return groupedNumber(cell);
    case ph::Json::value_t::string: {
        const auto &text = cell.get_ref<const std::string &>();
        const auto size = qMin<std::size_t>(text.size(), maximumCellLength * 4);
        QString shown = QString::fromUtf8(text.data(), qsizetype(size));
        if (kind == ColumnKind::Uuid)
            return shortenMiddle(shown);
        if (kind == ColumnKind::DateTime)
            return momentText(shown);
        return oneLine(std::move(shown));
    }
    default:
        return oneLine(QString::fromStdString(cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace)));
    }
}

CellStyle cellStyle(const ph::Json &cell, ColumnKind kind)
{
    if (cell.is_null())
        return CellStyle::Null;
    if (cell.is_number())
        return kind == ColumnKind::Boolean ? CellStyle::Plain : CellStyle::Number;
    if (cell.is_structured())
        return CellStyle::Structured;
    if (cell.is_string() && cell.get_ref<const std::string &>().empty())
        return CellStyle::Empty;
    return kind == ColumnKind::Uuid ? CellStyle::Id : CellStyle::Plain;
}

QString cellValue(const ph::Json &cell)
{
    if (cell.is_null())
        return {};
    if (cell.is_string())
        return QString::fromStdString(cell.get_ref<const std::string &>());
    return QString::fromStdString(cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace));
}

QString zoneOf(const std::string &type)
{
    const auto open = type.find('\'');
    const auto close = type.rfind('\'');
    if (open == std::string::npos || close <= open)
        return {};
    return QString::fromStdString(type.substr(open + 1, close - open - 1));
}

bool isNumeric(ColumnKind kind) { return kind == ColumnKind::Integer || kind == ColumnKind::Float; }

QString typeWord(ColumnKind kind)
{
    switch (kind) {
    case ColumnKind::Text:
        return QStringLiteral("text");
    case ColumnKind::Integer:
    case ColumnKind::Float:
        return QStringLiteral("number");
    case ColumnKind::Boolean:
        return QStringLiteral("yes/no");
    case ColumnKind::DateTime:
        return QStringLiteral("time");
    case ColumnKind::Date:
        return QStringLiteral("date");
    case ColumnKind::Uuid:
        return QStringLiteral("id");
    case ColumnKind::Array:
    case ColumnKind::Tuple:
        return QStringLiteral("list");
    case ColumnKind::Other:
        break;
    }
    return QStringLiteral("object");
}

} // namespace ui
