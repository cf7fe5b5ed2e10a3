#pragma once

#include "agent/acp/types.h"
#include "driver/base/result.h"

#include <cstdint>
#include <optional>
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
    std::string problem = {};     // not empty: the model's input is no JSON object. The call is not run; the model reads this as its failure.
};

struct ToolAnswer {
    acp::ToolCallId id;
    bool failed = false;
    std::string text;           // what a language model reads
    ph::Json output;            // the tool call's rawOutput
    bool interrupted = false;   // failed because the turn, or the program, ended before it did
    std::vector<acp::ContentBlock> images = {}; // beside the text, for models that take images
};

/// Thinking that a model showed before it spoke or called. It goes back unchanged with the step that it belongs to.
struct Thought {
    std::string text = {};
    std::string signature = {};  // the model's own proof of the text; without one the thought is not sent back
    std::string redacted = {};   // an opaque block instead of text and signature
    std::string model = {};      // id of the model that had it: others cannot read its signature
    std::size_t textBefore = 0;  // bytes of the message's text that came before it

    friend bool operator==(const Thought &, const Thought &) = default;
};

struct Message {
    enum class Role { User, Assistant, Tool } role = Role::User;
    std::string text;
    std::vector<acp::ContentBlock> blocks;  // of a user message, as they came
    ph::Json meta = ph::Json::object();     // of the prompt (`_meta`)
    std::vector<ToolRequest> calls;         // of an assistant message
    std::vector<ToolAnswer> answers;        // of a tool message, in the order of the calls
    std::vector<Thought> thoughts = {};     // of an assistant message
};

struct ToolSpec {
    std::string name;
    std::string description;
    ph::Json inputSchema;
};

struct Request {
    std::vector<Message> history; // oldest first; the last one is a user or tool message
    std::vector<ToolSpec> tools;
    std::string system = {};
    std::string effort = {};      // one of Info::efforts; "": the model's own choice
    bool mayCallTools = true;     // false: `tools` only explain the calls in the history
};

/// Tokens of one step, as the service counted them.
struct Usage {
    std::int64_t input = 0;       // neither read from the cache nor written to it
    std::int64_t cachedRead = 0;
    std::int64_t cachedWrite = 0;
    std::int64_t output = 0;
    std::optional<double> cost = {}; // US dollars, where the prices are known

    /// What the window holds after the step.
    std::int64_t total() const { return input + cachedRead + cachedWrite + output; }
    friend bool operator==(const Usage &, const Usage &) = default;
};

/// What is known of a model.
struct Info {
    std::int64_t contextWindow = 0; // tokens; 0: unknown
    std::int64_t maximumOutput = 0; // tokens; 0: unknown
    bool takesImages = false;
    std::vector<std::string> efforts = {}; // of low, medium, high, xhigh, max; empty: it has no such choice

    friend bool operator==(const Info &, const Info &) = default;
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

    virtual void onThoughtEnd(const Thought &) {} // whole, after its onThought()s; also a redacted one, which had none
    virtual void onCallBegin(const acp::ToolCallId &, const std::string &) {} // its id and the tool's name; a call that is not in the reply was cut off
    virtual void onCallInput(const acp::ToolCallId &, const std::string &) {} // the next piece of its input's JSON
    virtual void onUsage(const Usage &) {}        // of the step so far
    virtual void onNotice(const std::string &) {} // for the user, not for the history: "Overloaded, trying again in 4 s."
};

struct Reply {
    std::vector<ToolRequest> calls;      // in the order of the model
    std::string stopReason = "end_turn"; // when there are no calls: end_turn, max_tokens, refusal
    std::vector<Thought> thoughts = {};  // as Listener::onThoughtEnd() heard them
    Usage usage = {};
    bool windowIsFull = false;           // the service took nothing, since the request is longer than the window: shorten it and ask again
};

class Model
{
public:
    virtual ~Model() = default;
    virtual std::string id() const = 0;    // "guided"
    virtual std::string name() const = 0;  // "Guided (no language model)"
    virtual Info info() const { return {}; }
    /// Whether it reads what it is told beside the conversation (Request::system), as language models do.
    virtual bool takesInstructions() const { return true; }

    /// One step of a turn. Must be a function of `request` alone: a session that is loaded again goes on where it was.
    /// Errors: Cancelled; Network, RateLimited (asking again may help: what the listener has heard stands, and no call of the step may
    /// run); Unauthorized, InvalidInput, NotFound (asking again would not).
    virtual ph::Result<Reply> ask(const Request &request, Listener &listener, std::stop_token stop) = 0;
};

} // namespace model
