#include "driver/localproject/capture/flags.h"
#include "driver/localproject/capture/payload.h"
#include "driver/localproject/import/people.h"
#include "tests/driver/localproject/small_project.h"

#include <QByteArray>

#include <thread>
#include <zlib.h>

using ph::Json;

#define COMPARE_TEXT(actual, expected) QVERIFY2(std::string(actual) == std::string(expected), std::string(actual).c_str())

namespace {

constexpr const char *token = "phc_local_test";

localproject::ApiOptions withToken()
{
    localproject::ApiOptions options;
    options.projectToken = token;
    return options;
}

std::string gzip(const std::string &text)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

} // namespace

/// What the SDKs send, and what becomes of it.
class CaptureTest : public QObject
{
    Q_OBJECT

private slots:
    void takesEachFormOfABody_data();
    void takesEachFormOfABody();
    void takesEachAddress_data();
    void takesEachAddress();
    void refusesWhatItCannotTake_data();
    void refusesWhatItCannotTake();
    void isClosedWithoutAToken();
    void unpacksNoBombs();
    void passesOverEventsThatAreNone();
    void storesAnEventOnce();
    void correctsTheSendersClock();
    void keepsWhatAnEventSays();
    void takesLoneSurrogatesAndLargeNumbers();
    void mergesPeople_data();
    void mergesPeople();
    void changesProperties();
    void notesThePersonAtTheEvent();
    void takesOverWhatABrowserSays();
    void writesNoPersonForAnonymousEvents();
    void keepsGroups();
    void derivesSessions();
    void definesWhatItSees();
    void takesManyAtOnce();
    void saysWhichFlagsAreOn();

private:
    static http::ServerResponse post(const SmallProject &project, const std::string &path, const std::string &body,
                                     std::vector<std::pair<std::string, std::string>> headers = {})
    {
        return project.call("POST", path, body, std::move(headers));
    }
    /// Events of a batch; a string is an event of that name.
    static int capture(const SmallProject &project, const Json &events)
    {
        const Json list = events.is_array() ? events : Json::array({events}); // {event} in brackets is that event.
        return post(project, "/batch/", Json{{"api_key", token}, {"batch", list}}.dump()).status;
    }
    static Json event(const std::string &name, const std::string &id, const Json &properties = Json::object(),
                      const std::string &time = "2026-01-20T10:00:00Z")
    {
        return {{"event", name}, {"distinct_id", id}, {"properties", properties}, {"timestamp", time}};
    }
    static std::string rows(const SmallProject &project, const std::string &hogql)
    {
        const auto answer = project.query(hogql);
        return answer.status == 200 ? answer.body["results"].dump() : answer.body.dump();
    }
};

void CaptureTest::takesEachFormOfABody_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("encoding");
    QTest::addColumn<int>("events");

    const Json one{{"api_key", token}, {"event", "sent"}, {"distinct_id", "zoe"}, {"properties", {{"n", 1}}}};
    const Json inProperties{{"event", "sent"}, {"properties", {{"token", token}, {"distinct_id", "zoe"}}}};
    const std::string list = Json::array({inProperties, inProperties}).dump();
    const auto bytes = [](const std::string &text) { return QByteArray(text.data(), static_cast<qsizetype>(text.size())); };
    const QByteArray base64 = bytes(one.dump()).toBase64();

    QTest::newRow("one event") << bytes(one.dump()) << "/i/v0/e/" << "" << 1;
    QTest::newRow("a batch") << bytes(Json{{"api_key", token}, {"batch", {one, one, one}}}.dump()) << "/batch/" << "" << 3;
    QTest::newRow("a list, the token in its properties") << bytes(list) << "/e/" << "" << 2;
    QTest::newRow("data") << bytes(Json{{"token", token}, {"data", {one}}}.dump()) << "/capture/" << "" << 1;
    QTest::newRow("gzip by its header") << bytes(gzip(one.dump())) << "/batch/" << "gzip" << 1;
    QTest::newRow("gzip by its address") << bytes(gzip(one.dump())) << "/i/v0/e/?compression=gzip-js" << "" << 1;
    QTest::newRow("gzip by its bytes") << bytes(gzip(one.dump())) << "/e/" << "" << 1;
    QTest::newRow("base64") << base64 << "/e/?compression=base64" << "" << 1;
    QTest::newRow("the token in the address") << bytes(R"({"event": "sent", "distinct_id": "zoe"})") << (std::string("/e/?token=") + token).c_str() << "" << 1;
}

