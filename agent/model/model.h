#pragma once

#include "agent/acp/types.h"
#include "driver/base/result.h"

#include <stop_token>
#include <string>
#include <vector>

/// What answers a prompt: a language model, or the guided one that needs none. A turn asks, runs the tools that the reply
/// calls, and asks again with their results, until a reply calls no more.
namespace model {

struct ToolRequest {
    acp::ToolCallId id;
    std::string name;  // of a tool in ToolSpec
    ph::Json input = ph::Json::object();
    std::string title; // for the card; empty: the tool's own title for this input
    std::optional<ph::Json> meta; // goes out as the tool call's `_meta`
};

struct ToolAnswer {
    acp::ToolCallId id;
    bool failed = false;
    std::string text;           // what a language model reads
    ph::Json output;            // the tool call's rawOutput
    bool interrupted = false;   // failed because the turn, or the program, ended before it did
};

struct Message {
    enum class Role { User, Assistant, Tool } role = Role::User;
    std::string text;
    std::vector<acp::ContentBlock> blocks;  // of a user message, as they came
    ph::Json meta = ph::Json::object();     // of the prompt (`_meta`)
    std::vector<ToolRequest> calls;         // of an assistant message
    std::vector<ToolAnswer> answers;        // of a tool message, in the order of the calls
};

struct ToolSpec {
    std::string name;
    std::string description;
    ph::Json inputSchema;
};

struct Request {
    std::vector<Message> history; // oldest first; the last one is a user or tool message
    std::vector<ToolSpec> tools;
};

/// Hears a reply while it comes. Called on the thread that called ask().
class Listener
{
public:
    virtual ~Listener() = default;
    virtual void onText(const std::string &text, const ph::Json &meta = {}) = 0; // a chunk; `meta` goes out as the chunk's `_meta`
    virtual void onThought(const std::string &text) = 0;
    virtual void onPlan(const acp::Plan &plan) = 0;
    virtual void onTitle(const std::string &title) = 0; // of the session
};

struct Reply {
    std::vector<ToolRequest> calls;      // run one after another, in this order
    std::string stopReason = "end_turn"; // when there are no calls
};

class Model
{
public:
    virtual ~Model() = default;
    virtual std::string id() const = 0;    // "guided"
    virtual std::string name() const = 0;  // "Guided (no language model)"
    /// One step of a turn. Must be a function of `request` alone: a session that is loaded again goes on where it was.
    virtual ph::Result<Reply> ask(const Request &request, Listener &listener, std::stop_token stop) = 0;
};

} // namespace model
