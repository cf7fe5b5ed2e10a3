#pragma once

#include "agent/acp/types.h"
#include "ui/terminal/shown_terminal.h"
#include "ui/terminal/terminal_news.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace ui {

/// A message of one side. Chunks that came in pieces are one text here.
struct Message {
    enum class Role { User, Assistant, Thought };
    Role role = Role::Assistant;
    std::string messageId;                     // the wire's; empty when the agent gave none
    std::string text;
    std::vector<acp::ContentBlock> attachments; // what is not text: links, images, resources
    std::optional<ph::Json> meta;

    friend bool operator==(const Message &, const Message &) = default;
};

/// A tool call as far as it is known. `status` is the wire's, or "interrupted" when the turn ended before the call did.
struct Tool {
    acp::ToolCall call;
    std::vector<std::shared_ptr<const ShownTerminal>> terminals; // that belong to it; never null
    bool isFinished() const { return call.status == "completed" || call.status == "failed" || call.status == "interrupted"; }

    friend bool operator==(const Tool &, const Tool &) = default;
};

/// A question that was put to the user, and what became of it.
struct Asked {
    enum class State { Open, Answered, Withdrawn };
    std::uint64_t question = 0; // Question::id()
    std::string toolCallId;
    std::string text;
    std::string answer;         // the name of the chosen option
    State state = State::Open;

    friend bool operator==(const Asked &, const Asked &) = default;
};

/// Something the user should know that is no message: a notice of the agent, or how a turn ended when it did not simply end.
struct Note {
    std::string severity = "info"; // info, warning, error
    std::string title;
    std::string description;

    friend bool operator==(const Note &, const Note &) = default;
};

struct Item {
    std::uint64_t id = 0;       // never used again in this conversation
    std::uint64_t revision = 0; // grows whenever the item changes
    std::variant<Message, Tool, Asked, Note> value;
};

/// What a session has said so far: session updates in, items out. Pure; an update it does not know changes nothing. A copy shows the
/// same terminals.
class Conversation
{
public:
    const std::vector<Item> &items() const { return m_items; }
    const std::vector<acp::PlanEntry> &plan() const { return m_plan; }
    const std::string &mode() const { return m_mode; }
    const std::string &title() const { return m_title; }
    const std::vector<acp::AvailableCommand> &commands() const { return m_commands; }
    const std::vector<acp::ConfigOption> &configOptions() const { return m_configOptions; }
    const std::optional<acp::UsageUpdate> &usage() const { return m_usage; }
    bool isRunning() const { return m_running; }
    const acp::ToolCall *toolCall(const std::string &id) const; // null: there is none

    void setMode(std::string mode) { m_mode = std::move(mode); }
    void setTitle(std::string title) { m_title = std::move(title); }
    void setConfigOptions(std::vector<acp::ConfigOption> options) { m_configOptions = std::move(options); }

    void apply(const acp::SessionUpdate &update);

    /// Of a terminal that a tool call shows, or will show.
    void apply(const TerminalNews &news);
    /// Null for one that nothing was heard of.
    std::shared_ptr<const ShownTerminal> terminal(const std::string &id) const;

    /// The user has sent a prompt; it is an item at once. An agent that sends the same message back does not double it: the
    /// first user chunk of the turn that comes before any other output is that echo.
    void beginTurn(const std::vector<acp::ContentBlock> &prompt);

    /// The prompt was answered. Tool calls that are not finished become interrupted. `stopReason` as on the wire; anything but
    /// end_turn leaves a note. `error` is what a failed prompt said, and replaces the note.
    void endTurn(const std::string &stopReason, const std::string &error = {});

    /// `text`: what was asked. Shown in the transcript, at its place in time.
    void ask(std::uint64_t question, const std::string &toolCallId, const std::string &text);
    void answered(std::uint64_t question, const std::string &answer);
    void withdrawn(std::uint64_t question);

    void note(Note note);

private:
    void take(Message::Role role, const acp::MessageChunk &chunk);
    void take(const acp::ToolCallUpdate &update, bool isCreation);
    Item &append(std::variant<Message, Tool, Asked, Note> value);
    void settle(std::uint64_t question, Asked::State state, const std::string &answer);
    void showTerminal(size_t item, const std::string &id);
    void takeTerminals(size_t item, const acp::ToolCallUpdate &update);

    struct Terminal {
        std::shared_ptr<ShownTerminal> shown;
        std::vector<size_t> items; // that show it
    };
    Terminal &terminalOf(const std::string &id);

    std::vector<Item> m_items;
    std::unordered_map<std::string, size_t> m_byId; // of messages and tool calls: where in m_items, under keyOf()
    std::map<std::string, Terminal> m_terminals;
    std::vector<acp::PlanEntry> m_plan;
    std::string m_mode;
    std::string m_title;
    std::vector<acp::AvailableCommand> m_commands;
    std::vector<acp::ConfigOption> m_configOptions;
    std::optional<acp::UsageUpdate> m_usage;
    std::uint64_t m_nextId = 1;
    size_t m_turnStart = 0;   // chunks without an id never join a message before this index
    bool m_running = false;
    bool m_awaitsEcho = false;
    std::uint64_t m_echoOf = 0; // the item whose echo is coming in
};

} // namespace ui
