#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hogql {

/// A half-open range of bytes in the query text.
struct Span {
    std::size_t start = 0;
    std::size_t end = 0;

    friend bool operator==(const Span &, const Span &) = default;
};

enum class TokenKind {
    Word, // identifier or keyword, unquoted; isKeyword() tells
    QuotedIdentifier, // `a b` or "a b"
    String, // 'text'
    TemplateStart, // f'   then TemplateText and { code } in turn, to TemplateEnd
    TemplateText, // text between f' and ', with escapes resolved
    TemplateEnd, // '
    TagMark, // < </ > /> of a tag; its name and attributes are Word, Operator, String and { code }
    TagText, // text between two tags
    Number,
    Operator, // = == != <> <= >= < > + - * / % || -> ?? ?. :: := <=> =~ ~ !~ =~* !~* ? : . , ;
    Bracket, // ( ) [ ] { }
    Comment,
    Whitespace,
    Error, // an unclosed string, an unknown character, a bad escape
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    Span span;
    std::string text; // as written; for String, QuotedIdentifier and TemplateText the value with escapes resolved
    std::string message; // for Error: what is wrong and what to write instead
};

/// Every byte of `text` is in exactly one token (whitespace and comments included), so that an editor can colour it.
/// Never fails: what is wrong becomes an Error token. The last token is End.
std::vector<Token> tokenize(std::string_view text);

/// Whether `word` is a HogQL keyword, in any case.
bool isKeyword(std::string_view word);

} // namespace hogql
