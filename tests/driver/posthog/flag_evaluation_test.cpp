#include "driver/posthog/flag_evaluation.h"

#include <QTest>

using namespace posthog;

class FlagEvaluationTest : public QObject
{
    Q_OBJECT

private slots:
    void hashesAsPostHogDoes();
    void dealsOutSharesAndVariants();
    void checksProperties_data();
    void checksProperties();
    void saysWhy();
    void asksForGroups();
    void doesNotGuess();
    void takesAnythingForAFlag();

private:
    static constexpr ph::Time now{std::chrono::sys_days(std::chrono::year(2026) / 1 / 31)};
    static ph::Json flag(const char *filters)
    {
        return {{"key", "beta"}, {"active", true}, {"filters", ph::Json::parse(filters)}};
    }
};

/// Values from a few lines of Python with hashlib.
void FlagEvaluationTest::hashesAsPostHogDoes()
{
    QCOMPARE(flagHash("new-nav", "user-1"), 0.7482302102021667);
    QCOMPARE(flagHash("new-nav", "user-1", "variant"), 0.618203403380837);
    QCOMPARE(flagHash("beta", "ä😀"), 0.40838926951879323);
    QCOMPARE(flagHash("", ""), 0.22782602720809858);
    // sha1("simple-flag.distinct_id") = 588078f5a1d57fa…, by coreutils.
    QCOMPARE(flagHash("simple-flag", "distinct_id"), static_cast<double>(0x588078f5a1d57faULL) / static_cast<double>(0xFFFFFFFFFFFFFFFULL));
}

