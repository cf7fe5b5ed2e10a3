#include "driver/hogql/catalogue.h"
#include "driver/hogql/keywords.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace hogql {

namespace {

// What PostHog lets a query call beside the functions of the catalogue and their combinations.
constexpr auto others = std::to_array<std::string_view>({
    "accurateCast", "acos", "acosh", "addMinutes", "addQuarters", "addSeconds", "addYears", "aggregate_funnel",
    "aggregate_funnel_array", "aggregate_funnel_array_trends", "aggregate_funnel_trends", "alphaTokens", "anyHeavy",
    "appendTrailingCharIfAbsent", "arrayAUC", "arrayCompact", "arrayCumSumNonNegative", "arrayEnumerateDense",
    "arrayEnumerateUniq", "arrayFill", "arrayLast", "arrayPopBack", "arrayPopFront", "arrayProduct", "arrayPushFront",
    "arrayResize", "arrayReverseFill", "arrayReverseSplit", "arrayRotateLeft", "arrayRotateRight", "arraySplit", "ascii", "asin",
    "asinh", "atan", "atan2", "atanh", "avgWeighted", "bar", "base58Decode", "base58Encode", "bitCount", "bitHammingDistance",
    "bitmapAnd", "bitmapAndCardinality", "bitmapAndnot", "bitmapAndnotCardinality", "bitmapBuild", "bitmapCardinality",
    "bitmapContains", "bitmapHasAll", "bitmapHasAny", "bitmapMax", "bitmapMin", "bitmapOr", "bitmapOrCardinality",
    "bitmapSubsetInRange", "bitmapSubsetLimit", "bitmapToArray", "bitmapTransform", "bitmapXor", "bitmapXorCardinality", "bitNot",
    "bitRotateLeft", "bitRotateRight", "bitShiftLeft", "bitShiftRight", "bitSlice", "bitTest", "bitTestAll", "bitTestAny",
    "btrim", "cbrt", "concatWithSeparator", "contingency", "convertCharset", "cos", "cosh", "cosineDistance", "countEqual",
    "countMatches", "countMatchesCaseInsensitive", "countSubstrings", "countSubstringsCaseInsensitive",
    "countSubstringsCaseInsensitiveUTF8", "covarSamp", "cramersV", "cramersVBiasCorrected", "current_date", "current_timestamp",
    "cutFragment", "cutQueryStringAndFragment", "cutToFirstSignificantSubdomain", "cutToFirstSignificantSubdomainWithWWW",
    "cutURLParameter", "cutWWW", "date_add", "date_bin", "date_part", "date_subtract", "decodeURLFormComponent",
    "decodeXMLComponent", "degrees", "deltaSumTimestamp", "divideDecimal", "dotProduct", "e", "embedText", "encodeURLComponent",
    "encodeURLFormComponent", "encodeXMLComponent", "erf", "erfc", "every", "exp10", "exp2", "explainCSPReport",
    "extractAllGroups", "extractAllGroupsHorizontal", "extractAllGroupsVertical", "extractGroups", "extractIPv4Substrings",
    "extractTextFromHTML", "extractURLParameterNames", "extractURLParameters", "factorial", "firstSignificantSubdomain",
    "formatReadableDecimalSize", "formatReadableQuantity", "formatReadableSize", "formatReadableTimeDelta",
    "fromModifiedJulianDay", "fromUnixTimestamp64Milli", "gcd", "generateSeries", "generateUUIDv4", "geoDistance",
    "geohashDecode", "geohashEncode", "geohashesInBox", "geoToH3", "greatCircleAngle", "greatCircleDistance",
    "groupArrayInsertAt", "groupArrayMovingAvg", "groupArrayMovingSum", "groupArraySample", "groupBitmap", "groupBitmapAnd",
    "groupBitmapAndState", "groupBitmapOr", "groupBitmapOrState", "groupBitmapState", "groupBitmapXor", "groupBitXor", "grouping",
    "h3CellAreaM2", "h3CellAreaRads2", "h3Distance", "h3EdgeAngle", "h3EdgeLengthKm", "h3EdgeLengthM", "h3ExactEdgeLengthKm",
    "h3ExactEdgeLengthM", "h3ExactEdgeLengthRads", "h3GetBaseCell", "h3GetDestinationIndexFromUnidirectionalEdge", "h3GetFaces",
    "h3GetIndexesFromUnidirectionalEdge", "h3GetOriginIndexFromUnidirectionalEdge", "h3GetPentagonIndexes", "h3GetRes0Indexes",
    "h3GetResolution", "h3GetUnidirectionalEdge", "h3GetUnidirectionalEdgeBoundary", "h3GetUnidirectionalEdgesFromHexagon",
    "h3HexAreaKm2", "h3HexAreaM2", "h3HexRing", "h3IndexesAreNeighbors", "h3IsPentagon", "h3IsResClassIII", "h3IsValid",
    "h3kRing", "h3Line", "h3NumHexagons", "h3PointDistKm", "h3PointDistM", "h3PointDistRads", "h3ToCenterChild", "h3ToChildren",
    "h3ToGeo", "h3ToGeoBoundary", "h3ToParent", "h3ToString", "h3UnidirectionalEdgeIsValid", "hasAllTokens", "hasAnyTokens",
    "hasSubsequence", "hasSubsequenceCaseInsensitive", "hasSubsequenceCaseInsensitiveUTF8", "hasSubsequenceUTF8", "hasSubstr",
    "hasToken", "hasTokenCaseInsensitive", "hasTokenCaseInsensitiveOrNull", "hasTokenOrNull", "hop", "hopEnd", "hopStart",
    "hypot", "ifNotFinite", "indexHint", "intDivOrZero", "intExp10", "intExp2", "isInfinite", "isValidUTF8", "JSONArrayLength",
    "JSONExtractKeysAndValuesRaw", "JSONExtractUInt", "json_agg", "JSON_VALUE", "kurtPop", "kurtSamp", "L1Distance", "L1Norm",
    "L1Normalize", "L2Distance", "L2Norm", "L2Normalize", "lcm", "leftPadUTF8", "lgamma", "LinfDistance", "LinfNorm",
    "LinfNormalize", "ln", "locate", "log1p", "lookupOrganicMediumType", "lookupOrganicSourceType", "lookupPaidMediumType",
    "lookupPaidSourceType", "lowerUTF8", "lpad", "LpDistance", "LpNorm", "LpNormalize", "ltrim", "make_date", "make_interval",
    "make_timestamp", "make_timestamptz", "mapAdd", "mapApply", "mapContains", "mapContainsKeyLike", "mapExtractKeyLike",
    "mapFilter", "mapFromArrays", "mapPopulateSeries", "mapSubtract", "mapUpdate", "max2", "maxIntersections",
    "maxIntersectionsPosition", "md5", "medianBFloat16", "medianDeterministic", "medianExact", "medianExactHigh",
    "medianExactLow", "medianExactWeighted", "medianTDigest", "medianTDigestWeighted", "medianTiming", "medianTimingWeighted",
    "min2", "moduloOrZero", "multiFuzzyMatchAllIndices", "multiFuzzyMatchAny", "multiFuzzyMatchAnyIndex", "multiMatchAllIndices",
    "multiMatchAny", "multiMatchAnyIndex", "multiplyDecimal", "multiSearchAllPositions", "multiSearchAllPositionsCaseInsensitive",
    "multiSearchAllPositionsCaseInsensitiveUTF8", "multiSearchAllPositionsUTF8", "multiSearchAnyCaseInsensitive",
    "multiSearchAnyCaseInsensitiveUTF8", "multiSearchAnyUTF8", "multiSearchFirstIndex", "multiSearchFirstIndexCaseInsensitive",
    "multiSearchFirstIndexCaseInsensitiveUTF8", "multiSearchFirstIndexUTF8", "multiSearchFirstPosition",
    "multiSearchFirstPositionCaseInsensitive", "multiSearchFirstPositionCaseInsensitiveUTF8", "multiSearchFirstPositionUTF8",
    "netloc", "ngramDistance", "ngramDistanceCaseInsensitive", "ngramDistanceCaseInsensitiveUTF8", "ngramDistanceUTF8", "ngrams",
    "ngramSearch", "ngramSearchCaseInsensitive", "ngramSearchCaseInsensitiveUTF8", "ngramSearchUTF8", "notILike", "notLike",
    "nowInBlock", "parseDateTime", "pathFull", "percentile_cont", "percentile_disc", "pi", "pointInEllipses", "pointInPolygon",
    "port", "positionCaseInsensitiveUTF8", "positionUTF8", "positiveModulo", "power", "queryStringAndFragment", "radians",
    "recording_button", "regexpExtract", "regexpQuoteMeta", "reinterpretAsFloat32", "reinterpretAsFloat64", "reinterpretAsInt128",
    "reinterpretAsInt16", "reinterpretAsInt256", "reinterpretAsInt32", "reinterpretAsInt64", "reinterpretAsInt8",
    "reinterpretAsUInt128", "reinterpretAsUInt16", "reinterpretAsUInt256", "reinterpretAsUInt32", "reinterpretAsUInt64",
    "reinterpretAsUInt8", "reinterpretAsUUID", "replace", "reverseUTF8", "rightPad", "rightPadUTF8", "roundAge", "roundBankers",
    "roundDown", "roundDuration", "roundToExp2", "rowNumberInAllBlocks", "rowNumberInBlock", "rpad", "rtrim",
    "simpleLinearRegression", "sin", "sinh", "skewPop", "skewSamp", "splitByNonAlpha", "splitByRegexp", "splitByWhitespace",
    "stringToH3", "subBitmap", "substringUTF8", "subtractHours", "subtractMinutes", "subtractMonths", "subtractQuarters",
    "subtractSeconds", "subtractWeeks", "subtractYears", "sumWithOverflow", "tan", "tgamma", "theilsU", "throwIf", "timeSlot",
    "timeSlots", "timeStampAdd", "timeStampSub", "timezone", "timeZoneOf", "timeZoneOffset", "toDateTimeUS", "toISOYear",
    "toJSONString", "tokens", "toLastDayOfWeek", "toModifiedJulianDay", "toNullable", "toNullableString", "toStartOfISOYear",
    "toTime", "toUUIDOrDefault", "toValidUTF8", "toWeek", "toYearWeek", "toYYYYMMDDhhmmss", "to_char", "to_date", "to_timestamp",
    "translate", "translateUTF8", "trimLeft", "trimRight", "tryBase58Decode", "tumble", "tumbleEnd", "tumbleStart", "tupleDivide",
    "tupleDivideByNumber", "tupleHammingDistance", "tupleMinus", "tupleMultiply", "tupleMultiplyByNumber", "tupleNegate",
    "tuplePlus", "tupleToNameValuePairs", "uniqHLL12", "uniqTheta", "uniqUpToMerge", "untuple", "upperUTF8", "URLHierarchy",
    "URLPathHierarchy", "UUIDv7ToDateTime", "width_bucket",
});

} // namespace

std::span<const std::string_view> otherFunctions() { return others; }

bool isFunctionName(std::string_view name)
{
    static const std::unordered_set<std::string> known = [] {
        std::unordered_set<std::string> all;
        for (const std::string_view other : others)
            all.insert(upperCase(other));
        return all;
    }();
    return findFunction(name) || known.contains(upperCase(name));
}

} // namespace hogql
