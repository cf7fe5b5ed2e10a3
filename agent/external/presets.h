#pragma once

#include "driver/base/json_fields.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Other people's ACP agents, run as programs beside this one.
namespace external {

/// How an agent is started. `environment` is added to ours (see ph::childEnvironment); it may hold the agent's own keys.
struct AgentCommand {
    std::string program;                                            // a name on the PATH, or a whole path
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;

    static constexpr auto fields = std::tuple{ph::Field{"program", &AgentCommand::program}, ph::Field{"arguments", &AgentCommand::arguments},
                                              ph::Field{"environment", &AgentCommand::environment}};
    friend bool operator==(const AgentCommand &, const AgentCommand &) = default;
};

/// An agent that we know of.
struct Preset {
    std::string id;                         // "claude"
    std::string name;                       // "Claude"
    std::string program;                    // what its package installs
    std::vector<std::string> arguments;     // that make it speak ACP
    std::string package;                    // on npm
    std::vector<std::string> keys;          // names of environment variables that it reads its keys from: they are passed on to it alone
};

/// claude, codex, gemini, opencode.
const std::vector<Preset> &presets();

/// How to start `preset` here: its program where the PATH of `environment` has it, else npx with its package; nothing where there is
/// neither. npx fetches the package when it is first used, which takes up to a minute. The keys that the preset names come from our
/// own environment.
std::optional<AgentCommand> commandOf(const Preset &preset, const std::vector<std::string> &environment);

} // namespace external
