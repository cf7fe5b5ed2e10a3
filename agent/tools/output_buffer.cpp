#include "agent/tools/output_buffer.h"

#include "agent/tools/output.h"
#include "agent/tools/text.h"

#include <algorithm>

namespace tools {

OutputBuffer::OutputBuffer(std::size_t maximumBytes)
    : m_half(maximumBytes / 2)
{
}

void OutputBuffer::append(std::string_view bytes)
{
    m_total += bytes.size();
    const auto toHead = std::min(m_half - m_head.size(), bytes.size());
    m_head.append(bytes.substr(0, toHead));
    bytes.remove_prefix(toHead);
    if (bytes.size() >= m_half) {
        m_tail = bytes.substr(bytes.size() - m_half);
        return;
    }
    m_tail.append(bytes);
    if (m_tail.size() > 2 * m_half)
        m_tail.erase(0, m_tail.size() - m_half);
}

CappedOutput OutputBuffer::content() const
{
    auto tail = m_tail.substr(m_tail.size() - std::min(m_tail.size(), m_half));
    const auto dropped = m_total - m_head.size() - tail.size();
    if (dropped == 0)
        return {m_head + tail, {}, 0};
    return {m_head, std::move(tail), dropped};
}

void OutputBuffer::clear()
{
    m_head.clear();
    m_tail.clear();
    m_total = 0;
}

std::string CappedOutput::text() const
{
    if (dropped == 0)
        return withoutTerminalCodes(asUtf8(head));
    // Whole characters only: the cut is ours, not the program's.
    const auto first = headOf(head, head.size() - 1);
    auto last = std::string_view(tail);
    while (!last.empty() && (static_cast<unsigned char>(last.front()) & 0xc0) == 0x80)
        last.remove_prefix(1);
    return withoutTerminalCodes(asUtf8(first)) + "\n… " + withSeparators(dropped + head.size() - first.size() + tail.size() - last.size()) + " bytes are left out here …\n" + withoutTerminalCodes(asUtf8(last));
}

} // namespace tools
