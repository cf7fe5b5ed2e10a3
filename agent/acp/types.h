#pragma once

#include "agent/acp/tagged.h"
#include "driver/base/json_fields.h"

#include <vector>

/// The wire types of ACP version 1 that both sides use. Names and keys are the schema's. Unknown keys are ignored on reading.
/// `_meta` travels as `meta` where Hoglet reads or writes it.
namespace acp {

inline constexpr int protocolVersion = 1;

/// The answer of a request that says nothing but "done": `{}`; null is read too.
struct Empty {
    friend bool operator==(const Empty &, const Empty &) = default;
};

using SessionId = ph::Id<struct SessionIdTag>;
using ToolCallId = ph::Id<struct ToolCallIdTag>;

/// text, image, audio, resource_link or resource, told apart by `type`. Kept as JSON where Hoglet only passes it on.
struct ContentBlock {
    std::string type = "text";
    std::optional<std::string> text;        // text
    std::optional<std::string> uri;         // resource_link
    std::optional<std::string> name;        // resource_link
    std::optional<std::string> description; // resource_link
    std::optional<std::string> mimeType;
    std::optional<std::string> data;        // image, audio: base64
    std::optional<ph::Json> resource;       // resource: {uri, text | blob}
    std::optional<ph::Json> meta;

    static ContentBlock ofText(std::string text) { ContentBlock block; block.text = std::move(text); return block; }

    static constexpr auto fields = std::tuple{
        ph::Field{"type", &ContentBlock::type}, ph::Field{"text", &ContentBlock::text}, ph::Field{"uri", &ContentBlock::uri},
        ph::Field{"name", &ContentBlock::name}, ph::Field{"description", &ContentBlock::description}, ph::Field{"mimeType", &ContentBlock::mimeType},
        ph::Field{"data", &ContentBlock::data}, ph::Field{"resource", &ContentBlock::resource}, ph::Field{"_meta", &ContentBlock::meta}};
    friend bool operator==(const ContentBlock &, const ContentBlock &) = default;
};

/// `line` counts from 1, as in an editor's gutter; 0 means the first line too.
struct ToolCallLocation {
    std::string path;
    std::optional<int> line;

    static constexpr auto fields = std::tuple{ph::Field{"path", &ToolCallLocation::path}, ph::Field{"line", &ToolCallLocation::line}};
    friend bool operator==(const ToolCallLocation &, const ToolCallLocation &) = default;
};

/// {type: "content", content} · {type: "diff", path, oldText?, newText} · {type: "terminal", terminalId}.
struct ToolCallContent {
    std::string type = "content";
    std::optional<ContentBlock> content;
    std::optional<std::string> path;
    std::optional<std::string> oldText;
    std::optional<std::string> newText;
    std::optional<std::string> terminalId;

    static ToolCallContent ofText(std::string text) { return ofBlock(ContentBlock::ofText(std::move(text))); }
    static ToolCallContent ofBlock(ContentBlock block) { ToolCallContent item; item.content = std::move(block); return item; }
    static ToolCallContent ofDiff(std::string path, std::optional<std::string> oldText, std::string newText)
    {
        ToolCallContent item;
        item.type = "diff";
        item.path = std::move(path);
        item.oldText = std::move(oldText);
        item.newText = std::move(newText);
        return item;
    }
    static ToolCallContent ofTerminal(std::string terminalId) { ToolCallContent item; item.type = "terminal"; item.terminalId = std::move(terminalId); return item; }

