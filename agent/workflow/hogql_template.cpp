#include "agent/workflow/hogql_template.h"

#include "agent/workflow/functions.h"
#include "driver/hogql/printer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace workflow {

namespace {

constexpr int maximumDepth = 12;

struct Piece {
    enum class Kind { Text, Placeholder, Each, If, With, Use, Number, Quote, Property } kind = Kind::Text;
    std::string text;      // Text; the expression of the others; the name of Use
    std::string name;      // Each, With: the item's name
    std::string index;     // Each: the counter's name, from 1; may be empty
    std::string separator; // Each
    std::vector<Piece> body;
    std::vector<Piece> otherwise; // If
};

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos)
        return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

bool isName(std::string_view text)
{
    return !text.empty() && !(text[0] >= '0' && text[0] <= '9') && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

class TemplateParser
{
public:
    explicit TemplateParser(std::string_view text) : m_text(text) {}

    std::vector<Piece> parse()
    {
        auto pieces = sequence();
        if (!m_stop.empty())
            fail("{{" + m_stop + "}} without a beginning");
        return pieces;
    }

private:
    [[noreturn]] static void fail(const std::string &message) { throw Fault{message}; }

    std::vector<Piece> sequence()
    {
        if (++m_depth > maximumDepth)
            fail("nested too deeply");
        std::vector<Piece> pieces;
        std::string plain;
        const auto flush = [&] {
            if (!plain.empty())
                pieces.push_back({Piece::Kind::Text, plain, {}, {}, {}, {}, {}});
            plain.clear();
        };
        m_stop.clear();
        while (m_at < m_text.size()) {
            if (m_text[m_at] == '\'') { // A literal of the document's own text; braces in it are just characters.
                auto end = m_at + 1;
                while (end < m_text.size() && m_text[end] != '\'')
                    end += m_text[end] == '\\' ? 2 : 1;
                end = std::min(m_text.size(), end + 1);
                plain += m_text.substr(m_at, end - m_at);
                m_at = end;
            } else if (m_text.substr(m_at, 2) == "{{") {
                const auto end = m_text.find("}}", m_at);
                if (end == std::string_view::npos)
                    fail("{{ without }}");
                const auto directive = trimmed(m_text.substr(m_at + 2, end - m_at - 2));
                m_at = end + 2;
                flush();
                if (directive == "end" || directive == "else") {
                    m_stop = directive;
                    --m_depth;
                    return pieces;
                }
                pieces.push_back(block(directive));
            } else if (m_text[m_at] == '{' && placeholderEnd() != std::string_view::npos) {
                const auto end = placeholderEnd();
                flush();
                pieces.push_back({Piece::Kind::Placeholder, std::string(m_text.substr(m_at + 1, end - m_at - 1)), {}, {}, {}, {}, {}});
                m_at = end + 1;
            } else {
                plain += m_text[m_at++];
            }
        }
        flush();
        --m_depth;
        return pieces;
    }

    /// The end of {name}, {a.b}, {a[0].b}; nothing for a HogQL dictionary.
    std::size_t placeholderEnd() const
    {
        const auto end = m_text.find('}', m_at);
        if (end == std::string_view::npos || end == m_at + 1)
            return std::string_view::npos;
        const auto inside = m_text.substr(m_at + 1, end - m_at - 1);
        const bool plain = std::all_of(inside.begin(), inside.end(), [](char c) { return isName(std::string{'a', c}) || c == '.' || c == '[' || c == ']'; });
        return plain && isName(inside.substr(0, 1)) ? end : std::string_view::npos;
    }

    Piece block(const std::string &directive)
    {
        const auto space = directive.find(' ');
        const auto word = directive.substr(0, space);
        const auto rest = space == std::string::npos ? std::string() : trimmed(directive.substr(space));
        Piece piece;
        if (word == "use") {
            if (!isName(rest))
                fail("{{use}} takes a fragment's name");
            piece.kind = Piece::Kind::Use;
            piece.text = rest;
            return piece;
        }
        if (word == "number" || word == "quote" || word == "property") {
            piece.kind = word == "number" ? Piece::Kind::Number : word == "quote" ? Piece::Kind::Quote : Piece::Kind::Property;
            piece.text = rest;
            return piece;
        }
        if (word == "each") {
            piece.kind = Piece::Kind::Each;
            std::string head = rest;
            if (const auto bar = head.find('|'); bar != std::string::npos) {
                piece.separator = head.substr(bar + 1);
                if (!piece.separator.empty() && piece.separator.front() == ' ')
                    piece.separator.erase(0, 1);
                // The directive was trimmed: a separator of words or commas needs its blanks.
                piece.separator += ' ';
                if (isName(trimmed(piece.separator)) || piece.separator.find(' ') + 1 < piece.separator.size())
                    piece.separator.insert(0, " ");
                head = trimmed(head.substr(0, bar));
            }
            const auto as = head.rfind(" as ");
            if (as == std::string::npos)
                fail("{{each}} takes: list as name[, counter] [| separator]");
            piece.text = trimmed(head.substr(0, as));
            auto names = trimmed(head.substr(as + 4));
            if (const auto comma = names.find(','); comma != std::string::npos) {
                piece.index = trimmed(names.substr(comma + 1));
                names = trimmed(names.substr(0, comma));
            }
            piece.name = names;
            if (!isName(piece.name) || (!piece.index.empty() && !isName(piece.index)))
                fail("{{each}} takes: list as name[, counter] [| separator]");
        } else if (word == "with") {
            piece.kind = Piece::Kind::With;
            const auto as = rest.rfind(" as ");
            if (as == std::string::npos || !isName(trimmed(rest.substr(as + 4))))
                fail("{{with}} takes: expression as name");
            piece.text = trimmed(rest.substr(0, as));
            piece.name = trimmed(rest.substr(as + 4));
        } else if (word == "if") {
            piece.kind = Piece::Kind::If;
            piece.text = rest;
        } else {
            fail("{{" + word + "}} is none of each, if, else, with, use, number, quote, property, end");
        }
        piece.body = sequence();
        if (m_stop == "else") {
            if (piece.kind != Piece::Kind::If)
                fail("{{else}} belongs to {{if}}");
            piece.otherwise = sequence();
        }
        if (m_stop != "end")
            fail("{{" + word + "}} without {{end}}");
        m_stop.clear();
        return piece;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
    std::string m_stop;
};

Expression parsed(const std::string &text)
{
    auto expression = Expression::parse(text);
    if (!expression)
        throw Fault{expression.error().message};
    return *expression;
}

Value valueOf(const std::string &text, const Scope &scope)
{
    auto value = evaluate(text, scope);
    if (!value)
        throw Fault{value.error().message};
    return std::move(*value);
}

class Renderer
{
public:
    explicit Renderer(const ph::Json &fragments) : m_fragments(fragments) {}

    void render(const std::vector<Piece> &pieces, const Scope &scope, const std::string &suffix)
    {
        if (++m_depth > maximumDepth)
            throw Fault{"fragments use each other without end"};
        for (const auto &piece : pieces)
            render(piece, scope, suffix);
        --m_depth;
    }

    RenderedQuery result;

private:
    void render(const Piece &piece, const Scope &scope, const std::string &suffix)
    {
        switch (piece.kind) {
        case Piece::Kind::Text:
            result.hogql += piece.text;
            return;
        case Piece::Kind::Placeholder:
            result.hogql += "{" + keyFor(piece.text, valueOf(piece.text, scope), suffix) + "}";
            return;
        case Piece::Kind::Number: {
            const auto number = asNumber(valueOf(piece.text, scope));
            if (!number || std::abs(*number) > 1e15)
                throw Fault{"{{number " + piece.text + "}} is not a number"};
            std::array<char, 64> buffer{};
            const auto end = *number == std::floor(*number)
                ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(*number)).ptr
                : std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number, std::chars_format::fixed).ptr;
            result.hogql.append(buffer.data(), end);
            return;
        }
        case Piece::Kind::Quote:
            result.hogql += hogql::quoteString(toText(valueOf(piece.text, scope)));
            return;
        case Piece::Kind::Property:
            result.hogql += "properties." + hogql::quoteIdentifier(toText(valueOf(piece.text, scope)));
            return;
        case Piece::Kind::Use: {
            const auto text = m_fragments.contains(piece.text) ? textOf(m_fragments[piece.text]) : std::nullopt;
            if (!text)
                throw Fault{"there is no fragment '" + piece.text + "'"};
            render(TemplateParser(*text).parse(), scope, suffix);
            return;
        }
        case Piece::Kind::With: {
            const Scope inner{&scope, {{piece.name, valueOf(piece.text, scope)}}};
            render(piece.body, inner, suffix);
            return;
        }
        case Piece::Kind::If:
            render(isTrue(valueOf(piece.text, scope)) ? piece.body : piece.otherwise, scope, suffix);
            return;
        case Piece::Kind::Each: {
            const auto list = valueOf(piece.text, scope);
            if (!list.is_array())
                throw Fault{"{{each " + piece.text + "}} is not a list"};
            for (std::size_t i = 0; i < list.size(); ++i) {
                if (i > 0)
                    result.hogql += piece.separator;
                Scope inner{&scope, {{piece.name, list[i]}}};
                if (!piece.index.empty())
                    inner.names[piece.index] = i + 1;
                render(piece.body, inner, suffix + "_" + std::to_string(i + 1));
            }
            return;
        }
        }
    }

    /// The same value under the same name is sent once; another value gets another name.
    std::string keyFor(const std::string &path, const Value &value, const std::string &suffix)
    {
        if (value.is_object())
            throw Fault{"{" + path + "} is an object; a query takes texts, numbers, times and lists"};
        std::string key;
        for (const char c : path)
            key += isName(std::string{'a', c}) ? c : '_';
        if (const auto found = result.values.find(key); found == result.values.end() || *found == value) {
            result.values[key] = value;
            return key;
        }
        key += suffix;
        for (int copy = 2; result.values.contains(key) && result.values[key] != value; ++copy)
            key += "_" + std::to_string(copy);
        result.values[key] = value;
        return key;
    }

    const ph::Json &m_fragments;
    int m_depth = 0;
};

