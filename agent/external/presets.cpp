#include "agent/external/presets.h"

#include "driver/base/child_process.h"

#include <cstdlib>

namespace external {

const std::vector<Preset> &presets()
{
    static const std::vector<Preset> all{
        {"claude", "Claude", "claude-agent-acp", {}, "@agentclientprotocol/claude-agent-acp",
         {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"}},
        {"codex", "Codex", "codex-acp", {}, "@agentclientprotocol/codex-acp", {"OPENAI_API_KEY", "OPENAI_BASE_URL"}},
        {"gemini", "Gemini", "gemini", {"--experimental-acp"}, "@google/gemini-cli", {"GEMINI_API_KEY", "GOOGLE_API_KEY"}},
        {"opencode", "OpenCode", "opencode", {"acp"}, "opencode-ai", {"ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"}},
    };
    return all;
}

std::optional<AgentCommand> commandOf(const Preset &preset, const std::vector<std::string> &environment)
{
    AgentCommand command;
    if (ph::findProgram(preset.program, environment)) {
        command.program = preset.program;
        command.arguments = preset.arguments;
    } else if (ph::findProgram("npx", environment)) {
        command.program = "npx";
        command.arguments = {"--yes", preset.package};
        command.arguments.insert(command.arguments.end(), preset.arguments.begin(), preset.arguments.end());
    } else {
        return {};
    }
    for (const auto &name : preset.keys) {
        if (const char *value = std::getenv(name.c_str()); value && *value)
            command.environment.emplace_back(name, value);
    }
    return command;
}

} // namespace external
