#include "driver/localproject/demo/demo.h"
#include "driver/localproject/demo/plan.h"
#include "driver/localproject/demo/random.h"
#include "driver/localproject/demo/simulate.h"

#include <QtTest>

#include <fstream>
#include <map>
#include <set>

using localproject::Store;
using ph::Json;
namespace demo = localproject::demo;

namespace {

const std::string pinned = "2026-01-31T12:00:00Z";

Json only(const Store &store, const std::string &sql)
{
    const auto answer = store.query(sql);
    return answer ? answer->rows.at(0).at(0) : Json(answer.error().message);
}

struct Played {
    demo::World world;
    demo::Plan plan;
    demo::Data data;
};

Played play(const demo::Options &options)
{
    const auto world = demo::makeWorld(options);
    Played played;
    if (!world)
        return played;
    played.world = *world;
    played.plan = demo::makePlan(played.world);
    played.data = demo::simulate(played.world, played.plan);
    return played;
}

/// How far each person came in the activation funnel, in order and within 14 days, and the event of each step.
std::map<std::uint32_t, std::vector<const demo::Event *>> funnel(const Played &played)
{
    std::map<std::uint32_t, std::vector<const demo::Event *>> reached;
    for (const demo::Event &event : played.data.events) {
        auto &steps = reached[event.person];
        using demo::EventType;
        const bool fits[] = {event.type == EventType::Pageview && event.page == demo::Home,
                             event.type == EventType::Pageview && event.page == demo::Signup, event.type == EventType::SignedUp,
                             event.type == EventType::UploadedFile, event.type == EventType::UpgradedPlan};
        if (steps.size() < 5 && fits[steps.size()] && (steps.empty() || event.time - steps[0]->time <= 14 * demo::day))
            steps.push_back(&event);
    }
    return reached;
}

using Rate = std::pair<int, int>; // seen, signed up

std::map<std::string, Rate> signups(const Played &played, auto key)
{
    std::map<std::string, Rate> rates;
    for (const auto &[person, steps] : funnel(played)) {
        if (steps.size() < 2)
            continue;
        Rate &rate = rates[key(*steps[1])];
        ++rate.first;
        rate.second += steps.size() > 2 ? 1 : 0;
    }
    return rates;
}

std::string pairOf(const Played &played, const demo::Event &event)
{
    const demo::Device &device = demo::devices[played.plan.persons[event.person].device];
    return std::string(device.browser) + " " + std::string(device.os);
}

} // namespace

class DemoTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void drawsTheSameNumbersEverywhere();
    void givesTheSameDataForTheSameSeed();
    void givesOtherDataForAnotherSeedAnchorOrPlant();
    void keepsItsTargetsWhateverTheSeedAndDay_data();
    void keepsItsTargetsWhateverTheSeedAndDay();
    void breaksTheSignupOfThePlantedSegmentAlone_data();
    void breaksTheSignupOfThePlantedSegmentAlone();
    void treatsAllSegmentsAlikeWhenNothingIsPlanted();
    void refusesWhatItCannotMake_data();
    void refusesWhatItCannotMake();
    void makesTheFileWholeOrNotAtAll();
    void tiesEverythingTogether();
    void keepsItsObjectsConsistent();

private:
    std::optional<Store> m_demo; // the default one, at the pinned anchor
};

void DemoTest::initTestCase()
{
    auto store = demo::create({}, {.anchor = pinned});
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    m_demo.emplace(std::move(*store));
}