void CaptureTest::takesEachFormOfABody()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, path);
    QFETCH(QString, encoding);
    QFETCH(int, events);
    const SmallProject project(withToken());
    std::vector<std::pair<std::string, std::string>> headers;
    if (!encoding.isEmpty())
        headers.emplace_back("content-encoding", encoding.toStdString());

    const auto answer = post(project, path.toStdString(), body.toStdString(), headers);

    QVERIFY2(answer.status == 200, answer.body.c_str());
    COMPARE_TEXT(rows(project, "SELECT count(), uniq(uuid), any(distinct_id) FROM events WHERE event = 'sent'"),
                 "[[" + std::to_string(events) + "," + std::to_string(events) + ",\"zoe\"]]");
}

void CaptureTest::takesEachAddress_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("answer");
    for (const char *path : {"/i/v0/e/", "/i/v0/e", "/batch/", "/batch"})
        QTest::newRow(path) << path << R"({"status":"Ok"})";
    for (const char *path : {"/capture/", "/e/", "/e", "/track/", "/engage/"})
        QTest::newRow(path) << path << R"({"status":1})";
}

void CaptureTest::takesEachAddress()
{
    QFETCH(QString, path);
    QFETCH(QString, answer);
    const SmallProject project(withToken());

    const auto response = post(project, path.toStdString(), Json{{"api_key", token}, {"event", "sent"}, {"distinct_id", "zoe"}}.dump());

    QCOMPARE(response.status, 200);
    COMPARE_TEXT(response.body, answer.toStdString());
}

void CaptureTest::refusesWhatItCannotTake_data()
{
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");

    QTest::newRow("another token") << R"({"api_key": "phc_other", "event": "sent", "distinct_id": "zoe"})" << 401 << "invalid_api_key";
    QTest::newRow("no token") << R"({"event": "sent", "distinct_id": "zoe"})" << 401 << "invalid_api_key";
    QTest::newRow("nothing") << "" << 400 << "invalid_payload";
    QTest::newRow("half an object") << R"({"api_key": "phc_lo)" << 400 << "invalid_payload";
    QTest::newRow("a number") << "17" << 400 << "invalid_payload";
    QTest::newRow("deep") << QString("[").repeated(100'000) << 400 << "invalid_payload";
}

void CaptureTest::refusesWhatItCannotTake()
{
    QFETCH(QString, body);
    QFETCH(int, status);
    QFETCH(QString, code);
    const SmallProject project(withToken());

    const auto answer = SmallProject::answered(post(project, "/batch/", body.toStdString()));

    QCOMPARE(answer.status, status);
    COMPARE_TEXT(answer.body["code"].get<std::string>(), code.toStdString());
    COMPARE_TEXT(rows(project, "SELECT count() FROM events"), "[[6]]");
}

void CaptureTest::isClosedWithoutAToken()
{
    const SmallProject project;

    QCOMPARE(post(project, "/batch/", R"({"api_key": "", "batch": []})").status, 404);
}

void CaptureTest::unpacksNoBombs()
{
    const SmallProject project(withToken());
    const std::string bomb = gzip(std::string(30 * 1024 * 1024, ' '));
    QVERIFY(bomb.size() < 64 * 1024);

    QCOMPARE(post(project, "/batch/", bomb, {{"content-encoding", "gzip"}}).status, 413);
    QCOMPARE(post(project, "/batch/", gzip("{}").substr(0, 12), {{"content-encoding", "gzip"}}).status, 400);
    QCOMPARE(post(project, "/flags/?v=2", bomb, {{"content-encoding", "gzip"}}).status, 413);
}

