#include "agent/tools/commands.h"

namespace tools {

namespace {
constexpr std::size_t maximumBackground = 32;
} // namespace

Commands::Commands(std::unique_ptr<CommandStarter> local, std::unique_ptr<CommandStarter> terminals)
    : m_local(std::move(local))
    , m_terminals(std::move(terminals))
{
}

ph::Result<std::unique_ptr<Command>> Commands::start(const CommandRequest &request, std::stop_token stop)
{
    auto &starter = m_terminals && !request.isReadOnly ? *m_terminals : *m_local;
    return starter.start(request, std::move(stop));
}

ph::Result<std::string> Commands::keep(std::string line, std::unique_ptr<Command> command)
{
    const std::lock_guard lock(m_mutex);
    if (m_background.size() >= maximumBackground)
        return ph::fail(ph::ErrorCode::InvalidInput, "There are " + std::to_string(maximumBackground) + " commands in the background. End one with KillShell first.");
    const auto id = "bash_" + std::to_string(++m_lastId);
    m_background[id] = {id, std::move(line), std::move(command)};
    return id;
}

std::optional<Commands::Background> Commands::find(const std::string &id) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_background.find(id);
    if (found == m_background.end())
        return {};
    return found->second;
}

std::vector<Commands::Background> Commands::running() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<Background> all;
    for (const auto &[id, background] : m_background)
        all.push_back(background);
    return all;
}

ph::Result<> Commands::end(const std::string &id)
{
    std::shared_ptr<Command> command;
    {
        const std::lock_guard lock(m_mutex);
        if (const auto node = m_background.extract(id))
            command = std::move(node.mapped().command);
    }
    if (!command)
        return ph::fail(ph::ErrorCode::NotFound, "There is no command “" + id + "” in the background.");
    command->kill();
    return {};
}

} // namespace tools
