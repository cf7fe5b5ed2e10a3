#include "driver/localproject/compiler_state.h"
#include "driver/localproject/compiler_time.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace localproject {
namespace {

using hogql::BinaryOp;
using Kind = Type::Kind;

bool isUuid(std::string_view text)
{
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
            return false;
    }
    return true;
}

bool isText(const Fragment &value) { return value.type.is(Kind::String); }
bool isTextConstant(const Fragment &value) { return isText(value) && value.constant && value.constant->is_string(); }

Fragment boolFragment(std::string sql, bool nullable, hogql::Span span)
{
    Fragment result;
    result.sql = std::move(sql);
    result.type = Type::of(Kind::Bool, nullable);
    result.span = span;
    return result;
}

[[noreturn]] void refuseComparison(const Fragment &a, const Fragment &b, hogql::Span span)
{
    std::string hint;
    const Fragment *other = isText(a) ? &b : isText(b) ? &a : nullptr;
    if (other && other->type.isNumber())
        hint = " A property without a Numeric definition is text: wrap it in toFloat() or toInt().";
    else if (other && other->type.isTime())
        hint = " Wrap the text in toDateTime().";
    refuse("There is no supertype for types " + a.type.name() + ", " + b.type.name() + ": they cannot be compared." + hint, span);
}

/// Both sides in a form that DuckDB may compare; `constant` is text that gets read as the other's type.
std::pair<std::string, std::string> aligned(Compilation &compilation, const Fragment &a, const Fragment &b, hogql::Span span)
{
    const auto textAgainst = [&](const Fragment &text, const Fragment &other) -> std::pair<std::string, std::string> {
        switch (other.type.kind) {
        case Kind::Integer:
        case Kind::Float: {
            if (!isTextConstant(text))
                refuseComparison(a, b, span);
            const auto &written = text.constant->get_ref<const std::string &>();
            double number = 0;
            const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
            if (error != std::errc() || end != written.data() + written.size())
                refuse("Cannot read '" + written + "' as a number to compare it with " + other.type.name() + ".", span);
            return {compilation.constant(number).sql, other.sql};
        }
        case Kind::Bool: return {text.sql, other.sql + "::VARCHAR"};
        case Kind::DateTime:
            if (!isTextConstant(text))
                refuseComparison(a, b, span);
            return {compilation.instant(text), other.sql};
        case Kind::Date:
            if (!isTextConstant(text))
                refuseComparison(a, b, span);
            if (const auto time = parseWrittenTime(text.constant->get_ref<const std::string &>()); time && !time->dateOnly)
                return {compilation.instant(text), compilation.instant(other)};
            return {compilation.date(text), other.sql};
        case Kind::Uuid:
            if (!isTextConstant(text))
                return {text.sql, other.sql + "::VARCHAR"};
            if (!isUuid(text.constant->get_ref<const std::string &>()))
                refuse("'" + text.constant->get<std::string>() + "' is not a UUID, and is compared with one.", span);
            return {text.sql + "::UUID", other.sql};
        default: refuseComparison(a, b, span);
        }
    };

    if (isText(a) && isText(b))
        return {a.sql, b.sql};
    if (isText(a) && !b.type.is(Kind::Unknown) && !b.type.is(Kind::State))
        return textAgainst(a, b);
    if (isText(b) && !a.type.is(Kind::Unknown) && !a.type.is(Kind::State)) {
        auto [text, other] = textAgainst(b, a);
        return {std::move(other), std::move(text)};
    }
    if (a.type.is(Kind::State) || b.type.is(Kind::State))
        return {compilation.text(a), compilation.text(b)};
    if (a.type.is(Kind::Bool) && b.type.is(Kind::Bool))
        return {a.sql, b.sql};
    if (a.type.is(Kind::Unknown) || b.type.is(Kind::Unknown))
        return {a.sql, b.sql};
    if (a.type.isNumber() && b.type.isNumber())
        return {compilation.numeric(a), compilation.numeric(b)};
    const auto common = commonType(a.type, b.type);
    if (!common)
        refuseComparison(a, b, span);
    return {compilation.as(a, *common), compilation.as(b, *common)};
}

} // namespace

