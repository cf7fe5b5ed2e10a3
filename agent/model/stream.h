#pragma once

#include "agent/model/model.h"
#include "agent/model/service.h"
#include "driver/base/clock.h"
#include "driver/posthog/retry.h"

#include <functional>
#include <memory>

/// One answer of a service, streamed, asked for again while it is refused for the moment.
namespace model {

/// Understands what one API sends.
class AnswerReader
{
public:
    virtual ~AnswerReader() = default;
    /// One event of the stream. Never an error of the service: those are seen before.
    virtual void takeEvent(const ph::Json &event) = 0;
    /// The answer of a service that did not stream, instead of events.
    virtual void takeWhole(const ph::Json &answer) = 0;
    /// The stream says that it is over.
    virtual void takeDone() { }
    /// Whether the end of the answer was among what was taken.
    virtual bool isWhole() const = 0;
    /// Whether the listener has heard something of the answer: then it is not asked for again.
    virtual bool hasSpoken() const = 0;
    virtual Reply finish() = 0;
};

/// How long a service is waited for.
struct Patience {
    posthog::RetryPolicy retry{.retries = 6, .first = std::chrono::milliseconds(500), .longest = std::chrono::seconds(30)};
    std::chrono::seconds longestWait{120}; // that a Retry-After may ask for; a longer one is the error
    std::chrono::milliseconds silence{600'000}; // without a byte: local servers may read a long prompt for minutes
};

/// What is shared by all requests. Everything outlives the models.
struct Network {
    http::Client &client;
    ph::Clock &clock = ph::systemClock();
    Patience patience = {};
};

/// Posts `body` and reads the answer with a reader of `makeReader`, a new one for each try. Refusals of the moment (429, 5xx, 529,
/// overloaded, a connection that breaks) are waited out, which the listener is told by onNotice(); but once the answer itself has
/// begun to be heard, a break is an error Network or RateLimited, and it is for the caller to ask again.
ph::Result<Reply> askService(const Network &network, const Service &service, const std::string &path, const ph::Json &body,
                             const std::function<std::unique_ptr<AnswerReader>()> &makeReader, Listener &listener, std::stop_token stop);

} // namespace model
