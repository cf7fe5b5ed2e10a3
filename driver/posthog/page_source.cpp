#include "driver/posthog/page_source.h"

#include "driver/base/ids.h"
#include "driver/http/url.h"
#include "driver/posthog/query_answer.h"

#include <algorithm>
#include <array>

namespace posthog {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int tries = 10; // with the pauses between them about two minutes

RetryPolicy pausesOf(const Api &api)
{
    RetryPolicy pauses = api.retry();
    pauses.retries = tries;
    pauses.longest *= 6;
    return pauses;
}

/// Whether PostHog refused a query because it was too much work: its own words, ClickHouse's names, and a gateway's status.
bool isTooSlow(const http::Response &response)
{
    if (response.status == 504 || response.status == 408)
        return true;
    if (response.status != 400 && response.status != 500 && response.status != 512)
        return false;
    std::string text = response.body.substr(0, 4096);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array<std::string_view, 8> signs{"timeout",  "timed out", "time out",   "too long to",
                                                    "too slow", "max_execution_time", "memory limit", "memory_limit"};
    return std::any_of(signs.begin(), signs.end(), [&](std::string_view sign) { return text.find(sign) != std::string::npos; });
}

} // namespace

Sending PageSource::sendingOf(bool isQuery) const
{
    Sending sending;
    sending.classes = only(RateClass::Query);
    sending.urgency = Urgency::Background;
    sending.longestWait = std::chrono::hours(24 * 365);
    sending.retry = pausesOf(m_api);
    sending.retry.repeatsTimeouts = !isQuery;
    sending.onWait = m_onWait;
    return sending;
}

bool PageSource::waitUntil(ph::Time time, const std::string &what, const std::stop_token &stop)
{
    if (m_onWait)
        m_onWait(Wait{what, time});
    const bool isOver = m_api.clock().waitUntil(time, stop);
    if (m_onWait)
        m_onWait({});
    return isOver;
}

tl::expected<QueryPage, PageFault> PageSource::fetch(const Statement &statement, std::stop_token stop)
{
    for (int attempt = 0;; ++attempt) {
        bool passes = false;
        auto page = tryOnce(statement, stop, passes);
        if (page || !passes || attempt + 1 >= tries)
            return page;
        if (!waitUntil(m_api.clock().now() + pauseBefore(attempt, pausesOf(m_api), 0.5), "the network", stop))
            return tl::unexpected(PageFault{{ph::ErrorCode::Cancelled, "The export was stopped."}});
    }
}

tl::expected<QueryPage, PageFault> PageSource::tryOnce(const Statement &statement, const std::stop_token &stop, bool &passes)
{
    const auto fault = [](ph::Error error, PageFault::Kind kind = PageFault::Kind::Final) {
        return tl::unexpected(PageFault{std::move(error), kind});
    };
    const std::string id = ph::uuid4();
    ph::Json body = Api::queryBody({{"kind", "HogQLQuery"}, {"query", statement.hogql}, {"values", statement.values}}, id);
    body["refresh"] = "force_blocking"; // rows as they are now, not as they were when somebody asked the same
    http::Request request;
    request.method = "POST";
    request.url = m_api.projectPath("query/");
    request.body = body.dump(-1, ' ', false, ph::Json::error_handler_t::replace);
    request.headers.emplace_back("Content-Type", "application/json");
    const auto latest = std::chrono::steady_clock::now() + request.timeout;
    auto response = m_api.exchange(request, sendingOf(true), stop);
    if (response)
        response = finished(std::move(*response), stop);
    if (!response && response.error().code == ph::ErrorCode::Cancelled)
        m_api.cancelQuery(id);
    if (!response) {
        passes = response.error().code == ph::ErrorCode::Network;
        if (passes && response.error().message.find(http::tooLong) != std::string::npos) {
            passes = false;
            return fault(response.error(), PageFault::Kind::TooLong);
        }
        if (passes && std::chrono::steady_clock::now() >= latest) {
            passes = false;
            m_api.cancelQuery(id);
            return fault(response.error(), PageFault::Kind::TooSlow);
        }
        return fault(response.error());
    }
    if (isTooSlow(*response))
        return fault(m_api.errorOf(*response), PageFault::Kind::TooSlow);
    if (response->status < 200 || response->status >= 300)
        return fault(m_api.errorOf(*response));
    const bool isData = response->body.find_first_not_of(" \t\r\n") != std::string::npos && response->body[response->body.find_first_not_of(" \t\r\n")] == '{';
    if (!isData) {
        passes = true; // a proxy's page of the moment; if it stays, this is what is said
        return fault(m_api.unreadable(*response));
    }
    auto page = m_reader.read(std::move(response->body), m_api.host());
    if (!page) {
        passes = page.error().code == ph::ErrorCode::Network;
        return fault(page.error());
    }
    return std::move(*page);
}

/// Where PostHog put the query off, the answer when it is there.
ph::Result<http::Response> PageSource::finished(http::Response response, const std::stop_token &stop)
{
    milliseconds wait{500};
    while (response.status == 202) {
        const ph::Json answer = ph::Json::parse(response.body, nullptr, false);
        const auto status = answer.is_object() ? answer.find("query_status") : answer.end();
        if (!isPending(answer) || !status->contains("id") || !status->at("id").is_string())
            return response;
        const std::string id = status->at("id").get<std::string>();
        if (!m_api.clock().waitUntil(m_api.clock().now() + wait, stop)) {
            m_api.cancelQuery(id);
            return ph::fail(ph::ErrorCode::Cancelled, "The export was stopped.");
        }
        wait = std::min(wait * 13 / 10, milliseconds(5'000));
        http::Request request;
        request.url = m_api.projectPath("query/" + http::percentEncode(id) + "/");
        auto next = m_api.exchange(request, sendingOf(false), stop);
        if (!next)
            return next;
        response = std::move(*next);
    }
    return response;
}

} // namespace posthog
