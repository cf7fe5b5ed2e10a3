#include "agent/external/agent_list.h"

#include "driver/base/atomic_file.h"

#include <algorithm>

namespace external {
namespace {

/// The file as it is written.
struct Stored {
    std::vector<std::string> used;
    std::vector<std::string> unused;
    std::vector<CustomAgent> custom;

    static constexpr auto fields =
        std::tuple{ph::Field{"used", &Stored::used}, ph::Field{"unused", &Stored::unused}, ph::Field{"custom", &Stored::custom}};
};

} // namespace

ph::Result<AgentList> AgentList::load(const std::filesystem::path &file)
{
    const auto text = ph::readFile(file);
    if (!text && text.error().code == ph::ErrorCode::NotFound)
        return AgentList{};
    if (!text)
        return ph::fail(text.error());
    const auto stored = ph::parse<Stored>(ph::Json::parse(*text, nullptr, false));
    if (!stored)
        return ph::fail(ph::ErrorCode::InvalidInput, file.string() + ": " + stored.error().message);
    return AgentList{{stored->used.begin(), stored->used.end()}, {stored->unused.begin(), stored->unused.end()}, stored->custom};
}

ph::Result<> AgentList::save(const std::filesystem::path &file) const
{
    const Stored stored{{used.begin(), used.end()}, {unused.begin(), unused.end()}, custom};
    return ph::writeFileAtomically(file, ph::Json(stored).dump(2) + "\n");
}

const CustomAgent *AgentList::find(const std::string &id) const
{
    const auto found = std::find_if(custom.begin(), custom.end(), [&](const CustomAgent &agent) { return agent.id == id; });
    return found == custom.end() ? nullptr : &*found;
}

std::string freshId(const AgentList &list, const std::string &name)
{
    std::string base;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            base += c;
        else if (c >= 'A' && c <= 'Z')
            base += char(c - 'A' + 'a');
        else if (!base.empty() && base.back() != '-')
            base += '-';
    }
    while (!base.empty() && base.back() == '-')
        base.pop_back();
    if (base.empty())
        base = "agent";
    const auto isTaken = [&](const std::string &id) {
        return id == "hoglet" || list.find(id) || std::any_of(presets().begin(), presets().end(), [&](const Preset &preset) { return preset.id == id; });
    };
    auto id = base;
    for (int number = 2; isTaken(id); ++number)
        id = base + "-" + std::to_string(number);
    return id;
}

} // namespace external
