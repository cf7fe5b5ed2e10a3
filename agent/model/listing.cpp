#include "agent/model/listing.h"

#include "agent/model/json_read.h"

#include <algorithm>
#include <array>

namespace model {

namespace {

/// Models of OpenAI's list that are for something else.
bool isForConversation(std::string_view id)
{
    static constexpr std::array<std::string_view, 10> others{"embed",    "whisper",    "tts",    "dall-e",    "moderation",
                                                             "realtime", "transcribe", "-audio", "gpt-image", "sora"};
    return std::none_of(others.begin(), others.end(), [&](std::string_view part) { return id.find(part) != std::string_view::npos; });
}

/// By its owner, and where none is named by its name.
bool isOfAnthropic(const ph::Json &item, std::string_view id)
{
    const auto owner = textAt(item, "owned_by");
    return owner.empty() ? id.starts_with("claude-") || id.starts_with("anthropic/") : owner == "anthropic";
}

bool isSupported(const ph::Json &capability) { return memberAt(capability, "supported") == true; }

/// OpenAI's list does not say which of its models can be told how hard to think.
std::vector<std::string> usualEfforts(std::string_view id)
{
    static constexpr std::array<std::string_view, 5> thinkers{"gpt-5", "gpt-6", "gpt-oss", "o3", "o4"};
    const auto plain = withoutMaker(id);
    const bool thinks = std::any_of(thinkers.begin(), thinkers.end(), [&](std::string_view start) { return plain.starts_with(start); });
    return thinks ? std::vector<std::string>{"low", "medium", "high"} : std::vector<std::string>();
}

void setNumber(const ph::Json &item, std::initializer_list<const char *> keys, std::int64_t &number)
{
    for (const char *key : keys) {
        if (const auto value = numberAt(item, key); value > 0) {
            number = value;
            return;
        }
    }
}

/// Anthropic's `capabilities`.
void setCapabilities(const ph::Json &capabilities, ModelFacts &facts)
{
    if (!capabilities.is_object())
        return;
    facts.info.takesImages = isSupported(memberAt(capabilities, "image_input"));
    const ph::Json &types = memberAt(memberAt(capabilities, "thinking"), "types");
    facts.thinking = isSupported(memberAt(types, "adaptive")) ? Thinking::Adaptive
        : isSupported(memberAt(types, "enabled"))             ? Thinking::Budget
                                                              : Thinking::None;
    const ph::Json &effort = memberAt(capabilities, "effort");
    std::vector<std::string> efforts;
    for (const char *level : {"low", "medium", "high", "xhigh", "max"}) {
        if (isSupported(memberAt(effort, level)))
            efforts.emplace_back(level);
    }
    if (!efforts.empty() || facts.thinking != Thinking::Budget) // A budget needs no such support.
        facts.info.efforts = std::move(efforts);
}

void setImages(const ph::Json &item, ModelFacts &facts)
{
    const auto has
        = [](const ph::Json &list, const char *word) { return list.is_array() && std::find(list.begin(), list.end(), word) != list.end(); };
    if (memberAt(item, "supports_vision").is_boolean())
        facts.info.takesImages = memberAt(item, "supports_vision").get<bool>();
    else if (const ph::Json &inputs = memberAt(memberAt(item, "architecture"), "input_modalities"); inputs.is_array())
        facts.info.takesImages = has(inputs, "image");
    else if (has(memberAt(item, "capabilities"), "multimodal"))
        facts.info.takesImages = true;
}

} // namespace

std::vector<ModelFacts> listedModels(const ph::Json &answer, const FactTable &table, bool isAnthropic)
{
    const ph::Json &data = memberAt(answer, "data");
    const ph::Json &items = data.is_array() ? data : answer.is_array() ? answer : memberAt(answer, "models");
    std::vector<ModelFacts> models;
    for (std::size_t i = 0; items.is_array() && i < items.size(); ++i) {
        const ph::Json &item = items[i];
        const auto id = textAt(item, "id");
        if (id.empty() || !isForConversation(id))
            continue;
        const ModelFacts *known = table.find(id);
        ModelFacts facts = known ? *known : ModelFacts();
        facts.id = id;
        facts.isAnthropic = isAnthropic || isOfAnthropic(item, id);
        facts.name = textAt(item, "display_name");
        if (facts.name.empty())
            facts.name = displayName(id);
        if (facts.info.efforts.empty() && !facts.isAnthropic)
            facts.info.efforts = usualEfforts(id);
        setNumber(item, {"max_input_tokens", "context_window", "context_length", "max_model_len"}, facts.info.contextWindow);
        setNumber(memberAt(item, "meta"), {"n_ctx", "n_ctx_train"}, facts.info.contextWindow);
        setNumber(item, {"max_tokens", "max_output_tokens"}, facts.info.maximumOutput);
        setImages(item, facts);
        setCapabilities(memberAt(item, "capabilities"), facts);
        models.push_back(std::move(facts));
    }
    return models;
}

} // namespace model
