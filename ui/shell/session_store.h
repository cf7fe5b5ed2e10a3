#pragma once

#include "driver/base/result.h"

#include <stop_token>
#include <string>
#include <vector>

namespace ui {

/// A run of the agent that is kept in the journal.
struct PastSession {
    std::string runId;
    std::string title;     // empty: nothing was said yet
    std::string updatedAt; // ISO 8601, UTC
    std::string workflow;  // id, when it was a workflow's run
    bool waits = false;    // its program ended while it waited for an answer
    std::string agent = {};     // id of the agent that it was held with; "": the embedded one
    std::string agentName = {}; // as that one called itself
    std::string folder = {};    // where it works; "" when the log does not say
};

/// The runs that are kept. Filled by app from the journal. Calls may take time and are made on worker threads.
class SessionStore
{
public:
    virtual ~SessionStore() = default;

    /// Newest first.
    virtual ph::Result<std::vector<PastSession>> list(std::stop_token stop) = 0;

    /// Every line of a run in its order: JSON-RPC messages, bare or as stored entries ({"type": "notification",
    /// "notification": {…}}). Error: NotFound.
    virtual ph::Result<std::vector<std::string>> lines(const std::string &runId, std::stop_token stop) = 0;

    /// Deletes a run with its log. One that is not there is deleted already.
    virtual ph::Result<> remove(const std::string &runId) = 0;
};

} // namespace ui
