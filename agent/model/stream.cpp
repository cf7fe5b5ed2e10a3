#include "agent/model/stream.h"

#include "agent/model/json_read.h"
#include "driver/base/json_depth.h"
#include "driver/http/sse_parser.h"

#include <algorithm>
#include <random>

namespace model {

namespace {

constexpr int deepestEvent = 128;
constexpr std::size_t longestAnswer = 64 * 1024 * 1024;
constexpr int breaks = 2; // connections that may break before anything was heard

ph::Json readJson(std::string_view text)
{
    if (ph::isNestedDeeper(text, deepestEvent))
        return ph::Json::value_t::discarded;
    return ph::Json::parse(text, nullptr, false);
}

bool isServiceError(const ph::Json &event)
{
    return textAt(event, "type") == "error" || memberAt(event, "error").is_object() || memberAt(event, "error").is_string();
}

/// The bytes of one answer: events for the reader, or a text that is no stream.
class Body
{
public:
    Body(AnswerReader &reader, const Service &service, const ServiceRequest &request)
        : m_reader(reader)
        , m_service(service)
        , m_request(request)
    {
    }

    /// False when there is no use in more.
    bool take(std::string_view bytes)
    {
        // JSON begins with a brace, which no field of a stream does; a page of HTML is kept for the same reason: to be told about.
        if (m_kind == Kind::Unknown) {
            const std::size_t first = bytes.find_first_not_of(" \t\r\n");
            if (first == std::string_view::npos)
                return true;
            m_kind = bytes[first] == '{' || bytes[first] == '<' || bytes[first] == '[' ? Kind::Text : Kind::Stream;
        }
        if (m_kind == Kind::Text) {
            text.append(bytes);
            return true;
        }
        const auto events = m_parser.feed(bytes);
        if (!events) {
            refusal = Refusal{events.error()};
            return false;
        }
        return std::all_of(events->begin(), events->end(), [&](const http::ServerEvent &event) { return takeEvent(event.data); });
    }

    std::string text; // of an answer that is no stream
    std::optional<Refusal> refusal; // in the middle of the stream

private:
    bool takeEvent(const std::string &data)
    {
        if (data == "[DONE]") {
            m_reader.takeDone();
            return false;
        }
        const ph::Json event = readJson(data);
        if (event.is_discarded()) {
            refusal = Refusal{{ph::ErrorCode::Network, m_service.name + " sent something that is no JSON in its answer."}, true};
            return false;
        }
        if (isServiceError(event)) {
            refusal = refusalOf(m_service, m_request, event);
            return false;
        }
        m_reader.takeEvent(event);
        return textAt(event, "type") != "message_stop"; // A connection that stays open would be waited for.
    }