Fragment Compilation::compare(BinaryOp op, Fragment left, Fragment right, hogql::Span span)
{
    const bool equality = op == BinaryOp::Equal || op == BinaryOp::IsNotDistinctFrom;
    const bool inequality = op == BinaryOp::NotEqual || op == BinaryOp::IsDistinctFrom;
    if (left.type.is(Kind::Null) || right.type.is(Kind::Null)) {
        const std::string &other = left.type.is(Kind::Null) ? right.sql : left.sql;
        if (!equality && !inequality)
            return boolFragment("false", false, span);
        return boolFragment("(" + other + (equality ? " IS NULL)" : " IS NOT NULL)"), false, span);
    }

    const auto [a, b] = aligned(*this, left, right, span);
    const bool nullable = left.type.nullable || right.type.nullable || left.type.is(Kind::Unknown) || right.type.is(Kind::Unknown);
    const bool bothNullable = left.type.nullable && right.type.nullable;
    if (inequality)
        return boolFragment("(" + a + (nullable ? " IS DISTINCT FROM " : " <> ") + b + ")", false, span);
    if (equality) // A filter drops NULL as it drops false, and a plain = can be pushed into the scan.
        return boolFragment("(" + a + (nullable && !(m_filter && (m_joining || !bothNullable)) ? " IS NOT DISTINCT FROM " : " = ") + b + ")", false, span);

    const char *sign = op == BinaryOp::Less ? " < " : op == BinaryOp::LessOrEqual ? " <= " : op == BinaryOp::Greater ? " > " : " >= ";
    if (nullable && !m_filter)
        return boolFragment("coalesce(" + a + sign + b + ", false)", false, span);
    return boolFragment("(" + a + sign + b + ")", false, span);
}

Fragment Compilation::like(BinaryOp op, const Fragment &left, const Fragment &right)
{
    const bool negated = op == BinaryOp::NotLike || op == BinaryOp::NotILike || op == BinaryOp::NotRegex || op == BinaryOp::NotIRegex;
    const std::string a = text(left);
    const std::string b = text(right);
    // Without ESCAPE DuckDB turns '%text%' into a search.
    const bool escapes = !isTextConstant(right) || right.constant->get_ref<const std::string &>().find('\\') != std::string::npos;
    const std::string escape = escapes ? " ESCAPE '\\')" : ")";
    std::string matches;
    switch (op) {
    case BinaryOp::Like:
    case BinaryOp::NotLike: matches = "(" + a + " LIKE " + b + escape; break;
    case BinaryOp::ILike:
    case BinaryOp::NotILike: matches = "(" + a + " ILIKE " + b + escape; break;
    case BinaryOp::Regex:
    case BinaryOp::NotRegex: matches = "regexp_matches(" + a + ", " + b + ")"; break;
    default: matches = "regexp_matches(" + a + ", " + b + ", 'i')"; break;
    }
    const bool nullable = left.type.nullable || right.type.nullable;
    const std::string whenNull = left.type.nullable && right.type.nullable ? "(" + a + " IS NULL AND " + b + " IS NULL)" : "false";
    std::string sql = matches;
    if (nullable && (negated || !m_filter || whenNull != "false"))
        sql = "coalesce(" + matches + ", " + whenNull + ")";
    return boolFragment(negated ? "(NOT " + sql + ")" : sql, false, left.span);
}

