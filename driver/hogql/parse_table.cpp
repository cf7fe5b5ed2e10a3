#include "driver/hogql/parser_impl.h"

// FROM: tables and joins.
namespace hogql {

void Parser::fromClause(Select &select)
{
    if (!acceptWord("FROM"))
        return;
    if (isSymbolAt("(") && !isSelectAt(1)) {
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
        ExprPtr item = expression();
        if (!std::holds_alternative<Alias>(item->node))
            fail("An array in ARRAY JOIN needs a name: ARRAY JOIN array AS item.", item->span);
        arrayJoin.items.push_back(std::move(item));
    } while (acceptSymbol(","));
    select.arrayJoin = std::move(arrayJoin);
}

/// (t) or (t JOIN u ON …) right after FROM: the same without the brackets.
void Parser::bracketedTables(Select &select, Join join)
{
    const Nesting nesting(*this);
    expectSymbol("(");
    if (isSymbolAt("(") && !isSelectAt(1)) {
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
        if (isSymbolAt("(") && !isSelectAt(1)) {
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
             {"INNER", "LEFT", "RIGHT", "FULL", "CROSS", "OUTER", "ANY", "ALL", "SEMI", "ANTI", "ASOF", "NATURAL"}) {
            if (isWordAt(word, ahead))
                return true;
        }
        return false;
    };
    if (isWordAt("GLOBAL"))
        failHere("Leave out GLOBAL; PostHog does that by itself.");
    while (isJoinWord(words))
        ++words;
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
    if (isSymbolAt("(")) {
        take();
        table.select = selectSet();
        expectSymbol(")");
    } else if (isSymbolAt("{")) {
        Placeholder value = placeholder();
        table.function = make(start, std::move(value));
    } else {
        if (!isNameAt(0) || isClauseAt(0) || isWordAt("JOIN") || isWordAt("ON"))
            failExpected("a table");
        if (isWordAt("LATERAL") && isSymbolAt("(", 1))
            failHere("LATERAL joins are not supported.");
        do {
            table.name.push_back(identifier("the name of a table"));
        } while (acceptSymbol("."));
        if (isSymbolAt("(")) {
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

void Parser::tableSuffix(TableRef &table)
{
    if ((isWordAt("PIVOT") || isWordAt("UNPIVOT")) && isSymbolAt("(", 1))
        failAtRest("a join or a clause");
    if (acceptWord("AS"))
        table.alias = aliasName();
    else
        implicitAlias(table.alias);
    if (!table.alias.empty() && acceptSymbol("(")) {
        do {
            table.columnAliases.push_back(identifier("the name of a column"));
        } while (acceptSymbol(","));
        expectSymbol(")");
    }
    table.final = acceptWord("FINAL");
    if (!acceptWord("SAMPLE"))
        return;
    table.sample = sampleRatio();
    if (isWordAt("OFFSET")) {
        take();
        table.sampleOffset = sampleRatio();
    }
}

/// 0.1, 1/10 or a placeholder.
ExprPtr Parser::sampleRatio()
{
    if (peek().kind != TokenKind::Number && !isSymbolAt("{"))
        failExpected("a share such as 0.1 or 1/10");
    return expression(MultiplyLevel);
}

} // namespace hogql
