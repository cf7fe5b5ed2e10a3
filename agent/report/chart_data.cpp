#include "agent/report/chart_data.h"

#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace report {

namespace {

bool typeHas(const posthog::Column &column, std::string_view part) { return column.type.find(part) != std::string::npos; }

std::int64_t daysFromCivil(int year, unsigned month, unsigned day)
{
    year -= month <= 2;
    const int era = (year >= 0 ? year : year - 399) / 400;
    const auto yearOfEra = static_cast<unsigned>(year - era * 400);
    const unsigned dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const unsigned dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146'097LL + static_cast<std::int64_t>(dayOfEra) - 719'468;
}

/// Year, month (1..12) and day of a count of days since 1970.
std::array<int, 3> civilFromDays(std::int64_t days)
{
    days += 719'468;
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const auto dayOfEra = static_cast<unsigned>(days - era * 146'097);
    const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned monthFromMarch = (5 * dayOfYear + 2) / 153;
    const unsigned month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    const auto year = static_cast<int>(yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    return {year, static_cast<int>(month), static_cast<int>(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)};
}

std::optional<int> digits(const std::string &text, std::size_t at, std::size_t count)
{
    if (at + count > text.size())
        return {};
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return {};
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

} // namespace

std::optional<std::size_t> columnNamed(const posthog::Table &table, const std::optional<std::string> &name)
{
    if (!name)
        return {};
    const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto &column) { return column.name == *name; });
    if (found == table.columns.end())
        return {};
    return static_cast<std::size_t>(found - table.columns.begin());
}

const ph::Json &cellAt(const posthog::Table &table, std::size_t row, std::size_t column)
{
    static const ph::Json none;
    if (row >= table.rows.size() || column >= table.rows[row].size())
        return none;
    return table.rows[row][column];
}

std::optional<double> cellNumber(const ph::Json &cell)
{
    double value = 0;
    if (cell.is_number()) {
        value = cell.get<double>();
    } else if (cell.is_string()) {
        const auto &text = cell.get_ref<const std::string &>();
        char *end = nullptr;
        if (text.empty() || text.find_first_not_of("0123456789.+-eE") != std::string::npos)
            return {};
        value = std::strtod(text.c_str(), &end);
        if (end != text.c_str() + text.size())
            return {};
    } else {
        return {};
    }
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

bool cellTrue(const ph::Json &cell)
{
    if (cell.is_boolean())
        return cell.get<bool>();
    return cell.is_number() && cell.get<double>() != 0;
}

bool isTime(const posthog::Table &table, std::size_t column)
{
    if (typeHas(table.columns[column], "Date"))
        return true;
    bool any = false;
    for (const auto &row : table.rows) {
        if (column >= row.size() || row[column].is_null())
            continue;
        if (!row[column].is_string() || !parseTime(row[column].get_ref<const std::string &>()))
            return false;
        any = true;
    }
    return any;
}

bool isNumeric(const posthog::Table &table, std::size_t column)
{
    const auto &type = table.columns[column].type;
    if (type.find("Array") != std::string::npos || type.find("Tuple") != std::string::npos)
        return false;
    if (type.find("Int") != std::string::npos || type.find("Float") != std::string::npos || type.find("Decimal") != std::string::npos)
        return true;
    if (!type.empty())
        return false;
    bool any = false;
    for (const auto &row : table.rows) {
        if (column >= row.size() || row[column].is_null())
            continue;
        if (!row[column].is_number())
            return false;
        any = true;
    }
    return any;
}

ChartColumns resolveColumns(const workflow::ChartSpec &spec, const posthog::Table &table)
{
    ChartColumns columns;
    columns.x = columnNamed(table, spec.x);
    columns.series = columnNamed(table, spec.series);
    columns.source = columnNamed(table, spec.source);
    columns.target = columnNamed(table, spec.target);
    columns.n = columnNamed(table, spec.n);
    columns.low = columnNamed(table, spec.low);
    columns.high = columnNamed(table, spec.high);
    columns.highlight = columnNamed(table, spec.highlight);
    columns.marker = columnNamed(table, spec.marker);
    for (const auto &name : spec.y.value_or(std::vector<std::string>{}))
        if (const auto index = columnNamed(table, name))
            columns.y.push_back(*index);

    const auto taken = [&](std::size_t column) {
        const auto is = [&](const std::optional<std::size_t> &used) { return used && *used == column; };
        return is(columns.x) || is(columns.series) || is(columns.source) || is(columns.target) || is(columns.n) || is(columns.low)
            || is(columns.high) || is(columns.highlight) || is(columns.marker)
            || std::find(columns.y.begin(), columns.y.end(), column) != columns.y.end();
    };
    const auto firstFree = [&](bool numeric) -> std::optional<std::size_t> {
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            if (!taken(column) && isNumeric(table, column) == numeric)
                return column;
        return {};
    };

    if (spec.kind == "sankey") {
        if (!columns.source)
            columns.source = firstFree(false);
        if (!columns.target)
            columns.target = firstFree(false);
    } else if (spec.kind != "number" && !columns.x) {
        columns.x = firstFree(false);
        if (!columns.x && table.columns.size() > 1 && !taken(0))
            columns.x = 0;
    }
    if (spec.kind == "heat_table" && !columns.series) {
        columns.series = firstFree(false);
        if (!columns.series)
            columns.series = firstFree(true);
    }
    if (columns.y.empty()) {
        const bool several = spec.kind == "line" || spec.kind == "grouped_bars" || spec.kind == "stacked_bars" || spec.kind == "area";
        while (const auto column = firstFree(true)) {
            columns.y.push_back(*column);
            if (!several)
                break;
        }
    }
    return columns;
}

std::optional<double> parseTime(const std::string &text)
{
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-' || *month < 1 || *month > 12 || *day < 1 || *day > 31)
        return {};
    auto seconds = static_cast<double>(daysFromCivil(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day))) * 86'400;
    if (text.size() == 10)
        return seconds;
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    if (!hour || !minute || (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
        return {};
    seconds += *hour * 3600 + *minute * 60 + digits(text, 17, 2).value_or(0);
    // What follows (fraction, offset) does not matter to an axis whose values share one offset.
    return seconds;
}

std::string timeLabel(double secondsSince1970, double spanSeconds)
{
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (!(std::abs(secondsSince1970) < 1e12))
        return "–";
    const auto total = static_cast<std::int64_t>(std::floor(secondsSince1970));
    const std::int64_t days = total >= 0 ? total / 86'400 : (total - 86'399) / 86'400;
    const std::int64_t ofDay = total - days * 86'400;
    const auto [year, month, day] = civilFromDays(days);
    const std::string monthName = months[static_cast<std::size_t>(month - 1)];
    const auto two = [](std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    const auto clock = two(ofDay / 3600) + ":" + two(ofDay % 3600 / 60);
    if (spanSeconds <= 86'400)
        return clock;
    if (spanSeconds <= 3 * 86'400.0 && ofDay != 0)
        return monthName + " " + std::to_string(day) + " " + clock;
    if (spanSeconds <= 500 * 86'400.0)
        return monthName + " " + std::to_string(day);
    return monthName + " " + std::to_string(year);
}

std::string cellLabel(const ph::Json &cell)
{
    if (cell.is_null())
        return "none";
    if (cell.is_string()) {
        const auto &text = cell.get_ref<const std::string &>();
        if (text.empty())
            return "(empty)";
        if (text.size() >= 19 && parseTime(text))
            return text.substr(11, 8) == "00:00:00" ? text.substr(0, 10) : text.substr(0, 10) + " " + text.substr(11, 5);
        return oneLine(text);
    }
    if (cell.is_number())
        return workflow::formatNumber(cell.get<double>());
    if (cell.is_boolean())
        return cell.get<bool>() ? "yes" : "no";
    return oneLine(cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace));
}

std::vector<double> niceTicks(double low, double high, int count)
{
    if (!(high > low))
        high = low + 1;
    const double raw = (high - low) / std::max(1, count);
    const double power = std::pow(10, std::floor(std::log10(raw)));
    double step = power * 10;
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (power * factor >= raw * 0.999) {
            step = power * factor;
            break;
        }
    std::vector<double> ticks;
    for (double tick = std::floor(low / step) * step; ticks.size() < 12; tick += step) {
        ticks.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
        if (tick >= high - step * 1e-9)
            break;
    }
    return ticks;
}

std::string axisLabel(const std::string &format, double value)
{
    if (format == "points")
        return workflow::formatNumber(std::round(value * 1e6) / 1e4);
    auto label = workflow::formatAs(format == "number" ? "compact" : format, value);
    if (const auto point = label.find(".0%"); point != std::string::npos)
        label.erase(point, 2);
    return label;
}

void Canvas::rect(Rect rect)
{
    rect.width = std::max(0.0, rect.width);
    rect.height = std::max(0.0, rect.height);
    m_scene.marks.emplace_back(std::move(rect));
}

void Canvas::text(double x, double baseline, const std::string &text, double width, TextStyle style)
{
    const auto whole = oneLine(text);
    auto shown = shortened(whole, width, style.size, style.bold);
    if (shown.empty())
        return;
    Text mark{x, baseline, shown, style.ink, style.align, style.size, style.bold, {}};
    if (shown != whole)
        mark.tooltip = whole;
    m_scene.marks.emplace_back(std::move(mark));
}

Ink seriesInk(std::size_t index)
{
    return static_cast<Ink>(static_cast<std::size_t>(Ink::Series1) + std::min<std::size_t>(index, 7));
}

double layoutLegend(Canvas &canvas, const std::vector<std::string> &names, double width)
{
    constexpr double rowHeight = 20;
    double x = 0;
    double y = 0;
    for (std::size_t i = 0; i < names.size() && i < 8; ++i) {
        const auto name = i == 7 && names.size() > 8 ? "and " + std::to_string(names.size() - 7) + " more" : oneLine(names[i]);
        const double room = std::min(textWidth(name, 12), std::max(40.0, width - 18));
        if (x > 0 && x + 16 + room > width) {
            x = 0;
            y += rowHeight;
        }
        canvas.rect({x, y + 4, 10, 10, seriesInk(i), 1, 2, -1, name});
        canvas.text(x + 16, y + 13, name, room + 0.5);
        x += 16 + room + 16;
    }
    return names.empty() ? 0 : y + rowHeight + 6;
}

void layoutMessage(Scene &scene, const std::string &message)
{
    Canvas canvas(scene);
    double baseline = 28;
    for (const auto &line : wrapped(oneLine(message), scene.width - 16, 12, 4)) {
        canvas.text(scene.width / 2, baseline, line, scene.width - 8, {Ink::Muted, 12, false, Align::Centre});
        baseline += 18;
    }
    scene.height = baseline + 4;
}

} // namespace report