void CaptureTest::passesOverEventsThatAreNone()
{
    const SmallProject project(withToken());

    const Json events{event("sent", "zoe"),
                      {{"event", "no one's"}},
                      {{"distinct_id", "zoe"}},
                      17,
                      {{"event", ""}, {"distinct_id", "zoe"}},
                      {{"event", "sent"}, {"distinct_id", std::string(401, 'x')}},
                      {{"event", "sent"}, {"distinct_id", "zoe"}, {"properties", "no object"}}};

    QCOMPARE(capture(project, events), 200);
    COMPARE_TEXT(rows(project, "SELECT count() FROM events WHERE event = 'sent'"), "[[1]]");
    COMPARE_TEXT(rows(project, "SELECT count() FROM events"), "[[7]]");
}

void CaptureTest::storesAnEventOnce()
{
    const SmallProject project(withToken());
    Json sent = event("sent", "zoe");
    sent["uuid"] = "01900000-0000-7000-8000-0000000000aa";

    capture(project, {sent, sent});
    capture(project, {sent});

    COMPARE_TEXT(rows(project, "SELECT count() FROM events WHERE uuid = '01900000-0000-7000-8000-0000000000aa'"), "[[1]]");
}

void CaptureTest::correctsTheSendersClock()
{
    const SmallProject project(withToken());
    const Json slow{{"api_key", token}, {"sent_at", "2020-01-01T00:00:10Z"}, {"batch", {event("slow", "zoe", {}, "2020-01-01T00:00:00Z")}}};
    const Json ahead{{"api_key", token}, {"batch", {event("ahead", "zoe", {}, "2099-01-01T00:00:00Z")}}};

    post(project, "/batch/", slow.dump());
    post(project, "/batch/", ahead.dump());

    // The one happened ten seconds before it was sent; the other cannot have happened yet.
    const auto seconds = project.store().query("SELECT event, epoch_us(created_at) - epoch_us(timestamp) FROM events"
                                               " WHERE event IN ('slow', 'ahead') ORDER BY event");
    QVERIFY(seconds);
    QCOMPARE(seconds->rows.size(), std::size_t(2));
    QVERIFY2(std::abs(seconds->rows[0][1].get<std::int64_t>()) < 60'000'000, seconds->rows[0][1].dump().c_str());
    const auto slowBy = seconds->rows[1][1].get<std::int64_t>();
    QVERIFY2(slowBy > 9'000'000 && slowBy < 70'000'000, std::to_string(slowBy).c_str());
}

