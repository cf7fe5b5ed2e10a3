#pragma once

#include "agent/acp/json_view.h"
#include "agent/acp/transport.h"
#include "agent/journal/writer.h"

#include <chrono>
#include <map>
#include <set>
#include <vector>

namespace journal {

/// Takes every line of one connection, seen from the agent's end, and gives it to the log of its session: one log a session, named by
/// the session's id; or all to the log of the task's run that the connection serves. For acp::tapped(), which shows one line at a time.
///
/// What belongs to no session yet (initialize, session/new) waits for the next session and goes at the head of its log. Not kept:
/// session/list and what else concerns no session; session/load and session/resume with the history that is sent for them, since the log
/// has it already; everything of a deleted session; lines that are no JSON object, or nest deeper than a message may (acp::maximumDepth).
class Recorder
{
public:
    /// `writer` must outlive this object. `taskRun` names the log that every session is kept in: of an agent that gives its sessions ids
    /// of its own, under which nobody would look. Nothing waits then, and a refused session/new is kept, too. Empty: a log a session.
    explicit Recorder(Writer &writer, std::string taskRun = {});

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

    void onRequest(const std::string &key, const Request &request, const std::string &line);
    void onNotification(acp::Direction direction, const std::string &line, const acp::JsonView &message);
    void onReply(acp::Direction direction, const std::string &line, const acp::JsonView &message);
    void keep(const std::string &run, const std::string &line);
    void wait(const std::string &key, const std::string &line);
    void beginRun(const std::string &run, const std::string &key);
    const std::string &logOf(const std::string &run) const { return m_taskRun.empty() ? run : m_taskRun; }

    const std::string &timestamp();

    Writer &m_writer;
    const std::string m_taskRun;
    acp::LineParser m_parser;
    std::chrono::sys_time<std::chrono::milliseconds> m_timestampAt; // what m_timestamp says
    std::string m_timestamp;
    std::vector<Waiting> m_waiting;            // for a session to begin
    std::map<std::string, Request> m_requests; // not answered yet, by direction and id
    std::multiset<std::string> m_loading;      // runs whose history is being sent
    std::set<std::string> m_deleted;
    std::string m_lastRun;
};

} // namespace journal
