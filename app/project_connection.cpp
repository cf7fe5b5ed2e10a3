#include "app/project_connection.h"

#include "driver/base/atomic_file.h"
#include "driver/base/log.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

namespace app {
namespace {

constexpr std::array variables{"POSTHOG_API_URL", "POSTHOG_PERSONAL_API_KEY", "POSTHOG_PROJECT_ID"};

std::string trimmed(std::string text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && isSpace(text.back()))
        text.pop_back();
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), isSpace));
    return text;
}

bool environmentNamesAProject()
{
    return std::any_of(variables.begin(), variables.end(), [](const char *name) {
        const char *value = std::getenv(name);
        return value && *value;
    });
}

} // namespace

ProjectConnection::ProjectConnection(Options options)
    : m_options(std::move(options))
{
}

ProjectConnection::~ProjectConnection() = default;

ph::Result<std::shared_ptr<posthog::Driver>> ProjectConnection::driver(std::stop_token stop)
{
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, stop, [this] { return !m_connecting; }))
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (m_driver)
            return m_driver;
        m_connecting = true;
    }
    auto connected = connect(std::move(stop));
    const std::lock_guard lock(m_mutex);
    m_connecting = false;
    if (connected)
        m_driver = *connected;
    m_changed.notify_all();
    return connected;
}

ph::Result<std::shared_ptr<posthog::Driver>> ProjectConnection::connect(std::stop_token stop)
{
    if (!m_options.project.empty() && m_options.project != "demo")
        return ph::fail(ph::ErrorCode::NotFound, "There is no local project “" + m_options.project + "”; there is “demo”.");
    if (m_options.project.empty() && environmentNamesAProject()) {
        auto credentials = posthog::credentialsFromEnvironment();
        if (!credentials)
            return ph::fail(credentials.error());
        return std::shared_ptr<posthog::Driver>(posthog::makeDriver(m_client, *std::move(credentials)));
    }
    auto local = LocalProject::findOrStart(m_client, {}, [](const std::string &text) { ph::logInfo("project", text); }, std::move(stop));
    if (!local)
        return ph::fail(local.error());
    auto driver = std::shared_ptr<posthog::Driver>(posthog::makeDriver(m_client, local->credentials()));
    const std::lock_guard lock(m_mutex);
    m_local = *std::move(local);
    return driver;
}

ph::Result<> readEnvFile(const std::string &path)
{
    const auto text = ph::readFile(path, 1024 * 1024);
    if (!text)
        return ph::fail(text.error());
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        line = trimmed(line);
        if (line.starts_with("export "))
            line = trimmed(line.substr(7));
        const auto equals = line.find('=');
        if (equals == std::string::npos || line.starts_with('#'))
            continue;
        const auto name = trimmed(line.substr(0, equals));
        auto value = trimmed(line.substr(equals + 1));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        if (std::find(variables.begin(), variables.end(), name) != variables.end())
            ::setenv(name.c_str(), value.c_str(), 0);
    }
    return {};
}

} // namespace app
