#include "agent/model/partial_json.h"
#include "agent/model/json_read.h"
#include "tests/support/compare_json.h"

#include <QTest>

#include <fstream>

using model::parsePartial;

class PartialJsonTest : public QObject
{
    Q_OBJECT

private slots:
    void closesWhatIsOpen_data();
    void closesWhatIsOpen();
    void neverLosesAMemberThatItHad();
    void closesAsTheReferenceDoes();
};

void PartialJsonTest::closesWhatIsOpen_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *text, const char *json) { QTest::newRow(text) << QByteArray(text) << QByteArray(json); };
    row("", "null");
    row("{", "{}");
    row("{ ", "{}");
    row(R"({"a)", "{}");
    row(R"({"a")", "{}");
    row(R"({"a": )", "{}");
    row(R"({"a":1)", R"({"a":1})");
    row(R"({"a":1,)", R"({"a":1})");
    row(R"({"a":1,"b")", R"({"a":1})");
    row(R"({"a":")", R"({"a":""})");
    row(R"({"a":"b:,{[)", R"({"a":"b:,{["})");
    row(R"({"a":"b\"c)", R"({"a":"b\"c"})");
    row(R"({"a":"b\)", "null");
    row(R"({"a":tru)", "null");
    row(R"({"a":{"b":{})", R"({"a":{"b":{}}})");
    row(R"({"a":[1,{"b":2},)", R"({"a":[1,{"b":2}]})");
    row(R"({"a":[)", R"({"a":[]})");
    row("[1, ", "[1]");
    row(R"({"a":1})", R"({"a":1})");
    row(R"({"a":1}x)", "null");
    row(R"({"a":1,})", "null");
    row(R"({"a":1])", "null");
    row("}", "null");
    row("7", "7");
}

void PartialJsonTest::closesWhatIsOpen()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);

    COMPARE_JSON(parsePartial(text.toStdString()), ph::Json::parse(json.toStdString()));
}

void PartialJsonTest::neverLosesAMemberThatItHad()
{
    const std::string text = R"({"path":"/a \"b\"/ü.txt","edits":[{"old":"x","new":"y\n"},{"old":[],"n":-1.5e3}],"all":true,"none":null})";
    std::size_t members = 0;
    int read = 0;
    for (std::size_t end = 0; end <= text.size(); ++end) {
        const auto json = parsePartial(std::string_view(text).substr(0, end));
        if (json.is_null())
            continue;
        ++read;
        QVERIFY(json.size() >= members);
        members = json.size();
    }
    QCOMPARE(members, std::size_t(4));
    QVERIFY(read > 50);
    QVERIFY(parsePartial(std::string(100'000, '[')).is_null());
}

/// HOGLET_REFERENCE_VECTORS names a folder with recorded cases of the TypeScript agent.
void PartialJsonTest::closesAsTheReferenceDoes()
{
    const QByteArray folder = qgetenv("HOGLET_REFERENCE_VECTORS");
    if (folder.isEmpty())
        QSKIP("HOGLET_REFERENCE_VECTORS is not set.");
    std::ifstream file(folder.toStdString() + "/conversion/partial-json.json");
    const ph::Json cases = ph::Json::parse(file);
    for (const ph::Json &each : cases)
        COMPARE_JSON(parsePartial(model::textAt(each, "input")), each["parsed"]);
    QVERIFY(cases.size() >= 12);
}

QTEST_APPLESS_MAIN(PartialJsonTest)
#include "partial_json_test.moc"
