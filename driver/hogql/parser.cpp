#include "driver/hogql/parser_impl.h"
#include "driver/hogql/walk.h"

#include <algorithm>

namespace hogql {

namespace {

std::string capitalised(std::string text)
{
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

/// Cut to `length` bytes at most, at the border of a UTF-8 character.
std::string shortened(std::string_view text, std::size_t length)
{
    if (text.size() <= length)
        return std::string(text);
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
        --length;
    return std::string(text.substr(0, length)) + "\u2026";
}

} // namespace

Parser::Parser(std::string_view text)
    : m_text(text)
{
    std::vector<std::size_t> open;
    for (Token &token : tokenize(text)) {
        if (token.kind == TokenKind::Whitespace || token.kind == TokenKind::Comment)
            continue;
        m_partner.push_back(0);
        if (token.kind == TokenKind::Bracket) {
            const char c = token.text[0];
            if (c == '(' || c == '[' || c == '{') {
                open.push_back(m_tokens.size());
            } else if (!open.empty()) {
                const char wanted = c == ')' ? '(' : c == ']' ? '[' : '{';
                if (m_tokens[open.back()].text[0] == wanted) {
                    m_partner[open.back()] = m_tokens.size();
                    m_partner.back() = open.back();
                }
                open.pop_back();
            } else if (c == '}') {
                m_hasStrayBrace = true;
            }
        }
        m_tokens.push_back(std::move(token));
    }
}

Parser::Nesting::Nesting(Parser &p)
    : parser(p)
{
    if (parser.m_nesting >= maximumNesting)
        parser.failHere("This query is nested more than " + std::to_string(maximumNesting)
                        + " levels deep; name parts of it with WITH.");
    ++parser.m_nesting;
}

const Token &Parser::take()
{
    const Token &token = peek();
    if (token.kind == TokenKind::Error)
        fail(token.message, token.span);
    if (m_at + 1 < m_tokens.size())
        ++m_at;
    return token;
}

bool Parser::isWordAt(std::string_view upper, std::size_t ahead) const
{
    return peek(ahead).kind == TokenKind::Word && isWord(peek(ahead).text, upper);
}

bool Parser::isSymbolAt(std::string_view symbol, std::size_t ahead) const
{
    const Token &token = peek(ahead);
    return (token.kind == TokenKind::Operator || token.kind == TokenKind::Bracket || token.kind == TokenKind::TagMark)
        && token.text == symbol;
}

bool Parser::acceptWord(std::string_view upper)
{
    if (!isWordAt(upper))
        return false;
    take();
    return true;
}

bool Parser::acceptWords(std::string_view first, std::string_view second)
{
    if (!isWordAt(first) || !isWordAt(second, 1))
        return false;
    take();
    take();
    return true;
}

bool Parser::acceptSymbol(std::string_view symbol)
{
    if (!isSymbolAt(symbol))
        return false;
    take();
    return true;
}

void Parser::expectWord(std::string_view upper)
{
    if (!acceptWord(upper))
        failExpected(std::string(upper), {std::string(upper)});
}

void Parser::expectSymbol(std::string_view symbol)
{
    if (!acceptSymbol(symbol))
        failExpected("\"" + std::string(symbol) + "\"", {std::string(symbol)});
}

std::optional<std::size_t> Parser::closingBracket(std::size_t opening) const
{
    if (opening >= m_partner.size() || m_partner[opening] <= opening)
        return {};
    return m_partner[opening];
}

/// Where PostHog's parser gives up when this one does so at the current token.
std::size_t Parser::refusedAt() const
{
    if (m_hasStrayBrace && isSymbolAt("}") && m_partner[m_at] == 0)
        return 0; // it breaks PostHog's lexer as a whole
    const Token &token = peek();
    const bool insideQuotes = token.kind == TokenKind::Error && m_at > 0 && m_tokens[m_at - 1].span.end == token.span.start
        && (m_tokens[m_at - 1].kind == TokenKind::String || m_tokens[m_at - 1].kind == TokenKind::QuotedIdentifier);
    if (insideQuotes)
        return m_tokens[m_at - 1].span.start; // a text with a bad escape is no text at all
    // The first of two words was still right: GROUP BY, NOT IN.
    const bool half = m_at > 0
        && (((isWordAt("GROUP") || isWordAt("ORDER")) && !isWordAt("BY", 1))
            || (isWordAt("NOT") && !isWordAt("IN", 1) && !isWordAt("LIKE", 1) && !isWordAt("ILIKE", 1) && !isWordAt("BETWEEN", 1))
            || isWordAt("NULLS"));
    return half && m_tokens[m_at - 1].kind != TokenKind::Operator ? peek(1).span.start : token.span.start;
}

void Parser::fail(std::string message, Span span, std::vector<std::string> expected) const
{
    fail(std::move(message), span, refusedAt(), std::move(expected));
}

void Parser::fail(std::string message, Span span, std::size_t offset, std::vector<std::string> expected) const
{
    if (m_suspect && *m_suspect < m_at && m_at <= *m_suspect + 2 && m_tokens[m_at].kind != TokenKind::Error) {
        // An unknown word was taken for an alias, and what follows makes no sense then.
        const Token &alias = m_tokens[*m_suspect];
        const std::string keyword(clauseLike(alias.text));
        message = "Did you mean " + keyword + "? " + alias.text + " is no keyword and was read as an alias.";
        span = alias.span;
        expected = {keyword};
    }
    if (m_odd && *m_odd < m_at && m_at <= *m_odd + 2 && m_tokens[m_at].kind != TokenKind::Error && span.start >= m_tokens[*m_odd].span.start) {
        // A keyword stood where only a name made sense; what follows shows that none was meant.
        const Token &odd = m_tokens[*m_odd];
        message = "Expected an expression" + (*m_odd > 0 ? " after " + describe(m_tokens[*m_odd - 1]) : std::string(" at the start"))
            + ", found " + upperCase(odd.text) + "; a column of that name is written `" + odd.text + "`.";
        span = odd.span;
        expected.clear();
    }
    const auto [line, column] = positionOf(m_text, span.start);
    throw ParseFailure{{std::move(message), span, line, column, std::move(expected), offset}};
}

std::string Parser::describe(const Token &token) const
{
    switch (token.kind) {
    case TokenKind::End:
        return "the end of the query";
    case TokenKind::String:
        return "the text " + shortened(m_text.substr(token.span.start, token.span.end - token.span.start), 40);
    case TokenKind::QuotedIdentifier:
        return "the name " + shortened(m_text.substr(token.span.start, token.span.end - token.span.start), 40);
    case TokenKind::TemplateStart:
        return "a text f'\u2026'";
    case TokenKind::TemplateText:
    case TokenKind::TagText:
        return "text";
    case TokenKind::TemplateEnd:
        return "the end of the text";
    case TokenKind::Number:
        return "the number " + shortened(token.text, 40);
    case TokenKind::Word:
        return isReserved(token.text) ? upperCase(token.text) : shortened(token.text, 40);
    default:
        return "\"" + shortened(token.text, 40) + "\"";
    }
}

std::string Parser::describeLast() const
{
    if (m_at == 0)
        return " at the start";
    return " after " + describe(m_tokens[m_at - 1]);
}

void Parser::failExpected(const std::string &what, std::vector<std::string> expected) const
{
    const Token &token = peek();
    if (token.kind == TokenKind::Error)
        fail(token.message, token.span);
    fail(capitalised("expected " + what + describeLast() + ", found " + describe(token) + "."), token.span, std::move(expected));
}

/// Fails at a token where the statement (or expression) should have been over, with the likely reason.
void Parser::failAtRest(const std::string &end) const
{
    const Token &token = peek();
    if (token.kind == TokenKind::Error)
        fail(token.message, token.span);
    const Token *last = m_at > 0 ? &m_tokens[m_at - 1] : nullptr;
    if (last && last->kind == TokenKind::Operator && last->text == ";")
        failHere("Only one statement can be run at a time; delete what follows the semicolon.");
    if (token.kind == TokenKind::String && last && last->kind == TokenKind::String)
        failHere("Two texts in a row; join them with ||.");
    if (token.kind == TokenKind::String && last && (isWord(last->text, "DATE") || isWord(last->text, "TIMESTAMP")))
        fail("Write toDate('\u2026') or toDateTime('\u2026') instead of " + last->text + " '\u2026'.", token.span, 0, {});
    if (isWordAt("USING") && isWordAt("SAMPLE", 1))
        fail("Write SAMPLE right after the table, without USING.", token.span, 0, {});
    constexpr std::pair<std::string_view, std::string_view> hints[] = {
        {"XOR", "XOR is no operator; write xor(a, b)."},
        {"DIV", "DIV is no operator; write intDiv(a, b)."},
        {"MOD", "MOD is no operator; write a % b."},
        {"GLOBAL", "Leave out GLOBAL; PostHog does that by itself."},
        {"ESCAPE", "LIKE has no ESCAPE; put two backslashes before the % or _ instead."},
        {"SIMILAR", "SIMILAR TO is unknown; write a =~ 'pattern'."},
        {"RLIKE", "RLIKE is unknown; write a =~ 'pattern'."},
        {"REGEXP", "REGEXP is unknown; write a =~ 'pattern'."},
        {"ISNULL", "Write IS NULL."},
        {"NOTNULL", "Write IS NOT NULL."},
        {"SETTINGS", "SETTINGS cannot be given in HogQL; leave them out."},
        {"FORMAT", "FORMAT cannot be given in HogQL; leave it out."},
        {"FETCH", "Write LIMIT n instead of FETCH FIRST n ROWS ONLY."},
        {"TABLESAMPLE", "Write SAMPLE 0.1 instead of TABLESAMPLE."},
        {"INTO", "HogQL only reads: INTO cannot be used."},
        {"FOR", "HogQL only reads: FOR UPDATE cannot be used."},
        {"COLLATE", "COLLATE stands only in ORDER BY."},
    };
    for (std::size_t back = 0; back <= 2 && back <= m_at; ++back) {
        const Token &candidate = m_tokens[m_at - back];
        if (candidate.kind != TokenKind::Word)
            continue;
        for (const auto &[word, hint] : hints) {
            if (isWord(candidate.text, word) && (back < 2 || isWord(word, "FETCH"))) // PostHog reads SETTINGS and refuses it as a whole
                fail(std::string(hint), candidate.span, isWord(word, "SETTINGS") ? 0 : refusedAt(), {});
        }
    }
    if (token.kind == TokenKind::Word && !clauseLike(token.text).empty()) {
        const std::string keyword(clauseLike(token.text));
        fail("Did you mean " + keyword + "? " + token.text + " is no keyword.", token.span, {keyword});
    }
    failExpected(end);
}

void Parser::noteSuspect()
{
    const std::size_t last = m_at - 1;
    if (m_tokens[last].kind == TokenKind::Word && !clauseLike(m_tokens[last].text).empty())
        m_suspect = last;
}

/// A statement of another language, or one that writes.
void Parser::refuseForeignStatement() const
{
    for (const char *word : {"INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "TRUNCATE", "RENAME", "GRANT", "SET", "USE",
                             "OPTIMIZE", "ATTACH"}) {
        if (isWordAt(word))
            failHere(std::string("HogQL only reads: ") + word + " cannot be used. A query starts with SELECT or WITH.");
    }
    for (const char *word : {"EXPLAIN", "DESCRIBE", "DESC", "SHOW", "EXISTS", "VALUES"}) {
        if (isWordAt(word))
            failHere(std::string(word) + " is no statement of HogQL. A query starts with SELECT or WITH.");
    }
    if (isWordAt("FROM"))
        failHere("A query starts with SELECT; FROM comes after the columns.");
}

ExprPtr Parser::finish(Expr expr) const
{
    int below = 0;
    forEachChild(
        expr, [&](const Expr &child) { below = std::max(below, child.height); },
        [&](const Select &child) { below = std::max(below, child.height); });
    expr.height = below + 1;
    if (expr.height > maximumHeight)
        fail("This expression has more than " + std::to_string(maximumHeight)
                 + " steps in a row; use IN (\u2026), an array, or several queries.",
             expr.span);
    return std::make_shared<const Expr>(std::move(expr));
}

SelectPtr Parser::finish(Select select, std::size_t start)
{
    select.span = {start, endOfLast()};
    int below = 0;
    forEachChild(
        select, [&](const Expr &child) { below = std::max(below, child.height); },
        [&](const Select &child) { below = std::max(below, child.height); });
    select.height = below + 1;
    if (select.height > maximumHeight)
        fail("This query has more than " + std::to_string(maximumHeight) + " steps inside each other.", select.span);
    return std::make_shared<const Select>(std::move(select));
}

SelectPtr Parser::statement()
{
    refuseForeignStatement();
    const std::size_t start = startOfNext();
    SelectPtr select;
    if (isSymbolAt("<")) {
        Select whole;
        whole.substitute = tag();
        select = finish(std::move(whole), start);
    } else {
        select = selectSet();
    }
    acceptSymbol(";");
    if (!atEnd())
        failAtRest("the end of the query");
    return select;
}

ExprPtr Parser::wholeExpression()
{
    ExprPtr result = expression();
    if (!atEnd())
        failAtRest("the end of the expression");
    return result;
}

Parsed<SelectPtr> parseSelect(std::string_view text)
{
    try {
        return Parser(text).statement();
    } catch (const ParseFailure &failure) {
        return tl::unexpected(failure.error);
    }
}

Parsed<ExprPtr> parseExpression(std::string_view text)
{
    try {
        return Parser(text).wholeExpression();
    } catch (const ParseFailure &failure) {
        return tl::unexpected(failure.error);
    }
}

std::pair<int, int> positionOf(std::string_view text, std::size_t offset)
{
    int line = 1;
    int column = 1;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            ++column; // the first byte of a character
        }
    }
    return {line, column};
}

} // namespace hogql
