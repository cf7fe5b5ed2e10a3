#include "driver/hogql/lexer.h"

#include "driver/hogql/keywords.h"

#include <array>
#include <optional>

namespace hogql {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool isWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool isWordPart(char c) { return isWordStart(c) || isDigit(c); }
bool isNonAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// Longest first: the first that fits is taken.
constexpr auto operators = std::to_array<std::string_view>({
    "=~*", "!~*", "<=>", "->", "??", "?.", "::", ":=", "||", "==", "=~", "!~", "!=", "<>",
    "<=",  ">=",  "=",   "<",  ">",  "+",  "-",  "*",  "/",  "%",  "?",  ":",  ".",  ",",  ";", "~",
});

// After these words an expression begins, so that `<a` there opens a tag.
constexpr auto wordsBeforeExpression = std::to_array<std::string_view>({
    "SELECT", "DISTINCT", "WHERE",  "PREWHERE", "HAVING", "QUALIFY", "ON", "AND",  "OR",    "NOT",    "WHEN", "THEN",
    "ELSE",   "IN",       "COHORT", "LIKE",     "ILIKE",  "BETWEEN", "BY", "CASE", "LIMIT", "OFFSET", "ALL",
    "JOIN",   "WITH",
});

class Lexer
{
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {
    }

    std::vector<Token> run()
    {
        while (m_at < m_text.size()) {
            switch (m_modes.back().kind) {
            case Mode::Code:
                readCode();
                break;
            case Mode::Template:
                readTemplate();
                break;
            case Mode::Tag:
                readTag();
                break;
            case Mode::TagBody:
                readTagBody();
                break;
            }
        }
        m_tokens.push_back({TokenKind::End, {m_at, m_at}, {}, {}});
        return std::move(m_tokens);
    }

private:
    struct Mode {
        enum Kind { Code, Template, Tag, TagBody } kind;
        int braces = 0; // Code: open { within this piece of code
        bool closing = false; // Tag: it began with </
    };

    char peek(std::size_t ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }
    bool startsWith(std::string_view what) const { return m_text.substr(m_at).starts_with(what); }

    void emit(TokenKind kind, std::size_t end, std::optional<std::string> value = {}, std::string message = {})
    {
        const Span span{m_at, end};
        m_at = end;
        if (kind != TokenKind::Whitespace && kind != TokenKind::Comment)
            m_last = m_tokens.size();
        m_tokens.push_back({kind, span, value ? std::move(*value) : std::string(m_text.substr(span.start, span.end - span.start)),
                            std::move(message)});
    }

    void emitError(std::size_t end, std::string message) { emit(TokenKind::Error, end, {}, std::move(message)); }

    /// Whether what came before can be the left side of an operator.
    bool afterOperand() const
    {
        if (!m_last)
            return false;
        const Token &token = m_tokens[*m_last];
        switch (token.kind) {
        case TokenKind::Word:
            if (*m_last > 0 && (m_tokens[*m_last - 1].text == "." || m_tokens[*m_last - 1].text == "?."))
                return true; // a part of a path, whatever word it is
            for (const std::string_view word : wordsBeforeExpression) {
                if (isWord(token.text, word))
                    return false;
            }
            return true;
        case TokenKind::QuotedIdentifier:
        case TokenKind::String:
        case TokenKind::TemplateEnd:
        case TokenKind::Number:
            return true;
        case TokenKind::Bracket:
            return token.text == ")" || token.text == "]" || token.text == "}";
        case TokenKind::Operator:
            return token.text == "*"; // count(*) < 3, SELECT * …
        default:
            return false;
        }
    }

    bool lastIs(std::string_view operatorText) const
    {
        return m_last && m_tokens[*m_last].kind == TokenKind::Operator && m_tokens[*m_last].text == operatorText;
    }

    void readSpace()
    {
        std::size_t end = m_at;
        while (end < m_text.size() && isSpace(m_text[end]))
            ++end;
        emit(TokenKind::Whitespace, end);
    }

