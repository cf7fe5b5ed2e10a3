#include "compiler_support.h"

#include <QTest>

/// What expressions are worth: NULLs, types of properties, functions.
class CompilerValuesTest : public QObject
{
    Q_OBJECT

private slots:
    void comparesWithoutNull_data();
    void comparesWithoutNull();
    void keepsRowsWithoutTheProperty();
    void readsPropertiesByTheirDefinition();
    void readsBlanksAsNull();
    void readsNestedProperties();
    void refusesWhatHasNoCommonType_data();
    void refusesWhatHasNoCommonType();
    void evaluates_data();
    void evaluates();
    void knowsTheRest_data();
    void knowsTheRest();
    void namesTypesAsClickHouse_data();
    void namesTypesAsClickHouse();

private:
    Project m_project;
};

/// `e` is NULL in one row and 'x' in the other; the answer is for NULL, then for 'x'.
void CompilerValuesTest::comparesWithoutNull_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("forNull");
    QTest::addColumn<QString>("forX");

    const auto row = [](const char *expression, const char *forNull, const char *forX) { QTest::newRow(expression) << expression << forNull << forX; };
    row("e = 'x'", "false", "true");
    row("e = NULL", "true", "false");
    row("e = e", "true", "true");
    row("e != 'x'", "true", "false");
    row("e != 'y'", "true", "true");
    row("e != NULL", "false", "true");
    row("e < 'y'", "false", "true");
    row("e >= 'a'", "false", "true");
    row("e like 'x%'", "false", "true");
    row("e not like 'x%'", "true", "false");
    row("e ilike 'X'", "false", "true");
    row("e =~ 'x'", "false", "true");
    row("e !~ 'x'", "true", "false");
    row("e in ('x', 'y')", "false", "true");
    row("e in ('y', NULL)", "true", "false");
    row("e not in ('x')", "true", "false");
    row("e not in ('y', NULL)", "false", "true");
    row("e in (select 'x')", "false", "true");
    row("e not in (select 'x')", "true", "false");
    row("e in (select nullIf('y', 'y'))", "true", "false");
    row("not (e = 'x')", "true", "false");
    row("e is null", "true", "false");
    row("e between 'a' and 'z'", "false", "true");
    row("concat('a', e, 'b')", "\"ab\"", "\"axb\"");
    row("'a' || e", "\"a\"", "\"ax\"");
    row("f'{e}!'", "\"!\"", "\"x!\"");
    row("length(e) + 1", "null", "2");
    row("not (length(e) > 0 or length(e) is null)", "false", "false");
    row("ifNull(e, 'none')", "\"none\"", "\"x\"");
    row("e ?? 'none'", "\"none\"", "\"x\"");
    row("if(e = 'x', 1, 2)", "2", "1");
    row("if(length(e) = 1, 1, 2)", "2", "1");
    row("multiIf(e = 'y', 1, e != 'x', 2, 3)", "2", "3");
    row("case when e > 'a' then 1 else 2 end", "2", "1");
    row("case e when 'x' then 1 end", "null", "1");
    row("coalesce(NULL, e, 'z')", "\"z\"", "\"x\"");
}

void CompilerValuesTest::comparesWithoutNull()
{
    QFETCH(QString, expression);
    QFETCH(QString, forNull);
    QFETCH(QString, forX);
    const QString query = "SELECT " + expression + " FROM (SELECT nullIf(arrayJoin(['', 'x']), '') AS e) ORDER BY e DESC";

    QCOMPARE(m_project.answer(query.toStdString()), "[[" + forX + "],[" + forNull + "]]");
    // The same in WHERE, where plainer SQL is made: it must let the same rows through.
    if (forX == "true" || forX == "false") {
        const QString filtered = "SELECT count() FROM (SELECT nullIf(arrayJoin(['', 'x']), '') AS e) WHERE " + expression;
        QCOMPARE(m_project.answer(filtered.toStdString()), "[[" + QString::number((forX == "true") + (forNull == "true")) + "]]");
        QCOMPARE(m_project.answer("SELECT countIf(" + expression.toStdString() + ") FROM (SELECT nullIf(arrayJoin(['', 'x']), '') AS e)"),
                 "[[" + QString::number((forX == "true") + (forNull == "true")) + "]]");
    }
}

