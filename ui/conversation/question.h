#pragma once

#include "agent/acp/types.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

namespace ui {

/// A request of the agent that waits for the user: a permission, a choice, or a form. It is answered exactly once; whoever
/// comes second is told so. The asking side waits on its own thread, the window answers on the main thread.
class Question
{
public:
    struct Option {
        std::string id;
        std::string name;
        std::string kind;          // allow_once … or empty
        std::string description;
        bool recommended = false;
        bool takesWords = false;   // the agent reads what the user says with this answer
    };
    /// What it is about, whole: the command, HogQL, URL, change or body.
    struct Detail {
        std::string text;          // may be empty
        std::string language = {}; // of code: hogql, sql, sh, diff, json, text; empty: prose

        friend bool operator==(const Detail &, const Detail &) = default;
    };
    /// A field of a form, from the flat JSON schema.
    struct Field {
        std::string name;
        std::string title;
        std::string type;          // string, number, integer, boolean
        std::vector<Option> choices; // not empty: one of these
        ph::Json initial;          // null: none
        bool required = false;
    };

    explicit Question(const acp::RequestPermissionRequest &request);
    explicit Question(const acp::ElicitationRequest &request);

    /// What the request left out, from the call that it is about: agents may send its id alone. Before it is shown.
    void complete(const acp::ToolCall &call);

    std::uint64_t id() const { return m_id; }
    const acp::SessionId &sessionId() const { return m_sessionId; }
    const std::string &text() const { return m_text; }          // what is asked, in words
    const Detail &detail() const { return m_detail; }
    const std::string &reason() const { return m_reason; }      // why the agent may not just do it, in a sentence; may be empty
    bool isPermission() const { return m_isPermission; }        // else a question that allows nothing
    const std::string &toolCallId() const { return m_toolCallId; }
    const std::vector<Option> &options() const { return m_options; }
    const std::vector<Field> &fields() const { return m_fields; } // of a form; one that asks for one choice has options instead

    /// The option that says no: once, where there is one. Null: none does.
    const Option *rejection() const;
    bool takesWords(const std::string &optionId) const;

    /// Each returns whether this was the answer. `words` go to the agent with an option that takes them.
    bool choose(const std::string &optionId, const std::string &words = {});
    bool accept(ph::Json content);  // a form
    bool replay(const ph::Json &content); // a form, from a log: one choice is the option that was chosen
    bool dismiss();                 // no choice was made: the option that says no, where there is one
    bool cancel();                  // the turn was cancelled
    bool isOpen() const;
    std::string answerName() const; // the chosen option's name and the words with it; empty while open or when cancelled

    /// Block until answered; a requested stop cancels.
    acp::RequestPermissionResponse waitForPermission(std::stop_token stop);
    acp::ElicitationResponse waitForForm(std::stop_token stop);

private:
    const Option *find(const std::string &optionId) const;
    bool settle(std::string action, std::string optionId, ph::Json content, std::string words = {});
    void wait(std::stop_token stop);

    const std::uint64_t m_id;
    acp::SessionId m_sessionId;
    std::string m_text;
    Detail m_detail;
    std::string m_reason;
    bool m_isPermission = true;
    bool m_isForm = false;
    std::string m_choiceField; // of a form that asks for one choice
    std::string m_toolCallId;
    std::vector<Option> m_options;
    std::vector<Field> m_fields;

    mutable std::mutex m_mutex; // Guards what follows.
    std::condition_variable_any m_answered;
    std::string m_action; // empty: open; selected, accept, decline, cancelled
    std::string m_optionId;
    std::string m_words;
    ph::Json m_content;
};

} // namespace ui
