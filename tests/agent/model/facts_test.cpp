#include "agent/model/facts.h"
#include "agent/model/json_read.h"

#include <QTest>

#include <fstream>
#include <sstream>

using namespace model;

namespace {

std::string tableText()
{
    std::ostringstream text;
    text << std::ifstream(HOGLET_MODELS).rdbuf();
    return text.str();
}

} // namespace

class FactsTest : public QObject
{
    Q_OBJECT

private slots:
    void readsTheTableThatComesWithIt();
    void saysWhatDoesNotRead_data();
    void saysWhatDoesNotRead();
    void findsDatedModelsAndThoseOfAMaker_data();
    void findsDatedModelsAndThoseOfAMaker();
    void pricesLongPromptsByTheirOwnRates();
    void namesModelsForPeople_data();
    void namesModelsForPeople();
    void namesModelsAsTheReferenceDoes();
};

void FactsTest::readsTheTableThatComesWithIt()
{
    const auto table = FactTable::parse(tableText());

    QVERIFY2(table, table ? "" : table.error().message.c_str());
    const auto *opus = table->find("claude-opus-4-6");
    QVERIFY(opus);
    QCOMPARE(opus->name, std::string("Claude Opus 4.6"));
    QVERIFY(opus->isAnthropic && opus->info.takesImages);
    QCOMPARE(opus->info.contextWindow, std::int64_t(1'000'000));
    QVERIFY(opus->thinking == Thinking::Adaptive);
    for (const ModelFacts &each : table->all()) {
        QVERIFY2(each.prices && each.prices->rates.cachedRead < each.prices->rates.input && each.prices->rates.input < each.prices->rates.output,
                 each.id.c_str());
        QVERIFY(each.info.maximumOutput < each.info.contextWindow);
    }
}

void FactsTest::saysWhatDoesNotRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    QTest::newRow("no JSON") << QByteArray("{") << "The table of models has no list `models`.";
    QTest::newRow("no list") << QByteArray("{}") << "The table of models has no list `models`.";
    QTest::newRow("no number") << QByteArray(R"({"models":[{"id":"a","api":"messages","contextWindow":"1","maximumOutput":1}]})")
                               << "The table of models does not read at \"a\": ";
}

void FactsTest::saysWhatDoesNotRead()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, error);

    const auto table = FactTable::parse(text.toStdString());

    QVERIFY(!table);
    QVERIFY2(table.error().message.starts_with(error.toStdString()), table.error().message.c_str());
}

void FactsTest::findsDatedModelsAndThoseOfAMaker_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("found");
    QTest::newRow("plain") << "claude-haiku-4-5"
                           << "claude-haiku-4-5";
    QTest::newRow("dated") << "claude-haiku-4-5-20251001"
                           << "claude-haiku-4-5";
    QTest::newRow("of a maker") << "anthropic/claude-haiku-4-5"
                                << "claude-haiku-4-5";
    QTest::newRow("another version") << "claude-haiku-4"
                                     << "";
    QTest::newRow("not a date") << "claude-haiku-4-5-2025100x"
                                << "";
    QTest::newRow("nothing") << ""
                             << "";
}

void FactsTest::findsDatedModelsAndThoseOfAMaker()
{
    QFETCH(QString, id);
    QFETCH(QString, found);
    const auto table = FactTable::parse(tableText());

    const auto *facts = table->find(id.toStdString());

    QCOMPARE(facts ? QString::fromStdString(facts->id) : QString(), found);
}

void FactsTest::pricesLongPromptsByTheirOwnRates()
{
    Prices prices{{1, 0.1, 2, 5}, 1000, {10, 1, 20, 50}};
    QCOMPARE(costOf({500, 300, 200, 10}, prices), (500 * 1 + 300 * 0.1 + 200 * 2 + 10 * 5) / 1e6);
    QCOMPARE(costOf({501, 300, 200, 10}, prices), (501 * 10 + 300 * 1 + 200 * 20 + 10 * 50) / 1e6);
    prices.longPrompt = 0;
    QCOMPARE(costOf({1'000'000, 0, 0, 0}, prices), 1.0);
}

void FactsTest::namesModelsForPeople_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("name");
    QTest::newRow("a version") << "claude-opus-4-6"
                               << "Claude Opus 4.6";
    QTest::newRow("a maker") << "openai/gpt-5.2-codex"
                             << "Gpt 5.2 Codex";
    QTest::newRow("an underscore") << "google-vertex/gemini-3_pro"
                                   << "Gemini 3 Pro";
    QTest::newRow("a date") << "claude-opus-4-5-20251101"
                            << "Claude Opus 4.5 20251101";
    QTest::newRow("nothing") << ""
                             << "";
}

void FactsTest::namesModelsForPeople()
{
    QFETCH(QString, id);
    QFETCH(QString, name);

    QCOMPARE(QString::fromStdString(displayName(id.toStdString())), name);
}

/// HOGLET_REFERENCE_VECTORS names a folder with recorded cases of the TypeScript agent.
void FactsTest::namesModelsAsTheReferenceDoes()
{
    const QByteArray folder = qgetenv("HOGLET_REFERENCE_VECTORS");
    if (folder.isEmpty())
        QSKIP("HOGLET_REFERENCE_VECTORS is not set.");
    std::ifstream file(folder.toStdString() + "/conversion/model-names.json");
    const ph::Json cases = ph::Json::parse(file);
    for (const ph::Json &each : cases)
        QCOMPARE(displayName(textAt(each, "id")), textAt(each, "name"));
    QVERIFY(cases.size() >= 8);
}

QTEST_APPLESS_MAIN(FactsTest)
#include "facts_test.moc"
