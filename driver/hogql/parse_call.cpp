#include "driver/hogql/parser_impl.h"

// Function calls.
namespace hogql {

/// `functionName` is taken, the bracket is next.
ExprPtr Parser::call(std::string functionName, std::size_t start)
{
    Call call;
    call.name = std::move(functionName);
    callArguments(call);
    if (isSymbolAt("(")) {
        if (call.distinct || !call.orderBy.empty() || !call.argumentNames.empty())
            failHere("DISTINCT and ORDER BY go into the second pair of brackets: f(0.9)(DISTINCT x).");
        call.parameters = std::move(call.arguments);
        call.arguments.clear();
        callArguments(call);
    }
    callSuffix(call);
    return postfix(make(start, std::move(call)), start);
}

void Parser::callArguments(Call &call)
{
    expectSymbol("(");
    if (isSelectAt(0)) {
        const std::size_t start = startOfNext();
        const Nesting nesting(*this);
        SelectPtr select = selectSet();
        call.arguments.push_back(make(start, Subquery{std::move(select), false}));
        return expectSymbol(")");
    }
    if (isWordAt("DISTINCT") && !isSymbolAt(",", 1)) {
        take();
        call.distinct = true;
        if (isSymbolAt(")"))
            failExpected("an expression");
    }
    while (!isSymbolAt(")")) {
        if (isWordAt("ORDER") && isWordAt("BY", 1))
            break;
        if (isNameAt(0) && isSymbolAt(":=", 1)) {
            call.argumentNames.resize(call.arguments.size());
            call.argumentNames.push_back(take().text);
            take();
        }
        call.arguments.push_back(expression());
        if (!acceptSymbol(","))
            break;
    }
    if (!call.argumentNames.empty())
        call.argumentNames.resize(call.arguments.size());
    if (acceptWords("ORDER", "BY"))
        call.orderBy = orderList();
    if (isSymbolAt(">") && m_at > 0 && m_tokens[m_at - 1].text == "=")
        failHere("A named argument is written name := value.");
    if (isWordAt("FROM") || isWordAt("FOR") || isWordAt("USING"))
        failHere("Arguments are separated by commas; " + upperCase(peek().text) + " cannot stand in a call.");
    if (isWordAt("LIMIT"))
        failHere("LIMIT cannot stand in a call; wrap it: arraySlice(" + call.name + "(\u2026), 1, n).");
    if (!acceptSymbol(")"))
        failExpected(call.arguments.empty() ? ")" : "\",\" or \")\"", {",", ")"});
}

/// The arguments behind something that is no plain function name.
ExprPtr Parser::apply(ExprPtr function, std::size_t start)
{
    expectSymbol("(");
    std::vector<ExprPtr> arguments = listUntil(")");
    return make(start, Apply{std::move(function), std::move(arguments)});
}

/// WITHIN GROUP (ORDER BY …), FILTER (WHERE …), OVER (…).
void Parser::callSuffix(Call &call)
{
    if (isWordAt("WITHIN") && isWordAt("GROUP", 1)) {
        if (call.parameters)
            failHere("WITHIN GROUP cannot follow two pairs of brackets; write " + call.name + "(0.5) WITHIN GROUP (ORDER BY x).");
        take();
        take();
        expectSymbol("(");
        expectWord("ORDER");
        expectWord("BY");
        call.parameters = std::move(call.arguments);
        call.arguments.clear();
        call.orderBy = orderList();
        expectSymbol(")");
    }
    if (isWordAt("FILTER") && isSymbolAt("(", 1)) {
        take();
        take();
        expectWord("WHERE");
        call.filter = expression();
        expectSymbol(")");
    }
    if (!isWordAt("OVER") || !(isSymbolAt("(", 1) || isNameAt(1)))
        return;
    if (call.distinct)
        failHere("DISTINCT cannot be used in a call with OVER.");
    take();
    if (isSymbolAt("(")) {
        call.over = windowBody();
    } else {
        call.over.emplace();
        call.over->name = identifier("the name of a window");
    }
}

} // namespace hogql
