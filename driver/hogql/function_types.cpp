#include "driver/hogql/function_types.h"

#include "driver/hogql/keywords.h"

#include <array>
#include <unordered_map>

namespace hogql {

namespace {

using Kind = ValueType::Kind;

struct Group {
    Kind kind;
    std::string_view names; // separated by spaces
};

// clang-format off
constexpr Group results[] = {
    {Kind::Number, "count countDistinct sum avg uniq uniqExact uniqHLL12 uniqTheta median quantile quantileExact stddevPop stddevSamp varPop varSamp "
                   "corr covarPop covarSamp deltaSum windowFunnel groupBitAnd groupBitOr groupBitXor row_number rank dense_rank "
                   "plus minus multiply divide intDiv modulo negate abs round floor ceil trunc sqrt exp log log2 log10 pow power sign rand bitAnd bitOr "
                   "bitXor toInt toFloat toDecimal toFloatOrZero toIntOrZero toFloatOrDefault dateDiff date_diff age toYear toQuarter toMonth toDayOfMonth "
                   "toDayOfWeek toDayOfYear toHour toMinute toSecond toYYYYMM toYYYYMMDD toISOWeek toISOYear toWeek toUnixTimestamp toUnixTimestamp64Milli "
                   "length lengthUTF8 position positionCaseInsensitive locate JSONExtractInt JSONExtractUInt JSONExtractFloat JSONLength indexOf arrayCount "
                   "arraySum arrayAvg arrayProduct arrayFirstIndex arrayLastIndex arrayUniq cityHash64 countSubstrings countMatches intDivOrZero "
                   "percentile_cont percentile_disc date_part ascii greatCircleDistance hypot cbrt sin cos tan ln"},
    {Kind::String, "toString concat lower upper lowerUTF8 upperUTF8 trim ltrim rtrim btrim left right substring substringUTF8 replaceOne replaceAll replace "
                   "replaceRegexpOne replaceRegexpAll extract format leftPad rightPad lpad rpad repeat base64Encode base64Decode tryBase64Decode initcap "
                   "split_part domain domainWithoutWWW path protocol queryString fragment extractURLParameter cutQueryString topLevelDomain "
                   "decodeURLComponent encodeURLComponent JSONExtractString JSONExtractRaw JSONType JSON_VALUE toJSONString arrayStringConcat monthName "
                   "dateName formatDateTime to_char toTypeName hex unhex string_agg languageCodeToName lookupDomainType sparkline recordingButton md5 "
                   "formatReadableSize formatReadableQuantity formatReadableTimeDelta"},
    {Kind::Boolean, "and or xor not equals notEquals less lessOrEquals greater greaterOrEquals in notIn like ilike notLike notILike match startsWith endsWith "
                    "empty notEmpty isNull isNotNull has hasAny hasAll hasToken arrayExists arrayAll JSONHas JSONExtractBool isValidJSON isFinite isNaN "
                    "isInfinite matchesAction multiSearchAny toBool every"},
    {Kind::DateTime, "now toDateTime toDateTime64 toDateTimeUS toStartOfSecond toStartOfMinute toStartOfFiveMinutes toStartOfTenMinutes "
                     "toStartOfFifteenMinutes toStartOfHour toStartOfDay toStartOfInterval dateTrunc date_trunc toTimeZone parseDateTimeBestEffort "
                     "parseDateTime fromUnixTimestamp fromUnixTimestamp64Milli current_timestamp to_timestamp make_timestamp date_bin timeSlot"},
    {Kind::Date, "toDate today yesterday toStartOfWeek toStartOfMonth toStartOfQuarter toStartOfYear toMonday toLastDayOfMonth current_date to_date make_date"},
    {Kind::Interval, "toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear"},
    {Kind::Uuid, "toUUID"},
    {Kind::Tuple, "tuple simpleLinearRegression"},
    {Kind::Map, "map"},
};

constexpr Group arraysOf[] = { // what the items are
    {Kind::String, "splitByChar splitByString splitByRegexp splitByWhitespace extractAll JSONExtractArrayRaw JSONExtractKeys extractURLParameters alphaTokens"},
    {Kind::Number, "range quantiles arrayEnumerate arrayCumSum arrayDifference retention sortableSemVer"},
    {Kind::Tuple, "JSONExtractKeysAndValues arrayZip"},
};

// The type of an argument goes through: the one at that place.
struct Through {
    std::size_t argument;
    std::string_view names;
};
constexpr Through sameType[] = {
    {0, "any anyLast anyHeavy min max argMax argMin argMinMerge first_value last_value nth_value lag lead lagInFrame leadInFrame coalesce ifNull "
        "nullIf assumeNotNull greatest least reverse arrayReverse arraySlice arrayDistinct arrayConcat arrayPushBack arrayPushFront arrayIntersect "
        "arrayResize arrayCompact addDays addHours addWeeks addMonths addMinutes addSeconds addYears subtractDays subtractHours subtractWeeks "
        "subtractMonths toNullable"},
    {1, "if arrayFilter arraySort arrayReverseSort"},
    {2, "dateAdd dateSub date_add arrayFold"},
};

constexpr Group firstArguments[] = {
    {Kind::Number, "sum avg median quantile quantileExact quantiles stddevPop stddevSamp varPop varSamp abs floor ceil trunc sqrt exp log log2 log10 sign round "
                   "toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear negate"},
    {Kind::String, "lower upper trim domain domainWithoutWWW path protocol queryString fragment extractURLParameter cutQueryString topLevelDomain "
                   "decodeURLComponent match like ilike extract extractAll replaceOne replaceAll replaceRegexpOne replaceRegexpAll substring left right "
                   "startsWith endsWith position positionCaseInsensitive lengthUTF8 JSONExtractString JSONExtractInt JSONExtractFloat JSONExtractBool JSONExtractRaw"},
    {Kind::DateTime, "toStartOfSecond toStartOfMinute toStartOfFiveMinutes toStartOfTenMinutes toStartOfFifteenMinutes toStartOfHour toStartOfDay toStartOfWeek "
                     "toStartOfMonth toStartOfQuarter toStartOfYear toStartOfInterval toMonday toYear toQuarter toMonth toDayOfMonth toDayOfWeek toDayOfYear "
                     "toHour toMinute toSecond toYYYYMM toYYYYMMDD toISOWeek formatDateTime"},
    {Kind::Array, "arrayJoin arrayStringConcat arrayDistinct arraySlice arrayUniq arrayEnumerate arrayCumSum arrayReverse has hasAny hasAll indexOf"},
};
// clang-format on

template <typename Entry>
void addNames(std::unordered_map<std::string, Entry> &to, std::string_view names, Entry entry)
{
    while (!names.empty()) {
        const std::size_t space = std::min(names.find(' '), names.size());
        if (space > 0)
            to.emplace(upperCase(names.substr(0, space)), entry);
        names.remove_prefix(std::min(space + 1, names.size()));
    }
}

/// How the type of a result comes about.
struct Rule {
    ValueType fixed;
    std::optional<std::size_t> through;
};

const std::unordered_map<std::string, Rule> &rules()
{
    static const auto all = [] {
        std::unordered_map<std::string, Rule> map;
        for (const Group &group : results)
            addNames(map, group.names, Rule{{group.kind, Kind::Unknown}, {}});
        for (const Group &group : arraysOf)
            addNames(map, group.names, Rule{{Kind::Array, group.kind}, {}});
        for (const Through &same : sameType)
            addNames(map, same.names, Rule{{}, same.argument});
        return map;
    }();
    return all;
}

const std::unordered_map<std::string, Kind> &wanted()
{
    static const auto all = [] {
        std::unordered_map<std::string, Kind> map;
        for (const Group &group : firstArguments)
            addNames(map, group.names, group.kind);
        return map;
    }();
    return all;
}

/// Reads one pair of brackets of a signature, from behind "(" to behind ")".
std::vector<Signature::Part> readParts(std::string_view text, std::size_t &at, bool &open)
{
    std::vector<Signature::Part> parts;
    std::string name;
    int optional = 0, depth = 0;
    bool wasOptional = false;
    const auto finish = [&] {
        while (!name.empty() && name.back() == ' ')
            name.pop_back();
        if (name == "\u2026")
            open = true;
        else if (!name.empty())
            parts.push_back({name, wasOptional});
        name.clear();
        wasOptional = optional > 0;
    };
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '[' && depth == 0) {
            ++optional;
            wasOptional = wasOptional || name.empty();
        } else if (c == ']' && depth == 0) {
            finish();
            --optional;
            wasOptional = optional > 0;
        } else if (c == '(') {
            ++depth;
            name += c;
        } else if (c == ')' && depth-- == 0) {
            ++at;
            break;
        } else if (c == ',' && depth == 0) {
            finish();
        } else if (c != ' ' || !name.empty()) {
            name += c;
        }
    }
    finish();
    return parts;
}

} // namespace

