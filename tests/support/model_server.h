#pragma once

#include "driver/base/json_fields.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace support {

struct ToolUse {
    std::string name;
    ph::Json input = ph::Json::object();
    std::string id = {}; // empty: "toolu_1", "toolu_2", …
    std::string rawInput = {}; // sent as the input's JSON instead, whatever it is
};

/// What the server answers one request with: an answer of the model, and what goes wrong with it.
struct ModelAnswer {
    std::string thought = {};
    std::string signature = "c2lnbmVk"; // of the thought; only the Messages API has one
    std::string redactedThought = {};
    std::string text = {};
    std::vector<ToolUse> calls = {};
    std::string stopReason = {}; // in the API's own words; empty: as the content says
    std::int64_t inputTokens = 100, cachedRead = 0, cachedWrite = 0, outputTokens = 10;

    int status = 200; // another one: an error with the two texts below
    std::string errorType = "api_error";
    std::string errorMessage = "It went wrong.";
    std::string retryAfter = {}; // the header

    static constexpr std::size_t firstText = static_cast<std::size_t>(-1); // as a number of events: up to the first piece of the text
    std::optional<std::size_t> cutAfter = {}; // events; then the connection breaks
    std::optional<std::size_t> stallAfter = {}; // events; then nothing more comes, until the client leaves
    std::optional<std::size_t> errorAfter = {}; // events; then the error comes as an event
    bool isStreamed = true; // false: as one JSON text
    std::optional<std::string> raw = {}; // the body instead of all that, with the content type of a stream
};

struct ModelRequest {
    std::string method;
    std::string path;
    std::string head; // as it came
    ph::Json body;

    /// The header of that name (lower case), or "".
    std::string header(const std::string &name) const;
};

/// A language model's service on loopback that says what a test tells it to, over real sockets and in real event streams. It speaks
/// Anthropic's Messages API (POST …/v1/messages) and chat completions (POST …/chat/completions) to whoever asks, and lists `models`
/// (GET …/models). Any thread.
///
///     ModelServer server;
///     server.thenTools({{"Read", {{"path", "/a"}}}}, "Let me look.");
///     server.thenError(529, "overloaded_error");
///     server.thenText("Done.");
class ModelServer
{
public:
    using Answer = std::function<ModelAnswer(const ModelRequest &)>;

    ModelServer();
    ~ModelServer();

    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); } // what ANTHROPIC_BASE_URL is set to
    std::string openAiUrl() const { return url() + "/v1"; } // what OPENAI_BASE_URL is set to

    // The next answers, one each, in their order. When none is left: `otherwise`.
    void then(ModelAnswer answer);
    void then(Answer answer);
    void thenText(std::string text);
    void thenThought(std::string thought, std::string text);
    void thenTools(std::vector<ToolUse> calls, std::string text = {});
    /// Refused with that status.
    void thenError(int status, std::string type = "api_error", std::string retryAfter = {});
    /// Begins to say the text, and breaks off.
    void thenCut(std::string text);
    /// Begins to say the text, and then nothing until the client leaves.
    void thenStall(std::string text = "Hm");
    void setOtherwise(ModelAnswer answer);
    /// Takes back the answers that nobody has asked for.
    void forget();

    /// What …/models answers.
    void setModels(ph::Json models);
    /// Each byte of a body goes out by itself.
    void splitEveryByte();

    std::vector<ModelRequest> requests() const;
    /// The last one. A test that gets none fails.
    ModelRequest lastRequest() const;
    /// False when there are not so many in time.
    bool waitForRequests(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds(10)) const;

private:
    void accept();
    void serve(int fd);
    ModelAnswer nextAnswer(const ModelRequest &request);
    bool send(int fd, std::string_view bytes) const;
    bool sendChunk(int fd, std::string_view bytes) const;
    void sendStream(int fd, const std::vector<std::string> &events, const ModelAnswer &answer, std::size_t firstText) const;
    void waitUntilLeft(int fd) const;

    int m_listener = -1;
    std::uint16_t m_port = 0;
    mutable std::mutex m_mutex; // Guards what follows, up to the threads.
    mutable std::condition_variable m_changed;
    std::deque<Answer> m_answers;
    ModelAnswer m_otherwise;
    ph::Json m_models;
    std::vector<ModelRequest> m_requests;
    std::vector<int> m_connections;
    bool m_splits = false;
    bool m_isEnding = false;
    std::vector<std::thread> m_servers;
    std::thread m_acceptor;
};

/// The events of an answer, as each API sends them, each with its blank line.
std::vector<std::string> messagesEvents(const ModelAnswer &answer);
std::vector<std::string> chatEvents(const ModelAnswer &answer);

} // namespace support