    void readCode()
    {
        const char c = peek();
        if (isSpace(c))
            return readSpace();
        if (startsWith("--") || startsWith("//") || c == '#')
            return emit(TokenKind::Comment, std::min(m_text.find('\n', m_at), m_text.size()));
        if (startsWith("/*")) {
            const std::size_t end = m_text.find("*/", m_at + 2);
            if (end == std::string_view::npos)
                return emitError(m_text.size(), "This comment is never closed; end it with */.");
            return emit(TokenKind::Comment, end + 2);
        }
        if (c == 'f' && peek(1) == '\'') {
            emit(TokenKind::TemplateStart, m_at + 2);
            m_modes.push_back({Mode::Template});
            return;
        }
        if (isWordStart(c) || isNonAscii(c))
            return readWord();
        if (isDigit(c) || (c == '.' && isDigit(peek(1)) && !afterOperand()))
            return readNumber();
        if (c == '\'' || c == '"' || c == '`')
            return readQuoted(c);
        if (c == '<' && isWordStart(peek(1)) && !afterOperand()) {
            emit(TokenKind::TagMark, m_at + 1);
            m_modes.push_back({Mode::Tag});
            return;
        }
        if (std::string_view("()[]{}").find(c) != std::string_view::npos)
            return readBracket(c);
        for (const std::string_view op : operators) {
            if (startsWith(op))
                return emit(TokenKind::Operator, m_at + op.size());
        }
        readUnknown(c);
    }

    void readBracket(char c)
    {
        emit(TokenKind::Bracket, m_at + 1);
        Mode &mode = m_modes.back();
        if (c == '{')
            ++mode.braces;
        else if (c == '}' && mode.braces > 0 && --mode.braces == 0 && m_modes.size() > 1)
            m_modes.pop_back(); // back into the template or the tag
    }

    void readWord()
    {
        std::size_t end = m_at;
        bool foreign = false;
        while (end < m_text.size() && (isWordPart(m_text[end]) || isNonAscii(m_text[end])))
            foreign |= isNonAscii(m_text[end++]);
        if (!foreign)
            return emit(TokenKind::Word, end);

        // What word processors and web pages put in place of plain characters.
        constexpr std::pair<std::string_view, std::string_view> lookalikes[] = {
            {"\u2018", "Write ' instead of the curly quotation mark \u2018."},
            {"\u2019", "Write ' instead of the curly quotation mark \u2019."},
            {"\u201c", "Write ' instead of the curly quotation mark \u201c."},
            {"\u201d", "Write ' instead of the curly quotation mark \u201d."},
            {"\u00a0", "This is a no-break space; write a plain space."},
            {"\u2212", "Write - instead of the minus sign \u2212."},
            {"\u2013", "Write - instead of the dash \u2013."},
            {"\u2026", "Write out what \u2026 stands for."},
        };
        for (const auto &[character, message] : lookalikes) {
            if (startsWith(character))
                return emitError(m_at + character.size(), std::string(message));
            if (const std::size_t found = m_text.substr(m_at, end - m_at).find(character); found != std::string_view::npos)
                end = m_at + found;
        }
        const std::string word(m_text.substr(m_at, end - m_at));
        bool stillForeign = false;
        for (const char c : word)
            stillForeign |= isNonAscii(c);
        if (!stillForeign)
            return emit(TokenKind::Word, end);
        emitError(end, "A name outside a\u2013z, 0\u20139, _ and $ needs backticks: write `" + word + "`.");
    }

    void readNumber()
    {
        std::size_t end = m_at;
        const auto digits = [&] {
            while (end < m_text.size() && isDigit(m_text[end]))
                ++end;
        };
        const auto at = [&](std::size_t index) { return index < m_text.size() ? m_text[index] : '\0'; };
        if (lastIs(".") || lastIs("?.")) { // the index in t.1.2
            digits();
            return emit(TokenKind::Number, end);
        }
        if (m_text[end] == '0' && (at(end + 1) == 'x' || at(end + 1) == 'X') && isHexDigit(at(end + 2))) {
            end += 2;
            while (isHexDigit(at(end)))
                ++end;
            return emit(TokenKind::Number, end);
        }
        if (m_text[end] == '0' && (at(end + 1) == 'b' || at(end + 1) == 'B') && (at(end + 2) == '0' || at(end + 2) == '1')) {
            end += 2;
            while (at(end) == '0' || at(end) == '1')
                ++end;
            return emit(TokenKind::Number, end);
        }
        digits();
        const bool exponentNext = (at(end + 1) == 'e' || at(end + 1) == 'E') && isDigit(at(end + 2));
        if (at(end) == '.' && (!isWordStart(at(end + 1)) || exponentNext) && at(end + 1) != '.') {
            ++end;
            digits();
        }
        if (at(end) == 'e' || at(end) == 'E') {
            const std::size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
            if (isDigit(at(end + 1 + sign))) {
                end += 1 + sign;
                digits();
            }
        }
        emit(TokenKind::Number, end);
    }

