#pragma once

#include "driver/posthog/api.h"
#include "driver/posthog/export_queries.h"
#include "driver/posthog/query_page.h"

namespace posthog {

/// Why a page did not come.
struct PageFault {
    ph::Error error;
    enum class Kind { Final, TooSlow, TooLong } kind = Kind::Final; // the last two: ask for less
};

/// Sends an export's statements: in the background of the budget, waiting for it as long as it takes, and again through faults
/// of the network and of gateways that pass within some minutes. One thread at a time.
class PageSource
{
public:
    /// `onWait` hears of what a statement waits for: the budget, PostHog's Retry-After, a fault that passes.
    explicit PageSource(Api &api, OnWait onWait = {})
        : m_api(api)
        , m_onWait(std::move(onWait))
    {
    }

    tl::expected<QueryPage, PageFault> fetch(const Statement &statement, std::stop_token stop);

private:
    tl::expected<QueryPage, PageFault> tryOnce(const Statement &statement, const std::stop_token &stop, bool &passes);
    ph::Result<http::Response> finished(http::Response response, const std::stop_token &stop);

    bool waitUntil(ph::Time time, const std::string &what, const std::stop_token &stop);
    Sending sendingOf(bool isQuery) const;

    Api &m_api;
    const OnWait m_onWait;
    QueryPageReader m_reader;
};

} // namespace posthog
