#pragma once

#include "driver/hogql/parser.h"
#include "driver/localproject/compiler.h"
#include "driver/localproject/demo/demo.h"
#include "driver/localproject/udf.h"
#include "driver/posthog/table.h"

#include <optional>
#include <string>

/// The demo project in memory, asked in HogQL without a server.
class LocalEngine
{
public:
    static ph::Result<LocalEngine> make(const std::string &plant)
    {
        auto store = localproject::Store::create({});
        if (!store)
            return ph::fail(store.error());
        LocalEngine engine(std::move(*store));
        localproject::demo::Options options;
        options.anchor = "2026-01-31T12:00:00Z";
        options.plant = plant;
        if (const auto filled = localproject::demo::fill(engine.m_store, options); !filled)
            return ph::fail(filled.error());
        const auto registered = engine.m_store.withConnection([](_duckdb_connection *connection) { return localproject::registerFunctions(connection); });
        if (!registered)
            return ph::fail(registered.error());
        engine.m_context.now = options.anchor;
        const auto definitions = engine.m_store.query("SELECT name, type, property_type FROM property_definitions WHERE property_type IS NOT NULL");
        const auto cohorts = engine.m_store.query("SELECT body, id FROM objects WHERE kind = 'cohorts'");
        if (!definitions || !cohorts)
            return ph::fail((definitions ? cohorts : definitions).error());
        for (const auto &row : definitions->rows)
            (row[1] == "person" ? engine.m_context.personProperties : engine.m_context.eventProperties)[row[0]] = row[2];
        for (const auto &row : cohorts->rows)
            engine.m_context.cohorts[ph::Json::parse(row[0].get<std::string>())["name"]] = row[1];
        return engine;
    }

    ph::Result<posthog::Table> query(const std::string &hogql, const ph::Json &values)
    {
        const auto parsed = hogql::parseSelect(hogql);
        if (!parsed)
            return ph::fail(ph::ErrorCode::InvalidInput, parsed.error().message + " (line " + std::to_string(parsed.error().line) + ")");
        m_context.values = values;
        const auto statement = localproject::compile(**parsed, m_context);
        if (!statement)
            return ph::fail(ph::ErrorCode::InvalidInput, statement.error().message + " at: " + hogql.substr(statement.error().span.start, 120));
        const auto rows = m_store.query(statement->sql, statement->parameters);
        if (!rows)
            return ph::fail(rows.error());
        posthog::Table table;
        for (std::size_t i = 0; i < statement->columns.size(); ++i)
            table.columns.push_back({statement->columns[i], statement->types[i]});
        table.rows = rows->rows;
        return table;
    }

private:
    explicit LocalEngine(localproject::Store store) : m_store(std::move(store)) {}

    localproject::Store m_store;
    localproject::CompileContext m_context;
};
