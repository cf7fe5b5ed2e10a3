#include "tests/driver/localproject/insights/golden_difference.h"
#include "tests/driver/localproject/insights/insights_support.h"

#include <fstream>
#include <memory>

/// Insights of projects outside UTC against what golden/zones_golden.py computed: days, weeks and hours across a change of clocks,
/// retention, lifecycle, stickiness, the people behind them.
class ZonesTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void countsByTheProjectsClock_data();
    void countsByTheProjectsClock();

private:
    ph::Json m_golden;
    std::vector<std::unique_ptr<InsightProject>> m_projects; // as in the file
};

void ZonesTest::initTestCase()
{
    std::ifstream file(GOLDEN_FOLDER "/zones_golden.json");
    m_golden = ph::Json::parse(file, nullptr, false);
    QVERIFY2(m_golden.is_array() && m_golden.size() == 4, "golden/zones_golden.json cannot be read");
    for (const ph::Json &golden : m_golden) {
        auto project = std::make_unique<InsightProject>();
        project->context.timezone = golden["zone"].get<std::string>();
        project->context.weekStartDay = golden["week_start_day"].get<int>();
        project->context.now = golden["now"].get<std::string>();
        for (const ph::Json &event : golden["events"])
            project->add(event[0].get<int>(), event[1].get<std::string>(), event[2].get<std::string>());
        project->flush();
        for (const ph::Json &person : golden["persons"])
            project->addPerson(person[0].get<int>(), "{}", person[1].get<std::string>());
        m_projects.push_back(std::move(project));
    }
}

void ZonesTest::countsByTheProjectsClock_data()
{
    QTest::addColumn<int>("project");
    QTest::addColumn<QString>("name");
    for (int i = 0; i < static_cast<int>(m_golden.size()); ++i) {
        const ph::Json &golden = m_golden[static_cast<std::size_t>(i)];
        const std::string zone = golden["zone"].get<std::string>() + " " + golden["now"].get<std::string>().substr(0, 10);
        for (const auto &[name, entry] : golden["answers"].items())
            QTest::addRow("%s: %s", zone.c_str(), name.c_str()) << i << QString::fromStdString(name);
    }
}

void ZonesTest::countsByTheProjectsClock()
{
    QFETCH(int, project);
    QFETCH(QString, name);
    const ph::Json &entry = m_golden[static_cast<std::size_t>(project)]["answers"][name.toStdString()];

    const ph::Json results = m_projects[static_cast<std::size_t>(project)]->results(entry["query"]);

    const std::string found = difference(entry["results"], results, "results");
    QVERIFY2(found.empty(), (found + " of " + results.dump()).c_str());
}

QTEST_APPLESS_MAIN(ZonesTest)
#include "zones_test.moc"
