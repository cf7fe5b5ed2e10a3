#pragma once

#include "agent/external/presets.h"

#include <filesystem>
#include <set>

namespace external {

/// An agent that the user has set up. The values of its environment are kept elsewhere, since they may be keys.
struct CustomAgent {
    std::string id;
    std::string name;
    std::string program;
    std::vector<std::string> arguments;
    std::vector<std::string> environmentNames;

    static constexpr auto fields = std::tuple{ph::Field{"id", &CustomAgent::id}, ph::Field{"name", &CustomAgent::name},
                                              ph::Field{"program", &CustomAgent::program}, ph::Field{"arguments", &CustomAgent::arguments},
                                              ph::Field{"environmentNames", &CustomAgent::environmentNames}};
    friend bool operator==(const CustomAgent &, const CustomAgent &) = default;
};

/// Which agents are offered beside the embedded one; agents.json in the config folder. A preset that is in neither set is offered where
/// its program is installed: what npx would have to fetch from the network waits for the user's word.
struct AgentList {
    std::set<std::string> used;   // presets, by id
    std::set<std::string> unused;
    std::vector<CustomAgent> custom;

    /// Empty when there is no file. Error: InvalidInput names the file and what does not read.
    static ph::Result<AgentList> load(const std::filesystem::path &file);
    ph::Result<> save(const std::filesystem::path &file) const;

    const CustomAgent *find(const std::string &id) const; // null: none of the user's own has it

    friend bool operator==(const AgentList &, const AgentList &) = default;
};

/// An id for a name that is in neither `list` nor the presets: "My agent" -> "my-agent", "my-agent-2".
std::string freshId(const AgentList &list, const std::string &name);

} // namespace external
