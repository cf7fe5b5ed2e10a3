#include "agent/mcp/stdio_channel.h"

#include "agent/acp/transport.h"
#include "driver/base/output_tail.h"

namespace mcp {

using namespace std::chrono_literals;

namespace {

class StdioChannel final : public Channel
{
public:
    StdioChannel(std::string name, std::unique_ptr<ph::ChildProcess> child)
        : m_name(std::move(name))
        , m_child(std::move(child))
        , m_lines(acp::makeStdio(m_child->output(), m_child->input()))
        , m_errors(m_child->errors(), 4 * 1024)
    {
    }
    ~StdioChannel() override
    {
        m_lines.reset();
        m_child->closeInput(); // A server leaves when its input ends.
        if (!m_child->wait({}, 2s))
            m_child->terminate();
    }

    ph::Result<> send(const ph::Json &message, std::chrono::milliseconds, std::stop_token) override
    {
        const auto line = message.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
        if (line.size() > acp::maximumLine)
            return ph::fail(ph::ErrorCode::InvalidInput, "The message to " + m_name + " is longer than 32 MiB.");
        m_lines->send(line);
        return {};
    }
    std::optional<ph::Json> receive() override
    {
        while (auto line = m_lines->receive()) {
            if (line->size() > acp::maximumLine)
                return {}; // More than this is no message, and there is no end of it to look for.
            auto message = ph::Json::parse(*line, nullptr, false);
            if (message.is_object())
                return message; // What is no JSON is somebody's log on the wrong stream.
        }
        return {};
    }
    void close() override { m_lines->close(); }

    std::string ending() override
    {
        const auto exit = m_child->wait({}, 500ms);
        if (!exit)
            return {};
        m_errors.waitForEnd(200ms); // Its last words may still be on their way.
        return ph::endingOf(m_name, *exit, m_errors.lastLine());
    }

private:
    const std::string m_name;
    std::unique_ptr<ph::ChildProcess> m_child;
    std::unique_ptr<acp::Transport> m_lines;
    ph::OutputTail m_errors;
};

} // namespace

ph::Result<std::unique_ptr<Channel>> openStdio(const ServerConfig &config, const std::string &directory)
{
    ph::ChildOptions options;
    options.argv.push_back(config.command);
    options.argv.insert(options.argv.end(), config.arguments.begin(), config.arguments.end());
    options.environment = ph::childEnvironment(config.environment);
    options.directory = directory;
    auto child = ph::ChildProcess::start(options);
    if (!child)
        return ph::fail(child.error());
    return std::make_unique<StdioChannel>(config.name, *std::move(child));
}

} // namespace mcp
