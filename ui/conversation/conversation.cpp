#include "ui/conversation/conversation.h"

#include <algorithm>

namespace ui {
namespace {

void add(Message &message, const acp::ContentBlock &block)
{
    if (block.type == "text")
        message.text += block.text.value_or("");
    else
        message.attachments.push_back(block);
}

template <typename T>
void replace(T &field, const T &with)
{
    if (with)
        field = with;
}

std::string keyOf(Message::Role role, const std::string &messageId) { return "uat"[int(role)] + messageId; }
std::string keyOf(const acp::ToolCallId &call) { return "c" + call.value; }

bool isFinal(const std::optional<std::string> &status) { return status == "completed" || status == "failed"; }

} // namespace

void Conversation::apply(const acp::SessionUpdate &update)
{
    std::visit(acp::Overloaded{
                   [&](const acp::UserMessageChunk &chunk) { take(Message::Role::User, chunk); },
                   [&](const acp::AgentMessageChunk &chunk) { take(Message::Role::Assistant, chunk); },
                   [&](const acp::AgentThoughtChunk &chunk) { take(Message::Role::Thought, chunk); },
                   [&](const acp::ToolCall &call) {
                       acp::ToolCallUpdate as;
                       as.toolCallId = call.toolCallId;
                       as.title = call.title;
                       as.kind = call.kind;
                       as.status = call.status;
                       as.content = call.content;
                       as.locations = call.locations;
                       as.rawInput = call.rawInput;
                       as.rawOutput = call.rawOutput;
                       as.meta = call.meta;
                       take(as, true);
                   },
                   [&](const acp::ToolCallUpdate &call) { take(call, false); },
                   [&](const acp::Plan &plan) { m_plan = plan.entries; },
                   [&](const acp::AvailableCommandsUpdate &commands) { m_commands = commands.availableCommands; },
                   [&](const acp::CurrentModeUpdate &mode) { m_mode = mode.currentModeId; },
                   [&](const acp::ConfigOptionUpdate &options) { m_configOptions = options.configOptions; },
                   [&](const acp::SessionInfoUpdate &info) {
                       if (info.title)
                           m_title = *info.title;
                   },
                   [&](const acp::UsageUpdate &usage) { m_usage = usage; },
                   [&](const acp::Notice &notice) { note({notice.severity, notice.title, notice.description.value_or("")}); },
                   [&](const acp::CompactionUpdate &compaction) {
                       if (compaction.status == "completed")
                           note({"info", "Earlier messages were summarised to make room.", {}});
                       else if (compaction.status == "failed")
                           note({"warning", "Earlier messages could not be summarised.", compaction.error.value_or("")});
                   },
                   [](const acp::UnknownUpdate &) {},
               },
               update.value);
}

void Conversation::beginTurn(const std::vector<acp::ContentBlock> &prompt)
{
    Message message;
    message.role = Message::Role::User;
    for (const auto &block : prompt)
        add(message, block);
    m_turnStart = m_items.size();
    append(std::move(message));
    m_running = true;
    m_awaitsEcho = true;
    m_echoOf = 0;
}

void Conversation::endTurn(const std::string &stopReason, const std::string &error)
{
    for (auto &item : m_items) {
        if (auto *tool = std::get_if<Tool>(&item.value); tool && !tool->isFinished()) {
            tool->call.status = "interrupted";
            ++item.revision;
        }
        if (auto *asked = std::get_if<Asked>(&item.value); asked && asked->state == Asked::State::Open) {
            asked->state = Asked::State::Withdrawn;
            ++item.revision;
        }
    }
    m_running = false;
    m_awaitsEcho = false;
    if (!error.empty())
        note({"error", error, {}});
    else if (stopReason == "cancelled")
        note({"info", "Stopped.", {}});
    else if (stopReason == "refusal")
        note({"warning", "The model declined to answer.", "This message and the answer are left out of what it remembers."});
    else if (stopReason == "max_tokens")
        note({"warning", "The answer was cut off at the model's length limit.", {}});
    else if (stopReason == "max_turn_requests")
        note({"warning", "The agent stopped after the highest number of steps for one message.", {}});
    m_turnStart = m_items.size();
}

const acp::ToolCall *Conversation::toolCall(const std::string &id) const
{
    const auto found = m_byId.find(keyOf(acp::ToolCallId{id}));
    const auto *tool = found == m_byId.end() ? nullptr : std::get_if<Tool>(&m_items[found->second].value);
    return tool ? &tool->call : nullptr;
}

void Conversation::ask(std::uint64_t question, const std::string &toolCallId, const std::string &text)
{
    append(Asked{question, toolCallId, text, {}, Asked::State::Open});
}

void Conversation::answered(std::uint64_t question, const std::string &answer) { settle(question, Asked::State::Answered, answer); }
void Conversation::withdrawn(std::uint64_t question) { settle(question, Asked::State::Withdrawn, {}); }

void Conversation::settle(std::uint64_t question, Asked::State state, const std::string &answer)
{
    for (auto &item : m_items) {
        auto *asked = std::get_if<Asked>(&item.value);
        if (!asked || asked->question != question || asked->state != Asked::State::Open)
            continue;
        asked->state = state;
        asked->answer = answer;
        ++item.revision;
    }
}

void Conversation::note(Note note) { append(std::move(note)); }

Item &Conversation::append(std::variant<Message, Tool, Asked, Note> value)
{
    m_items.push_back({m_nextId++, 1, std::move(value)});
    return m_items.back();
}

void Conversation::take(Message::Role role, const acp::MessageChunk &chunk)
{
    const auto &id = chunk.messageId.value_or("");
    if (role == Message::Role::User && m_running) {
        if (m_awaitsEcho) {
            m_awaitsEcho = false;
            m_echoOf = m_items[m_turnStart].id;
            std::get<Message>(m_items[m_turnStart].value).messageId = id;
            if (!id.empty())
                m_byId[keyOf(role, id)] = m_turnStart;
            return;
        }
        const bool sameEcho = m_echoOf != 0 && std::get<Message>(m_items[m_turnStart].value).messageId == id
            && m_items.back().id == m_echoOf;
        if (sameEcho)
            return;
    }
    m_awaitsEcho = false;

    Item *target = nullptr;
    if (!id.empty()) {
        const auto found = m_byId.find(keyOf(role, id));
        target = found == m_byId.end() ? nullptr : &m_items[found->second];
    } else if (m_items.size() > m_turnStart) {
        // Without an id a chunk goes on with the message that stands last, if it is of that role.
        auto *last = std::get_if<Message>(&m_items.back().value);
        const bool isOurPrompt = m_running && m_items.size() - 1 == m_turnStart && role == Message::Role::User;
        target = last && last->role == role && !isOurPrompt ? &m_items.back() : nullptr;
    }
    if (!target) {
        Message message;
        message.role = role;
        message.messageId = id;
        target = &append(std::move(message));
        if (!id.empty())
            m_byId[keyOf(role, id)] = m_items.size() - 1;
    }
    auto &message = std::get<Message>(target->value);
    add(message, chunk.content);
    if (chunk.meta)
        message.meta = chunk.meta;
    ++target->revision;
}

void Conversation::take(const acp::ToolCallUpdate &update, bool isCreation)
{
    m_awaitsEcho = false;
    const auto found = m_byId.find(keyOf(update.toolCallId));
    const bool isNew = found == m_byId.end();
    if (isNew)
        m_byId[keyOf(update.toolCallId)] = m_items.size();
    Item &item = isNew ? append(Tool{}) : m_items[found->second];
    auto &call = std::get<Tool>(item.value).call;
    if (isNew) {
        call.toolCallId = update.toolCallId;
        call.status = "pending";
    }
    if (update.title && !update.title->empty())
        call.title = *update.title;
    replace(call.kind, update.kind);
    // Agents send a creation after its updates, or progress after the end: what has ended stays ended.
    if (update.status && (isFinal(update.status) || !(isFinal(call.status) || call.status == "interrupted")))
        call.status = update.status;
    // A creation that comes late knows less than the updates before it.
    const bool keepsLists = isCreation && !isNew;
    if (!keepsLists || !call.content)
        replace(call.content, update.content);
    if (!keepsLists || !call.locations)
        replace(call.locations, update.locations);
    if (!keepsLists || !call.rawInput)
        replace(call.rawInput, update.rawInput);
    if (!keepsLists || !call.rawOutput)
        replace(call.rawOutput, update.rawOutput);
    if (!keepsLists || !call.meta)
        replace(call.meta, update.meta);
    ++item.revision;
    takeTerminals(isNew ? m_items.size() - 1 : found->second, update);
}

void Conversation::takeTerminals(size_t item, const acp::ToolCallUpdate &update)
{
    for (const auto &content : update.content.value_or(std::vector<acp::ToolCallContent>{})) {
        if (content.type == "terminal" && content.terminalId)
            showTerminal(item, *content.terminalId);
    }
    // Agents that run commands themselves tell of their terminals in `_meta`, where the client has said that it shows them.
    if (!update.meta || !update.meta->is_object())
        return;
    for (const std::string key : {"terminal_info", "terminal_output", "terminal_exit"}) { // One update may have all: what was written came before the end.
        const auto value = update.meta->value(key, ph::Json());
        if (!value.is_object() || !value.contains("terminal_id") || !value["terminal_id"].is_string())
            continue;
        TerminalNews news;
        news.terminalId = value["terminal_id"].get<std::string>();
        if (key == "terminal_output" && value.contains("data") && value["data"].is_string())
            news.output = withReturns(value["data"].get<std::string>());
        if (key == "terminal_exit") {
            news.exit.emplace();
            if (value.contains("exit_code") && value["exit_code"].is_number_integer())
                news.exit->exitCode = value["exit_code"].get<std::int64_t>();
            if (value.contains("signal") && value["signal"].is_string())
                news.exit->signal = value["signal"].get<std::string>();
        }
        showTerminal(item, news.terminalId);
        apply(news);
    }
}

Conversation::Terminal &Conversation::terminalOf(const std::string &id)
{
    auto &terminal = m_terminals[id];
    if (!terminal.shown) {
        terminal.shown = std::make_shared<ShownTerminal>();
        terminal.shown->id = id;
    }
    return terminal;
}

void Conversation::showTerminal(size_t item, const std::string &id)
{
    auto &terminal = terminalOf(id);
    if (std::find(terminal.items.begin(), terminal.items.end(), item) != terminal.items.end())
        return;
    terminal.items.push_back(item);
    std::get<Tool>(m_items[item].value).terminals.push_back(terminal.shown);
}

std::shared_ptr<const ShownTerminal> Conversation::terminal(const std::string &id) const
{
    const auto found = m_terminals.find(id);
    return found == m_terminals.end() ? nullptr : found->second.shown;
}

void Conversation::apply(const TerminalNews &news)
{
    auto &terminal = terminalOf(news.terminalId);
    auto &shown = *terminal.shown;
    if (!news.title.empty())
        shown.title = news.title;
    if (!shown.screen || news.startsOver)
        shown.screen = std::make_shared<TerminalScreen>(commandTerminalSize, commandScrollback);
    shown.screen->feed(news.output);
    if (news.exit)
        shown.exit = news.exit;
    if (shown.exit)
        shown.screen->finish(); // What a process that was left running writes is of no interest.
    ++shown.revision;
    for (const auto item : terminal.items)
        ++m_items[item].revision;
}

} // namespace ui
