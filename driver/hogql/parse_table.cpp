#include "driver/hogql/parser_impl.h"

// FROM: tables and joins.
namespace hogql {

void Parser::fromClause(Select &select)
{
    if (!acceptWord("FROM"))
        return;
    if (isSymbolAt("(") && !isSelectAt(1) && !isValuesAt(1)) {
        bracketedTables(select, {});
    } else {
        Join first;
        first.table = table();
        select.from.push_back(std::move(first));
    }
    joins(select);

    const std::size_t kindWords = isWordAt("LEFT") || isWordAt("INNER") ? 1 : 0;
    if (!isWordAt("ARRAY", kindWords) || !isWordAt("JOIN", kindWords + 1))
        return;
    ArrayJoin arrayJoin;
    if (kindWords)
        arrayJoin.kind = isWordAt("LEFT") ? "LEFT" : "INNER";
    for (std::size_t i = 0; i < kindWords + 2; ++i)
        take();
    do {
        if (!arrayJoin.items.empty() && endsList())
            break;
        ExprPtr item = expression();
        if (!std::holds_alternative<Alias>(item->node))
            fail("An array in ARRAY JOIN needs a name: ARRAY JOIN array AS item.", item->span, item->span.start, {});
        arrayJoin.items.push_back(std::move(item));
    } while (acceptSymbol(","));
    select.arrayJoin = std::move(arrayJoin);
}

/// (t) or (t JOIN u ON …) right after FROM: the same without the brackets.
void Parser::bracketedTables(Select &select, Join join)
{
    const Nesting nesting(*this);
    expectSymbol("(");
    if (isSymbolAt("(") && !isSelectAt(1) && !isValuesAt(1)) {
        bracketedTables(select, std::move(join));
    } else {
        join.table = table();
        select.from.push_back(std::move(join));
    }
    joins(select);
    if (!acceptSymbol(")"))
        failExpected("a join or \")\"", {"JOIN", ")"});
}

void Parser::joins(Select &select)
{
    for (;;) {
        Join join;
        if (acceptSymbol(","))
            join.kind = JoinKind::Cross;
        else if (!joinHead(join))
            return;
        if (isSymbolAt("(") && !isSelectAt(1) && !isValuesAt(1)) {
            const std::size_t before = select.from.size();
            const Span opening = peek().span;
            bracketedTables(select, join);
            if (select.from.size() != before + 1)
                fail("Several tables in brackets can stand only right after FROM; put a SELECT around them.", opening);
            join = std::move(select.from.back());
            select.from.pop_back();
        } else {
            join.table = table();
        }
        if (join.kind != JoinKind::Cross) {
            if (acceptWord("ON")) {
                join.on = expression();
            } else if (acceptWord("USING")) {
                const bool brackets = acceptSymbol("(");
                do {
                    if (brackets && isSymbolAt(")") && !join.usingColumns.empty())
                        break;
                    join.usingColumns.push_back(identifier("a column"));
                } while (acceptSymbol(","));
                if (brackets)
                    expectSymbol(")");
            }
        } else if (isWordAt("ON") || isWordAt("USING")) {
            failHere("A cross join has no condition; put it into WHERE, or write JOIN.");
        }
        select.from.push_back(std::move(join));
    }
}

/// Takes JOIN and the words before it. False, with nothing taken, when no join follows.
bool Parser::joinHead(Join &join)
{
    std::size_t words = 0;
    const auto isJoinWord = [&](std::size_t ahead) {
        for (const char *word :
             {"INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER", "ANY", "ALL", "SEMI", "ANTI", "ASOF", "NATURAL", "POSITIONAL"}) {
            if (isWordAt(word, ahead))
                return true;
        }
        return false;
    };
    if (isWordAt("GLOBAL"))
        failHere("Leave out GLOBAL; PostHog does that by itself.");
    while (isJoinWord(words) && !isWordAt("POSITIONAL", words))
        ++words;
    if (words == 0 && isWordAt("POSITIONAL"))
        words = 1;
    if (isWordAt("ARRAY", words))
        return false;
    if (!isWordAt("JOIN", words)) {
        if (words == 0)
            return false;
        for (std::size_t i = 0; i < words; ++i)
            take();
        failExpected("JOIN", {"JOIN"});
    }
    join.kind = JoinKind::Inner;
    for (std::size_t i = 0; i < words; ++i) {
        if (isWordAt("LEFT"))
            join.kind = JoinKind::Left;
        else if (isWordAt("RIGHT"))
            join.kind = JoinKind::Right;
        else if (isWordAt("FULL"))
            join.kind = JoinKind::Full;
        else if (isWordAt("CROSS"))
            join.kind = JoinKind::Cross;
        else if (isWordAt("POSITIONAL"))
            join.kind = JoinKind::Positional;
        for (const char *strictness : {"ANY", "ALL", "SEMI", "ANTI", "ASOF", "NATURAL"}) {
            if (!isWordAt(strictness))
                continue;
            if (!join.strictness.empty())
                failHere(peek().text + " cannot follow " + join.strictness + ".");
            join.strictness = strictness;
        }
        take();
    }
    take();
    return true;
}

TableRef Parser::table()
{
    TableRef table;
    const std::size_t start = startOfNext();
    if (isSymbolAt("(") && isValuesAt(1)) {
        values(table);
    } else if (isSymbolAt("(")) {
        take();
        table.select = selectSet();
        expectSymbol(")");
    } else if (isSymbolAt("{")) {
        table.function = braced();
        if (!std::holds_alternative<Placeholder>(table.function->node))
            fail("A table in { } is a placeholder such as {table}.", table.function->span, startOfNext(), {});
    } else {
        if (!isNameAt(0) || (peek().kind == TokenKind::Word && isNoPart(peek().text)))
            failExpected("a table");
        if (isClauseAt(0) || isWordAt("JOIN") || isWordAt("ON"))
            m_odd = m_odd.value_or(m_at);
        if (isWordAt("LATERAL") && isSymbolAt("(", 1) && isSelectAt(2))
            fail("LATERAL joins are not supported.", peek().span, peek(3).span.start, {});
        do {
            table.name.push_back(identifier("the name of a table"));
        } while (acceptSymbol("."));
        if (isSymbolAt("(")) {
            if (isSelectAt(1))
                fail("A table function takes values; a SELECT as a table stands in brackets of its own.", peek(1).span, peek(2).span.start, {});
            Call call;
            for (const std::string &part : table.name)
                call.name += (call.name.empty() ? "" : ".") + part;
            table.name.clear();
            callArguments(call);
            table.function = make(start, std::move(call));
        }
    }
    tableSuffix(table);
    table.span = {start, endOfLast()};
    return table;
}

bool Parser::isValuesAt(std::size_t ahead) const { return isWordAt("VALUES", ahead) && isSymbolAt("(", ahead + 1); }

/// (VALUES (1, 'a'), (2, 'b'))
void Parser::values(TableRef &table)
{
    expectSymbol("(");
    take();
    do {
        table.rows.push_back(bracketedList("the values of a row"));
    } while (acceptSymbol(","));
    expectSymbol(")");
}

/// ( … ) with one item at least.
std::vector<ExprPtr> Parser::bracketedList(const char *what)
{
    expectSymbol("(");
    if (isSymbolAt(")"))
        failExpected(what);
    return listUntil(")");
}

/// What follows a table: FINAL and SAMPLE at most once; names and PIVOT in any order, each for all that stands before it.
void Parser::tableSuffix(TableRef &table)
{
    tableAlias(table);
    table.final = acceptWord("FINAL");
    if (acceptWord("SAMPLE")) {
        table.sample = sampleRatio();
        if (isWordAt("OFFSET")) {
            take();
            table.sampleOffset = sampleRatio();
        }
    }
    for (int turns = 0; isTurnAhead(); ++turns) {
        if (turns == maximumNesting)
            failHere("Too many PIVOT and UNPIVOT in a row.");
        TableRef outer;
        table.span.end = endOfLast();
        outer.span = table.span;
        outer.inner = std::make_shared<const TableRef>(std::move(table));
        if (isWordAt("PIVOT"))
            outer.pivot = pivot();
        else
            outer.unpivot = unpivot();
        table = std::move(outer);
        tableAlias(table);
    }
}

/// [AS] name [(columns)]; of several names the last one counts.
void Parser::tableAlias(TableRef &table)
{
    for (;;) {
        std::string alias;
        if (acceptWord("AS"))
            alias = aliasName();
        else if (isTurnAhead() || !implicitAlias(alias, true))
            return;
        table.alias = std::move(alias);
        table.columnAliases.clear();
        if (acceptSymbol("(")) {
            do {
                table.columnAliases.push_back(identifier("the name of a column"));
            } while (acceptSymbol(","));
            expectSymbol(")");
        }
    }
}

bool Parser::isTurnAhead() const { return isWordAt("PIVOT") || isWordAt("UNPIVOT"); }

/// PIVOT (aggregates FOR column IN (values) … [GROUP BY …])
Pivot Parser::pivot()
{
    const Nesting nesting(*this);
    Pivot pivot;
    take();
    expectSymbol("(");
    do {
        if (isWordAt("FOR") && !pivot.aggregates.empty())
            break; // a comma after the last
        pivot.aggregates.push_back(expression());
    } while (acceptSymbol(","));
    expectWord("FOR");
    do {
        ExprPtr column = expression(AddLevel);
        expectWord("IN");
        pivot.columns.emplace_back(std::move(column), bracketedList("a value"));
    } while (!isSymbolAt(")") && !(isWordAt("GROUP") && isWordAt("BY", 1)));
    if (acceptWords("GROUP", "BY"))
        pivot.groupBy = clauseList();
    expectSymbol(")");
    return pivot;
}

/// UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns), …)
Unpivot Parser::unpivot()
{
    const Nesting nesting(*this);
    Unpivot unpivot;
    take();
    if (acceptWord("INCLUDE")) {
        expectWord("NULLS");
        unpivot.includeNulls = true;
    }
    expectSymbol("(");
    do {
        UnpivotColumn column;
        column.value = expression();
        expectWord("FOR");
        column.name = expression(AddLevel);
        expectWord("IN");
        column.columns = bracketedList("a column");
        unpivot.columns.push_back(std::move(column));
    } while (acceptSymbol(","));
    expectSymbol(")");
    return unpivot;
}

/// 0.1, 1/10 or a placeholder.
ExprPtr Parser::sampleRatio()
{
    if (peek().kind != TokenKind::Number && !isSymbolAt("{"))
        failExpected("a share such as 0.1 or 1/10");
    return expression(MultiplyLevel);
}

} // namespace hogql