    static constexpr auto fields = std::tuple{
        ph::Field{"type", &ToolCallContent::type}, ph::Field{"content", &ToolCallContent::content}, ph::Field{"path", &ToolCallContent::path},
        ph::Field{"oldText", &ToolCallContent::oldText}, ph::Field{"newText", &ToolCallContent::newText},
        ph::Field{"terminalId", &ToolCallContent::terminalId}};
    friend bool operator==(const ToolCallContent &, const ToolCallContent &) = default;
};

// Session updates. `tag` is the value of `sessionUpdate`.

struct MessageChunk {
    ContentBlock content;
    std::optional<std::string> messageId; // same id: same message; absent: goes on with the current one of that role
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"content", &MessageChunk::content}, ph::Field{"messageId", &MessageChunk::messageId},
                                              ph::Field{"_meta", &MessageChunk::meta}};
    friend bool operator==(const MessageChunk &, const MessageChunk &) = default;
};
struct UserMessageChunk : MessageChunk { static constexpr auto tag = "user_message_chunk"; };
struct AgentMessageChunk : MessageChunk { static constexpr auto tag = "agent_message_chunk"; };
struct AgentThoughtChunk : MessageChunk { static constexpr auto tag = "agent_thought_chunk"; };

/// Kinds: read edit delete move search execute think fetch switch_mode other. Status: pending in_progress completed failed.
struct ToolCall {
    static constexpr auto tag = "tool_call";
    ToolCallId toolCallId;
    std::string title;
    std::optional<std::string> name; // of the tool, for programs
    std::optional<std::string> kind;
    std::optional<std::string> status;
    std::optional<std::vector<ToolCallContent>> content;
    std::optional<std::vector<ToolCallLocation>> locations;
    std::optional<ph::Json> rawInput;
    std::optional<ph::Json> rawOutput;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{
        ph::Field{"toolCallId", &ToolCall::toolCallId}, ph::Field{"title", &ToolCall::title}, ph::Field{"name", &ToolCall::name}, ph::Field{"kind", &ToolCall::kind},
        ph::Field{"status", &ToolCall::status}, ph::Field{"content", &ToolCall::content}, ph::Field{"locations", &ToolCall::locations},
        ph::Field{"rawInput", &ToolCall::rawInput}, ph::Field{"rawOutput", &ToolCall::rawOutput}, ph::Field{"_meta", &ToolCall::meta}};
    friend bool operator==(const ToolCall &, const ToolCall &) = default;
};

/// Only what changed; `content` and `locations` replace the list. May come for an id not seen yet: it then creates the call.
struct ToolCallUpdate {
    static constexpr auto tag = "tool_call_update";
    ToolCallId toolCallId;
    std::optional<std::string> title;
    std::optional<std::string> name;
    std::optional<std::string> kind;
    std::optional<std::string> status;
    std::optional<std::vector<ToolCallContent>> content;
    std::optional<std::vector<ToolCallLocation>> locations;
    std::optional<ph::Json> rawInput;
    std::optional<ph::Json> rawOutput;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{
        ph::Field{"toolCallId", &ToolCallUpdate::toolCallId}, ph::Field{"title", &ToolCallUpdate::title}, ph::Field{"name", &ToolCallUpdate::name},
        ph::Field{"kind", &ToolCallUpdate::kind}, ph::Field{"status", &ToolCallUpdate::status},
        ph::Field{"content", &ToolCallUpdate::content}, ph::Field{"locations", &ToolCallUpdate::locations},
        ph::Field{"rawInput", &ToolCallUpdate::rawInput}, ph::Field{"rawOutput", &ToolCallUpdate::rawOutput},
        ph::Field{"_meta", &ToolCallUpdate::meta}};
    friend bool operator==(const ToolCallUpdate &, const ToolCallUpdate &) = default;
};

/// priority: high medium low. status: pending in_progress completed.
struct PlanEntry {
    std::string content;
    std::string priority = "medium";
    std::string status = "pending";
    std::optional<ph::Json> meta; // {"hoglet": {"step": "funnel"}} on a workflow's entries

    static constexpr auto fields = std::tuple{ph::Field{"content", &PlanEntry::content}, ph::Field{"priority", &PlanEntry::priority},
                                              ph::Field{"status", &PlanEntry::status}, ph::Field{"_meta", &PlanEntry::meta}};
    friend bool operator==(const PlanEntry &, const PlanEntry &) = default;
};
/// Always the complete list.
struct Plan {
    static constexpr auto tag = "plan";
    std::vector<PlanEntry> entries;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{Default{"entries", &Plan::entries}, ph::Field{"_meta", &Plan::meta}};
    friend bool operator==(const Plan &, const Plan &) = default;
};

