#pragma once

#include "driver/base/result.h"
#include "driver/localproject/project_address.h"
#include "driver/posthog/driver.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace http {
class Client;
}

namespace app {

/// hoglet-project, where it is looked for: beside our own executable.
std::filesystem::path localProjectProgram();

struct LocalProjectOptions {
    localproject::ProjectChoice choice;
    bool rebuild = false; // make a damaged store anew; ask the user first
    std::filesystem::path program; // hoglet-project; empty: the one beside our own executable
};

/// A local project that answers: one that another process serves already, or one started here, which ends with this object
/// (and, whatever happens to us, with our process).
class LocalProject
{
public:
    /// Texts for a person, while it takes long ("Making the demo project …").
    using Progress = std::function<void(const std::string &text)>;

    /// Waits until the project answers. Errors: InvalidInput (the store is damaged: ask, then come again with `rebuild`),
    /// NotFound (no hoglet-project beside us), Cancelled, Network, Internal. The message says what to do.
    static ph::Result<LocalProject> findOrStart(http::Client &client, const LocalProjectOptions &options,
                                                const Progress &onProgress = {}, std::stop_token stop = {});

    LocalProject(LocalProject &&) noexcept;
    LocalProject &operator=(LocalProject &&) noexcept;
    ~LocalProject(); // asks a process started here to end, and waits for it

    const posthog::Credentials &credentials() const { return m_credentials; }
    bool isOurs() const { return m_process != nullptr; }

private:
    class Process;
    LocalProject(posthog::Credentials credentials, std::unique_ptr<Process> process);

    posthog::Credentials m_credentials;
    std::unique_ptr<Process> m_process; // null when another process serves it
};

} // namespace app
