#pragma once

#include "driver/hogql/parser.h"
#include "driver/localproject/compiler.h"
#include "driver/localproject/store.h"
#include "driver/localproject/udf.h"

#include <QString>

#include <string>

/// A small project in memory for the compiler's tests, and queries over it.
///
///   event       time (UTC)           id  properties
///   $pageview   2026-01-10 10:00:00  a   plan pro, amount 10, paid_at 2026-01-01T10:00:00+02:00, trial true, nested {a: [1, {b: x}]}
///   signed_up   2026-01-10 10:01:00  a   plan free, amount "2.5", trial "false"
///   $pageview   2026-01-11 10:00:00  b   plan null
///   $pageview   2026-01-12 23:30:00  c   plan ""
///   paid        2026-01-13 00:30:00  a   plan "null", amount "oops", x'y q, a/b slash
class Project
{
public:
    Project() : store(*localproject::Store::create({}))
    {
        const auto registered = store.withConnection([](_duckdb_connection *connection) { return localproject::registerFunctions(connection); });
        const auto filled = store.execute(rows);
        if (!registered || !filled)
            qFatal("%s", (registered ? filled : registered).error().message.c_str());
        context.now = "2026-01-31T12:00:00Z";
        context.eventProperties = {{"amount", "Numeric"}, {"paid_at", "DateTime"}, {"trial", "Boolean"}, {"plan", "String"}};
        context.personProperties = {{"age", "Numeric"}};
        context.cohorts = {{"Internal", 7}};
    }

    tl::expected<localproject::Statement, localproject::CompileError> compile(const std::string &hogql) const
    {
        const auto query = hogql::parseSelect(hogql);
        if (!query)
            return tl::unexpected(localproject::CompileError {"hogql_syntax_error", query.error().message, query.error().span});
        return localproject::compile(**query, context);
    }

    /// The rows as JSON text, or why there are none.
    QString answer(const std::string &hogql) const
    {
        const auto statement = compile(hogql);
        if (!statement)
            return QString::fromStdString(statement.error().code + ": " + statement.error().message);
        const auto result = store.query(statement->sql, statement->parameters);
        if (!result)
            return QString::fromStdString("DuckDB: " + result.error().message + "\n" + statement->sql);
        return QString::fromStdString(ph::Json(result->rows).dump());
    }

    /// The one cell of `SELECT expression`.
    QString value(const std::string &expression) const
    {
        const QString all = answer("SELECT " + expression);
        return all.startsWith("[[") ? all.mid(2, all.size() - 4) : all;
    }

    /// The types of the columns, joined with "; ".
    QString types(const std::string &hogql) const
    {
        const auto statement = compile(hogql);
        if (!statement)
            return QString::fromStdString(statement.error().message);
        QString text;
        for (const std::string &type : statement->types)
            text += (text.isEmpty() ? "" : "; ") + QString::fromStdString(type);
        return text;
    }

    localproject::Store store;
    localproject::CompileContext context;

private:
    static constexpr const char *rows = R"sql(
INSERT INTO persons VALUES
 ('00000000-0000-0000-0000-00000000000a', '2026-01-01', '2026-01-20', true, '{"email":"ada@example.com","plan":"pro","age":36}'),
 ('00000000-0000-0000-0000-00000000000b', '2026-01-02', NULL, false, '{"email":"bob@example.com"}'),
 ('00000000-0000-0000-0000-00000000000c', '2026-01-03', NULL, false, '{"plan":""}');
INSERT INTO person_distinct_ids VALUES ('a', '00000000-0000-0000-0000-00000000000a'), ('b', '00000000-0000-0000-0000-00000000000b'),
 ('c', '00000000-0000-0000-0000-00000000000c');
INSERT INTO groups VALUES (0, 'acme', '2026-01-01', '2026-01-02', '{"name":"Acme"}'), (1, 'acme', '2026-01-01', '2026-01-02', '{"name":"Not this one"}');
INSERT INTO cohort_people VALUES ('00000000-0000-0000-0000-00000000000a', 7), ('00000000-0000-0000-0000-00000000000b', 8);
INSERT INTO sessions(session_id, distinct_id, person_id, start_timestamp, end_timestamp, entry_url, entry_pathname, channel_type, pageview_count,
  autocapture_count, screen_count, urls, duration, is_bounce) VALUES
 ('s1', 'a', '00000000-0000-0000-0000-00000000000a', '2026-01-10 10:00:00', '2026-01-10 10:05:00', 'https://x.example/?q=1', '/', 'Direct', 2, 1, 0,
  ['https://x.example/', 'https://x.example/p', 'https://x.example/'], 300, false),
 ('s2', 'b', '00000000-0000-0000-0000-00000000000b', '2026-01-11 10:00:00', '2026-01-11 10:00:00', 'https://x.example/p', '/p', NULL, 1, 0, 0, NULL, 0, true);
INSERT INTO events(uuid, event, timestamp, created_at, distinct_id, person_id, session_id, group_0, elements_chain, properties, mat_browser) VALUES
 ('10000000-0000-0000-0000-000000000001', '$pageview', '2026-01-10 10:00:00', '2026-01-10 10:00:01', 'a', '00000000-0000-0000-0000-00000000000a', 's1', 'acme', NULL,
  '{"$browser":"Chrome","plan":"pro","amount":10,"paid_at":"2026-01-01T10:00:00+02:00","trial":true,"nested":{"a":[1,{"b":"x"}]}}', 'Chrome'),
 ('10000000-0000-0000-0000-000000000002', 'signed_up', '2026-01-10 10:01:00', '2026-01-10 10:01:01', 'a', '00000000-0000-0000-0000-00000000000a', 's1', 'acme', NULL,
  '{"$browser":"Chrome","plan":"free","amount":"2.5","trial":"false"}', 'Chrome'),
 ('10000000-0000-0000-0000-000000000003', '$pageview', '2026-01-11 10:00:00', '2026-01-11 10:00:01', 'b', '00000000-0000-0000-0000-00000000000b', 's2', NULL, NULL,
  '{"$browser":"Safari","plan":null}', 'Safari'),
 ('10000000-0000-0000-0000-000000000004', '$pageview', '2026-01-12 23:30:00', '2026-01-12 23:30:01', 'c', '00000000-0000-0000-0000-00000000000c', NULL, NULL,
  'a.btn:href="https://y"nth-child="1"text="Buy";div:text="Box"', '{"plan":""}', NULL),
 ('10000000-0000-0000-0000-000000000005', 'paid', '2026-01-13 00:30:00', '2026-01-13 00:30:01', 'a', '00000000-0000-0000-0000-00000000000a', NULL, 'acme', NULL,
  '{"plan":"null","amount":"oops","x''y":"q","a/b":"slash"}', NULL);
INSERT INTO replay_events VALUES
 ('s1', 'a', '2026-01-10 10:00:00', '2026-01-10 10:02:00', 'https://x.example/', ['https://x.example/'], 3, 4, 5, 6000, 0, 0, 1, 100, 10, 1, 'web', false),
 ('s1', 'a', '2026-01-10 10:02:00', '2026-01-10 10:05:00', 'https://x.example/p', ['https://x.example/p'], 1, 0, 5, 1000, 0, 0, 0, 100, 10, 1, 'web', false);
)sql";
};
