#include "agent/tools/readable_html.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

namespace tools {
namespace {

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return out;
}

bool isBlank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

void appendCharacter(std::string &out, std::uint32_t code)
{
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        code = 0xfffd;
    if (code < 0x80) {
        out += char(code);
    } else if (code < 0x800) {
        out += char(0xc0 | code >> 6);
        out += char(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += char(0xe0 | code >> 12);
        out += char(0x80 | (code >> 6 & 0x3f));
        out += char(0x80 | (code & 0x3f));
    } else {
        out += char(0xf0 | code >> 18);
        out += char(0x80 | (code >> 12 & 0x3f));
        out += char(0x80 | (code >> 6 & 0x3f));
        out += char(0x80 | (code & 0x3f));
    }
}

/// Replaces the references (&amp; &#39; &#x27;) that are common; others stay as they are.
std::string decoded(std::string_view text)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names{
        {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}, {"mdash", "—"}, {"ndash", "–"}, {"hellip", "…"},
         {"lsquo", "‘"}, {"rsquo", "’"}, {"ldquo", "“"}, {"rdquo", "”"}, {"copy", "©"}}};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = text[i] == '&' ? text.substr(i, 12).find(';') : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += text[i];
            continue;
        }
        const auto name = text.substr(i + 1, end - 1);
        const auto known = std::find_if(names.begin(), names.end(), [&](const auto &entry) { return entry.first == name; });
        if (known != names.end()) {
            out += known->second;
        } else if (name.size() > 1 && name.front() == '#') {
            const bool isHex = name[1] == 'x' || name[1] == 'X';
            const auto digits = name.substr(isHex ? 2 : 1);
            std::uint32_t code = 0;
            const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, isHex ? 16 : 10);
            if (error != std::errc() || last != digits.data() + digits.size()) {
                out += text[i];
                continue;
            }
            appendCharacter(out, code);
        } else {
            out += text[i];
            continue;
        }
        i += end;
    }
    return out;
}

struct Tag {
    std::string name;
    bool isEnd = false;
    bool isClosed = false; // <br/>
    std::string href;
    bool isHidden = false;
};

bool isOneOf(std::string_view name, std::initializer_list<std::string_view> names) { return std::find(names.begin(), names.end(), name) != names.end(); }

/// Reads the tag at the start of `html`, which is '<'; moves `html` past it. Without a name it is a comment or a declaration.
Tag takeTag(std::string_view &html)
{
    Tag tag;
    if (html.starts_with("<!--")) {
        const auto end = html.find("-->", 4);
        html.remove_prefix(end == std::string_view::npos ? html.size() : end + 3);
        return tag;
    }
    std::size_t i = 1;
    if (i < html.size() && html[i] == '/') {
        tag.isEnd = true;
        ++i;
    }
    const auto start = i;
    while (i < html.size() && std::isalnum(static_cast<unsigned char>(html[i])) != 0)
        ++i;
    tag.name = lowered(html.substr(start, i - start));
    while (i < html.size() && html[i] != '>') {
        if (isBlank(html[i]) || html[i] == '/') {
            tag.isClosed = html[i] == '/';
            ++i;
            continue;
        }
        const auto nameStart = i;
        while (i < html.size() && !isBlank(html[i]) && html[i] != '=' && html[i] != '>' && html[i] != '/')
            ++i;
        const auto name = lowered(html.substr(nameStart, i - nameStart));
        std::string value;
        if (i < html.size() && html[i] == '=') {
            ++i;
            const char quote = i < html.size() && (html[i] == '"' || html[i] == '\'') ? html[i++] : '\0';
            const auto valueStart = i;
            while (i < html.size() && (quote != '\0' ? html[i] != quote : !isBlank(html[i]) && html[i] != '>'))
                ++i;
            value = decoded(html.substr(valueStart, i - valueStart));
            if (quote != '\0' && i < html.size())
                ++i;
        } else if (i == nameStart) {
            ++i;
        }
        if (name == "href")
            tag.href = value;
        auto style = lowered(value);
        std::erase_if(style, isBlank);
        tag.isHidden = tag.isHidden || name == "hidden" || (name == "aria-hidden" && style == "true")
            || (name == "style" && (style.find("display:none") != std::string::npos || style.find("visibility:hidden") != std::string::npos));
    }
    html.remove_prefix(std::min(i + 1, html.size()));
    return tag;
}

