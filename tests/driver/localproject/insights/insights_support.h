#pragma once

#include "driver/localproject/insights/insights.h"
#include "driver/localproject/udf.h"

#include <QTest>

#include <string>

/// Numbers that look drawn, the same ones from the same seed.
struct RandomNumbers {
    std::uint64_t state;

    std::uint64_t next()
    {
        state += 0x9e3779b97f4a7c15;
        std::uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
    bool oneIn(int n) { return below(n) == 0; }
    template <typename T>
    const T &of(const std::vector<T> &choices)
    {
        return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
    }
};

/// A project in memory for insights. Now is 2026-01-31T12:00:00Z, weeks begin on Monday.
class InsightProject
{
public:
    InsightProject()
        : store(*localproject::Store::create({}))
    {
        if (const auto done = store.withConnection([](_duckdb_connection *c) { return localproject::registerFunctions(c); }); !done)
            qFatal("%s", done.error().message.c_str());
        context.now = "2026-01-31T12:00:00Z";
        context.weekStartDay = 1;
        context.eventProperties = {{"amount", "Numeric"}, {"paid", "Boolean"}};
        context.personProperties = {{"age", "Numeric"}};
    }

    void execute(const std::string &sql)
    {
        if (const auto done = store.execute(sql); !done)
            qFatal("%s", done.error().message.c_str());
    }

    static std::string personId(int person)
    {
        char text[64];
        std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", person);
        return text;
    }

    /// `time` is "2026-01-10 10:00:00"; properties are JSON text.
    void add(int person, const std::string &event, const std::string &time, const std::string &properties = "{}",
             const std::string &session = "", const std::string &group = "")
    {
        char uuid[64];
        std::snprintf(uuid, sizeof uuid, "10000000-0000-7000-8000-%012d", ++m_events);
        m_sql += (m_sql.empty() ? "INSERT INTO events(uuid, event, timestamp, created_at, distinct_id, person_id, session_id, group_0, properties) VALUES "
                                : ", ")
            + std::string("('") + uuid + "', '" + event + "', '" + time + "', '" + time + "', 'd" + std::to_string(person) + "', '"
            + personId(person) + "', " + (session.empty() ? "NULL" : "'" + session + "'") + ", '" + group + "', '" + properties + "')";
    }
    /// Writes the events added so far.
    void flush()
    {
        if (!m_sql.empty())
            execute(m_sql);
        m_sql.clear();
    }
    void addPerson(int person, const std::string &properties = "{}", const std::string &created = "2026-01-01")
    {
        execute("INSERT INTO persons VALUES ('" + personId(person) + "', '" + created + "', NULL, true, '" + properties + "')");
    }

    tl::expected<ph::Json, localproject::insights::Problem> ask(const ph::Json &query) const
    {
        return localproject::insights::answer(query, {store, context, testAccounts, {}});
    }
    /// The results, or a text that says why there are none.
    ph::Json results(const ph::Json &query) const
    {
        const auto answered = ask(query);
        if (!answered)
            return answered.error().code + " " + answered.error().attribute + ": " + answered.error().detail;
        return answered->at("results");
    }
    QString text(const ph::Json &query) const { return QString::fromStdString(results(query).dump()); }

    localproject::Store store;
    localproject::CompileContext context;
    ph::Json testAccounts = ph::Json::array();

private:
    int m_events = 0;
    std::string m_sql;
};

inline ph::Json eventNode(const std::string &name) { return {{"kind", "EventsNode"}, {"event", name}}; }
