#include "driver/localproject/api/api.h"
#include "driver/localproject/demo/demo.h"
#include "tests/driver/localproject/insights/golden_difference.h"

#include <QTest>

#include <fstream>
#include <optional>

/// Every kind of insight on the demo project against answers that golden/insights_golden.py computed from its CSV dump. What the script
/// expects is looked for in the answer; an answer may have more fields, but no more rows.
class InsightsGoldenTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void answers_data();
    void answers();

private:
    ph::Json m_golden;
    std::optional<localproject::Store> m_store;
    std::optional<localproject::Api> m_api;
};

void InsightsGoldenTest::initTestCase()
{
    std::ifstream file(GOLDEN_FOLDER "/insights_golden.json");
    m_golden = ph::Json::parse(file, nullptr, false);
    QVERIFY2(m_golden.is_object() && m_golden.size() >= 75, "golden/insights_golden.json cannot be read");

    auto store = localproject::Store::create({});
    QVERIFY2(store.has_value(), store ? "" : store.error().message.c_str());
    m_store.emplace(std::move(*store));
    const auto filled = localproject::demo::fill(*m_store, {.anchor = "2026-01-31T12:00:00Z"});
    QVERIFY2(filled.has_value(), filled ? "" : filled.error().message.c_str());
    localproject::ApiOptions options;
    options.key = "phx_local_golden";
    auto api = localproject::Api::open(*m_store, options);
    QVERIFY2(api.has_value(), api ? "" : api.error().message.c_str());
    m_api.emplace(std::move(*api));
}

void InsightsGoldenTest::answers_data()
{
    QTest::addColumn<QString>("name");
    for (const auto &[name, entry] : m_golden.items())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void InsightsGoldenTest::answers()
{
    QFETCH(QString, name);
    const ph::Json &entry = m_golden[name.toStdString()];
    http::ServerRequest request;
    request.method = "POST";
    request.target = request.path = "/api/projects/1/query/";
    request.headers = {{"host", "127.0.0.1:8000"}, {"authorization", "Bearer phx_local_golden"}, {"content-type", "application/json"}};
    request.body = ph::Json{{"query", entry["query"]}}.dump();

    const http::ServerResponse response = m_api->handle(request, {});

    QVERIFY2(response.status == 200, response.body.c_str());
    const ph::Json answer = ph::Json::parse(response.body);
    const std::string found = difference(entry["results"], answer["results"], "results");
    QVERIFY2(found.empty(), found.c_str());
    QVERIFY(!answer["hogql"].get<std::string>().empty());
}

QTEST_APPLESS_MAIN(InsightsGoldenTest)
#include "insights_golden_test.moc"
