#pragma once

#include "agent/acp/agent_side.h"
#include "agent/model/model.h"
#include "agent/permissions/policy.h"
#include "agent/tools/tool.h"

#include <functional>
#include <memory>
#include <set>

namespace agent {

/// What a turn works with. Everything outlives it.
struct TurnSetting {
    acp::SessionId session;
    acp::Client &client;
    model::Model &model;
    const std::vector<std::shared_ptr<tools::Tool>> &tools;
    std::function<permissions::Mode()> mode;  // asked at each call: it may change in mid-turn
    std::set<std::string> &alwaysAllowed;     // names of tools, for this session
    bool canElicit = false;                   // the client offers elicitation.form
};

/// Answers the last message of `history`, which is the user's: asks the model, runs the tools it calls, and asks again, until it calls no
/// more. `history` grows by what was said and done, as historyFrom() would read it from the journal.
///
/// Returns the stop reason: the model's own, "max_turn_requests" after 200 steps, or "cancelled" when `stop` was requested or the user
/// dismissed a question. Every call has then ended (completed or failed) for the client. Error: the model's own.
ph::Result<std::string> runTurn(std::vector<model::Message> &history, const TurnSetting &setting, std::stop_token stop);

} // namespace agent
