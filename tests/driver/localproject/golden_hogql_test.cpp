#include "driver/hogql/parser.h"
#include "driver/localproject/api/project.h"
#include "driver/localproject/demo/demo.h"
#include "driver/localproject/dump.h"
#include "driver/localproject/udf.h"

#include <QtTest>

#include <QProcess>
#include <QStandardPaths>

#include <cmath>
#include <fstream>

using localproject::Store;
using ph::Json;

/// HogQL over the demo project against hogql.json, which hogql.py worked out from a dump in plain Python. After a change of the
/// generator: make a new dump, look at what changed in its answers, and keep them if they are meant.
class GoldenHogqlTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void answersAsPython_data();
    void answersAsPython();
    void pythonAnswersTheSameOnceMore();

private:
    QTemporaryDir m_folder;
    std::optional<Store> m_store;
    std::unique_ptr<localproject::api::Project> m_project;
    Json m_golden;
};

namespace {

/// Whether the two say the same: a number may come as 3 or 3.0, and its last digits may differ.
bool agree(const Json &a, const Json &b)
{
    if (a.is_number() && b.is_number()) {
        const auto x = a.get<double>();
        const auto y = b.get<double>();
        return std::abs(x - y) <= 1e-9 * std::max({1.0, std::abs(x), std::abs(y)});
    }
    if (a.is_array() && b.is_array())
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), agree);
    return a == b;
}

} // namespace

void GoldenHogqlTest::initTestCase()
{
    std::ifstream file(GOLDEN_FOLDER "/hogql.json");
    m_golden = Json::parse(file, nullptr, false);
    QVERIFY(m_golden.is_array());
    QVERIFY(m_golden.size() >= 80);
    auto store = localproject::demo::create(m_folder.filePath("demo.duckdb").toStdString(), {.anchor = "2026-01-31T12:00:00Z"});
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    m_store.emplace(std::move(*store));
    QVERIFY(m_store->withConnection([](_duckdb_connection *connection) { return localproject::registerFunctions(connection); }));
    auto project = localproject::api::Project::load(*m_store, {});
    QVERIFY(project);
    m_project = std::move(*project);
}

void GoldenHogqlTest::answersAsPython_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < m_golden.size(); ++i)
        QTest::addRow("%zu %s", i, m_golden[i]["query"].get_ref<const std::string &>().c_str()) << static_cast<int>(i);
}

void GoldenHogqlTest::answersAsPython()
{
    QFETCH(int, index);
    const Json &golden = m_golden[static_cast<std::size_t>(index)];
    auto context = m_project->compileContext();
    QVERIFY(context);
    const auto query = hogql::parseSelect(golden["query"].get<std::string>());
    QVERIFY2(query, query ? "" : query.error().message.c_str());
    const auto statement = localproject::compile(**query, *context);
    QVERIFY2(statement, statement ? "" : statement.error().message.c_str());

    const auto answer = m_store->query(statement->sql, statement->parameters);

    QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
    const Json rows(answer->rows);
    if (!agree(rows, golden["rows"]))
        QCOMPARE(QString::fromStdString(rows.dump()), QString::fromStdString(golden["rows"].dump()));
}

void GoldenHogqlTest::pythonAnswersTheSameOnceMore()
{
    const QString python = QStandardPaths::findExecutable("python3");
    if (python.isEmpty())
        QSKIP("There is no python3 here.");
    const auto dumped = localproject::dumpCsv(*m_store, m_folder.filePath("csv").toStdString());
    QVERIFY2(dumped, dumped ? "" : dumped.error().message.c_str());

    QProcess process;
    process.start(python, {GOLDEN_FOLDER "/hogql.py", m_folder.filePath("csv")});
    QVERIFY(process.waitForFinished(240'000));

    QCOMPARE(process.readAllStandardError(), QByteArray());
    const Json answers = Json::parse(process.readAllStandardOutput().toStdString(), nullptr, false);
    QCOMPARE(answers.size(), m_golden.size());
    for (std::size_t i = 0; i < answers.size(); ++i)
        QCOMPARE(QString::fromStdString(answers[i].dump()), QString::fromStdString(m_golden[i].dump()));
}

QTEST_APPLESS_MAIN(GoldenHogqlTest)
#include "golden_hogql_test.moc"
