#include "driver/hogql/parser_impl.h"
#include "driver/hogql/writer.h"

#include <charconv>
#include <limits>

// The operands with a syntax of their own: lambda, interval, cast, { }, f'…', tags.
namespace hogql {

namespace {

constexpr std::string_view units[] = {"SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"};

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    for (char &c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

} // namespace

ExprPtr Parser::number()
{
    const std::size_t start = startOfNext();
    const std::string text = take().text;
    const auto integer = [&](const char *first, int base) -> std::optional<Constant> {
        std::uint64_t value = 0;
        const char *last = text.data() + text.size();
        const auto [end, error] = std::from_chars(first, last, value, base);
        if (error != std::errc() || end != last)
            return {};
        if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return Constant{static_cast<std::int64_t>(value)};
        return Constant{value};
    };
    const bool prefixed
        = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X' || text[1] == 'b' || text[1] == 'B');
    if (prefixed) {
        if (auto value = integer(text.data() + 2, text[1] == 'x' || text[1] == 'X' ? 16 : 2))
            return make(start, std::move(*value));
        double large = 0;
        for (const char c : text.substr(2))
            large = large * (text[1] == 'x' || text[1] == 'X' ? 16 : 2) + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        return make(start, Constant{large});
    }
    if (auto value = integer(text.data(), 10))
        return make(start, std::move(*value));
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
        value = text.find('-') == std::string::npos ? std::numeric_limits<double>::infinity() : 0;
    return make(start, Constant{value});
}

/// x -> …, x, y -> … and (x, y) -> …
bool Parser::isLambdaAhead()
{
    if (isSymbolAt("(")) {
        const auto closing = closingBracket(m_at);
        return closing && isSymbolAt("->", *closing - m_at + 1);
    }
    if (m_at < m_noLambdaBefore)
        return false;
    std::size_t last = 0;
    while (isNameAt(last) && isSymbolAt(",", last + 1) && isNameAt(last + 2))
        last += 2;
    if (isNameAt(last) && isSymbolAt("->", last + 1))
        return true;
    m_noLambdaBefore = m_at + last + 1; // a list of n names is looked through once, not n times
    return false;
}

ExprPtr Parser::lambda()
{
    const std::size_t start = startOfNext();
    Lambda lambda;
    const bool python = isWordAt("LAMBDA") && !isSymbolAt("->", 1) && !isSymbolAt(",", 1);
    if (python)
        take();
    const bool brackets = acceptSymbol("(");
    const char *ending = python ? ":" : brackets ? ")" : "->";
    while (!isSymbolAt(ending)) {
        lambda.parameters.push_back(identifier("the name of a parameter"));
        if (!acceptSymbol(",") && !isSymbolAt(ending))
            failExpected(std::string("\",\" or \"") + ending + "\"");
    }
    take();
    if (brackets)
        expectSymbol("->");
    lambda.body = expression(TernaryLevel);
    return make(start, std::move(lambda));
}

/// NULL, TRUE and their like.
bool Parser::isLiteralAt(std::size_t ahead) const
{
    for (const char *word : {"NULL", "TRUE", "FALSE", "INF", "INFINITY", "NAN"}) {
        if (isWordAt(word, ahead))
            return true;
    }
    return false;
}

bool Parser::isUnitAt(std::size_t ahead) const
{
    return std::any_of(std::begin(units), std::end(units), [&](std::string_view unit) { return isWordAt(unit, ahead); });
}

/// Whether INTERVAL is next and is no column of that name.
bool Parser::isIntervalAhead() const
{
    const Token &next = peek(1);
    switch (next.kind) {
    case TokenKind::Number:
    case TokenKind::String:
        return true;
    case TokenKind::Bracket:
        if (next.text == "{")
            return true;
        if (next.text == "(" || next.text == "[") {
            const auto closing = closingBracket(m_at + 1);
            return closing && isUnitAt(*closing - m_at + 1);
        }
        return false;
    case TokenKind::Operator:
        return next.text == "-" && peek(2).kind == TokenKind::Number && isNameAt(3) && !isReserved(peek(3).text);
    case TokenKind::QuotedIdentifier:
    case TokenKind::Word:
        if (next.kind == TokenKind::Word && isReserved(next.text))
            return isLiteralAt(1) && isUnitAt(2);
        return isUnitAt(2) || isSymbolAt("(", 2) || isSymbolAt(".", 2) || isSymbolAt("*", 2) || isSymbolAt("+", 2);
    default:
        return false;
    }
}

/// INTERVAL 7 DAY and INTERVAL '7 day'.
ExprPtr Parser::interval()
{
    const std::size_t start = startOfNext();
    expectWord("INTERVAL");
    if (peek().kind == TokenKind::String && !isUnitAt(1)) {
        const Token text = take();
        const std::size_t space = text.text.find(' ');
        std::string unit = lowerCase(space == std::string::npos ? "" : text.text.substr(space + 1));
        if (unit.ends_with('s'))
            unit.pop_back();
        std::int64_t count = 0;
        const char *countEnd = text.text.data() + std::min(space, text.text.size());
        const auto [end, error] = std::from_chars(text.text.data(), countEnd, count);
        const bool known
            = std::any_of(std::begin(units), std::end(units), [&](std::string_view word) { return isWord(unit, word); });
        if (!known || error != std::errc() || end != countEnd)
            fail("An interval is a number and one unit: '7 day', '1 month'.", text.span);
        ExprPtr value = make(text.span.start, Constant{count < 0 ? -count : count});
        if (count < 0)
            value = make(text.span.start, Unary{UnaryOp::Negate, std::move(value)});
        return make(start, Interval{std::move(value), std::move(unit)});
    }
    const Nesting nesting(*this);
    ExprPtr count = expression(AddLevel);
    if (!isUnitAt(0)) {
        if (peek().kind == TokenKind::Word && peek().text.size() > 1
            && (peek().text.back() == 's' || peek().text.back() == 'S')) {
            const std::string singular = peek().text.substr(0, peek().text.size() - 1);
            for (const std::string_view unit : units) {
                if (isWord(singular, unit))
                    failHere("Write " + std::string(unit) + " instead of " + peek().text + ".");
            }
        }
        failExpected("a unit (SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR)", {std::begin(units), std::end(units)});
    }
    std::string unit = lowerCase(take().text);
    return make(start, Interval{std::move(count), std::move(unit)});
}

/// CAST(x AS Type), CAST(x, 'Type'), TRY_CAST.
ExprPtr Parser::castCall(bool lenient)
{
    const std::size_t start = startOfNext();
    std::string functionName = take().text;
    expectSymbol("(");
    ExprPtr operand = expression(TernaryLevel);
    if (acceptWord("AS")) {
        std::string type = typeName();
        expectSymbol(")");
        return make(start, Cast{std::move(operand), std::move(type), lenient});
    }
    if (!isSymbolAt(","))
        failExpected("AS and a type", {"AS"});
    take();
    Call call; // the type may be computed, so this stays a call
    call.name = std::move(functionName);
    call.arguments.push_back(std::move(operand));
    for (ExprPtr &item : listUntil(")"))
        call.arguments.push_back(std::move(item));
    return make(start, std::move(call));
}

/// A type as text with single spaces: Nullable(Float64), DateTime64(6, 'UTC'), Tuple(a String, b Int64).
std::string Parser::typeName()
{
    const Nesting nesting(*this);
    if (peek().kind == TokenKind::Word && !isTypeName(peek().text))
        failExpected("a type");
    const bool quoted = peek().kind == TokenKind::QuotedIdentifier;
    std::string type = identifier("a type");
    if (quoted && (!isTypeName(type) || quoteIdentifier(type) != type))
        type = backticked(type);
    if (isWord(type, "DOUBLE") && isWordAt("PRECISION"))
        type += " " + take().text;
    if ((isWord(type, "TIMESTAMP") || isWord(type, "TIME")) && (isWordAt("WITH") || isWordAt("WITHOUT")) && isWordAt("TIME", 1)
        && isWordAt("ZONE", 2)) {
        for (int i = 0; i < 3; ++i)
            type += " " + take().text;
    }
    if (isSymbolAt("("))
        type += typeArguments();
    return type;
}

std::string Parser::typeArguments()
{
    std::string text = "(";
    expectSymbol("(");
    for (bool first = true; !isSymbolAt(")"); first = false) {
        if (!first) {
            expectSymbol(",");
            text += ", ";
        }
        const Token &token = peek();
        if (token.kind == TokenKind::Number || token.kind == TokenKind::String) {
            text += m_text.substr(token.span.start, token.span.end - token.span.start);
            take();
            if (isSymbolAt("="))
                failHere("Enum types are not supported.");
        } else {
            text += typeName();
            if (isNameAt(0)) // a named part of a tuple
                text += " " + typeName();
        }
    }
    take();
    return text + ")";
}

/// { … }: a placeholder or a dictionary.
ExprPtr Parser::braced()
{
    const std::size_t start = startOfNext();
    std::size_t chainEnd = 2;
    while (isSymbolAt(".", chainEnd) && isNameAt(chainEnd + 1))
        chainEnd += 2;
    if (isNameAt(1) && !isLiteralAt(1) && isSymbolAt("}", chainEnd)) { // {null} holds NULL
        Placeholder value = placeholder();
        return make(start, std::move(value));
    }
    expectSymbol("{");
    Dict dict;
    while (!isSymbolAt("}")) {
        ExprPtr key = expression(dict.items.empty() ? AliasLevel : TernaryLevel);
        if (dict.items.empty() && acceptSymbol("}")) {
            const Field *path = std::get_if<Field>(&key->node);
            return make(start, path ? Placeholder{path->chain, nullptr} : Placeholder{{}, std::move(key)});
        }
        expectSymbol(":");
        ExprPtr value = expression();
        dict.items.emplace_back(std::move(key), std::move(value));
        if (!acceptSymbol(",") && !isSymbolAt("}"))
            failExpected("\",\" or \"}\"", {",", "}"});
    }
    take();
    return make(start, std::move(dict));
}

/// {a.b.c}
Placeholder Parser::placeholder()
{
    expectSymbol("{");
    Placeholder value;
    do {
        value.chain.push_back(identifier("the name of a placeholder"));
    } while (acceptSymbol("."));
    expectSymbol("}");
    return value;
}

/// Adds `part`; neighbouring texts become one, so that f'a{'b'}' is f'ab'.
void Parser::addText(std::vector<ExprPtr> &parts, ExprPtr part)
{
    const auto textOf = [](const ExprPtr &expr) {
        const Constant *constant = std::get_if<Constant>(&expr->node);
        return constant ? std::get_if<std::string>(&constant->value) : nullptr;
    };
    const std::string *text = textOf(part);
    if (text && text->empty())
        return;
    const std::string *before = text && !parts.empty() ? textOf(parts.back()) : nullptr;
    if (before)
        parts.back() = make(parts.back()->span.start, Constant{*before + *text});
    else
        parts.push_back(std::move(part));
}

/// f'text {expression}'
ExprPtr Parser::templateString()
{
    const std::size_t start = startOfNext();
    const Span opening = take().span;
    TemplateString text;
    for (;;) {
        const Token &token = peek();
        if (token.kind == TokenKind::TemplateEnd) {
            take();
            return make(start, std::move(text));
        }
        if (token.kind == TokenKind::TemplateText) {
            std::string value = take().text;
            addText(text.parts, make(token.span.start, Constant{std::move(value)}));
        } else if (acceptSymbol("{")) {
            addText(text.parts, expression());
            expectSymbol("}");
        } else if (token.kind == TokenKind::End) {
            fail("This text is never closed; end it with '.", opening);
        } else {
            failExpected("the end of the text");
        }
    }
}

/// <name attribute='text' other={expression}>children</name>
ExprPtr Parser::tag()
{
    const Nesting nesting(*this);
    const std::size_t start = startOfNext();
    take();
    Tag tag;
    tag.name = identifier("the name of a tag");
    const Span opening{start, endOfLast()};
    const auto failUnclosed = [&] {
        fail("The tag <" + tag.name + "> is never closed. If it marks a blank to fill in, write the value instead.", opening);
    };
    while (peek().kind == TokenKind::Word) {
        std::string attribute = take().text;
        const std::size_t valueStart = startOfNext();
        ExprPtr value;
        if (!acceptSymbol("=")) {
            value = make(valueStart, Constant{true});
        } else if (peek().kind == TokenKind::String) {
            std::string text = take().text;
            value = make(valueStart, Constant{std::move(text)});
        } else {
            expectSymbol("{");
            value = expression();
            expectSymbol("}");
        }
        tag.attributes.emplace_back(std::move(attribute), std::move(value));
    }
    if (acceptSymbol("/>"))
        return make(start, std::move(tag));
    if (atEnd())
        failUnclosed();
    expectSymbol(">");
    while (!isSymbolAt("</")) {
        const Token &token = peek();
        if (token.kind == TokenKind::TagText) {
            std::string text = take().text;
            const bool onlySpace = text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
            if (!onlySpace || text.find('\n') == std::string::npos) // line breaks between tags are layout
                addText(tag.children, make(token.span.start, Constant{std::move(text)}));
        } else if (isSymbolAt("<")) {
            tag.children.push_back(this->tag());
        } else if (acceptSymbol("{")) {
            addText(tag.children, expression());
            expectSymbol("}");
        } else if (token.kind == TokenKind::End) {
            failUnclosed();
        } else {
            failExpected("the end of the tag");
        }
    }
    take();
    const Span closing = peek().span;
    const std::string closingName = identifier("the name of the tag");
    if (closingName != tag.name)
        fail("This closes <" + closingName + ">, but <" + tag.name + "> is open.", closing);
    expectSymbol(">");
    return make(start, std::move(tag));
}

} // namespace hogql
