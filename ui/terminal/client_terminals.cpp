#include "ui/terminal/client_terminals.h"

#include "driver/base/ids.h"
#include "ui/terminal/plain_output.h"
#include "ui/terminal/pty_process.h"
#include "ui/terminal/shown_terminal.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>

namespace ui {
namespace {

constexpr std::size_t mostTerminals = 64; // not released yet, of one agent
constexpr std::uint64_t usualLimit = 1024 * 1024; // bytes of output
constexpr std::uint64_t highestLimit = 8 * 1024 * 1024;
// Of what nobody has taken yet more is kept than a screen shows, but not much more: the window has to get through it.
constexpr std::size_t mostNews = 512 * 1024; // bytes
constexpr std::ptrdiff_t keptLines = commandScrollback + commandTerminalSize.rows;
constexpr std::ptrdiff_t mostLines = keptLines * 3 / 2;

/// The end of an output: at most `lines` lines and `bytes` bytes, begun at a line where there is one, so that no sequence is cut.
std::string_view endOf(std::string_view output, std::ptrdiff_t lines, std::size_t bytes)
{
    auto from = output.size();
    for (; lines >= 0 && from != std::string_view::npos && from > 0; --lines)
        from = output.rfind('\n', from - 1);
    from = from == std::string_view::npos ? 0 : from + (lines < 0 ? 1 : 0);
    if (output.size() - from > bytes) {
        from = output.size() - bytes;
        if (const auto line = output.find('\n', from); line != std::string_view::npos)
            from = line + 1;
    }
    return output.substr(from);
}

acp::TerminalExitStatus statusOf(const ph::ChildExit &exit)
{
    acp::TerminalExitStatus status;
    if (exit.code)
        status.exitCode = *exit.code;
    if (exit.signal) {
        const char *name = ::sigabbrev_np(*exit.signal);
        status.signal = name ? std::string("SIG") + name : "signal " + std::to_string(*exit.signal);
    }
    return status;
}

/// The command as a program and its arguments. A line for a shell comes without arguments.
std::vector<std::string> argvOf(const acp::CreateTerminalRequest &request, const std::vector<std::string> &environment)
{
    const bool mayBeLine = request.args.empty() && request.command.find_first_of(" \t\n|&;<>()$`\\\"'*?[]#~={}!") != std::string::npos;
    if (mayBeLine && !ph::findProgram(request.command, environment))
        return {"/bin/sh", "-c", request.command};
    std::vector<std::string> argv{request.command};
    argv.insert(argv.end(), request.args.begin(), request.args.end());
    return argv;
}

/// A program that asks a terminal finds one that shows colours, and nobody who turns pages or types.
std::vector<std::pair<std::string, std::string>> environmentOf(const acp::CreateTerminalRequest &request)
{
    std::vector<std::pair<std::string, std::string>> more{
        {"TERM", "xterm-256color"}, {"COLORTERM", "truecolor"}, {"PAGER", "cat"}, {"GIT_PAGER", "cat"}, {"GIT_TERMINAL_PROMPT", "0"}};
    for (const auto &variable : request.env)
        more.emplace_back(variable.name, variable.value);
    return more;
}

bool isName(const std::string &name)
{
    // Ours mark what belongs to a process that is to be ended.
    return !name.empty() && name.find('=') == std::string::npos && name.find('\0') == std::string::npos && !name.starts_with("HOGLET_");
}

} // namespace

class ClientTerminals::Terminal
{
public:
    Terminal(acp::SessionId session, std::string title, std::size_t limit)
        : m_plain(limit)
    {
        m_news.sessionId = std::move(session);
        m_news.terminalId = ph::uuid4();
        m_news.title = std::move(title);
        m_hasNews = true;
    }

    const std::string &id() const { return m_news.terminalId; }       // never changes
    const acp::SessionId &session() const { return m_news.sessionId; } // never changes

    ph::Result<> start(const ph::ChildOptions &options, const std::function<void()> &onNews)
    {
        auto process = PtyProcess::start(options, {[this, onNews](std::string_view bytes) {
                                                       take(bytes);
                                                       onNews();
                                                   },
                                                   [this, onNews](const ph::ChildExit &exit) {
                                                       settle(statusOf(exit));
                                                       onNews();
                                                   }});
        if (!process)
            return ph::fail(process.error());
        const std::lock_guard lock(m_mutex);
        m_process = *std::move(process);
        return {};
    }

    void kill()
    {
        const std::lock_guard lock(m_mutex);
        if (m_process)
            m_process->end();
    }