struct AvailableCommand {
    std::string name;
    std::string description;
    std::optional<ph::Json> input; // {hint}

    static constexpr auto fields = std::tuple{ph::Field{"name", &AvailableCommand::name}, ph::Field{"description", &AvailableCommand::description},
                                              ph::Field{"input", &AvailableCommand::input}};
    friend bool operator==(const AvailableCommand &, const AvailableCommand &) = default;
};
struct AvailableCommandsUpdate {
    static constexpr auto tag = "available_commands_update";
    std::vector<AvailableCommand> availableCommands;

    static constexpr auto fields = std::tuple{Default{"availableCommands", &AvailableCommandsUpdate::availableCommands}};
    friend bool operator==(const AvailableCommandsUpdate &, const AvailableCommandsUpdate &) = default;
};

struct CurrentModeUpdate {
    static constexpr auto tag = "current_mode_update";
    std::string currentModeId; // `modeId` is read too: agents in the wild send it

    static constexpr auto fields = std::tuple{EitherKey{"currentModeId", "modeId", &CurrentModeUpdate::currentModeId}};
    friend bool operator==(const CurrentModeUpdate &, const CurrentModeUpdate &) = default;
};

/// One config option. type: select (currentValue, options: flat or grouped) or boolean. Unknown types are kept and not shown.
struct ConfigOption {
    std::string id;
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> category; // mode, model, model_config, thought_level, _custom
    std::string type = "select";
    ph::Json currentValue;
    std::optional<ph::Json> options;

    static constexpr auto fields = std::tuple{
        ph::Field{"id", &ConfigOption::id}, ph::Field{"name", &ConfigOption::name}, ph::Field{"description", &ConfigOption::description},
        ph::Field{"category", &ConfigOption::category}, ph::Field{"type", &ConfigOption::type},
        ph::Field{"currentValue", &ConfigOption::currentValue}, ph::Field{"options", &ConfigOption::options}};
    friend bool operator==(const ConfigOption &, const ConfigOption &) = default;
};
struct ConfigOptionUpdate {
    static constexpr auto tag = "config_option_update";
    std::vector<ConfigOption> configOptions;

    static constexpr auto fields = std::tuple{Default{"configOptions", &ConfigOptionUpdate::configOptions}};
    friend bool operator==(const ConfigOptionUpdate &, const ConfigOptionUpdate &) = default;
};

struct SessionInfoUpdate {
    static constexpr auto tag = "session_info_update";
    std::optional<std::string> title;
    std::optional<std::string> updatedAt; // ISO 8601

    static constexpr auto fields = std::tuple{ph::Field{"title", &SessionInfoUpdate::title}, ph::Field{"updatedAt", &SessionInfoUpdate::updatedAt}};
    friend bool operator==(const SessionInfoUpdate &, const SessionInfoUpdate &) = default;
};

/// Tokens in context of the window's size; `size` may be 0. `cost` is cumulative {amount, currency}.
struct UsageUpdate {
    static constexpr auto tag = "usage_update";
    double used = 0;
    double size = 0;
    std::optional<ph::Json> cost;

    static constexpr auto fields = std::tuple{ph::Field{"used", &UsageUpdate::used}, ph::Field{"size", &UsageUpdate::size},
                                              ph::Field{"cost", &UsageUpdate::cost}};
    friend bool operator==(const UsageUpdate &, const UsageUpdate &) = default;
};

/// For the user, not history. severity: info warning error other.
struct Notice {
    static constexpr auto tag = "notice";
    std::string severity = "info";
    std::string title;
    std::optional<std::string> description;

    static constexpr auto fields = std::tuple{ph::Field{"severity", &Notice::severity}, ph::Field{"title", &Notice::title},
                                              ph::Field{"description", &Notice::description}};
    friend bool operator==(const Notice &, const Notice &) = default;
};

