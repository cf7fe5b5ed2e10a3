#pragma once

#include "driver/hogql/lexer.h"

#include <algorithm>

namespace hogql {

/// The tokens of a text that mean something, by place: without space and comments.
class SourceTokens
{
public:
    explicit SourceTokens(std::string_view text)
        : SourceTokens(text, tokenize(text))
    {
    }
    SourceTokens(std::string_view text, std::vector<Token> tokens)
        : m_text(text)
        , m_tokens(std::move(tokens))
    {
        std::erase_if(m_tokens, [](const Token &token) { return token.kind == TokenKind::Whitespace || token.kind == TokenKind::Comment; });
    }

    std::string_view text() const { return m_text; }
    std::string_view written(Span span) const { return m_text.substr(span.start, span.end - span.start); }
    std::size_t size() const { return m_tokens.size(); }
    const Token &operator[](std::size_t index) const { return m_tokens[index]; }

    /// Index of the token that begins at or after `offset`; there always is one, End at the last.
    std::size_t at(std::size_t offset) const
    {
        const auto found = std::lower_bound(m_tokens.begin(), m_tokens.end() - 1, offset,
                                            [](const Token &token, std::size_t value) { return token.span.start < value; });
        return static_cast<std::size_t>(found - m_tokens.begin());
    }

    /// Places of the names in a path that begins at `offset`: a.b.c has three.
    std::vector<Span> path(std::size_t offset) const
    {
        std::vector<Span> parts;
        for (std::size_t i = at(offset); i < m_tokens.size(); i += 2) {
            const TokenKind kind = m_tokens[i].kind;
            if (kind != TokenKind::Word && kind != TokenKind::QuotedIdentifier && kind != TokenKind::Number)
                break;
            parts.push_back(m_tokens[i].span);
            if (i + 1 >= m_tokens.size() || m_tokens[i + 1].kind != TokenKind::Operator || m_tokens[i + 1].text != ".")
                break;
        }
        return parts;
    }

private:
    std::string_view m_text;
    std::vector<Token> m_tokens;
};

} // namespace hogql
