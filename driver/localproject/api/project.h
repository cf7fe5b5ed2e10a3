#pragma once

#include "driver/localproject/api/api.h"
#include "driver/localproject/api/query_gate.h"
#include "driver/localproject/compiler.h"
#include "driver/localproject/store_columns.h"
#include "driver/localproject/store_query_log.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace localproject::api {

class FileDownloads;
class QueryRuns;

/// What all routes share: the store, what it says about itself, and what a query must know.
class Project
{
public:
    ~Project();
    static ph::Result<std::unique_ptr<Project>> load(const Store &store, ApiOptions options);

    const Store &store() const { return m_store; }
    const ApiOptions &options() const { return m_options; }
    const std::string &name() const { return m_name; }
    const std::string &timezone() const { return m_context.timezone; }
    int weekStartDay() const { return m_context.weekStartDay; }

    /// The fixed "now" of a demo, empty when time runs.
    const std::string &anchor() const { return m_anchor; }
    /// "2026-01-31T12:00:00.000000Z"
    std::string now() const;

    /// Cohorts and actions are read anew, property types as readDefinitions() found them last. Where `hogql` is given and speaks of
    /// neither cohorts nor actions, these are left out: reading them takes as long as a small query.
    ph::Result<CompileContext> compileContext(const std::string *hogql = nullptr) const;

    /// Reads the types of properties, which captured events may add to. Any thread.
    ph::Result<> readDefinitions();
    /// PostHog property filters that leave out the team's own people; meta "test_account_filters".
    const ph::Json &testAccountFilters() const { return m_testAccountFilters; }

    QueryGate &gate() { return m_gate; }
    QueryRuns &runs() { return *m_runs; }
    FileDownloads &downloads() { return *m_downloads; }

    /// What the project was asked: the table query_log.
    QueryLog &log() { return m_log; }

    /// Hears how long queries take that read properties out of JSON.
    ColumnMaker &columns() { return m_columns; }

    /// Held while objects are changed: their ids are given out one after the other.
    std::mutex &writing() { return m_writing; }

private:
    Project(const Store &store, ApiOptions options);

    const Store &m_store;
    ApiOptions m_options;
    std::string m_name;
    std::string m_anchor;
    CompileContext m_context; // but for the properties
    struct PropertyTypes {
        std::map<std::string, std::string> event;
        std::map<std::string, std::string> person;
        std::map<std::string, std::string> group;
    };
    mutable std::mutex m_typesMutex; // Guards the one below.
    PropertyTypes m_types;
    ph::Json m_testAccountFilters;
    QueryGate m_gate;
    std::mutex m_writing;
    QueryLog m_log;
    ColumnMaker m_columns;
    std::unique_ptr<FileDownloads> m_downloads;
    std::unique_ptr<QueryRuns> m_runs; // Last: what runs uses the rest.
};

} // namespace localproject::api
