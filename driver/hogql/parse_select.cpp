#include "driver/hogql/parser_impl.h"

namespace hogql {

/// A SELECT or several with UNION, INTERSECT, EXCEPT between; WITH before all of it.
SelectPtr Parser::selectSet()
{
    const Nesting nesting(*this);
    const std::size_t start = startOfNext();
    std::vector<Cte> ctes;
    if (isWordAt("WITH"))
        ctes = withClause();
    if (!ctes.empty() && isSymbolAt("{"))
        failExpected("SELECT", {"SELECT", "("});
    bool bracketed = isSymbolAt("(") || isSymbolAt("{");
    SelectPtr first = selectArm();
    Select set;
    while (const std::optional<SetOp> op = setOperator()) {
        set.operators.push_back(*op);
        if (set.arms.empty())
            set.arms.push_back(first);
        bracketed = isSymbolAt("(") || isSymbolAt("{");
        set.arms.push_back(selectArm());
    }
    const bool hasTail = bracketed && (isWordAt("ORDER") || isWordAt("LIMIT") || isWordAt("OFFSET"));
    if (set.arms.empty()) {
        if (ctes.empty() && !hasTail)
            return first;
        const bool plainSet = !first->arms.empty() && first->orderBy.empty() && !first->limit && !first->offset;
        if (hasTail && !plainSet)
            set.arms.push_back(first);
        else
            set = *first;
    }
    if (hasTail)
        setTail(set, start);
    set.ctes.insert(set.ctes.begin(), std::make_move_iterator(ctes.begin()), std::make_move_iterator(ctes.end()));
    return finish(std::move(set), start);
}

/// What follows the bracket around the last arm is for the whole set.
void Parser::setTail(Select &set, std::size_t start)
{
    if (acceptWords("ORDER", "BY"))
        set.orderBy = orderList();
    limitClauses(set);
    if (set.limitBy || set.limitPercent || set.withTies)
        fail("Only ORDER BY, LIMIT n and OFFSET n can follow a bracket.", {start, endOfLast()});
}

std::optional<SetOp> Parser::setOperator()
{
    const bool isUnion = isWordAt("UNION"), intersect = isWordAt("INTERSECT");
    if (!isUnion && !intersect && !isWordAt("EXCEPT"))
        return {};
    take();
    const bool all = acceptWord("ALL");
    if (!all && (isUnion || intersect))
        acceptWord("DISTINCT");
    const bool byName = isWordAt("BY");
    if (byName) {
        take();
        expectWord("NAME");
    }
    if (isUnion)
        return all ? (byName ? SetOp::UnionAllByName : SetOp::UnionAll) : (byName ? SetOp::UnionDistinctByName : SetOp::UnionDistinct);
    if (intersect)
        return all ? (byName ? SetOp::IntersectAllByName : SetOp::IntersectAll) : (byName ? SetOp::IntersectByName : SetOp::Intersect);
    return all ? (byName ? SetOp::ExceptAllByName : SetOp::ExceptAll) : (byName ? SetOp::ExceptByName : SetOp::Except);
}

std::vector<Cte> Parser::withClause()
{
    expectWord("WITH");
    const bool recursive = acceptWord("RECURSIVE");
    std::vector<Cte> ctes;
    do {
        if (!ctes.empty() && isWordAt("SELECT"))
            break; // a comma after the last one
        ctes.push_back(cte(recursive));
    } while (acceptSymbol(","));
    return ctes;
}

/// name [(columns)] AS (SELECT …), or expression AS name.
Cte Parser::cte(bool recursive)
{
    Cte cte;
    cte.recursive = recursive;
    const std::size_t start = startOfNext();
    std::size_t as = 1;
    if (isSymbolAt("(", 1)) {
        const auto closing = closingBracket(m_at + 1);
        as = closing ? *closing - m_at + 1 : 0;
    }
    if (recursive && isWordAt("USING", as) && isWordAt("KEY", as + 1) && isSymbolAt("(", as + 2)) {
        const auto closing = closingBracket(m_at + as + 2);
        as = closing ? *closing - m_at + 1 : 0;
    }
    std::size_t body = as + 1;
    if (isWordAt("NOT", body) && isWordAt("MATERIALIZED", body + 1))
        body += 2;
    else if (isWordAt("MATERIALIZED", body))
        body += 1;
    if (isNameAt(0) && as > 0 && isWordAt("AS", as) && isSymbolAt("(", body)
        && (isSelectAt(body + 1) || isSymbolAt("{", body + 1))) {
        cte.name = take().text;
        if (acceptSymbol("(")) {
            do {
                cte.columns.push_back(identifier("the name of a column"));
            } while (acceptSymbol(","));
            expectSymbol(")");
        }
        if (acceptWord("USING")) {
            expectWord("KEY");
            expectSymbol("(");
            do {
                cte.usingKey.push_back(identifier("the name of a column"));
            } while (acceptSymbol(","));
            expectSymbol(")");
        }
        expectWord("AS");
        cte.materialized = acceptWord("MATERIALIZED");
        if (acceptWord("NOT"))
            take(); // MATERIALIZED
        take();
        cte.select = selectSet();
        expectSymbol(")");
    } else {
        cte.value = expression(TernaryLevel);
        if (!acceptWord("AS"))
            failExpected("AS and a name", {"AS"});
        if (isSymbolAt("("))
            fail("Expected SELECT in these brackets.", peek(1).span, peek(1).span.start, {"SELECT"});
        cte.name = isWordAt("TEAM_ID") ? take().text : aliasName();
    }
    cte.span = {start, endOfLast()};
    return cte;
}

SelectPtr Parser::selectArm()
{
    const std::size_t start = startOfNext();
    if (isWordAt("WITH")) {
        Select select;
        std::vector<Cte> ctes = withClause();
        select = *selectArm();
        select.ctes.insert(select.ctes.begin(), std::make_move_iterator(ctes.begin()), std::make_move_iterator(ctes.end()));
        return finish(std::move(select), start);
    }
    if (isSymbolAt("("))
        return bracketedSet();
    if (isSymbolAt("{")) {
        Select select;
        select.substitute = braced();
        if (!std::holds_alternative<Placeholder>(select.substitute->node))
            fail("A statement in { } is a placeholder such as {query}.", select.substitute->span, startOfNext(), {});
        return finish(std::move(select), start);
    }
    if (!isWordAt("SELECT")) {
        if (peek().kind == TokenKind::Word && clauseLike(peek().text).empty())
            refuseForeignStatement();
        if (peek().kind == TokenKind::Word && isSlipOf(peek().text, "SELECT"))
            fail("Did you mean SELECT? " + peek().text + " is no keyword.", peek().span, {"SELECT"});
        failExpected("SELECT", {"SELECT", "WITH", "("});
    }
    return plainSelect();
}

SelectPtr Parser::bracketedSet()
{
    expectSymbol("(");
    SelectPtr inner = selectSet();
    expectSymbol(")");
    return inner;
}

/// Whether a SELECT stands there, perhaps in brackets of its own.
bool Parser::isSelectAt(std::size_t ahead) const
{
    for (const std::size_t last = ahead + maximumNesting; ahead <= last; ++ahead) {
        if (isWordAt("SELECT", ahead) || isWordAt("WITH", ahead))
            return true;
        if (!isSymbolAt("(", ahead))
            return false;
        const auto closing = closingBracket(m_at + ahead);
        if (!closing)
            continue; // an unclosed bracket: what stands first inside decides
        const std::size_t after = *closing - m_at + 1;
        bool belongs = isSymbolAt(")", after);
        for (const char *word : {"UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET"})
            belongs |= isWordAt(word, after);
        if (!belongs)
            return false;
    }
    return false;
}

/// Whether a clause begins there, and no name.
bool Parser::isClauseAt(std::size_t ahead) const
{
    for (const char *word :
         {"SELECT", "FROM", "WHERE", "PREWHERE", "HAVING", "QUALIFY", "UNION", "INTERSECT", "EXCEPT", "SETTINGS"}) {
        if (isWordAt(word, ahead))
            return true;
    }
    if (isWordAt("GROUP", ahead) || isWordAt("ORDER", ahead))
        return isWordAt("BY", ahead + 1);
    if (isWordAt("LIMIT", ahead) || isWordAt("OFFSET", ahead))
        return peek(ahead + 1).kind == TokenKind::Number || isSymbolAt("{", ahead + 1)
            || (peek(ahead + 1).kind == TokenKind::Word && !isReserved(peek(ahead + 1).text));
    return isWordAt("WINDOW", ahead) && isNameAt(ahead + 1) && isWordAt("AS", ahead + 2);
}

bool Parser::endsList() const { return atEnd() || isSymbolAt(")") || isSymbolAt(";") || isClauseAt(0); }

SelectPtr Parser::plainSelect()
{
    const std::size_t start = startOfNext();
    Select select;
    selectColumns(select);
    fromClause(select);
    if (acceptWord("PREWHERE"))
        select.prewhere = expression();
    if (acceptWord("WHERE"))
        select.where = expression();
    groupByClause(select);
    if (acceptWord("HAVING"))
        select.having = expression();
    if (acceptWord("QUALIFY"))
        select.qualify = expression();
    windowClause(select);
    if (acceptWords("ORDER", "BY")) {
        if (isWordAt("ALL") && !isSymbolAt("(", 1) && !isSymbolAt(".", 1) && !isSymbolAt(",", 1) && !isOrderWordAt(1)) {
            take();
            select.orderByAll = true;
        } else {
            select.orderBy = orderList();
        }
    }
    limitClauses(select);
    const std::size_t arrayWords = isWordAt("LEFT") || isWordAt("INNER") ? 1 : 0;
    if (select.from.empty() && isWordAt("ARRAY", arrayWords) && isWordAt("JOIN", arrayWords + 1))
        fail("ARRAY JOIN stands behind FROM and a table.", peek().span, start, {});
    if (isClauseAt(0) && !isWordAt("UNION") && !isWordAt("INTERSECT") && !isWordAt("EXCEPT") && !isWordAt("SELECT")
        && !isWordAt("SETTINGS")) {
        const std::string clause = upperCase(peek().text) + (isWordAt("BY", 1) ? " BY" : "");
        failHere(clause + " stands too late, or twice. The order is FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT.");
    }
    return finish(std::move(select), start);
}

void Parser::selectColumns(Select &select)
{
    expectWord("SELECT");
    if (isWordAt("TOP") && peek(1).kind == TokenKind::Number)
        fail("Write LIMIT " + peek(1).text + " at the end instead of TOP.", peek().span, 0, {});
    if (isWordAt("DISTINCT")) {
        take();
        select.distinct = true;
    }
    do {
        if (!select.columns.empty() && endsList())
            break;
        const std::size_t start = startOfNext();
        const bool named = isNameAt(0) && isSymbolAt(":", 1) && !isWordAt("LAMBDA"); // name: expression
        std::string prefix = named ? take().text : std::string();
        if (named)
            take();
        ExprPtr column = expression();
        if (named)
            column = make(start, Alias{std::move(column), std::move(prefix)});
        else if (std::string alias; implicitAlias(alias, false))
            column = make(start, Alias{std::move(column), std::move(alias)});
        select.columns.push_back(std::move(column));
    } while (acceptSymbol(","));
}

/// Items with commas between; a comma after the last is allowed.
std::vector<ExprPtr> Parser::clauseList()
{
    std::vector<ExprPtr> items;
    do {
        if (!items.empty() && endsList())
            break;
        items.push_back(expression());
    } while (acceptSymbol(","));
    return items;
}

/// Whether nothing of GROUP BY follows there: ROLLUP(a) and no call of a function rollup, as in rollup(a) + 1, b.
bool Parser::endsGroupBy(std::size_t ahead) const
{
    for (const char *word : {"HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "WITH", "SETTINGS"}) {
        if (isWordAt(word, ahead))
            return true;
    }
    return peek(ahead).kind == TokenKind::End || isSymbolAt(")", ahead) || isSymbolAt(";", ahead);
}

void Parser::groupByClause(Select &select)
{
    if (!acceptWords("GROUP", "BY"))
        return;
    if (isWordAt("ALL") && !isSymbolAt("(", 1) && !isSymbolAt(".", 1) && !isSymbolAt(",", 1)) {
        take();
        select.groupByAll = true;
        return;
    }
    if (acceptWords("GROUPING", "SETS")) {
        select.groupByMode = "GROUPING SETS";
        expectSymbol("(");
        do {
            expectSymbol("(");
            select.groupingSets.push_back(listUntil(")"));
        } while (acceptSymbol(","));
        expectSymbol(")");
        return;
    }
    for (const char *mode : {"ROLLUP", "CUBE"}) {
        const auto closing = isWordAt(mode) && isSymbolAt("(", 1) ? closingBracket(m_at + 1) : std::nullopt;
        if (closing && endsGroupBy(*closing - m_at + 1)) {
            take();
            take();
            select.groupByMode = mode;
            select.groupBy = listUntil(")");
            if (isWordAt("WITH") && (isWordAt("TOTALS", 1) || isWordAt("ROLLUP", 1) || isWordAt("CUBE", 1))) {
                take();
                take(); // PostHog reads it and drops it
            }
            return;
        }
    }
    select.groupBy = clauseList();
    for (const char *mode : {"ROLLUP", "CUBE", "TOTALS"}) {
        if (acceptWords("WITH", mode)) {
            select.groupByMode = mode;
            return;
        }
    }
}

/// WINDOW name AS (…), …
void Parser::windowClause(Select &select)
{
    if (!isClauseAt(0) || !acceptWord("WINDOW"))
        return;
    do {
        std::string windowName = identifier("the name of a window");
        expectWord("AS");
        select.windows.emplace_back(std::move(windowName), windowBody());
    } while (acceptSymbol(","));
}

/// LIMIT n [OFFSET m] BY …, LIMIT n [OFFSET m | %] [WITH TIES], OFFSET m.
void Parser::limitClauses(Select &select)
{
    for (;;) {
        if (isWordAt("OFFSET") && !select.offset) {
            take();
            select.offset = expression(TernaryLevel);
            continue;
        }
        if (!isWordAt("LIMIT") || select.limit)
            return;
        take();
        ExprPtr count = expression(TernaryLevel);
        const bool percent = acceptSymbol("%");
        ExprPtr second;
        const bool comma = !percent && acceptSymbol(",");
        if (comma || (!select.offset && acceptWord("OFFSET")))
            second = expression(TernaryLevel);
        if (isWordAt("BY") && !percent && !select.limitBy) {
            take();
            select.limitBy = LimitBy{comma ? second : count, comma ? count : second, clauseList()};
            continue;
        }
        select.limit = std::move(count);
        select.limitPercent = percent;
        if (second)
            select.offset = std::move(second); // PostHog reads LIMIT 5, 10 as 5 rows from the 10th on
        select.withTies = acceptWords("WITH", "TIES");
    }
}

} // namespace hogql
