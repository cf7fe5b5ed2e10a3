#include "agent/report/text_metrics.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace report {

namespace {

// Advance of ' ' to '~' in thousandths of the font size: the larger of Inter's and DejaVu Sans' regular faces.
constexpr std::array<std::uint16_t, 95> advances{
    318, 401, 460, 838, 638, 950, 780, 275, 390, 390, 500, 838, 318, 460, 318, 357, 636, 636, 636, 636, 642, 636, 636, 636,
    636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 727, 770, 632, 587, 775, 752, 295, 543, 656, 563, 889, 753, 787,
    635, 787, 695, 638, 642, 741, 684, 989, 685, 665, 685, 390, 357, 390, 838, 500, 500, 613, 635, 558, 635, 615, 361, 635,
    634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 523, 392, 634, 592, 818, 592, 592, 541, 636, 337, 636, 838};
constexpr double boldFactor = 1.12;

struct Decoded {
    char32_t point = 0xFFFD;
    std::size_t length = 1;
    bool valid = false;
};

Decoded decode(std::string_view text, std::size_t at)
{
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80)
        return {lead, 1, true};
    const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
    if (length == 0 || at + length > text.size())
        return {};
    char32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0U) != 0x80)
            return {};
        point = point << 6U | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
        return {};
    return {point, length, true};
}

double advance(char32_t point)
{
    if (point >= 32 && point < 127)
        return advances[point - 32] / 1000.0;
    if (point == U'·')
        return 0.32;
    if (point >= 0x300 && point < 0x370) // combining marks
        return 0;
    if (point < 0x2000)
        return 0.75;
    return 1.05;
}

/// Byte offsets at which characters start, and the end.
std::vector<std::size_t> boundaries(std::string_view text)
{
    std::vector<std::size_t> starts;
    for (std::size_t at = 0; at < text.size(); at += decode(text, at).length)
        starts.push_back(at);
    starts.push_back(text.size());
    return starts;
}

} // namespace

double textWidth(std::string_view utf8, double size, bool bold)
{
    double width = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto character = decode(utf8, at);
        width += advance(character.point);
        at += character.length;
    }
    return width * size * (bold ? boldFactor : 1);
}

std::string shortened(std::string_view utf8, double width, double size, bool bold)
{
    if (textWidth(utf8, size, bold) <= width)
        return std::string(utf8);
    const auto starts = boundaries(utf8);
    for (std::size_t kept = std::min<std::size_t>(starts.size() - 1, 400); kept-- > 2;) {
        const std::size_t head = (kept + 1) / 2;
        const std::size_t tail = kept - head;
        std::string text(utf8.substr(0, starts[head]));
        text += "…";
        text += utf8.substr(starts[starts.size() - 1 - tail]);
        if (textWidth(text, size, bold) <= width)
            return text;
    }
    return {};
}

std::vector<std::string> wrapped(std::string_view utf8, double width, double size, std::size_t maximumLines)
{
    std::vector<std::string> lines;
    std::string line;
    std::size_t at = 0;
    while (at < utf8.size()) {
        auto space = utf8.find(' ', at);
        if (space == std::string_view::npos)
            space = utf8.size();
        const auto word = shortened(utf8.substr(at, space - at), width, size);
        const auto longer = line.empty() ? word : line + " " + word;
        if (textWidth(longer, size) > width && !line.empty()) {
            if (lines.size() + 1 == maximumLines) {
                while (!line.empty() && textWidth(line + "…", size) > width)
                    line.resize(boundaries(line)[boundaries(line).size() - 2]);
                lines.push_back(line + "…");
                return lines;
            }
            lines.push_back(line);
            line = word;
        } else {
            line = longer;
        }
        at = space + 1;
    }
    if (!line.empty())
        lines.push_back(line);
    return lines;
}

std::string oneLine(std::string_view text)
{
    std::string out;
    bool space = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = decode(text, at);
        const auto point = character.point;
        const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
        const bool invisible = (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E)
            || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
        if (control) {
            space = !out.empty();
        } else if (!invisible) {
            if (space)
                out += ' ';
            space = false;
            if (character.valid)
                out += text.substr(at, character.length);
            else
                out += "\xEF\xBF\xBD";
        }
        at += character.length;
    }
    return out;
}

} // namespace report
