#pragma once

#include "agent/model/model.h"
#include "agent/session/meter.h"

namespace agent {

/// Replaces a conversation that has grown too long by its summary. The model writes it; what of the conversation must not be lost (what
/// the user asked for last, word for word) is kept beside it.
class Compaction
{
public:
    /// `instructions` tell the model what a summary has to hold. `hasUpdates`: the client offers session.compaction.
    explicit Compaction(std::string instructions, bool hasUpdates = false);

    /// `history` is one user message then, which the journal has too: `_posthog/compact_boundary` carries it in `_meta.hoglet.summary`.
    /// The client hears `_posthog/status` "compacting" before, and compaction_update where it offers to hear that. `trigger`: "auto" or "manual". On an error `history` is as it was.
    ph::Result<> run(std::vector<model::Message> &history, model::Model &model, const std::string &system, const Wire &wire, Meter &meter,
                     const std::string &trigger, std::stop_token stop) const;

private:
    ph::Result<> sumUp(std::vector<model::Message> &history, model::Model &model, const std::string &system, const Wire &wire, Meter &meter,
                       const std::string &trigger, std::stop_token stop) const;

    const std::string m_instructions;
    const bool m_hasUpdates;
};

/// The one message that stands for all that was before it.
model::Message summaryMessage(const std::string &text);

} // namespace agent
