#pragma once

#include "driver/posthog/api.h"

namespace posthog {

using TaskId = ph::Id<struct TaskIdTag>;
using TaskRunId = ph::Id<struct TaskRunIdTag>;

/// One run of a task by an agent. Times are ISO 8601 text. Absent is what PostHog does not tell, or tells as null.
struct TaskRun {
    TaskRunId id;
    TaskId task;
    std::optional<std::int64_t> team;
    std::optional<std::string> branch;
    std::optional<std::string> stage;
    std::string environment; // "local" or "cloud"
    std::string status;      // "not_started", "queued", "in_progress", "completed", "failed", "cancelled"
    std::optional<std::string> logUrl; // signed, for about an hour
    std::optional<std::string> errorMessage;
    std::optional<ph::Json> output; // an object: {"pr_url": …}
    std::optional<ph::Json> state;  // an object
    std::optional<std::vector<ph::Json>> artifacts;
    std::optional<std::string> createdAt;
    std::optional<std::string> updatedAt;
    std::optional<std::string> completedAt;

    static constexpr auto fields = std::tuple{ph::Field{"id", &TaskRun::id},
                                              ph::Field{"task", &TaskRun::task},
                                              ph::Field{"team", &TaskRun::team},
                                              ph::Field{"branch", &TaskRun::branch},
                                              ph::Field{"stage", &TaskRun::stage},
                                              ph::Field{"environment", &TaskRun::environment},
                                              ph::Field{"status", &TaskRun::status},
                                              ph::Field{"log_url", &TaskRun::logUrl},
                                              ph::Field{"error_message", &TaskRun::errorMessage},
                                              ph::Field{"output", &TaskRun::output},
                                              ph::Field{"state", &TaskRun::state},
                                              ph::Field{"artifacts", &TaskRun::artifacts},
                                              ph::Field{"created_at", &TaskRun::createdAt},
                                              ph::Field{"updated_at", &TaskRun::updatedAt},
                                              ph::Field{"completed_at", &TaskRun::completedAt}};
    friend bool operator==(const TaskRun &, const TaskRun &) = default;
};

/// What an agent is to do. `repository` is "org/repo".
struct Task {
    TaskId id;
    std::optional<std::int64_t> taskNumber;
    std::optional<std::string> slug;
    std::string title;
    std::string description; // what the agent is told
    std::optional<std::string> originProduct;
    std::optional<std::int64_t> githubIntegration;
    std::optional<std::string> repository;
    std::optional<ph::Json> jsonSchema; // that a run's output has to follow
    std::optional<bool> internal;
    std::optional<std::string> createdAt;
    std::optional<std::string> updatedAt;
    std::optional<ph::Json> createdBy; // {"id", "uuid", "distinct_id", "first_name", "email"}
    std::optional<TaskRun> latestRun;

    static constexpr auto fields = std::tuple{ph::Field{"id", &Task::id},
                                              ph::Field{"task_number", &Task::taskNumber},
                                              ph::Field{"slug", &Task::slug},
                                              ph::Field{"title", &Task::title},
                                              ph::Field{"description", &Task::description},
                                              ph::Field{"origin_product", &Task::originProduct},
                                              ph::Field{"github_integration", &Task::githubIntegration},
                                              ph::Field{"repository", &Task::repository},
                                              ph::Field{"json_schema", &Task::jsonSchema},
                                              ph::Field{"internal", &Task::internal},
                                              ph::Field{"created_at", &Task::createdAt},
                                              ph::Field{"updated_at", &Task::updatedAt},
                                              ph::Field{"created_by", &Task::createdBy},
                                              ph::Field{"latest_run", &Task::latestRun}};
    friend bool operator==(const Task &, const Task &) = default;
};

/// What is to change of a run; what is absent stays. PostHog merges `output` and `state` into what the run has, takes the keys in
/// `stateRemoveKeys` out of its state, and notes the time when `status` is a last one.
struct TaskRunChange {
    std::optional<std::string> status = {};
    std::optional<std::string> branch = {};
    std::optional<std::string> stage = {};
    std::optional<std::string> errorMessage = {};
    std::optional<std::string> environment = {};
    std::optional<ph::Json> output = {};
    std::optional<ph::Json> state = {};
    std::optional<std::vector<std::string>> stateRemoveKeys = {};

    static constexpr auto fields = std::tuple{ph::Field{"status", &TaskRunChange::status},
                                              ph::Field{"branch", &TaskRunChange::branch},
                                              ph::Field{"stage", &TaskRunChange::stage},
                                              ph::Field{"error_message", &TaskRunChange::errorMessage},
                                              ph::Field{"environment", &TaskRunChange::environment},
                                              ph::Field{"output", &TaskRunChange::output},
                                              ph::Field{"state", &TaskRunChange::state},
                                              ph::Field{"state_remove_keys", &TaskRunChange::stateRemoveKeys}};
};

/// A project's tasks and their runs. Blocks; any thread. Errors are those of Driver; NotFound names the task or run, InvalidInput an id
/// that is none, Internal an answer in another form.
class TasksApi
{
public:
    /// `client` must outlive this object, and the clock too.
    TasksApi(http::Client &client, Credentials credentials);
    TasksApi(http::Client &client, Credentials credentials, DriverOptions options);

    ph::Result<Task> getTask(const TaskId &task, std::stop_token stop = {});
    ph::Result<TaskRun> getTaskRun(const TaskId &task, const TaskRunId &run, std::stop_token stop = {});

    /// Returns the run as it is then. Is sent once: after an error Network or Internal it may have been done.
    ph::Result<TaskRun> updateTaskRun(const TaskId &task, const TaskRunId &run, const TaskRunChange &change, std::stop_token stop = {});

private:
    template <typename T>
    ph::Result<T> read(const ph::Result<ph::Json> &answer, const std::string &what) const;

    Api m_api;
};

} // namespace posthog
