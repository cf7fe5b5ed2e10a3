#pragma once

#include "agent/acp/transport.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ui {

/// One line of a connection with an agent, as the window's end sees it: Sent goes to the agent.
struct WireLine {
    std::uint64_t number = 0;                                  // counts from 1 in its log, without gaps
    std::optional<std::chrono::system_clock::time_point> time; // nothing: not known
    acp::Direction direction = acp::Direction::Sent;
    std::string text;
};
using WireLinePtr = std::shared_ptr<const WireLine>;

/// The last lines of one connection, for who wants to look at them. Nothing is read or parsed here: add() copies the text and is
/// meant for the threads on which lines pass. Every member may be called from any thread.
class WireLog
{
public:
    struct Limits {
        std::size_t lines = 20'000;
        std::size_t bytes = 64 * 1024 * 1024; // of text
    };

    /// `id` tells it from all other connections; `name` is the agent's, to be shown.
    WireLog(QString id, QString name, Limits limits);
    WireLog(QString id, QString name)
        : WireLog(std::move(id), std::move(name), Limits())
    {
    }

    const QString &id() const { return m_id; }
    const QString &name() const { return m_name; }
    std::chrono::system_clock::time_point beganAt() const { return m_beganAt; }

    /// Adds a line that passes now. The oldest ones go when there are too many, or too much of them; the newest always stays.
    void add(acp::Direction direction, const std::string &text);
    /// Adds a line that passed before; its number is given here.
    void add(WireLine line);

    struct News {
        std::vector<WireLinePtr> lines;
        std::uint64_t oldest = 0; // the first number that is still kept; one past the last when nothing is
    };
    /// What came after line `number`, at most `most` lines.
    News since(std::uint64_t number, std::size_t most) const;

    std::size_t size() const;
    std::uint64_t lastNumber() const;  // 0: none yet
    std::uint64_t droppedCount() const; // lines that went because of the limits
    void clear();                      // What is cleared does not count as dropped.

    bool hasEnded() const { return m_hasEnded; }
    void end() { m_hasEnded = true; } // no line will come any more

private:
    const QString m_id;
    const QString m_name;
    const Limits m_limits;
    const std::chrono::system_clock::time_point m_beganAt = std::chrono::system_clock::now();
    std::atomic<bool> m_hasEnded = false;
    mutable std::mutex m_mutex; // Guards all below.
    std::deque<WireLinePtr> m_lines;
    std::size_t m_bytes = 0;
    std::uint64_t m_next = 1;
    std::uint64_t m_dropped = 0;
};

/// The connections of this run of the program, the newest last. Main thread only.
class WireLogs : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Begins the log of a new connection and returns the transport through which its lines pass; to be called with the window's end of
    /// it. The log ends with the transport. Of ended connections the newest few are kept.
    std::unique_ptr<acp::Transport> tap(const QString &agentName, std::unique_ptr<acp::Transport> transport);

    const std::vector<std::shared_ptr<WireLog>> &all() const { return m_logs; }
    std::shared_ptr<WireLog> find(const QString &id) const; // null: not here
    /// The newest that has not ended, else the newest; null: there was none.
    std::shared_ptr<WireLog> newest() const;

signals:
    void changed();

private:
    std::vector<std::shared_ptr<WireLog>> m_logs;
};

} // namespace ui