struct CompactionUpdate {
    static constexpr auto tag = "compaction_update";
    std::string compactionId;
    std::string status;
    std::optional<std::string> error;

    static constexpr auto fields = std::tuple{ph::Field{"compactionId", &CompactionUpdate::compactionId},
                                              ph::Field{"status", &CompactionUpdate::status}, ph::Field{"error", &CompactionUpdate::error}};
    friend bool operator==(const CompactionUpdate &, const CompactionUpdate &) = default;
};

/// A variant this version does not know: kept whole, shown to nobody, never an error.
struct UnknownUpdate {
    ph::Json raw;
    friend bool operator==(const UnknownUpdate &, const UnknownUpdate &) = default;
};

using SessionUpdate = Tagged<UserMessageChunk, AgentMessageChunk, AgentThoughtChunk, ToolCall, ToolCallUpdate, Plan, AvailableCommandsUpdate,
                             CurrentModeUpdate, ConfigOptionUpdate, SessionInfoUpdate, UsageUpdate, Notice, CompactionUpdate, UnknownUpdate>;

struct SessionNotification {
    SessionId sessionId;
    SessionUpdate update;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &SessionNotification::sessionId}, ph::Field{"update", &SessionNotification::update},
                                              ph::Field{"_meta", &SessionNotification::meta}};
};

// Requests and replies.

struct Implementation {
    std::string name;
    std::string version;
    std::optional<std::string> title;

    static constexpr auto fields = std::tuple{ph::Field{"name", &Implementation::name}, ph::Field{"version", &Implementation::version},
                                              ph::Field{"title", &Implementation::title}};
};

/// Capabilities stay JSON: an absent or null member means unsupported, `{}` supported.
struct InitializeRequest {
    int protocolVersion = acp::protocolVersion;
    std::optional<ph::Json> clientCapabilities;
    std::optional<Implementation> clientInfo;

    static constexpr auto fields = std::tuple{ph::Field{"protocolVersion", &InitializeRequest::protocolVersion},
                                              ph::Field{"clientCapabilities", &InitializeRequest::clientCapabilities},
                                              ph::Field{"clientInfo", &InitializeRequest::clientInfo}};
};
struct InitializeResponse {
    int protocolVersion = acp::protocolVersion;
    ph::Json agentCapabilities = ph::Json::object();
    ph::Json authMethods = ph::Json::array();
    std::optional<Implementation> agentInfo;

    static constexpr auto fields = std::tuple{ph::Field{"protocolVersion", &InitializeResponse::protocolVersion},
                                              Default{"agentCapabilities", &InitializeResponse::agentCapabilities},
                                              Default{"authMethods", &InitializeResponse::authMethods},
                                              ph::Field{"agentInfo", &InitializeResponse::agentInfo}};
};

struct NewSessionRequest {
    std::string cwd; // absolute
    ph::Json mcpServers = ph::Json::array();
    std::optional<ph::Json> meta;
    std::optional<std::vector<std::string>> additionalDirectories; // absolute

    static constexpr auto fields = std::tuple{ph::Field{"cwd", &NewSessionRequest::cwd}, ph::Field{"mcpServers", &NewSessionRequest::mcpServers},
                                              ph::Field{"_meta", &NewSessionRequest::meta},
                                              ph::Field{"additionalDirectories", &NewSessionRequest::additionalDirectories}};
};

struct Mode {
    std::string id;
    std::string name;
    std::optional<std::string> description;

    static constexpr auto fields = std::tuple{ph::Field{"id", &Mode::id}, ph::Field{"name", &Mode::name}, ph::Field{"description", &Mode::description}};
};
struct Modes {
    std::string currentModeId;
    std::vector<Mode> availableModes;

