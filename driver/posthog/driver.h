#pragma once

#include "driver/base/result.h"
#include "driver/posthog/export.h"
#include "driver/posthog/key_info.h"
#include "driver/posthog/rate_budget.h"
#include "driver/posthog/retry.h"
#include "driver/posthog/table.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace http {
class Client;
}

namespace posthog {

/// Where a project lives and what opens it. `host` is an origin ("https://us.posthog.com"); the key never leaves
/// this struct but in the Authorization header.
struct Credentials {
    std::string host;
    std::string key;
    std::string projectId;
};

/// An object of listObjects(), by its stable name: "events", "insights", "persons", "cohorts", "feature_flags" and "sessions"
/// always; where the project has them also "session_recordings", "actions", "dashboards", "experiments", "surveys",
/// "annotations", "groups", "event_definitions" and "property_definitions".
struct ObjectInfo {
    std::string name;
    std::string title;       // "Feature flags"
    std::string description; // one sentence
    std::optional<std::int64_t> count; // absent when it was not asked or not known

    static constexpr auto fields = std::tuple{ph::Field{"name", &ObjectInfo::name}, ph::Field{"title", &ObjectInfo::title},
                                              ph::Field{"description", &ObjectInfo::description}, ph::Field{"count", &ObjectInfo::count}};
};

/// One field of an object. `name` is how HogQL (or the REST item) spells it: "timestamp", "properties.$browser".
struct FieldInfo {
    std::string name;
    std::string type; // String, Numeric, Boolean, DateTime, Date, UUID, JSON, Array
    std::string description;
    ph::Json sample; // a value seen in the project, or null

    static constexpr auto fields = std::tuple{ph::Field{"name", &FieldInfo::name}, ph::Field{"type", &FieldInfo::type},
                                              ph::Field{"description", &FieldInfo::description}, ph::Field{"sample", &FieldInfo::sample}};
};

/// The local project marks itself in its own answer to GET /api/projects/ID/: "hoglet": {"demo": true, "now": "…Z"}.
struct ProjectInfo {
    std::string id;
    std::string name;
    std::string timezone = "UTC";
    int weekStartDay = 0; // 0 Sunday, 1 Monday (PostHog's `week_start_day`)
    bool isDemo = false;  // the local project: said in the status line, always
    std::string now;      // the demo's fixed "now" as ISO text; empty for a real project
};

/// One page of an object's rows. `columns` and `rows` as in Table; `items` are the full JSON objects behind the rows,
/// one a row, for the detail pane.
struct RowsPage {
    Table table;
    std::vector<ph::Json> items;
    std::string next; // opaque cursor for the following page; empty at the end
    std::optional<std::int64_t> total;
};

/// What to list. `search` matches names, e-mails, event names; `where` is a HogQL condition (events, persons, sessions).
struct RowsRequest {
    std::string object;
    std::string search;
    std::string where;
    ph::Json values = ph::Json::object(); // for {placeholders} in `where`
    std::string cursor;                   // RowsPage::next of the page before; empty for the first
    int limit = 200;                      // at most 1000
};

/// PostHog as the program sees it: the same code for the local project, us, eu and self-hosted.
/// Every call blocks until it is done or `stop` is requested (error Cancelled, within 200 ms) and may be made from
/// any thread. Errors: Unauthorized (key refused, or a scope missing: the message names it), NotFound (wrong project),
/// InvalidInput (bad HogQL: the message carries PostHog's own detail), RateLimited (the message says when to try again),
/// Network (host not reachable, wrong host), Internal. Each message is a sentence that a person can act on.
class Driver
{
public:
    virtual ~Driver() = default;

    virtual const std::string &host() const = 0;
    virtual const std::string &projectId() const = 0;

    virtual ph::Result<ProjectInfo> project(std::stop_token stop = {}) = 0;
    virtual ph::Result<std::vector<ObjectInfo>> listObjects(std::stop_token stop = {}) = 0;

    /// Fields of one object: fixed columns first, then the project's property definitions. NotFound: no such object.
    virtual ph::Result<std::vector<FieldInfo>> getFields(const std::string &object, std::stop_token stop = {}) = 0;

    /// Runs one HogQL statement. `values` fills {name} placeholders: values never become HogQL text.
    virtual ph::Result<Table> query(const std::string &hogql, const ph::Json &values = ph::Json::object(),
                                    std::stop_token stop = {}) = 0;

    virtual ph::Result<RowsPage> getRows(const RowsRequest &request, std::stop_token stop = {}) = 0;

    /// Any kind of query ({"kind": "TrendsQuery", …}); the answer as PostHog gives it. Waits for it where PostHog puts it off.
    virtual ph::Result<ph::Json> runQuery(const ph::Json &node, std::stop_token stop = {});

    /// What has no call of its own: `path` is below the project's address ("cohorts/12/persons/?limit=100").
    virtual ph::Result<ph::Json> get(const std::string &path, std::stop_token stop = {});

    /// All items of a list, whatever its pages, at most `maximum`; `path` as for get().
    virtual ph::Result<std::vector<ph::Json>> listItems(const std::string &path, std::size_t maximum, std::stop_token stop = {});

    /// What the key may do. NotFound where PostHog does not tell.
    virtual ph::Result<KeyInfo> keyInfo(std::stop_token stop = {});

    /// How much of PostHog's limits is used: one a class. Empty where nothing limits.
    virtual std::vector<BudgetUse> budget();

    /// Writes every row of `request` to its file, or goes on where an earlier export of the same was broken off. Whatever
    /// ends it (a stop, a full disk, a killed process), the same request goes on from the last page that was written.
    /// `onProgress` is called on this thread, some times a second.
    virtual ph::Result<ExportReport> exportRows(const ExportRequest &request,
                                                const std::function<void(const ExportProgress &)> &onProgress = {},
                                                std::stop_token stop = {});

    /// Creates an object: `kind` is the REST collection ("cohorts", "feature_flags", "experiments", "annotations",
    /// "dashboards", "insights"). Returns the created item. Ask the user before calling it.
    virtual ph::Result<ph::Json> create(const std::string &kind, const ph::Json &body, std::stop_token stop = {}) = 0;
};

/// How a driver keeps PostHog's limits and meets its faults.
struct DriverOptions {
    RateLimits limits = RateLimits::none();
    std::filesystem::path budgetFile = {}; // empty: this driver counts for itself
    ph::Clock *clock = &ph::systemClock();
    RetryPolicy retry = {};
    std::chrono::seconds longestWait{10}; // for the limits; then RateLimited says when to come back. Exports wait for ever.
};

/// PostHog's limits, shared by all programs of this user; on this machine's own addresses none.
DriverOptions optionsFor(const Credentials &credentials);

/// A driver over HTTP. `client` must outlive it, and the clock too.
std::unique_ptr<Driver> makeDriver(http::Client &client, Credentials credentials);
std::unique_ptr<Driver> makeDriver(http::Client &client, Credentials credentials, DriverOptions options);

/// "https://us.i.posthog.com/project/12/" -> "https://us.posthog.com"; app.posthog.com -> us.posthog.com.
/// Error: InvalidInput for anything that is no http(s) origin, and for plain http to a host that is not loopback.
ph::Result<std::string> normaliseHost(const std::string &host);

/// Whether the origin is an address of this machine: PostHog's limits are not its.
bool isThisMachine(const std::string &host);

} // namespace posthog