void DemoTest::drawsTheSameNumbersEverywhere()
{
    demo::Random random(1, 2, 3);
    std::vector<std::uint64_t> drawn;
    for (int i = 0; i < 3; ++i)
        drawn.push_back(random.next());
    // Worked out in Python, with the same arithmetic on integers of any size.
    const std::vector<std::uint64_t> expected = {0x74af48fee1306b5aULL, 0x2845f7ca943035bcULL, 0x1063999b403f391bULL};
    QCOMPARE(drawn, expected);

    std::vector<std::int64_t> spread;
    for (int i = 0; i < 10'001; ++i)
        spread.push_back(random.spread(1000));
    std::sort(spread.begin(), spread.end());
    QVERIFY(std::abs(spread[5000] - 1000) < 40); // the median
    QVERIFY(spread.front() > 60 && spread.back() < 14'200);
}

void DemoTest::givesTheSameDataForTheSameSeed()
{
    const auto &first = m_demo;
    const auto second = demo::create({}, {.anchor = pinned});
    QVERIFY2(second, second ? "" : second.error().message.c_str());

    QCOMPARE(first->meta("checksum").value_or("none"), second->meta("checksum").value_or("no second"));
    QCOMPARE(only(*first, "SELECT bit_xor(hash(e)) FROM events e"), only(*second, "SELECT bit_xor(hash(e)) FROM events e"));
    QCOMPARE(only(*first, "SELECT bit_xor(hash(s)) FROM sessions s"), only(*second, "SELECT bit_xor(hash(s)) FROM sessions s"));
    QCOMPARE(only(*first, "SELECT bit_xor(hash(o)) FROM objects o"), only(*second, "SELECT bit_xor(hash(o)) FROM objects o"));
    QCOMPARE(first->meta("anchor").value_or(""), pinned);
    QCOMPARE(first->meta("seed").value_or(""), std::string("20240607"));
    QCOMPARE(first->meta("plant").value_or(""), std::string("browser=Safari,os=iOS"));
}

void DemoTest::givesOtherDataForAnotherSeedAnchorOrPlant()
{
    std::set<std::string> sums = {m_demo->meta("checksum").value_or("none")};
    for (const demo::Options &options :
         {demo::Options{.seed = 7, .anchor = pinned}, demo::Options{.anchor = "2026-02-01T12:00:00Z"},
          demo::Options{.anchor = pinned, .plant = "none"}}) {
        const auto store = demo::create({}, options);
        QVERIFY(store);
        sums.insert(store->meta("checksum").value_or("none"));
    }
    QCOMPARE(sums.size(), 4U);
}

void DemoTest::keepsItsTargetsWhateverTheSeedAndDay_data()
{
    QTest::addColumn<quint64>("seed");
    QTest::addColumn<QString>("anchor");
    QTest::newRow("the demo") << quint64(20'240'607) << QString::fromStdString(pinned);
    for (int i = 0; i < 7; ++i) // each weekday
        QTest::addRow("seed %d", i) << quint64(i) << QString("2027-03-%1T12:00:00Z").arg(10 + i);
}

void DemoTest::keepsItsTargetsWhateverTheSeedAndDay()
{
    QFETCH(quint64, seed);
    QFETCH(QString, anchor);

    const Played played = play({.seed = seed, .anchor = anchor.toStdString()});

    const auto events = static_cast<int>(played.data.events.size());
    const auto sessions = static_cast<int>(played.data.sessions.size());
    QVERIFY2(std::abs(events - 200'000) <= 4'000, qPrintable(QString::number(events)));
    QVERIFY2(std::abs(sessions - 21'000) <= 800, qPrintable(QString::number(sessions)));
    std::array<int, 5> reached{};
    for (const auto &[person, steps] : funnel(played))
        for (std::size_t i = 0; i < steps.size(); ++i)
            ++reached[i];
    QCOMPARE(reached, (std::array{4100, 2050, 1070, 750, 140}));
    for (const demo::Event &event : played.data.events) {
        const bool future = event.session == demo::noSession && event.time > played.world.end + 1000 * demo::day;
        QVERIFY(event.time >= played.world.dayStart(1) && (event.time < played.world.end || future));
        QVERIFY(event.time < played.world.outageStart() || event.time >= played.world.outageEnd());
    }
}

void DemoTest::breaksTheSignupOfThePlantedSegmentAlone_data()
{
    QTest::addColumn<QString>("plant");
    QTest::addColumn<QString>("planted");
    QTest::newRow("default") << "browser=Safari,os=iOS"
                             << "Safari iOS";
    QTest::newRow("a rare pair") << "browser=Firefox,os=Android"
                                 << "Firefox Android";
    QTest::newRow("the largest pair") << "browser=Chrome,os=Windows"
                                      << "Chrome Windows";
}

void DemoTest::breaksTheSignupOfThePlantedSegmentAlone()
{
    QFETCH(QString, plant);
    QFETCH(QString, planted);

    const Played played = play({.anchor = pinned, .plant = plant.toStdString()});

    const auto pairs = signups(played, [&](const demo::Event &e) { return pairOf(played, e); });
    QCOMPARE(pairs.at(planted.toStdString()), (Rate{310, 96}));
    for (const auto &[name, rate] : pairs)
        if (name != planted.toStdString() && rate.first >= 100)
            QVERIFY2(std::abs(rate.second * 100 / rate.first - 56) <= 5, name.c_str());
    const auto releases = signups(played, [&](const demo::Event &e) { return std::string(played.world.release(e.time)); });
    QVERIFY(releases.at("2.4.0").second * 100 / releases.at("2.4.0").first <= 46);
    QVERIFY(releases.at("2.3.0").second * 100 / releases.at("2.3.0").first >= 54);
    QVERIFY(releases.at("2.4.2").second * 100 / releases.at("2.4.2").first >= 54);

    std::set<std::uint32_t> broken;
    std::set<std::uint32_t> raging;
    for (const demo::Event &e : played.data.events) {
        if (e.type == demo::EventType::Exception && e.a == demo::PlanIdError) {
            QCOMPARE(pairOf(played, e), planted.toStdString());
            QCOMPARE(played.world.release(e.time), std::string_view("2.4.0"));
            QVERIFY(e.page == demo::Signup);
            QVERIFY(played.data.sessions[e.session].errors > 0 && played.data.sessions[e.session].replayed);
            broken.insert(e.session);
        } else if (e.type == demo::EventType::Rageclick && broken.contains(e.session)) {
            raging.insert(e.session);
        }
    }
    QVERIFY(broken.size() > 60);
    QVERIFY(raging.size() * 100 / broken.size() >= 40 && raging.size() * 100 / broken.size() <= 60);
}

void DemoTest::treatsAllSegmentsAlikeWhenNothingIsPlanted()
{
    const Played played = play({.anchor = pinned, .plant = "none"});
    const auto personOf = [&](const demo::Event &e) -> const demo::Person & { return played.plan.persons[e.person]; };

    for (const auto &rates : {
             signups(played, [&](const demo::Event &e) { return pairOf(played, e); }),
             signups(played, [&](const demo::Event &e) { return std::string(played.world.release(e.time)); }),
             signups(played, [&](const demo::Event &e) { return std::string(demo::countries[personOf(e).country].code); }),
             signups(played, [&](const demo::Event &e) { return std::string(demo::sources[personOf(e).source].name); }),
             signups(played, [&](const demo::Event &e) { return std::string(demo::devices[personOf(e).device].type); }),
             signups(played, [&](const demo::Event &e) { return pairOf(played, e) + std::string(played.world.release(e.time)); }),
         })
        for (const auto &[name, rate] : rates)
            if (rate.first >= 100)
                QVERIFY2(std::abs(rate.second * 1000 / rate.first - 522) <= 45,
                         (name + " " + std::to_string(rate.second) + " of " + std::to_string(rate.first)).c_str());
    for (const demo::Event &e : played.data.events)
        QVERIFY(e.type != demo::EventType::Exception || e.a != demo::PlanIdError);
}

void DemoTest::refusesWhatItCannotMake_data()
{
    QTest::addColumn<QString>("anchor");
    QTest::addColumn<QString>("plant");
    QTest::addColumn<QString>("says");
    QTest::newRow("no date") << "yesterday"
                             << "none"
                             << "2026-01-31T12:00:00Z";
    QTest::newRow("no such day") << "2026-02-30T12:00:00Z"
                                 << "none"
                                 << "2026-02-30";
    QTest::newRow("another hour") << "2026-02-28T13:00:00Z"
                                  << "none"
                                  << "anchor";
    QTest::newRow("no such pair") << "2026-02-28T12:00:00Z"
                                  << "browser=Safari,os=Windows"
                                  << "browser=Safari,os=iOS";
    QTest::newRow("no pair") << "2026-02-28T12:00:00Z"
                             << "release=2.4.0"
                             << "release=2.4.0";
    QTest::newRow("nothing") << "2026-02-28T12:00:00Z"
                             << ""
                             << "none";
}

void DemoTest::refusesWhatItCannotMake()
{
    QFETCH(QString, anchor);
    QFETCH(QString, plant);
    QFETCH(QString, says);

    const auto store = demo::create({}, {.anchor = anchor.toStdString(), .plant = plant.toStdString()});

    QVERIFY(!store);
    QCOMPARE(store.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY2(store.error().message.find(says.toStdString()) != std::string::npos, store.error().message.c_str());
}

void DemoTest::makesTheFileWholeOrNotAtAll()
{
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("demo.duckdb").toStdString();
    std::ofstream(path.string() + ".new") << "left by a run that was ended";

    QVERIFY(!demo::create(path, {.anchor = "nonsense"}));
    QVERIFY(!std::filesystem::exists(path));
    {
        const auto store = demo::create(path, {.anchor = pinned});
        QVERIFY2(store, store ? "" : store.error().message.c_str());
        QVERIFY(store->path() == path);
    }

    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList("demo.duckdb"));
    QVERIFY(std::filesystem::file_size(path) < 40'000'000);
    const auto again = demo::create(path, {.anchor = pinned});
    QVERIFY(!again);
    QCOMPARE(again.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY(Store::open(path));
}

void DemoTest::tiesEverythingTogether()
{
    const auto &store = m_demo;
    const auto none = [&](const char *sql) { QCOMPARE(only(*store, std::string("SELECT count(*) ") + sql), Json(0)); };

    none("FROM events WHERE person_id NOT IN (SELECT id FROM persons)");
    none("FROM events e ANTI JOIN person_distinct_ids d ON e.distinct_id = d.distinct_id AND e.person_id = d.person_id");
    none("FROM (SELECT distinct_id FROM person_distinct_ids GROUP BY 1 HAVING count(*) > 1)");
    none("FROM events WHERE session_id IS NOT NULL AND session_id NOT IN (SELECT session_id FROM sessions)");
    none("FROM events WHERE group_0 IS NOT NULL AND group_0 NOT IN (SELECT key FROM groups)");
    none("FROM replay_events ANTI JOIN sessions USING (session_id)");
    none("FROM events WHERE NOT json_valid(properties)");
    none("FROM persons WHERE NOT json_valid(properties)");
    none("FROM groups WHERE NOT json_valid(properties)");
    none("FROM events WHERE created_at < timestamp");
    none("FROM (SELECT uuid FROM events GROUP BY 1 HAVING count(*) > 1)");
    none("FROM (SELECT DISTINCT unnest(json_keys(properties)) AS name FROM events) ANTI JOIN property_definitions USING (name)");
    none("FROM (SELECT DISTINCT event AS name FROM events) ANTI JOIN event_definitions USING (name)");
    none("FROM (SELECT timestamp < lag(timestamp) OVER (ORDER BY rowid) AS before FROM events) WHERE before");
    none("FROM persons p JOIN (SELECT person_id, min(timestamp) AS first FROM events GROUP BY 1) e ON p.id = e.person_id WHERE "
         "p.created_at > e.first");
    none("FROM sessions WHERE is_bounce != (pageview_count < 2 AND autocapture_count = 0 AND duration < 10)");
    none("FROM sessions WHERE end_timestamp < start_timestamp OR len(urls) = 0 OR urls[1] != entry_url");
}

void DemoTest::keepsItsObjectsConsistent()
{
    const auto &store = m_demo;

    const auto rows = store->query("SELECT kind, id, body FROM objects ORDER BY kind, id");
    QVERIFY(rows);
    std::map<std::string, std::map<std::int64_t, Json>> objects;
    for (const auto &row : rows->rows) {
        const Json body = Json::parse(row[2].get<std::string>(), nullptr, false);
        QVERIFY(body.is_object());
        QVERIFY(!body.contains("id"));
        QVERIFY(body.dump().find("@day") == std::string::npos);
        objects[row[0].get<std::string>()][row[1].get<std::int64_t>()] = body;
    }
    for (const auto &[kind, count] : std::map<std::string, std::size_t>{{"cohorts", 5},
                                                                        {"feature_flags", 6},
                                                                        {"insights", 30},
                                                                        {"experiments", 3},
                                                                        {"annotations", 4},
                                                                        {"dashboards", 3},
                                                                        {"actions", 3},
                                                                        {"surveys", 2}})
        QCOMPARE(objects[kind].size(), count);
    QCOMPARE(objects["annotations"][3]["date_marker"], Json("2026-01-18T00:00:00.000000Z"));
    QCOMPARE(objects["annotations"][2]["date_marker"], Json("2026-01-20T14:00:00.000000Z"));
    QCOMPARE(objects["cohorts"][4]["count"], Json(980));
    QCOMPARE(objects["cohorts"][2]["count"], Json(60));
    for (const auto &[id, dashboard] : objects["dashboards"])
        for (const Json &tile : dashboard["tiles"])
            QVERIFY(objects["insights"][tile["insight_id"].get<std::int64_t>()]["dashboards"] == Json::array({id}));
    std::set<std::string> keys;
    for (const auto &[id, flag] : objects["feature_flags"])
        keys.insert(flag["key"].get<std::string>());
    for (const auto &[id, experiment] : objects["experiments"])
        QVERIFY(keys.contains(experiment["feature_flag_key"].get<std::string>()));
}

QTEST_APPLESS_MAIN(DemoTest)
#include "demo_test.moc"
