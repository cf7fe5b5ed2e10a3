#include "driver/hogql/parser_impl.h"

#include <limits>

namespace hogql {

namespace {

constexpr std::pair<std::string_view, BinaryOp> symbolComparisons[] = {
    {"=", BinaryOp::Equal},
    {"==", BinaryOp::Equal},
    {"!=", BinaryOp::NotEqual},
    {"<>", BinaryOp::NotEqual},
    {"<", BinaryOp::Less},
    {"<=", BinaryOp::LessOrEqual},
    {">", BinaryOp::Greater},
    {">=", BinaryOp::GreaterOrEqual},
    {"=~", BinaryOp::Regex},
    {"~", BinaryOp::Regex},
    {"!~", BinaryOp::NotRegex},
    {"=~*", BinaryOp::IRegex},
    {"!~*", BinaryOp::NotIRegex},
    {"<=>", BinaryOp::IsNotDistinctFrom},
};

constexpr std::pair<std::string_view, BinaryOp> arithmetic[] = {
    {"*", BinaryOp::Multiply}, {"/", BinaryOp::Divide},   {"%", BinaryOp::Modulo},
    {"+", BinaryOp::Add},      {"-", BinaryOp::Subtract}, {"||", BinaryOp::Concat},
};

} // namespace

ExprPtr Parser::expression(Level level)
{
    std::optional<Nesting> nesting;
    if (level <= TernaryLevel)
        nesting.emplace(*this);
    const std::size_t start = startOfNext();
    return operators(operand(), start, level);
}

/// Goes on from `left` for as long as operators of `level` or tighter follow.
ExprPtr Parser::operators(ExprPtr left, std::size_t start, Level level)
{
    for (;;) {
        if (const Token &token = peek(); level <= MultiplyLevel && token.kind == TokenKind::Operator) {
            std::optional<BinaryOp> op;
            for (const auto &[symbol, candidate] : arithmetic) {
                if (token.text == symbol)
                    op = candidate;
            }
            const bool tight = op == BinaryOp::Multiply || op == BinaryOp::Divide || op == BinaryOp::Modulo;
            if (op && (tight || level <= AddLevel) && !(op == BinaryOp::Modulo && closesModulo(1))) {
                take();
                ExprPtr right = expression(tight ? UnaryLevel : MultiplyLevel);
                left = make(start, Binary{*op, std::move(left), std::move(right)});
                continue;
            }
        }
        if (level <= CompareLevel) {
            if (isWordAt("IS")) {
                left = isOperator(std::move(left), start);
                continue;
            }
            if (const std::optional<BinaryOp> op = comparisonOperator()) {
                ExprPtr right = expression(AddLevel);
                left = make(start, Binary{*op, std::move(left), std::move(right)});
                continue;
            }
        }
        if (level <= CoalesceLevel && acceptSymbol("??")) {
            ExprPtr right = expression(CompareLevel);
            left = make(start, Binary{BinaryOp::Coalesce, std::move(left), std::move(right)});
            continue;
        }
        if (level <= BetweenLevel && (isWordAt("BETWEEN") || (isWordAt("NOT") && isWordAt("BETWEEN", 1)))) {
            const bool negated = acceptWord("NOT");
            take();
            ExprPtr low = expression(CoalesceLevel);
            expectWord("AND");
            ExprPtr high = expression(CoalesceLevel);
            left = make(start, Between{std::move(left), std::move(low), std::move(high), negated});
            continue;
        }
        if (level <= AndLevel && acceptWord("AND")) {
            ExprPtr right = expression(NotLevel);
            left = make(start, Binary{BinaryOp::And, std::move(left), std::move(right)});
            continue;
        }
        if (level <= OrLevel && acceptWord("OR")) {
            ExprPtr right = expression(AndLevel);
            left = make(start, Binary{BinaryOp::Or, std::move(left), std::move(right)});
            continue;
        }
        if (level <= TernaryLevel && acceptSymbol("?")) {
            ExprPtr yes = expression(TernaryLevel);
            expectSymbol(":");
            ExprPtr no = expression(TernaryLevel);
            Call choice;
            choice.name = "if";
            choice.arguments = {std::move(left), std::move(yes), std::move(no)};
            left = make(start, std::move(choice));
            continue;
        }
        break;
    }
    while (level <= AliasLevel && acceptWord("AS")) {
        std::string alias = aliasName();
        left = make(start, Alias{std::move(left), std::move(alias)});
    }
    return left;
}

/// Whether a % is that of LIMIT 10 %: nothing to divide by follows.
bool Parser::closesModulo(std::size_t ahead) const
{
    if (peek(ahead).kind == TokenKind::End || isSymbolAt(")", ahead) || isSymbolAt(";", ahead))
        return true;
    for (const char *word : {"OFFSET", "WITH", "UNION", "INTERSECT", "EXCEPT"}) {
        if (isWordAt(word, ahead))
            return true;
    }
    return false;
}

/// Takes the comparison that stands next, if one does.
std::optional<BinaryOp> Parser::comparisonOperator()
{
    if (peek().kind == TokenKind::Operator) {
        for (const auto &[symbol, op] : symbolComparisons) {
            if (acceptSymbol(symbol))
                return op;
        }
        return {};
    }
    const std::size_t negated = isWordAt("NOT") ? 1 : 0;
    const auto takeWords = [&] {
        for (std::size_t i = 0; i <= negated; ++i)
            take();
    };
    if (isWordAt("LIKE", negated)) {
        takeWords();
        return negated ? BinaryOp::NotLike : BinaryOp::Like;
    }
    if (isWordAt("ILIKE", negated)) {
        takeWords();
        return negated ? BinaryOp::NotILike : BinaryOp::ILike;
    }
    if (isWordAt("IN", negated)) {
        takeWords();
        if (isWordAt("COHORT") && !isSymbolAt(".", 1)) {
            take();
            return negated ? BinaryOp::NotInCohort : BinaryOp::InCohort;
        }
        return negated ? BinaryOp::NotIn : BinaryOp::In;
    }
    return {};
}

/// IS [NOT] NULL, IS [NOT] DISTINCT FROM.
ExprPtr Parser::isOperator(ExprPtr left, std::size_t start)
{
    expectWord("IS");
    const bool negated = acceptWord("NOT");
    if (acceptWord("NULL"))
        return make(start, IsNull{std::move(left), negated});
    if (acceptWords("DISTINCT", "FROM")) {
        ExprPtr right = expression(AddLevel);
        return make(start,
                    Binary{negated ? BinaryOp::IsNotDistinctFrom : BinaryOp::IsDistinctFrom, std::move(left), std::move(right)});
    }
    if (isWordAt("TRUE") || isWordAt("FALSE"))
        failHere("IS stands only before NULL and DISTINCT FROM; write = " + peek().text + ".");
    failExpected("NULL or DISTINCT FROM", {"NULL", "NOT NULL", "DISTINCT FROM"});
}

/// Whether nothing follows there that the word before could govern, so that it must be a name: `SELECT not, case FROM t`.
bool Parser::standsAlone(std::size_t ahead) const
{
    const Token &token = peek(ahead);
    if (token.kind == TokenKind::End || isWordAt("FROM", ahead) || isWordAt("AS", ahead))
        return true;
    if (token.kind == TokenKind::TagMark)
        return false; // NOT <b>x</b>
    for (const char *symbol : {")", "]", "}", ",", ";", ".", "=", "!=", "<", ">", "<=", ">=", "/", "%", "||"}) {
        if (isSymbolAt(symbol, ahead))
            return true;
    }
    return false;
}

/// What an operator stands before or after.
ExprPtr Parser::operand()
{
    const std::size_t start = startOfNext();
    if (isLambdaAhead())
        return lambda();
    const bool callsAs = isWordAt("AS", 1) && isSymbolAt("(", 2); // NOT as(x)
    if (isWordAt("NOT") && (!standsAlone(1) || callsAs)) {
        if (isSymbolAt("(", 1)) { // PostHog reads not(a) = b as (not(a)) = b
            take();
            ExprPtr inner = bracketed();
            return postfix(make(start, Unary{UnaryOp::Not, std::move(inner)}), start);
        }
        const Nesting nesting(*this);
        take();
        // `a = NOT b AND c` ends with b: NOT takes no more than what surrounds it allows.
        ExprPtr inner = expression(NotLevel);
        return make(start, Unary{UnaryOp::Not, std::move(inner)});
    }
    if (isSymbolAt("-")) {
        const Nesting nesting(*this);
        take();
        ExprPtr inner = expression(UnaryLevel);
        return make(start, Unary{UnaryOp::Negate, std::move(inner)});
    }
    if (isSymbolAt("+") && peek(1).kind != TokenKind::Number)
        fail("Leave out this + sign: it stands before nothing to add to.", peek().span, peek(1).span.start, {});
    acceptSymbol("+");
    return primary();
}

ExprPtr Parser::primary()
{
    const Token &token = peek();
    const std::size_t start = token.span.start;
    switch (token.kind) {
    case TokenKind::Number:
        return postfix(number(), start);
    case TokenKind::String: {
        std::string text = take().text;
        return postfix(make(start, Constant{std::move(text)}), start);
    }
    case TokenKind::TemplateStart:
        return postfix(templateString(), start);
    case TokenKind::QuotedIdentifier:
        return name();
    case TokenKind::Word:
        return word();
    case TokenKind::TagMark:
        if (token.text == "<")
            return postfix(tag(), start);
        break;
    case TokenKind::Operator:
        if (token.text == "*") {
            take();
            return asterisk({}, start);
        }
        break;
    case TokenKind::Bracket:
        if (token.text == "(")
            return postfix(bracketed(), start);
        if (token.text == "[") {
            take();
            std::vector<ExprPtr> items = listUntil("]");
            return postfix(make(start, Array{std::move(items)}), start);
        }
        if (token.text == "{")
            return postfix(braced(), start);
        break;
    default:
        break;
    }
    if (isSymbolAt(".")) // PostHog waits for the digits of a number
        fail("Expected an expression" + describeLast() + ", found \".\".", peek().span, peek(1).span.start, {});
    failExpected("an expression");
}

/// Property, index, slice and cast after `base`.
ExprPtr Parser::postfix(ExprPtr base, std::size_t start)
{
    for (;;) {
        const bool nullSafe = isSymbolAt("?.");
        if (nullSafe && isSymbolAt("[", 1)) {
            take();
            take();
            ExprPtr index = expression();
            expectSymbol("]");
            base = make(start, Index{std::move(base), std::move(index), true});
        } else if (nullSafe || isSymbolAt(".")) {
            take();
            if (!isNameAt(0) && peek().kind != TokenKind::Number)
                failExpected("the name of a property", {});
            std::string property = take().text;
            base = make(start, Access{std::move(base), std::move(property), nullSafe});
        } else if (isSymbolAt("[")) {
            take();
            ExprPtr from = isSymbolAt(":") ? nullptr : expression();
            if (!acceptSymbol(":")) {
                expectSymbol("]");
                base = make(start, Index{std::move(base), std::move(from), false});
                continue;
            }
            ExprPtr to = isSymbolAt("]") ? nullptr : expression();
            expectSymbol("]");
            base = make(start, Slice{std::move(base), std::move(from), std::move(to)});
        } else if (isSymbolAt("(") && peek().kind == TokenKind::Bracket) {
            base = apply(std::move(base), start);
        } else if (isSymbolAt("::")) {
            take();
            std::string type = typeName();
            base = make(start, Cast{std::move(base), std::move(type), false});
        } else if ((isWordAt("IGNORE") || isWordAt("RESPECT")) && isWordAt("NULLS", 1)) {
            take();
            take(); // PostHog reads it and drops it
            if (isWordAt("OVER"))
                failHere("OVER cannot follow IGNORE NULLS.");
        } else {
            return base;
        }
    }
}

/// CASE (a) WHEN … and no call of a function named case: WHEN follows before the expression ends.
bool Parser::isCaseAhead() const
{
    for (std::size_t at = m_at + 1; at < m_tokens.size(); ++at) {
        if (const auto closing = closingBracket(at)) {
            at = *closing;
            continue;
        }
        const Token &token = m_tokens[at];
        const std::size_t ahead = at - m_at;
        if (token.kind == TokenKind::Word && isSymbolAt(".", ahead - 1))
            continue; // a property, as in a.then
        if (token.kind == TokenKind::Word && isWord(token.text, "WHEN"))
            return true;
        const bool ends = token.kind == TokenKind::Bracket || token.kind == TokenKind::End || isSymbolAt(",", ahead) || isSymbolAt(";", ahead)
            || (token.kind == TokenKind::Word && (isWord(token.text, "THEN") || (isWord(token.text, "FROM") && !isWord(m_tokens[at - 1].text, "DISTINCT"))));
        if (ends)
            return false;
    }
    return false;
}

/// An expression that starts with an unquoted word.
ExprPtr Parser::word()
{
    const Token &token = peek();
    const std::size_t start = token.span.start;
    const auto constant = [&](Constant value) {
        take();
        return postfix(make(start, std::move(value)), start);
    };
    if (!isSymbolAt("(", 1)) {
        if (isWordAt("NULL"))
            return constant({Null{}});
        if ((isWordAt("TRUE") || isWordAt("FALSE")) && !isSymbolAt(".", 1))
            return constant({isWordAt("TRUE")});
        if (isWordAt("INF") || isWordAt("INFINITY"))
            return constant({std::numeric_limits<double>::infinity()});
        if (isWordAt("NAN"))
            return constant({std::numeric_limits<double>::quiet_NaN()});
        if (isWordAt("ARRAY") && isSymbolAt("[", 1)) {
            take();
            return primary();
        }
        if (isWordAt("LAMBDA") && (isSymbolAt(":", 1) || (isNameAt(1) && (isSymbolAt(":", 2) || isSymbolAt(",", 2)))))
            return lambda();
        if (isWordAt("CASE") && !standsAlone(1))
            return postfix(caseExpression(), start);
    } else {
        if (isWordAt("CASE") && isCaseAhead())
            return postfix(caseExpression(), start);
        if (isWordAt("CAST") || isWordAt("TRY_CAST"))
            return postfix(castCall(isWordAt("TRY_CAST")), start);
        if (isWordAt("EXISTS") && isSelectAt(2)) {
            take();
            take();
            SelectPtr select = selectSet();
            expectSymbol(")");
            return postfix(make(start, Subquery{std::move(select), true}), start);
        }
    }
    if (isWordAt("INTERVAL") && isIntervalAhead())
        return postfix(interval(), start);
    return name();
}

/// A column, a path of properties, `t.*`, or a call.
ExprPtr Parser::name()
{
    const std::size_t start = startOfNext();
    if (peek().kind == TokenKind::Word) {
        if (isNeverName(peek().text) || (isWordAt("FROM") && !standsAlone(1)) || (m_openCases > 0 && isWordAt("END") && !isSymbolAt("(", 1)))
            failExpected("an expression");
        if (isOddName(peek().text) || isClauseAt(0)) // PostHog takes even these for names, which is hardly what was meant
            m_odd = m_odd.value_or(m_at);
    }
    Field field;
    field.chain.push_back(take().text);
    if (isSymbolAt("("))
        return call(std::move(field.chain.front()), start);
    while (isSymbolAt(".")) {
        if (isSymbolAt("*", 1)) {
            take();
            take();
            std::string table = field.chain.front();
            for (std::size_t i = 1; i < field.chain.size(); ++i)
                table += "." + field.chain[i];
            return asterisk(std::move(table), start);
        }
        const TokenKind next = peek(1).kind;
        if (!isNameAt(1) && next != TokenKind::Number) {
            take();
            failExpected("the name of a property");
        }
        if (next == TokenKind::Word && isNoPart(peek(1).text)) {
            take();
            failExpected("the name of a property");
        }
        if (next == TokenKind::Number && peek(1).text.find_first_not_of("0123456789") != std::string::npos)
            break;
        take();
        field.chain.push_back(take().text);
    }
    return postfix(make(start, std::move(field)), start);
}

ExprPtr Parser::asterisk(std::string table, std::size_t start)
{
    Asterisk all{std::move(table), {}};
    if (isWordAt("EXCEPT") && isSymbolAt("(", 1) && !isSelectAt(2) && !isSymbolAt("{", 2))
        fail("Write EXCLUDE instead of EXCEPT to leave columns out.", peek().span, peek(2).span.start, {"EXCLUDE"});
    if (isWordAt("REPLACE"))
        failHere("* REPLACE is not supported; name the columns.");
    if (all.table.empty() && isWordAt("COLUMNS") && isSymbolAt("(", 1)) {
        std::string function = take().text;
        const std::size_t callStart = m_tokens[m_at - 1].span.start;
        ExprPtr columns = call(std::move(function), callStart);
        return make(start, Spread{std::move(columns)});
    }
    if (acceptWord("EXCLUDE")) {
        expectSymbol("(");
        do {
            if (isSymbolAt(")") && !all.exclude.empty())
                break;
            std::string column = identifier("a column to leave out");
            while (acceptSymbol("."))
                column += "." + identifier("the name of a column");
            all.exclude.push_back(std::move(column));
        } while (acceptSymbol(","));
        expectSymbol(")");
    }
    return make(start, std::move(all));
}

ExprPtr Parser::caseExpression()
{
    const std::size_t start = startOfNext();
    expectWord("CASE");
    ++m_openCases;
    Case choice;
    if (!isWordAt("WHEN"))
        choice.operand = expression();
    while (acceptWord("WHEN")) {
        ExprPtr condition = expression();
        expectWord("THEN");
        ExprPtr value = expression();
        choice.branches.emplace_back(std::move(condition), std::move(value));
    }
    if (choice.branches.empty())
        failExpected("WHEN", {"WHEN"});
    if (acceptWord("ELSE"))
        choice.otherwise = expression();
    --m_openCases;
    if (!acceptWord("END"))
        failExpected(choice.otherwise ? "END" : "WHEN, ELSE or END", {"WHEN", "ELSE", "END"});
    return make(start, std::move(choice));
}

/// ( … ): a sub-select, a tuple, or just brackets.
ExprPtr Parser::bracketed()
{
    const std::size_t start = startOfNext();
    expectSymbol("(");
    if (isSelectAt(0)) {
        const Nesting nesting(*this);
        SelectPtr select = selectSet();
        expectSymbol(")");
        return make(start, Subquery{std::move(select), false});
    }
    if (isSymbolAt(")"))
        fail("These brackets are empty; a list of none is written [].", peek().span, peek(1).span.start, {});
    ExprPtr first = expression();
    if (acceptSymbol(")"))
        return first;
    if (!isSymbolAt(","))
        failExpected("\",\" or \")\"", {",", ")"});
    take();
    Tuple tuple;
    tuple.items.push_back(std::move(first));
    for (ExprPtr &item : listUntil(")"))
        tuple.items.push_back(std::move(item));
    return make(start, std::move(tuple));
}

/// Items with commas between (and perhaps one after the last), and then `closing`.
std::vector<ExprPtr> Parser::listUntil(const char *closing)
{
    std::vector<ExprPtr> items;
    while (!isSymbolAt(closing)) {
        items.push_back(expression());
        if (!acceptSymbol(",") && !isSymbolAt(closing))
            failExpected(std::string("\",\" or \"") + closing + "\"", {",", closing});
    }
    take();
    return items;
}

std::string Parser::aliasName()
{
    const Token &token = peek();
    if (token.kind == TokenKind::Word && (isForbiddenAlias(token.text) || isWord(token.text, "INF") || isWord(token.text, "NAN")))
        failHere(token.text + " cannot be an alias.");
    if (token.kind == TokenKind::String)
        return take().text;
    return identifier("an alias");
}

/// A name, quoted or not.
std::string Parser::identifier(const std::string &what)
{
    if (!isNameAt(0) || (peek().kind == TokenKind::Word && isNeverName(peek().text)))
        failExpected(what);
    return take().text;
}

bool Parser::isNameAt(std::size_t ahead) const
{
    return peek(ahead).kind == TokenKind::Word || peek(ahead).kind == TokenKind::QuotedIdentifier;
}

/// Takes an alias without AS, if one stands here.
bool Parser::implicitAlias(std::string &alias, bool ofTable)
{
    const Token &token = peek();
    if (!isNameAt(0))
        return false;
    if (token.kind == TokenKind::Word && !(ofTable ? isBareAliasOfTable(token.text) : isBareAliasOfColumn(token.text))
        && !isForbiddenAlias(token.text))
        return false;
    alias = aliasName();
    noteSuspect();
    return true;
}

} // namespace hogql