/// Counts from the same Python, which shares no code with ours.
void FlagEvaluationTest::dealsOutSharesAndVariants()
{
    const ph::Json simple{{"key", "simple-flag"}, {"active", true}, {"filters", ph::Json::parse(R"({"groups":[{"properties":[],"rollout_percentage":45}]})")}};
    int enabled = 0;
    for (int i = 0; i < 10'000; ++i)
        enabled += evaluateFlag(simple, {"distinct_id_" + std::to_string(i), {}, {}, {}, {}, {}}, now).enabled;
    QCOMPARE(enabled, 4416);

    const ph::Json several{{"key", "multivariate-flag"}, {"active", true}, {"filters", ph::Json::parse(R"({"groups":[{"rollout_percentage":55}],
        "multivariate":{"variants":[{"key":"first-variant","rollout_percentage":50},{"key":"second-variant","rollout_percentage":20},
        {"key":"third-variant","rollout_percentage":20},{"key":"fourth-variant","rollout_percentage":5},{"key":"fifth-variant","rollout_percentage":5}]},
        "payloads":{"fifth-variant":"{\"a\":1}"}})")}};
    std::map<std::string, int> counts;
    for (int i = 0; i < 1'000; ++i) {
        const auto answer = evaluateFlag(several, {"distinct_id_" + std::to_string(i), {}, {}, {}, {}, {}}, now);
        ++counts[answer.variant];
        QCOMPARE(answer.payload.is_null(), answer.variant != "fifth-variant");
    }
    QCOMPARE(counts, (std::map<std::string, int>{{"", 444}, {"first-variant", 290}, {"second-variant", 110}, {"third-variant", 111}, {"fourth-variant", 24}, {"fifth-variant", 21}}));
}

void FlagEvaluationTest::checksProperties_data()
{
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<int>("expected"); // 1, 0; -1: not known
    const auto row = [](const char *filter, int expected) { QTest::newRow(filter) << QByteArray(filter) << expected; };
    row(R"({"key":"plan","value":"pro"})", 1);
    row(R"({"key":"plan","value":["free","PRO"],"operator":"exact"})", 1);
    row(R"({"key":"plan","value":"free","operator":"is_not"})", 1);
    row(R"({"key":"none","value":"free","operator":"is_not"})", 1);
    row(R"({"key":"none","value":"free"})", 0);
    row(R"({"key":"plan","operator":"is_set","value":"is_set"})", 1);
    row(R"({"key":"none","operator":"is_not_set"})", 1);
    row(R"({"key":"empty","operator":"is_set"})", 0);
    row(R"({"key":"email","value":"@Example","operator":"icontains"})", 1);
    row(R"({"key":"email","value":"@example","operator":"not_icontains"})", 0);
    row(R"({"key":"email","value":"^a.*com$","operator":"regex"})", 1);
    row(R"({"key":"email","value":"\\d+","operator":"regex"})", -1);
    row(R"({"key":"age","value":"30","operator":"gt"})", 1);
    row(R"({"key":"age","value":31,"operator":"lte"})", 1);
    row(R"({"key":"age","value":31,"operator":"lt"})", 0);
    row(R"({"key":"joined","value":"-30d","operator":"is_date_after"})", 1);
    row(R"({"key":"joined","value":"2026-01-10","operator":"is_date_after"})", 0);
    row(R"({"key":"plan","value":"2026-01-10","operator":"is_date_before"})", 0);
    row(R"({"key":"joined","value":"2026-01-05","operator":"is_date_exact"})", 1);
    row(R"({"key":"joined","value":"26d","operator":"is_date_exact"})", 1);
    row(R"({"key":"joined","value":"4w","operator":"is_date_before"})", 0);
    row(R"({"key":"plan","value":["pro","free"],"operator":"in"})", 1);
    row(R"({"key":"plan","value":["pro","free"],"operator":"not_in"})", 0);
    row(R"({"key":"age","value":31,"operator":"min"})", 1);
    row(R"({"key":"age","value":30,"operator":"max"})", 0);
    row(R"({"key":"size","value":10,"operator":"gt","type":"group","group_type_index":0})", 1);
    row(R"({"key":"size","value":10,"operator":"gt","type":"group","group_type_index":1})", 0);
    row(R"({"key":"id","type":"cohort","value":7})", 1);
    row(R"({"key":"id","type":"cohort","value":8})", 0);
    row(R"({"key":"id","type":"cohort","value":8,"operator":"not_in"})", 1);
    row(R"({"key":"id","type":"cohort","value":7,"negation":true})", 0);
    row(R"({"key":"other","type":"flag","value":true,"operator":"flag_evaluates_to"})", -1);
    row(R"({"key":"plan","value":"x","operator":"brand_new"})", -1);
}

void FlagEvaluationTest::checksProperties()
{
    QFETCH(QByteArray, filter);
    QFETCH(int, expected);
    FlagSubject subject{"me", ph::Json::parse(R"({"plan":"pro","email":"ada@example.com","age":31,"joined":"2026-01-05T00:00:00Z","empty":null})"), {}, {{0, {{"size", 50}}}}, std::set<std::int64_t>{7}, {}};

    const auto answer = evaluateFlag(flag(("{\"groups\":[{\"properties\":[" + filter.toStdString() + "],\"rollout_percentage\":100}]}").c_str()), subject, now);

    QCOMPARE(answer.isCertain(), expected >= 0);
    QCOMPARE(answer.enabled, expected == 1);
}

void FlagEvaluationTest::saysWhy()
{
    const auto off = evaluateFlag({{"key", "beta"}, {"active", false}}, {"me", {}, {}, {}, {}, {}}, now);
    QCOMPARE(off.reason, std::string("The flag is switched off."));
    QCOMPARE(off.code, FlagReason::Disabled);
    const auto unlucky = evaluateFlag(flag(R"({"groups":[{"rollout_percentage":0}]})"), {"me", {}, {}, {}, {}, {}}, now);
    QVERIFY2(unlucky.reason.starts_with("It fits condition 1, which is for 0.0 % of those; its place is at"), unlucky.reason.c_str());
    QCOMPARE(unlucky.code, FlagReason::OutOfRollout);
    QCOMPARE(unlucky.condition, std::optional<int>(0));
    // The condition that chooses a variant goes first, wherever it stands.
    const auto chosen = evaluateFlag(flag(R"({"groups":[{"rollout_percentage":100},{"rollout_percentage":100,"variant":"b"}],
        "multivariate":{"variants":[{"key":"a","rollout_percentage":100},{"key":"b","rollout_percentage":0}]}})"), {"me", {}, {}, {}, {}, {}}, now);
    QCOMPARE(chosen.variant, std::string("b"));
    QCOMPARE(chosen.condition, std::optional<int>(1));
}

void FlagEvaluationTest::asksForGroups()
{
    const auto json = flag(R"({"aggregation_group_type_index":0,"groups":[{"properties":[{"key":"size","type":"group","value":10,"operator":"gt"}]}]})");
    QVERIFY(!evaluateFlag(json, {"me", {}, {}, {}, {}, {}}, now).enabled);
    QVERIFY(evaluateFlag(json, {"me", {}, {{0, "acme"}}, {{0, {{"size", 50}}}}, {}, {}}, now).enabled);
    QVERIFY(!evaluateFlag(json, {"me", {}, {{0, "acme"}}, {{0, {{"size", 5}}}}, {}, {}}, now).enabled);
}

void FlagEvaluationTest::doesNotGuess()
{
    const auto cohort = flag(R"({"groups":[{"properties":[{"key":"id","type":"cohort","value":7}]},{"rollout_percentage":100}]})");
    const auto unknown = evaluateFlag(cohort, {"me", {}, {}, {}, {}, {}}, now);
    QVERIFY(!unknown.isCertain());
    QVERIFY2(unknown.reason.find("whether the person is in cohort 7") != std::string::npos, unknown.reason.c_str());
    FlagSubject knowing{"me", {{"email", "ada@example.com"}}, {}, {}, {}, [](const std::string &, const std::string &) { return std::optional(true); }};
    QVERIFY(evaluateFlag(flag(R"({"groups":[{"properties":[{"key":"email","value":"\\d","operator":"regex"}]}]})"), knowing, now).enabled);
    QVERIFY(!evaluateFlag(flag(R"({"holdout":{"id":1},"groups":[{}]})"), {"me", {}, {}, {}, {}, {}}, now).isCertain());
}

void FlagEvaluationTest::takesAnythingForAFlag()
{
    for (const char *text : {"null", "[]", "{}", R"({"key":1,"active":true,"filters":[]})", R"({"key":"k","active":true,"filters":{"groups":[1,null,{"properties":[3]}],"multivariate":{"variants":[null]}}})"})
        static_cast<void>(evaluateFlag(ph::Json::parse(text), {"me", {}, {}, {}, {}, {}}, now));
}

QTEST_APPLESS_MAIN(FlagEvaluationTest)
#include "flag_evaluation_test.moc"
