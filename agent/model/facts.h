#pragma once

#include "agent/model/model.h"

#include <optional>
#include <string_view>

namespace model {

/// US dollars for a million tokens.
struct Rates {
    double input = 0;
    double cachedRead = 0;
    double cachedWrite = 0;
    double output = 0;
};

struct Prices {
    Rates rates;
    std::int64_t longPrompt = 0; // tokens of a request above which all its tokens cost `longRates`; 0: never
    Rates longRates = {};
};

/// How a model of the Messages API is asked to think.
enum class Thinking { None, Adaptive, Budget };

/// What is known of a model beside what its service says.
struct ModelFacts {
    std::string id; // the service's name for it: "claude-opus-5-5"
    std::string name; // "Claude Opus 5.5"
    Info info;
    Thinking thinking = Thinking::None;
    std::optional<Prices> prices;
    bool isAnthropic = false; // speaks the Messages API
};

/// The models of resources/models.json, in its order.
class FactTable
{
public:
    /// Error: InvalidInput, naming the model that does not read.
    static ph::Result<FactTable> parse(const std::string &text);

    /// Also by a dated id ("claude-haiku-4-5-20251001") and with the maker in front ("anthropic/claude-haiku-4-5").
    const ModelFacts *find(std::string_view id) const;
    const std::vector<ModelFacts> &all() const { return m_models; }

private:
    std::vector<ModelFacts> m_models;
};

/// What `usage` costs.
double costOf(const Usage &usage, const Prices &prices);

/// "claude-opus-4-6" -> "Claude Opus 4.6", "openai/gpt-5.2-codex" -> "Gpt 5.2 Codex".
std::string displayName(std::string_view id);

/// "anthropic/claude-opus-4-6" -> "claude-opus-4-6".
std::string_view withoutMaker(std::string_view id);

} // namespace model
