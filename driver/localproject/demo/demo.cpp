#include "driver/localproject/demo/demo.h"

#include "driver/localproject/demo/objects.h"
#include "driver/localproject/demo/properties.h"
#include "driver/localproject/demo/random.h"
#include "driver/localproject/duckdb_values.h"

#include <cstring>

namespace localproject::demo {
namespace {

/// A number for the whole stream of events: two runs gave the same data exactly when it is equal.
class Checksum
{
public:
    void add(std::string_view bytes)
    {
        std::uint64_t word = 0;
        while (bytes.size() >= sizeof word) {
            std::memcpy(&word, bytes.data(), sizeof word);
            m_value = (m_value ^ word) * 0x9fb21c651e98df25ULL;
            m_value ^= m_value >> 32;
            bytes.remove_prefix(sizeof word);
        }
        word = bytes.size() << 56;
        std::memcpy(&word, bytes.data(), bytes.size());
        m_value = mix(m_value ^ word);
    }
    void add(std::uint64_t word) { m_value = mix(m_value ^ word); }

    std::string text() const { return Uuid{m_value, 0}.text().substr(0, 18); }

private:
    std::uint64_t m_value = 0;
};

constexpr Timestamp micros(Milliseconds time) { return {time * 1000}; }

class Loader
{
public:
    Loader(const Store &store, const World &world, const Plan &plan, const Data &data)
        : m_store(store)
        , m_world(world)
        , m_plan(plan)
        , m_data(data)
        , m_properties(world, plan, data)
    {
    }

    ph::Result<> run()
    {
        for (const auto step : {&Loader::addEvents, &Loader::addPersons, &Loader::addGroups, &Loader::addSessions,
                                &Loader::addReplays, &Loader::addMeta})
            if (const auto done = (this->*step)(); !done)
                return done;
        return {};
    }

private:
    ph::Result<> addEvents()
    {
        auto rows = m_store.appender("events");
        if (!rows)
            return ph::fail(rows.error());
        std::vector<std::string> accountKeys;
        for (std::uint32_t a = 0; a < accountCount; ++a)
            accountKeys.push_back(accountKey(a));
        for (const Event &event : m_data.events) {
            const Person &p = m_plan.persons[event.person];
            const Uuid uuid = eventUuid(m_world, event.time, event.serial);
            const std::string_view name = eventNames[static_cast<std::size_t>(event.type)];
            const std::string &properties = m_properties.event(event);
            const bool web = event.type != EventType::PaidBill && event.type != EventType::DowngradedPlan;
            const bool inSession = event.session != noSession;
            Random arrival(m_world.seed, 0xa441, event.serial);
            const Milliseconds arrived
                = event.time + (event.late ? 25 * hour + arrival.below(47 * 3'600'000) : 150 + arrival.spread(700));
            m_checksum.add(uuid.high);
            m_checksum.add(uuid.low);
            m_checksum.add(name);
            m_checksum.add(properties);

            rows->add(uuid).add(name).add(micros(event.time)).add(micros(arrived)).add(m_properties.distinctId(event));
            rows->add(personUuid(m_world, event.person));
            addOrNull(*rows, inSession, inSession ? m_properties.sessionId(event.session) : "");
            addOrNull(*rows, inSession, inSession ? m_properties.windowId(event.session) : "");
            addOrNull(*rows, event.identified && p.account >= 0,
                      p.account >= 0 ? accountKeys[static_cast<std::size_t>(p.account)] : "");
            rows->add("full");
            const bool clicked = event.type == EventType::Autocapture || event.type == EventType::Rageclick
                || event.type == EventType::DeadClick;
            rows->add(clicked ? m_properties.elementsChain(event) : std::string());
            rows->add(properties);
            const Device &device = devices[inSession ? m_data.sessions[event.session].device : p.device];
            const std::string path = web ? pagePath(event.page, event.pageId) : "";
            addOrNull(*rows, web, device.browser);
            addOrNull(*rows, web, device.os);
            addOrNull(*rows, web, device.type);
            addOrNull(*rows, web, path);
            addOrNull(*rows, web, "https://" + std::string(host) + path);
            addOrNull(*rows, web, host);
            addOrNull(*rows, inSession, inSession ? sources[m_data.sessions[event.session].source].referringDomain : "");
            addOrNull(*rows, inSession, countries[p.country].code);
            rows->add(m_world.release(event.time));
            rows->add(web ? "web" : "posthog-node");
            for (int i = 0; i < 5; ++i) // The demo has one group type, and its persons' properties are the current ones.
                rows->addNull();
            rows->endRow();
        }
        return rows->finish();
    }