void CaptureTest::keepsWhatAnEventSays()
{
    const SmallProject project(withToken());
    const std::string text = R"({"api_key": "phc_local_test", "event": "sent", "distinct_id": "zoe", "timestamp": "2026-01-20T10:00:00.123456Z",
        "properties": { "price": 1.50, "big": 9007199254740993, "deep": {"a": [1, null, "x y"]}, "quote": "a\"b\\c", "$browser": "Opera" }})";

    post(project, "/i/v0/e/", text);

    COMPARE_TEXT(rows(project, "SELECT timestamp, properties FROM events WHERE event = 'sent'"),
                 Json::array({Json::array({"2026-01-20T10:00:00.123456Z",
                                           R"({"price":1.5,"big":9007199254740993,"deep":{"a":[1,null,"x y"]},"quote":"a\"b\\c","$browser":"Opera"})"})})
                     .dump());
    COMPARE_TEXT(rows(project, "SELECT properties.$browser, properties.price * 2 FROM events WHERE event = 'sent'"), R"([["Opera",3.0]])");
}

void CaptureTest::takesLoneSurrogatesAndLargeNumbers()
{
    const SmallProject project(withToken());

    const auto answer = post(project, "/i/v0/e/",
                             R"({"api_key": "phc_local_test", "event": "sent", "distinct_id": "zoe", "properties": {"cut": "a\ud83d", "whole": "\ud83d\ude00"}})");
    post(project, "/i/v0/e/",
         R"({"api_key": "phc_local_test", "event": "large", "distinct_id": "zoe", "properties": {"n": 123456789012345678901234567890}})");

    QCOMPARE(answer.status, 200);
    COMPARE_TEXT(rows(project, "SELECT properties.cut, properties.whole FROM events WHERE event = 'sent'"), "[[\"a\xEF\xBF\xBD\",\"\xF0\x9F\x98\x80\"]]");
    COMPARE_TEXT(rows(project, "SELECT count() FROM events WHERE event = 'large'"), "[[1]]");
}

void CaptureTest::mergesPeople_data()
{
    QTest::addColumn<QString>("steps"); // name id [other]
    QTest::addColumn<QString>("people"); // the ids of each person

    QTest::newRow("identify") << "seen anon; identify zoe anon" << "anon,zoe";
    QTest::newRow("identify of a new id") << "identify zoe anon" << "anon,zoe";
    QTest::newRow("two devices") << "seen a; identify zoe a; seen b; identify zoe b" << "a,b,zoe";
    QTest::newRow("two who are identified") << "identify zoe a; identify yan b; identify zoe yan" << "a,zoe b,yan";
    QTest::newRow("an alias") << "seen zoe; alias zoe nick" << "nick,zoe";
    QTest::newRow("an alias of one who is identified") << "identify yan b; seen zoe; alias zoe yan" << "b,yan zoe";
    QTest::newRow("a dangerous merge") << "identify yan b; identify zoe a; merge zoe yan" << "a,b,yan,zoe";
    QTest::newRow("nobody's id") << "seen zoe; identify undefined zoe" << "undefined zoe";
    QTest::newRow("with itself") << "identify zoe zoe" << "zoe";
    QTest::newRow("in a row") << "seen a; seen b; seen c; alias b a; merge c b" << "a,b,c";
    QTest::newRow("an alias of one that has an alias") << "seen a; seen b; seen c; alias b a; alias c b" << "a,b c";
}

void CaptureTest::mergesPeople()
{
    QFETCH(QString, steps);
    QFETCH(QString, people);
    const SmallProject project(withToken());
    for (const QString &step : steps.split("; ")) {
        const QStringList words = step.split(' ');
        const std::string id = words[1].toStdString();
        const std::string other = words.size() > 2 ? words[2].toStdString() : "";
        capture(project, Json::array({
                 words[0] == "identify"    ? event("$identify", id, {{"$anon_distinct_id", other}})
                     : words[0] == "alias" ? event("$create_alias", id, {{"alias", other}})
                     : words[0] == "merge" ? event("$merge_dangerously", id, {{"alias", other}})
                                           : event("seen", id)}));
    }
    const std::string mine = "d.distinct_id NOT IN ('ann', 'ann-phone', 'bob', 'device-3')";

    const auto found = project.store().query("SELECT string_agg(ids, ' ') FROM (SELECT string_agg(d.distinct_id, ',' ORDER BY d.distinct_id) AS ids"
                                             " FROM person_distinct_ids d WHERE " + mine + " GROUP BY person_id ORDER BY ids)");
    COMPARE_TEXT(found->rows[0][0].get<std::string>(), people.toStdString());
    // Every person has a row, nobody else has, and every event belongs to one of them.
    COMPARE_TEXT(project.store().query("SELECT count(*) FROM persons p FULL JOIN (SELECT DISTINCT person_id FROM person_distinct_ids) d"
                                       " ON d.person_id = p.id WHERE p.id IS NULL OR d.person_id IS NULL")->rows[0][0].dump(), "0");
    COMPARE_TEXT(project.store().query("SELECT count(*) FROM events e LEFT JOIN person_distinct_ids d ON d.distinct_id = e.distinct_id"
                                       " WHERE e.person_id IS DISTINCT FROM d.person_id")->rows[0][0].dump(), "0");
}

void CaptureTest::changesProperties()
{
    const SmallProject project(withToken());
    capture(project, {event("seen", "anon", {{"$set", {{"color", "red"}, {"size", 1}}}, {"$set_once", {{"first", "a"}}}})});
    capture(project, {event("$identify", "zoe", {{"$anon_distinct_id", "anon"}, {"$set", {{"size", 2}, {"gone", 1}}}, {"$set_once", {{"first", "b"}}}})});
    capture(project, {event("$set", "zoe", {{"$set", {{"plan", "pro"}}}, {"$unset", {"gone"}}})});

    COMPARE_TEXT(rows(project, "SELECT properties.color, properties.size, properties.first, properties.plan, properties.gone FROM persons"
                               " WHERE properties.plan = 'pro' AND properties.first = 'a'"),
                 R"([["red",2.0,"a","pro",null]])");
}

void CaptureTest::notesThePersonAtTheEvent()
{
    const SmallProject project(withToken());
    capture(project, {event("one", "zoe", {{"$set", {{"plan", "free"}}}})});
    capture(project, {event("two", "zoe", {{"$set", {{"plan", "pro"}}}})});

    const auto then = project.store().query("SELECT event, person_properties FROM events WHERE distinct_id = 'zoe' ORDER BY event");
    COMPARE_TEXT(then->rows[0][1].get<std::string>(), R"({"plan":"free"})");
    COMPARE_TEXT(then->rows[1][1].get<std::string>(), R"({"plan":"pro"})");
    COMPARE_TEXT(rows(project, "SELECT event, person.properties.plan FROM events WHERE distinct_id = 'zoe' ORDER BY event"),
                 R"([["one","pro"],["two","pro"]])");
}

void CaptureTest::takesOverWhatABrowserSays()
{
    const SmallProject project(withToken());
    capture(project, {event("$pageview", "zoe", {{"$browser", "Firefox"}, {"utm_source", "news"}, {"color", "red"}})});
    capture(project, {event("$pageview", "zoe", {{"$browser", "Opera"}, {"$set", {{"$browser", "mine"}}}})});

    const auto person = project.store().query("SELECT p.properties FROM persons p JOIN person_distinct_ids d ON d.person_id = p.id"
                                              " WHERE d.distinct_id = 'zoe'");
    const Json properties = Json::parse(person->rows[0][0].get<std::string>());
    COMPARE_TEXT(properties.dump(), R"({"$browser":"mine","$initial_browser":"Firefox","$initial_utm_source":"news","utm_source":"news"})");
}

void CaptureTest::writesNoPersonForAnonymousEvents()
{
    const SmallProject project(withToken());
    capture(project, {event("seen", "anon", {{"$process_person_profile", false}}), event("seen", "anon", {{"$process_person_profile", false}})});

    COMPARE_TEXT(rows(project, "SELECT count(), uniq(person_id), any(person_mode) FROM events WHERE distinct_id = 'anon'"), R"([[2,1,"propertyless"]])");
    COMPARE_TEXT(rows(project, "SELECT count() FROM persons"), "[[3]]");

    capture(project, {event("$identify", "zoe", {{"$anon_distinct_id", "anon"}})});
    COMPARE_TEXT(rows(project, "SELECT uniq(person_id) FROM events WHERE distinct_id IN ('anon', 'zoe')"), "[[1]]");
    COMPARE_TEXT(rows(project, "SELECT count() FROM persons"), "[[4]]");
}

void CaptureTest::keepsGroups()
{
    const SmallProject project(withToken());
    capture(project, {event("$groupidentify", "zoe", {{"$group_type", "company"}, {"$group_key", "acme"}, {"$group_set", {{"plan", "pro"}}}}),
                      event("paid", "zoe", {{"$groups", {{"company", "acme"}, {"team", 7}}}})});
    capture(project, {event("$groupidentify", "zoe", {{"$group_type", "company"}, {"$group_key", "acme"}, {"$group_set", {{"seats", 3}}}}),
                      event("paid", "zoe", {{"$groups", {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}}})});

    COMPARE_TEXT(rows(project, "SELECT $group_0, $group_1, group_0.properties.plan, group_0.properties.seats FROM events WHERE event = 'paid' AND $group_0 != ''"),
                 R"([["acme","7","pro",3.0]])");
    const Json types = project.get("groups_types/").body;
    QCOMPARE(types.size(), std::size_t(5)); // The sixth is passed over.
    COMPARE_TEXT(types[0]["group_type"].get<std::string>(), "company");
}

void CaptureTest::derivesSessions()
{
    const SmallProject project(withToken());
    const auto page = [](const char *url, const char *path) {
        return Json{{"$session_id", "s1"}, {"$current_url", url}, {"$pathname", path}, {"$referring_domain", "www.google.com"}};
    };
    capture(project, {event("$pageview", "zoe", page("https://e.com/a", "/a"), "2026-01-20T10:00:00Z"),
                      event("$pageview", "zoe", page("https://e.com/b", "/b"), "2026-01-20T10:00:20Z")});
    capture(project, {event("$autocapture", "zoe", page("https://e.com/b", "/b"), "2026-01-20T10:01:05.5Z")});

    COMPARE_TEXT(rows(project, "SELECT session_id, $session_duration, $pageview_count, $autocapture_count, $entry_pathname, $end_pathname, $channel_type, $is_bounce"
                               " FROM sessions"),
                 R"([["s1",65,2,1,"/a","/b","Organic Search",false]])");
}

void CaptureTest::definesWhatItSees()
{
    const SmallProject project(withToken());
    capture(project, {event("first time", "zoe", {{"count", 3}, {"when", "2026-01-01T00:00:00Z"}, {"is", true}, {"text", "x"}, {"nothing", nullptr}})});
    capture(project, {event("first time", "zoe", {{"nothing", 5}, {"count", "seven"}})});

    const auto types = project.store().query("SELECT name || ' ' || coalesce(property_type, '-') FROM property_definitions"
                                             " WHERE name IN ('count', 'when', 'is', 'text', 'nothing') ORDER BY name");
    std::string all;
    for (const auto &row : types->rows)
        all += row[0].get<std::string>() + ";";
    COMPARE_TEXT(all, "count Numeric;is Boolean;nothing Numeric;text String;when DateTime;");
    COMPARE_TEXT(rows(project, "SELECT sum(properties.count) FROM events WHERE event = 'first time'"), "[[3.0]]");
    QCOMPARE(project.get("event_definitions/?search=first").body["count"].get<int>(), 1);
}

void CaptureTest::takesManyAtOnce()
{
    const SmallProject project(withToken());
    std::atomic<int> taken = 0;
    {
        std::vector<std::jthread> senders;
        for (int sender = 0; sender < 8; ++sender) {
            senders.emplace_back([&, sender] {
                for (int i = 0; i < 10; ++i)
                    taken += capture(project, {event("many", "person-" + std::to_string(sender)), event("many", "person-" + std::to_string(i))}) == 200;
            });
        }
    }
    QCOMPARE(taken.load(), 80);
    COMPARE_TEXT(rows(project, "SELECT count(), uniq(uuid), uniq(person_id) FROM events WHERE event = 'many'"), "[[160,160,10]]");
}

void CaptureTest::saysWhichFlagsAreOn()
{
    SmallProject project(withToken());
    const std::string flags = R"sql(INSERT INTO objects VALUES
        ('feature_flags', 10, '{"key":"pros","active":true,"deleted":false,"filters":{"groups":[{"properties":[{"key":"plan","value":["pro"],"operator":"exact","type":"person"}],"rollout_percentage":100}],"payloads":{"true":"{\"a\":1}"}}}', NULL),
        ('feature_flags', 11, '{"key":"none","active":true,"deleted":false,"filters":{"groups":[{"properties":[],"rollout_percentage":0}]}}', NULL),
        ('feature_flags', 12, '{"key":"company","active":true,"deleted":false,"filters":{"aggregation_group_type_index":0,"groups":[{"properties":[],"rollout_percentage":100}]}}', NULL),
        ('feature_flags', 13, '{"key":"members","active":true,"deleted":false,"filters":{"groups":[{"properties":[{"key":"id","value":1,"type":"cohort"}],"rollout_percentage":100,"variant":"blue"}],"multivariate":{"variants":[{"key":"blue","rollout_percentage":0},{"key":"red","rollout_percentage":100}]}}}', NULL),
        ('feature_flags', 14, '{"key":"digits","active":true,"deleted":false,"filters":{"groups":[{"properties":[{"key":"age","value":"^\\d{2}$","operator":"regex","type":"person"}]}]}}', NULL))sql";
    QVERIFY(project.store().execute(flags));
    const auto ask = [&](const std::string &path, Json body) {
        body["api_key"] = token;
        return SmallProject::answered(post(project, path, body.dump())).body;
    };

    const Json ann = ask("/flags/?v=2", {{"distinct_id", "ann"}});
    QVERIFY2(ann["flags"]["pros"]["enabled"] == true, ann.dump().c_str());
    COMPARE_TEXT(ann["flags"]["pros"]["metadata"]["payload"].get<std::string>(), R"({"a":1})");
    COMPARE_TEXT(ann["flags"]["none"]["reason"]["code"].get<std::string>(), "out_of_rollout_bound");
    COMPARE_TEXT(ann["flags"]["company"]["reason"]["code"].get<std::string>(), "no_group_type");
    COMPARE_TEXT(ann["flags"]["members"]["variant"].get<std::string>(), "blue");
    QVERIFY(!ann["flags"].contains("old-menu")); // switched off
    QVERIFY2(ann["flags"]["digits"]["enabled"] == false && ann["errorsWhileComputingFlags"] == false, ann.dump().c_str());
    const Json grown = ask("/flags/?v=2", {{"distinct_id", "ann"}, {"person_properties", {{"age", 31}}}});
    QVERIFY2(grown["flags"]["digits"]["enabled"] == true, grown.dump().c_str()); // RE2, as PostHog

    QVERIFY(project.store().execute(R"sql(INSERT INTO objects VALUES ('feature_flags', 15, '{"key":"depends","active":true,"deleted":false,"filters":{"groups":[{"properties":[{"key":"pros","value":true,"operator":"flag_evaluates_to","type":"flag"}]}]}}', NULL))sql"));
    const Json unsure = ask("/flags/?v=2", {{"distinct_id", "ann"}});
    QVERIFY2(unsure["flags"]["depends"]["enabled"] == false && unsure["errorsWhileComputingFlags"] == true, unsure.dump().c_str());
    QVERIFY(project.store().execute("DELETE FROM objects WHERE id = 15"));

    const Json bob = ask("/decide/?v=3", {{"distinct_id", "bob"}, {"person_properties", {{"plan", "pro"}}}});
    QVERIFY2(bob["featureFlags"]["pros"] == true, bob.dump().c_str());
    const Json cleo = ask("/decide/?v=3", {{"distinct_id", "device-3"}});
    QVERIFY(!cleo["featureFlags"].contains("pros") && !cleo["featureFlags"].contains("members"));

    // What an SDK asks for with a personal key, by the flag's key.
    COMPARE_TEXT(project.get("feature_flags/pros/remote_config/").body.get<std::string>(), R"({"a":1})");
    COMPARE_TEXT(project.get("feature_flags/10/remote_config/").body.get<std::string>(), R"({"a":1})");
    QVERIFY(project.get("feature_flags/none/remote_config/").body.is_null());
    QCOMPARE(project.get("feature_flags/nothing/remote_config/").status, 404);
}

QTEST_GUILESS_MAIN(CaptureTest)
#include "capture_test.moc"
