#include "driver/localproject/api/objects.h"
#include "driver/localproject/api/query_kinds.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace localproject::api {

namespace {

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool mentions(const ph::Json &body, const std::string &search)
{
    for (const char *key : {"name", "key", "derived_name", "description", "content"}) {
        if (lowered(textIn(body, key)).find(search) != std::string::npos)
            return true;
    }
    return false;
}

bool isOfFlagType(const ph::Json &flag, const std::string &type)
{
    const ph::Json *filters = flag.contains("filters") ? &flag["filters"] : nullptr;
    const bool isMultivariate
        = filters && filters->is_object() && filters->contains("multivariate") && (*filters)["multivariate"].is_object();
    if (type == "boolean")
        return !isMultivariate;
    if (type == "experiment")
        return flag.contains("experiment_set") && !flag["experiment_set"].empty();
    return type != "multivariant" || isMultivariate;
}

bool isListed(const ph::Json &body, const http::ServerRequest &request)
{
    if (isTrueIn(body, "deleted"))
        return false;
    const std::string search = lowered(request.queryValue("search"));
    if (!search.empty() && !mentions(body, search))
        return false;
    for (const char *key : {"key", "short_id"}) {
        if (const std::string wanted = request.queryValue(key); !wanted.empty() && textIn(body, key) != wanted)
            return false;
    }
    if (const std::string saved = request.queryValue("saved");
        !saved.empty() && body.contains("saved") && isTrueIn(body, "saved") != (saved == "true"))
        return false;
    if (const std::string active = request.queryValue("active"); active == "STALE")
        return textIn(body, "status") == "STALE";
    else if (!active.empty() && isTrueIn(body, "active") != (active == "true"))
        return false;
    const std::string type = request.queryValue("type");
    return type.empty() || !body.contains("filters") || isOfFlagType(body, type);
}

/// How many people each cohort has, from the people themselves.
ph::Result<std::map<std::int64_t, std::int64_t>> cohortSizes(Project &project)
{
    const auto rows = project.store().query("SELECT cohort_id, count(DISTINCT person_id) FROM cohort_people GROUP BY cohort_id");
    if (!rows)
        return ph::fail(rows.error());
    std::map<std::int64_t, std::int64_t> sizes;
    for (const auto &row : rows->rows)
        sizes[row[0].get<std::int64_t>()] = row[1].get<std::int64_t>();
    return sizes;
}

/// A tile shows its insight whole, as on the cloud; one whose insight is gone shows none.
ph::Result<> fillTiles(Project &project, std::vector<StoredObject> &dashboards)
{
    const auto insights = objectsOf(project, "insights");
    if (!insights)
        return ph::fail(insights.error());
    for (StoredObject &dashboard : dashboards) {
        if (!dashboard.body.contains("tiles") || !dashboard.body["tiles"].is_array())
            continue;
        for (ph::Json &tile : dashboard.body["tiles"]) {
            if (!tile.is_object() || tile.contains("insight"))
                continue;
            const ph::Json wanted = memberOf(tile, "insight_id");
            tile["insight"] = nullptr;
            for (const StoredObject &insight : *insights) {
                if (wanted == insight.id && !isTrueIn(insight.body, "deleted"))
                    tile["insight"] = insight.body;
            }
        }
    }
    return {};
}

/// Cohorts say how many they are now; a list of dashboards is light, without their tiles.
ph::Result<> complete(Project &project, const std::string &kind, std::vector<StoredObject> &objects, bool isList)
{
    if (kind == "dashboards" && isList) {
        for (StoredObject &object : objects)
            object.body.erase("tiles");
    }
    if (kind == "dashboards" && !isList)
        return fillTiles(project, objects);
    if (kind != "cohorts")
        return {};
    const auto sizes = cohortSizes(project);
    if (!sizes)
        return ph::fail(sizes.error());
    for (StoredObject &object : objects)
        object.body["count"] = sizes->contains(object.id) ? sizes->at(object.id) : 0;
    return {};
}

Answer list(Project &project, const Call &call)
{
    const std::string kind = kindOf(call);
    auto objects = objectsOf(project, kind);
    if (!objects)
        return storeFailed(objects.error());
    std::erase_if(*objects, [&](const StoredObject &object) { return !isListed(object.body, call.request); });
    if (const auto done = complete(project, kind, *objects, true); !done)
        return storeFailed(done.error());

    const Page page = pageOf(call);
    const auto count = static_cast<std::int64_t>(objects->size());
    const std::int64_t end = std::min(count, page.offset + page.limit);
    ph::Json items = ph::Json::array();
    for (std::int64_t i = page.offset; i < end; ++i)
        items.push_back(std::move((*objects)[static_cast<std::size_t>(i)].body));
    return jsonAnswer(listOf(call, std::move(items), page, end < count, count));
}

/// What the query of an insight answers now, where it is asked for and the local project answers queries of its kind.
std::optional<Answer> compute(Project &project, const Call &call, ph::Json &insight)
{
    const std::string refresh = call.request.queryValue("refresh");
    const ph::Json query = memberOf(insight, "query");
    if (refresh.empty() || refresh == "false" || refresh == "force_cache" || !kindIn(query).kind)
        return std::nullopt;
    const auto answer = answerQuery(project, {query, call.body, project.options().queryWait, call.stop, nullptr});
    if (!answer)
        return answer.error();
    const ph::Json body = ph::Json::parse(*answer, nullptr, false);
    insight["result"] = memberOf(body, "results");
    for (const char *key : {"columns", "types", "hasMore", "hogql", "last_refresh", "is_cached"}) {
        if (body.contains(key))
            insight[key] = body[key];
    }
    return std::nullopt;
}

Answer item(Project &project, const Call &call)
{
    const std::string kind = kindOf(call);
    auto object = objectOf(project, kind, call.arguments[0]);
    if (!object)
        return storeFailed(object.error());
    if (!*object || isTrueIn((*object)->body, "deleted"))
        return notFound();
    std::vector<StoredObject> one{std::move(**object)};
    if (const auto done = complete(project, kind, one, false); !done)
        return storeFailed(done.error());
    if (kind == "insights") {
        if (auto problem = compute(project, call, one[0].body))
            return std::move(*problem);
    }
    return jsonAnswer(one[0].body);
}

Answer cohortPersons(Project &project, const Call &call)
{
    const auto cohort = objectOf(project, "cohorts", call.arguments[0]);
    if (!cohort)
        return storeFailed(cohort.error());
    if (!*cohort || isTrueIn((*cohort)->body, "deleted"))
        return notFound();
    Conditions conditions;
    conditions.add("p.id IN (SELECT person_id FROM cohort_people WHERE cohort_id = ?)", {(*cohort)->id});
    return personsOf(project, call, std::move(conditions));
}

constexpr Route routes[] = {
    {"GET", "actions", list, "action:read"},
    {"GET", "actions/{}", item, "action:read"},
    {"GET", "annotations", list, "annotation:read"},
    {"GET", "annotations/{}", item, "annotation:read"},
    {"GET", "cohorts", list, "cohort:read"},
    {"GET", "cohorts/{}", item, "cohort:read"},
    {"GET", "dashboards", list, "dashboard:read"},
    {"GET", "dashboards/{}", item, "dashboard:read"},
    {"GET", "experiments", list, "experiment:read"},
    {"GET", "experiments/{}", item, "experiment:read"},
    {"GET", "feature_flags", list, "feature_flag:read"},
    {"GET", "feature_flags/{}", item, "feature_flag:read"},
    {"GET", "insight_variables", list, "insight_variable:read"},
    {"GET", "insight_variables/{}", item, "insight_variable:read"},
    {"GET", "insights", list, "insight:read"},
    {"GET", "insights/{}", item, "insight:read"},
    {"GET", "surveys", list, "survey:read"},
    {"GET", "surveys/{}", item, "survey:read"},
    {"GET", "cohorts/{}/persons", cohortPersons, "cohort:read", RequestClass::Analytics},
};

StoredObject objectIn(const std::vector<ph::Json> &row)
{
    StoredObject object{row[0].get<std::int64_t>(), parsed(row[1])};
    object.body["id"] = object.id;
    return object;
}

} // namespace

std::string kindOf(const Call &call)
{
    // /api/projects/1/<kind>/…
    const std::string &path = call.request.path;
    std::size_t start = 0;
    for (int slash = 0; slash < 4; ++slash)
        start = path.find('/', start) + 1;
    return path.substr(start, path.find('/', start) - start);
}

ph::Result<std::vector<StoredObject>> objectsOf(Project &project, const std::string &kind)
{
    const auto rows
        = project.store().query("SELECT id, body FROM objects WHERE kind = $1 ORDER BY created_at DESC, id DESC", {kind});
    if (!rows)
        return ph::fail(rows.error());
    std::vector<StoredObject> objects;
    for (const auto &row : rows->rows)
        objects.push_back(objectIn(row));
    return objects;
}

ph::Result<std::optional<StoredObject>> objectOf(Project &project, const std::string &kind, const std::string &id)
{
    const auto rows
        = project.store().query("SELECT id, body FROM objects WHERE kind = $1 AND id = TRY_CAST($2 AS BIGINT)", {kind, id});
    if (!rows)
        return ph::fail(rows.error());
    if (rows->rows.empty())
        return std::nullopt;
    return objectIn(rows->rows[0]);
}

std::span<const Route> objectRoutes() { return routes; }

} // namespace localproject::api