    static void addOrNull(Appender &rows, bool known, std::string_view text)
    {
        if (known)
            rows.add(text);
        else
            rows.addNull();
    }

    ph::Result<> addPersons()
    {
        auto persons = m_store.appender("persons");
        auto ids = m_store.appender("person_distinct_ids");
        if (!persons || !ids)
            return ph::fail(persons ? ids.error() : persons.error());
        const auto idOf = [&](std::uint32_t i, std::string_view id) {
            ids->add(id).add(personUuid(m_world, i));
            ids->endRow();
        };
        for (std::uint32_t i = 0; i < m_plan.persons.size(); ++i) {
            const Person &p = m_plan.persons[i];
            const PersonState &state = m_data.states[i];
            Random random(m_world.seed, 0xc4ea, i);
            const Milliseconds before = m_world.dayStart(1) - (30 + random.below(370)) * day + random.below(86'400'000);
            const Milliseconds created = p.kind == Kind::Existing || state.firstEvent == 0 ? before : state.firstEvent;
            const std::string properties = m_properties.person(i);
            m_checksum.add(properties);
            persons->add(personUuid(m_world, i)).add(micros(created)).add(micros(std::max(created, state.lastEvent)));
            persons->add(p.identified()).add(properties);
            persons->endRow();
            if (p.kind == Kind::Undefined) {
                idOf(i, "undefined");
                continue;
            }
            idOf(i, deviceId(m_world, i, false));
            if (p.identified())
                idOf(i, userId(p, i));
            if (p.secondDevice)
                idOf(i, deviceId(m_world, i, true));
        }
        if (const auto done = persons->finish(); !done)
            return done;
        return ids->finish();
    }

    ph::Result<> addGroups()
    {
        auto rows = m_store.appender("groups");
        if (!rows)
            return ph::fail(rows.error());
        for (std::uint32_t a = 0; a < accountCount; ++a) {
            Random random(m_world.seed, 0x6409, a);
            const Milliseconds created = m_world.dayStart(1) - (30 + random.below(370)) * day;
            rows->add(std::int64_t{0})
                .add(accountKey(a))
                .add(micros(created))
                .add(micros(m_world.dayStart(1) + random.below(30) * day));
            rows->add(m_properties.account(a));
            rows->endRow();
        }
        return rows->finish();
    }

    std::vector<std::string> urlsOf(const Session &session) const
    {
        std::vector<std::string> urls;
        for (const std::uint32_t key : session.pages)
            urls.push_back(pageUrl(static_cast<Page>(key & 0xff), key >> 8));
        return urls;
    }

    std::string_view distinctIdOf(const Session &session, std::uint32_t index) const
    {
        Event first;
        first.person = session.person;
        first.session = index;
        first.identified = session.identifiedAtStart;
        return m_properties.distinctId(first);
    }

    ph::Result<> addSessions()
    {
        auto rows = m_store.appender("sessions");
        if (!rows)
            return ph::fail(rows.error());
        for (std::uint32_t s = 0; s < m_data.sessions.size(); ++s) {
            const Session &session = m_data.sessions[s];
            const Source &source = sources[session.source];
            const std::vector<std::string> urls = urlsOf(session);
            const std::vector<std::string_view> views(urls.begin(), urls.end());
            const std::string entry = pagePath(static_cast<Page>(session.pages.front() & 0xff), session.pages.front() >> 8);
            const std::string last = pagePath(static_cast<Page>(session.lastPage & 0xff), session.lastPage >> 8);
            const std::int64_t duration = (session.end - session.start) / 1000;
            rows->add(m_properties.sessionId(s)).add(distinctIdOf(session, s)).add(personUuid(m_world, session.person));
            rows->add(micros(session.start)).add(micros(session.end));
            rows->add(views.front())
                .add(entry)
                .add(pageUrl(static_cast<Page>(session.lastPage & 0xff), session.lastPage >> 8))
                .add(last);
            rows->add(source.referringDomain);
            addOrNull(*rows, !source.utmSource.empty(), source.utmSource);
            addOrNull(*rows, !source.utmSource.empty(), source.utmMedium);
            addOrNull(*rows, !source.utmSource.empty(), source.utmCampaign);
            rows->add(source.channel);
            rows->add(std::int64_t{session.pageviews}).add(std::int64_t{session.autocaptures}).add(std::int64_t{0});
            rows->add(std::span(views)).add(duration);
            rows->add(session.pageviews < 2 && session.autocaptures == 0 && duration < 10);
            rows->endRow();
        }
        return rows->finish();
    }

