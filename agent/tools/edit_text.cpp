#include "agent/tools/edit_text.h"

#include "agent/tools/text.h"

#include <algorithm>
#include <map>

namespace tools {
namespace {

std::string withCrlf(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            out += '\r';
        out += text[i];
    }
    return out;
}

std::vector<std::size_t> placesOf(std::string_view text, std::string_view wanted)
{
    std::vector<std::size_t> places;
    if (wanted.empty())
        return places;
    for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + wanted.size()))
        places.push_back(at);
    return places;
}

std::size_t lineAt(std::string_view text, std::size_t place) { return std::size_t(std::count(text.begin(), text.begin() + std::ptrdiff_t(place), '\n')) + 1; }

std::string_view trimmed(std::string_view line)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!line.empty() && isBlank(line.front()))
        line.remove_prefix(1);
    while (!line.empty() && isBlank(line.back()))
        line.remove_suffix(1);
    return line;
}

/// How alike two lines are, 0 to 1: the share of their pairs of neighbouring characters that both have.
double likeness(std::string_view a, std::string_view b)
{
    a = trimmed(a);
    b = trimmed(b);
    if (a == b)
        return 1;
    if (a.size() < 2 || b.size() < 2)
        return 0;
    std::map<std::pair<char, char>, int> pairs;
    for (std::size_t i = 0; i + 1 < a.size(); ++i)
        ++pairs[{a[i], a[i + 1]}];
    std::size_t shared = 0;
    for (std::size_t i = 0; i + 1 < b.size(); ++i) {
        if (pairs[{b[i], b[i + 1]}]-- > 0)
            ++shared;
    }
    return 2.0 * double(shared) / double(a.size() + b.size() - 2);
}

/// The lines of `text` that are most like the first line of `wanted` that says something.
std::string nearestLines(std::string_view text, std::string_view wanted)
{
    constexpr std::size_t maximumCompared = 200'000;
    const auto wantedLines = linesOf(wanted);
    const auto key = std::find_if(wantedLines.begin(), wantedLines.end(), [](auto line) { return !trimmed(line).empty(); });
    if (key == wantedLines.end())
        return {};
    const auto lines = linesOf(text.substr(0, maximumCompared));
    double best = 0.5; // less is no likeness worth showing
    std::size_t nearest = lines.size();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (const auto like = likeness(lines[i].substr(0, 500), key->substr(0, 500)); like > best) {
            best = like;
            nearest = i;
        }
    }
    if (nearest == lines.size())
        return {};
    const auto offset = std::size_t(key - wantedLines.begin());
    const auto first = nearest - std::min(nearest, offset);
    std::string shown;
    for (auto i = first; i < std::min({lines.size(), first + wantedLines.size() + 2, first + 12}); ++i)
        shown += std::to_string(i + 1) + "→" + asUtf8(headOf(lines[i], 300)) + "\n";
    return " The nearest lines are:\n" + fenced(shown);
}

} // namespace

ph::Result<EditedText> applyEdits(std::string_view text, const std::vector<TextEdit> &edits)
{
    EditedText result;
    result.text = text;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        const auto which = edits.size() > 1 ? "edit " + std::to_string(i + 1) + ": " : std::string();
        const auto &edit = edits[i];
        if (edit.oldText.empty()) {
            if (i > 0 || !result.text.empty())
                return ph::fail(ph::ErrorCode::InvalidInput, which + "an empty `old_string` only makes a new file.");
            result.text = edit.newText;
            result.replaced = 1;
            continue;
        }
        if (edit.oldText == edit.newText)
            return ph::fail(ph::ErrorCode::InvalidInput, which + "`old_string` and `new_string` are the same; nothing was changed.");
        auto oldText = edit.oldText;
        auto newText = edit.newText;
        auto places = placesOf(result.text, oldText);
        if (places.empty() && result.text.find("\r\n") != std::string::npos) {
            oldText = withCrlf(oldText);
            newText = withCrlf(newText);
            places = placesOf(result.text, oldText);
        }
        if (places.empty())
            return ph::fail(ph::ErrorCode::InvalidInput, which + "the `old_string` does not stand in the file." + nearestLines(result.text, edit.oldText));
        if (places.size() > 1 && !edit.replacesAll) {
            std::string where;
            for (std::size_t k = 0; k < std::min<std::size_t>(places.size(), 10); ++k)
                where += (k > 0 ? ", " : "") + std::to_string(lineAt(result.text, places[k]));
            return ph::fail(ph::ErrorCode::InvalidInput, which + "the `old_string` stands in " + std::to_string(places.size()) + " places (lines " + where
                                + (places.size() > 10 ? ", …" : "") + "). Give more of what is around it, or set `replace_all`.");
        }
        std::string next;
        next.reserve(result.text.size());
        std::size_t from = 0;
        for (const auto place : places) {
            next.append(result.text, from, place - from);
            next += newText;
            from = place + oldText.size();
        }
        next.append(result.text, from);
        if (i == 0)
            result.firstChange = places.front();
        result.replaced += places.size();
        result.text = std::move(next);
    }
    result.firstChange = std::min(result.firstChange, result.text.size());
    return result;
}

std::optional<std::string> previewOf(std::string_view text, const std::vector<TextEdit> &edits)
{
    std::string result(text);
    for (const auto &edit : edits) {
        if (edit.replacesAll || edit.oldText.empty()) {
            const auto applied = applyEdits(result, {edit});
            if (!applied)
                return {};
            result = applied->text;
            continue;
        }
        auto oldText = edit.oldText;
        auto newText = edit.newText;
        auto place = result.find(oldText);
        if (place == std::string::npos) {
            oldText = withCrlf(oldText);
            newText = withCrlf(newText);
            place = result.find(oldText);
        }
        if (place == std::string::npos)
            return {};
        result.replace(place, oldText.size(), newText);
    }
    return result;
}

std::string surroundings(std::string_view text, std::size_t place)
{
    constexpr std::size_t before = 3;
    constexpr std::size_t shownLines = 12;
    const auto lines = linesOf(text);
    const auto line = lineAt(text, place) - 1;
    const auto first = line - std::min(line, before);
    std::string shown;
    for (auto i = first; i < std::min(lines.size(), first + shownLines); ++i)
        shown += std::to_string(i + 1) + "→" + asUtf8(headOf(lines[i], 300)) + "\n";
    return shown;
}

} // namespace tools
