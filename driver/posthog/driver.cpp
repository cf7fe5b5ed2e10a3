#include "driver/posthog/driver.h"

#include "driver/posthog/api.h"
#include "driver/posthog/export_run.h"
#include "driver/posthog/fields.h"
#include "driver/posthog/objects.h"
#include "driver/posthog/rows.h"

#include <algorithm>
#include <future>

namespace posthog {

namespace {

// What may be created; each is a REST collection of the project.
constexpr std::string_view createdKinds[] = {"cohorts", "feature_flags", "experiments", "annotations", "dashboards", "insights"};

std::string textOf(const ph::Json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class HttpDriver : public Driver
{
public:
    HttpDriver(http::Client &client, Credentials credentials, DriverOptions options)
        : m_api(client, std::move(credentials), std::move(options))
    {
    }

    const std::string &host() const override { return m_api.host(); }
    const std::string &projectId() const override { return m_api.projectId(); }

    ph::Result<ProjectInfo> project(std::stop_token stop) override
    {
        const auto answer = m_api.get(m_api.projectPath(), stop);
        if (!answer)
            return ph::fail(answer.error());
        if (!answer->is_object())
            return ph::fail(ph::ErrorCode::Internal, "PostHog answered the project in a form that is not known.");
        ProjectInfo info;
        info.id = m_api.projectId();
        info.name = textOf(*answer, "name");
        if (const std::string timezone = textOf(*answer, "timezone"); !timezone.empty())
            info.timezone = timezone;
        if (const auto day = answer->find("week_start_day"); day != answer->end() && day->is_number_integer())
            info.weekStartDay = day->get<int>();
        if (const auto local = answer->find("hoglet"); local != answer->end() && local->is_object()) {
            const auto demo = local->find("demo");
            info.isDemo = demo != local->end() && demo->is_boolean() && demo->get<bool>();
            info.now = textOf(*local, "now");
        }
        return info;
    }

    ph::Result<std::vector<ObjectInfo>> listObjects(std::stop_token stop) override;

    ph::Result<std::vector<FieldInfo>> getFields(const std::string &object, std::stop_token stop) override
    {
        const ObjectKind *kind = findObject(object);
        if (!kind)
            return ph::fail(noSuchObject(object));
        return fieldsOf(m_api, *kind, stop);
    }

    ph::Result<Table> query(const std::string &hogql, const ph::Json &values, std::stop_token stop) override
    {
        return m_api.query(hogql, values, stop);
    }

    ph::Result<RowsPage> getRows(const RowsRequest &request, std::stop_token stop) override
    {
        const ObjectKind *kind = findObject(request.object);
        if (!kind)
            return ph::fail(noSuchObject(request.object));
        return rowsOf(m_api, *kind, request, stop);
    }

    ph::Result<ph::Json> runQuery(const ph::Json &node, std::stop_token stop) override { return m_api.runQuery(node, stop); }

    ph::Result<ph::Json> get(const std::string &path, std::stop_token stop) override
    {
        if (path.starts_with('/') || path.find("..") != std::string::npos)
            return ph::fail(ph::ErrorCode::InvalidInput, "\"" + path + "\" does not belong to the project.");
        return m_api.get(m_api.projectPath(path), stop);
    }

    ph::Result<std::vector<ph::Json>> listItems(const std::string &path, std::size_t maximum, std::stop_token stop) override
    {
        if (path.starts_with('/') || path.find("..") != std::string::npos)
            return ph::fail(ph::ErrorCode::InvalidInput, "\"" + path + "\" does not belong to the project.");
        return m_api.list(m_api.projectPath(path), maximum, stop);
    }

    ph::Result<KeyInfo> keyInfo(std::stop_token stop) override
    {
        const auto answer = m_api.get("/api/personal_api_keys/@current/", stop);
        if (!answer)
            return ph::fail(answer.error());
        return keyInfoOf(*answer);
    }

    std::vector<BudgetUse> budget() override
    {
        auto uses = m_api.budget().use();
        const bool limited = std::any_of(uses.begin(), uses.end(), [](const BudgetUse &use) { return !use.windows.empty(); });
        return limited ? uses : std::vector<BudgetUse>();
    }

    ph::Result<ExportReport> exportRows(const ExportRequest &request, const std::function<void(const ExportProgress &)> &onProgress,
                                        std::stop_token stop) override
    {
        return runExport(m_api, request, onProgress, stop);
    }

    ph::Result<ph::Json> create(const std::string &kind, const ph::Json &body, std::stop_token stop) override
    {
        if (std::find(std::begin(createdKinds), std::end(createdKinds), kind) == std::end(createdKinds))
            return ph::fail(ph::ErrorCode::InvalidInput, "\"" + kind + "\" cannot be created from here.");
        return m_api.post(m_api.projectPath(kind + "/"), body, stop);
    }

private:
    using Counts = std::vector<std::pair<std::string_view, std::int64_t>>;
    static constexpr std::int64_t unknown = -1; // it is there, but how many is not said

    ph::Result<Counts> countTables(std::stop_token stop);
    ph::Result<Counts> countGroups(std::stop_token stop);
    ph::Result<Counts> countList(std::string_view name, std::stop_token stop);

    Api m_api;
};

/// Events, persons and sessions with one query.
ph::Result<HttpDriver::Counts> HttpDriver::countTables(std::stop_token stop)
{
    // Groups are asked for on their own: a project without them must not lose the other counts.
    const auto table = m_api.query("SELECT (SELECT count() FROM events) AS events, (SELECT count() FROM persons) AS persons, "
                                   "(SELECT count() FROM sessions) AS sessions",
                                   ph::Json::object(), stop);
    if (!table)
        return ph::fail(table.error());
    Counts counts;
    for (const std::string_view name : {"events", "persons", "sessions"}) {
        const auto column = table->indexOf(name);
        if (column && !table->rows.empty() && table->rows[0][*column].is_number_integer())
            counts.emplace_back(name, table->rows[0][*column].get<std::int64_t>());
    }
    return counts;
}

ph::Result<HttpDriver::Counts> HttpDriver::countGroups(std::stop_token stop)
{
    const auto table = m_api.query("SELECT count() FROM groups", ph::Json::object(), stop);
    if (!table)
        return ph::fail(table.error());
    if (table->rows.empty() || table->rows[0].empty() || !table->rows[0][0].is_number_integer())
        return Counts{};
    return Counts{{"groups", table->rows[0][0].get<std::int64_t>()}};
}

ph::Result<HttpDriver::Counts> HttpDriver::countList(std::string_view name, std::stop_token stop)
{
    const std::string filter = name == "insights" ? "&saved=true&basic=true" : name == "property_definitions" ? "&type=event" : "";
    const auto answer = m_api.get(m_api.projectPath(std::string(name) + "/") + "?limit=1" + filter, stop);
    if (!answer)
        return ph::fail(answer.error());
    const auto count = answer->is_object() ? answer->find("count") : answer->end();
    if (!answer->is_object() || count == answer->end() || !count->is_number_integer())
        return Counts{{name, unknown}};
    return Counts{{name, count->get<std::int64_t>()}};
}

ph::Result<std::vector<ObjectInfo>> HttpDriver::listObjects(std::stop_token stop)
{
    struct Task {
        std::string_view name; // of the list that is counted
        std::future<ph::Result<Counts>> counts;
    };
    std::vector<Task> running;
    running.push_back({"events", std::async(std::launch::async, [this, stop] { return countTables(stop); })});
    running.push_back({"groups", std::async(std::launch::async, [this, stop] { return countGroups(stop); })});
    for (const ObjectKind &kind : objectKinds()) {
        if (kind.table.empty())
            running.push_back({kind.name, std::async(std::launch::async, [this, stop, name = kind.name] { return countList(name, stop); })});
    }
    Counts counts;
    std::vector<ph::Error> errors;
    for (Task &task : running) {
        auto counted = task.counts.get();
        if (counted) {
            counts.insert(counts.end(), counted->begin(), counted->end());
            continue;
        }
        errors.push_back(counted.error());
        if (counted.error().code == ph::ErrorCode::Unauthorized)
            counts.emplace_back(task.name, unknown); // it is there, only not for this key
    }
    if (stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "Listing the objects was cancelled.");
    // One count that could not be had (a scope is missing, the query took too long) leaves that count out; nothing at all
    // means that the key, the project or the host is wrong.
    if (errors.size() == running.size())
        return ph::fail(errors.front());
    std::vector<ObjectInfo> objects;
    for (const ObjectKind &kind : objectKinds()) {
        ObjectInfo info{std::string(kind.name), std::string(kind.title), std::string(kind.description), {}};
        bool isThere = kind.always;
        for (const auto &[name, count] : counts) {
            if (name != kind.name)
                continue;
            isThere = true;
            if (count != unknown)
                info.count = count;
        }
        if (isThere)
            objects.push_back(std::move(info));
    }
    return objects;
}

} // namespace

namespace {

tl::unexpected<ph::Error> notHere() { return ph::fail(ph::ErrorCode::NotFound, "This project cannot do that."); }

} // namespace

ph::Result<ph::Json> Driver::runQuery(const ph::Json &, std::stop_token) { return notHere(); }
ph::Result<ph::Json> Driver::get(const std::string &, std::stop_token) { return notHere(); }
ph::Result<std::vector<ph::Json>> Driver::listItems(const std::string &, std::size_t, std::stop_token) { return notHere(); }
ph::Result<KeyInfo> Driver::keyInfo(std::stop_token) { return notHere(); }
std::vector<BudgetUse> Driver::budget() { return {}; }
ph::Result<ExportReport> Driver::exportRows(const ExportRequest &, const std::function<void(const ExportProgress &)> &, std::stop_token)
{
    return notHere();
}

DriverOptions optionsFor(const Credentials &credentials)
{
    DriverOptions options;
    if (isThisMachine(credentials.host))
        return options;
    options.limits = RateLimits::ofPostHog();
    options.budgetFile = budgetPath(credentials.host, credentials.projectId);
    return options;
}

std::unique_ptr<Driver> makeDriver(http::Client &client, Credentials credentials)
{
    if (auto host = normaliseHost(credentials.host))
        credentials.host = std::move(*host);
    auto options = optionsFor(credentials);
    return makeDriver(client, std::move(credentials), std::move(options));
}

std::unique_ptr<Driver> makeDriver(http::Client &client, Credentials credentials, DriverOptions options)
{
    if (auto host = normaliseHost(credentials.host))
        credentials.host = std::move(*host); // else each call says what is wrong with it
    return std::make_unique<HttpDriver>(client, std::move(credentials), std::move(options));
}

} // namespace posthog