    ph::Result<> addReplays()
    {
        auto rows = m_store.appender("replay_events");
        if (!rows)
            return ph::fail(rows.error());
        for (std::uint32_t s = 0; s < m_data.sessions.size(); ++s) {
            const Session &session = m_data.sessions[s];
            if (!session.replayed)
                continue;
            Random random(m_world.seed, 0x4e91, s);
            const std::vector<std::string> urls = urlsOf(session);
            const std::vector<std::string_view> views(urls.begin(), urls.end());
            const Milliseconds length = session.end - session.start + 400 + random.below(900);
            const std::int64_t moves = session.clicks * 6 + session.pageviews * 9 + random.below(20);
            const std::int64_t records
                = 30 * session.pageviews + moves + session.keypresses + session.clicks * 3 + random.below(40);
            rows->add(m_properties.sessionId(s))
                .add(distinctIdOf(session, s))
                .add(micros(session.start))
                .add(micros(session.start + length));
            rows->add(views.front()).add(std::span(views));
            rows->add(std::int64_t{session.clicks}).add(std::int64_t{session.keypresses}).add(moves);
            rows->add(std::min<std::int64_t>(length, 2500 + moves * 180 + session.keypresses * 220));
            rows->add(std::int64_t{random.below(4)})
                .add(std::int64_t{random.below(10) == 0 ? 1U : 0U})
                .add(std::int64_t{session.errors});
            rows->add(records * (90 + random.below(40)) + 24'000 * session.pageviews).add(records).add(records / 40 + 1);
            rows->add("web").add(false);
            rows->endRow();
        }
        return rows->finish();
    }

    ph::Result<> addMeta()
    {
        const std::pair<const char *, std::string> entries[] = {
            {"seed", std::to_string(m_world.seed)},
            {"plant", m_world.plant},
            {"anchor", duck::isoDate(static_cast<std::int32_t>(m_world.end / day)) + "T12:00:00Z"},
            {"generator", std::to_string(generatorVersion)},
            {"timezone", "UTC"},
            {"week_start_day", "1"},
            {"project_name", "Driftboard (demo)"},
            {"test_account_filters", R"([{"key":"email","type":"person","operator":"not_icontains","value":"@driftboard.example"}])"},
            {"checksum", m_checksum.text()},
        };
        for (const auto &[key, value] : entries)
            if (const auto set = m_store.setMeta(key, value); !set)
                return set;
        return {};
    }

    const Store &m_store;
    const World &m_world;
    const Plan &m_plan;
    const Data &m_data;
    PropertyWriter m_properties;
    Checksum m_checksum;
};

} // namespace

ph::Result<> fill(const Store &store, const Options &options)
{
    const auto world = makeWorld(options);
    if (!world)
        return ph::fail(world.error());
    const Plan plan = makePlan(*world);
    const Data data = simulate(*world, plan);
    if (const auto loaded = Loader(store, *world, plan, data).run(); !loaded)
        return loaded;
    return addObjects(store, *world);
}

bool isCurrent(const Store &store) { return store.meta("generator").value_or("") == std::to_string(generatorVersion); }

ph::Result<Store> create(const std::filesystem::path &path, const Options &options, const StoreOptions &storeOptions)
{
    if (path.empty()) {
        auto store = Store::create(path, storeOptions);
        if (store)
            if (const auto filled = fill(*store, options); !filled)
                return ph::fail(filled.error());
        return store;
    }
    std::error_code problem;
    if (std::filesystem::exists(path, problem))
        return ph::fail(ph::ErrorCode::InvalidInput, path.string() + " is there already.");
    const std::filesystem::path unfinished = path.string() + ".new";
    const auto discard = [&] {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        std::filesystem::remove(unfinished.string() + ".wal", ignored);
    };
    discard(); // of a run that was ended
    {
        const auto store = Store::create(unfinished, storeOptions);
        if (!store)
            return ph::fail(store.error());
        auto filled = fill(*store, options);
        if (filled)
            filled = store->execute("CHECKPOINT");
        if (!filled) {
            discard();
            return ph::fail(filled.error());
        }
    }
    std::filesystem::rename(unfinished, path, problem);
    if (problem) {
        discard();
        return ph::fail(ph::ErrorCode::Internal, path.string() + " cannot be written: " + problem.message() + ".");
    }
    return Store::open(path, storeOptions);
}

} // namespace localproject::demo
