#pragma once

#include "agent/permissions/policy.h"
#include "driver/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace agent {

/// The texts that a language model is told, as they stand in resources/prompts.
struct Prompts {
    std::string system;
    std::string personas;    // the product's users, and the rules of its data
    std::string planMode;
    std::string compaction;
    std::string subAgent;
};

/// Error: NotFound, with the file that is missing.
ph::Result<Prompts> loadPrompts(const std::filesystem::path &folder);

/// A text that stands in the user's folder and says how to work there.
struct Instructions {
    std::filesystem::path file;
    std::string text;
};

/// AGENTS.md and CLAUDE.md of `cwd` and of the folders above it up to the repository's, outermost first; one that says the same as
/// another once. Only of a trusted folder. Links out of the repository are not followed; a file longer than 64 KiB is cut, and says so.
std::vector<Instructions> projectInstructions(const std::filesystem::path &cwd);

/// Whether there is anything in `cwd` that only a trusted folder may have read.
bool hasConfiguration(const std::filesystem::path &cwd);

/// Where a session works.
struct Surroundings {
    std::vector<std::filesystem::path> roots; // cwd first
    std::string today;                        // 2026-11-30
    std::vector<Instructions> instructions;
    std::string appended;                     // by the client: `_meta.systemPrompt`
    bool isTrusted = true;
};

/// What the model is told before the conversation. It stays the same as long as mode and surroundings do, so that it can be cached.
std::string systemPrompt(const Prompts &prompts, const Surroundings &surroundings, permissions::Mode mode);

/// The same for a sub-agent.
std::string subAgentPrompt(const Prompts &prompts, const Surroundings &surroundings);

} // namespace agent