    /// Ends all that still runs of it, and waits.
    void finish()
    {
        std::unique_ptr<PtyProcess> process;
        {
            const std::lock_guard lock(m_mutex);
            process = std::move(m_process);
        }
        process.reset(); // Without the lock, which its thread may wait for.
        settle({{}, "SIGKILL"}); // unless it has ended before
        const std::lock_guard lock(m_mutex);
        m_isOver = true;
    }

    /// No news follows what was taken.
    bool isOver()
    {
        const std::lock_guard lock(m_mutex);
        return m_isOver && !m_hasNews;
    }

    acp::TerminalOutputResponse output()
    {
        const std::lock_guard lock(m_mutex);
        auto tail = m_plain.tail();
        return {std::move(tail.text), tail.isCut, m_exit};
    }

    std::optional<acp::TerminalExitStatus> waitForExit(const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        m_ended.wait(lock, stop, [this] { return m_exit.has_value(); });
        return m_exit;
    }

    std::optional<TerminalNews> takeNews()
    {
        const std::lock_guard lock(m_mutex);
        if (!std::exchange(m_hasNews, false))
            return {};
        TerminalNews news = m_news;
        m_news.title.clear();
        m_news.output.clear();
        m_newLines = 0;
        m_news.startsOver = false;
        m_news.exit.reset();
        return news;
    }

private:
    void take(std::string_view bytes)
    {
        const std::lock_guard lock(m_mutex);
        m_plain.feed(bytes);
        m_news.output += bytes;
        m_newLines += std::count(bytes.begin(), bytes.end(), '\n');
        m_hasNews = true;
        if (m_news.output.size() <= mostNews && m_newLines <= mostLines)
            return;
        m_news.output = std::string(endOf(m_news.output, keptLines, mostNews / 2)); // The rest would be scrolled away unread.
        m_newLines = std::count(m_news.output.begin(), m_news.output.end(), '\n');
        m_news.startsOver = true;
    }

    void settle(acp::TerminalExitStatus status)
    {
        const std::lock_guard lock(m_mutex);
        if (m_exit)
            return;
        m_exit = status;
        m_news.exit = std::move(status);
        m_hasNews = true;
        m_ended.notify_all();
    }

    std::mutex m_mutex; // Guards what follows, but for the ids in m_news.
    std::condition_variable_any m_ended;
    PlainOutput m_plain;
    std::optional<acp::TerminalExitStatus> m_exit;
    TerminalNews m_news;
    std::ptrdiff_t m_newLines = 0; // line ends in its output
    bool m_hasNews = false;
    bool m_isOver = false;
    std::unique_ptr<PtyProcess> m_process; // the last: its thread uses what stands above
};

ClientTerminals::ClientTerminals(std::function<void()> onNews)
    : m_onNews(std::move(onNews))
{
}

ClientTerminals::~ClientTerminals()
{
    closeAll();
    m_enders.waitForDone();
}

void ClientTerminals::openSession(const acp::SessionId &session, const std::filesystem::path &folder)
{
    const std::lock_guard lock(m_mutex);
    m_sessions[session] = folder;
}

void ClientTerminals::closeSession(const acp::SessionId &session)
{
    std::vector<TerminalPointer> ended;
    {
        const std::lock_guard lock(m_mutex);
        m_sessions.erase(session);
        std::erase_if(m_terminals, [&](const auto &entry) {
            const bool isOf = entry.second->session() == session;
            if (isOf)
                ended.push_back(entry.second);
            return isOf;
        });
        m_gone.insert(m_gone.end(), ended.begin(), ended.end());
    }
    for (auto &terminal : ended)
        endLater(std::move(terminal));
}

void ClientTerminals::closeAll()
{
    std::vector<acp::SessionId> sessions;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &[session, folder] : m_sessions)
            sessions.push_back(session);
    }
    for (const auto &session : sessions)
        closeSession(session);
}

void ClientTerminals::endLater(TerminalPointer terminal)
{
    m_enders.start([this, terminal = std::move(terminal)] {
        terminal->finish();
        tellNews();
    });
}

void ClientTerminals::tellNews()
{
    {
        const std::lock_guard lock(m_mutex);
        if (std::exchange(m_isTold, true))
            return;
    }
    m_onNews();
}