Fragment Compilation::arithmetic(BinaryOp op, Fragment left, Fragment right, hogql::Span span)
{
    Fragment result;
    result.span = span;
    const bool nullable = left.type.nullable || right.type.nullable;
    const bool minus = op == BinaryOp::Subtract;

    if (right.type.is(Kind::Interval) || left.type.is(Kind::Interval)) {
        if (op != BinaryOp::Add && !minus)
            refuse("An interval can only be added or subtracted.", span);
        if (left.type.is(Kind::Interval) && !right.type.is(Kind::Interval)) {
            if (minus)
                refuse("A time cannot be subtracted from an interval.", span);
            std::swap(left, right);
        }
        const char *sign = minus ? " - " : " + ";
        if (left.type.is(Kind::Interval)) {
            result.sql = "(" + left.sql + sign + right.sql + ")";
            result.type = left.type;
            result.type.unit.clear();
            return result;
        }
        static constexpr std::string_view shortUnits = " second minute hour millisecond ";
        const bool shortUnit = shortUnits.find(" " + right.type.unit + " ") != std::string_view::npos;
        if (left.type.is(Kind::Date) && !shortUnit) {
            result.sql = "(" + left.sql + sign + right.sql + ")::DATE";
            result.type = left.type;
        } else {
            // Days and longer keep the wall clock: a day in October may have 25 hours.
            const std::string &zone = zoneOf(left);
            result.sql = shortUnit ? "(" + instant(left) + sign + right.sql + ")"
                                   : fromZone("(" + wallClock(left) + sign + right.sql + ")", zone);
            result.type = left.type.is(Kind::DateTime) ? left.type : Type::dateTime(zone, 0);
        }
        result.type.nullable = nullable;
        return result;
    }

    if (left.type.isTime() || right.type.isTime()) {
        if (minus && left.type.is(Kind::Date) && right.type.is(Kind::Date)) {
            result.sql = "(" + left.sql + " - " + right.sql + ")";
            result.type = Type::integer(32, true);
        } else if (minus && (left.type.isTime() && right.type.isTime())) {
            result.sql = "(epoch(" + instant(left) + ") - epoch(" + instant(right) + "))";
            result.type = Type::of(Kind::Float);
        } else if ((op == BinaryOp::Add || minus) && (left.type.isTime() != right.type.isTime()) && (left.type.isTime() || !minus)
                   && (left.type.isTime() ? right : left).type.isNumber()) {
            if (!left.type.isTime())
                std::swap(left, right);
            const bool isDate = left.type.is(Kind::Date);
            result.sql = "(" + left.sql + (minus ? " - " : " + ") + (isDate ? integer(right) + "::INTEGER)" : "to_seconds(" + real(right) + "))");
            result.type = left.type;
        } else {
            refuse("A time and " + (left.type.isTime() ? right : left).type.name() + " do not go together here. Use toInterval…() or dateDiff().", span);
        }
        result.type.nullable = nullable;
        return result;
    }

    for (const Fragment *side : {&left, &right})
        if (!side->type.isNumber() && !side->type.is(Kind::Null) && !side->type.is(Kind::Unknown))
            refuse("Illegal type " + side->type.name() + " of an operand of arithmetic."
                       + (isText(*side) ? " A property without a Numeric definition is text: wrap it in toFloat() or toInt()." : ""),
                   side->span.end ? side->span : span);

    const bool isFloat = left.type.is(Kind::Float) || right.type.is(Kind::Float) || op == BinaryOp::Divide;
    const char *sign = op == BinaryOp::Add ? " + " : minus ? " - " : op == BinaryOp::Multiply ? " * " : op == BinaryOp::Divide ? " / " : " % ";
    std::string a = isFloat ? real(left) : integer(left);
    const std::string b = isFloat ? real(right) : integer(right);
    if (!isFloat && left.constant && right.constant)
        a += "::BIGINT"; // Two small literals would be added as 32 bits.
    result.sql = "(" + a + sign + b + ")";
    if (isFloat) {
        result.type = Type::of(Kind::Float, nullable);
    } else {
        const Type &x = left.type;
        const Type &y = right.type;
        const int bits = op == BinaryOp::Modulo ? (y.is(Kind::Integer) ? y.bits : 8)
                                                : std::min(64, 2 * std::max(x.is(Kind::Integer) ? x.bits : 8, y.is(Kind::Integer) ? y.bits : 8));
        const bool isSigned = minus || (x.is(Kind::Integer) && x.isSigned) || (y.is(Kind::Integer) && y.isSigned);
        result.type = Type::integer(bits, isSigned);
        result.type.nullable = nullable;
    }
    return result;
}