    static constexpr auto fields = std::tuple{ph::Field{"currentModeId", &Modes::currentModeId}, Default{"availableModes", &Modes::availableModes}};
};
struct NewSessionResponse {
    SessionId sessionId;
    std::optional<Modes> modes;
    std::optional<std::vector<ConfigOption>> configOptions;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &NewSessionResponse::sessionId}, ph::Field{"modes", &NewSessionResponse::modes},
                                              ph::Field{"configOptions", &NewSessionResponse::configOptions}, ph::Field{"_meta", &NewSessionResponse::meta}};
};

/// Both answers carry the session's state; load has sent its history before.
struct LoadSessionRequest {
    SessionId sessionId;
    std::string cwd; // absolute
    std::optional<ph::Json> mcpServers;
    std::optional<ph::Json> meta;
    std::optional<std::vector<std::string>> additionalDirectories; // absolute, the whole list: none is kept from before

    static constexpr auto fields = std::tuple{
        ph::Field{"sessionId", &LoadSessionRequest::sessionId}, ph::Field{"cwd", &LoadSessionRequest::cwd},
        ph::Field{"mcpServers", &LoadSessionRequest::mcpServers}, ph::Field{"_meta", &LoadSessionRequest::meta},
        ph::Field{"additionalDirectories", &LoadSessionRequest::additionalDirectories}};
};
using ResumeSessionRequest = LoadSessionRequest;
struct LoadSessionResponse {
    std::optional<Modes> modes;
    std::optional<std::vector<ConfigOption>> configOptions;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"modes", &LoadSessionResponse::modes},
                                              ph::Field{"configOptions", &LoadSessionResponse::configOptions},
                                              ph::Field{"_meta", &LoadSessionResponse::meta}};
};
using ResumeSessionResponse = LoadSessionResponse;

/// `cwd` keeps the sessions of that folder; `cursor` is the page before's nextCursor.
struct ListSessionsRequest {
    std::optional<std::string> cwd;
    std::optional<std::string> cursor;

    static constexpr auto fields = std::tuple{ph::Field{"cwd", &ListSessionsRequest::cwd}, ph::Field{"cursor", &ListSessionsRequest::cursor}};
};
struct SessionInfo {
    SessionId sessionId;
    std::string cwd;
    std::optional<std::string> title;
    std::optional<std::string> updatedAt; // ISO 8601

    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &SessionInfo::sessionId}, ph::Field{"cwd", &SessionInfo::cwd},
                                              ph::Field{"title", &SessionInfo::title}, ph::Field{"updatedAt", &SessionInfo::updatedAt}};
    friend bool operator==(const SessionInfo &, const SessionInfo &) = default;
};
struct ListSessionsResponse {
    std::vector<SessionInfo> sessions;
    std::optional<std::string> nextCursor; // absent at the end

    static constexpr auto fields = std::tuple{Default{"sessions", &ListSessionsResponse::sessions},
                                              ph::Field{"nextCursor", &ListSessionsResponse::nextCursor}};
};
struct CloseSessionRequest {
    SessionId sessionId;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &CloseSessionRequest::sessionId}};
};
struct DeleteSessionRequest {
    SessionId sessionId;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &DeleteSessionRequest::sessionId}};
};
struct AuthenticateRequest {
    std::string methodId;
    static constexpr auto fields = std::tuple{ph::Field{"methodId", &AuthenticateRequest::methodId}};
};

struct PromptRequest {
    SessionId sessionId;
    std::vector<ContentBlock> prompt;
    std::optional<ph::Json> meta; // {"hoglet": {"workflow": {"id": …, "parameters": {…}, "fromStep": …}}} starts a workflow run

    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &PromptRequest::sessionId}, ph::Field{"prompt", &PromptRequest::prompt},
                                              ph::Field{"_meta", &PromptRequest::meta}};
};
/// stopReason: end_turn max_tokens max_turn_requests refusal cancelled.
struct PromptResponse {
    std::string stopReason = "end_turn";
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"stopReason", &PromptResponse::stopReason}, ph::Field{"_meta", &PromptResponse::meta}};
};

