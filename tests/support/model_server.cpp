#include "tests/support/model_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace support {

namespace {

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Reads one request; nothing when the client left.
std::optional<ModelRequest> receive(int fd)
{
    std::string bytes;
    const auto more = [&] {
        char buffer[16 * 1024];
        const ssize_t count = ::recv(fd, buffer, sizeof buffer, 0);
        if (count > 0)
            bytes.append(buffer, static_cast<std::size_t>(count));
        return count > 0;
    };
    std::size_t end = 0;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
        if (!more())
            return {};
    }
    ModelRequest request;
    request.head = bytes.substr(0, end + 2);
    request.method = request.head.substr(0, request.head.find(' '));
    const std::size_t at = request.method.size() + 1;
    request.path = request.head.substr(at, request.head.find(' ', at) - at);
    const std::string length = request.header("content-length");
    const std::size_t whole = end + 4 + (length.empty() ? 0 : std::stoul(length));
    while (bytes.size() < whole) {
        if (!more())
            return {};
    }
    request.body = ph::Json::parse(bytes.substr(end + 4), nullptr, false);
    return request;
}

std::string headOf(int status, const std::string &type, const std::string &more)
{
    return "HTTP/1.1 " + std::to_string(status) + " Answer\r\nContent-Type: " + type + "\r\nConnection: close\r\n" + more + "\r\n";
}

std::string sized(std::size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n"; }

ph::Json errorOf(const ModelAnswer &answer) { return {{"type", "error"}, {"error", {{"type", answer.errorType}, {"message", answer.errorMessage}}}}; }

/// The answer as one JSON text.
ph::Json wholeMessage(const ModelAnswer &answer)
{
    ph::Json content = ph::Json::array();
    if (!answer.thought.empty())
        content.push_back({{"type", "thinking"}, {"thinking", answer.thought}, {"signature", answer.signature}});
    if (!answer.text.empty())
        content.push_back({{"type", "text"}, {"text", answer.text}});
    for (std::size_t i = 0; i < answer.calls.size(); ++i)
        content.push_back(
            {{"type", "tool_use"}, {"id", "toolu_" + std::to_string(i + 1)}, {"name", answer.calls[i].name}, {"input", answer.calls[i].input}});
    return {{"type", "message"},
            {"content", content},
            {"stop_reason", answer.calls.empty() ? "end_turn" : "tool_use"},
            {"usage", {{"input_tokens", answer.inputTokens}, {"output_tokens", answer.outputTokens}}}};
}

ph::Json wholeCompletion(const ModelAnswer &answer)
{
    ph::Json message{{"role", "assistant"}, {"content", answer.text}};
    if (!answer.thought.empty())
        message["reasoning_content"] = answer.thought;
    for (std::size_t i = 0; i < answer.calls.size(); ++i)
        message["tool_calls"].push_back({{"id", "toolu_" + std::to_string(i + 1)},
                                         {"type", "function"},
                                         {"function", {{"name", answer.calls[i].name}, {"arguments", answer.calls[i].input.dump()}}}});
    return {{"object", "chat.completion"},
            {"choices", {{{"index", 0}, {"message", message}, {"finish_reason", answer.calls.empty() ? "stop" : "tool_calls"}}}}};
}

} // namespace

std::string ModelRequest::header(const std::string &name) const
{
    const std::string start = "\r\n" + name + ":";
    const std::size_t at = lowered(head).find(start);
    if (at == std::string::npos)
        return {};
    std::size_t begin = at + start.size();
    while (head[begin] == ' ')
        ++begin;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

ModelServer::ModelServer()
    : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    m_otherwise.text = "Done.";
    m_models = {{"data", ph::Json::array()}};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(m_listener, reinterpret_cast<sockaddr *>(&address), size) != 0 || ::listen(m_listener, 64) != 0)
        throw std::runtime_error("The model server cannot listen."); // A test cannot go on without it.
    ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

ModelServer::~ModelServer()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
        ::shutdown(m_listener, SHUT_RDWR);
        for (const int fd : m_connections)
            ::shutdown(fd, SHUT_RDWR);
    }
    m_acceptor.join();
    for (std::thread &server : m_servers)
        server.join();
    ::close(m_listener);
}

void ModelServer::then(Answer answer)
{
    const std::lock_guard lock(m_mutex);
    m_answers.push_back(std::move(answer));
}

void ModelServer::then(ModelAnswer answer)
{
    then([answer = std::move(answer)](const ModelRequest &) { return answer; });
}

void ModelServer::thenText(std::string text)
{
    ModelAnswer answer;
    answer.text = std::move(text);
    then(std::move(answer));
}

void ModelServer::thenThought(std::string thought, std::string text)
{
    ModelAnswer answer;
    answer.thought = std::move(thought);
    answer.text = std::move(text);
    then(std::move(answer));
}

void ModelServer::thenTools(std::vector<ToolUse> calls, std::string text)
{
    ModelAnswer answer;
    answer.text = std::move(text);
    answer.calls = std::move(calls);
    then(std::move(answer));
}