std::size_t Signature::least() const
{
    std::size_t count = 0;
    for (const Part &part : arguments)
        count += part.optional ? 0 : 1;
    return count;
}

Signature signatureOf(const FunctionDoc &function)
{
    Signature signature;
    std::size_t at = function.signature.find('(');
    if (at == std::string_view::npos)
        return signature;
    signature.arguments = readParts(function.signature, ++at, signature.openArguments);
    if (at < function.signature.size() && function.signature[at] == '(') {
        signature.parameters = std::move(signature.arguments);
        signature.openParameters = signature.openArguments;
        signature.openArguments = false;
        signature.parametersOptional = true;
        for (const Signature::Part &part : signature.parameters)
            signature.parametersOptional = signature.parametersOptional && part.optional;
        signature.arguments = readParts(function.signature, ++at, signature.openArguments);
    }
    return signature;
}

std::optional<Arity> arityOf(std::string_view name)
{
    const FunctionDoc *function = findFunction(name);
    if (!function)
        return {};
    const Signature signature = signatureOf(*function);
    Arity arity{signature.least(), signature.arguments.size()};
    if (signature.openArguments)
        arity.most.reset();
    std::string_view rest = name.substr(std::min(function->name.size(), name.size()));
    while (!rest.empty()) { // each combinator that changes the count, in the order of writing
        const auto takes = [&](std::string_view word) {
            if (rest.size() < word.size() || !isWord(rest.substr(0, word.size()), upperCase(word)))
                return false;
            rest.remove_prefix(word.size());
            return true;
        };
        const auto more = [&](std::size_t count) {
            arity.least += count;
            if (arity.most)
                *arity.most += count;
        };
        if (takes("If") || takes("ArgMin") || takes("ArgMax"))
            more(1);
        else if (!takes("OrDefault") && !takes("OrNull") && !takes("ForEach") && !takes("Distinct") && !takes("Array") && !takes("Map"))
            return {}; // -State and -Merge take what they like
    }
    return arity;
}

