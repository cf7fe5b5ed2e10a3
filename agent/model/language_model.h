#pragma once

#include "agent/model/facts.h"
#include "agent/model/stream.h"

#include <memory>

namespace model {

/// A model of a service, as it was chosen.
struct LanguageModel {
    std::string id; // in settings and sessions: "anthropic/claude-opus-5-5"
    ModelFacts facts;
    Service service;
    std::int64_t maximumOutput = 0; // tokens of one answer; 0: a default
};

/// A model of Anthropic's Messages API; `service.baseUrl` ends before "/v1/messages".
std::shared_ptr<Model> makeMessagesModel(Network network, LanguageModel model);

/// A model behind OpenAI's chat completions; `service.baseUrl` ends before "/chat/completions".
std::shared_ptr<Model> makeChatModel(Network network, LanguageModel model);

} // namespace model
