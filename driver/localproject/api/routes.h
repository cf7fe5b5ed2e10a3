#pragma once

#include "driver/base/json_fields.h"
#include "driver/http/server.h"
#include "driver/localproject/api/project.h"

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace localproject::api {

using Answer = http::ServerResponse;

/// One request on its way to a handler.
struct Call {
    const http::ServerRequest &request;
    std::stop_token stop;
    std::vector<std::string> arguments; // what stood for each {} of the pattern
    ph::Json body; // of POST, PATCH and PUT: an object; else null
    const ApiKey *key = nullptr; // the one it was made with
};

struct Route {
    std::string_view method;
    std::string_view pattern; // "persons/{}", below the project; with a leading slash: the whole path
    Answer (*handler)(Project &, const Call &);
    std::string_view scope = {}; // what the key must have, "person:read"; empty: any key will do
    RequestClass limits = RequestClass::Crud;
};

// One group a file.
std::span<const Route> definitionRoutes();
std::span<const Route> eventRoutes();
std::span<const Route> exportRoutes();
std::span<const Route> flagRoutes();
std::span<const Route> groupRoutes();
std::span<const Route> objectRoutes();
std::span<const Route> objectWriteRoutes();
std::span<const Route> personRoutes();
std::span<const Route> projectRoutes();
std::span<const Route> queryRoutes();
std::span<const Route> recordingRoutes();

// Answers, in PostHog's words.
Answer jsonAnswer(const ph::Json &body, int status = 200);
Answer errorAnswer(int status, std::string_view type, std::string_view code, const std::string &detail,
                   const ph::Json &attribute = nullptr, const ph::Json &extra = nullptr);
Answer invalid(std::string_view code, const std::string &detail, const ph::Json &attribute = nullptr); // 400 validation_error
Answer notFound();
Answer storeFailed(const ph::Error &error); // what the store could not do for this request

// Paging by limit and offset.
struct Page {
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};
Page pageOf(const Call &call, std::int64_t defaultLimit = 100);
/// The request's absolute address with one query value replaced; an empty value takes it out.
std::string linkTo(const Call &call, std::string_view name, const std::string &value);
/// {count, next, previous, results}; without `count` when it is negative. `hasNext` says whether there are more.
ph::Json listOf(const Call &call, ph::Json items, const Page &page, bool hasNext, std::int64_t count);

// Text of the store.
ph::Json parsed(const ph::Json &text); // JSON in a cell; {} when it is none

// Members of JSON that came from outside: whatever it is, these do not throw.
ph::Json memberOf(const ph::Json &json, const char *key); // null when there is none
std::string textIn(const ph::Json &json, const char *key); // "" when there is no text
bool isTrueIn(const ph::Json &json, const char *key); // only for true itself
bool isUuid(std::string_view text);
/// Whether JSON text nests deeper than is safe to build values of.
bool isTooDeep(std::string_view json);

/// Conditions and the values bound in them, put together piece by piece.
class Conditions
{
public:
    /// Adds `condition`, in which each "?" stands for the next of `values`.
    void add(std::string_view condition, const std::vector<ph::Json> &values = {});
    /// " WHERE a AND b", or nothing.
    std::string where() const;
    /// "$n" for one more value.
    std::string bind(ph::Json value);
    const std::vector<ph::Json> &values() const { return m_values; }

private:
    std::string m_text;
    std::vector<ph::Json> m_values;
};

/// Adds PostHog property filters ([{key, value, operator, type}], as JSON text or value) on the JSON columns `eventColumn` and
/// `personColumn`; where a column is empty, filters of that type are refused. Error: InvalidInput.
ph::Result<> addPropertyFilters(Conditions &conditions, const ph::Json &filters, std::string_view eventColumn,
                                std::string_view personColumn);
/// One filter as a condition.
ph::Result<std::string> propertyCondition(Conditions &conditions, const ph::Json &filter, std::string_view column);

/// Runs HogQL as the query endpoint does; the answer is an error's when it fails.
struct QueryOutcome {
    Statement statement;
    Rows rows;
};
struct RunHow {
    std::optional<std::chrono::milliseconds> wait = {}; // for one of the places; absent: as long as a request waits
    QueryProgress *progress = nullptr;
};
tl::expected<QueryOutcome, Answer> runHogql(Project &project, const std::string &text, const CompileContext &context,
                                            const std::stop_token &stop, const RunHow &how = {});

/// The same with the rows as JSON text. Of a query without a LIMIT only those of the default limit are written.
struct WrittenOutcome {
    Statement statement;
    WrittenRows rows;
};
tl::expected<WrittenOutcome, Answer> runHogqlWritten(Project &project, const std::string &text, const CompileContext &context,
                                                     const std::stop_token &stop, const RunHow &how = {});

/// The person's JSON as persons/ answers it; `row` holds id, created_at, last_seen_at, is_identified, properties, distinct ids.
ph::Json personOf(const std::vector<ph::Json> &row);
/// The select list for that, on persons `p`.
inline constexpr std::string_view personColumns
    = "p.id, p.created_at, p.last_seen_at, p.is_identified, p.properties,"
      " (SELECT list(d.distinct_id ORDER BY d.distinct_id) FROM person_distinct_ids d WHERE d.person_id = p.id)";
Answer personsOf(Project &project, const Call &call, Conditions conditions);

/// The one user there is, for created_by and the like.
ph::Json localUser();

} // namespace localproject::api
