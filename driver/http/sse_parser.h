#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http {

/// One event of a text/event-stream.
struct ServerEvent {
    std::string type = "message"; // "event:" of the stream
    std::string data; // lines joined by "\n"; UTF-8
    std::string lastId; // what a reconnect sends as Last-Event-ID

    friend bool operator==(const ServerEvent &, const ServerEvent &) = default;
};

/// Reads a text/event-stream that comes in pieces of any size, as WHATWG's HTML standard says (9.2.6, "Interpreting an event
/// stream"): lines end with CR, LF or CRLF; one byte order mark may come first; comments are passed over; an event without data
/// is none; bytes that are no UTF-8 become U+FFFD. What the end of the stream cuts off is no event.
class SseParser
{
public:
    /// `maximumEvent`: bytes that one event, and any one line, may have.
    explicit SseParser(std::size_t maximumEvent = 32 * 1024 * 1024);

    /// The events that are whole with these bytes. Error: Network, when an event is longer than it may be; the parser is then of no more use.
    ph::Result<std::vector<ServerEvent>> feed(std::string_view bytes);

    /// The pause before a reconnect that the stream asked for.
    std::optional<std::chrono::milliseconds> retry() const { return m_retry; }
    /// The last id that the stream gave, also without an event.
    const std::string &lastId() const { return m_lastId; }

private:
    void endLine(std::string_view line, std::vector<ServerEvent> &events);
    void setField(std::string_view name, std::string_view value);

    const std::size_t m_maximum;
    std::string m_line; // begun and not ended
    bool m_isFirstLine = true;
    bool m_endedByReturn = false; // the last byte was a CR: a LF that follows belongs to it
    std::string m_type;
    std::string m_data; // with a "\n" behind each line
    std::string m_lastId;
    std::optional<std::chrono::milliseconds> m_retry;
};

} // namespace http