    enum class Kind { Unknown, Stream, Text } m_kind = Kind::Unknown;
    AnswerReader &m_reader;
    const Service &m_service;
    const ServiceRequest &m_request;
    http::SseParser m_parser;
};

/// What became of one try.
struct Outcome {
    std::optional<Reply> reply;
    Refusal refusal;
    std::optional<std::chrono::seconds> wait; // that the service asked for
    bool hasBroken = false; // the connection, not the service
    bool hasSpoken = false;
};

Outcome broken(ph::Error error, bool hasSpoken)
{
    Outcome outcome;
    outcome.hasBroken = true;
    outcome.hasSpoken = hasSpoken;
    outcome.refusal = {std::move(error), true};
    return outcome;
}

Outcome tryOnce(const Network &network, const Service &service, const ServiceRequest &request, AnswerReader &reader, const std::stop_token &stop)
{
    Body body(reader, service, request);
    auto response = network.client.stream(
        request.http, [&](std::string_view bytes) { return body.take(bytes); }, stop);
    Outcome outcome;
    if (!response && (response.error().code != ph::ErrorCode::Network || !reader.isWhole())) {
        const ph::Error error{response.error().code, withoutSecrets(response.error().message, request)};
        if (error.code == ph::ErrorCode::Network)
            return broken(error, reader.hasSpoken());
        outcome.refusal.error = error;
        return outcome;
    }
    if (response && (response->status < 200 || response->status > 299)) {
        response->body = std::move(body.text);
        outcome.refusal = refusalOf(service, request, *response);
        outcome.wait = posthog::retryAfter(*response, network.clock.now());
        return outcome;
    }
    if (!body.refusal && !body.text.empty()) {
        const ph::Json answer = readJson(body.text);
        if (isServiceError(answer))
            body.refusal = refusalOf(service, request, answer);
        else if (answer.is_object())
            reader.takeWhole(answer);
        else
            body.refusal
                = Refusal{{ph::ErrorCode::InvalidInput, service.name + " answered with something that is no answer of a model; check its address."}};
    }
    outcome.hasSpoken = reader.hasSpoken();
    if (body.refusal) {
        outcome.refusal = *std::move(body.refusal);
        return outcome;
    }
    if (!reader.isWhole())
        return broken({ph::ErrorCode::Network, "The answer of " + service.name + " broke off."}, outcome.hasSpoken);
    outcome.reply = reader.finish();
    return outcome;
}

std::string noticeOf(const ph::Error &error, std::chrono::milliseconds pause)
{
    const auto seconds = std::max<std::chrono::seconds>(std::chrono::ceil<std::chrono::seconds>(pause), std::chrono::seconds(1));
    return error.message + " Trying again in " + std::to_string(seconds.count()) + " s.";
}

} // namespace

ph::Result<Reply> askService(const Network &network, const Service &service, const std::string &path, const ph::Json &body,
                             const std::function<std::unique_ptr<AnswerReader>()> &makeReader, Listener &listener, std::stop_token stop)
{
    const auto cancelled = [] { return ph::fail(ph::ErrorCode::Cancelled, "Cancelled."); };
    static thread_local std::minstd_rand random{std::random_device{}()};
    const Patience &patience = network.patience;
    const std::string text = body.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
    int broke = 0;
    for (int refused = 0;; ++refused) {
        if (stop.stop_requested())
            return cancelled();
        auto request = requestTo(service, path); // anew: the key may have changed
        if (!request)
            return ph::fail(request.error());
        request->http.method = "POST";
        request->http.headers.emplace_back("Content-Type", "application/json");
        request->http.headers.emplace_back("Accept", "text/event-stream");
        request->http.body = text;
        request->http.timeout = std::chrono::milliseconds(0);
        request->http.silence = patience.silence;
        request->http.maximumBody = longestAnswer;

        const auto reader = makeReader();
        const auto begun = std::chrono::steady_clock::now();
        auto outcome = tryOnce(network, service, *request, *reader, stop);
        if (outcome.reply)
            return *std::move(outcome.reply);
        const Refusal &refusal = outcome.refusal;
        if (stop.stop_requested() || refusal.error.code == ph::ErrorCode::Cancelled)
            return cancelled();
        if (refusal.windowIsFull && !outcome.hasSpoken) {
            Reply reply;
            reply.windowIsFull = true;
            reply.stopReason = "max_tokens";
            return reply;
        }
        if (outcome.hasSpoken && refusal.passes)
            return ph::fail(refusal.error.code, refusal.error.message + " What it had said so far is kept; ask again to go on.");
        const bool wasSilent = outcome.hasBroken && std::chrono::steady_clock::now() - begun >= patience.silence;
        const auto pause = outcome.wait ? std::chrono::milliseconds(*outcome.wait)
                                        : posthog::pauseBefore(refused, patience.retry, std::uniform_real_distribution<>(0, 1)(random));
        const bool isOver
            = refused >= patience.retry.retries || wasSilent || pause > patience.longestWait || (outcome.hasBroken && broke++ >= breaks);
        if (!refusal.passes || outcome.hasSpoken || isOver)
            return ph::fail(refusal.error);
        listener.onNotice(noticeOf(refusal.error, pause));
        if (!network.clock.waitUntil(network.clock.now() + pause, stop))
            return cancelled();
    }
}

} // namespace model