    /// Reads one escape at `at` (a backslash) into `value`. Returns how long it is, or 0 when HogQL does not know it.
    std::size_t readEscape(std::size_t at, std::string &value) const
    {
        const char c = at + 1 < m_text.size() ? m_text[at + 1] : '\0';
        switch (c) {
        case 'b':
            value += '\b';
            return 2;
        case 'f':
            value += '\f';
            return 2;
        case 'r':
            value += '\r';
            return 2;
        case 'n':
            value += '\n';
            return 2;
        case 't':
            value += '\t';
            return 2;
        case '0':
            value += '\0';
            return 2;
        case 'a':
            value += '\a';
            return 2;
        case 'v':
            value += '\v';
            return 2;
        case '\\':
            value += '\\';
            return 2;
        case '\'':
            value += '\'';
            return 2;
        case 'x':
            if (at + 3 < m_text.size() && isHexDigit(m_text[at + 2]) && isHexDigit(m_text[at + 3])) {
                value += m_text.substr(at, 4); // PostHog's parser leaves it as written
                return 4;
            }
            return 0;
        default:
            return 0;
        }
    }

    std::string unknownEscape(std::size_t at) const
    {
        if (at + 1 >= m_text.size())
            return "The text ends in a backslash.";
        std::size_t length = 1;
        while (at + 1 + length < m_text.size() && (static_cast<unsigned char>(m_text[at + 1 + length]) & 0xC0) == 0x80)
            ++length; // a whole UTF-8 character
        const std::string c(m_text.substr(at + 1, length));
        if (c == "`" || c == "\"")
            return "Unknown escape \\" + c + ": inside the same quotes write " + c + c + ", elsewhere just " + c + ".";
        return "Unknown escape \\" + c + ": write \\\\" + c + " instead.";
    }

    /// 'text', "name" or `name`.
    void readQuoted(char quote)
    {
        const TokenKind kind = quote == '\'' ? TokenKind::String : TokenKind::QuotedIdentifier;
        std::string value;
        std::optional<std::size_t> badEscape;
        std::size_t end = m_at + 1;
        while (end < m_text.size()) {
            const char c = m_text[end];
            if (c == quote) {
                if (end + 1 < m_text.size() && m_text[end + 1] == quote) {
                    value += quote;
                    end += 2;
                    continue;
                }
                break;
            }
            if (c != '\\') {
                value += c;
                ++end;
                continue;
            }
            const std::size_t length = readEscape(end, value);
            if (length == 0 && !badEscape)
                badEscape = end;
            // A bad escape still hides the character behind it, so that one slip does not turn the rest of the text inside out.
            end += length ? length : 2;
        }
        if (end >= m_text.size()) {
            const std::string what = quote == '\'' ? "This text is never closed; end it with '."
                                                   : std::string("This name is never closed; end it with ") + quote + ".";
            return emitError(m_text.size(), what);
        }
        if (badEscape)
            return splitAtError(kind, *badEscape, end + 1);
        emit(kind, end + 1, std::move(value));
    }

    /// A text with a bad escape becomes three tokens, so that the mark stands under the escape alone.
    void splitAtError(TokenKind kind, std::size_t escape, std::size_t end)
    {
        const std::string message = unknownEscape(escape);
        std::size_t escapeEnd = escape + 2;
        while (escapeEnd < end - 1 && (static_cast<unsigned char>(m_text[escapeEnd]) & 0xC0) == 0x80)
            ++escapeEnd;
        emit(kind, escape);
        emitError(std::min(escapeEnd, end), message);
        if (m_at < end)
            emit(kind, end);
    }