ValueType resultOf(std::string_view name, const std::vector<ValueType> &arguments)
{
    std::string upper = upperCase(name);
    auto rule = rules().find(upper);
    if (rule == rules().end() && upper.ends_with("IF"))
        rule = rules().find(upper.substr(0, upper.size() - 2)); // sumIf has the type of sum
    if (rule == rules().end()) {
        const FunctionDoc *function = findFunction(name);
        if (!function || function->name.size() == name.size())
            rule = rules().end();
        else if (upper.ends_with("STATE") || upper.ends_with("FOREACH") || upper.ends_with("MAP"))
            return {};
        else
            rule = rules().find(upperCase(function->name));
    }
    const auto at = [&](std::size_t i) { return i < arguments.size() ? arguments[i] : ValueType{}; };
    if (upper == "ARRAY")
        return {Kind::Array, at(0).kind};
    if (upper == "GROUPARRAY" || upper == "GROUPUNIQARRAY" || upper == "ARRAY_AGG" || upper == "TOPK")
        return {Kind::Array, at(0).kind};
    if (upper == "ARRAYMAP")
        return {Kind::Array, Kind::Unknown};
    if (upper == "ARRAYJOIN" || upper == "ARRAYELEMENT" || upper == "ARRAYMIN" || upper == "ARRAYMAX")
        return at(0).is(Kind::Array) ? ValueType{at(0).item} : ValueType{};
    if (upper == "ARRAYFIRST" || upper == "ARRAYLAST")
        return at(1).is(Kind::Array) ? ValueType{at(1).item} : ValueType{};
    if (upper == "MULTIIF")
        return at(1);
    if (rule == rules().end())
        return {};
    if (!rule->second.through)
        return rule->second.fixed;
    ValueType type = at(*rule->second.through);
    for (std::size_t i = 0; i < arguments.size() && (upper == "COALESCE" || upper == "IFNULL") && type.is(Kind::Null); ++i)
        type = at(i);
    return type;
}

ValueType::Kind firstArgumentOf(std::string_view name)
{
    if (const auto found = wanted().find(upperCase(name)); found != wanted().end())
        return found->second;
    if (name.size() < 3 || !isWord(name.substr(name.size() - 2), "IF"))
        return Kind::Unknown;
    const auto found = wanted().find(upperCase(name.substr(0, name.size() - 2)));
    return found == wanted().end() ? Kind::Unknown : found->second;
}

} // namespace hogql