void collect(const std::vector<Piece> &pieces, const ph::Json &fragments, const std::set<std::string> &bound, std::set<std::string> &names, int depth)
{
    if (depth > maximumDepth)
        throw Fault{"fragments use each other without end"};
    for (const auto &piece : pieces) {
        if (piece.kind == Piece::Kind::Text)
            continue;
        if (piece.kind == Piece::Kind::Use) {
            const auto text = fragments.is_object() && fragments.contains(piece.text) ? textOf(fragments[piece.text]) : std::nullopt;
            if (!text)
                throw Fault{"there is no fragment '" + piece.text + "'"};
            collect(TemplateParser(*text).parse(), fragments, bound, names, depth + 1);
            continue;
        }
        for (const auto &name : parsed(piece.text).freeNames())
            if (!bound.contains(name))
                names.insert(name);
        auto inner = bound;
        inner.insert(piece.name);
        inner.insert(piece.index);
        collect(piece.body, fragments, piece.kind == Piece::Kind::If ? bound : inner, names, depth + 1);
        collect(piece.otherwise, fragments, bound, names, depth + 1);
    }
}

} // namespace

std::optional<std::string> textOf(const ph::Json &value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (!value.is_array() || value.empty())
        return {};
    std::string text;
    for (const auto &line : value) {
        if (!line.is_string())
            return {};
        text += (text.empty() ? "" : "\n") + line.get<std::string>();
    }
    return text;
}

ph::Result<RenderedQuery> renderHogql(const std::string &text, const ph::Json &fragments, const Scope &scope)
{
    try {
        Renderer renderer(fragments);
        renderer.render(TemplateParser(text).parse(), scope, {});
        return std::move(renderer.result);
    } catch (const Fault &fault) {
        return ph::fail(ph::ErrorCode::InvalidInput, fault.message);
    }
}

ph::Result<std::set<std::string>> namesInHogql(const std::string &text, const ph::Json &fragments)
{
    try {
        std::set<std::string> names;
        collect(TemplateParser(text).parse(), fragments, {}, names, 0);
        return names;
    } catch (const Fault &fault) {
        return ph::fail(ph::ErrorCode::InvalidInput, fault.message);
    }
}

} // namespace workflow