    void readTemplate()
    {
        std::string value;
        std::size_t end = m_at;
        while (end < m_text.size()) {
            const char c = m_text[end];
            if (c == '{')
                break;
            if (c == '\'') {
                if (end + 1 >= m_text.size() || m_text[end + 1] != '\'')
                    break;
                value += '\'';
                end += 2;
            } else if (c != '\\') {
                value += c;
                ++end;
            } else if (end + 1 < m_text.size() && m_text[end + 1] == '{') {
                value += '{';
                end += 2;
            } else if (const std::size_t length = readEscape(end, value)) {
                end += length;
            } else {
                if (end > m_at)
                    emit(TokenKind::TemplateText, end, std::move(value));
                return emitError(std::min(end + 2, m_text.size()), unknownEscape(end));
            }
        }
        if (end > m_at)
            emit(TokenKind::TemplateText, end, std::move(value));
        if (end >= m_text.size())
            return;
        if (m_text[end] == '\'') {
            m_modes.pop_back();
            emit(TokenKind::TemplateEnd, end + 1);
        } else {
            m_modes.push_back({Mode::Code});
            readBracket('{');
        }
    }

    /// Between < and >: a name and attributes.
    void readTag()
    {
        const char c = peek();
        if (isSpace(c))
            return readSpace();
        if (isWordStart(c)) {
            std::size_t end = m_at;
            while (end < m_text.size() && (isWordPart(m_text[end]) || m_text[end] == '-'))
                ++end;
            return emit(TokenKind::Word, end);
        }
        if (startsWith("/>")) {
            m_modes.pop_back();
            return emit(TokenKind::TagMark, m_at + 2);
        }
        if (c == '>') {
            const bool closing = m_modes.back().closing;
            m_modes.pop_back();
            if (!closing)
                m_modes.push_back({Mode::TagBody});
            return emit(TokenKind::TagMark, m_at + 1);
        }
        if (c == '=')
            return emit(TokenKind::Operator, m_at + 1);
        if (c == '\'')
            return readQuoted(c);
        if (c == '{') {
            m_modes.push_back({Mode::Code});
            return readBracket(c);
        }
        if (c == '"')
            return emitError(m_at + 1, "An attribute is written in single quotes or in { }.");
        // No tag after all (a < b written tight): leave the mode, so that the rest is coloured as code.
        m_modes.pop_back();
        if (isDigit(c) || isNonAscii(c) || std::string_view("()[]}`.,;*+-%").find(c) != std::string_view::npos)
            return;
        emitError(m_at + 1, std::string("A tag cannot hold ") + c + ".");
    }

    void readTagBody()
    {
        std::size_t end = m_at;
        while (end < m_text.size() && m_text[end] != '<' && m_text[end] != '{')
            ++end;
        if (end > m_at)
            emit(TokenKind::TagText, end);
        if (end >= m_text.size())
            return;
        if (m_text[end] == '{') {
            m_modes.push_back({Mode::Code});
            return readBracket('{');
        }
        if (peek(1) == '/') {
            m_modes.back() = {Mode::Tag, 0, true};
            return emit(TokenKind::TagMark, end + 2);
        }
        if (isWordStart(peek(1))) {
            m_modes.push_back({Mode::Tag});
            return emit(TokenKind::TagMark, end + 1);
        }
        emitError(end + 1, "A bare < inside a tag; write {'<'}.");
    }

    void readUnknown(char c)
    {
        if (startsWith("&&"))
            return emitError(m_at + 2, "Write AND instead of &&.");
        switch (c) {
        case '!':
            return emitError(m_at + 1, "Write NOT instead of !.");
        case '@':
            return emitError(m_at + 1, "@ means nothing here; a value from outside is written {name}.");
        case '^':
            return emitError(m_at + 1, "Write pow(a, b) or bitXor(a, b) instead of ^.");
        case '&':
            return emitError(m_at + 1, "Write bitAnd(a, b) instead of &.");
        case '|':
            return emitError(m_at + 1, "Write bitOr(a, b) instead of |, or || to join texts.");
        case '\\':
            return emitError(m_at + 1, "A backslash stands only inside quotes.");
        default:
            break;
        }
        if (c > ' ' && c < 0x7f)
            return emitError(m_at + 1, std::string("The character ") + c + " has no meaning here.");
        emitError(m_at + 1, "An invisible control character; delete it.");
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<Token> m_tokens;
    std::optional<std::size_t> m_last; // the last token that is no space and no comment
    std::vector<Mode> m_modes{{Mode::Code}};
};

} // namespace

std::vector<Token> tokenize(std::string_view text) { return Lexer(text).run(); }

} // namespace hogql