std::vector<TerminalNews> ClientTerminals::takeNews()
{
    std::vector<TerminalNews> all;
    const std::lock_guard lock(m_mutex);
    m_isTold = false;
    const auto take = [&all](Terminal &terminal) {
        if (auto news = terminal.takeNews())
            all.push_back(*std::move(news));
    };
    for (const auto &[id, terminal] : m_terminals)
        take(*terminal);
    for (const auto &terminal : m_gone)
        take(*terminal);
    std::erase_if(m_gone, [](const TerminalPointer &terminal) { return terminal->isOver(); });
    return all;
}

acp::Reply<acp::CreateTerminalResponse> ClientTerminals::create(const acp::CreateTerminalRequest &request)
{
    std::filesystem::path folder;
    {
        const std::lock_guard lock(m_mutex);
        const auto session = m_sessions.find(request.sessionId);
        if (session == m_sessions.end())
            return acp::refuse(acp::code::notFound, "There is no session " + request.sessionId.value + ".");
        if (m_terminals.size() >= mostTerminals)
            return acp::refuse(acp::code::internalError, "There are " + std::to_string(mostTerminals) + " terminals already. Release one first.");
        folder = session->second;
    }
    if (request.cwd) {
        folder = *request.cwd;
        if (!folder.is_absolute())
            return acp::refuse(acp::code::invalidParams, "A terminal's cwd must be an absolute path, not " + *request.cwd + ".");
    }
    for (const auto &variable : request.env) {
        if (!isName(variable.name))
            return acp::refuse(acp::code::invalidParams, "A terminal's environment cannot have a variable “" + variable.name + "”.");
    }

    ph::ChildOptions options;
    options.environment = ph::childEnvironment(environmentOf(request));
    options.argv = argvOf(request, options.environment);
    options.directory = folder;
    options.hasInput = false; // Nobody types into it: a program that asks reads the end at once.
    options.terminal = commandTerminalSize;
    auto terminal = std::make_shared<Terminal>(request.sessionId, commandLineOf(request), std::min(request.outputByteLimit.value_or(usualLimit), highestLimit));
    if (const auto started = terminal->start(options, [this] { tellNews(); }); !started)
        return acp::refuse(started.error().code == ph::ErrorCode::Internal ? acp::code::internalError : acp::code::invalidParams, started.error().message);

    {
        const std::lock_guard lock(m_mutex);
        if (m_sessions.contains(request.sessionId)) {
            m_terminals.emplace(terminal->id(), terminal);
            return acp::CreateTerminalResponse{terminal->id()};
        }
    }
    endLater(terminal); // The session was closed meanwhile.
    return acp::refuse(acp::code::notFound, "There is no session " + request.sessionId.value + ".");
}

acp::Reply<ClientTerminals::TerminalPointer> ClientTerminals::find(const acp::TerminalRequest &request)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_terminals.find(request.terminalId);
    if (found == m_terminals.end())
        return acp::refuse(acp::code::notFound, "There is no terminal " + request.terminalId + ".");
    if (found->second->session() != request.sessionId)
        return acp::refuse(acp::code::invalidParams, "Terminal " + request.terminalId + " belongs to another session.");
    return found->second;
}

acp::Reply<acp::TerminalOutputResponse> ClientTerminals::output(const acp::TerminalRequest &request)
{
    const auto terminal = find(request);
    if (!terminal)
        return tl::unexpected(terminal.error());
    return (*terminal)->output();
}

acp::Work<acp::TerminalExitStatus> ClientTerminals::waitForExit(const acp::TerminalRequest &request, std::stop_token stop)
{
    // Looked for now: a release that follows at once must not take it away.
    return [terminal = find(request), stop = std::move(stop)]() -> acp::Reply<acp::TerminalExitStatus> {
        if (!terminal)
            return tl::unexpected(terminal.error());
        const auto exit = (*terminal)->waitForExit(stop);
        if (!exit)
            return acp::refuse(acp::code::cancelled, "Cancelled.");
        return *exit;
    };
}

acp::Reply<acp::Empty> ClientTerminals::kill(const acp::TerminalRequest &request)
{
    const auto terminal = find(request);
    if (!terminal)
        return tl::unexpected(terminal.error());
    (*terminal)->kill();
    return acp::Empty{};
}

acp::Reply<acp::Empty> ClientTerminals::release(const acp::TerminalRequest &request)
{
    auto terminal = find(request);
    if (!terminal)
        return tl::unexpected(terminal.error());
    {
        const std::lock_guard lock(m_mutex);
        if (m_terminals.erase(request.terminalId) == 0)
            return acp::refuse(acp::code::notFound, "There is no terminal " + request.terminalId + ".");
        m_gone.push_back(*terminal);
    }
    endLater(*std::move(terminal));
    return acp::Empty{};
}

} // namespace ui
