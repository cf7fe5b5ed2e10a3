#include "driver/localproject/api/project.h"

#include "driver/base/time.h"
#include "driver/localproject/api/file_downloads.h"
#include "driver/localproject/api/query_runs.h"
#include "driver/localproject/api/routes.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace localproject::api {

namespace {

bool mentions(const std::string &text, std::string_view word)
{
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

} // namespace

Project::Project(const Store &store, ApiOptions options)
    : m_store(store)
    , m_options(std::move(options))
    , m_gate(m_options.queriesAtOnce)
    , m_log(store)
    , m_columns(store)
    , m_downloads(std::make_unique<FileDownloads>(m_store))
    , m_runs(std::make_unique<QueryRuns>(m_options.clock))
{
}
Project::~Project() = default;

ph::Result<std::unique_ptr<Project>> Project::load(const Store &store, ApiOptions options)
{
    std::unique_ptr<Project> project(new Project(store, std::move(options)));
    const auto meta = [&](const char *key, const std::string &otherwise) { return store.meta(key).value_or(otherwise); };
    project->m_name = meta("project_name", "Local project");
    project->m_anchor = meta("anchor", "");
    project->m_testAccountFilters = ph::Json::parse(meta("test_account_filters", "[]"), nullptr, false);
    if (!project->m_testAccountFilters.is_array())
        project->m_testAccountFilters = ph::Json::array();
    project->m_context.timezone = meta("timezone", "UTC");
    project->m_context.weekStartDay = std::atoi(meta("week_start_day", "0").c_str());
    project->m_context.refuseOffset = project->m_options.refuseOffset;

    if (const auto read = project->readDefinitions(); !read)
        return ph::fail(read.error());
    return project;
}

ph::Result<> Project::readDefinitions()
{
    const auto properties
        = m_store.query("SELECT name, type, property_type FROM property_definitions WHERE property_type IS NOT NULL AND name IS NOT NULL");
    if (!properties)
        return ph::fail(properties.error());
    PropertyTypes types;
    for (const auto &row : properties->rows) {
        auto &kinds = row[1] == "person" ? types.person : row[1] == "group" ? types.group : types.event;
        if (row[1] == "person" || row[1] == "group" || row[1] == "event")
            kinds[row[0].get<std::string>()] = row[2].get<std::string>();
    }
    const std::lock_guard lock(m_typesMutex);
    m_types = std::move(types);
    return {};
}

std::string Project::now() const
{
    const auto fixed = ph::parseIsoTime(m_anchor);
    return ph::isoTimeMicros(fixed ? *fixed : std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
}

ph::Result<CompileContext> Project::compileContext(const std::string *hogql) const
{
    CompileContext context = m_context;
    context.now = now();
    for (const MadeColumn &column : *m_store.madeColumns())
        context.propertyColumns[column.property] = {column.column, column.number};
    {
        const std::lock_guard lock(m_typesMutex);
        context.eventProperties = m_types.event;
        context.personProperties = m_types.person;
        context.groupProperties = m_types.group;
    }
    if (hogql && !mentions(*hogql, "cohort") && !mentions(*hogql, "action"))
        return context;
    const auto objects = m_store.query("SELECT kind, id, body FROM objects WHERE kind IN ('cohorts', 'actions')");
    if (!objects)
        return ph::fail(objects.error());
    for (const auto &row : objects->rows) {
        ph::Json body = ph::Json::parse(row[2].get<std::string>(), nullptr, false);
        if (!body.is_object() || isTrueIn(body, "deleted"))
            continue;
        const std::string name = textIn(body, "name");
        body["id"] = row[1];
        if (row[0] == "cohorts")
            context.cohorts[name] = row[1].get<std::int64_t>();
        else
            context.actions[name] = std::move(body);
    }
    return context;
}

} // namespace localproject::api
