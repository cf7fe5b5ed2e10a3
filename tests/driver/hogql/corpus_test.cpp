#include "driver/hogql/diagnostics.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include "cases.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <random>

using namespace hogql;

/// Queries as people write them, and what random damage makes of them.
class HogqlCorpusTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void agreesWithTheReferenceParser();
    void findsNamesAndTypesInOrder();
    void readsBackWhatItPrints();
    void survivesDamagedQueries();

private:
    struct Item {
        std::string id;
        std::string query;
        bool isExpression = false;
        bool isValid = true;
        std::optional<std::size_t> refusedAt = {}; // where the reference gives a place
        bool resolves = true;
    };
    void readFolder(const QString &folder);

    std::vector<Item> m_own; // the queries beside this test
    std::vector<Item> m_shared; // those of the folder in HOGLET_HOGQL_CORPUS
};

void HogqlCorpusTest::initTestCase()
{
    for (const char *file : {"select", "expression", "error"}) {
        for (const HogqlCase &item : readHogqlCases(QString(HOGQL_CASES "/%1.txt").arg(file)))
            m_own.push_back({file + std::string(":") + std::to_string(item.line), item.query,
                             std::string_view(file) == "expression", item.error.empty()});
    }
    QVERIFY(m_own.size() > 150);
    const QString folder = qEnvironmentVariable("HOGLET_HOGQL_CORPUS");
    if (!folder.isEmpty())
        readFolder(folder);
}

void HogqlCorpusTest::readFolder(const QString &folder)
{
    const auto read = [&](const char *file) {
        QFile input(QDir(folder).filePath(file));
        return input.open(QIODevice::ReadOnly) ? nlohmann::json::parse(input.readAll().toStdString()) : nlohmann::json::object();
    };
    for (const char *file : {"corpus.json", "negative.json"}) {
        for (const auto &item : read(file).value("queries", nlohmann::json::array()))
            m_shared.push_back({item.at("id"), item.at("query"), item.at("kind") == "expr", item.at("parse_ok"),
                                item.contains("error") ? std::optional<std::size_t>(item.at("error").at("start")) : std::nullopt,
                                item.value("expect", "ok") == "ok"});
    }
    for (const auto &item : read("grammar-probes.json").value("probes", nlohmann::json::array()))
        m_shared.push_back({"probe", item.at("query"), item.at("kind") == "expr", item.at("ok"),
                            item.contains("offset") ? std::optional<std::size_t>(item.at("offset")) : std::nullopt});
    QVERIFY2(!m_shared.empty(), "HOGLET_HOGQL_CORPUS names a folder without corpus.json");
}

void HogqlCorpusTest::agreesWithTheReferenceParser()
{
    if (m_shared.empty())
        QSKIP("HOGLET_HOGQL_CORPUS names no folder with corpus.json, negative.json and grammar-probes.json");
    std::size_t places = 0;
    for (const Item &item : m_shared) {
        std::optional<SyntaxError> error;
        if (item.isExpression) {
            if (const auto tree = parseExpression(item.query); !tree)
                error = tree.error();
        } else if (const auto tree = parseSelect(item.query); !tree) {
            error = tree.error();
        }
        QVERIFY2(!error == item.isValid, item.query.c_str());
        if (error && item.refusedAt) {
            QVERIFY2(error->offset == *item.refusedAt, (item.query + "\n" + std::to_string(error->offset)).c_str());
            ++places;
        }
    }
    qInfo("%zu queries agree, %zu places of errors", m_shared.size(), places);
}

/// Nothing is wrong with a query that PostHog runs; what it refuses for its names is seen.
void HogqlCorpusTest::findsNamesAndTypesInOrder()
{
    if (m_shared.empty())
        QSKIP("HOGLET_HOGQL_CORPUS names no folder with corpus.json");
    for (const Item &item : m_shared) {
        if (!item.isValid || item.id == "probe")
            continue;
        std::string problem;
        for (const Diagnostic &found : diagnose(item.isExpression ? "SELECT " + item.query + " FROM events" : item.query)) {
            if (found.severity == Severity::Error)
                problem = found.message;
        }
        QVERIFY2(problem.empty() == item.resolves, (item.id + ": " + problem).c_str());
    }
}

void HogqlCorpusTest::readsBackWhatItPrints()
{
    for (const std::vector<Item> *items : {&m_own, &m_shared}) {
        for (const Item &item : *items) {
            if (item.isExpression) {
                const auto tree = parseExpression(item.query);
                const auto again = tree ? parseExpression(print(**tree)) : tree;
                QVERIFY2(!tree || (again && equal(**tree, **again)), item.query.c_str());
                continue;
            }
            const auto tree = parseSelect(item.query);
            const auto again = tree ? parseSelect(print(**tree)) : tree;
            const auto formatted = tree ? parseSelect(format(**tree)) : tree;
            QVERIFY2(!tree || (again && equal(**tree, **again)), item.query.c_str());
            QVERIFY2(!tree || (formatted && equal(**tree, **formatted)), item.query.c_str());
        }
    }
}

void HogqlCorpusTest::survivesDamagedQueries()
{
    std::vector<Item> items = m_own;
    items.insert(items.end(), m_shared.begin(), m_shared.end());
    std::vector<std::string> pieces; // of all queries, to put in elsewhere
    for (const Item &item : items) {
        for (const Token &token : tokenize(item.query)) {
            if (token.kind != TokenKind::Whitespace)
                pieces.push_back(item.query.substr(token.span.start, token.span.end - token.span.start));
        }
    }
    std::mt19937 random(20260101);
    const auto below = [&](std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random); };
    QElapsedTimer timer;
    timer.start();
    int tried = 0;
    int valid = 0;
    while (timer.elapsed() < 2'000 && tried < 20'000) {
        std::string text = items[below(items.size())].query;
        for (std::size_t changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
            const std::size_t at = below(text.size());
            switch (below(5)) {
            case 0:
                text.erase(at, 1 + below(8));
                break;
            case 1:
                text.insert(at, " " + pieces[below(pieces.size())] + " ");
                break;
            case 2:
                text[at] = static_cast<char>(below(256));
                break;
            case 3:
                text = text.substr(0, at);
                break;
            case 4:
                text.insert(at, text.substr(below(text.size()), below(40)));
                break;
            }
        }
        ++tried;

        std::size_t covered = 0;
        for (const Token &token : tokenize(text)) {
            QCOMPARE(token.span.start, covered);
            covered = token.span.end;
        }
        QCOMPARE(covered, text.size());

        const auto tree = parseSelect(text);
        if (!tree) {
            QVERIFY(!tree.error().message.empty());
            QVERIFY(tree.error().span.end <= text.size());
            continue;
        }
        ++valid;
        const std::string printed = print(**tree);
        const auto again = parseSelect(printed);
        QVERIFY2(again && equal(**tree, **again), (text + "\nprinted as " + printed).c_str());
    }
    qInfo("%d damaged queries, of which %d could still be read", tried, valid);
}

QTEST_APPLESS_MAIN(HogqlCorpusTest)
#include "corpus_test.moc"
