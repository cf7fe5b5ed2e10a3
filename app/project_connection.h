#pragma once

#include "app/local_project_process.h"
#include "driver/http/client.h"
#include "driver/posthog/environment.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace app {

/// The project that the programs work on, connected when it is first asked for: the local one that --project names, else the
/// environment's (POSTHOG_API_URL and the two beside it), else the demo project.
class ProjectConnection
{
public:
    struct Options {
        std::string project; // "demo", the folder of a local project, or "" for what the environment says
        posthog::Environment environment = {};
    };

    explicit ProjectConnection(Options options);
    ~ProjectConnection();

    /// Waits for the project. An attempt that failed is made again at the next call. Error: why there is none, in a sentence for the user; Cancelled.
    /// Any thread.
    ph::Result<std::shared_ptr<posthog::Driver>> driver(std::stop_token stop = {});

    const posthog::Environment &environment() const { return m_options.environment; }

private:
    ph::Result<std::shared_ptr<posthog::Driver>> connect(std::stop_token stop);

    const Options m_options;
    http::Client m_client;
    std::mutex m_mutex; // Guards what follows.
    std::condition_variable_any m_changed;
    std::optional<LocalProject> m_local; // ends with this object, when it was started here
    std::shared_ptr<posthog::Driver> m_driver;
    bool m_connecting = false;
};

} // namespace app
