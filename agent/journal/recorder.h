#pragma once

#include "agent/acp/transport.h"
#include "agent/journal/writer.h"
#include "driver/base/json_fields.h"

#include <map>
#include <set>
#include <vector>

namespace journal {

/// Takes every line of one connection, seen from the agent's end, and gives it to the log of its session: one log a session, named by
/// the session's id. For acp::tapped(), which shows one line at a time.
///
/// What belongs to no session yet (initialize, session/new) waits for the next session and goes at the head of its log. Not kept:
/// session/list and what else concerns no session; session/load and session/resume with the history that is sent for them, since the log
/// has it already; everything of a deleted session; lines that are no JSON object.
class Recorder
{
public:
    /// `writer` must outlive this object.
    explicit Recorder(Writer &writer);

    void onLine(acp::Direction direction, const std::string &line);

private:
    struct Request {
        std::string method;
        std::string run;
    };
    struct Waiting {
        std::string key; // of the request that the line is, or answers
        std::string entry;
    };

    void onRequest(acp::Direction direction, const std::string &line, const ph::Json &message);
    void onNotification(acp::Direction direction, const std::string &line, const ph::Json &message);
    void onReply(acp::Direction direction, const std::string &line, const ph::Json &message);
    void keep(const std::string &run, const std::string &line, const ph::Json &message);
    void wait(const std::string &key, const std::string &line, const ph::Json &message);
    void beginRun(const std::string &run, const std::string &key);

    Writer &m_writer;
    std::vector<Waiting> m_waiting;            // for a session to begin
    std::map<std::string, Request> m_requests; // not answered yet, by direction and id
    std::multiset<std::string> m_loading;      // runs whose history is being sent
    std::set<std::string> m_deleted;
    std::string m_lastRun;
};

} // namespace journal
