#include "ui/conversation/acp_client.h"

// What the client does for the agent, where it was offered.

namespace ui {

AcpClient::AcpClient(Offers offers, QObject *parent)
    : QObject(parent)
    , m_offers(std::move(offers))
{
    if (m_offers.files)
        m_files = std::make_unique<ClientFiles>(m_offers.files);
    if (!m_offers.terminals)
        return;
    // What a program writes without end is not shown more often than anybody can see.
    m_news.setSingleShot(true);
    m_news.setInterval(80);
    m_terminals = std::make_unique<ClientTerminals>([this] { QMetaObject::invokeMethod(&m_news, qOverload<>(&QTimer::start)); });
    connect(&m_news, &QTimer::timeout, this, [this] {
        for (const auto &news : m_terminals->takeNews())
            emit terminalNews(news);
    });
}

ph::Json AcpClient::capabilities() const
{
    ph::Json all{{"elicitation", {{"form", ph::Json::object()}}}, {"session", {{"notices", ph::Json::object()}, {"compaction", ph::Json::object()}}}};
    if (m_terminals) {
        all["terminal"] = true;
        all["_meta"] = {{"terminal_output", true}};
    }
    if (m_files)
        all["fs"] = {{"readTextFile", true}, {"writeTextFile", true}};
    if (m_offers.terminalLogin)
        all["auth"] = {{"terminal", true}};
    return all;
}

void AcpClient::setRoots(const acp::SessionId &session, const std::vector<std::string> &roots)
{
    if (roots.empty())
        return;
    if (m_terminals)
        m_terminals->openSession(session, roots.front());
    if (m_files)
        m_files->openSession(session, {roots.begin(), roots.end()});
}

void AcpClient::endSession(const acp::SessionId &session)
{
    if (m_terminals)
        m_terminals->closeSession(session);
    if (m_files)
        m_files->closeSession(session);
}

void AcpClient::endSessions()
{
    if (m_terminals)
        m_terminals->closeAll();
    if (m_files)
        m_files->closeAll();
}

// From here on: the agent's threads.

acp::Work<acp::ReadTextFileResponse> AcpClient::readTextFile(const acp::ReadTextFileRequest &request, std::stop_token stop)
{
    if (!m_files)
        return ClientHandler::readTextFile(request, std::move(stop));
    return [this, request, stop] { return m_files->read(request, stop); };
}

acp::Work<acp::Empty> AcpClient::writeTextFile(const acp::WriteTextFileRequest &request, std::stop_token stop)
{
    if (!m_files)
        return ClientHandler::writeTextFile(request, std::move(stop));
    return [this, request, stop] { return m_files->write(request, stop); };
}

acp::Work<acp::CreateTerminalResponse> AcpClient::createTerminal(const acp::CreateTerminalRequest &request, std::stop_token stop)
{
    if (!m_terminals)
        return ClientHandler::createTerminal(request, std::move(stop));
    return [this, request] { return m_terminals->create(request); };
}

acp::Reply<acp::TerminalOutputResponse> AcpClient::terminalOutput(const acp::TerminalRequest &request)
{
    return m_terminals ? m_terminals->output(request) : ClientHandler::terminalOutput(request);
}

acp::Work<acp::TerminalExitStatus> AcpClient::waitForTerminalExit(const acp::TerminalRequest &request, std::stop_token stop)
{
    if (!m_terminals)
        return ClientHandler::waitForTerminalExit(request, std::move(stop));
    return m_terminals->waitForExit(request, std::move(stop));
}

acp::Reply<acp::Empty> AcpClient::killTerminal(const acp::TerminalRequest &request)
{
    return m_terminals ? m_terminals->kill(request) : ClientHandler::killTerminal(request);
}

acp::Reply<acp::Empty> AcpClient::releaseTerminal(const acp::TerminalRequest &request)
{
    return m_terminals ? m_terminals->release(request) : ClientHandler::releaseTerminal(request);
}

} // namespace ui
