#include "ui/conversation/diff_text.h"

#include "ui/conversation/visible_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <string_view>
#include <vector>

namespace ui {
namespace {

constexpr std::size_t context = 3;
constexpr std::size_t mostPairs = 4'000'000; // of lines that are compared; beyond, all that lies between the ends goes and comes

QString tr(const char *text) { return QCoreApplication::translate("ui::Conversation", text); }

using Lines = std::vector<std::string_view>;

struct Line {
    char sign; // '-', '+', or ' '
    std::string_view text;
};

Lines linesOf(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1);
        lines.push_back(text.substr(0, end + 1)); // with its end: a last line that loses it has changed
        text.remove_prefix(end + 1);
    }
    return lines;
}

/// The shortest way from `before` to `after`, by their longest common subsequence.
void addChanges(std::vector<Line> &lines, const Lines &before, const Lines &after)
{
    const std::size_t rows = before.size(), columns = after.size();
    const bool isCompared = columns == 0 || rows <= mostPairs / columns;
    std::vector<std::uint16_t> longest; // of what follows line i and line j
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t & { return longest[i * (columns + 1) + j]; };
    if (isCompared) {
        longest.resize((rows + 1) * (columns + 1));
        for (auto i = rows; i-- > 0;) {
            for (auto j = columns; j-- > 0;)
                at(i, j) = before[i] == after[j] ? std::uint16_t(at(i + 1, j + 1) + 1) : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    std::size_t i = 0, j = 0;
    while (i < rows || j < columns) {
        if (isCompared && i < rows && j < columns && before[i] == after[j]) {
            lines.push_back({' ', before[i]});
            ++i, ++j;
        } else if (i < rows && (j == columns || !isCompared || at(i + 1, j) >= at(i, j + 1))) {
            lines.push_back({'-', before[i++]});
        } else {
            lines.push_back({'+', after[j++]});
        }
    }
}

std::vector<Line> changesOf(const Lines &before, const Lines &after)
{
    const auto [first, other] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    const auto start = std::size_t(first - before.begin());
    std::size_t tail = 0;
    while (tail < std::min(before.size(), after.size()) - start && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    std::vector<Line> lines;
    for (std::size_t i = 0; i < start; ++i)
        lines.push_back({' ', before[i]});
    const auto ends = [&](const Lines &all) { return all.end() - std::ptrdiff_t(tail); };
    addChanges(lines, Lines(first, ends(before)), Lines(other, ends(after)));
    for (auto i = before.size() - tail; i < before.size(); ++i)
        lines.push_back({' ', before[i]});
    return lines;
}

/// Which of the lines stand near a change.
std::vector<bool> nearChanges(const std::vector<Line> &lines)
{
    std::vector<bool> isNear(lines.size(), false);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].sign == ' ')
            continue;
        for (auto n = i - std::min(i, context); n < std::min(lines.size(), i + context + 1); ++n)
            isNear[n] = true;
    }
    return isNear;
}

QString shown(const Line &line)
{
    auto text = line.text;
    const bool hasEnd = !text.empty() && text.back() == '\n';
    if (hasEnd)
        text.remove_suffix(1);
    if (!text.empty() && text.back() == '\r')
        text.remove_suffix(1); // of the line's end
    const auto start = QString(QChar(line.sign)) + ' ';
    return start + visibleText(std::string(text)).replace('\n', '\n' + start); // a lone return shows as a line of its own
}

} // namespace

QString diffText(const std::string &before, const std::string &after)
{
    const auto old = linesOf(before), fresh = linesOf(after);
    const auto lines = changesOf(old, fresh);
    const auto isNear = nearChanges(lines);
    if (std::find(isNear.begin(), isNear.end(), true) == isNear.end())
        return {};
    QStringList text;
    for (std::size_t i = 0; i < lines.size();) {
        if (isNear[i]) {
            text << shown(lines[i++]);
            continue;
        }
        const auto next = std::size_t(std::find(isNear.begin() + std::ptrdiff_t(i), isNear.end(), true) - isNear.begin());
        text << (next - i == 1 ? tr("… 1 unchanged line") : tr("… %1 unchanged lines").arg(next - i));
        i = next;
    }
    return text.join('\n');
}

} // namespace ui
