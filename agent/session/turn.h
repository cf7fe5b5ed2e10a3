#pragma once

#include "agent/session/call_runner.h"
#include "agent/session/compaction.h"
#include "agent/session/meter.h"

#include <stop_token>

namespace agent {

/// What a turn works with. Everything outlives it.
struct TurnSetting {
    model::Model &model;
    CallSetting calls;
    Meter &meter;
    const Compaction &compaction;
    std::string system = {};  // what the model is told before the conversation
    std::string effort = {};  // one of the model's, or ""
    int maximumSteps = 200;
};

/// Answers the last message of `history`, which is the user's: asks the model, runs the tools it calls, and asks again, until it calls no
/// more. `history` grows by what was said and done, as historyFrom() would read it from the journal; when the model's window fills it is
/// replaced by its summary.
///
/// Returns the stop reason: the model's own, "max_turn_requests" after the last step, or "cancelled" when `stop` was requested or the user
/// dismissed a question. Every call has then ended (completed or failed) for the client. Error: the model's own.
ph::Result<std::string> runTurn(std::vector<model::Message> &history, const TurnSetting &setting, std::stop_token stop);

} // namespace agent