class Reader
{
public:
    std::string read(std::string_view html)
    {
        while (!html.empty()) {
            const auto next = html.find('<');
            if (next != 0) {
                say(html.substr(0, next));
                html.remove_prefix(std::min(next, html.size()));
                continue;
            }
            const bool isTag = html.size() > 1 && (std::isalpha(static_cast<unsigned char>(html[1])) != 0 || html[1] == '/' || html[1] == '!' || html[1] == '?');
            if (!isTag) {
                say("<");
                html.remove_prefix(1);
                continue;
            }
            const auto tag = takeTag(html);
            if (!tag.isEnd && isOneOf(tag.name, {"script", "style", "noscript", "template", "svg", "iframe", "textarea"})) {
                skipTo(html, "</" + tag.name);
                continue;
            }
            meet(tag);
        }
        while (!m_out.empty() && isBlank(m_out.back()))
            m_out.pop_back();
        return m_out + "\n";
    }

private:
    static void skipTo(std::string_view &html, const std::string &end)
    {
        const auto found = std::search(html.begin(), html.end(), end.begin(), end.end(),
                                       [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); });
        html.remove_prefix(std::size_t(found - html.begin()));
        const auto close = html.find('>');
        html.remove_prefix(close == std::string_view::npos ? html.size() : close + 1);
    }

    void say(std::string_view raw)
    {
        if (m_hiddenDepth > 0)
            return;
        const auto text = decoded(raw);
        if (m_inPre) {
            m_out += text;
            return;
        }
        for (const char c : text) {
            if (!isBlank(c))
                m_out += c;
            else if (!m_out.empty() && !isBlank(m_out.back()))
                m_out += ' ';
        }
    }

    void breakLine(int lines)
    {
        while (!m_out.empty() && (m_out.back() == ' ' || m_out.back() == '\n'))
            m_out.pop_back();
        if (!m_out.empty())
            m_out.append(std::size_t(lines), '\n');
    }

    void meet(const Tag &tag)
    {
        const auto &name = tag.name;
        static constexpr auto isVoid = [](std::string_view n) { return isOneOf(n, {"br", "hr", "img", "input", "meta", "link", "wbr", "source", "col", "area", "base", "embed", "track"}); };
        if (m_hiddenDepth > 0) {
            if (!isVoid(name) && !name.empty() && name == m_hiddenName)
                m_hiddenDepth += tag.isEnd ? -1 : 1;
            return;
        }
        if (tag.isHidden && !tag.isEnd && !isVoid(name) && !name.empty()) {
            m_hiddenName = name;
            m_hiddenDepth = 1;
            return;
        }
        if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
            breakLine(2);
            if (!tag.isEnd)
                m_out += std::string(std::size_t(name[1] - '0'), '#') + " ";
        } else if (name == "title") {
            if (!tag.isEnd)
                m_out += "# ";
            else
                breakLine(2);
        } else if (name == "br") {
            m_out += '\n';
        } else if (name == "li") {
            breakLine(1);
            if (!tag.isEnd)
                m_out += "- ";
        } else if (name == "pre") {
            breakLine(tag.isEnd ? 1 : 2);
            m_out += "```\n";
            m_inPre = !tag.isEnd;
        } else if (name == "code" && !m_inPre) {
            m_out += '`';
        } else if (isOneOf(name, {"td", "th"}) && !tag.isEnd) {
            m_out += m_out.empty() || isBlank(m_out.back()) ? "| " : " | ";
        } else if (name == "a") {
            link(tag);
        } else if (isOneOf(name, {"p", "blockquote", "table", "ul", "ol", "dl", "section", "article", "header", "footer", "nav", "main", "aside", "figure", "form", "hr"})) {
            breakLine(2);
        } else if (isOneOf(name, {"div", "tr", "dt", "dd", "figcaption", "option"})) {
            breakLine(1);
        }
    }

    void link(const Tag &tag)
    {
        if (!tag.isEnd && m_links.size() < 100) {
            m_links.emplace_back(tag.href, m_out.size());
            return;
        }
        if (!tag.isEnd || m_links.empty())
            return;
        const auto [href, start] = m_links.back();
        m_links.pop_back();
        const bool saidSomething = start < m_out.size() && std::any_of(m_out.begin() + std::ptrdiff_t(start), m_out.end(), [](char c) { return !isBlank(c); });
        if (saidSomething && (href.starts_with("http://") || href.starts_with("https://") || href.starts_with("/")))
            m_out += " (" + href + ")";
    }

    std::string m_out;
    std::vector<std::pair<std::string, std::size_t>> m_links; // those that are open: address, and where they began
    std::string m_hiddenName;
    int m_hiddenDepth = 0;
    bool m_inPre = false;
};

} // namespace

std::string readableText(std::string_view html) { return Reader().read(html); }

} // namespace tools
