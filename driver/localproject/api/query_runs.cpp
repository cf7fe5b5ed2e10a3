#include "driver/localproject/api/query_runs.h"

#include "driver/base/time.h"

#include <algorithm>

namespace localproject::api {

namespace {

using namespace std::chrono_literals;

constexpr auto statusLife = 600s; // as PostHog's
constexpr std::size_t mostUnfinished = 100; // running and waiting

std::string wallTime(std::chrono::system_clock::time_point time)
{
    return ph::isoTimeMicros(std::chrono::floor<std::chrono::microseconds>(time));
}

Answer unknown(const std::string &id, const std::string &teamId)
{
    return errorAnswer(404, "invalid_request", "not_found", "Query " + id + " not found for team " + teamId);
}

} // namespace

struct QueryRuns::Run {
    std::stop_source stop;
    QueryProgress progress;
    std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
    std::chrono::system_clock::time_point ended{};
    std::chrono::steady_clock::time_point forgottenAt{};
    bool isAsync = true;
    bool isComplete = false;
    bool isCancelled = false;
    int status = 202;
    std::string problem;
    std::string results; // JSON text; empty: none
    std::jthread thread;
};

QueryRuns::QueryRuns(RateClock clock)
    : m_clock(clock ? std::move(clock) : RateClock([] { return std::chrono::steady_clock::now(); }))
{
}

QueryRuns::~QueryRuns()
{
    std::vector<std::jthread> threads;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &[id, run] : m_runs) {
            run->stop.request_stop();
            if (run->thread.joinable())
                threads.push_back(std::move(run->thread));
        }
        std::move(m_finished.begin(), m_finished.end(), std::back_inserter(threads));
        m_finished.clear();
    }
    threads.clear(); // joins
}

void QueryRuns::forgetTheOld()
{
    const auto now = m_clock();
    m_finished.clear();
    std::erase_if(m_runs, [&](const auto &entry) {
        Run &run = *entry.second;
        if (!run.isComplete || run.forgottenAt > now)
            return false;
        if (run.thread.joinable())
            m_finished.push_back(std::move(run.thread));
        return true;
    });
}

Answer QueryRuns::start(const std::string &id, const std::string &teamId, Work work)
{
    const std::lock_guard lock(m_mutex);
    forgetTheOld();
    if (const auto known = m_runs.find(id); known != m_runs.end())
        return answerOf(*known->second, id, teamId, false);
    const auto unfinished
        = std::count_if(m_runs.begin(), m_runs.end(), [](const auto &entry) { return !entry.second->isComplete; });
    if (static_cast<std::size_t>(unfinished) >= mostUnfinished)
        return errorAnswer(429, "throttled_error", "throttled", "Too many simultaneous queries. Try again later.");

    auto run = std::make_shared<Run>();
    m_runs[id] = run;
    Answer answer = answerOf(*run, id, teamId, false);
    run->thread = std::jthread([this, run, does = std::move(work)] {
        Outcome outcome = does(run->stop.get_token(), run->progress);
        const std::lock_guard guard(m_mutex);
        if (run->isComplete)
            return; // Cancelled: that answer stands.
        run->isComplete = true;
        run->ended = std::chrono::system_clock::now();
        run->forgottenAt = m_clock() + statusLife;
        if (outcome) {
            run->status = 200;
            run->results = std::move(*outcome);
            return;
        }
        const ph::Json body = ph::Json::parse(outcome.error().body, nullptr, false);
        run->status = outcome.error().status < 500 ? 400 : 500;
        run->problem = textIn(body, "detail");
    });
    return answer;
}

QueryRuns::Outcome QueryRuns::runHere(const std::string &id, std::stop_token stop, const Work &work)
{
    const auto run = std::make_shared<Run>();
    run->isAsync = false;
    const std::stop_callback forward(stop, [&] { run->stop.request_stop(); });
    {
        const std::lock_guard lock(m_mutex);
        forgetTheOld();
        m_runs.insert({id, run}); // Of two with the same id the first can be cancelled.
    }
    Outcome outcome = work(run->stop.get_token(), run->progress);
    const std::lock_guard lock(m_mutex);
    if (const auto mine = m_runs.find(id); mine != m_runs.end() && mine->second == run)
        m_runs.erase(mine);
    return outcome;
}

ph::Json QueryRuns::statusOf(const Run &run, const std::string &id, const std::string &teamId, bool withProgress) const
{
    const bool isNumber = !teamId.empty() && teamId.size() < 10 && teamId.find_first_not_of("0123456789") == std::string::npos;
    const bool failed = run.isComplete && run.status != 200;
    ph::Json status{{"id", id},
                    {"team_id", isNumber ? ph::Json(std::stoi(teamId)) : ph::Json(teamId)},
                    {"complete", run.isComplete},
                    {"error", failed},
                    {"error_message", failed ? ph::Json(run.problem) : ph::Json()},
                    {"query_async", run.isAsync},
                    {"start_time", wallTime(run.started)},
                    {"pickup_time", wallTime(run.started)},
                    {"end_time", run.isComplete ? ph::Json(wallTime(run.ended)) : ph::Json()},
                    {"expiration_time", wallTime((run.isComplete ? run.ended : run.started) + statusLife)},
                    {"task_id", id},
                    {"labels", nullptr},
                    {"insight_id", nullptr},
                    {"dashboard_id", nullptr},
                    {"query_progress", nullptr}};
    if (withProgress && !run.isComplete) {
        const auto seen = run.progress.read();
        const auto elapsed = std::chrono::duration<double>(std::chrono::system_clock::now() - run.started).count();
        status["query_progress"] = {{"bytes_read", 0},
                                    {"rows_read", seen.rows},
                                    {"estimated_rows_total", seen.totalRows},
                                    {"time_elapsed", static_cast<std::int64_t>(elapsed)},
                                    {"active_cpu_time", 0}};
    }
    return status;
}

Answer QueryRuns::answerOf(const Run &run, const std::string &id, const std::string &teamId, bool withProgress) const
{
    Answer answer = jsonAnswer({{"query_status", statusOf(run, id, teamId, withProgress)}}, run.status);
    answer.body.resize(answer.body.size() - 2); // The status goes on.
    answer.body.append(",\"results\":").append(run.results.empty() ? "null" : run.results).append("}}");
    return answer;
}

Answer QueryRuns::status(const std::string &id, const std::string &teamId, bool withProgress)
{
    const std::lock_guard lock(m_mutex);
    forgetTheOld();
    const auto found = m_runs.find(id);
    return found == m_runs.end() ? unknown(id, teamId) : answerOf(*found->second, id, teamId, withProgress);
}

Answer QueryRuns::cancel(const std::string &id, const std::string &teamId)
{
    std::shared_ptr<Run> run;
    {
        const std::lock_guard lock(m_mutex);
        forgetTheOld();
        const auto found = m_runs.find(id);
        if (found == m_runs.end())
            return unknown(id, teamId);
        run = found->second;
        if (run->isAsync && !run->isComplete) {
            run->isComplete = true;
            run->ended = std::chrono::system_clock::now();
            run->forgottenAt = m_clock() + statusLife;
            run->status = 400;
            run->problem = "Query was cancelled.";
        }
    }
    run->stop.request_stop(); // Without the mutex: the query's end may come on this thread.
    return jsonAnswer({{"message", "Query cancelled"}});
}

} // namespace localproject::api