Fragment Compilation::concatenation(const std::vector<Fragment> &items)
{
    Fragment result; // DuckDB's concat() reads NULL as '', as HogQL's does.
    for (const Fragment &item : items)
        result.sql += (result.sql.empty() ? "concat(" : ", ") + text(item);
    result.sql = items.empty() ? "''" : result.sql + ")";
    result.type = Type::of(Kind::String);
    return result;
}

Fragment Compilation::binary(BinaryOp op, const Fragment &left, const Fragment &right, hogql::Span span)
{
    switch (op) {
    case BinaryOp::And:
    case BinaryOp::Or:
        return boolFragment("(" + boolean(left) + (op == BinaryOp::And ? " AND " : " OR ") + boolean(right) + ")",
                            left.type.nullable || right.type.nullable, span);
    case BinaryOp::Equal:
    case BinaryOp::NotEqual:
    case BinaryOp::Less:
    case BinaryOp::LessOrEqual:
    case BinaryOp::Greater:
    case BinaryOp::GreaterOrEqual:
    case BinaryOp::IsDistinctFrom:
    case BinaryOp::IsNotDistinctFrom: return compare(op, left, right, span);
    case BinaryOp::Like:
    case BinaryOp::NotLike:
    case BinaryOp::ILike:
    case BinaryOp::NotILike:
    case BinaryOp::Regex:
    case BinaryOp::NotRegex:
    case BinaryOp::IRegex:
    case BinaryOp::NotIRegex: return like(op, left, right);
    case BinaryOp::In:
    case BinaryOp::NotIn:
        if (right.type.is(Kind::Array)) {
            const auto common = commonType(Type::array(left.type), right.type);
            if (!common)
                refuseComparison(left, right, span);
            const std::string contains = "coalesce(list_contains(" + as(right, *common) + ", " + as(left, common->element()) + "), false)";
            return boolFragment(op == BinaryOp::NotIn ? "(NOT " + contains + ")" : contains, false, span);
        }
        return membership(left, {right}, op == BinaryOp::NotIn, span);
    case BinaryOp::Concat: return concatenation({left, right});
    case BinaryOp::Coalesce: return callFunction("coalesce", {left, right}, span);
    case BinaryOp::InCohort:
    case BinaryOp::NotInCohort: break;
    default: return arithmetic(op, left, right, span);
    }
    refuse("IN COHORT needs a cohort's name or id.", span);
}

Fragment Compilation::membership(const Fragment &left, const std::vector<Fragment> &items, bool negated, hogql::Span span)
{
    bool withNull = false;
    std::string list;
    std::string leftSql;
    std::string alternatives; // items that need the left side in another form
    for (const Fragment &item : items) {
        if (item.type.is(Kind::Null)) {
            withNull = true;
            continue;
        }
        auto [a, b] = aligned(*this, left, item, item.span.end ? item.span : span);
        if (leftSql.empty())
            leftSql = a;
        if (a == leftSql)
            list += (list.empty() ? "" : ", ") + b;
        else
            alternatives += " OR (" + a + " = " + b + ")";
    }
    std::string sql = list.empty() ? "false" : "(" + leftSql + " IN (" + list + ")" + alternatives + ")";
    if (left.type.nullable && list.empty() && !withNull)
        sql = "false";
    if (left.type.nullable && !list.empty() && (negated || !m_filter || withNull))
        sql = "coalesce(" + sql + ", false)";
    if (withNull)
        sql = "(" + sql + " OR " + left.sql + " IS NULL)";
    return boolFragment(negated ? "(NOT " + sql + ")" : sql, false, span);
}

Fragment Compilation::negate(const Fragment &operand, hogql::Span span)
{
    return boolFragment("(NOT " + boolean(operand) + ")", operand.type.nullable, span);
}

} // namespace localproject
