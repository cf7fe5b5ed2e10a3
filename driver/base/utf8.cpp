#include "driver/base/utf8.h"

namespace ph {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// Length of the well-formed sequence at the start of `text`, or 0.
std::size_t sequenceLength(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool inRange = first == 0xE0 ? byte(1) >= 0xA0 : first == 0xED ? byte(1) < 0xA0 : true;
        return follows(1) && follows(2) && inRange ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool inRange = first == 0xF0 ? byte(1) >= 0x90 : first == 0xF4 ? byte(1) < 0x90 : true;
        return follows(1) && follows(2) && follows(3) && inRange ? 4 : 0;
    }
    return 0;
}

} // namespace

bool isUtf8(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

bool repairUtf8(std::string &text)
{
    std::string repaired;
    std::size_t kept = 0; // up to here it is in `repaired`
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t length = sequenceLength(std::string_view(text).substr(at))) {
            at += length;
            continue;
        }
        repaired.append(text, kept, at - kept);
        repaired += replacement;
        kept = ++at;
    }
    if (kept == 0)
        return false;
    repaired.append(text, kept);
    text = std::move(repaired);
    return true;
}

} // namespace ph
