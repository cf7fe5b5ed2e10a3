#include "driver/hogql/parser_impl.h"

// ORDER BY items and windows.
namespace hogql {

OrderBy Parser::orderItem()
{
    OrderBy order;
    order.expression = expression();
    if (acceptWord("DESC") || acceptWord("DESCENDING"))
        order.descending = true;
    else if (!acceptWord("ASC"))
        acceptWord("ASCENDING");
    if (isWordAt("NULLS") && (isWordAt("FIRST", 1) || isWordAt("LAST", 1))) {
        take();
        order.nullsFirst = isWordAt("FIRST");
        take();
    }
    if (isWordAt("COLLATE") && peek(1).kind == TokenKind::String) {
        take();
        take(); // PostHog reads it and drops it
    }
    if (acceptWords("WITH", "FILL")) {
        order.fill.emplace();
        if (acceptWord("FROM"))
            order.fill->from = expression();
        if (acceptWord("TO"))
            order.fill->to = expression();
        if (acceptWord("STEP"))
            order.fill->step = expression();
    }
    if (isWordAt("INTERPOLATE") && !isSymbolAt("(", 1))
        take(); // PostHog reads it and drops it
    return order;
}

/// Whether a word stands there that can follow an item of ORDER BY.
bool Parser::isOrderWordAt(std::size_t ahead) const
{
    for (const char *word : {"ASC", "ASCENDING", "DESC", "DESCENDING", "NULLS", "COLLATE"}) {
        if (isWordAt(word, ahead))
            return true;
    }
    return false;
}

std::vector<OrderBy> Parser::orderList()
{
    std::vector<OrderBy> orders;
    do {
        orders.push_back(orderItem());
    } while (acceptSymbol(","));
    return orders;
}

/// ( [PARTITION BY …] [ORDER BY …] [ROWS|RANGE frame] )
Window Parser::windowBody()
{
    Window window;
    expectSymbol("(");
    if (acceptWords("PARTITION", "BY")) {
        do {
            window.partitionBy.push_back(expression());
        } while (acceptSymbol(","));
    }
    if (acceptWords("ORDER", "BY"))
        window.orderBy = orderList();
    if (isWordAt("ROWS") || isWordAt("RANGE")) {
        window.frame = isWordAt("ROWS") ? "ROWS" : "RANGE";
        take();
        if (acceptWord("BETWEEN")) {
            window.frameStart = frameBound();
            expectWord("AND");
            window.frameEnd = frameBound();
        } else {
            window.frameStart = frameBound();
        }
    }
    if (!acceptSymbol(")"))
        failExpected("PARTITION BY, ORDER BY, ROWS, RANGE or \")\"", {"PARTITION BY", "ORDER BY", "ROWS", "RANGE", ")"});
    return window;
}

FrameBound Parser::frameBound()
{
    if (acceptWords("CURRENT", "ROW"))
        return {FrameBound::Kind::CurrentRow, nullptr};
    FrameBound bound;
    const bool unbounded = (isWordAt("PRECEDING", 1) || isWordAt("FOLLOWING", 1)) && acceptWord("UNBOUNDED");
    if (!unbounded)
        bound.offset = expression(AddLevel);
    const bool preceding = isWordAt("PRECEDING");
    if (!preceding && !isWordAt("FOLLOWING"))
        failExpected("PRECEDING or FOLLOWING", {"PRECEDING", "FOLLOWING"});
    take();
    using Kind = FrameBound::Kind;
    bound.kind = unbounded ? (preceding ? Kind::UnboundedPreceding : Kind::UnboundedFollowing)
                           : (preceding ? Kind::Preceding : Kind::Following);
    return bound;
}

} // namespace hogql
