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
    explicit PageSource(Api &api)
        : m_api(api)
    {
    }

    tl::expected<QueryPage, PageFault> fetch(const Statement &statement, std::stop_token stop);

private:
    tl::expected<QueryPage, PageFault> tryOnce(const Statement &statement, const std::stop_token &stop, bool &passes);
    ph::Result<http::Response> finished(http::Response response, const std::stop_token &stop);

    Api &m_api;
    QueryPageReader m_reader;
};

} // namespace posthog