void CompilerValuesTest::keepsRowsWithoutTheProperty()
{
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE properties.plan != 'free'"), "[[4]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE properties.plan = 'free'"), "[[1]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE properties.$browser NOT IN ('Chrome')"), "[[3]]");
}

void CompilerValuesTest::readsPropertiesByTheirDefinition()
{
    QCOMPARE(m_project.answer("SELECT properties.amount, properties.trial, properties.paid_at FROM events ORDER BY timestamp LIMIT 2"),
             R"([[10.0,true,"2026-01-01T08:00:00.000000Z"],[2.5,false,null]])");
    QCOMPARE(m_project.answer("SELECT properties.amount FROM events WHERE event = 'paid'"), "[[null]]");
    QCOMPARE(m_project.answer("SELECT count() FROM events WHERE properties.trial = true"), "[[1]]");
    QCOMPARE(m_project.answer("SELECT sum(properties.amount), max(properties.amount) FROM events"), "[[12.5,10.0]]");
    QCOMPARE(m_project.answer("SELECT toFloat(properties.amount) + 1 FROM events ORDER BY timestamp LIMIT 1"), "[[11.0]]");
    QCOMPARE(m_project.answer("SELECT JSONExtractString(properties, '$browser'), JSONExtractInt(properties, 'amount'), JSONHas(properties, 'nested', 'a') FROM events ORDER BY timestamp LIMIT 1"),
             R"([["Chrome",10,true]])");
}

void CompilerValuesTest::readsBlanksAsNull()
{
    QCOMPARE(m_project.answer("SELECT properties.plan, properties.plan IS NULL FROM events ORDER BY timestamp"),
             R"([["pro",false],["free",false],[null,true],[null,true],[null,true]])");
    QCOMPARE(m_project.answer("SELECT count(properties.plan), count(DISTINCT properties.plan), uniq(properties.$browser) FROM events"), "[[2,2,2]]");
}

void CompilerValuesTest::readsNestedProperties()
{
    QCOMPARE(m_project.answer("SELECT properties.nested.a.2.b, properties.nested.a, properties['nested'], properties.nested.a.1, properties.nested.z FROM events LIMIT 1"),
             R"([["x","[1,{\"b\":\"x\"}]","{\"a\":[1,{\"b\":\"x\"}]}","1",null]])");
}

void CompilerValuesTest::refusesWhatHasNoCommonType_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("message");
    QTest::newRow("text and number") << "properties.plan > 3" << "There is no supertype for types Nullable(String), UInt8: they cannot be compared. A property without a Numeric definition is text: wrap it in toFloat() or toInt().";
    QTest::newRow("text and time") << "properties.plan > now()" << "There is no supertype for types Nullable(String), DateTime64(6, 'UTC'): they cannot be compared. Wrap the text in toDateTime().";
    QTest::newRow("text plus") << "properties.plan + 1" << "Illegal type Nullable(String) of an operand of arithmetic. A property without a Numeric definition is text: wrap it in toFloat() or toInt().";
    QTest::newRow("sum of text") << "sum(properties.plan)" << "Illegal type Nullable(String) of an argument for 'sum'. A property without a Numeric definition is text: wrap it in toFloat() or toInt().";
    QTest::newRow("no time") << "timestamp > 'yesterday'" << "Cannot read 'yesterday' as a date or time. Write it as '2026-01-31 10:15:00'.";
    QTest::newRow("no uuid") << "person_id = 'me'" << "'me' is not a UUID, and is compared with one.";
    QTest::newRow("branches") << "if(true, 'a', 1)" << "There is no supertype for types String, UInt8.";
}

void CompilerValuesTest::refusesWhatHasNoCommonType()
{
    QFETCH(QString, expression);
    QFETCH(QString, message);
    QCOMPARE(m_project.answer("SELECT " + expression.toStdString() + " FROM events"), "hogql_query_error: " + message);
}

void CompilerValuesTest::evaluates_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *expression, const char *expected) { QTest::newRow(expression) << expression << expected; };
    // Arithmetic
    row("extractGroups('a=1;b=22', '(\\\\w)=(\\\\d)')", R"(["a","1"])");
    row("extractGroups(lower('K12'), '([a-z])(\\\\d+)')", R"(["k","12"])");
    row("multiSearchFirstIndex('hello world', ['x', 'world', 'hello'])", "2");
    row("multiSearchFirstPosition('hello world', ['x', 'world', 'llo'])", "3");
    row("multiSearchAllPositionsCaseInsensitive('Hello', ['L', 'z'])", "[3,0]");
    row("formatReadableSize(1234567)", R"("1.18 MiB")");
    row("formatReadableDecimalSize(1234567)", R"("1.23 MB")");
    row("formatReadableQuantity(1234567890)", R"("1.23 billion")");
    row("cutToFirstSignificantSubdomain('https://news.shop.example.co.uk/x')", R"("example.co.uk")");
    row("firstSignificantSubdomain('https://www.example.com/')", R"("example")");
    row("extractTextFromHTML('<p>Hello <b>you</b></p><script>x()</script>')", R"("Hello you")");
    row("round(greatCircleDistance(0, 0, 90, 0) / 1000)", "10008.0");
    row("roundDuration(100)", "60");
    row("roundToExp2(100)", "64");
    row("bitHammingDistance(5, 3)", "2");
    row("arraySplit(x -> x = 3, [1, 2, 3, 4, 5])", "[[1,2],[3,4,5]]");
    row("arrayReverseSplit(x -> x = 3, [1, 2, 3, 4, 5])", "[[1,2,3],[4,5]]");
    row("arraySplit(x -> x > 9, range(0))", "[]");
    row("arrayRotateLeft([1, 2, 3, 4], 1)", "[2,3,4,1]");
    row("arrayRotateRight([1, 2, 3, 4], 1)", "[4,1,2,3]");
    row("arrayEnumerateUniq(['a', 'b', 'a'])", "[1,1,2]");
    row("tuplePlus((1, 2), (10, 20))", "[11,22]");
    row("tupleDivideByNumber((10, 5), 2)", "[5.0,2.5]");
    row("L2Distance([0, 0], [3, 4])", "5.0");
    row("date_bin(INTERVAL 15 MINUTE, toDateTime('2026-01-10 10:22:00'))", R"("2026-01-10T10:15:00.000000Z")");
    row("to_char(toDateTime('2026-01-10 10:22:05'), 'YYYY/MM/DD HH24:MI:SS')", R"("2026/01/10 10:22:05")");
    row("toLastDayOfWeek(toDate('2026-01-07'))", R"("2026-01-10")");
    row("timeZoneOffset(toDateTime('2026-07-01 00:00:00', 'Europe/Berlin'))", "7200");
    row("fromUnixTimestamp(1674259200)", R"("2023-01-21T00:00:00.000000Z")");
    row("toFloat64OrNull('1.5')", "1.5");
    row("1 / 2", "0.5");
    row("7 % 3", "1");
    row("1 / 0", "null"); // JSON knows no infinity
    row("intDiv(7, 2)", "3");
    row("-(3) + 2 * 4", "5");
    row("2000000000 + 2000000000", "4000000000");
    row("sum(if(true, 2000000000, 0) * 2)", "4000000000");
    row("round(2.5)", "2.0");
    row("round(2.345, 2)", "2.34");
    row("floor(-1.5)", "-2.0");
    row("toInt('12')", "12");
    row("toInt('12.5')", "null");
    row("toInt('x')", "null");
    row("toFloat('1e3')", "1000.0");
    row("toFloatOrZero('x')", "0.0");
    row("toString(1.0)", "\"1\"");
    row("true = 1", "true");
    row("1 ? 'a' : 'b'", "\"a\"");
    // Text
    row("upper('a') || lower('B')", "\"Ab\"");
    row("length('é')", "2");
    row("lengthUTF8('é')", "1");
    row("'50%' like '50\\\\%'", "true");
    row("'50x' like '50\\\\%'", "false");
    row("'a_b' like 'a\\\\_b'", "true");
    row("splitByChar('/', 'a/b')[2]", "\"b\"");
    row("splitByChar('/', 'a/b')[5]", "\"\"");
    row("extract('id=42;', 'id=(\\\\d+)')", "\"42\"");
    row("extract('id=42;', '\\\\d+')", "\"42\"");
    row("match('abc', 'b')", "true");
    row("replaceRegexpAll('a1b2', '[0-9]', ':n')", "\"a:nb:n\"");
    row("replaceRegexpOne('a1b2', '([a-z])([0-9])', '\\\\2\\\\1')", "\"1ab2\"");
    row("replaceOne('a.b.c', '.', '\\\\1')", "\"a\\\\1b.c\"");
    row("position('hello', 'l')", "3");
    row("substring('hello', 2, 3)", "\"ell\"");
    row("format('{}-{1}-{{}}', 'a', 'b')", "\"a-b-{}\"");
    row("startsWith('abc', 'ab')", "true");
    row("multiSearchAny('abc', ['x', 'b'])", "true");
    row("leftPad('7', 3, '0')", "\"007\"");
    // URLs
    row("domain('https://user@a.example.com:80/x/y?q=1#f')", "\"a.example.com\"");
    row("path('https://a.example.com/x/y?q=1#f')", "\"/x/y\"");
    row("queryString('https://a/x?q=1&r=2#f')", "\"q=1&r=2\"");
    row("extractURLParameter('https://a/x?q=1&r=2#f', 'r')", "\"2\"");
    row("cutQueryString('https://a/x?q=1#f')", "\"https://a/x#f\"");
    row("domainWithoutWWW('https://www.a.com/')", "\"a.com\"");
    row("topLevelDomain('https://www.a.co.uk/')", "\"uk\"");
    // Arrays
    row("arrayMap((x, y) -> x + y, [1, 2], [10, 20])", "[11,22]");
    row("arrayFilter(x -> x > 1, [1, 2, 3])", "[2,3]");
    row("arrayExists(x -> x = 'b', ['a', 'b'])", "true");
    row("arrayAll(x -> x > 1, [1, 2])", "false");
    row("arraySort(x -> -x, [1, 3, 2])", "[3,2,1]");
    row("arrayReverseSort([1, 3, 2])", "[3,2,1]");
    row("arrayDistinct(['b', 'a', 'b'])", "[\"b\",\"a\"]");
    row("arraySum(x -> x * 2, [1, 2])", "6");
    row("arrayFold((acc, x) -> acc + x, [1, 2, 3], 10)", "16");
    row("arrayZip([1, 2], ['a', 'b'])", "[[1,\"a\"],[2,\"b\"]]");
    row("arrayZip([1, 2], ['a', 'b']).2", "[\"a\",\"b\"]");
    row("has([1, 2], 2)", "true");
    row("indexOf(['a', 'b'], 'b')", "2");
    row("indexOf(['a'], 'z')", "0");
    row("[1, 2, 3][-1]", "3");
    row("[1, 2][9]", "0");
    row("arraySlice([1, 2, 3, 4], 2, 2)", "[2,3]");
    row("arraySlice([1, 2, 3, 4], -2)", "[3,4]");
    row("arraySlice([1, 2, 3, 4], -2, 1)", "[3]");
    row("arrayStringConcat([1, 2], '-')", "\"1-2\"");
    row("range(1, 4)", "[1,2,3]");
    row("arrayCumSum([1, 2, 3])", "[1,3,6]");
    row("arrayDifference([1, 4, 9])", "[0,3,5]");
    row("arrayReduce('max', [1, 5, 2])", "5");
    row("arrayFirstIndex(x -> x > 1, [1, 2, 3])", "2");
    row("arrayLastIndex(x -> x > 9, [1, 2, 3])", "0");
    row("arrayMap(x -> arrayMap(y -> x * y, [1, 2]), [1, 10])", "[[1,2],[10,20]]");
    row("(1, 'a').2", "\"a\"");
    row("(1, 2) in ((1, 2), (3, 4))", "true");
    row("{'a': 1}['a']", "1");
    row("transform('b', ['a', 'b'], [1, 2], 0)", "2");
    // JSON
    row("JSONExtract('{\"a\":[\"x\",\"y\"]}', 'a', 'Array(String)')", "[\"x\",\"y\"]");
    row("JSONExtract('no json', 'Array(String)')", "[]");
    row("JSONExtractString('{\"a/b\":{\"$c\":\"v\"}}', 'a/b', '$c')", "\"v\"");
    row("JSONExtractString('{\"a\":1}', 'a')", "\"\"");
    row("JSONExtractInt('[5,6]', 2)", "6");
    row("JSONExtractInt('[5,6]', -1)", "6");
    row("JSONExtractKeys('{\"a\":1,\"b\":2}')", "[\"a\",\"b\"]");
    row("JSONExtractKeysAndValues('{\"a\":\"1\",\"b\":2}', 'String')", "[[\"a\",\"1\"]]");
    row("JSONLength('[1,2]')", "2");
    row("JSONExtractArrayRaw('[1,\"a\"]')", "[\"1\",\"\\\"a\\\"\"]");
    row("JSONType('{}')", "\"Object\"");
    // HogQL's own
    row("sortableSemVer('1.10.2-beta')", "[1,10,2]");
    row("languageCodeToName('pt')", "\"Portuguese\"");
    row("<a href='https://x'>go {1 + 1}</a>", "\"{\\\"__hx_tag\\\":\\\"a\\\",\\\"href\\\":\\\"https://x\\\",\\\"children\\\":[\\\"go \\\",\\\"2\\\"]}\"");
    row("toTypeName([1, NULL])", "\"Array(Nullable(UInt8))\"");
    row("CAST('5' AS Int64)", "5");
    row("toUUID('00000000-0000-0000-0000-00000000000A')", "\"00000000-0000-0000-0000-00000000000a\"");
}

