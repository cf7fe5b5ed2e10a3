#include "ui/conversation/acp_client.h"

#include <QCoreApplication>

namespace ui {

AcpClient::AcpClient(QObject *parent)
    : AcpClient(Offers(), parent)
{
}

AcpClient::~AcpClient() { disconnectNow(); }

void AcpClient::post(std::function<void()> call)
{
    QMetaObject::invokeMethod(
        this,
        [this, generation = m_generation.load(), call = std::move(call)] {
            if (generation == m_generation)
                call();
        },
        Qt::QueuedConnection);
}

template <typename T>
std::function<void(ph::Result<T>)> AcpClient::here(Then<T> then)
{
    return [this, then = std::move(then)](ph::Result<T> result) {
        post([then, result = std::move(result)] { then(result); });
    };
}

/// Answers a call that nobody is there to take.
template <typename T>
bool AcpClient::refuse(const Then<T> &then)
{
    if (m_side)
        return false;
    post([then] { then(ph::fail(ph::ErrorCode::Cancelled, "The agent is not running.")); });
    return true;
}

void AcpClient::connectTo(std::unique_ptr<acp::Transport> transport)
{
    disconnectNow();
    m_connected = true;
    m_side = std::make_unique<acp::ClientSide>(std::move(transport), static_cast<acp::ClientHandler &>(*this));
    m_side->start();

    acp::InitializeRequest request;
    request.clientInfo = acp::Implementation{"hoglet", QCoreApplication::applicationVersion().toStdString(), "Hoglet"};
    request.clientCapabilities = capabilities();
    m_side->initialize(request, here<acp::InitializeResponse>([this](const ph::Result<acp::InitializeResponse> &response) {
        if (!response && response.error().code == ph::ErrorCode::Cancelled) {
            m_side->close(); // The line has ended, or is to: why is told in closed().
            return;
        }
        if (!response) {
            lost(QString::fromStdString(response.error().message));
            return;
        }
        if (response->protocolVersion != acp::protocolVersion) {
            lost(tr("The agent speaks version %1 of the Agent Client Protocol; Hoglet speaks version %2.")
                     .arg(response->protocolVersion)
                     .arg(acp::protocolVersion));
            return;
        }
        m_agent = *response;
        m_ready = true;
        emit ready();
    }));
}

void AcpClient::disconnectNow()
{
    m_ready = false;
    m_connected = false;
    if (m_side) {
        m_side->close();
        m_side.reset(); // Joins; what its threads posted is of an older generation from the next line on.
    }
    ++m_generation;
    m_open.clear();
    endSessions();
}

template <typename Request>
std::vector<std::string> AcpClient::rootsOf(const Request &request)
{
    auto roots = request.additionalDirectories.value_or(std::vector<std::string>{});
    roots.insert(roots.begin(), request.cwd);
    return roots;
}

void AcpClient::authenticate(const std::string &method, Then<acp::Empty> then)
{
    if (!refuse(then))
        m_side->authenticate({method}, here(std::move(then)));
}

bool AcpClient::takesPictures() const
{
    const auto &can = m_agent.agentCapabilities;
    const auto prompts = can.is_object() ? can.value("promptCapabilities", ph::Json()) : ph::Json();
    return prompts.is_object() && prompts.value("image", ph::Json()) == true;
}

void AcpClient::newSession(const acp::NewSessionRequest &request, Then<acp::NewSessionResponse> then)
{
    if (refuse(then))
        return;
    m_side->newSession(request, [this, roots = rootsOf(request), tell = here(std::move(then))](ph::Result<acp::NewSessionResponse> response) {
        if (response)
            setRoots(response->sessionId, roots); // Here on the reader thread: before what the agent asks next.
        tell(std::move(response));
    });
}

void AcpClient::loadSession(const acp::LoadSessionRequest &request, Then<acp::LoadSessionResponse> then)
{
    if (refuse(then))
        return;
    setRoots(request.sessionId, rootsOf(request));
    m_side->loadSession(request, here(std::move(then)));
}

void AcpClient::closeSession(const acp::SessionId &session)
{
    const auto &can = m_agent.agentCapabilities;
    if (!session.value.empty() && m_side && m_ready && can.is_object() && can.value(ph::Json::json_pointer("/sessionCapabilities/close"), ph::Json()).is_object())
        m_side->closeSession({session}, [](const ph::Result<acp::Empty> &) {}); // Nobody is left to hear whether it was.
}

void AcpClient::prompt(const acp::PromptRequest &request, Then<acp::PromptResponse> then)
{
    if (!refuse(then))
        m_side->prompt(request, here(std::move(then)));
}

void AcpClient::setMode(const acp::SessionId &session, const std::string &mode, Then<acp::Empty> then)
{
    if (!refuse(then))
        m_side->setMode({session, mode}, here(std::move(then)));
}

void AcpClient::setConfigOption(const acp::SetConfigOptionRequest &request, Then<acp::SetConfigOptionResponse> then)
{
    if (!refuse(then))
        m_side->setConfigOption(request, here(std::move(then)));
}

void AcpClient::cancel(const acp::SessionId &session)
{
    if (!m_side)
        return;
    for (const auto &[id, weak] : m_open) {
        if (const auto question = weak.lock(); question && question->sessionId() == session && question->cancel())
            emit questionWithdrawn(id);
    }
    m_side->cancel(session);
}

void AcpClient::sessionUpdate(const acp::SessionNotification &notification)
{
    post([this, notification] { emit updated(notification); });
}

acp::Work<acp::RequestPermissionResponse> AcpClient::requestPermission(const acp::RequestPermissionRequest &request, std::stop_token stop)
{
    auto question = std::make_shared<Question>(request);
    offer(question);
    return [this, question, stop]() -> acp::Reply<acp::RequestPermissionResponse> {
        auto response = question->waitForPermission(stop);
        if (stop.stop_requested())
            post([this, id = question->id()] { emit questionWithdrawn(id); });
        return response;
    };
}

acp::Work<acp::ElicitationResponse> AcpClient::createElicitation(const acp::ElicitationRequest &request, std::stop_token stop)
{
    auto question = std::make_shared<Question>(request);
    offer(question);
    return [this, question, stop]() -> acp::Reply<acp::ElicitationResponse> {
        auto response = question->waitForForm(stop);
        if (stop.stop_requested())
            post([this, id = question->id()] { emit questionWithdrawn(id); });
        return response;
    };
}

void AcpClient::offer(const std::shared_ptr<Question> &question)
{
    post([this, question] {
        std::erase_if(m_open, [](const auto &entry) {
            const auto kept = entry.second.lock();
            return !kept || !kept->isOpen();
        });
        m_open[question->id()] = question;
        emit questionAsked(question);
    });
}

void AcpClient::closed(const std::string &reason)
{
    post([this, text = QString::fromStdString(reason)] { lost(text); });
}

void AcpClient::lost(const QString &reason)
{
    if (!m_connected)
        return;
    m_connected = false;
    m_ready = false;
    for (const auto &[id, weak] : m_open) {
        if (const auto question = weak.lock(); question && question->cancel())
            emit questionWithdrawn(id);
    }
    m_open.clear();
    endSessions();
    emit agentGone(reason);
}

} // namespace ui