void ModelServer::thenError(int status, std::string type, std::string retryAfter)
{
    ModelAnswer answer;
    answer.status = status;
    answer.errorType = std::move(type);
    answer.retryAfter = std::move(retryAfter);
    then(std::move(answer));
}

void ModelServer::thenCut(std::string text)
{
    ModelAnswer answer;
    answer.text = std::move(text);
    answer.cutAfter = ModelAnswer::firstText;
    then(std::move(answer));
}

void ModelServer::thenStall(std::string text)
{
    ModelAnswer answer;
    answer.text = std::move(text);
    answer.stallAfter = ModelAnswer::firstText;
    then(std::move(answer));
}

void ModelServer::forget()
{
    const std::lock_guard lock(m_mutex);
    m_answers.clear();
}

void ModelServer::setOtherwise(ModelAnswer answer)
{
    const std::lock_guard lock(m_mutex);
    m_otherwise = std::move(answer);
}

void ModelServer::setModels(ph::Json models)
{
    const std::lock_guard lock(m_mutex);
    m_models = std::move(models);
}

void ModelServer::splitEveryByte()
{
    const std::lock_guard lock(m_mutex);
    m_splits = true;
}

std::vector<ModelRequest> ModelServer::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

ModelRequest ModelServer::lastRequest() const
{
    const std::lock_guard lock(m_mutex);
    if (m_requests.empty())
        throw std::runtime_error("The model server was asked nothing.");
    return m_requests.back();
}

bool ModelServer::waitForRequests(std::size_t count, std::chrono::milliseconds patience) const
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, patience, [&] { return m_requests.size() >= count; });
}

void ModelServer::accept()
{
    for (int fd = 0; (fd = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        const std::lock_guard lock(m_mutex);
        if (m_isEnding) {
            ::close(fd);
            return;
        }
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        m_connections.push_back(fd);
        m_servers.emplace_back([this, fd] {
            serve(fd);
            const std::lock_guard closing(m_mutex);
            std::erase(m_connections, fd);
            ::close(fd);
        });
    }
}

void ModelServer::serve(int fd)
{
    const auto request = receive(fd);
    if (!request)
        return;
    if (request->method == "GET") {
        std::string body;
        {
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(*request);
            m_changed.notify_all();
            body = m_models.dump();
        }
        send(fd, headOf(200, "application/json", sized(body.size())) + body);
        return;
    }
    const ModelAnswer answer = nextAnswer(*request);
    const bool isChat = request->path.ends_with("/chat/completions");
    if (answer.status != 200) {
        const std::string body = errorOf(answer).dump();
        const std::string wait = answer.retryAfter.empty() ? "" : "Retry-After: " + answer.retryAfter + "\r\n";
        send(fd, headOf(answer.status, "application/json", sized(body.size()) + wait) + body);
    } else if (answer.raw) {
        sendStream(fd, {*answer.raw}, answer, 1);
    } else if (!answer.isStreamed) {
        const std::string body = (isChat ? wholeCompletion(answer) : wholeMessage(answer)).dump();
        send(fd, headOf(200, "application/json", sized(body.size())) + body);
    } else {
        // Before the text there are a role, or the start of the message, a ping and the start of the block.
        sendStream(fd, isChat ? chatEvents(answer) : messagesEvents(answer), answer, isChat ? 2 : 4);
    }
}

ModelAnswer ModelServer::nextAnswer(const ModelRequest &request)
{
    Answer answer;
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
        m_changed.notify_all();
        if (m_answers.empty())
            return m_otherwise;
        answer = std::move(m_answers.front());
        m_answers.pop_front();
    }
    return answer(request);
}

bool ModelServer::send(int fd, std::string_view bytes) const
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool ModelServer::sendChunk(int fd, std::string_view bytes) const
{
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return send(fd, size + std::string(bytes) + "\r\n");
}

void ModelServer::sendStream(int fd, const std::vector<std::string> &events, const ModelAnswer &answer, std::size_t firstText) const
{
    const auto isAt = [&](const std::optional<std::size_t> &place, std::size_t i) {
        return place && (*place == ModelAnswer::firstText ? firstText : *place) == i;
    };
    bool splits = false;
    {
        const std::lock_guard lock(m_mutex);
        splits = m_splits;
    }
    const auto sendEvent = [&](std::string_view event) {
        for (std::size_t at = 0; splits && at < event.size(); ++at) {
            if (!sendChunk(fd, event.substr(at, 1)))
                return false;
        }
        return splits || sendChunk(fd, event);
    };
    if (!send(fd, headOf(200, "text/event-stream; charset=utf-8", "Transfer-Encoding: chunked\r\n")))
        return;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (isAt(answer.cutAfter, i)) {
            ::shutdown(fd, SHUT_RDWR);
            return;
        }
        if (isAt(answer.stallAfter, i))
            return waitUntilLeft(fd);
        if (isAt(answer.errorAfter, i)) {
            sendEvent("event: error\ndata: " + errorOf(answer).dump() + "\n\n");
            break;
        }
        if (!sendEvent(events[i]))
            return;
    }
    send(fd, "0\r\n\r\n");
}

void ModelServer::waitUntilLeft(int fd) const
{
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) { }
}

} // namespace support
