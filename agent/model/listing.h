#pragma once

#include "agent/model/facts.h"

namespace model {

/// What a service lists: {"data": [{"id", …}]} or {"models": […]}, with what Anthropic, PostHog's gateway, OpenRouter, vLLM and
/// llama.cpp say of their models. What is missing is taken from `facts`; models that cannot hold a conversation are left out.
/// `isAnthropic`: whatever they are called, they speak the Messages API.
std::vector<ModelFacts> listedModels(const ph::Json &answer, const FactTable &facts, bool isAnthropic);

} // namespace model
