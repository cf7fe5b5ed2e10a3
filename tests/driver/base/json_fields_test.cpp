#include "driver/base/json_fields.h"

#include <QTest>

namespace {

using RunId = ph::Id<struct RunIdTag>;

struct Run {
    RunId id;
    std::optional<int> attempt; // absent on the first
    std::vector<std::string> labels;

    static constexpr auto fields
        = std::tuple{ph::Field{"id", &Run::id}, ph::Field{"attempt", &Run::attempt}, ph::Field{"labels", &Run::labels}};
    friend bool operator==(const Run &, const Run &) = default;
};

} // namespace

class JsonFieldsTest : public QObject
{
    Q_OBJECT

private slots:
    void writesWhatItReads();
    void leavesAbsentOptionalsOut();
    void takesNullAsAbsentAndIgnoresUnknownKeys();
    void namesTheKeyThatIsMissing();
};

void JsonFieldsTest::writesWhatItReads()
{
    const Run run{{"r1"}, 2, {"a", "b"}};

    const ph::Json json(run);
    QCOMPARE(json.dump(), std::string(R"({"attempt":2,"id":"r1","labels":["a","b"]})"));
    QCOMPARE(*ph::parse<Run>(json), run);
}

void JsonFieldsTest::leavesAbsentOptionalsOut() { QVERIFY(!ph::Json(Run{{"r1"}, {}, {}}).contains("attempt")); }

void JsonFieldsTest::takesNullAsAbsentAndIgnoresUnknownKeys()
{
    const auto run = ph::parse<Run>(ph::Json::parse(R"({"id": "r1", "attempt": null, "labels": [], "new": {}})"));

    QVERIFY(run);
    QCOMPARE(*run, (Run{{"r1"}, std::nullopt, {}}));
}

void JsonFieldsTest::namesTheKeyThatIsMissing()
{
    const auto run = ph::parse<Run>(ph::Json::parse(R"({"id": "r1"})"));

    QVERIFY(!run);
    QCOMPARE(run.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(run.error().message.find("labels") != std::string::npos);
}

QTEST_APPLESS_MAIN(JsonFieldsTest)
#include "json_fields_test.moc"
