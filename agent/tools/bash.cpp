#include "agent/tools/bash.h"

#include "agent/tools/input.h"
#include "agent/tools/output.h"
#include "agent/tools/text.h"
#include "agent/tools/workspace.h"

#include <algorithm>
#include <cctype>

namespace tools {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds defaultTimeout = 120s;
constexpr std::chrono::milliseconds longestTimeout = 600s;

CallInfo aboutCommand(const Tool &tool, std::string title)
{
    CallInfo info;
    info.title = std::move(title);
    info.kind = "execute";
    info.permission.tool = tool.name();
    info.permission.group = permissions::Group::Bash;
    return info;
}

/// How it ended, for the model; empty for an end that needs no words.
std::string wordsFor(const CommandEnd &end)
{
    if (end.isSuccess())
        return {};
    if (end.exitCode)
        return "Exit code " + std::to_string(*end.exitCode) + ".";
    return "Ended by " + end.signal + ".";
}

ph::Json rawOf(const std::optional<CommandEnd> &end)
{
    ph::Json raw = ph::Json::object();
    if (!end)
        return raw;
    raw["exitCode"] = end->exitCode ? ph::Json(*end->exitCode) : ph::Json();
    raw["signal"] = end->signal.empty() ? ph::Json() : ph::Json(end->signal);
    return raw;
}

std::string joinedLines(std::string first, const std::string &second)
{
    if (!first.empty() && !first.ends_with('\n') && !second.empty())
        first += '\n';
    return first + second;
}

class Bash final : public Tool
{
public:
    std::string name() const override { return "Bash"; }
    std::string description() const override
    {
        return "Runs a command line with bash in the working folder, each call in a shell of its own. Output longer than 30,000 bytes is cut in the middle. "
               "After `timeout` milliseconds (120,000; at most 600,000) it is ended. What shall go on running is started with `run_in_background`: read it with "
               "BashOutput, end it with KillShell; whatever else a command leaves running is ended with it. There is no terminal and no input. For files use "
               "Read, Edit, Write, Grep, Glob and LS instead.";
    }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"command", {{"type", "string"}}},
                             {"description", {{"type", "string"}, {"description", "What it does, in five to ten words"}}},
                             {"timeout", {{"type", "integer"}, {"description", "Milliseconds"}}},
                             {"run_in_background", {{"type", "boolean"}}}},
                            {"command"});
    }

    CallInfo describe(const ph::Json &input, Workspace &) const override
    {
        const auto command = textAt(input, "command");
        const auto title = textAt(input, "description");
        auto info = aboutCommand(*this, title.empty() ? "Execute command" : title);
        info.permission.command = command;
        info.permission.changes = !command.empty();
        if (!command.empty())
            info.content = {acp::ToolCallContent::ofText(command)};
        return info;
    }

    ph::Result<Output> run(const acp::ToolCallId &id, const ph::Json &input, Context &context, std::stop_token stop) override
    {
        const auto line = textAt(input, "command");
        if (line.empty())
            return failure("Bash needs `command`, a text.");
        auto &workspace = context.workspace();
        const CommandRequest request{line, workspace.cwd(), context.modes().mode() == permissions::Mode::Plan};
        auto command = workspace.commands().start(request, stop);
        if (!command)
            return failed(command.error());
        const auto terminal = (*command)->terminalId();
        if (!terminal.empty()) {
            acp::ToolCallUpdate update;
            update.toolCallId = id;
            update.content = {acp::ToolCallContent::ofTerminal(terminal)};
            context.update(update);
        }
        if (isSet(input, "run_in_background"))
            return inBackground(line, *std::move(command), workspace);

        const auto asked = std::chrono::milliseconds(std::max<std::int64_t>(numberAt(input, "timeout").value_or(defaultTimeout.count()), 1));
        const auto limit = std::min(asked, longestTimeout);
        const auto end = (*command)->wait(stop, limit);
        if (!end)
            (*command)->kill();
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        return outcomeOf(id, line, **command, end, limit, workspace);
    }

