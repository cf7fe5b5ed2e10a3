#pragma once

#include "agent/acp/transport.h"
#include "driver/base/json_fields.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace support {

/// The other end of a line, in raw text: sends what it is told, keeps what it hears.
class TextPeer
{
public:
    explicit TextPeer(std::unique_ptr<acp::Transport> transport)
        : m_transport(std::move(transport))
        , m_reader([this] { listen(); })
    {
    }
    ~TextPeer() { close(); }

    void send(const std::string &line) { m_transport->send(line); }

    /// The next line that was not taken yet, as JSON (null when none comes in time or the line has ended).
    ph::Json next(std::chrono::milliseconds patience = std::chrono::seconds(10))
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, patience, [this] { return m_taken < m_lines.size() || m_ended; });
        if (m_taken >= m_lines.size())
            return nullptr;
        return ph::Json::parse(m_lines[m_taken++]);
    }
    /// The next message with that id or method; others are passed over.
    ph::Json nextWith(const std::string &key, const ph::Json &value, std::chrono::milliseconds patience = std::chrono::seconds(10))
    {
        while (true) {
            auto message = next(patience);
            if (message.is_null() || (message.contains(key) && message[key] == value))
                return message;
        }
    }
    bool hasMore(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, patience, [this] { return m_taken < m_lines.size(); });
    }
    std::vector<std::string> lines()
    {
        const std::lock_guard lock(m_mutex);
        return m_lines;
    }
    void close()
    {
        m_transport->close();
        if (m_reader.joinable())
            m_reader.join();
    }

private:
    void listen()
    {
        while (auto line = m_transport->receive()) {
            const std::lock_guard lock(m_mutex);
            m_lines.push_back(*std::move(line));
            m_changed.notify_all();
        }
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        m_changed.notify_all();
    }

    std::unique_ptr<acp::Transport> m_transport;
    std::mutex m_mutex; // Guards what follows.
    std::condition_variable m_changed;
    std::vector<std::string> m_lines;
    std::size_t m_taken = 0;
    bool m_ended = false;
    std::thread m_reader;
};

} // namespace support
