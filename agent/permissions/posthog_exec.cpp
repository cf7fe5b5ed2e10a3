#include "agent/permissions/posthog_exec.h"

#include <algorithm>

namespace permissions {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view takeWord(std::string_view &text)
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const auto word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    return word;
}

} // namespace

bool isPosthogExec(std::string_view tool)
{
    return tool == "mcp__posthog__exec" || (tool.starts_with("mcp__posthog_") && tool.ends_with("__exec"));
}

std::optional<std::string> calledTool(std::string_view command)
{
    if (takeWord(command) != "call")
        return {};
    auto word = takeWord(command);
    while (word.starts_with("--"))
        word = takeWord(command);
    if (word.empty())
        return {};
    return std::string(word);
}

bool isDestructive(std::string_view calledTool)
{
    const std::string framed = "-" + std::string(calledTool) + "-";
    for (const char *verb : {"-update-", "-delete-", "-destroy-"})
        if (framed.find(verb) != std::string::npos)
            return true;
    return false;
}

} // namespace permissions