private:
    static ph::Result<Output> inBackground(const std::string &line, std::unique_ptr<Command> command, Workspace &workspace)
    {
        const auto terminal = command->terminalId();
        const auto kept = workspace.commands().keep(line, std::move(command));
        if (!kept)
            return failed(kept.error());
        Output output;
        output.text = "Running in the background as " + *kept + ". Read what it writes with BashOutput, end it with KillShell.";
        output.raw = {{"bashId", *kept}};
        if (!terminal.empty())
            output.content = {acp::ToolCallContent::ofTerminal(terminal)};
        return output;
    }

    static Output outcomeOf(const acp::ToolCallId &id, const std::string &line, Command &command, const std::optional<CommandEnd> &end,
                            std::chrono::milliseconds limit, const Workspace &workspace)
    {
        const auto written = command.output().text();
        auto words = end ? wordsFor(*end) : "It did not end within " + std::to_string(limit.count()) + " ms and was ended.";
        if (end && command.leftSomethingRunning())
            words += std::string(words.empty() ? "" : " ") + "What it had left running was ended; use `run_in_background` for what shall go on.";
        Output output;
        output.failed = !end || !end->isSuccess();
        output.text = joinedLines(written, words);
        output.raw = rawOf(end);
        output.raw["timedOut"] = !end;
        if (const auto url = pullRequestOf(line, written))
            output.meta = ph::Json{{"hoglet", {{"pullRequest", *url}}}};
        if (!command.terminalId().empty()) {
            output.content = {acp::ToolCallContent::ofTerminal(command.terminalId())};
        } else if (!output.failed && workspace.showsTerminalOutput()) {
            // A terminal that only the update's _meta describes, for clients that ask for it.
            output.content = {acp::ToolCallContent::ofTerminal(id.value)};
            ph::Json meta{{"terminal_info", {{"terminal_id", id.value}}},
                          {"terminal_output", {{"terminal_id", id.value}, {"data", written}}},
                          {"terminal_exit", {{"terminal_id", id.value}, {"exit_code", output.raw["exitCode"]}, {"signal", output.raw["signal"]}}}};
            if (output.meta)
                meta.update(*output.meta);
            output.meta = std::move(meta);
        } else if (!output.text.empty()) {
            output.content = {acp::ToolCallContent::ofText(fenced(output.text, output.failed ? "" : "console"))};
        }
        return output;
    }
};

class BashOutput final : public Tool
{
public:
    std::string name() const override { return "BashOutput"; }
    std::string description() const override { return "What a command in the background has written since it was last asked, and whether it still runs."; }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"bash_id", {{"type", "string"}, {"description", "As Bash gave it"}}}}, {"bash_id"});
    }
    CallInfo describe(const ph::Json &, Workspace &) const override { return aboutCommand(*this, "Tail Logs"); }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token) override
    {
        const auto id = textAt(input, "bash_id");
        const auto background = context.workspace().commands().find(id);
        if (!background)
            return failure("There is no command “" + id + "” in the background.");
        const auto end = background->command->wait({}, 1ms);
        const auto written = background->command->newOutput().text();
        Output output;
        const auto state = !end ? "It is running." : end->isSuccess() ? "It has ended." : "It has ended. " + wordsFor(*end);
        output.text = joinedLines(written.empty() ? "Nothing new." : written, state);
        output.raw = rawOf(end);
        output.raw["isRunning"] = !end;
        output.content = {acp::ToolCallContent::ofText(fenced(output.text, "console"))};
        return output;
    }
};

class KillShell final : public Tool
{
public:
    std::string name() const override { return "KillShell"; }
    std::string description() const override { return "Ends a command in the background, with all that it started."; }
    ph::Json inputSchema() const override
    {
        return objectSchema({{"shell_id", {{"type", "string"}, {"description", "As Bash gave it"}}}}, {"shell_id"});
    }
    CallInfo describe(const ph::Json &, Workspace &) const override { return aboutCommand(*this, "Kill Process"); }

    ph::Result<Output> run(const acp::ToolCallId &, const ph::Json &input, Context &context, std::stop_token) override
    {
        const auto id = textAt(input, "shell_id");
        const auto ended = context.workspace().commands().end(id);
        if (!ended)
            return failed(ended.error());
        Output output;
        output.text = "Ended " + id + ".";
        return output;
    }
};

bool isBlank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// Whether the words "gh pr create" stand in the line one after another.
bool createsPullRequest(std::string_view line)
{
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < line.size();) {
        while (i < line.size() && isBlank(line[i]))
            ++i;
        const auto start = i;
        while (i < line.size() && !isBlank(line[i]))
            ++i;
        if (i > start)
            words.push_back(line.substr(start, i - start));
    }
    const std::vector<std::string_view> wanted{"gh", "pr", "create"};
    return std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

} // namespace

std::optional<std::string> pullRequestOf(std::string_view command, std::string_view output)
{
    constexpr std::string_view start = "https://github.com/";
    if (!createsPullRequest(command))
        return {};
    const auto isName = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.'; };
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    for (auto at = output.find(start); at != std::string_view::npos; at = output.find(start, at + 1)) {
        auto rest = output.substr(at + start.size());
        const auto take = [&rest](auto belongs) {
            const auto end = std::find_if_not(rest.begin(), rest.end(), belongs);
            const bool took = end != rest.begin();
            rest.remove_prefix(std::size_t(end - rest.begin()));
            return took;
        };
        const auto skip = [&rest](std::string_view text) {
            if (!rest.starts_with(text))
                return false;
            rest.remove_prefix(text.size());
            return true;
        };
        if (take(isName) && skip("/") && take(isName) && skip("/pull/") && take(isDigit))
            return std::string(output.substr(at, output.size() - at - rest.size()));
    }
    return {};
}

std::vector<std::shared_ptr<Tool>> makeBashTools() { return {std::make_shared<Bash>(), std::make_shared<BashOutput>(), std::make_shared<KillShell>()}; }

} // namespace tools
