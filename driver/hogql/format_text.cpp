#include "driver/hogql/keywords.h"
#include "driver/hogql/printer.h"
#include "driver/hogql/writer.h"

#include <algorithm>
#include <limits>

// The printer knows no comments. They are put back by the tokens around them, which the printed text has too, most of them in the
// same order: the two lists are laid side by side, and each comment goes to the line of the token that it belonged to.
namespace hogql {

namespace {

constexpr std::size_t lineWidth = 100;
constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

bool isCode(const Token &token) { return token.kind != TokenKind::Whitespace && token.kind != TokenKind::Comment && token.kind != TokenKind::End; }

std::vector<Token> codeOf(std::string_view text)
{
    std::vector<Token> tokens = tokenize(text);
    std::erase_if(tokens, [](const Token &token) { return !isCode(token); });
    return tokens;
}

bool alike(const Token &a, const Token &b)
{
    if (a.kind == TokenKind::Word && b.kind == TokenKind::Word)
        return isWord(a.text, upperCase(b.text));
    const bool names = (a.kind == TokenKind::Word || a.kind == TokenKind::QuotedIdentifier)
        && (b.kind == TokenKind::Word || b.kind == TokenKind::QuotedIdentifier);
    return (a.kind == b.kind || names) && a.text == b.text;
}

/// For each token of `a` the one of `b` that it corresponds to, or `nowhere`: the longest common part, looked for not further from
/// the diagonal than differences of that many tokens lead.
std::vector<std::size_t> align(const std::vector<Token> &a, const std::vector<Token> &b)
{
    const std::size_t n = a.size(), m = b.size();
    const std::size_t reach = std::min<std::size_t>((n > m ? n - m : m - n) + 64, 512);
    const std::size_t width = 2 * reach + 1;
    const auto from = [&](std::size_t i) { // the first column of row i's band
        const std::size_t middle = n == 0 ? 0 : i * m / n;
        return middle > reach ? middle - reach : 0;
    };
    std::vector<std::uint32_t> best((n + 1) * width, 0); // longest common part from (i, j) on
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t {
        return j < from(i) || j >= from(i) + width || j > m ? 0 : best[i * width + (j - from(i))];
    };
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t j = std::min(from(i) + width - 1, m - 1) + 1; j-- > from(i);) {
            if (j >= m)
                continue;
            best[i * width + (j - from(i))] = alike(a[i], b[j]) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
        }
    }
    std::vector<std::size_t> partner(n, nowhere);
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
        if (alike(a[i], b[j]) && at(i, j) == at(i + 1, j + 1) + 1)
            partner[i++] = j++;
        else if (at(i + 1, j) >= at(i, j + 1))
            ++i;
        else
            ++j;
    }
    return partner;
}

/// The lines of the printed text, and what is put before and behind each.
struct Line {
    std::size_t start = 0;
    std::size_t end = 0;
    bool splitsToken = false; // it begins within a token, which nothing may break
    std::vector<std::string> before;
    std::vector<std::string> behind;
};

std::vector<Line> linesOf(const std::string &text, const std::vector<Token> &tokens)
{
    std::vector<Line> lines;
    std::size_t token = 0;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        while (token < tokens.size() && tokens[token].span.end <= start)
            ++token;
        lines.push_back({start, end, token < tokens.size() && tokens[token].span.start < start, {}, {}});
        start = end + 1;
    }
    return lines;
}

std::size_t lineAt(const std::vector<Line> &lines, std::size_t offset)
{
    const auto next = std::upper_bound(lines.begin(), lines.end(), offset, [](std::size_t value, const Line &line) { return value < line.start; });
    return static_cast<std::size_t>(next - lines.begin()) - 1;
}

bool reachesLineEnd(const std::string &comment) { return !comment.starts_with("/*"); }

std::string trimmed(std::string text)
{
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t'))
        text.pop_back();
    return text;
}

std::string assembled(const std::string &text, const std::vector<Line> &lines, const std::vector<std::string> &last)
{
    std::string out;
    for (const Line &line : lines) {
        const std::string content = text.substr(line.start, line.end - line.start);
        const std::string indent = content.substr(0, std::min(content.find_first_not_of(' '), content.size()));
        for (const std::string &comment : line.before)
            out += indent + comment + "\n";
        out += content;
        for (const std::string &comment : line.behind)
            out += " " + comment;
        out += "\n";
    }
    for (const std::string &comment : last)
        out += comment + "\n";
    out.pop_back();
    return out;
}

bool sameCode(const std::string &a, const std::string &b)
{
    const std::vector<Token> left = codeOf(a), right = codeOf(b);
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const Token &x, const Token &y) { return x.kind == y.kind && x.text == y.text; });
}

} // namespace

Parsed<std::string> formatText(std::string_view text)
{
    const Parsed<SelectPtr> parsed = parseSelect(text);
    if (!parsed)
        return tl::unexpected(parsed.error());
    const std::vector<Token> all = tokenize(text);
    std::vector<std::size_t> comments;
    for (const Token &token : all) {
        if (token.kind == TokenKind::Comment)
            comments.push_back(token.span.start);
    }
    const std::string printed = Writer(lineWidth, comments).select(**parsed, 0);
    if (comments.empty())
        return printed;

    const std::vector<Token> before = codeOf(text), after = codeOf(printed);
    const std::vector<std::size_t> partner = align(before, after);
    std::vector<Line> lines = linesOf(printed, after);
    std::vector<std::string> last; // behind everything
    std::size_t next = 0; // the token of `before` that follows the comment
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (isCode(all[i]))
            ++next;
        if (all[i].kind != TokenKind::Comment)
            continue;
        const std::string comment = trimmed(all[i].text);
        const std::size_t lineStart = text.substr(0, all[i].span.start).rfind('\n') + 1; // 0 when there is none before
        const bool firstOnLine = next == 0 || before[next - 1].span.end <= lineStart;
        const bool codeFollows = next < before.size() && !reachesLineEnd(comment)
            && text.substr(all[i].span.end, before[next].span.start - all[i].span.end).find('\n') == std::string_view::npos;
        std::size_t token = nowhere;
        if (!firstOnLine && !codeFollows) { // behind what stands before it
            for (std::size_t at = next; at-- > 0 && token == nowhere;)
                token = partner[at];
            if (token != nowhere) {
                std::size_t line = lineAt(lines, after[token].span.start);
                while (line + 1 < lines.size() && lines[line + 1].splitsToken)
                    ++line;
                if (lines[line].behind.empty() || !reachesLineEnd(lines[line].behind.back())) {
                    lines[line].behind.push_back(comment);
                    continue;
                }
            }
        }
        for (std::size_t at = next; at < before.size() && (token == nowhere || firstOnLine || codeFollows); ++at) {
            token = partner[at];
            if (token != nowhere)
                break;
        }
        if (token == nowhere || next >= before.size()) {
            last.push_back(comment);
            continue;
        }
        std::size_t line = lineAt(lines, after[token].span.start);
        while (line > 0 && lines[line].splitsToken)
            --line;
        lines[line].before.push_back(comment);
    }
    std::string out = assembled(printed, lines, last);
    if (sameCode(out, printed))
        return out;
    std::string safe; // should a comment have come where none may stand: all of them above
    for (const Token &token : all) {
        if (token.kind == TokenKind::Comment)
            safe += trimmed(token.text) + "\n";
    }
    return safe + printed;
}

} // namespace hogql