void CompilerValuesTest::evaluates()
{
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    QCOMPARE(m_project.value(expression.toStdString()), expected);
}

/// Functions that the rows above do not call: each must be one that DuckDB can run.
void CompilerValuesTest::knowsTheRest_data()
{
    QTest::addColumn<QString>("expressions");
    QTest::newRow("text") << "trimLeft('xa','x'), trimRight('ax','x'), btrim(' a '), concatWithSeparator('-', 'a', 'b'), countMatches('aa','a'), countSubstrings('abab','ab'), positionCaseInsensitive('AB','b'), locate('b','ab'), reverseUTF8('ab'), reverse('ab'), repeat('a',3)";
    QTest::newRow("more text") << "rightPad('a',3), splitByRegexp('[0-9]','a1b'), splitByWhitespace(' a b '), splitByNonAlpha('a, b'), alphaTokens('a1b'), tokens('a-1'), split_part('a-b','-',2), multiMatchAny('ab',['b$']), multiSearchAnyCaseInsensitive('AB',['b']), hasToken('a b','b'), initcap('ab cd'), translate('abc','ab','xy'), ascii('a'), base64Encode('a'), base64Decode('YQ=='), tryBase64Decode('!'), md5('a'), hex('a'), unhex('61'), appendTrailingCharIfAbsent('a','/'), extractAll('a1b2','[0-9]'), regexpExtract('a1','([a-z])([0-9])',2), regexpQuoteMeta('a.b')";
    QTest::newRow("URLs") << "netloc('https://a:80/'), port('https://a:80/'), protocol('https://a'), pathFull('https://a/b?c#d'), fragment('https://a#f'), queryStringAndFragment('https://a?x#f'), cutFragment('https://a#f'), cutQueryStringAndFragment('https://a?x#f'), cutWWW('https://www.a/'), extractURLParameters('https://a?x=1&y=2'), extractURLParameterNames('https://a?x=1&y=2'), cutURLParameter('https://a?x=1&y=2','x'), decodeURLComponent('a%20b'), decodeURLFormComponent('a+b'), encodeURLComponent('a b'), encodeURLFormComponent('a b')";
    QTest::newRow("JSON") << "JSONExtractFloat('{\"a\":1.5}','a'), JSONExtractBool('{\"a\":true}','a'), JSONExtractRaw('{\"a\":{\"b\":1}}','a'), JSONExtractKeysAndValuesRaw('{\"a\":1}'), JSONExtractKeysAndValues('{\"a\":1}','Int64'), JSON_VALUE('{\"a\":1}','$.a'), isValidJSON('x'), toJSONString([1]), JSONExtract('{\"a\":1}','a','Nullable(Int64)'), JSONExtract('[1,\"x\"]','Tuple(Int64, String)'), JSONExtract('{\"a\":{\"b\":\"c\"}}','a','Map(String, String)'), JSONArrayLength('[1]'), JSONExtract('x','a','String')";
    QTest::newRow("numbers") << "ceil(1.2), ceil(1.25,1), trunc(1.7), abs(-1), sign(-2.5), sqrt(4), sqrt(-1), cbrt(27), exp(0), exp2(3), exp10(2), intExp2(3), intExp10(3), log(0), ln(1), log2(8), log10(100), log1p(0), pow(2,3), power(2,3), hypot(3,4), sin(0), cos(0), tan(0), asin(0), acos(1), atan(0), atan2(0,1), sinh(0), cosh(0), tanh(0), degrees(0), radians(0), tgamma(3), lgamma(3), factorial(5), pi(), e()";
    QTest::newRow("more numbers") << "intDivOrZero(1,0), moduloOrZero(1,0), positiveModulo(-1,3), gcd(12,8), lcm(4,6), max2(1,2), min2(1,2), isNaN(0/0), isFinite(1), isInfinite(1/0), ifNotFinite(1/0,5), bitAnd(5,3), bitOr(5,3), bitXor(5,3), bitNot(5), bitShiftLeft(1,3), bitShiftRight(8,1), bitCount(5), bitTest(5,0), rand() >= 0, cityHash64('a') > 0, width_bucket(5,0,10,5), divideDecimal(1,2), multiplyDecimal(2,3), negate(1), roundBankers(2.5)";
    QTest::newRow("conversions") << "toDecimal(1.234, 2), accurateCastOrNull('5','UInt8'), toUUIDOrDefault('x'), toBool('true'), toIntOrZero('x'), toFloatOrDefault('x', 2), toNullable(1), toNullableString(1), xor(1,0), isNull(1), not(1), indexHint(1), materialize(1), identity('a'), tupleElement((1,2),1), assumeNotNull(NULL), _toUInt64(now())";
    QTest::newRow("times") << "nowInBlock(), current_timestamp(), current_date(), toDateTime64('2026-01-01',3), to_timestamp('2026-01-01'), parseDateTimeBestEffort('2026-01-01T00:00:00Z'), parseDateTime('2026-01-02 03:04','%Y-%m-%d %H:%i'), to_date('2026-01-01'), make_date(2026,1,2), timeZoneOf(now()), timezone(), toStartOfSecond(now()), toStartOfQuarter(now()), toStartOfYear(now()), toStartOfFiveMinutes(now()), toStartOfTenMinutes(now()), timeSlot(now()), toLastDayOfMonth(now()), date_trunc('week', now()), timestampDiff('day', now(), now()), dateAdd(now(), INTERVAL 1 DAY), date_subtract('month', 1, now()), addMonths(now(),1), subtractWeeks(now(),1), toIntervalQuarter(1)";
    QTest::newRow("parts of times") << "toYear(now()), toQuarter(now()), toMonth(now()), toDayOfMonth(now()), toDayOfYear(now()), toDayOfWeek(now(),1), toMinute(now()), toSecond(now()), toISOWeek(now()), toISOYear(now()), toYearWeek(now()), toYYYYMMDD(now()), toYYYYMMDDhhmmss(now()), toUnixTimestamp64Milli(now()), fromUnixTimestamp64Milli(1000), date_part('dow', now()), monthName(now()), UUIDv7ToDateTime(toUUID('018f0000-0000-7000-8000-000000000001')), dateName('weekday', now()), age('day', now(), now())";
    QTest::newRow("arrays") << "arrayCount(x -> x > 1, [1,2]), arrayFirst(x -> x > 1, [1,2]), arrayLast(x -> x > 0, [1,2]), arrayAvg([1,2]), arrayMin([2,1]), arrayMax([1,2]), arrayProduct([2,3]), countEqual([1,1],1), hasAll([1,2],[1]), arrayPushBack([1],2), arrayPushFront([1],0), arrayPopBack([1,2]), arrayPopFront([1,2]), arrayElement([1],1), array(1,2), range(3), generateSeries(1,3), arrayCompact([1,1,2]), arrayWithConstant(2,'a'), arrayResize([1],3), dotProduct([1,2],[3,4]), map('a',1)['a'], mapKeys(map('a',1)), mapValues(map('a',1)), mapContains(map('a',1),'a'), arrayReduce('uniq',['a','a']), arrayReduce('avg',[1,2]), arraySort((x,y) -> y, [1,2], [2,1])";
}

