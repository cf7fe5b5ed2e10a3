#include "ui/terminal/plain_output.h"

#include <algorithm>

namespace ui {
namespace {

bool isContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

} // namespace

PlainOutput::PlainOutput(std::size_t limit)
    : m_limit(limit)
{
}

void PlainOutput::control(unsigned char character)
{
    if (character == '\r') {
        ++m_returns;
    } else if (character == '\n') {
        m_returns = 0;
        append("\n");
    } else if (character == '\t') {
        append("\t");
    }
}

void PlainOutput::append(std::string_view text)
{
    if (m_returns > 0)
        m_text += '\r'; // One that begins the line anew, as progress does.
    m_returns = 0;
    m_text += text;
    // Cut seldom: each time moves what is kept.
    if (m_text.size() > 2 * m_limit + 4096) {
        m_text.erase(0, m_text.size() - m_limit);
        m_isCut = true;
    }
}

PlainOutput::Tail PlainOutput::tail() const
{
    auto from = m_text.size() - std::min(m_limit, m_text.size());
    while (from < m_text.size() && isContinuation(m_text[from]))
        ++from;
    return {m_text.substr(from), m_isCut || from > 0};
}

} // namespace ui
