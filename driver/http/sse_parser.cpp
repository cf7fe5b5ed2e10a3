#include "driver/http/sse_parser.h"

#include "driver/base/utf8.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace http {

SseParser::SseParser(std::size_t maximumEvent)
    : m_maximum(maximumEvent)
{
}

ph::Result<std::vector<ServerEvent>> SseParser::feed(std::string_view bytes)
{
    std::vector<ServerEvent> events;
    while (!bytes.empty()) {
        if (std::exchange(m_endedByReturn, false) && bytes.front() == '\n') {
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t end = bytes.find_first_of("\r\n");
        const std::string_view piece = bytes.substr(0, end);
        if (m_data.size() + m_line.size() + piece.size() > m_maximum)
            return ph::fail(ph::ErrorCode::Network, "The server sent an event that is longer than " + std::to_string(m_maximum) + " bytes.");
        if (end == std::string_view::npos) {
            m_line += piece;
            break;
        }
        m_endedByReturn = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        if (m_line.empty()) {
            endLine(piece, events);
        } else {
            m_line += piece;
            endLine(m_line, events);
            m_line.clear();
        }
    }
    return events;
}

void SseParser::endLine(std::string_view line, std::vector<ServerEvent> &events)
{
    constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
    if (std::exchange(m_isFirstLine, false) && line.starts_with(byteOrderMark))
        line.remove_prefix(byteOrderMark.size());
    if (!line.empty()) {
        const std::size_t colon = line.find(':');
        std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
        if (value.starts_with(' '))
            value.remove_prefix(1);
        setField(line.substr(0, colon), value); // A comment has the empty name, which is no field's.
        return;
    }
    if (!m_data.empty()) {
        m_data.pop_back();
        ServerEvent event;
        if (!m_type.empty())
            event.type = std::move(m_type);
        event.data = std::move(m_data);
        event.lastId = m_lastId;
        ph::repairUtf8(event.type);
        ph::repairUtf8(event.data);
        events.push_back(std::move(event));
    }
    m_type.clear();
    m_data.clear();
}

void SseParser::setField(std::string_view name, std::string_view value)
{
    if (name == "data") {
        m_data += value;
        m_data += '\n';
    } else if (name == "event") {
        m_type = value;
    } else if (name == "id") {
        if (value.find('\0') != std::string_view::npos)
            return;
        m_lastId = value;
        ph::repairUtf8(m_lastId);
    } else if (name == "retry") {
        std::chrono::milliseconds::rep pause = 0;
        const bool isNumber = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        const auto result = std::from_chars(value.data(), value.data() + value.size(), pause);
        if (isNumber && result.ec == std::errc())
            m_retry = std::chrono::milliseconds(pause);
    }
}

} // namespace http
