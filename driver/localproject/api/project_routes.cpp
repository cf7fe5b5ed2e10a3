#include "driver/localproject/api/routes.h"

namespace localproject::api {

namespace {

ph::Json projectJson(const Project &project)
{
    const std::string &id = project.options().projectId;
    const bool isNumber = id.find_first_not_of("0123456789") == std::string::npos && id.size() < 10;
    return {{"id", isNumber ? ph::Json(std::stoi(id)) : ph::Json(id)},
            {"uuid", "00000000-0000-4000-8000-000000000003"},
            {"organization", "00000000-0000-4000-8000-000000000002"},
            {"name", project.name()},
            {"api_token", project.options().projectToken},
            {"timezone", project.timezone()},
            {"week_start_day", project.weekStartDay()},
            {"hoglet",
             {{"demo", project.options().isDemo}, {"now", project.anchor().empty() ? ph::Json() : ph::Json(project.now())}}},
            {"ingested_event", true},
            {"completed_snippet_onboarding", true},
            {"has_group_types", true},
            {"access_control", false},
            {"session_recording_opt_in", true},
            {"test_account_filters", project.testAccountFilters()},
            {"path_cleaning_filters", ph::Json::array()},
            {"person_on_events_querying_enabled", true},
            {"modifiers", ph::Json::object()}};
}

Answer me(Project &project, const Call &)
{
    ph::Json user = localUser();
    user["team"] = projectJson(project);
    user["organization"] = {
        {"id", "00000000-0000-4000-8000-000000000002"}, {"name", "Local"}, {"slug", "local"}, {"teams", {projectJson(project)}}};
    user["organizations"]
        = ph::Json::array({{{"id", "00000000-0000-4000-8000-000000000002"}, {"name", "Local"}, {"slug", "local"}}});
    user["is_staff"] = false;
    return jsonAnswer(user);
}

ph::Json organizationJson(const Project &project)
{
    return {{"id", "00000000-0000-4000-8000-000000000002"},
            {"name", "Local"},
            {"slug", "local"},
            {"membership_level", 15},
            {"teams", {projectJson(project)}},
            {"projects", {projectJson(project)}}};
}

Answer organizations(Project &project, const Call &call) { return jsonAnswer(listOf(call, {organizationJson(project)}, {}, false, 1)); }
Answer oneOrganization(Project &project, const Call &call)
{
    const std::string &id = call.arguments[0];
    return id == "@current" || id == "00000000-0000-4000-8000-000000000002" ? jsonAnswer(organizationJson(project)) : notFound();
}

Answer keyScopes(Project &project, const Call &call)
{
    return jsonAnswer({{"id", "local"},
                       {"label", call.key->label},
                       {"scopes", call.key->scopes},
                       {"scoped_teams", {projectJson(project)["id"]}},
                       {"scoped_organizations", ph::Json::array()}});
}

Answer projects(Project &project, const Call &call) { return jsonAnswer(listOf(call, {projectJson(project)}, {}, false, 1)); }
Answer oneProject(Project &project, const Call &) { return jsonAnswer(projectJson(project)); }

constexpr Route routes[] = {
    {"GET", "/api/users/@me", me},
    {"GET", "/api/personal_api_keys/@current", keyScopes},
    {"GET", "/api/organizations/@current/projects", projects, "project:read"},
    {"GET", "/api/organizations", organizations, "organization:read"},
    {"GET", "/api/organizations/{}", oneOrganization, "organization:read"},
    {"GET", "/api/projects", projects, "project:read"},
    {"GET", "/api/environments", projects, "project:read"},
    {"GET", "", oneProject, "project:read"},
};

} // namespace

std::span<const Route> projectRoutes() { return routes; }

} // namespace localproject::api
