#pragma once

#include "driver/localproject/api/rate_limits.h"
#include "driver/localproject/api/routes.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <thread>

namespace localproject::api {

/// Queries that go on without their caller, and those that a caller may cancel by an id of its own choice. A status is kept
/// for ten minutes after the query's end.
class QueryRuns
{
public:
    /// What the query answers, as JSON text, or the error that it is refused with.
    using Outcome = tl::expected<std::string, Answer>;
    using Work = std::function<Outcome(std::stop_token stop, QueryProgress &progress)>;

    explicit QueryRuns(RateClock clock);
    ~QueryRuns(); // cancels what runs, and waits for it
    QueryRuns(const QueryRuns &) = delete;
    QueryRuns &operator=(const QueryRuns &) = delete;

    /// Starts `work` on a thread of its own and answers 202 with its status; 429 when too many wait already. An id that is
    /// known answers the status it has: a request that is sent again starts nothing.
    Answer start(const std::string &id, const std::string &teamId, Work work);

    /// Runs `work` here. It ends early when `stop` is requested, or when somebody cancels `id`.
    Outcome runHere(const std::string &id, std::stop_token stop, const Work &work);

    /// 202 while it runs, 200 when it is done, 400 or 500 when it failed, 404 when there is none.
    Answer status(const std::string &id, const std::string &teamId, bool withProgress);

    /// Answers at once; the query's place is free when DuckDB has let go of it, as a rule milliseconds later.
    Answer cancel(const std::string &id, const std::string &teamId);

private:
    struct Run;
    using Runs = std::map<std::string, std::shared_ptr<Run>>;

    void forgetTheOld(); // with m_mutex held
    ph::Json statusOf(const Run &run, const std::string &id, const std::string &teamId, bool withProgress) const;
    Answer answerOf(const Run &run, const std::string &id, const std::string &teamId, bool withProgress) const;

    RateClock m_clock;
    std::mutex m_mutex; // Guards the ones below, and what each Run says of itself.
    Runs m_runs;
    std::vector<std::jthread> m_finished; // threads to join: their work is done
};

} // namespace localproject::api
