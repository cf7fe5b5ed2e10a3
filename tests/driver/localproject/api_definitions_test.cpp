#include "tests/driver/localproject/small_project.h"

using ph::Json;

/// What a user says of events and properties is kept, and holds from the next query on.
class ApiDefinitionsTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_project = std::make_unique<SmallProject>(); }

    void describesAnEvent();
    void readsAPropertyAsTheTypeThatItIsGiven();
    void refusesWhatIsWrong_data();
    void refusesWhatIsWrong();

private:
    static constexpr const char *paidBill = "event_definitions/00000000-0000-4000-8000-00000000e002/";
    static constexpr const char *amount = "property_definitions/00000000-0000-4000-8000-00000000d002/";

    std::unique_ptr<SmallProject> m_project;
};

void ApiDefinitionsTest::describesAnEvent()
{
    const auto changed = m_project->patch(paidBill, {{"description", "A bill was paid"}, {"verified", true}, {"name", "other"}});

    QCOMPARE(changed.status, 200);
    QCOMPARE(changed.body["description"].get<std::string>(), std::string("A bill was paid"));
    QVERIFY(changed.body["verified"] == true);
    QCOMPARE(changed.body["name"].get<std::string>(), std::string("paid_bill")); // An event's name is what was sent.
    QCOMPARE(m_project->get(paidBill).body.dump(), changed.body.dump());
    QCOMPARE(m_project->patch(paidBill, {{"verified", false}}).body["description"].get<std::string>(), std::string("A bill was paid"));
}

void ApiDefinitionsTest::readsAPropertyAsTheTypeThatItIsGiven()
{
    const std::string types = "SELECT toTypeName(properties.amount_usd), properties.amount_usd FROM events WHERE event = 'paid_bill'";
    const auto answer = [&] { return m_project->query(types).body["results"][0]; };
    QVERIFY((answer() == Json::array({"Nullable(Float64)", 10.5})));

    const auto changed = m_project->patch(amount, {{"property_type", "String"}, {"is_numerical", false}});

    QCOMPARE(changed.status, 200);
    QCOMPARE(changed.body["property_type"].get<std::string>(), std::string("String"));
    QVERIFY(changed.body["is_numerical"] == false);
    QVERIFY((answer() == Json::array({"Nullable(String)", "10.5"})));
}

void ApiDefinitionsTest::refusesWhatIsWrong_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("detail");
    QTest::newRow("a type that there is none of") << amount << R"({"property_type":"Money"})" << 400 << "\"Money\" is not a valid choice.";
    QTest::newRow("a text that is none") << paidBill << R"({"description":1})" << 400 << "Not a valid string.";
    QTest::newRow("an event that is not there") << "event_definitions/00000000-0000-4000-8000-000000000000/" << R"({"verified":true})" << 404 << "Not found.";
    QTest::newRow("a property that is not there") << "property_definitions/nothing/" << R"({"description":"x"})" << 404 << "Not found.";
}

void ApiDefinitionsTest::refusesWhatIsWrong()
{
    QFETCH(QString, path);
    QFETCH(QString, body);
    QFETCH(int, status);
    QFETCH(QString, detail);

    const auto refused = m_project->patch(path.toStdString(), Json::parse(body.toStdString()));

    QCOMPARE(refused.status, status);
    QCOMPARE(QString::fromStdString(refused.body["detail"].get<std::string>()), detail);
}

QTEST_GUILESS_MAIN(ApiDefinitionsTest)
#include "api_definitions_test.moc"