struct CancelNotification {
    SessionId sessionId;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &CancelNotification::sessionId}};
};
struct SetModeRequest {
    SessionId sessionId;
    std::string modeId;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &SetModeRequest::sessionId}, ph::Field{"modeId", &SetModeRequest::modeId}};
};
struct SetConfigOptionRequest {
    SessionId sessionId;
    std::string configId;
    ph::Json value;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &SetConfigOptionRequest::sessionId},
                                              ph::Field{"configId", &SetConfigOptionRequest::configId}, ph::Field{"value", &SetConfigOptionRequest::value}};
};
struct SetConfigOptionResponse {
    std::vector<ConfigOption> configOptions;
    static constexpr auto fields = std::tuple{Default{"configOptions", &SetConfigOptionResponse::configOptions}};
};

/// kind: allow_once allow_always reject_once reject_always; a hint only.
struct PermissionOption {
    std::string optionId;
    std::string name;
    std::string kind;
    std::optional<ph::Json> meta; // {"hoglet": {"recommended": true}} on the choice a headless run takes

    static constexpr auto fields = std::tuple{ph::Field{"optionId", &PermissionOption::optionId}, ph::Field{"name", &PermissionOption::name},
                                              ph::Field{"kind", &PermissionOption::kind}, ph::Field{"_meta", &PermissionOption::meta}};
    friend bool operator==(const PermissionOption &, const PermissionOption &) = default;
};
/// A question carries `_meta.twigToolKind: "question"`.
struct RequestPermissionRequest {
    SessionId sessionId;
    ToolCallUpdate toolCall;
    std::vector<PermissionOption> options;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &RequestPermissionRequest::sessionId},
                                              ph::Field{"toolCall", &RequestPermissionRequest::toolCall},
                                              ph::Field{"options", &RequestPermissionRequest::options},
                                              ph::Field{"_meta", &RequestPermissionRequest::meta}};
};
/// outcome: selected (with optionId) or cancelled.
struct PermissionOutcome {
    std::string outcome = "cancelled";
    std::optional<std::string> optionId;
    static constexpr auto fields = std::tuple{ph::Field{"outcome", &PermissionOutcome::outcome}, ph::Field{"optionId", &PermissionOutcome::optionId}};
};
struct RequestPermissionResponse {
    PermissionOutcome outcome;
    std::optional<ph::Json> meta;
    static constexpr auto fields = std::tuple{ph::Field{"outcome", &RequestPermissionResponse::outcome}, ph::Field{"_meta", &RequestPermissionResponse::meta}};
};

/// mode "form": requestedSchema is a flat JSON Schema object. `toolCallId` names the call that asks.
struct ElicitationRequest {
    std::string mode = "form";
    std::string message;
    std::optional<SessionId> sessionId;
    std::optional<ToolCallId> toolCallId;
    std::optional<ph::Json> requestedSchema;
    std::optional<ph::Json> meta;

    static constexpr auto fields = std::tuple{ph::Field{"mode", &ElicitationRequest::mode}, ph::Field{"message", &ElicitationRequest::message},
                                              ph::Field{"sessionId", &ElicitationRequest::sessionId}, ph::Field{"toolCallId", &ElicitationRequest::toolCallId},
                                              ph::Field{"requestedSchema", &ElicitationRequest::requestedSchema}, ph::Field{"_meta", &ElicitationRequest::meta}};
};
/// action: accept decline cancel.
struct ElicitationResponse {
    std::string action = "cancel";
    std::optional<ph::Json> content;
    static constexpr auto fields = std::tuple{ph::Field{"action", &ElicitationResponse::action}, ph::Field{"content", &ElicitationResponse::content}};
};

// The client's files and terminals, where it offers them.

