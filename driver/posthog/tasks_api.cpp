#include "driver/posthog/tasks_api.h"

#include <algorithm>

namespace posthog {

namespace {

/// Ids go into a path: what is none is refused rather than sent.
ph::Result<> checkId(const std::string &id, const std::string &what)
{
    constexpr std::size_t longest = 128;
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    if (!id.empty() && id.size() <= longest && std::all_of(id.begin(), id.end(), fits))
        return {};
    return ph::fail(ph::ErrorCode::InvalidInput,
                    id.empty() ? "The id of the " + what + " is missing." : "“" + id.substr(0, longest) + "” is no id of a " + what + "; copy it from PostHog.");
}

ph::Result<> checkIds(const TaskId &task, const TaskRunId &run)
{
    if (const auto fits = checkId(task.value, "task"); !fits)
        return fits;
    return checkId(run.value, "task run");
}

std::string pathOf(const TaskId &task) { return "tasks/" + task.value + "/"; }
std::string pathOf(const TaskId &task, const TaskRunId &run) { return pathOf(task) + "runs/" + run.value + "/"; }
std::string nameOf(const TaskId &task) { return "task “" + task.value + "”"; }
std::string nameOf(const TaskId &task, const TaskRunId &run) { return "run “" + run.value + "” of " + nameOf(task); }

} // namespace

TasksApi::TasksApi(http::Client &client, Credentials credentials)
    : TasksApi(client, credentials, optionsFor(credentials))
{
}

TasksApi::TasksApi(http::Client &client, Credentials credentials, DriverOptions options)
    : m_api(client, std::move(credentials), std::move(options))
{
}

ph::Result<Task> TasksApi::getTask(const TaskId &task, std::stop_token stop)
{
    if (const auto fits = checkId(task.value, "task"); !fits)
        return ph::fail(fits.error());
    return read<Task>(m_api.get(m_api.projectPath(pathOf(task)), std::move(stop)), nameOf(task));
}

ph::Result<TaskRun> TasksApi::getTaskRun(const TaskId &task, const TaskRunId &run, std::stop_token stop)
{
    if (const auto fits = checkIds(task, run); !fits)
        return ph::fail(fits.error());
    return read<TaskRun>(m_api.get(m_api.projectPath(pathOf(task, run)), std::move(stop)), nameOf(task, run));
}

ph::Result<TaskRun> TasksApi::updateTaskRun(const TaskId &task, const TaskRunId &run, const TaskRunChange &change, std::stop_token stop)
{
    if (const auto fits = checkIds(task, run); !fits)
        return ph::fail(fits.error());
    return read<TaskRun>(m_api.patch(m_api.projectPath(pathOf(task, run)), change, std::move(stop)), nameOf(task, run));
}

template <typename T>
ph::Result<T> TasksApi::read(const ph::Result<ph::Json> &answer, const std::string &what) const
{
    if (!answer && answer.error().code == ph::ErrorCode::NotFound)
        return ph::fail(ph::ErrorCode::NotFound,
                        "There is no " + what + " in project " + m_api.projectId() + " at " + m_api.host() + ", or the key does not open it.");
    if (!answer)
        return ph::fail(answer.error());
    auto value = ph::parse<T>(*answer);
    if (!value)
        return ph::fail(ph::ErrorCode::Internal, "PostHog answered the " + what + " in a form that is not known (" + value.error().message + ").");
    return value;
}

} // namespace posthog