void CompilerValuesTest::knowsTheRest()
{
    QFETCH(QString, expressions);
    const QString answer = m_project.answer("SELECT " + expressions.toStdString());
    QVERIFY2(answer.startsWith("[["), qPrintable(answer));
}

void CompilerValuesTest::namesTypesAsClickHouse_data()
{
    QTest::addColumn<QString>("columns");
    QTest::addColumn<QString>("types");
    QTest::newRow("constants") << "1, 300, -1, 1.5, 'a', true, NULL" << "UInt8; UInt16; Int8; Float64; String; Bool; Nullable(Nothing)";
    QTest::newRow("columns") << "uuid, event, timestamp, properties, $session_id" << "UUID; String; DateTime64(6, 'UTC'); String; Nullable(String)";
    QTest::newRow("properties") << "properties.amount, properties.trial, properties.paid_at, properties.other" << "Nullable(Float64); Nullable(Bool); Nullable(DateTime64(6, 'UTC')); Nullable(String)";
    QTest::newRow("times") << "toStartOfDay(timestamp), toStartOfWeek(timestamp), toDate(timestamp), now()" << "DateTime('UTC'); Date; Date; DateTime64(6, 'UTC')";
    QTest::newRow("arrays") << "[1, 2], ('a', 1), [('a', 1.5)], splitByChar(',', event)" << "Array(UInt8); Tuple(String, UInt8); Array(Tuple(String, Float64)); Array(String)";
    QTest::newRow("arithmetic") << "1 + 1, 1 - 1, 1 / 2, length(event) * 2" << "UInt16; Int16; Float64; UInt64";
    QTest::newRow("functions") << "toInt('1'), toFloat('1'), toString(1), dateDiff('day', timestamp, now())" << "Nullable(Int64); Nullable(Float64); String; Int64";
}

void CompilerValuesTest::namesTypesAsClickHouse()
{
    QFETCH(QString, columns);
    QFETCH(QString, types);
    QCOMPARE(m_project.types("SELECT " + columns.toStdString() + " FROM events"), types);
}

QTEST_APPLESS_MAIN(CompilerValuesTest)
#include "compiler_values_test.moc"