/// What of clientCapabilities decides which of the calls below may be made.
struct FileSystemCapabilities {
    bool readTextFile = false;
    bool writeTextFile = false;
    static constexpr auto fields = std::tuple{Default{"readTextFile", &FileSystemCapabilities::readTextFile},
                                              Default{"writeTextFile", &FileSystemCapabilities::writeTextFile}};
};
struct ClientCapabilities {
    FileSystemCapabilities fs;
    bool terminal = false;
    std::optional<ph::Json> meta; // {"terminal_output": true}: shows terminals that the agent's `_meta` brings
    static constexpr auto fields = std::tuple{Default{"fs", &ClientCapabilities::fs}, Default{"terminal", &ClientCapabilities::terminal},
                                              ph::Field{"_meta", &ClientCapabilities::meta}};
};

/// `path` absolute; `line` counts from 1, `limit` in lines.
struct ReadTextFileRequest {
    SessionId sessionId;
    std::string path;
    std::optional<std::uint32_t> line;
    std::optional<std::uint32_t> limit;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &ReadTextFileRequest::sessionId}, ph::Field{"path", &ReadTextFileRequest::path},
                                              ph::Field{"line", &ReadTextFileRequest::line}, ph::Field{"limit", &ReadTextFileRequest::limit}};
};
struct ReadTextFileResponse {
    std::string content;
    static constexpr auto fields = std::tuple{ph::Field{"content", &ReadTextFileResponse::content}};
};
struct WriteTextFileRequest {
    SessionId sessionId;
    std::string path; // absolute
    std::string content;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &WriteTextFileRequest::sessionId}, ph::Field{"path", &WriteTextFileRequest::path},
                                              ph::Field{"content", &WriteTextFileRequest::content}};
};

struct EnvVariable {
    std::string name;
    std::string value;
    static constexpr auto fields = std::tuple{ph::Field{"name", &EnvVariable::name}, ph::Field{"value", &EnvVariable::value}};
};
/// `env` is added to the environment that the client gives; `outputByteLimit` keeps the output's end.
struct CreateTerminalRequest {
    SessionId sessionId;
    std::string command;
    std::vector<std::string> args;
    std::vector<EnvVariable> env;
    std::optional<std::string> cwd; // absolute
    std::optional<std::uint64_t> outputByteLimit;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &CreateTerminalRequest::sessionId}, ph::Field{"command", &CreateTerminalRequest::command},
                                              Default{"args", &CreateTerminalRequest::args}, Default{"env", &CreateTerminalRequest::env},
                                              ph::Field{"cwd", &CreateTerminalRequest::cwd},
                                              ph::Field{"outputByteLimit", &CreateTerminalRequest::outputByteLimit}};
};
struct CreateTerminalResponse {
    std::string terminalId;
    static constexpr auto fields = std::tuple{ph::Field{"terminalId", &CreateTerminalResponse::terminalId}};
};
/// Of terminal/output, terminal/wait_for_exit, terminal/kill and terminal/release.
struct TerminalRequest {
    SessionId sessionId;
    std::string terminalId;
    static constexpr auto fields = std::tuple{ph::Field{"sessionId", &TerminalRequest::sessionId}, ph::Field{"terminalId", &TerminalRequest::terminalId}};
};
/// The code, or the name of the signal that ended the command.
struct TerminalExitStatus {
    std::optional<std::int64_t> exitCode;
    std::optional<std::string> signal;
    static constexpr auto fields = std::tuple{ph::Field{"exitCode", &TerminalExitStatus::exitCode}, ph::Field{"signal", &TerminalExitStatus::signal}};
    friend bool operator==(const TerminalExitStatus &, const TerminalExitStatus &) = default;
};
/// `exitStatus` is there once the command has ended.
struct TerminalOutputResponse {
    std::string output;
    bool truncated = false;
    std::optional<TerminalExitStatus> exitStatus;
    static constexpr auto fields = std::tuple{ph::Field{"output", &TerminalOutputResponse::output}, Default{"truncated", &TerminalOutputResponse::truncated},
                                              ph::Field{"exitStatus", &TerminalOutputResponse::exitStatus}};
};

} // namespace acp

template <>
struct nlohmann::adl_serializer<acp::Empty, void> {
    static void to_json(json &out, const acp::Empty &) { out = json::object(); }
    static void from_json(const json &, acp::Empty &) {}
};
