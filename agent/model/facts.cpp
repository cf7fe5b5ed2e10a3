#include "agent/model/facts.h"

#include "agent/model/json_read.h"

#include <algorithm>
#include <cctype>

namespace model {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// "claude-haiku-4-5-20251001" -> "claude-haiku-4-5".
std::string_view withoutDate(std::string_view id)
{
    constexpr std::size_t length = 9; // "-20251001"
    if (id.size() <= length || id[id.size() - length] != '-')
        return id;
    const std::string_view date = id.substr(id.size() - length + 1);
    return std::all_of(date.begin(), date.end(), isDigit) ? id.substr(0, id.size() - length) : id;
}

Rates ratesOf(const ph::Json &json)
{
    const auto rate = [&](const char *key) { return json.at(key).get<double>(); };
    return {rate("input"), rate("cachedRead"), rate("cachedWrite"), rate("output")};
}

ModelFacts factsOf(const ph::Json &json)
{
    ModelFacts facts;
    facts.id = json.at("id").get<std::string>();
    facts.name = displayName(facts.id);
    facts.isAnthropic = json.at("api").get<std::string>() == "messages";
    facts.info.contextWindow = json.at("contextWindow").get<std::int64_t>();
    facts.info.maximumOutput = json.at("maximumOutput").get<std::int64_t>();
    facts.info.takesImages = json.value("images", true);
    facts.info.efforts = json.value("efforts", std::vector<std::string>());
    const auto thinking = json.value("thinking", std::string());
    facts.thinking = thinking == "adaptive" ? Thinking::Adaptive : thinking == "budget" ? Thinking::Budget : Thinking::None;
    if (const auto prices = json.find("prices"); prices != json.end()) {
        facts.prices.emplace();
        facts.prices->rates = ratesOf(*prices);
        if (const auto longer = prices->find("longPrompt"); longer != prices->end()) {
            facts.prices->longPrompt = longer->at("above").get<std::int64_t>();
            facts.prices->longRates = ratesOf(*longer);
        }
    }
    return facts;
}

} // namespace

ph::Result<FactTable> FactTable::parse(const std::string &text)
{
    const ph::Json json = ph::Json::parse(text, nullptr, false);
    const ph::Json &models = memberAt(json, "models");
    if (!models.is_array())
        return ph::fail(ph::ErrorCode::InvalidInput, "The table of models has no list `models`.");
    FactTable table;
    for (const ph::Json &each : models) {
        try {
            table.m_models.push_back(factsOf(each));
        } catch (const ph::Json::exception &e) {
            return ph::fail(ph::ErrorCode::InvalidInput, "The table of models does not read at \"" + textAt(each, "id") + "\": " + e.what());
        }
    }
    return table;
}

const ModelFacts *FactTable::find(std::string_view id) const
{
    const std::string_view plain = withoutDate(withoutMaker(id));
    const auto found = std::find_if(m_models.begin(), m_models.end(), [&](const ModelFacts &facts) { return facts.id == plain; });
    return found != m_models.end() ? &*found : nullptr;
}

double costOf(const Usage &usage, const Prices &prices)
{
    const bool isLong = prices.longPrompt > 0 && usage.input + usage.cachedRead + usage.cachedWrite > prices.longPrompt;
    const Rates &rates = isLong ? prices.longRates : prices.rates;
    const auto part = [](std::int64_t tokens, double rate) { return static_cast<double>(tokens) * rate / 1e6; };
    return part(usage.input, rates.input) + part(usage.cachedRead, rates.cachedRead) + part(usage.cachedWrite, rates.cachedWrite)
        + part(usage.output, rates.output);
}

std::string_view withoutMaker(std::string_view id) { return id.substr(id.rfind('/') == std::string_view::npos ? 0 : id.rfind('/') + 1); }

std::string displayName(std::string_view id)
{
    std::string name(withoutMaker(id));
    for (std::size_t i = 1; i + 1 < name.size(); ++i) {
        if (name[i] == '-' && isDigit(name[i - 1]) && isDigit(name[i + 1])) {
            name[i] = '.';
            i += 2; // A digit belongs to one point: what follows a version is a date.
        }
    }
    bool atStart = true;
    for (char &c : name) {
        if (c == '-' || c == '_')
            c = ' ';
        else if (atStart)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        atStart = c == ' ';
    }
    return name;
}

} // namespace model
